// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>

namespace parley::test
{

/// Whether what is tested was built from POSIX and Qt alone, and so does not know what only Linux tells.
#ifdef PARLEY_PORTABLE
inline constexpr bool IsPortable = true;
#else
inline constexpr bool IsPortable = false;
#endif

/// What stands, as a pattern, where a line tells who connected to a Unix socket: a process of the user @p uid.
/// POSIX does not tell it (SO_PEERCRED, unix(7)), so a portable build prints an address that is not known.
inline QString unixPeerPattern(uint uid)
{
    return IsPortable ? QStringLiteral("\\('', 0\\)") : QStringLiteral("\\(pid \\d+, uid %1\\)").arg(uid);
}

} // namespace parley::test
