// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address.h"
#include "shared/event.h"
#include "shared/native_socket.h"
#include "shared/reactor.h"

#include <chrono>

namespace parley
{

class Connection;
class EventStream;

/// What a connection needs of the server that accepted it.
class ConnectionOwner
{
public:
    virtual Reactor &reactor() = 0;
    virtual EventStream &events() = 0;
    /// The connection has ended and may be destroyed.
    virtual void ended(Connection &connection) = 0;

protected:
    ~ConnectionOwner() = default;
};

/// One accepted connection: sends the greeting, closes its sending side, reads what the peer still says until the
/// peer closes too, and only then closes. Closing earlier, with bytes unread, would make the kernel send RST and
/// the peer lose the greeting (RFC 1122, 4.2.2.13).
///
/// It is Complete once the peer has acknowledged the whole greeting and closed. A peer that closes its sending side
/// early is waited for: a close would leave the rest to the kernel, and nobody would know what became of it.
///
/// Lives on the I/O thread. Owned by the server, in the order of the deadlines.
class Connection final : public Reactor::Watcher
{
public:
    using Clock = std::chrono::steady_clock;

    Connection(ConnectionOwner &owner, quint64 number, native::Descriptor socket, const Address &peer,
               const QByteArray &greeting, Clock::time_point deadline);

    /// Sends what it can at once. May call ConnectionOwner::ended().
    void start();
    /// Ends the connection with a reset, whatever is still unsent.
    void abort(Outcome outcome, int error = 0);

    const Address &peer() const { return peer_; }
    Clock::time_point deadline() const { return deadline_; }
    void ready(Reactor::Ready ready) override;

    Connection *previous = nullptr; ///< the owner's list
    Connection *next = nullptr;

private:
    bool allSent() const { return sent_ == greeting_.size(); }
    qint64 delivered() const;
    void peerReset(int error);
    bool sendMore();
    bool receive();
    void closeWhenDelivered();
    void close(Outcome outcome, int error = 0);
    Event event(Call call, const native::Result &result) const;

    ConnectionOwner &owner_;
    const quint64 number_;
    native::Descriptor socket_;
    const Address peer_;
    const QByteArray greeting_; // shared with the server: a pointer, not a copy
    qint64 sent_ = 0;
    const Clock::time_point deadline_;
    bool peerClosed_ = false;
    bool resets_ = false; // instead of closing in order
};

} // namespace parley
