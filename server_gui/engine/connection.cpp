// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/connection.h"

#include "shared/event/event_stream.h"
#include "shared/socket/tcp_info.h"

#include <cerrno>

namespace parley
{

using Interest = Reactor::Interest;

namespace
{

/// How often to ask whether the peer has acknowledged all bytes.
constexpr std::chrono::milliseconds AcknowledgementCheck{5};

} // namespace

Connection::Connection(ConnectionOwner &owner, quint64 number, std::unique_ptr<ByteChannel> channel,
                       const Address &peer, std::unique_ptr<Behaviour> behaviour, Deadline deadline)
    : owner_(owner), stream_(owner.events(), number, std::move(channel)), peer_(peer), behaviour_(std::move(behaviour)),
      deadline_(deadline)
{
}

void Connection::start()
{
    if (deadline_.length.count() > 0)
        owner_.timeouts().set(*this, deadline_.length);
    behaviour_->begin(*this);
    sendSome();
    if (!stream_.isOpen())
        return;
    interest_ = neededInterest();
    if (const int error = owner_.reactor().watch(descriptor(), this, interest_); error != 0)
        abort(Outcome::Failed, error);
    else if (sendsReset_ && !stream_.isSending())
        resetWhenDelivered();
}

void Connection::finish()
{
    if (!deadline_.isRenewed)
        return; // the connection ends by itself
    if (!leaves_)
        behaviour_->finish(*this);
    const bool isDelivered = !stream_.isSending() && stream_.channel().isAcknowledged();
    sendSome();
    if (isDelivered && stream_.isOpen())
        close(Outcome::Cancelled);
    else
        watchOrClose();
}

void Connection::abort(Outcome outcome, int error)
{
    stream_.resetOnClose();
    close(outcome, error);
}

void Connection::send(const QByteArray &bytes, qint64 offset, qint64 count)
{
    stream_.queue(bytes, offset, count);
}

void Connection::closeSending()
{
    stream_.closeSending();
}

/// A deadline that counts from accept already limits the time this takes.
void Connection::leave()
{
    stream_.closeSending();
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
    stream_.begin(transfer);
    watchOrClose(); // the bytes are sent in turn with the other connections'
}

void Connection::drop(const Transfer &transfer)
{
    if (!stream_.drop(transfer))
        return;
    sendSome(); // FIN may have waited for it
    watchOrClose();
}

void Connection::halfClose()
{
    closeSending();
    sendSome();
    watchOrClose();
}

void Connection::hangUp()
{
    leave();
    sendSome();
    watchOrClose();
}

void Connection::wake()
{
    if (!sendsReset_ && !stream_.sendsFin())
        behaviour_->woken(*this);
    sendSome();
    watchOrClose();
}

void Connection::ready(Reactor::Ready ready)
{
    if (interest_ == Interest::None) { // only an error is reported without an interest
        hungUp();
        return;
    }
    const bool waitsForFin = interest_ == Interest::Hangup || interest_ == Interest::WriteHangup;
    peerIsLeaving_ = peerIsLeaving_ || (waitsForFin && ready.ended);
    const bool reads = interest_ != Interest::Write && interest_ != Interest::WriteHangup;
    const bool wasSending = stream_.isSending();
    if (wasSending && ready.write)
        sendSome();
    if (ready.read && reads)
        receive();
    if (!wasSending) // the behaviour's answer
        sendSome();
    watchOrClose();
}

/// The peer had closed its sending side. Now it has reset the connection, or closed its Unix socket for good.
void Connection::hungUp()
{
    const int error = native::pendingError(descriptor());
    peerReset(error != 0 ? error : EPIPE);
}

/// Waits for what the connection needs next.
void Connection::watchOrClose()
{
    if (stream_.isOpen() && sendsReset_ && !stream_.isSending())
        resetWhenDelivered();
    if (!stream_.isOpen())
        return;
    if (stream_.peerClosed() && stream_.sentFin()) {
        closeWhenDelivered();
        return;
    }
    limitHalfClosed();
    if (const Interest needed = neededInterest(); needed != interest_)
        owner_.reactor().rewatch(descriptor(), this, interest_ = needed);
}

Interest Connection::neededInterest() const
{
    const bool sends = stream_.isSending();
    if (stream_.peerClosed()) // FIN stays readable for ever
        return sends ? Interest::Write : Interest::None;
    if (behaviour_->inputWanted(stream_.unsent()) > 0)
        return sends ? Interest::ReadWrite : Interest::Read;
    if (peerIsLeaving_) // Hangup would be reported for ever
        return sends ? Interest::Write : Interest::Read;
    return sends ? Interest::WriteHangup : Interest::Hangup;
}

void Connection::renewDeadline()
{
    if (!deadline_.isRenewed || leaves_)
        return;
    if (deadline_.length.count() > 0)
        owner_.timeouts().set(*this, deadline_.length);
    else if (isRunning()) // limitHalfClosed() has started it
        owner_.timeouts().set(*this, Deadline::Default);
}

/// A peer that has closed its sending side may be gone for good. The connection waits as long as the peer takes bytes,
/// and as long as the behaviour sleeps.
void Connection::limitHalfClosed()
{
    if ((!stream_.peerClosed() && !peerIsLeaving_) || !deadline_.isRenewed || leaves_ || behaviour_->staysAfterFin())
        return;
    const bool sleeps = wake_ && wake_->isRunning();
    if (!stream_.isSending() && !sleeps && stream_.peerClosed())
        limitClosing();
    else if (deadline_.length.count() > 0)
        return; // the deadline runs anyway
    else if (!stream_.isSending() && sleeps)
        owner_.timeouts().stop(*this);
    else if (!isRunning())
        owner_.timeouts().set(*this, Deadline::Default);
}

/// Limits the rest of a connection whose behaviour would stay as long as the peer does.
void Connection::limitClosing()
{
    leaves_ = true;
    if (deadline_.isRenewed)
        owner_.timeouts().set(*this, deadline_.length.count() > 0 ? deadline_.length : Deadline::Default);
}

/// The one that times the connection out.
Limit Connection::limit() const
{
    if (!deadline_.isRenewed)
        return {Limit::Kind::Deadline, deadline_.length.count()};
    return deadline_.length.count() > 0 ? Limit{Limit::Kind::Idle, deadline_.length.count()}
                                        : Limit{Limit::Kind::AfterFin, Deadline::Default.count()};
}

/// No event tells of an acknowledgement, so it is asked for.
void Connection::resetWhenDelivered()
{
    if (stream_.channel().isAcknowledged())
        abort(Outcome::Aborted);
    else
        wakeAfter(AcknowledgementCheck);
}

/// Both sides have closed. The connection ends once the last byte is acknowledged, or when it is reset.
void Connection::closeWhenDelivered()
{
    if (const int error = native::pendingError(descriptor()); error != 0)
        peerReset(error);
    else if (stream_.channel().isAcknowledged())
        close(Outcome::Complete);
    else
        owner_.reactor().rewatch(descriptor(), this, interest_ = Interest::Change);
}

/// A reset after everything was acknowledged, FIN sent, loses no data.
void Connection::peerReset(int error)
{
    const bool complete = stream_.sentFin() && stream_.delivered() == stream_.sent();
    const Outcome met = outcomeOf(error);
    const bool isLost = met == Outcome::Reset || met == Outcome::TimedOut;
    close(complete ? Outcome::Complete : isLost ? met : Outcome::Failed, error);
}

void Connection::sendSome()
{
    if (!stream_.isOpen())
        return;
    if (stream_.isSending()) {
        const native::Result result = stream_.send();
        if (result.wouldBlock())
            return;
        if (!result.ok()) {
            peerReset(result.error);
            return;
        }
        renewDeadline();
        if (!stream_.isSending() && !stream_.sendsFin())
            behaviour_->sent(*this);
    }
    stream_.sendFinIfDue();
}

void Connection::receive()
{
    if (!stream_.isOpen() || stream_.peerClosed())
        return;
    // If no input is wanted, the peer's FIN was reported: the bytes before it are read all the same.
    const qint64 wanted = behaviour_->inputWanted(stream_.unsent());
    const auto [result, bytes] =
        stream_.receive(wanted > 0 ? wanted : Behaviour::MostInput, EventStream::Bytes::Spared);
    if (result.wouldBlock())
        return;
    if (!result.ok()) {
        peerReset(result.error);
    } else if (result.value == 0) {
        behaviour_->peerClosed(*this);
    } else {
        renewDeadline();
        behaviour_->received(*this, bytes);
    }
}

void Connection::close(Outcome outcome, int error)
{
    if (outcome == Outcome::Complete && !behaviour_->hasGreeted())
        outcome = Outcome::Closed;
    const bool hasAll = outcome == Outcome::Complete || outcome == Outcome::Closed;
    const qint64 delivered = hasAll ? stream_.sent() : stream_.delivered();
    const ClosedBy closedBy = !stream_.peerClosed() ? ClosedBy::Here
                              : stream_.sentFin()   ? ClosedBy::Both
                                                    : ClosedBy::Peer; // where it is Closed
    stream_.close();
    owner_.reactor().forget(this);
    owner_.timeouts().stop(*this);
    if (wake_)
        owner_.timeouts().stop(*wake_);
    Event end = Event::end(number(), outcome, error, delivered, closedBy);
    if (outcome == Outcome::TimedOut && error == 0)
        end.setLimit(limit());
    owner_.events().write(end);
    owner_.ended(*this);
}

} // namespace parley
