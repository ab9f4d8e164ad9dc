// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/repeated_send.h"

#include <algorithm>

namespace parley
{

namespace
{

constexpr std::chrono::milliseconds Poll{10}; // of a transfer, which sends no signal

} // namespace

RepeatedSend::RepeatedSend(const QByteArrayList &messages, const Plan &plan,
                           std::function<void(const std::shared_ptr<Transfer> &)> send, QObject *parent)
    : QObject(parent), messages_(messages), plan_(plan), send_(std::move(send))
{
    timer_.setSingleShot(true);
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, &RepeatedSend::goOn);
}

void RepeatedSend::start()
{
    due_ = QDeadlineTimer(0, Qt::PreciseTimer);
    goOn();
}

/// Often enough for the next one to be in time.
std::chrono::milliseconds RepeatedSend::pollTime() const
{
    return std::clamp(plan_.every, std::chrono::milliseconds(1), Poll);
}

void RepeatedSend::goOn()
{
    if (current_) {
        const Transfer::Progress progress = current_->progress();
        if (!progress.isFinished) {
            timer_.start(pollTime());
            return;
        }
        current_.reset();
        if (progress.failed > 0 || progress.connections == 0) {
            Q_EMIT ended(false);
            return;
        }
        ++count_;
        const bool isAll = count_ == plan_.times;
        timer_.start(std::chrono::milliseconds(std::max<qint64>(due_.remainingTime(), 0))); // a slot may stop it
        if (isAll)
            timer_.stop();
        Q_EMIT sent();
        if (isAll)
            Q_EMIT ended(true);
        return;
    }
    due_ = QDeadlineTimer(plan_.every, Qt::PreciseTimer);
    current_ = std::make_shared<Transfer>(messages_.at(count_ % messages_.size()));
    timer_.start(pollTime());
    send_(current_);
}

} // namespace parley
