// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/transport.h"

#include <QString>

namespace parley
{

/// How a connection, or an attempt at one, ended.
enum class Outcome : std::uint8_t {
    None,         ///< it has not ended
    Complete,     ///< all was sent or received, and the peer closed in order (FIN); datagrams: answered
    Closed,       ///< both sides closed in order, but the server has not greeted, or the client's user did not wait
    Aborted,      ///< this side reset it, as the server's behaviour or the user asked
    NoMessage,    ///< client: closed in order, without a byte
    Reset,        ///< the peer reset it (RST)
    TimedOut,     ///< a limit of this program passed, or the peer vanished (ETIMEDOUT)
    Cancelled,    ///< by the user, or because the program ends
    LimitReached, ///< client: more bytes than the limit
    Refused,      ///< client: nothing listens there
    Denied,       ///< server: the access list does not admit the peer
    OverLimit,    ///< server: more connections than the limit, in all or from one address
    Unreachable,  ///< client: no route to the address
    UnknownHost,  ///< client: the name has no address
    Failed,       ///< another error of a call of ours, in Event::errorNumber()
    ToItself,     ///< client: the system connected the socket to itself; nothing listens there
};

/// Whose FIN was seen when a connection ended: sent by a call of this side, or met by recv.
enum class ClosedBy : std::uint8_t { Nobody, Here, Peer, Both };

/// A limit of this program that ended a connection.
struct Limit
{
    enum class Kind : std::uint8_t {
        None,
        Deadline,      ///< server: from accept to the end, in ms
        Idle,          ///< server that stays: since the last byte either way, or since FIN, in ms
        AfterFin,      ///< server that stays and has no deadline: since FIN, or the last byte after it, in ms
        TimeOut,       ///< client: of the attempt, in ms
        MessageLength, ///< client: in bytes
        Connections,   ///< server: at once
        PerPeer,       ///< server: at once from one address
    };
    Kind kind = Kind::None;
    qint64 value = 0;

    friend bool operator==(const Limit &, const Limit &) = default;
};

// The vocabulary of endings. No other file has words for them.

/// `timed-out`: the name in JSON and CSV, which scripts rely on.
const char *outcomeName(Outcome outcome);
/// `reset by the peer`: the words for people, in JSON and CSV too, and therefore untranslated. Nobody is said to have
/// closed whose FIN was not seen.
const char *endingWords(Outcome outcome, ClosedBy closedBy = ClosedBy::Nobody, Transport transport = Transport::Tcp);
/// The same for tables, ladders and notices.
QString outcomeText(Outcome outcome, ClosedBy closedBy = ClosedBy::Nobody, Transport transport = Transport::Tcp);

/// `max-bytes`: the name in JSON; null for none.
const char *limitName(Limit::Kind kind);
/// `the deadline of 30.00 s since accept`; empty for none.
QString limitText(const Limit &limit);

} // namespace parley
