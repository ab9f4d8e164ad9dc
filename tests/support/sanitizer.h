// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

namespace parley::test
{

/// Whether this was built with AddressSanitizer or ThreadSanitizer. Both take terabytes of addresses and open files of
/// their own, keep freed memory, and make a program several times slower.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool IsSanitized = true;
#elif defined(__has_feature) // as clang tells it
inline constexpr bool IsSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool IsSanitized = false;
#endif

} // namespace parley::test
