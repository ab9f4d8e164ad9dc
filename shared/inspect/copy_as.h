// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/inspect/exchange.h"

namespace parley
{

/// A complete small program, or a command for a POSIX shell, that does what an exchange did: a server listens,
/// accepts one and does the same with it; a client connects. ASCII; whatever was sent or named in it is quoted. What it
/// cannot do is said in a comment.

QByteArray copyAsPython(const Exchange &exchange);
/// C99 and POSIX sockets; compiles without a warning.
QByteArray copyAsC(const Exchange &exchange);
QByteArray copyAsNcat(const Exchange &exchange);

} // namespace parley
