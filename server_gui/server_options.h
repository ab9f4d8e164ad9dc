// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/server.h"
#include "shared/command_line.h"

#include <optional>

namespace parley
{

/// parley-server's command line. What was not given is empty: the window then takes what it remembers.
struct ServerOptions
{
    std::optional<QString> host;
    std::optional<QString> port;
    std::optional<QByteArray> greeting;
    QString greetingSource; ///< the file that the greeting is from; empty for --greeting
    int backlog = ServerSettings::DefaultBacklog;
    std::chrono::milliseconds deadline = ServerSettings::DefaultDeadline;
    bool headless = false;
    bool json = false;
    bool listenAtOnce = true;

    static void declare(CommandLine &commandLine);
    /// Reads @p commandLine, which has been parsed; leaves an error in it if a value is wrong.
    static ServerOptions read(CommandLine &commandLine);

    /// What headless mode listens on and says: the defaults where nothing was given. Without an error in the
    /// command line the endpoint is valid.
    std::variant<Endpoint, EndpointError> endpoint() const;
    ServerSettings settings(const Endpoint &endpoint) const;
};

} // namespace parley
