// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/loop/precise_timer.h"

#include <QTimer>

#include <algorithm>
#include <memory>

namespace parley
{

struct PreciseTimer::Private
{
    explicit Private(const std::function<void()> &function) : expired(function) {}

    const std::function<void()> expired;
    std::unique_ptr<QTimer> timer; // made on the thread that starts it
};

PreciseTimer::PreciseTimer(const std::function<void()> &expired) : d_(std::make_unique<Private>(expired)) {}

PreciseTimer::~PreciseTimer() = default;

void PreciseTimer::start(Clock::time_point time)
{
    using namespace std::chrono;
    if (!d_->timer) {
        d_->timer = std::make_unique<QTimer>();
        d_->timer->setSingleShot(true);
        d_->timer->setTimerType(Qt::PreciseTimer);
        QObject::connect(d_->timer.get(), &QTimer::timeout, d_->timer.get(), d_->expired);
    }
    d_->timer->start(std::max(ceil<milliseconds>(time - Clock::now()), 0ms));
}

void PreciseTimer::stop()
{
    if (d_->timer)
        d_->timer->stop();
}

} // namespace parley
