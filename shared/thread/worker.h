// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/thread/mailbox.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace parley
{

/// Does one piece of work after the other on a thread of its own, which begins with the first one.
class Worker
{
public:
    using Function = std::function<void()>;

    Worker() = default;
    /// Waits until all work is done, and calls no `done` any more.
    ~Worker();
    Q_DISABLE_COPY_MOVE(Worker)

    /// Calls @p work on the other thread (on this one where the system gives none), and then, by the event loop, @p
    /// done on the thread of this object. Both are destroyed there.
    void start(Function work, Function done);
    /// Forgets what has not begun.
    void clear();

private:
    struct Job
    {
        Function work;
        Function done;
    };

    void run();
    void finish(Job job);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> waiting_; // guarded by mutex_
    bool isEnding_ = false;   // guarded by mutex_
    Mailbox mailbox_;
    std::thread thread_;
};

} // namespace parley
