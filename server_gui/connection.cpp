// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/connection.h"

#include "shared/event_stream.h"
#include "shared/tcp_info.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace parley
{

using Interest = Reactor::Interest;

Connection::Connection(ConnectionOwner &owner, quint64 number, native::Descriptor socket, const Address &peer,
                       const QByteArray &greeting, Clock::time_point deadline)
    : owner_(owner), number_(number), socket_(std::move(socket)), peer_(peer), greeting_(greeting), deadline_(deadline)
{
}

void Connection::start()
{
    if (!sendMore())
        return;
    const int error = owner_.reactor().watch(socket_.get(), this, allSent() ? Interest::Read : Interest::ReadWrite);
    if (error != 0) {
        abort(Outcome::Failed, error);
    }
}

void Connection::abort(Outcome outcome, int error)
{
    native::resetOnClose(socket_.get());
    resets_ = true;
    close(outcome, error);
}

void Connection::ready(Reactor::Ready ready)
{
    const bool wasSending = !allSent();
    if (wasSending && ready.write && !sendMore())
        return;
    if (ready.read && !peerClosed_ && !receive())
        return;
    if (peerClosed_ && allSent())
        closeWhenDelivered();
    else if (peerClosed_)
        owner_.reactor().rewatch(socket_.get(), this, Interest::Write); // the peer's FIN stays readable for ever
    else if (wasSending && allSent())
        owner_.reactor().rewatch(socket_.get(), this, Interest::Read);
}

/// Both sides have closed. The connection ends once the last byte is acknowledged, or when it is reset.
void Connection::closeWhenDelivered()
{
    constexpr int fin = 1; // counted as a byte
    if (const int error = native::pendingError(socket_.get()); error != 0)
        peerReset(error);
    else if (native::unacknowledgedBytes(socket_.get()) <= fin)
        close(Outcome::Complete);
    else
        owner_.reactor().rewatch(socket_.get(), this, Interest::Change);
}

/// What the peer has of the greeting, as far as the system tells.
qint64 Connection::delivered() const
{
    const qint64 acknowledged = native::acknowledgedBytes(socket_.get());
    return acknowledged < 0 ? sent_ : std::min(acknowledged, sent_); // our FIN is acknowledged as a byte
}

/// A reset after the last byte was acknowledged takes nothing away from the peer.
void Connection::peerReset(int error)
{
    const bool complete = allSent() && delivered() == sent_;
    const bool vanished = error == ECONNRESET || error == EPIPE || error == ETIMEDOUT;
    close(complete ? Outcome::Complete : vanished ? Outcome::Reset : Outcome::Failed, error);
}

/// Sends once, so that no reader, however fast, keeps the others waiting. Returns whether the connection is still
/// there.
bool Connection::sendMore()
{
    if (!allSent()) {
        const native::Result result = native::send(socket_.get(), QByteArrayView(greeting_).sliced(sent_));
        if (result.wouldBlock())
            return true;
        Event sent = event(Call::Send, result);
        sent.bytes = greeting_;
        sent.offset = sent_;
        owner_.events().write(std::move(sent));
        if (!result.ok()) {
            peerReset(result.error);
            return false;
        }
        sent_ += result.value;
    }
    if (allSent())
        owner_.events().write(event(Call::Shutdown, native::shutdownSending(socket_.get())));
    return true;
}

/// Returns whether the connection is still there.
bool Connection::receive()
{
    std::array<char, 64 * 1024> buffer;
    const native::Result result = native::receive(socket_.get(), buffer);
    if (result.wouldBlock())
        return true;
    Event received = event(Call::Recv, result);
    received.argument = static_cast<int>(buffer.size());
    if (result.value > 0 && !owner_.events().isCrowded()) // what a flood says is counted, but not kept
        received.bytes = QByteArray(buffer.data(), result.value);
    owner_.events().write(std::move(received));
    if (!result.ok()) {
        peerReset(result.error);
        return false;
    }
    peerClosed_ = result.value == 0;
    return true;
}

void Connection::close(Outcome outcome, int error)
{
    const qint64 had = outcome == Outcome::Complete ? sent_ : delivered();
    socket_.close();
    owner_.reactor().forget(this);
    Event closed = event(Call::Close, {0, 0});
    closed.argument = resets_ ? 1 : 0;
    owner_.events().write(std::move(closed));
    Event end = event(Call::End, {had, error});
    end.outcome = outcome;
    owner_.events().write(std::move(end));
    owner_.ended(*this);
}

Event Connection::event(Call call, const native::Result &result) const
{
    Event event;
    event.connection = number_;
    event.call = call;
    event.result = result.value;
    event.error = result.error;
    return event;
}

} // namespace parley
