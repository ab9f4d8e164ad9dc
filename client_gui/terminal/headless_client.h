// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>

namespace parley
{

struct ClientOptions;

/// Says on stderr why the program ends with ExitFailure, and waits until somebody has read it: without end, or for two
/// seconds once @p interrupted is set. Events are handled meanwhile, and a handler may set it.
void printFailure(const QString &sentence, const bool &interrupted);

/// Runs parley-client without a window: one attempt, its message on stdout. Returns the exit status. @p options hold a
/// valid endpoint.
int runHeadlessClient(const ClientOptions &options);

} // namespace parley
