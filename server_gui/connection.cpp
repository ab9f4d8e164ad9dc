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
                       std::unique_ptr<Behaviour> behaviour, Deadline deadline)
    : owner_(owner), number_(number), socket_(std::move(socket)), peer_(peer), behaviour_(std::move(behaviour)),
      deadline_(deadline)
{
}

Connection::~Connection()
{
    owner_.timeouts().stop(*this);
}

void Connection::start()
{
    if (deadline_.length.count() > 0)
        owner_.timeouts().set(*this, deadline_.length);
    behaviour_->begin(*this);
    if (!sendMore())
        return;
    interest_ = isSending() ? Interest::ReadWrite : Interest::Read;
    if (const int error = owner_.reactor().watch(socket_.get(), this, interest_); error != 0) {
        native::resetOnClose(socket_.get());
        close(Outcome::Failed, error);
    }
}

void Connection::finish()
{
    if (!deadline_.isRenewed)
        return;                       // it ends by itself
    const int fin = sentFin_ ? 1 : 0; // counted as a byte
    sendsFin_ = true;
    limitClosing();
    const bool isDelivered = !isSending() && native::unacknowledgedBytes(socket_.get()) <= fin;
    if (!sendMore())
        return;
    if (isDelivered)
        close(Outcome::Cancelled);
    else
        watchOrClose();
}

void Connection::abort(Outcome outcome)
{
    native::resetOnClose(socket_.get());
    close(outcome);
}

void Connection::send(const QByteArray &bytes)
{
    output_ = isSending() ? output_.sliced(offset_) + bytes : bytes;
    offset_ = 0;
}

void Connection::ready(Reactor::Ready ready)
{
    const bool wasSending = isSending();
    if (wasSending && ready.write && !sendMore())
        return;
    if (ready.read && !peerClosed_ && !receive())
        return;
    if (!wasSending && !sendMore()) // what the behaviour answered
        return;
    watchOrClose();
}

/// Waits for what the connection needs next.
void Connection::watchOrClose()
{
    if (peerClosed_ && sentFin_) {
        closeWhenDelivered();
        return;
    }
    // The peer's FIN stays readable for ever.
    const Interest needed = peerClosed_ ? (isSending() ? Interest::Write : Interest::None)
                                        : (isSending() ? Interest::ReadWrite : Interest::Read);
    if (needed != interest_)
        owner_.reactor().rewatch(socket_.get(), this, interest_ = needed);
}

void Connection::renewDeadline()
{
    if (deadline_.isRenewed && !sendsFin_ && deadline_.length.count() > 0)
        owner_.timeouts().set(*this, deadline_.length);
}

/// Where the behaviour would stay for as long as the peer does, but it is time to go.
void Connection::limitClosing()
{
    if (deadline_.isRenewed)
        owner_.timeouts().set(*this, deadline_.length.count() > 0 ? deadline_.length : Deadline::Default);
}

/// Both sides have closed. The connection ends once the last byte is acknowledged, or when it is reset.
void Connection::closeWhenDelivered()
{
    constexpr int fin = 1; // counted as a byte
    if (native::unacknowledgedBytes(socket_.get()) <= fin)
        close(Outcome::Complete);
    else if (const int error = native::pendingError(socket_.get()); error != 0)
        peerReset(error);
    else
        owner_.reactor().rewatch(socket_.get(), this, interest_ = Interest::Change);
}

/// What the peer has of what was sent, as far as the system tells.
qint64 Connection::delivered() const
{
    const qint64 acknowledged = native::acknowledgedBytes(socket_.get());
    return acknowledged < 0 ? sent_ : std::min(acknowledged, sent_); // our FIN is acknowledged as a byte
}

/// A reset after the last byte was acknowledged takes nothing away from a peer that was told that it was the last.
void Connection::peerReset(int error)
{
    const bool complete = sentFin_ && delivered() == sent_;
    const bool vanished = error == ECONNRESET || error == EPIPE || error == ETIMEDOUT;
    close(complete ? Outcome::Complete : vanished ? Outcome::Reset : Outcome::Failed, error);
}

/// Sends once, so that no reader, however fast, keeps the others waiting. Returns whether the connection is still
/// there.
bool Connection::sendMore()
{
    if (isSending()) {
        const native::Result result = native::send(socket_.get(), QByteArrayView(output_).sliced(offset_));
        if (result.wouldBlock())
            return true;
        Event sent = event(Call::Send, result);
        sent.bytes = output_;
        sent.offset = offset_;
        owner_.events().write(std::move(sent));
        if (!result.ok()) {
            peerReset(result.error);
            return false;
        }
        offset_ += result.value;
        sent_ += result.value;
        renewDeadline();
    }
    if (!isSending() && sendsFin_ && !sentFin_) {
        sentFin_ = true;
        owner_.events().write(event(Call::Shutdown, native::shutdownSending(socket_.get())));
    }
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
    if (result.value > 0 && !owner_.events().isCrowded()) // what a flood says is counted, but not kept
        received.bytes = QByteArray(buffer.data(), result.value);
    owner_.events().write(std::move(received));
    if (!result.ok()) {
        peerReset(result.error);
        return false;
    }
    if (result.value == 0) {
        peerClosed_ = true;
        limitClosing();
        behaviour_->peerClosed(*this);
    } else {
        renewDeadline();
    }
    return true;
}

void Connection::close(Outcome outcome, int error)
{
    const qint64 had = outcome == Outcome::Complete ? sent_ : delivered();
    socket_.close();
    owner_.reactor().forget(this);
    owner_.events().write(event(Call::Close, {0, 0}));
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
