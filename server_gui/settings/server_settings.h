// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour_list.h"
#include "shared/address/cidr.h"
#include "shared/address/endpoint.h"

#include <QByteArray>

#include <chrono>
#include <optional>

namespace parley
{

/// The limits of each client. A client that is turned away gets no byte.
struct ServerLimits
{
    static constexpr int MostConnections = 1'000'000;
    static constexpr int MostHops = 255; ///< an octet of the datagram's header

    /// As Deadline::length. If it is not set: Deadline::Default for a behaviour that closes, none for a behaviour that
    /// stays.
    std::optional<std::chrono::milliseconds> deadline;
    int maxConnections = 0; ///< at once; 0: as many as the descriptors allow
    int maxPerPeer = 0;     ///< at once from one address; 0: no limit
    AccessList access;
    KeepAlive keepAlive;
    int ttl = 0; ///< UDP: as ConnectRequest::ttl of a client, for the answers; holds from the next listening on
};

/// What to listen on, and how to treat the clients.
struct ServerSettings
{
    static constexpr int DefaultBacklog = 4096;       ///< a burst of connects would overflow Qt's 50
    static constexpr unsigned DefaultUnixMode = 0600; ///< only this user may connect

    Endpoint endpoint;
    BehaviourChoice behaviour; ///< not used for UDP
    QByteArray greeting;
    int backlog = DefaultBacklog;
    ServerLimits limits;
    unsigned unixMode = DefaultUnixMode; ///< of a Unix socket's file
};

} // namespace parley
