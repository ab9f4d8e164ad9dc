// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

namespace parley::test
{

// gcc has macros, and clang features. (Qt defines __has_feature for gcc, too.)
#ifdef __clang__
inline constexpr bool HasAddressSanitizer = __has_feature(address_sanitizer);
inline constexpr bool HasThreadSanitizer = __has_feature(thread_sanitizer);
#else
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool HasAddressSanitizer = true;
#else
inline constexpr bool HasAddressSanitizer = false;
#endif
#ifdef __SANITIZE_THREAD__
inline constexpr bool HasThreadSanitizer = true;
#else
inline constexpr bool HasThreadSanitizer = false;
#endif
#endif

/// Whether this was built with one of them. Both take terabytes of addresses and open files of their own, keep freed
/// memory, and make a program several times slower.
inline constexpr bool IsSanitized = HasAddressSanitizer || HasThreadSanitizer;

} // namespace parley::test
