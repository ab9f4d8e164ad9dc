// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client.h"

#include "shared/address/lookup.h"
#include "shared/event/event_stream.h"

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

/// The system's order with the families taking turns, the first one's first (RFC 8305, 4).
std::vector<Address> interleaved(const std::vector<Address> &addresses)
{
    std::vector<Address> preferred;
    std::vector<Address> others;
    for (const Address &address : addresses)
        (address.family() == addresses.front().family() ? preferred : others).push_back(address);
    std::vector<Address> result;
    for (std::size_t i = 0; i < std::max(preferred.size(), others.size()); ++i) {
        if (i < preferred.size())
            result.push_back(preferred[i]);
        if (i < others.size())
            result.push_back(others[i]);
    }
    return result;
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
    qRegisterMetaType<KernelView>();
    deadline_.setSingleShot(true);
    deadline_.setTimerType(Qt::PreciseTimer);
    connect(&deadline_, &QTimer::timeout, this, [this] {
        if (peerClosed_)
            endOfMessage();
        else
            end(hasAnswer_ ? Outcome::Complete : Outcome::TimedOut);
    });
    resume_.setSingleShot(true);
    resume_.setInterval(std::chrono::milliseconds(5));
    connect(&resume_, &QTimer::timeout, this, [this] {
        if (connected_)
            watch();
    });
    nextAddress_.setSingleShot(true);
    connect(&nextAddress_, &QTimer::timeout, this, [this] {
        if (request_.endpoint.transport == Transport::Unix)
            tryPath();
        else
            tryNextAddress();
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
    connectError_ = 0;
    sent_ = 0;
    received_ = 0;
    isSent_ = false;
    sendsFin_ = false;
    sentFin_ = false;
    peerClosed_ = false;
    hasAnswer_ = false;
    deadline_.start(request.timeout);
    const Endpoint &endpoint = request.endpoint;
    if (endpoint.transport == Transport::Unix) {
        tryPath();
        return;
    }
    if (endpoint.isLiteral()) {
        addresses_ = {endpoint.literal};
        tryNextAddress();
        return;
    }
    lookup_ = std::make_unique<Lookup>(endpoint);
    connect(lookup_.get(), &Lookup::finished, this, &Client::lookedUp);
}

void Client::viewKernel(quint64 attempt)
{
    const Socket *socket = connected_ ? connected_ : sockets_.empty() ? nullptr : sockets_.back().get();
    Q_EMIT kernelViewed(attempt, attempt == number_ && socket ? kernelView(socket->fd()) : KernelView());
}

void Client::cancel()
{
    if (!underWay_)
        return;
    if (peerClosed_)
        endOfMessage(); // it was whole before
    else
        end(Outcome::Cancelled);
}

void Client::setStays(bool stays)
{
    request_.stays = stays;
    if (!canConverse())
        return;
    if (stays)
        deadline_.stop();
    else
        deadline_.start(request_.timeout);
}

void Client::send(const std::shared_ptr<Transfer> &transfer)
{
    const bool isFree = canConverse() && !part_ && !sendsFin_;
    transfer->begin(isFree ? 1 : 0, isFree ? 0 : 1);
    if (!isFree)
        return;
    part_ = std::make_unique<TransferPart>(transfer);
    watch();
}

void Client::cancel(const std::shared_ptr<Transfer> &transfer)
{
    if (!part_ || !part_->isOf(*transfer))
        return;
    part_.reset();
    sendMore(); // a FIN may have waited for it
}

void Client::halfClose()
{
    if (!canConverse() || sendsFin_)
        return;
    sendsFin_ = true;
    watch();
}

void Client::close()
{
    if (canConverse())
        end(Outcome::Closed);
}

void Client::reset()
{
    if (!canConverse())
        return;
    native::resetOnClose(connected_->fd());
    resets_ = true;
    end(Outcome::Aborted);
    resets_ = false;
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
    addresses_ = interleaved(addresses);
    std::reverse(addresses_.begin(), addresses_.end());
    tryNextAddress();
}

void Client::tryNextAddress()
{
    const Address peer = addresses_.back();
    addresses_.pop_back();
    Socket *socket = openSocket(peer);
    if (!socket)
        return;
    if (peer.isBroadcast()) {
        broadcast(*socket);
        return;
    }
    const native::Result begun = native::connect(socket->fd(), peer);
    if (!begun.wouldBlock()) {
        connectEnded(*socket, begun.error);
        return;
    }
    record(Call::Connect, begun, peer);
    Reactor::current().rewatch(socket->fd(), socket, Interest::Write);
    if (!addresses_.empty())
        nextAddress_.start(NextAddressDelay);
}

void Client::tryPath()
{
    Socket *socket = sockets_.empty() ? openSocket({}) : sockets_.front().get();
    if (!socket)
        return;
    const QByteArray &path = request_.endpoint.path;
    const native::Result result = native::connectUnix(socket->fd(), path);
    if (result.wouldBlock()) {
        nextAddress_.start(UnixRetry);
        return;
    }
    Event event = this->event(Call::Connect, result);
    event.bytes = path;
    events_.write(std::move(event));
    if (result.ok())
        connected(*socket);
    else
        end(result.error == ENOENT ? Outcome::Refused : outcomeOf(result.error), result.error);
}

/// Null if there is none: the attempt then goes on without it, or has ended.
Client::Socket *Client::openSocket(const Address &peer)
{
    const native::Result made = native::socket(request_.endpoint.transport, peer.family());
    Event socketMade = event(Call::Socket, made);
    socketMade.transport = request_.endpoint.transport;
    socketMade.family = request_.endpoint.transport == Transport::Unix ? Address::Family::Unix : peer.family();
    events_.write(std::move(socketMade));
    int error = made.error;
    if (made.ok()) {
        sockets_.push_back(std::make_unique<Socket>(*this, native::Descriptor(static_cast<int>(made.value)), peer));
        Socket &socket = *sockets_.back();
        // A Unix socket that is not connected is reported as hung up all the time (EPOLLHUP).
        if (request_.endpoint.transport != Transport::Unix)
            error = Reactor::current().watch(socket.fd(), &socket, Interest::None);
        if (error == 0)
            return &socket;
        close(socket);
    }
    connectFailed(error);
    return nullptr;
}

/// Without connecting, which would let through the answers of one peer only.
void Client::broadcast(Socket &socket)
{
    connected_ = &socket;
    native::Result sent = native::enableBroadcast(socket.fd());
    if (sent.ok())
        sent = native::sendTo(socket.fd(), request_.send, {socket.peer(), {}});
    Event event = this->event(Call::SendTo, sent);
    event.bytes = request_.send;
    event.address = socket.peer();
    events_.write(std::move(event));
    if (!sent.ok()) {
        end(outcomeOf(sent.error), sent.error);
        return;
    }
    isSent_ = true;
    record(Call::GetSockName, {0, 0}, native::localAddress(socket.fd()));
    Reactor::current().rewatch(socket.fd(), &socket, Interest::Read);
}

void Client::socketReady(Socket &socket, Reactor::Ready ready)
{
    if (&socket != connected_) {
        connectEnded(socket, native::connectError(socket.fd()));
        return;
    }
    if (ready.write && isSending() && !sendMore())
        return;
    if (ready.read && isDatagram())
        receiveDatagram();
    else if (ready.read && !peerClosed_)
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
    if (!isDatagram())
        addresses_.clear(); // a datagram may still be refused, and the next address tried
    connected_ = &socket;
    while (sockets_.size() > 1)
        close(*(sockets_.front().get() == connected_ ? sockets_.back() : sockets_.front()));
    record(Call::GetSockName, {0, 0}, native::localAddress(socket.fd()));
    if (request_.endpoint.transport == Transport::Unix) {
        if (const int error = Reactor::current().watch(socket.fd(), &socket, Interest::ReadWrite); error != 0) {
            end(Outcome::Failed, error);
            return;
        }
    }
    if (request_.stays && canConverse())
        deadline_.stop();
    isSent_ = request_.send.isEmpty() && !isDatagram();
    watch();
    if (!isSent_)
        sendMore();
}

void Client::watch()
{
    const Interest interest = peerClosed_   ? Interest::Write // its FIN stays readable for ever
                              : isSending() ? Interest::ReadWrite
                                            : Interest::Read;
    Reactor::current().rewatch(connected_->fd(), connected_, interest);
}

/// Returns whether the attempt goes on.
bool Client::sendMore()
{
    while (!isSent_) {
        const native::Result result = native::send(connected_->fd(), QByteArrayView(request_.send).sliced(sent_));
        if (result.wouldBlock())
            return true;
        isSent_ = result.ok() && sent_ + result.value == request_.send.size();
        Event sent = event(Call::Send, result);
        sent.bytes = request_.send;
        sent.offset = sent_;
        events_.write(std::move(sent));
        if (!result.ok())
            return sendFailed(result.error);
        sent_ += result.value;
    }
    if (part_ && !sendPart())
        return false;
    if (!part_ && sendsFin_ && !sentFin_) {
        sentFin_ = true;
        record(Call::Shutdown, native::shutdownSending(connected_->fd()));
    }
    if (isSending())
        return true;
    if (peerClosed_)
        endOfMessage();
    else
        watch();
    return underWay_;
}

/// Returns false: the attempt has ended.
bool Client::sendFailed(int error)
{
    // What the peer said before it reset is still to be read, unless the reset has dropped it.
    while (!isDatagram() && underWay_ && !peerClosed_ && receive()) {
    }
    if (underWay_ && peerClosed_)
        endOfMessage();
    else if (underWay_)
        end(outcomeOf(error), error);
    return false;
}

/// Sends once, so that what the peer says meanwhile is received. Returns whether the attempt goes on.
bool Client::sendPart()
{
    QByteArray piece = part_->next();
    if (piece.isEmpty()) { // the end, or the file cannot be read any more
        part_.reset();
        return true;
    }
    const native::Result result = native::send(connected_->fd(), piece);
    if (result.wouldBlock())
        return true;
    Event sent = event(Call::Send, result);
    sent.argument = static_cast<int>(piece.size());
    if (!events_.isCrowded())
        sent.bytes = std::move(piece);
    events_.write(std::move(sent));
    if (!result.ok())
        return sendFailed(result.error);
    part_->sent(result.value);
    if (part_->isDone())
        part_.reset();
    return true;
}

/// Returns whether it received something and may go on.
bool Client::receive()
{
    if (events_.isCrowded()) {
        // The reader is slower than the peer: let it wait, as TCP lets it, and lose nothing.
        Reactor::current().rewatch(connected_->fd(), connected_, Interest::None);
        resume_.start();
        return false;
    }
    std::array<char, 64 * 1024> buffer;
    // At the limit one byte more is asked for: it tells a message that is as long as the limit from a longer one.
    const qint64 room = request_.stays ? std::ssize(buffer) : request_.maxBytes - received_;
    const auto size = static_cast<std::size_t>(std::clamp<qint64>(room, 1, std::ssize(buffer)));
    const native::Result result = native::receive(connected_->fd(), std::span(buffer).first(size));
    if (result.wouldBlock())
        return false;
    Event received = event(Call::Recv, result);
    received.argument = static_cast<int>(size);
    if (result.value > 0 && room > 0)
        received.bytes = QByteArray(buffer.data(), result.value);
    events_.write(std::move(received));
    peerClosed_ = result.ok() && result.value == 0;
    if (!result.ok())
        end(outcomeOf(result.error), result.error);
    else if (peerClosed_ && isSending())
        watch();
    else if (peerClosed_)
        endOfMessage();
    else if (room <= 0)
        end(Outcome::LimitReached);
    else
        received_ += result.value;
    return underWay_ && !peerClosed_;
}

/// As the peer's FIN has decided, whatever came after it.
void Client::endOfMessage()
{
    end(received_ > 0 ? Outcome::Complete : Outcome::NoMessage);
}

void Client::receiveDatagram()
{
    std::array<char, 64 * 1024> buffer;
    native::DatagramPath path;
    const native::Result result = native::receiveFrom(connected_->fd(), buffer, path);
    if (result.wouldBlock())
        return;
    const bool isBroadcast = connected_->peer().isBroadcast();
    const qint64 kept = std::min(result.value, request_.maxBytes - received_);
    Event received = event(isBroadcast ? Call::RecvFrom : Call::Recv, result);
    received.argument = static_cast<int>(buffer.size());
    if (kept > 0)
        received.bytes = QByteArray(buffer.data(), kept);
    received.address = path.peer;
    events_.write(std::move(received));
    if (!result.ok()) {
        close(*std::exchange(connected_, nullptr));
        isSent_ = false;
        sent_ = 0;
        connectFailed(result.error);
        return;
    }
    received_ += kept;
    hasAnswer_ = true;
    if (kept < result.value)
        end(Outcome::LimitReached);
    else if (!isBroadcast)
        end(Outcome::Complete);
}

/// Closes and destroys @p socket.
void Client::close(Socket &socket)
{
    Reactor::current().forget(&socket);
    const auto it = std::find_if(sockets_.begin(), sockets_.end(),
                                 [&](const auto &candidate) { return candidate.get() == &socket; });
    sockets_.erase(it);
    Event closed = event(Call::Close, {0, 0});
    closed.argument = resets_ ? 1 : 0;
    events_.write(std::move(closed));
}

void Client::end(Outcome outcome, int error)
{
    underWay_ = false;
    deadline_.stop();
    nextAddress_.stop();
    resume_.stop();
    part_.reset();
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
