// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviour.h"
#include "shared/address.h"
#include "shared/event.h"
#include "shared/native_socket.h"
#include "shared/reactor.h"
#include "shared/tcp_info.h"
#include "shared/timeouts.h"
#include "shared/transfer.h"

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
    /// The connection has ended and may be destroyed.
    virtual void ended(Connection &connection) = 0;

protected:
    ~ConnectionOwner() = default;
};

/// How long a connection may keep the server waiting.
struct Deadline
{
    static constexpr std::chrono::milliseconds Default{30'000};

    std::chrono::milliseconds length = Default; ///< 0: no limit
    bool isRenewed = false; ///< whether it counts from the last byte either way, or else from accept to end
};

/// One accepted connection: does what its behaviour asks for. Where that closes the sending side, it reads what the
/// peer still says until the peer closes too, and only then closes. Closing earlier, with bytes unread, would make the
/// kernel send RST and the peer lose what it was sent (RFC 1122, 4.2.2.13).
///
/// It is Complete (or Closed, where the behaviour does not greet) once the peer has acknowledged all that was sent, and
/// closed. A peer that closes its sending side
/// early is waited for: a close would leave the rest to the kernel, and nobody would know what became of it.
///
/// Lives on the I/O thread. Owned by the server.
class Connection final : public Reactor::Watcher, private Conversation, private Timeouts::Timed
{
public:
    Connection(ConnectionOwner &owner, quint64 number, native::Descriptor socket, const Address &peer,
               std::unique_ptr<Behaviour> behaviour, Deadline deadline);
    ~Connection();

    /// Sends what it can at once. May call ConnectionOwner::ended().
    void start();
    /// The server is to end. What is under way is completed; a connection that would stay is closed in order. May call
    /// ConnectionOwner::ended().
    void finish();
    /// Ends the connection with a reset, whatever is still unsent.
    void abort(Outcome outcome, int error = 0);

    // What the user asks for, whatever the behaviour does. Each may call ConnectionOwner::ended().
    /// Whether a transfer can begin: the sending side is open, and no other transfer under way.
    bool isFree() const { return !sendsFin_ && !sendsReset_ && !part_; }
    void send(const std::shared_ptr<Transfer> &transfer);
    /// Gives up what is unsent of @p transfer, if it is under way.
    void drop(const Transfer &transfer);
    void halfClose();
    /// Closes in order, as one does that has sent its greeting: what is under way is completed.
    void hangUp();

    quint64 number() const { return number_; }
    const Address &peer() const { return peer_; }
    KernelView kernelView() const { return parley::kernelView(socket_.get()); }
    void ready(Reactor::Ready ready) override;

    Connection *previous = nullptr; ///< the owner's list
    Connection *next = nullptr;

private:
    /// What wakes the behaviour.
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

    bool hasOutput() const { return offset_ < end_; }
    bool isSending() const { return hasOutput() || part_; }
    Reactor::Interest neededInterest() const;
    void wake();
    bool resetWhenDelivered();
    void hungUp();
    qint64 delivered() const;
    void peerReset(int error);
    native::Result sendOutput();
    native::Result sendPart();
    bool sendMore();
    bool receive();
    void watchOrClose();
    void closeWhenDelivered();
    void close(Outcome outcome, int error = 0);
    void renewDeadline();
    void limitClosing();
    void limitHalfClosed();
    Event event(Call call, const native::Result &result) const;

    ConnectionOwner &owner_;
    const quint64 number_;
    native::Descriptor socket_;
    Reactor::Interest interest_ = Reactor::Interest::None;
    bool sendsFin_ = false; // once the output is sent
    bool sentFin_ = false;
    bool sendsReset_ = false; // once the output is acknowledged
    bool leaves_ = false;
    bool peerClosed_ = false;
    bool resets_ = false;        // instead of closing in order
    bool peerIsLeaving_ = false; // its FIN has come, but was not received yet
    const Address peer_;
    const std::unique_ptr<Behaviour> behaviour_;
    QByteArray output_;                  // shared with the events
    qint64 offset_ = 0;                  // of what is still to be sent, in output_
    qint64 end_ = 0;                     // likewise
    qint64 sent_ = 0;                    // in all
    std::unique_ptr<Wake> wake_;         // for the few behaviours that sleep
    std::unique_ptr<TransferPart> part_; // what the user sends, after the output
    const Deadline deadline_;
};

} // namespace parley
