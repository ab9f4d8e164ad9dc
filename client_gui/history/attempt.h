// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/settings/connect_request.h"
#include "shared/event/event.h"

#include <QString>

namespace parley
{

/// What became of one attempt to connect, as its events tell: a row of the history, and the words for it.
struct Attempt
{
    quint64 number = 0;
    ConnectRequest request;
    qint64 started = 0;       ///< ns since the stream's start: when it was asked for
    qint64 connectedAt = -1;  ///< ns; -1 if it never connected
    qint64 ended = -1;        ///< ns; -1 while it is under way
    Address peer;             ///< the address connected to, or the one tried last
    Address local;            ///< null if it never connected
    qint64 receivedBytes = 0; ///< the ones that were kept
    qint64 reads = 0;         ///< calls of recv that returned bytes, or all datagrams received
    qint64 answeredAt = -1;   ///< ns, datagrams: when the first answer came; -1 before
    int bindError = 0;        ///< the errno of the last bind, where the request has a source
    int error = 0;            ///< the errno behind the outcome, or the look-up's EAI_ code
    bool lookedUp = false;
    bool collects = false;    ///< datagrams: it was sent to many, and all who answer are listed
    bool sendingShut = false; ///< FIN was sent: it can only receive
    bool peerShut = false;    ///< the peer's FIN has come: it can only be sent to
    Outcome outcome = Outcome::None;
    ClosedBy closedBy = ClosedBy::Nobody; ///< where it is Closed

    void apply(const Event &event);

    bool isDatagram() const;
    bool isUnderWay() const { return outcome == Outcome::None; }
    /// Whether a datagram has its answer. Further ones are listed, but none has to be waited for.
    bool isAnswered() const { return answeredAt >= 0 && !collects; }
    qint64 duration() const { return isUnderWay() ? 0 : ended - started; }
    /// Some bytes came, but not all.
    bool isIncomplete() const;

    /// A few words: `complete`, `refused`, `timed out after 5 bytes`; why, where it failed otherwise.
    QString resultText() const;
    /// `12 bytes in 1 read · complete after 3 ms`.
    QString summary() const;

private:
    Outcome knownOutcome() const;
};

} // namespace parley
