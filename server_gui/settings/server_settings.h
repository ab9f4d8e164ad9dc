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

/// What each client is held to. Those that are turned away get no byte.
struct ServerLimits
{
    static constexpr int MostConnections = 1'000'000;

    /// As Deadline::length; what the behaviour counts it from. Where it is not set: Deadline::Default for a behaviour
    /// that closes, none for one that stays.
    std::optional<std::chrono::milliseconds> deadline;
    int maxConnections = 0; ///< at once; 0: as many as there are descriptors for
    int maxPerPeer = 0;     ///< at once from one address; 0: no limit
    AccessList access;
};

/// What to listen on, and how to treat those who connect.
struct ServerSettings
{
    static constexpr int DefaultBacklog = 4096;       ///< a burst of connects overflows the 50 that Qt asks for
    static constexpr unsigned DefaultUnixMode = 0600; ///< only this user may connect

    Endpoint endpoint;
    BehaviourChoice behaviour; ///< not used for UDP
    QByteArray greeting;
    int backlog = DefaultBacklog;
    ServerLimits limits;
    unsigned unixMode = DefaultUnixMode; ///< of a Unix socket's file
};

} // namespace parley
