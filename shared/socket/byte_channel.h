// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/socket/socket_calls.h"

#include <QByteArrayView>

#include <memory>
#include <span>

namespace parley
{

/// A connected stream socket as its user sees it: bytes in both directions, then FIN or RST. The subclass knows what
/// stands between the user's bytes and the socket's (nothing, or encryption); every count here is of the user's bytes.
///
/// Owns the descriptor and closes it when destroyed. Nothing here blocks. Lives on one thread.
class ByteChannel
{
public:
    /// @p socket is connected, or will be before anything is sent.
    explicit ByteChannel(native::Descriptor socket) : socket_(std::move(socket)) {}
    virtual ~ByteChannel() = default;
    Q_DISABLE_COPY_MOVE(ByteChannel)

    /// As send(2).
    virtual native::Result send(QByteArrayView bytes) = 0;
    /// As recv(2); a value of 0 is the peer's FIN.
    virtual native::Result receive(std::span<char> buffer) = 0;
    /// Ends the sending side, as shutdown(2) with SHUT_WR does.
    virtual native::Result shutdownSending() = 0;
    /// How many of the @p sent bytes the peer has acknowledged; all of them where the system does not tell.
    virtual qint64 acknowledged(qint64 sent) const = 0;
    /// Whether the peer has acknowledged every byte that was sent (not necessarily the FIN after them); true where the
    /// system does not tell.
    virtual bool isAcknowledged() const = 0;

    /// The descriptor, for the dispatcher and for questions to the system; -1 after close().
    int descriptor() const { return socket_.get(); }
    bool isOpen() const { return socket_.isOpen(); }
    /// The close that follows sends RST and drops what is unsent.
    void resetOnClose() { native::resetOnClose(socket_.get()); }
    void close() { socket_.close(); }

protected:
    native::Descriptor socket_;
};

/// The user's bytes are the socket's.
class PlainChannel final : public ByteChannel
{
public:
    using ByteChannel::ByteChannel;

    native::Result send(QByteArrayView bytes) override { return native::send(descriptor(), bytes); }
    native::Result receive(std::span<char> buffer) override { return native::receive(descriptor(), buffer); }
    native::Result shutdownSending() override;
    qint64 acknowledged(qint64 sent) const override;
    bool isAcknowledged() const override;

private:
    bool sentFin_ = false;
};

} // namespace parley
