// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/thread/worker.h"

#include <system_error>
#include <utility>

namespace parley
{

Worker::~Worker()
{
    {
        const std::lock_guard lock(mutex_);
        isEnding_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void Worker::start(Function work, Function done)
{
    if (!thread_.joinable()) {
        try {
            thread_ = std::thread([this] { run(); });
        } catch (const std::system_error &) { // no more threads
            finish({std::move(work), std::move(done)});
            return;
        }
    }
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back({std::move(work), std::move(done)});
    }
    changed_.notify_all();
}

void Worker::clear()
{
    const std::lock_guard lock(mutex_);
    waiting_.clear();
}

void Worker::run()
{
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return isEnding_ || !waiting_.empty(); });
        if (waiting_.empty())
            return;
        Job next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        finish(std::move(next));
        lock.lock();
    }
}

/// The work goes back with what it holds, to be destroyed where it was made.
void Worker::finish(Job job)
{
    job.work();
    mailbox_.post([job = std::move(job)] { job.done(); });
}

} // namespace parley
