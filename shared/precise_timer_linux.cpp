// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/precise_timer.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace parley
{

PreciseTimer::PreciseTimer(std::function<void()> expired)
    : expired_(std::move(expired)),
      descriptor_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) // the clock of steady_clock
{
    if (!descriptor_.isOpen())
        throw std::system_error(errno, std::generic_category(), "timerfd_create");
}

PreciseTimer::~PreciseTimer()
{
    descriptor_.close();
    if (reactor_)
        reactor_->forget(this);
}

void PreciseTimer::start(Clock::time_point time)
{
    using namespace std::chrono;
    if (!reactor_) {
        reactor_ = &Reactor::current();
        reactor_->watch(descriptor_.get(), this, Reactor::Interest::Read);
    }
    const auto sinceBoot = std::max<nanoseconds>(time.time_since_epoch(), 1ns); // 0 would stop it
    itimerspec setting{};
    setting.it_value.tv_sec = duration_cast<seconds>(sinceBoot).count();
    setting.it_value.tv_nsec = (sinceBoot % 1s).count();
    ::timerfd_settime(descriptor_.get(), TFD_TIMER_ABSTIME, &setting, nullptr);
}

void PreciseTimer::stop()
{
    const itimerspec never{};
    ::timerfd_settime(descriptor_.get(), 0, &never, nullptr);
}

void PreciseTimer::ready(Reactor::Ready)
{
    std::uint64_t expirations = 0;
    if (::read(descriptor_.get(), &expirations, sizeof expirations) == sizeof expirations)
        expired_();
}

} // namespace parley
