// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QTest>

#include <chrono>
#include <future>

namespace parley::test
{

/// Runs @p work on another thread and returns its result. Meanwhile this thread goes on delivering events and reading
/// what processes print. Work that hangs ends the test with a sentence, before ctest ends it without one.
template <typename Work>
auto beside(Work work)
{
    constexpr int patience = 90'000; // ms; a guard against deadlocks
    auto future = std::async(std::launch::async, work);
    const auto isDone = [&future] { return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
    if (!QTest::qWaitFor(isDone, patience))
        qFatal("The work on the other thread was not done within %d s", patience / 1000);
    return future.get();
}

} // namespace parley::test
