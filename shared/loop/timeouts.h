// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QTimer>

#include <chrono>
#include <map>

namespace parley
{

/// Time-outs of many things behind one timer. Those of one length end in the order in which they were set, so each
/// length has a list of its own: setting, renewing and stopping one costs the same however many run.
///
/// Lives on one thread. What it times must not outlive it while running.
class Timeouts : public QObject
{
public:
    using Clock = std::chrono::steady_clock;

    class Timed
    {
    public:
        virtual void timedOut() = 0;
        bool isRunning() const { return length_.count() > 0; }

    protected:
        Timed() = default;
        virtual ~Timed() = default; // stopped before
        Q_DISABLE_COPY_MOVE(Timed)

    private:
        friend class Timeouts;
        Timed *previous_ = nullptr;
        Timed *next_ = nullptr;
        std::chrono::milliseconds length_{0}; // 0: it is not running
        Clock::time_point due_;
    };

    explicit Timeouts(QObject *parent = nullptr);

    /// Calls timedOut() once, after @p length (above 0) from now. One that runs already starts again.
    void set(Timed &timed, std::chrono::milliseconds length);
    /// Does nothing where it is not running.
    void stop(Timed &timed);

private:
    struct List
    {
        Timed *first = nullptr;
        Timed *last = nullptr;
    };

    void end();
    void await(Clock::time_point due);

    std::map<std::chrono::milliseconds, List> lists_; // those that became empty stay until end()
    QTimer timer_{this};
    Clock::time_point awaited_; // what the timer waits for, while it is active
};

} // namespace parley
