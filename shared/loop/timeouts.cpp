// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/loop/timeouts.h"

#include <algorithm>

namespace parley
{

Timeouts::Timeouts(QObject *parent) : QObject(parent)
{
    timer_.setSingleShot(true);
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, &Timeouts::end);
}

void Timeouts::set(Timed &timed, std::chrono::milliseconds length)
{
    stop(timed);
    timed.length_ = length;
    timed.due_ = Clock::now() + length;
    List &list = lists_[length];
    timed.previous_ = list.last;
    (list.last ? list.last->next_ : list.first) = &timed;
    list.last = &timed;
    if (!timer_.isActive() || timed.due_ < awaited_)
        await(timed.due_);
}

void Timeouts::stop(Timed &timed)
{
    if (timed.length_.count() == 0)
        return;
    List &list = lists_[timed.length_];
    (timed.previous_ ? timed.previous_->next_ : list.first) = timed.next_;
    (timed.next_ ? timed.next_->previous_ : list.last) = timed.previous_;
    timed.previous_ = nullptr;
    timed.next_ = nullptr;
    timed.length_ = std::chrono::milliseconds(0);
}

/// If the time-out that the timer waited for was stopped or renewed, this call finds nothing due.
void Timeouts::end()
{
    const auto now = Clock::now();
    std::erase_if(lists_, [](const auto &entry) { return !entry.second.first; });
    for (auto &[length, list] : lists_) { // a list made meanwhile may be visited or not: nothing in it is due
        while (list.first && list.first->due_ <= now) {
            Timed &timed = *list.first;
            stop(timed);
            timed.timedOut();
        }
    }
    Clock::time_point earliest = Clock::time_point::max();
    for (const auto &[length, list] : lists_) {
        if (list.first)
            earliest = std::min(earliest, list.first->due_);
    }
    if (earliest != Clock::time_point::max())
        await(earliest);
}

void Timeouts::await(Clock::time_point due)
{
    awaited_ = due;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now());
    timer_.start(std::max(left, std::chrono::milliseconds(0)));
}

} // namespace parley
