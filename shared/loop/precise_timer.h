// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGlobal>

#include <chrono>
#include <functional>
#include <memory>

namespace parley
{

/// A single-shot timer of an I/O thread, for what is to happen ten thousand times a second. On Linux it is late by some
/// microseconds (precise_timer_linux.cpp), where Qt's timers are late by a millisecond and more. Elsewhere it is one of
/// Qt's (precise_timer_qt.cpp).
class PreciseTimer final
{
public:
    using Clock = std::chrono::steady_clock;

    /// @param expired called on the thread that calls start(), an I/O thread.
    explicit PreciseTimer(const std::function<void()> &expired);
    ~PreciseTimer();
    Q_DISABLE_COPY_MOVE(PreciseTimer)

    /// Expires at @p time, or at once if @p time has passed. It replaces any time set before.
    void start(Clock::time_point time);
    void stop();

private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace parley
