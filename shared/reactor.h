// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QObject>

#include <memory>

namespace parley
{

/// Tells watchers that their sockets are ready, in time that does not grow with the number of idle sockets.
///
/// Lives on an I/O thread and is served by that thread's event loop, beside Qt's timers and queued calls. The
/// system's mechanism stands in a file of its own (reactor_epoll.cpp).
class Reactor : public QObject
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
    enum class Interest {
        None,
        Read,
        Write,
        ReadWrite,
        Change, ///< of a connection that both sides have closed: once now, and when the last byte is acknowledged, or
                ///< a reset comes (edge-triggered: it is reported as hung up all the time)
        Edges,  ///< both, each time that something changes and not as long as it is so (edge-triggered): one call of
                ///< the system for the whole life of a connection. Read until there is no more; see rewatch()
    };

    explicit Reactor(QObject *parent = nullptr);
    ~Reactor() override;

    /// Watches @p fd until it is closed or unwatched. Returns 0 or an errno (ENOSPC, ENOMEM: epoll_ctl(2)).
    int watch(int fd, Watcher *watcher, Interest interest);
    /// Changes what a watched @p fd is watched for. With Edges, what holds now is reported anew.
    void rewatch(int fd, Watcher *watcher, Interest interest);
    void unwatch(int fd, Watcher *watcher);
    /// To be called when @p watcher goes away with its (closed) descriptor: it is not called any more, not even
    /// for what was already reported.
    void forget(Watcher *watcher);

private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace parley
