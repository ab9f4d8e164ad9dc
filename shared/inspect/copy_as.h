// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/inspect/exchange.h"

namespace parley
{

/// A complete small program, or a command for a POSIX shell, that does what an exchange did. A server listens, accepts
/// one connection and does the same on it; a client connects. The text is ASCII; bytes and names are quoted. A comment
/// says what the program cannot do.

QByteArray copyAsPython(const Exchange &exchange);
/// C99 and POSIX sockets; compiles without a warning.
QByteArray copyAsC(const Exchange &exchange);
QByteArray copyAsNcat(const Exchange &exchange);

} // namespace parley
