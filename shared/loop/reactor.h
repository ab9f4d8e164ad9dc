// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGlobal>

class QThread;

namespace parley
{

/// Tells watchers on an I/O thread that their sockets are ready. There are two versions; CMake chooses one
/// (PARLEY_PORTABLE):
///
/// - reactor_epoll.cpp, for Linux, is also the thread's event dispatcher (for Qt's timers and queued calls). The time
///   it takes does not grow with the number of idle sockets. Qt's own dispatchers poll(2) every socket that they know,
///   for each event.
/// - reactor_qt.cpp, for any POSIX system, uses the dispatcher that Qt gives the thread.
///
/// An engine's own sockets are watched with watch(). QSocketNotifier, and what is built on it (QTcpSocket, QTcpServer),
/// works too; a descriptor may have one or the other at a time. On Linux, notifiers of type Exception hear of errors
/// but not of urgent data. A call that was queued before a socket became ready is made before the socket's watcher is
/// called.
///
/// All functions are for the reactor's own thread.
class Reactor final
{
public:
    struct Ready
    {
        bool read;   ///< recv, accept, or an error to be fetched
        bool write;  ///< send, or a connect that ended
        bool failed; ///< there is an error to be fetched, or both sides have closed
        bool ended;  ///< Interest::Edges, Hangup and WriteHangup: the peer sends no more; its end (or error) is there
                     ///< once all is read. Where the system does not tell (POLLRDHUP), false, and the end is reported
                     ///< as readable
    };

    class Watcher
    {
    public:
        virtual void ready(Ready ready) = 0;

    protected:
        ~Watcher() = default;
    };

    /// What a watcher waits for. It is called again as long as that holds (level-triggered), so one call a turn is
    /// enough and no socket starves another. Errors are reported whatever the interest, as readable and writable.
    enum class Interest : quint8 {
        None,
        Read,
        Write,
        ReadWrite,
        Hangup, ///< the peer's FIN, though what came before it was not read; reported as readable. A system without
                ///< POLLRDHUP reports it only where nothing is left unread
        WriteHangup, ///< Write and Hangup
        Change, ///< of a connection that both sides have closed: once now, and when the last byte is acknowledged, or
                ///< a reset comes. (It is hung up all the time.) reactor_qt.cpp calls every SurveyInterval
        Edges,  ///< both, when something changes and not as long as it is so (edge-triggered): one call of the system
                ///< for the whole life of a connection. Read until there is no more, and after a send that could not
                ///< take all, see rewatch(). May be reported more often than it changes
    };

    /// How late reactor_qt.cpp may report what no QSocketNotifier tells: an error with Interest::None, Hangup, Change.
    static constexpr int SurveyInterval = 5; // ms

    /// Makes @p thread, which has not started yet, an I/O thread.
    static void install(QThread &thread);
    /// The reactor of the calling thread, which is an I/O thread.
    static Reactor &current();

    /// Watches @p fd until it is unwatched, or closed and its watcher forgotten. Returns 0 or an errno (EBADF; EPERM:
    /// it is a file or a directory; EEXIST: it is watched already; on Linux also where it has an enabled
    /// QSocketNotifier, and ENOSPC, ENOMEM: epoll_ctl(2)).
    int watch(int fd, Watcher *watcher, Interest interest);
    /// Changes what a watched @p fd is watched for. With Edges, what holds now is reported anew.
    void rewatch(int fd, Watcher *watcher, Interest interest);
    void unwatch(int fd, Watcher *watcher);
    /// To be called when @p watcher goes away with its (closed) descriptor: it is not called any more, not even
    /// for what was already reported.
    void forget(Watcher *watcher);

    struct Private;
    explicit Reactor(Private &d);
    ~Reactor();
    Q_DISABLE_COPY_MOVE(Reactor)

private:
    Private &d_; // the system's part, which owns this object
};

} // namespace parley
