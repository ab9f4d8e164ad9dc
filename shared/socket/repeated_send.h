// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/socket/transfer.h"

#include <QByteArrayList>
#include <QDeadlineTimer>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>

namespace parley
{

/// Sends the same bytes, or several messages in turn, again and again, as one Transfer after the other. The next one
/// waits for the one before: a slow peer is never owed more than once, and what it has missed is not made up for.
///
/// Lives on a thread with an event loop; the transfers may go to another one.
class RepeatedSend : public QObject
{
    Q_OBJECT

public:
    static constexpr int MostMilliseconds = 3'600'000;
    static constexpr int MostTimes = 1'000'000'000;

    struct Plan
    {
        std::chrono::milliseconds every{0}; ///< from one sending to the next, up to MostMilliseconds; 0: at once
        qint64 times = 0;                   ///< in all, up to MostTimes; 0: until it is stopped

        friend bool operator==(const Plan &, const Plan &) = default;
    };

    /// @param messages at least one.
    /// @param send gives a transfer to the engine.
    RepeatedSend(const QByteArrayList &messages, const Plan &plan,
                 std::function<void(const std::shared_ptr<Transfer> &)> send, QObject *parent = nullptr);

    /// Sends for the first time.
    void start();
    /// No further one begins. ended() is not emitted.
    void stop() { timer_.stop(); }

    /// How many messages were sent as a whole.
    qint64 count() const { return count_; }
    const Plan &plan() const { return plan_; }
    /// The one under way; null between two.
    const std::shared_ptr<Transfer> &current() const { return current_; }

Q_SIGNALS:
    /// One more was sent.
    void sent();
    /// @param all as often as planned; otherwise some connection could not take all bytes of one.
    void ended(bool all);

private:
    void goOn();
    std::chrono::milliseconds pollTime() const;

    const QByteArrayList messages_;
    const Plan plan_;
    const std::function<void(const std::shared_ptr<Transfer> &)> send_;
    std::shared_ptr<Transfer> current_;
    qint64 count_ = 0;
    QDeadlineTimer due_;
    QTimer timer_;
};

} // namespace parley
