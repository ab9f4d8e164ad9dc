// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/thread/mailbox.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace parley
{

/// A question to the system that may hang, on a thread of its own, and its @p Answer.
///
/// Destroying the object cancels, and never waits. A call of the system cannot be stopped: its thread goes on detached,
/// holds up neither the caller nor the program's exit, and its answer is dropped. At most MaxUnderWay such threads
/// exist for one type of answer.
template <typename Answer>
class DetachedWork
{
public:
    static constexpr int MaxUnderWay = 32;

    /// Must not touch the owner, which may be gone. Work of many steps looks at its argument from time to time: true
    /// means that nobody waits any more.
    using Work = std::function<Answer(const std::atomic<bool> &cancelled)>;

    /// @param withoutThread the answer where there is no thread to be had, or too many are under way
    /// @param tell called once, by the event loop of this object's thread, when there is an answer
    DetachedWork(Work work, Answer withoutThread, const Mailbox::Function &tell) : shared_(std::make_shared<Shared>())
    {
        shared_->mailbox = &mailbox_;
        shared_->tell = tell;
        if (underWay.fetch_add(1) < MaxUnderWay) {
            try {
                std::thread([shared = shared_, work = std::move(work)] {
                    shared->deliver(work(shared->cancelled));
                    --underWay;
                }).detach();
                return;
            } catch (const std::system_error &) { // no more threads
            }
        }
        --underWay;
        shared_->deliver(std::move(withoutThread));
    }
    ~DetachedWork()
    {
        shared_->cancelled = true;
        const std::lock_guard lock(shared_->mutex);
        shared_->mailbox = nullptr;
    }
    Q_DISABLE_COPY_MOVE(DetachedWork)

    /// Waits for the answer without an event loop, for @p most at the longest, or for ever if @p most is negative.
    /// Returns whether the answer is there.
    bool wait(std::chrono::milliseconds most)
    {
        std::unique_lock lock(shared_->mutex);
        const auto isThere = [this] { return shared_->answer.has_value(); };
        if (most.count() >= 0)
            return shared_->answered.wait_for(lock, most, isThere);
        shared_->answered.wait(lock, isThere);
        return true;
    }

    /// The answer, once it is there. To be called once.
    Answer take()
    {
        const std::lock_guard lock(shared_->mutex);
        return std::move(*shared_->answer);
    }

private:
    /// Outlives the object if that is destroyed first.
    struct Shared
    {
        void deliver(Answer given)
        {
            const std::lock_guard lock(mutex);
            answer = std::move(given);
            answered.notify_all();
            if (mailbox)
                mailbox->post(tell);
        }

        std::atomic<bool> cancelled = false;
        std::mutex mutex;
        std::condition_variable answered;
        // Guarded by mutex.
        Mailbox *mailbox = nullptr; // null once this is cancelled
        Mailbox::Function tell;
        std::optional<Answer> answer;
    };

    static inline std::atomic<int> underWay = 0;

    Mailbox mailbox_;
    const std::shared_ptr<Shared> shared_;
};

} // namespace parley
