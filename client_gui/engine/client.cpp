// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client.h"

#include "shared/event/event_stream.h"
#include "shared/socket/socket_calls.h"

#include <algorithm>
#include <cerrno>

namespace parley
{

Client::Client(EventStream &events) : events_(events)
{
    qRegisterMetaType<KernelView>();
    connect(&socket_, &ClientSocket::connected, this, &Client::connected);
    connect(&socket_, &ClientSocket::bytesWritten, this, [this] {
        if (request_.streams && socket_.bytesToWrite() == 0)
            askForMore();
    });
    connect(&socket_, &ClientSocket::readyRead, this, &Client::received);
    connect(&socket_, &ClientSocket::tooMuchReceived, this, [this] { end(Outcome::LimitReached); });
    connect(&socket_, &ClientSocket::disconnected, this, &Client::disconnected);
    connect(&socket_, &ClientSocket::errorOccurred, this, [this] {
        if (socket_.state() == ClientSocket::UnconnectedState)
            connectFailed();
    });
    connect(&datagrams_, &DatagramExchange::ended, this, &Client::end);
    deadline_.setSingleShot(true);
    deadline_.setTimerType(Qt::PreciseTimer);
    connect(&deadline_, &QTimer::timeout, this, [this] {
        if (isWhole())
            endOfMessage();
        else
            end(datagrams_.hasAnswer() ? Outcome::Complete : Outcome::TimedOut);
    });
    resume_.setInterval(std::chrono::milliseconds(5));
    connect(&resume_, &QTimer::timeout, this, [this] {
        if (events_.isCrowded())
            return;
        resume_.stop();
        socket_.setReceiving(true);
    });
}

Client::~Client()
{
    cancel();
}

void Client::connectTo(quint64 number, const ConnectRequest &request)
{
    cancel();
    number_ = number;
    request_ = request;
    underWay_ = true;
    received_ = 0;
    deadline_.start(request.timeout);
    if (request.endpoint.transport == Transport::Udp) {
        datagrams_.start(number, request);
    } else {
        socket_.setNumber(number);
        socket_.setSource(request.source);
        socket_.connectToEndpoint(request.endpoint);
    }
}

void Client::askForMore()
{
    deadline_.stop();
    Q_EMIT wantsMore();
}

void Client::sendMore(const QByteArray &bytes)
{
    if (!underWay_ || !request_.streams || !isConnected())
        return;
    if (!request_.stays)
        deadline_.start(request_.timeout);
    socket_.send(bytes);
    if (bytes.isEmpty()) {
        request_.streams = false;
        socket_.setExpectsMore(false);
    }
}

void Client::viewKernel(quint64 attempt)
{
    const int stream = static_cast<int>(socket_.socketDescriptor());
    const int descriptor = stream >= 0 ? stream : datagrams_.descriptor();
    Q_EMIT kernelViewed(attempt, attempt == number_ && descriptor >= 0 ? kernelView(descriptor) : KernelView());
}

void Client::cancel()
{
    if (!underWay_)
        return;
    if (isWhole())
        endOfMessage();
    else if (datagrams_.hasAnswer() && !datagrams_.collects())
        end(Outcome::Complete);
    else
        end(Outcome::Cancelled);
}

void Client::setStays(bool stays, bool afterFin)
{
    request_.stays = stays;
    request_.staysAfterFin = afterFin;
    if (!isConnected())
        return;
    socket_.setStaysAfterFin(stays && afterFin);
    limitMessage();
    if (stays)
        deadline_.stop();
    else
        deadline_.start(request_.timeout);
}

void Client::send(const std::shared_ptr<Transfer> &transfer)
{
    const bool isFree = socket_.isFree();
    transfer->begin(isFree ? 1 : 0, isFree ? 0 : 1);
    if (isFree)
        socket_.begin(transfer);
}

void Client::cancel(const std::shared_ptr<Transfer> &transfer)
{
    socket_.drop(*transfer);
}

void Client::halfClose()
{
    socket_.closeSending();
}

void Client::close()
{
    if (isConnected())
        end(Outcome::Closed);
}

void Client::reset()
{
    if (isConnected())
        end(Outcome::Aborted);
}

void Client::connected()
{
    limitMessage();
    if (request_.stays)
        deadline_.stop();
    socket_.setStaysAfterFin(request_.stays && request_.staysAfterFin);
    if (request_.keepAlive.interval.count() > 0 && request_.endpoint.transport == Transport::Tcp)
        native::setKeepAlive(static_cast<int>(socket_.socketDescriptor()), request_.keepAlive);
    if (request_.again.every.count() == 0) {
        socket_.setExpectsMore(request_.streams);
        socket_.send(request_.send);
        if (request_.streams && request_.send.isEmpty())
            askForMore();
        return;
    }
    again_ = std::make_unique<RepeatedSend>(QByteArrayList{request_.send}, request_.again,
                                            [this](const std::shared_ptr<Transfer> &transfer) {
                                                if (!request_.stays) // as long as the peer takes nothing
                                                    deadline_.start(request_.timeout);
                                                send(transfer);
                                            });
    connect(again_.get(), &RepeatedSend::sent, &deadline_, &QTimer::stop);
    connect(again_.get(), &RepeatedSend::ended, this, [this] {
        if (!request_.stays)
            deadline_.start(request_.timeout);
    });
    again_->start();
}

/// Counts the bytes. The events keep them.
void Client::received()
{
    while (const qint64 size = socket_.takeReceived().size())
        received_ += size;
    if (events_.isCrowded()) {
        // The reader is slower than the peer. TCP lets the peer wait, and nothing is lost.
        socket_.setReceiving(false);
        resume_.start();
    }
}

void Client::disconnected()
{
    const bool wentOn = request_.stays && request_.staysAfterFin;
    if (socket_.peerHasClosed() && !(wentOn && socket_.systemError() != 0))
        endOfMessage();
    else
        end(outcomeOf(socket_.systemError()), socket_.systemError());
}

void Client::connectFailed()
{
    const int error = socket_.systemError();
    if (socket_.error() == ClientSocket::HostNotFoundError)
        end(Outcome::UnknownHost, error);
    else if (socket_.wasConnectedToItself() && error == ECONNREFUSED)
        end(Outcome::ToItself);
    else
        end(outcomeOf(error), error);
}

/// A connection that the user keeps may receive any number of bytes.
void Client::limitMessage()
{
    socket_.setReceiveLimit(request_.stays ? -1 : std::max<qint64>(request_.maxBytes - received_, 0));
}

/// Ends the attempt as the peer's FIN has decided, whatever came after it.
void Client::endOfMessage()
{
    end(received_ > 0 ? Outcome::Complete : Outcome::NoMessage);
}

void Client::end(Outcome outcome, int error)
{
    if (!underWay_)
        return; // the attempt has ended, and the signal comes from closing its socket
    underWay_ = false;
    again_.reset();
    deadline_.stop();
    resume_.stop();
    datagrams_.stop();
    const ClosedBy closedBy = socket_.peerHasClosed() ? ClosedBy::Both : ClosedBy::Here; // where it is Closed
    if (outcome == Outcome::Aborted)
        socket_.resetConnection();
    else
        socket_.abort();
    Event end = Event::end(number_, outcome, error, 0, closedBy);
    end.setTransport(request_.endpoint.transport);
    if (outcome == Outcome::TimedOut && error == 0)
        end.setLimit({Limit::Kind::TimeOut, request_.timeout.count()});
    else if (outcome == Outcome::LimitReached)
        end.setLimit({Limit::Kind::MessageLength, request_.maxBytes});
    events_.write(end);
}

} // namespace parley
