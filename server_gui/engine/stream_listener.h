// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/listener.h"

#include <QTimer>

#include <chrono>

namespace parley
{

/// A listening socket that accepts. accept() is called as soon as a client waits, unless accept is held, and again
/// later if it fails for want of a resource. The subclasses for TCP and Unix sockets know how the socket is made, and
/// who the peer is.
class StreamListener : public Listener
{
public:
    static constexpr std::chrono::milliseconds AcceptRetry{100}; ///< after a failure that lasts
    static constexpr int MostQueued = 65'535;                    ///< a system shortens a longer backlog to this

    void close() override;
    bool accepts() const override { return isOpen(); }
    void renewBacklog() override;
    /// While accept is held, the socket goes on listening, and clients that connect wait in its accept queue.
    void hold(bool hold) override;
    /// Accepts @p most of the clients that wait while accept is held, or fewer if fewer wait.
    void release(int most) override;
    /// Accepts all waiting clients at once, even while accept is held.
    void acceptWaiting() override;
    std::optional<native::AcceptQueue> acceptQueue() const override { return native::acceptQueue(descriptor()); }

    void ready(Reactor::Ready) override { acceptSome(AcceptsPerTurn); }

protected:
    StreamListener(ListenerOwner &owner, Transport transport);

    /// Lets the bound socket listen. The socket is watched before this is announced, because a reader may connect at
    /// once. Returns 0 or an errno.
    /// @param path the path that it is bound to, if any.
    int serve(const Address &bound, const QByteArray &path);
    /// The socket listens, and is not watched yet. Returns 0, or an errno if it is not to be served.
    virtual int listening() { return 0; }
    /// accept() has returned @p fd and its @p peer.
    virtual void take(int fd, const Address &peer) = 0;

private:
    static constexpr int AcceptsPerTurn = 64; // so that open connections get their turn
    static constexpr int FailuresInARow = 16; // after so many, the fault is not a single connection's

    native::Result callListen();
    bool isReleased() const { return !held_ || released_ > 0; }
    int watch();
    void updateWatch();
    void acceptSome(int most);
    void acceptSucceeded();
    void acceptFailed(int error);
    void retryLater();
    void recordFailure(int error);
    void setStarved(int error);

    Address bound_;
    QByteArray path_;
    int longestBacklog_ = 0; // the largest one requested
    bool watched_ = false;
    bool held_ = false;
    int released_ = 0; // how many may be accepted while accept is held
    QTimer retry_;     // while it runs, accept is not called
    QTimer recovered_; // runs since accept works again
    int starved_ = 0;  // the errno of the missing resource; 0: none is missing
    int failures_ = 0; // of accept, since it last succeeded
};

} // namespace parley
