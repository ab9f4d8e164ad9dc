// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

namespace parley::test
{

/// Whether what is tested was built from POSIX and Qt alone, and so does not know what only Linux tells.
#ifdef PARLEY_PORTABLE
inline constexpr bool IsPortable = true;
#else
inline constexpr bool IsPortable = false;
#endif

} // namespace parley::test
