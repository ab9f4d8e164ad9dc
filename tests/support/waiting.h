// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QTest>

// The waiting macros of a newer Qt turn their patience into an int, and the compiler warns where a macro of ours wraps
// them. With an older Qt, the compiler's check stays on.
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
#pragma GCC diagnostic ignored "-Wconversion"
#endif

/// VERIFY(), where the condition comes true in time.
#define TRY_VERIFY(condition, ...)                                                                                     \
    QTRY_VERIFY2_WITH_TIMEOUT(condition, parley::test::reports(__VA_ARGS__).constData(),                               \
                              std::chrono::milliseconds(parley::test::Patience).count())
/// QTRY_COMPARE() with a window's patience.
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, parley::test::WindowPatience)
/// Waits until @p text matches @p pattern; prints the text if it does not.
#define TRY_MATCH(text, pattern)                                                                                       \
    QTRY_VERIFY2_WITH_TIMEOUT(parley::test::matches(text, pattern), qUtf8Printable(text), parley::test::WindowPatience)
