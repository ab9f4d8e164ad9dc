// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/loop/reactor.h"

#include <QThread>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace parley
{

/// Runs one engine on a thread of its own, from construction to destruction, and takes it down there.
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
        QObject::connect(&thread_, &QThread::finished, engine_, &QObject::deleteLater);
        thread_.setObjectName(QLatin1String("parley-io")); // as top -H and gdb show it
        thread_.start();
        if (!thread_.isRunning() && !thread_.isFinished())
            throw std::system_error(EAGAIN, std::generic_category());
    }
    ~IoThread()
    {
        thread_.quit();
        thread_.wait();
    }
    Q_DISABLE_COPY_MOVE(IoThread)

    /// Calls @p command with the engine on its thread, later.
    template <typename Command>
    void post(Command command)
    {
        QMetaObject::invokeMethod(
            engine_, [engine = engine_, command = std::move(command)] { command(*engine); }, Qt::QueuedConnection);
    }

    /// For connecting to the engine's signals and for its thread-safe functions only.
    Engine *engine() const { return engine_; }

private:
    QThread thread_;
    Engine *const engine_;
};

} // namespace parley
