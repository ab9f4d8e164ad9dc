// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

namespace parley
{

struct ClientOptions;

/// Makes the connections of a run without a window and prints the account on stdout, as text, CSV or a JSON object.
/// SIGINT, SIGTERM and SIGHUP end the run with the account so far; another SIGINT or SIGTERM ends the wait for the
/// reader of stdout. Returns the exit status: ExitFailure if a single connection was not complete.
int runHeadlessRepeat(const ClientOptions &options);

} // namespace parley
