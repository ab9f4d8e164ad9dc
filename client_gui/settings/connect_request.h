// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/candidates.h"
#include "shared/address/endpoint.h"
#include "shared/message/message.h"
#include "shared/socket/repeated_send.h"

#include <QByteArray>

#include <chrono>

namespace parley
{

/// Where to connect and what to do there.
struct ConnectRequest
{
    static constexpr std::chrono::milliseconds DefaultTimeout{10'000};
    static constexpr int MostHops = 255; ///< an octet of the datagram's header

    Endpoint endpoint;
    QByteArray send;                                    ///< sent after connecting
    std::chrono::milliseconds timeout = DefaultTimeout; ///< for look-up, connect, send and receive together
    qint64 maxBytes = DefaultMaxMessageBytes;           ///< the longest message taken
    /// The user keeps the connection: once it is there, neither timeout nor maxBytes ends it, only the user or the
    /// server's FIN.
    bool stays = false;
    /// With stays: the server's FIN does not end it either, so that the user can go on sending.
    bool staysAfterFin = false;
    KeepAlive keepAlive = {};
    // Of datagrams.
    int ttl = 0;                   ///< how many routers it may pass (TTL, hop limit), 1 to 255; 0: the system's default
    bool multicastLoopback = true; ///< members of the group on this computer get it too
    /// Sends the bytes again and again; the time-out then counts from each time, until the bytes are sent,
    /// and from the last time.
    RepeatedSend::Plan again = {};
    /// More is to be sent than `send`: Client::wantsMore() asks for it.
    bool streams = false;
    Address source = {}; ///< the address to connect from; null: the system chooses
};

/// What a socket for @p peer is bound to: @p source, or any address of the peer's family where that stands for any
/// address. Null where the source is of the other family.
inline Address sourceFor(const Address &peer, const Address &source)
{
    if (source.isAny())
        return peer.family() == Address::Family::IPv4 ? Address::ipv4(0, source.port()) : Address::any(source.port());
    return source.family() == peer.family() ? source : Address();
}

/// Takes the next of @p candidates that a socket bound to @p source can connect to; any where that is null. Null where
/// there is no more.
inline Address takeFor(const Address &source, Candidates &candidates)
{
    while (!candidates.isEmpty()) {
        const Address peer = candidates.take();
        if (source.isNull() || !sourceFor(peer, source).isNull())
            return peer;
    }
    return {};
}

} // namespace parley
