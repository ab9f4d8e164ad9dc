// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_stream.h"

#include <QTimer>

namespace parley
{

EventStream::EventStream(Pace pace, QObject *parent) : QObject(parent), pace_(pace), timer_(new QTimer(this))
{
    timer_->setSingleShot(true);
    timer_->setTimerType(Qt::PreciseTimer);
    connect(timer_, &QTimer::timeout, this, &EventStream::flush);
    (void)now(); // from here on there is a wall clock
}

void EventStream::write(Event event, Bytes bytes)
{
    const bool detail = event.call() != Call::Accept && event.call() != Call::Listen && event.call() != Call::End;
    bool schedule = false;
    {
        const std::lock_guard lock(mutex_);
        event.setTime(look()); // under the lock: the order of the times is the order of the events
        const std::size_t waiting = pending_.events.size();
        if (leavesOut(event, bytes))
            event.dropPayload();
        if (waiting >= MaxPendingEvents || payload_.size() + payload_.cost(event.heldBytes()) > MaxPendingPayload
            || (detail && waiting >= MaxPendingDetails)) {
            ++pending_.dropped;
        } else {
            payload_.add(event.heldBytes());
            pending_.events.push_back(std::move(event));
        }
        schedule = !std::exchange(scheduled_, true);
    }
    if (schedule)
        mailbox_.post([this] { scheduleDelivery(); });
}

bool EventStream::isCrowded()
{
    const std::lock_guard lock(mutex_);
    return isCrowdedWith(0);
}

/// Whether the bytes of @p event are left out. Called with the mutex held.
bool EventStream::leavesOut(const Event &event, Bytes bytes) const
{
    if (bytes == Bytes::LeftOut || leavesOutBytes_)
        return true;
    return bytes == Bytes::Spared && !payload_.isShared(event.heldBytes())
           && isCrowdedWith(payload_.cost(event.heldBytes()));
}

/// Whether @p payload more bytes would be too many for who can do without them. Called with the mutex held.
bool EventStream::isCrowdedWith(qint64 payload) const
{
    return payload_.size() + payload > MaxPendingPayload / 2 || pending_.events.size() > MaxPendingDetails / 2;
}

void EventStream::scheduleDelivery()
{
    const auto sinceLast = std::chrono::steady_clock::now() - lastDelivery_;
    if (sinceLast >= pause_)
        flush();
    else
        timer_->start(std::chrono::ceil<std::chrono::milliseconds>(pause_ - sinceLast));
}

void EventStream::flush()
{
    timer_->stop();
    EventBatch batch;
    {
        const std::lock_guard lock(mutex_);
        std::swap(batch, pending_);
        payload_.clear();
        scheduled_ = false;
    }
    lastDelivery_ = std::chrono::steady_clock::now();
    pause_ = batch.events.size() < Flood ? pace_.usual : pace_.inAFlood;
    if (!batch.events.empty() || batch.dropped > 0)
        Q_EMIT arrived(batch);
}

qint64 EventStream::now() const
{
    const std::lock_guard lock(mutex_);
    return look();
}

/// Looks at both clocks, and returns the monotonic one. Called with the mutex held.
qint64 EventStream::look() const
{
    const auto sinceStart = [this] {
        const std::chrono::nanoseconds duration = std::chrono::steady_clock::now() - start_;
        return duration.count();
    };
    constexpr int mostLooks = 10;
    constexpr qint64 atOnce = WallClock::Precision / 10;
    for (int looks = 1;; ++looks) {
        const qint64 time = sinceStart();
        const std::chrono::nanoseconds since1970 = std::chrono::system_clock::now().time_since_epoch();
        const qint64 wall = since1970.count();
        if (wallClock_.agrees(time, wall))
            return time;
        // Perhaps the thread was interrupted between the two.
        if (sinceStart() - time < atOnce || looks == mostLooks) {
            wallClock_.step(time, wall);
            return time;
        }
    }
}

QDateTime EventStream::wallClock(qint64 time) const
{
    const std::lock_guard lock(mutex_);
    return wallClock_.at(time);
}

WallClock EventStream::wallClock() const
{
    const std::lock_guard lock(mutex_);
    return wallClock_;
}

} // namespace parley
