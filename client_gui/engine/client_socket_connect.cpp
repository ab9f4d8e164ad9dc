// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

// ClientSocket until it is connected: the look-up, the addresses in turns, the Unix socket's path.

#include "client_gui/engine/client_socket_p.h"
#include "client_gui/settings/connect_request.h"
#include "shared/address/lookup.h"
#include "shared/event/event_stream.h"
#include "shared/message/error_text.h"

#include <QFile>
#include <QHostAddress>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace parley
{

namespace
{

QHostAddress hostAddress(const Address &address)
{
    sockaddr_storage storage;
    if (address.toSockaddr(storage) == 0)
        return {};
    return QHostAddress(reinterpret_cast<const sockaddr *>(&storage));
}

} // namespace

void ClientSocket::connectToHost(const QString &host, quint16 port, OpenMode mode, NetworkLayerProtocol protocol)
{
    const QByteArray text = host.toUtf8();
    Endpoint endpoint;
    endpoint.port = port;
    endpoint.literal = Address::parseIPv4(text, port);
    if (endpoint.literal.isNull())
        endpoint.literal = Address::parseIPv6(text, port);
    if (endpoint.literal.isNull())
        endpoint.name = host;
    if (!start(host, mode))
        return;
    if (endpoint.isLiteral()) {
        tryAll(Candidates({endpoint.literal}));
        return;
    }
    lookup_ = std::make_unique<Lookup>(endpoint);
    connect(lookup_.get(), &Lookup::finished, this,
            [this, host, protocol, began = events_.now()](int error, const std::vector<Address> &addresses) {
                lookup_.reset();
                events_.write(Event::lookUp(number_, host.toUtf8(), error, events_.now() - began));
                lookedUp(protocol, error, addresses);
            });
}

void ClientSocket::connectToPath(const QByteArray &path, OpenMode mode)
{
    if (!start(QFile::decodeName(path), mode))
        return;
    path_ = path;
    const Unchanged here(*this);
    enter(ConnectingState);
    if (here.holds())
        tryPath();
}

void ClientSocket::connectToEndpoint(const Endpoint &endpoint, OpenMode mode)
{
    if (endpoint.transport == Transport::Unix) {
        connectToPath(endpoint.path, mode);
    } else if (!endpoint.isLiteral()) {
        connectToHost(endpoint.name, endpoint.port, mode);
    } else if (start(QString::fromLatin1(endpoint.literal.host()), mode)) {
        tryAll(Candidates({endpoint.literal}));
    }
}

/// Begins an attempt. It is an error while another one is under way.
bool ClientSocket::start(const QString &peerName, OpenMode mode)
{
    if (state() != UnconnectedState) {
        fail(OperationError, tr("Trying to connect while connection is in progress"));
        return false;
    }
    prepare(peerName, mode);
    const Unchanged here(*this);
    enter(HostLookupState);
    return here.holds();
}

void ClientSocket::prepare(const QString &peerName, OpenMode mode)
{
    ++life_;
    stream_.reset();
    path_.clear();
    input_.clear();
    early_.clear();
    written_ = 0;
    limit_ = -1;
    systemError_ = 0;
    sendError_ = 0;
    isReceiving_ = true;
    closesWhenConnected_ = false;
    expectsMore_ = false;
    connectedToItself_ = false;
    setSocketError(UnknownSocketError);
    setLocalPort(0);
    setLocalAddress({});
    setPeerPort(0);
    setPeerAddress({});
    setPeerName(peerName);
    // input_ is the buffer. QIODevice's own would be filled, and emptied, without this class being told.
    QIODevice::open(mode | Unbuffered);
}

void ClientSocket::lookedUp(NetworkLayerProtocol protocol, int error, std::vector<Address> addresses)
{
    std::erase_if(addresses, [protocol](const Address &address) {
        return (protocol == IPv4Protocol && address.family() != Address::Family::IPv4)
               || (protocol == IPv6Protocol && address.family() != Address::Family::IPv6);
    });
    systemError_ = error;
    if (addresses.empty())
        connectFailed(HostNotFoundError, tr("Host not found"));
    else
        tryAll(Candidates::inTurns(addresses));
}

void ClientSocket::tryAll(Candidates candidates)
{
    candidates_ = std::move(candidates);
    const Unchanged here(*this);
    enter(ConnectingState);
    if (here.holds())
        Q_EMIT hostFound();
    if (here.holds())
        tryNext();
}

void ClientSocket::tryNext()
{
    const Address peer = takeFor(source_, candidates_);
    if (peer.isNull()) { // no call would succeed
        attemptFailed(systemError_ == 0 && attempts_.empty() ? EAFNOSUPPORT : 0);
        return;
    }
    std::unique_ptr<Attempt> attempt = openSocket(Transport::Tcp, peer);
    if (!attempt)
        return;
    const native::Result begun = native::connect(attempt->socket.get(), peer);
    events_.write(Event::connect(number_, begun, peer));
    Attempt &begunAttempt = *attempt;
    attempts_.push_back(std::move(attempt));
    if (!begun.wouldBlock()) {
        connectEnded(begunAttempt, begun.error);
    } else {
        begunAttempt.writable = std::make_unique<QSocketNotifier>(begunAttempt.socket.get(), QSocketNotifier::Write);
        connect(begunAttempt.writable.get(), &QSocketNotifier::activated, this,
                [this, &begunAttempt] { attemptReady(begunAttempt); });
        if (!candidates_.isEmpty())
            next_.start(NextAddressDelay);
    }
}

void ClientSocket::tryPath()
{
    if (attempts_.empty()) {
        std::unique_ptr<Attempt> attempt = openSocket(Transport::Unix, {});
        if (!attempt)
            return;
        attempts_.push_back(std::move(attempt));
    }
    Attempt &attempt = *attempts_.front();
    const native::Result result = native::connectUnix(attempt.socket.get(), path_);
    if (result.wouldBlock()) {
        next_.start(UnixRetry);
        return;
    }
    events_.write(Event::connect(number_, result, path_));
    if (result.ok()) {
        won(attempt);
    } else {
        const int other = result.error == ECONNREFUSED ? native::notSocketError(path_, true) : 0;
        closeAttempt(attempt);
        attemptFailed(other != 0 ? other : result.error);
    }
}

/// Null if no socket can be made: the attempt then goes on with the next address, or has ended.
std::unique_ptr<ClientSocket::Attempt> ClientSocket::openSocket(Transport transport, const Address &peer)
{
    const native::Result made = native::socket(transport, peer.family());
    const Address::Family family = transport == Transport::Unix ? Address::Family::Unix : peer.family();
    events_.write(Event::socket(number_, made, transport, family));
    if (!made.ok()) {
        attemptFailed(made.error);
        return nullptr;
    }
    auto attempt = std::make_unique<Attempt>();
    attempt->socket = native::Descriptor(static_cast<int>(made.value));
    attempt->peer = peer;
    if (transport == Transport::Unix || source_.isNull())
        return attempt;
    const Address source = sourceFor(peer, source_);
    const native::Result bound = native::bindSource(attempt->socket.get(), source);
    events_.write(Event::bind(number_, bound, source));
    if (bound.ok())
        return attempt;
    attempt->socket.close();
    events_.write(Event::close(number_, false));
    attemptFailed(bound.error);
    return nullptr;
}

void ClientSocket::attemptReady(Attempt &attempt)
{
    const int error = native::connectError(attempt.socket.get());
    events_.write(Event::connect(number_, {error == 0 ? 0 : -1, error}, attempt.peer));
    connectEnded(attempt, error);
}

/// The result of connect to one of the addresses is there.
void ClientSocket::connectEnded(Attempt &attempt, int error)
{
    const Address local = error == 0 ? native::localAddress(attempt.socket.get()) : Address();
    if (error != 0) {
        closeAttempt(attempt);
        attemptFailed(error);
    } else if (local == attempt.peer) {
        events_.write(Event::getSockName(number_, {0, 0}, local));
        connectedToItself_ = true;
        closeAttempt(attempt, true); // or the port would be taken for a while (TIME_WAIT)
        attemptFailed(ECONNREFUSED);
    } else {
        won(attempt);
    }
}

void ClientSocket::attemptFailed(int error)
{
    systemError_ = moreTelling(systemError_, error);
    next_.stop();
    if (!candidates_.isEmpty())
        tryNext();
    else if (attempts_.empty())
        connectFailed(socketError(systemError_), errorText(systemError_));
}

void ClientSocket::closeAttempt(Attempt &attempt, bool resets)
{
    if (resets)
        native::resetOnClose(attempt.socket.get());
    const auto it = std::find_if(attempts_.begin(), attempts_.end(),
                                 [&attempt](const auto &candidate) { return candidate.get() == &attempt; });
    attempt.writable.reset(); // before its descriptor
    attempts_.erase(it);
    events_.write(Event::close(number_, resets));
}

void ClientSocket::connectFailed(SocketError error, const QString &text)
{
    ++life_;
    const Unchanged here(*this);
    enter(UnconnectedState);
    if (here.holds())
        fail(error, text);
}

/// @p attempt has connected; the others are given up.
void ClientSocket::won(Attempt &attempt)
{
    attempt.writable.reset();
    native::Descriptor socket = std::move(attempt.socket);
    const Address peer = attempt.peer;
    std::erase_if(attempts_, [&attempt](const auto &candidate) { return candidate.get() == &attempt; });
    candidates_.clear();
    next_.stop();
    while (!attempts_.empty())
        closeAttempt(*attempts_.front());
    systemError_ = 0;
    const Unchanged here(*this);
    established(std::move(socket), peer);
    if (here.holds())
        Q_EMIT connected();
    if (here.holds() && closesWhenConnected_)
        disconnectFromHost();
}

void ClientSocket::established(native::Descriptor socket, const Address &peer)
{
    stream_ = std::make_unique<StreamPeer>(events_, number_, std::make_unique<PlainChannel>(std::move(socket)));
    const int fd = stream_->channel().descriptor();
    const Address local = native::localAddress(fd);
    events_.write(Event::getSockName(number_, {0, 0}, local));
    setLocalAddress(hostAddress(local));
    setLocalPort(local.port());
    setPeerAddress(hostAddress(peer));
    setPeerPort(peer.port());
    if (!early_.isEmpty())
        stream_->queue(early_, 0, early_.size());
    early_.clear();
    readable_ = std::make_unique<QSocketNotifier>(fd, QSocketNotifier::Read);
    connect(readable_.get(), &QSocketNotifier::activated, this, &ClientSocket::readable);
    writable_ = std::make_unique<QSocketNotifier>(fd, QSocketNotifier::Write);
    connect(writable_.get(), &QSocketNotifier::activated, this, &ClientSocket::writable);
    watch();
    enter(ConnectedState);
}

} // namespace parley
