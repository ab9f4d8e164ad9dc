// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"

#include <QCoreApplication>

#include <utility>

namespace parley
{

/// All that the events told of one connection, or of one sender of datagrams: a row of the server's table.
struct ConnectionRecord
{
    enum Column { Number, Time, PeerAddress, PeerPort, State, Sent, Received, Duration, ColumnCount };

    /// All that the text of the State column depends on.
    struct Progress
    {
        Outcome outcome = Outcome::None;
        bool sendingShut = false;
        quint32 asked = 0;                    ///< datagrams received
        quint32 answered = 0;                 ///< datagrams sent
        qint64 delivered = 0;                 ///< bytes that the peer had acknowledged at the end; 0 for datagrams
        ClosedBy closedBy = ClosedBy::Nobody; ///< where it is Closed: Here or Both, because a server then has sent FIN
        bool peerShut = false;                ///< FIN has come

        bool isOpen() const { return outcome == Outcome::None && asked == 0; }
        QString text() const;
        /// The key that the column is sorted by. Equal texts have equal keys; similar texts are neighbours, in the
        /// order of their figures.
        std::pair<int, qint64> sortKey() const;
        bool tellsDelivered() const;
        friend bool operator==(const Progress &, const Progress &) = default;

        Q_DECLARE_TR_FUNCTIONS(ConnectionRecord)
    };

    quint64 number = 0;
    Address peer;
    qint64 accepted = 0; ///< ns since the stream's start
    qint64 ended = 0;    ///< ns; datagrams: when the last one came or went. Undefined while the connection is open
    qint64 sent = 0;     ///< bytes
    qint64 received = 0; ///< bytes
    Progress progress;

    ConnectionRecord() = default;
    /// The record that begins with @p event: an Accept, or the first RecvFrom of a sender.
    explicit ConnectionRecord(const Event &event);

    void apply(const Event &event);

    /// In ns; for an open connection, up to @p now (ns since the stream's start).
    qint64 duration(qint64 now) const { return (progress.isOpen() ? now : ended) - accepted; }
};

} // namespace parley
