// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"

#include <optional>
#include <vector>

namespace parley
{

/// What one connection, attempt or sender of datagrams did, as far as a program can do it again.
struct Exchange
{
    enum class Side { Server, Client };
    struct Step
    {
        enum class Kind {
            Send,       ///< bytes, or one datagram
            Receive,    ///< count bytes, fewer if the peer closes; or one datagram
            ReceiveAll, ///< until the peer closes
            Shutdown,   ///< the sending side
            Reset,      ///< closes with RST
        };
        Kind kind;
        QByteArray bytes = {};
        qint64 count = 0;
    };
    /// The most bytes that a program sends.
    static constexpr qint64 MaxBytes = 64 * 1024;

    Side side = Side::Client;
    Transport transport = Transport::Tcp;
    Address address;            ///< Server: the listener's; client: the peer's. Null for Unix
    Address source;             ///< Client: what it bound its socket to; null if nothing
    QByteArray path;            ///< Unix: the file, or `@name`
    int backlog = 0;            ///< Server, streams
    qint64 omitted = 0;         ///< bytes sent that the steps lack: no longer kept, or beyond MaxBytes
    bool mayLackCalls = false;  ///< some of its events are no longer kept, or were lost on their way
    std::vector<Event> options; ///< SetSockOpt, in order: the client's, or those of the listener of datagrams
    bool collects = false;      ///< Client: the datagram went to many, so its socket has no peer
    std::vector<Step> steps;

    bool isToMany() const { return side == Side::Client && (collects || address.isBroadcast()); }
    Address::Family family() const;
    /// The path as the system takes it: an abstract name begins with NUL.
    QByteArray socketPath() const;
    bool has(Step::Kind kind) const;

    /// None where the events do not tell enough: the look-up failed, or the beginning is no longer kept.
    /// @param listener the events of the listener that accepted it; empty for a client's.
    static std::optional<Exchange> of(const std::vector<Event> &events, const std::vector<Event> &listener);
};

} // namespace parley
