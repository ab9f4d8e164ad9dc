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

namespace
{

/// How often to ask whether the peer has acknowledged all.
constexpr std::chrono::milliseconds AcknowledgementCheck{5};

} // namespace

Connection::Connection(ConnectionOwner &owner, quint64 number, native::Descriptor socket, const Address &peer,
                       std::unique_ptr<Behaviour> behaviour, Deadline deadline)
    : owner_(owner), number_(number), socket_(std::move(socket)), peer_(peer), behaviour_(std::move(behaviour)),
      deadline_(deadline)
{
}

Connection::~Connection()
{
    owner_.timeouts().stop(*this);
    if (wake_)
        owner_.timeouts().stop(*wake_);
}

void Connection::start()
{
    if (deadline_.length.count() > 0)
        owner_.timeouts().set(*this, deadline_.length);
    behaviour_->begin(*this);
    if (!sendMore())
        return;
    interest_ = neededInterest();
    if (const int error = owner_.reactor().watch(socket_.get(), this, interest_); error != 0) {
        abort(Outcome::Failed, error);
    } else if (sendsReset_ && !isSending()) {
        resetWhenDelivered();
    }
}

void Connection::finish()
{
    if (!deadline_.isRenewed)
        return;                       // it ends by itself
    const int fin = sentFin_ ? 1 : 0; // counted as a byte
    if (!leaves_)
        behaviour_->finish(*this);
    const bool isDelivered = !isSending() && native::unacknowledgedBytes(socket_.get()) <= fin;
    if (!sendMore())
        return;
    if (isDelivered)
        close(Outcome::Cancelled);
    else
        watchOrClose();
}

void Connection::abort(Outcome outcome, int error)
{
    native::resetOnClose(socket_.get());
    resets_ = true;
    close(outcome, error);
}

void Connection::send(const QByteArray &bytes, qint64 offset, qint64 count)
{
    if (sendsFin_ || count == 0)
        return;
    if (hasOutput() && bytes.constData() == output_.constData() && offset == end_) {
        end_ += count;
    } else if (hasOutput()) {
        output_ = output_.sliced(offset_, end_ - offset_) + bytes.sliced(offset, count);
        offset_ = 0;
        end_ = output_.size();
    } else {
        output_ = bytes;
        offset_ = offset;
        end_ = offset + count;
    }
}

void Connection::closeSending()
{
    sendsFin_ = true;
}

/// Where the deadline counts from accept, it already limits this.
void Connection::leave()
{
    sendsFin_ = true;
    if (!leaves_)
        limitClosing();
}

void Connection::reset()
{
    sendsReset_ = true;
}

void Connection::wakeAfter(std::chrono::milliseconds time)
{
    if (!wake_)
        wake_ = std::make_unique<Wake>(*this);
    owner_.timeouts().set(*wake_, time);
}

void Connection::send(const std::shared_ptr<Transfer> &transfer)
{
    part_ = std::make_unique<TransferPart>(transfer);
    watchOrClose(); // sent in its turn, as the others are
}

void Connection::drop(const Transfer &transfer)
{
    if (!part_ || !part_->isOf(transfer))
        return;
    part_.reset();
    if (sendMore()) // FIN may have waited for it
        watchOrClose();
}

void Connection::halfClose()
{
    closeSending();
    if (sendMore())
        watchOrClose();
}

void Connection::hangUp()
{
    leave();
    if (sendMore())
        watchOrClose();
}

void Connection::wake()
{
    if (!sendsReset_ && !sendsFin_)
        behaviour_->woken(*this);
    if (sendMore())
        watchOrClose();
}

void Connection::ready(Reactor::Ready ready)
{
    if (interest_ == Interest::None) { // nothing was asked for: it is an error
        hungUp();
        return;
    }
    const bool waitsForFin = interest_ == Interest::Hangup || interest_ == Interest::WriteHangup;
    peerIsLeaving_ = peerIsLeaving_ || (waitsForFin && ready.ended);
    const bool reads = interest_ != Interest::Write && interest_ != Interest::WriteHangup;
    const bool wasSending = isSending();
    if (wasSending && ready.write && !sendMore())
        return;
    if (ready.read && reads && !peerClosed_ && !receive())
        return;
    if (!wasSending && !sendMore()) // what the behaviour answered
        return;
    watchOrClose();
}

/// The peer has closed, and now reset, or closed a Unix socket for good.
void Connection::hungUp()
{
    const int error = native::pendingError(socket_.get());
    peerReset(error != 0 ? error : EPIPE);
}

/// Waits for what the connection needs next.
void Connection::watchOrClose()
{
    if (sendsReset_ && !isSending() && resetWhenDelivered())
        return;
    if (peerClosed_ && sentFin_) {
        closeWhenDelivered();
        return;
    }
    limitHalfClosed();
    if (const Interest needed = neededInterest(); needed != interest_)
        owner_.reactor().rewatch(socket_.get(), this, interest_ = needed);
}

Interest Connection::neededInterest() const
{
    if (peerClosed_) // its FIN stays readable for ever
        return isSending() ? Interest::Write : Interest::None;
    if (behaviour_->wantsInput(end_ - offset_))
        return isSending() ? Interest::ReadWrite : Interest::Read;
    if (peerIsLeaving_) // which is so for ever
        return isSending() ? Interest::Write : Interest::Read;
    return isSending() ? Interest::WriteHangup : Interest::Hangup;
}

void Connection::renewDeadline()
{
    if (!deadline_.isRenewed || leaves_)
        return;
    if (deadline_.length.count() > 0)
        owner_.timeouts().set(*this, deadline_.length);
    else if (isRunning()) // limitHalfClosed()
        owner_.timeouts().set(*this, Deadline::Default);
}

/// A peer that has closed its sending side may be gone for good. It is waited for as long as it takes what is sent, and
/// as long as the behaviour waits for its own time.
void Connection::limitHalfClosed()
{
    if ((!peerClosed_ && !peerIsLeaving_) || !deadline_.isRenewed || leaves_)
        return;
    const bool sleeps = wake_ && wake_->isRunning();
    if (!isSending() && !sleeps && peerClosed_)
        limitClosing();
    else if (deadline_.length.count() > 0)
        return; // it runs anyway
    else if (!isSending() && sleeps)
        owner_.timeouts().stop(*this);
    else if (!isRunning())
        owner_.timeouts().set(*this, Deadline::Default);
}

/// Where the behaviour would stay for as long as the peer does, but it is time to go.
void Connection::limitClosing()
{
    leaves_ = true;
    if (deadline_.isRenewed)
        owner_.timeouts().set(*this, deadline_.length.count() > 0 ? deadline_.length : Deadline::Default);
}

/// An acknowledgement is no event that could be waited for. Returns whether the connection has ended.
bool Connection::resetWhenDelivered()
{
    if (native::unacknowledgedBytes(socket_.get()) > 0) {
        wakeAfter(AcknowledgementCheck);
        return false;
    }
    abort(Outcome::Aborted);
    return true;
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

native::Result Connection::sendOutput()
{
    const native::Result result = native::send(socket_.get(), QByteArrayView(output_).sliced(offset_, end_ - offset_));
    if (result.wouldBlock())
        return result;
    Event sent = event(Call::Send, result);
    sent.argument = static_cast<int>(end_ - offset_);
    sent.offset = offset_;
    offset_ += std::max<qint64>(result.value, 0);
    sent.bytes = hasOutput() ? output_ : std::exchange(output_, {});
    owner_.events().write(std::move(sent), EventStream::Bytes::Spared);
    return result;
}

/// A piece that the peer has no room for is not kept, but read again: there may be many connections.
native::Result Connection::sendPart()
{
    QByteArray piece = part_->next();
    if (piece.isEmpty()) {
        part_.reset();
        return {0, 0};
    }
    const native::Result result = native::send(socket_.get(), piece);
    if (result.wouldBlock())
        return result;
    Event sent = event(Call::Send, result);
    sent.argument = static_cast<int>(piece.size());
    sent.bytes = std::move(piece);
    owner_.events().write(std::move(sent), EventStream::Bytes::Spared);
    part_->sent(std::max<qint64>(result.value, 0));
    if (part_->isDone())
        part_.reset();
    return result;
}

/// Sends once, so that no reader, however fast, keeps the others waiting. Returns whether the connection is still
/// there.
bool Connection::sendMore()
{
    if (isSending()) {
        const native::Result result = hasOutput() ? sendOutput() : sendPart();
        if (result.wouldBlock())
            return true;
        if (!result.ok()) {
            peerReset(result.error);
            return false;
        }
        sent_ += result.value;
        renewDeadline();
        if (!isSending() && !sendsFin_)
            behaviour_->sent(*this);
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
    received.argument = static_cast<int>(buffer.size());
    if (result.value > 0)
        received.bytes = QByteArray(buffer.data(), result.value);
    owner_.events().write(std::move(received), EventStream::Bytes::Spared);
    if (!result.ok()) {
        peerReset(result.error);
        return false;
    }
    if (result.value == 0) {
        peerClosed_ = true;
        behaviour_->peerClosed(*this);
    } else {
        renewDeadline();
        behaviour_->received(*this, QByteArrayView(buffer.data(), result.value));
    }
    return true;
}

void Connection::close(Outcome outcome, int error)
{
    if (outcome == Outcome::Complete && !behaviour_->hasGreeted())
        outcome = Outcome::Closed;
    const qint64 had = outcome == Outcome::Complete || outcome == Outcome::Closed ? sent_ : delivered();
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
