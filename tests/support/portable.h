// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>

namespace parley::test
{

/// Whether the tested code was built from POSIX and Qt alone, and does not know what only Linux tells.
#ifdef PARLEY_PORTABLE
inline constexpr bool IsPortable = true;
#else
inline constexpr bool IsPortable = false;
#endif

/// A pattern for the part of a line that tells who connected to a Unix socket: a process of the user @p uid. POSIX
/// does not tell (SO_PEERCRED, unix(7)), so a portable build says that they are unknown.
inline QString unixPeerPattern(uint uid)
{
    return IsPortable ? QStringLiteral("\\(pid unknown, uid unknown\\)")
                      : QStringLiteral("\\(pid \\d+, uid %1\\)").arg(uid);
}

} // namespace parley::test
