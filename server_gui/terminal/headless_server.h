// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

namespace parley
{

struct ServerOptions;

/// Runs parley-server without a window until SIGINT, SIGTERM or SIGHUP: a line for each connection on stdout, or with
/// --json one for each event. Returns the exit status. @p options hold a valid endpoint.
int runHeadlessServer(const ServerOptions &options);

} // namespace parley
