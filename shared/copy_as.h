// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/conversation.h"

namespace parley
{

/// A complete small program, or a command for a POSIX shell, that does what a conversation did: a server listens,
/// accepts one and does the same with it; a client connects. ASCII; whatever was sent or named in it is quoted. What it
/// cannot do is said in a comment.

QByteArray copyAsPython(const Conversation &conversation);
/// C99 and POSIX sockets; compiles without a warning.
QByteArray copyAsC(const Conversation &conversation);
QByteArray copyAsNcat(const Conversation &conversation);

} // namespace parley
