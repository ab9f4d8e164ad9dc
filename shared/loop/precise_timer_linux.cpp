// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/loop/precise_timer.h"

#include "shared/loop/reactor.h"
#include "shared/message/error_text.h"
#include "shared/socket/socket_calls.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace parley
{

struct PreciseTimer::Private final : Reactor::Watcher
{
    explicit Private(const std::function<void()> &function) : expired(function) {}
    void ready(Reactor::Ready ready) override;

    const std::function<void()> expired;
    native::Descriptor descriptor{::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)}; // as steady_clock
    Reactor *reactor = nullptr;                                                                   // which watches it
};

PreciseTimer::PreciseTimer(const std::function<void()> &expired) : d_(std::make_unique<Private>(expired))
{
    if (!d_->descriptor.isOpen())
        qFatal("timerfd_create: %s", errorName(errno).constData());
}

PreciseTimer::~PreciseTimer()
{
    d_->descriptor.close();
    if (d_->reactor)
        d_->reactor->forget(d_.get());
}

void PreciseTimer::start(Clock::time_point time)
{
    using namespace std::chrono;
    if (!d_->reactor) {
        d_->reactor = &Reactor::current();
        d_->reactor->watch(d_->descriptor.get(), d_.get(), Reactor::Interest::Read);
    }
    const auto sinceBoot = std::max<nanoseconds>(time.time_since_epoch(), 1ns); // 0 would stop it
    itimerspec setting{};
    setting.it_value.tv_sec = duration_cast<seconds>(sinceBoot).count();
    setting.it_value.tv_nsec = (sinceBoot % 1s).count();
    ::timerfd_settime(d_->descriptor.get(), TFD_TIMER_ABSTIME, &setting, nullptr);
}

void PreciseTimer::stop()
{
    const itimerspec never{};
    ::timerfd_settime(d_->descriptor.get(), 0, &never, nullptr);
}

void PreciseTimer::Private::ready(Reactor::Ready)
{
    std::uint64_t expirations = 0;
    if (::read(descriptor.get(), &expirations, sizeof expirations) == sizeof expirations)
        expired();
}

} // namespace parley
