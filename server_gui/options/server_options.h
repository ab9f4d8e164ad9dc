// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/settings/server_settings.h"
#include "shared/program/command_line.h"

#include <optional>

namespace parley
{

/// parley-server's command line. An option that was not given is empty: the window then takes the value that it
/// remembers.
struct ServerOptions
{
    std::optional<QString> host;
    std::optional<QString> port;
    std::optional<QString> path; ///< with transport Unix
    std::optional<Transport> transport;
    std::optional<TextEncoding> encoding; ///< of what is typed, and shown
    std::optional<QByteArray> greeting;
    QString greetingSource; ///< the file of the greeting; empty for --greeting
    std::optional<BehaviourChoice> behaviour;
    int backlog = ServerSettings::DefaultBacklog;
    std::optional<std::chrono::milliseconds> deadline;
    std::optional<int> maxConnections;
    std::optional<int> maxPerPeer;
    std::optional<std::vector<Net>> allow;
    std::optional<std::vector<Net>> deny;
    std::optional<KeepAlive> keepAlive;
    unsigned unixMode = ServerSettings::DefaultUnixMode;
    int ttl = 0; ///< 0 if it was not given
    bool headless = false;
    Endpoint endpoint; ///< with headless: where to listen
    bool json = false;
    bool listenAtOnce = true;

    static void declare(CommandLine &commandLine);
    /// Reads @p commandLine, which has been parsed; leaves an error in it if a value is wrong.
    static ServerOptions read(CommandLine &commandLine);

    /// The settings to serve @p endpoint with; the default greeting if none was given.
    ServerSettings settings(const Endpoint &served) const;
    /// @p saved, with the given values in place of the saved ones.
    ServerLimits limits(ServerLimits saved = {}) const;
};

} // namespace parley
