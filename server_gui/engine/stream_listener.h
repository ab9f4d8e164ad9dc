// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/listener.h"

#include <QTimer>

#include <chrono>

namespace parley
{

/// A listening socket, and when accept() is called on it: as soon as somebody waits, unless accept is held, and later
/// where it fails for want of a resource. A TCP or a Unix socket adds how it is made, and who the peer is.
class StreamListener : public Listener
{
public:
    static constexpr std::chrono::milliseconds AcceptRetry{100}; ///< after a failure that lasts
    static constexpr int MostQueued = 65'535;                    ///< what a system makes of a longer backlog

    void close() override;
    bool accepts() const override { return isOpen(); }
    void renewBacklog() override;
    /// While accept is held, the socket goes on listening, and whoever connects waits in its accept queue.
    void hold(bool hold) override;
    /// Accepts @p most of those who wait while accept is held, or fewer if fewer do.
    void release(int most) override;
    /// Accepts at once whoever waits, though accept is held.
    void acceptWaiting() override;
    std::optional<native::AcceptQueue> acceptQueue() const override { return native::acceptQueue(descriptor()); }

    void ready(Reactor::Ready) override { acceptSome(AcceptsPerTurn); }

protected:
    StreamListener(ListenerOwner &owner, Transport transport);

    /// Lets the bound socket listen. It is watched before that is announced, for who is told may connect at once.
    /// @param path where it is bound to one. Returns 0 or an errno.
    int serve(const Address &bound, const QByteArray &path);
    /// The socket listens, and is not watched yet. Returns 0, or an errno where it is not to be served.
    virtual int listening() { return 0; }
    /// accept() has returned @p fd. @p peer is the one that accept() told.
    virtual void take(int fd, const Address &peer) = 0;

private:
    static constexpr int AcceptsPerTurn = 64; // so that those already accepted get their turn
    static constexpr int FailuresInARow = 16; // then it is not the single connection that is at fault

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
    int released_ = 0; // how many may be accepted though accept is held
    QTimer retry_;     // accept is not called meanwhile
    QTimer recovered_; // accept works again, for now
    int starved_ = 0;  // of what (errno)
    int failures_ = 0; // of accept, since it last succeeded
};

} // namespace parley
