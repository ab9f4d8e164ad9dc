// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/loop/reactor.h"
#include "shared/thread/mailbox.h"

#include <QPointer>
#include <QThread>

#include <cerrno>
#include <functional>
#include <latch>
#include <memory>
#include <system_error>
#include <type_traits>
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

    /// Calls @p slot, a function of @p receiver or any other, each time the engine emits @p signal: later, on this
    /// object's thread, and no more once the receiver is gone.
    template <typename... Arguments, typename Receiver, typename Slot>
    void hear(void (Engine::*signal)(Arguments...), Receiver *receiver, Slot slot)
    {
        const auto tell = [this, receiver = QPointer<Receiver>(receiver), slot](const Arguments &...said) {
            answers_.post([receiver, slot, ... said = std::decay_t<Arguments>(said)] {
                if (!receiver)
                    return;
                if constexpr (std::is_member_pointer_v<Slot>)
                    std::invoke(slot, receiver.data(), said...);
                else
                    slot(said...);
            });
        };
        QObject::connect(engine_, signal, engine_, tell, Qt::DirectConnection);
    }

    /// For its thread-safe functions only.
    Engine *engine() const { return engine_; }

private:
    Engine *const engine_;
    Mailbox commands_; // for the engine
    Mailbox answers_;  // of the engine
    std::latch ended_{1};
    QThread thread_;
};

} // namespace parley
