// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QTimer>

#include <chrono>
#include <map>

namespace parley
{

/// Time-outs of many objects behind one timer. Time-outs of one length end in the order in which they were set, so each
/// length has a list of its own: setting, renewing and stopping one costs the same however many run.
///
/// Lives on one thread. An object whose time-out runs must not outlive it.
class Timeouts : public QObject
{
public:
    using Clock = std::chrono::steady_clock;

    class Timed
    {
    public:
        virtual void timedOut() = 0;
        bool isRunning() const { return length_.count() > 0; }
        /// When it ends, while it is running.
        Clock::time_point endsAt() const { return due_; }

    protected:
        Timed() = default;
        virtual ~Timed() = default; // its time-out was stopped before
        Q_DISABLE_COPY_MOVE(Timed)

    private:
        friend class Timeouts;
        Timed *previous_ = nullptr;
        Timed *next_ = nullptr;
        std::chrono::milliseconds length_{0}; // 0: it is not running
        Clock::time_point due_;
    };

    explicit Timeouts(QObject *parent = nullptr);

    /// Calls timedOut() once, @p length (above 0) from now. A time-out that runs already starts again.
    void set(Timed &timed, std::chrono::milliseconds length);
    /// Does nothing if the time-out is not running.
    void stop(Timed &timed);

private:
    struct List
    {
        Timed *first = nullptr;
        Timed *last = nullptr;
    };

    void end();
    void await(Clock::time_point due);

    std::map<std::chrono::milliseconds, List> lists_; // empty lists stay until end()
    QTimer timer_{this};
    Clock::time_point awaited_; // what the timer waits for, while it is active
};

} // namespace parley
