// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"
#include "shared/address/transport.h"
#include "shared/message/call_result.h"

#include <QByteArray>
#include <QMetaType>

#include <vector>

namespace parley
{

/// What was called. All but End are calls of the system that were really made.
enum class Call : std::uint8_t {
    GetAddrInfo,
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    GetSockName,
    Send,
    Recv,
    SendTo,
    RecvFrom,
    Shutdown,
    Close,
    End, ///< the engine's verdict on a connection, its last event
};

/// How a connection, or an attempt at one, ended.
enum class Outcome : std::uint8_t {
    None,         ///< it has not ended
    Complete,     ///< all was sent or received, and the peer closed in order (FIN); datagrams: answered
    Closed,       ///< both sides closed in order, but the server has not greeted, or the client's user did not wait
    Aborted,      ///< this side reset it, as the server's behaviour or the user asked
    NoMessage,    ///< client: closed in order, without a byte
    Reset,        ///< the peer reset it (RST) or vanished (ETIMEDOUT)
    TimedOut,     ///< the deadline passed
    Cancelled,    ///< by the user, or because the program ends
    LimitReached, ///< client: more bytes than the limit
    Refused,      ///< client: nothing listens there
    Denied,       ///< server: the access list does not admit the peer
    OverLimit,    ///< server: more connections than the limit, in all or from one address
    Unreachable,  ///< client: no route to the address
    UnknownHost,  ///< client: the name has no address
    Failed,       ///< another error of a call of ours, in Event::error
};

/// One call and its result. This is the one thing that flows from an engine to its readers.
struct Event
{
    qint64 time = 0;        ///< ns since the stream's start, monotonic; filled in by EventStream::write()
    quint64 connection = 0; ///< unique in the run; 0 for the listener
    qint64 result = 0;      ///< what the call returned (a descriptor, a count of bytes, 0); -1 where it failed.
                            ///< End, server: the bytes that the peer acknowledged
    QByteArray bytes;       ///< calls that move bytes: holds payload(); GetAddrInfo: the host name; Unix Bind, Listen,
                            ///< Connect: the path
    qint64 offset = 0;      ///< where in bytes the payload starts (a greeting is shared, never copied)
    Address address;        ///< Accept, Connect, SendTo, RecvFrom: the peer. Bind, Listen, GetSockName: this side
    int error = 0;          ///< errno of a failed call; GetAddrInfo: the EAI_ code
    int argument = 0; ///< Listen: the backlog. Send: the bytes asked for, if not all that bytes holds. Recv, RecvFrom:
                      ///< the room for bytes. Close: 1 where SO_LINGER makes it send RST
    Call call = Call::End;
    Outcome outcome = Outcome::None;                ///< End only
    Transport transport = Transport::Tcp;           ///< Socket, Accept: the socket's kind
    Address::Family family = Address::Family::None; ///< Socket: the one asked for

    // One for each call. @p number is the connection's, 0 for the listener; @p result is what the call returned.
    static Event lookUp(quint64 number, const QByteArray &host, int eaiError);
    static Event socket(quint64 number, const CallResult &result, Transport transport, Address::Family family);
    static Event bind(quint64 number, const CallResult &result, const Address &address);
    static Event bind(quint64 number, const CallResult &result, const QByteArray &path);
    static Event listen(quint64 number, const CallResult &result, const Address &address, const QByteArray &path,
                        int backlog);
    static Event accept(quint64 number, const CallResult &result, const Address &peer, Transport transport);
    static Event connect(quint64 number, const CallResult &result, const Address &peer);
    static Event connect(quint64 number, const CallResult &result, const QByteArray &path);
    static Event getSockName(quint64 number, const CallResult &result, const Address &address);
    /// @p asked bytes were given, the first at @p offset in @p bytes, which are empty where they are not kept.
    static Event send(quint64 number, const CallResult &result, QByteArray bytes, qint64 offset, qint64 asked);
    /// There was room for @p room bytes; @p bytes are those that came, or empty where they are not kept.
    static Event recv(quint64 number, const CallResult &result, QByteArray bytes, qint64 room);
    static Event sendTo(quint64 number, const CallResult &result, QByteArray bytes, const Address &peer);
    static Event recvFrom(quint64 number, const CallResult &result, QByteArray bytes, qint64 room, const Address &peer);
    static Event shutdown(quint64 number, const CallResult &result);
    /// @p resets: with RST rather than FIN (SO_LINGER 0).
    static Event close(quint64 number, bool resets);
    /// The engine's verdict; @p acknowledged are the bytes that the peer of a server has acknowledged.
    static Event end(quint64 number, Outcome outcome, int error, qint64 acknowledged = 0);

    /// Whether it is a Send, Recv, SendTo or RecvFrom.
    bool movesBytes() const;
    /// The bytes that a Send, Recv, SendTo or RecvFrom moved, as far as they were kept; empty for others.
    QByteArrayView payload() const;
    /// The same, to be kept: it shares the event's memory where that holds nothing else.
    QByteArray sharedPayload() const;
    /// How many bytes a Send or SendTo was given; it may have taken fewer.
    qint64 given() const;
};

/// What @p error, the errno of a call on a connection or of connect, makes of it; Failed for 0 and the unknown.
Outcome outcomeOf(int error);
/// Of the errors of two addresses of a host, the one that says more: a refusal came from the host itself. 0 is none.
int moreTelling(int a, int b);

/// `accept`, as the man pages spell it.
const char *callName(Call call);
/// `complete`, as JSON and the command line spell it.
const char *outcomeName(Outcome outcome);
/// `ECONNRESET`, or for GetAddrInfo `EAI_NONAME`; empty where there is no error.
QByteArray eventErrorName(const Event &event);

/// Events in the order in which they happened.
struct EventBatch
{
    std::vector<Event> events;
    quint64 dropped = 0; ///< events that were left out before these, because the reader was too slow
};

} // namespace parley

Q_DECLARE_METATYPE(parley::EventBatch)
