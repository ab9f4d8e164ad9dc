// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/client.h"

#include "shared/event_stream.h"
#include "shared/lookup.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace parley
{

using Interest = Reactor::Interest;

namespace
{

Outcome outcomeOf(int error)
{
    switch (error) {
    case ECONNREFUSED: return Outcome::Refused;
    case ETIMEDOUT: return Outcome::TimedOut;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN: return Outcome::Unreachable;
    case ECONNRESET:
    case EPIPE: return Outcome::Reset;
    default: return Outcome::Failed;
    }
}

/// Of the errors of several addresses, the one that says most: a refusal came from the host itself.
int moreTelling(int a, int b)
{
    const auto rank = [](int error) {
        switch (outcomeOf(error)) {
        case Outcome::Refused: return 4;
        case Outcome::Reset: return 3;
        case Outcome::TimedOut: return 2;
        case Outcome::Unreachable: return 1;
        default: return error == 0 ? -1 : 0;
        }
    };
    return rank(b) > rank(a) ? b : a;
}

} // namespace

Client::Client(EventStream &events) : events_(events)
{
    deadline_.setSingleShot(true);
    deadline_.setTimerType(Qt::PreciseTimer);
    connect(&deadline_, &QTimer::timeout, this, [this] { end(Outcome::TimedOut); });
    nextAddress_.setSingleShot(true);
    nextAddress_.setInterval(NextAddressDelay);
    connect(&nextAddress_, &QTimer::timeout, this, &Client::tryNextAddress);
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
    connectError_ = 0;
    sent_ = 0;
    received_ = 0;
    deadline_.start(request.timeout);
    const Endpoint &endpoint = request.endpoint;
    if (endpoint.isLiteral()) {
        addresses_ = {endpoint.literal};
        tryNextAddress();
        return;
    }
    lookup_ = std::make_unique<Lookup>(endpoint.name, endpoint.port, nullptr);
    connect(lookup_.get(), &Lookup::finished, this, &Client::lookedUp);
}

void Client::cancel()
{
    if (underWay_)
        end(Outcome::Cancelled);
}

void Client::lookedUp(int error, const std::vector<Address> &addresses)
{
    lookup_.release()->deleteLater(); // it is the sender
    Event looked = event(Call::GetAddrInfo, {error == 0 ? 0 : -1, error});
    looked.bytes = request_.endpoint.name.toUtf8();
    events_.write(std::move(looked));
    if (error != 0) {
        end(Outcome::UnknownHost, error);
        return;
    }
    addresses_.assign(addresses.rbegin(), addresses.rend());
    tryNextAddress();
}

void Client::tryNextAddress()
{
    const Address peer = addresses_.back();
    addresses_.pop_back();
    const native::Result made = native::socket(peer.family());
    record(Call::Socket, made);
    if (!made.ok()) {
        connectFailed(made.error);
        return;
    }
    sockets_.push_back(
        std::make_unique<Socket>(*this, native::Descriptor(static_cast<int>(made.value)), peer));
    Socket &socket = *sockets_.back();
    if (const int error = reactor_.watch(socket.fd(), &socket, Interest::Write); error != 0) {
        close(socket);
        connectFailed(error);
        return;
    }
    const native::Result begun = native::connect(socket.fd(), peer);
    if (!begun.wouldBlock()) {
        connectEnded(socket, begun.error);
        return;
    }
    record(Call::Connect, begun, peer);
    if (!addresses_.empty())
        nextAddress_.start();
}

void Client::socketReady(Socket &socket, Reactor::Ready ready)
{
    if (&socket != connected_) {
        connectEnded(socket, native::pendingError(socket.fd()));
        return;
    }
    if (ready.write && sent_ < request_.send.size() && !sendMore())
        return;
    if (ready.read)
        receive();
}

void Client::connectEnded(Socket &socket, int error)
{
    record(Call::Connect, {error == 0 ? 0 : -1, error}, socket.peer());
    if (error == 0) {
        connected(socket);
    } else {
        close(socket);
        connectFailed(error);
    }
}

void Client::connectFailed(int error)
{
    connectError_ = moreTelling(connectError_, error);
    nextAddress_.stop();
    if (!addresses_.empty())
        tryNextAddress();
    else if (sockets_.empty())
        end(outcomeOf(connectError_), connectError_);
}

void Client::connected(Socket &socket)
{
    nextAddress_.stop();
    addresses_.clear();
    connected_ = &socket;
    while (sockets_.size() > 1)
        close(*(sockets_.front().get() == connected_ ? sockets_.back() : sockets_.front()));
    record(Call::GetSockName, {0, 0}, native::localAddress(socket.fd()));
    reactor_.rewatch(socket.fd(), &socket, Interest::ReadWrite);
    sendMore();
}

/// Returns whether the attempt goes on.
bool Client::sendMore()
{
    while (sent_ < request_.send.size()) {
        const native::Result result = native::send(connected_->fd(), QByteArrayView(request_.send).sliced(sent_));
        if (result.wouldBlock())
            return true;
        Event sent = event(Call::Send, result);
        sent.bytes = request_.send;
        sent.offset = sent_;
        events_.write(std::move(sent));
        if (!result.ok()) {
            // What the peer said before it reset is still to be read, unless the reset has dropped it.
            receive();
            if (underWay_)
                end(outcomeOf(result.error), result.error);
            return false;
        }
        sent_ += result.value;
    }
    reactor_.rewatch(connected_->fd(), connected_, Interest::Read);
    return true;
}

void Client::receive()
{
    std::array<char, 64 * 1024> buffer;
    // At the limit one byte more is asked for: it tells a message that is as long as the limit from a longer one.
    const qint64 room = request_.maxBytes - received_;
    const auto size = static_cast<std::size_t>(std::clamp<qint64>(room, 1, buffer.size()));
    const native::Result result = native::receive(connected_->fd(), std::span(buffer).first(size));
    if (result.wouldBlock())
        return;
    Event received = event(Call::Recv, result);
    if (result.value > 0 && room > 0)
        received.bytes = QByteArray(buffer.data(), result.value);
    events_.write(std::move(received));
    if (!result.ok())
        end(outcomeOf(result.error), result.error);
    else if (result.value == 0)
        end(received_ > 0 ? Outcome::Complete : Outcome::NoMessage);
    else if (room <= 0)
        end(Outcome::LimitReached);
    else
        received_ += result.value;
}

/// Closes and destroys @p socket.
void Client::close(Socket &socket)
{
    reactor_.forget(&socket);
    const auto it = std::find_if(sockets_.begin(), sockets_.end(),
                                 [&](const auto &candidate) { return candidate.get() == &socket; });
    sockets_.erase(it);
    record(Call::Close, {0, 0});
}

void Client::end(Outcome outcome, int error)
{
    underWay_ = false;
    deadline_.stop();
    nextAddress_.stop();
    lookup_.reset();
    addresses_.clear();
    connected_ = nullptr;
    while (!sockets_.empty())
        close(*sockets_.back());
    Event ended = event(Call::End, {0, error});
    ended.outcome = outcome;
    events_.write(std::move(ended));
}

void Client::record(Call call, native::Result result, const Address &address)
{
    Event recorded = event(call, result);
    recorded.address = address;
    events_.write(std::move(recorded));
}

Event Client::event(Call call, native::Result result) const
{
    Event event;
    event.connection = number_;
    event.call = call;
    event.result = result.value;
    event.error = result.error;
    return event;
}

} // namespace parley
