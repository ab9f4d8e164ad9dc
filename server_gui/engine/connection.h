// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"
#include "shared/address/address.h"
#include "shared/loop/reactor.h"
#include "shared/loop/timeouts.h"
#include "shared/socket/tcp_info.h"
#include "shared/stream/stream_peer.h"

#include <chrono>
#include <memory>

namespace parley
{

class Connection;
class EventStream;

/// What a connection needs of the server that accepted it.
class ConnectionOwner
{
public:
    virtual Reactor &reactor() = 0;
    virtual Timeouts &timeouts() = 0;
    virtual EventStream &events() = 0;
    /// The connection has ended. It is not to be called any more, and to be destroyed after this turn of the loop.
    virtual void ended(Connection &connection) = 0;

protected:
    ~ConnectionOwner() = default;
};

/// How long a connection may keep the server waiting.
struct Deadline
{
    static constexpr std::chrono::milliseconds Default{30'000};

    std::chrono::milliseconds length = Default; ///< 0: no limit
    bool isRenewed = false; ///< true: it counts from the last byte either way; false: from accept to end
};

/// One accepted connection: does what its behaviour asks for. After closing the sending side, it reads until the peer
/// closes too, and only then closes. Closing earlier, with bytes unread, would make the kernel send RST and the peer
/// lose what it was sent (RFC 1122, 4.2.2.13).
///
/// It is Complete (or Closed, if the behaviour does not greet) once the peer has acknowledged all bytes and closed. If
/// the peer closes its sending side early, the connection still waits for that: a close would leave the rest to the
/// kernel, and nobody would know what became of it.
///
/// Any function may end the connection and call ConnectionOwner::ended(). The object stays, without a socket, until
/// this turn of the loop is over. Lives on the I/O thread. Owned by the server.
class Connection final : public Reactor::Watcher, private Conversation, private Timeouts::Timed
{
public:
    Connection(ConnectionOwner &owner, quint64 number, std::unique_ptr<ByteChannel> channel, const Address &peer,
               std::unique_ptr<Behaviour> behaviour, Deadline deadline);

    /// Begins, and sends at once what the system takes.
    void start();
    /// The server is about to end. A greeting under way is completed; a connection that would stay is closed in order.
    void finish();
    /// Ends the connection with a reset, whatever is still unsent.
    void abort(Outcome outcome, int error = 0);

    // Commands of the user, whatever the behaviour does.
    /// Whether a transfer can begin: the sending side is open, and no other transfer under way.
    bool isFree() const { return stream_.isFree() && !sendsReset_; }
    void send(const std::shared_ptr<Transfer> &transfer);
    /// Gives up the unsent rest of @p transfer, if it is under way.
    void drop(const Transfer &transfer);
    void halfClose();
    /// Closes in order, as after a greeting: output under way is completed.
    void hangUp();

    quint64 number() const { return stream_.number(); }
    const Address &peer() const { return peer_; }
    KernelView kernelView() const { return parley::kernelView(stream_.channel().descriptor()); }
    void ready(Reactor::Ready ready) override;

    Connection *previous = nullptr; ///< in the owner's list
    Connection *next = nullptr;

private:
    /// Wakes the behaviour.
    class Wake final : public Timeouts::Timed
    {
    public:
        explicit Wake(Connection &connection) : connection_(connection) {}
        void timedOut() override { connection_.wake(); }

    private:
        Connection &connection_;
    };

    using Conversation::send;
    void send(const QByteArray &bytes, qint64 offset, qint64 count) override;
    void closeSending() override;
    void leave() override;
    void reset() override;
    void wakeAfter(std::chrono::milliseconds time) override;
    void timedOut() override { abort(Outcome::TimedOut); }

    Reactor::Interest neededInterest() const;
    int descriptor() const { return stream_.channel().descriptor(); }
    Limit limit() const;
    void wake();
    void hungUp();
    void peerReset(int error);
    void sendSome();
    void receive();
    void watchOrClose();
    void resetWhenDelivered();
    void closeWhenDelivered();
    void close(Outcome outcome, int error = 0);
    void renewDeadline();
    void limitClosing();
    void limitHalfClosed();

    ConnectionOwner &owner_;
    StreamPeer stream_;
    Reactor::Interest interest_ = Reactor::Interest::None;
    bool sendsReset_ = false; // once the output is acknowledged
    bool leaves_ = false;
    bool peerIsLeaving_ = false; // the peer's FIN has come, but was not received yet
    const Address peer_;
    const std::unique_ptr<Behaviour> behaviour_;
    std::unique_ptr<Wake> wake_; // only for the few behaviours that sleep
    const Deadline deadline_;
};

} // namespace parley
