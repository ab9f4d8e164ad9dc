// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QAbstractEventDispatcher>

#include <memory>

namespace parley
{

/// The event dispatcher of an I/O thread: besides Qt's timers and queued calls it tells watchers that their sockets are
/// ready, in time that does not grow with the number of idle sockets. (Qt's own dispatchers poll(2) every socket that
/// they know, for each event.)
///
/// Sockets are watched with watch(); QSocketNotifier, and what is built on it, is for other threads. Only wakeUp() and
/// interrupt() may be called from another thread. The system's mechanism stands in a file of its own
/// (reactor_epoll.cpp).
class Reactor final : public QAbstractEventDispatcher
{
public:
    struct Ready
    {
        bool read;   ///< recv, accept, or an error to be fetched
        bool write;  ///< send, or a connect that ended
        bool failed; ///< there is an error to be fetched, or both sides have closed
        bool ended;  ///< Interest::Edges: the peer sends no more; its end (or error) is there once all is read
    };

    class Watcher
    {
    public:
        virtual void ready(Ready ready) = 0;

    protected:
        ~Watcher() = default;
    };

    /// What a watcher waits for. It is called again as long as that holds (level-triggered), so one call a turn is
    /// enough and no socket starves another. Errors are reported with any interest, as both.
    enum class Interest : quint8 {
        None,
        Read,
        Write,
        ReadWrite,
        Hangup, ///< the peer's FIN, though what came before it was not read; reported as readable
        Change, ///< of a connection that both sides have closed: once now, and when the last byte is acknowledged, or
                ///< a reset comes (edge-triggered: it is reported as hung up all the time)
        Edges,  ///< both, each time that something changes and not as long as it is so (edge-triggered): one call of
                ///< the system for the whole life of a connection. Read until there is no more; see rewatch()
    };

    /// Throws std::system_error where the system gives no descriptor.
    Reactor();
    ~Reactor() override;

    /// That of the calling thread, which is an I/O thread.
    static Reactor &current();

    /// Watches @p fd until it is closed or unwatched. Returns 0 or an errno (ENOSPC, ENOMEM: epoll_ctl(2)).
    int watch(int fd, Watcher *watcher, Interest interest);
    /// Changes what a watched @p fd is watched for. With Edges, what holds now is reported anew.
    void rewatch(int fd, Watcher *watcher, Interest interest);
    void unwatch(int fd, Watcher *watcher);
    /// To be called when @p watcher goes away with its (closed) descriptor: it is not called any more, not even
    /// for what was already reported.
    void forget(Watcher *watcher);

    // QAbstractEventDispatcher
    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;
    void registerTimer(int timerId, qint64 interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;
    void wakeUp() override;
    void interrupt() override;

private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace parley
