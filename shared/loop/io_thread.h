// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/loop/reactor.h"
#include "shared/thread/mailbox.h"

#include <QThread>

#include <cerrno>
#include <latch>
#include <memory>
#include <system_error>
#include <utility>

namespace parley
{

/// Runs one engine on a thread of its own: the engine is made, called and destroyed there.
template <typename Engine>
class IoThread
{
public:
    /// Throws std::system_error where the system gives no thread or descriptor.
    template <typename... Args>
    explicit IoThread(Args &&...args) : engine_(new Engine(std::forward<Args>(args)...))
    {
        Reactor::install(thread_);
        engine_->moveToThread(&thread_);
        commands_.moveToThread(&thread_);
        const auto takeDown = [this] {
            delete engine_;
            ended_.count_down();
        };
        QObject::connect(&thread_, &QThread::finished, &thread_, takeDown, Qt::DirectConnection);
        thread_.setObjectName(QLatin1String("parley-io")); // as top -H and gdb show it
        thread_.start();
        if (!thread_.isRunning() && !thread_.isFinished())
            throw std::system_error(EAGAIN, std::generic_category());
    }
    ~IoThread()
    {
        thread_.quit();
        ended_.wait(); // as thread_.wait() does, but ThreadSanitizer sees it
        thread_.wait();
    }
    Q_DISABLE_COPY_MOVE(IoThread)

    /// Calls @p command with the engine on its thread, later.
    template <typename Command>
    void post(Command command)
    {
        commands_.post([engine = engine_, command = std::move(command)] { command(*engine); });
    }

    /// Only for connecting to the engine's signals, and for its thread-safe functions.
    Engine *engine() const { return engine_; }

private:
    Engine *const engine_;
    Mailbox commands_; // for the engine
    std::latch ended_{1};
    QThread thread_;
};

} // namespace parley
