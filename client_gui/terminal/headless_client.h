// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

namespace parley
{

struct ClientOptions;

/// Runs parley-client without a window, to its end: one attempt, its message on stdout. Returns the exit status.
/// @p options hold a valid endpoint.
int runHeadlessClient(const ClientOptions &options);

} // namespace parley
