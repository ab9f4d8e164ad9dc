// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/loop/reactor.h"
#include "shared/socket/socket_calls.h"

#include <chrono>
#include <functional>

namespace parley
{

/// A single-shot timer of an I/O thread, late by some microseconds where Qt's are by up to a millisecond and more: what
/// is to happen ten thousand times a second needs it. The system's part stands in a file of its own
/// (precise_timer_linux.cpp).
class PreciseTimer final : public Reactor::Watcher
{
public:
    using Clock = std::chrono::steady_clock;

    /// @param expired called on the thread that calls start(), an I/O thread.
    explicit PreciseTimer(std::function<void()> expired);
    ~PreciseTimer();
    Q_DISABLE_COPY_MOVE(PreciseTimer)

    /// Expires at @p time, at once where that has passed, in place of any time set before.
    void start(Clock::time_point time);
    void stop();

    void ready(Reactor::Ready ready) override;

private:
    Reactor *reactor_ = nullptr; // which watches it
    const std::function<void()> expired_;
    native::Descriptor descriptor_;
};

} // namespace parley
