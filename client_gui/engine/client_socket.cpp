// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client_socket.h"

#include "shared/address/lookup.h"
#include "shared/event/event_stream.h"
#include "shared/message/error_text.h"
#include "shared/socket/receive_buffer.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QHostAddress>
#include <QPointer>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

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

QAbstractSocket::SocketError socketError(int error)
{
    switch (error) {
    case ECONNREFUSED:
    case ENOENT: return QAbstractSocket::ConnectionRefusedError;
    case ETIMEDOUT: return QAbstractSocket::SocketTimeoutError;
    case EACCES:
    case EPERM: return QAbstractSocket::SocketAccessError;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return QAbstractSocket::SocketResourceError;
    case EADDRINUSE: return QAbstractSocket::AddressInUseError;
    case EADDRNOTAVAIL: return QAbstractSocket::SocketAddressNotAvailableError;
    default: return QAbstractSocket::NetworkError; // errorString() and systemError() say which
    }
}

struct Option
{
    int level = -1;
    int name = -1;
};

Option systemOption(QAbstractSocket::SocketOption option)
{
    switch (option) {
    case QAbstractSocket::LowDelayOption: return {IPPROTO_TCP, TCP_NODELAY};
    case QAbstractSocket::KeepAliveOption: return {SOL_SOCKET, SO_KEEPALIVE};
    case QAbstractSocket::SendBufferSizeSocketOption: return {SOL_SOCKET, SO_SNDBUF};
    case QAbstractSocket::ReceiveBufferSizeSocketOption: return {SOL_SOCKET, SO_RCVBUF};
    case QAbstractSocket::TypeOfServiceOption: return {IPPROTO_IP, IP_TOS};
    default: return {}; // which no TCP socket has
    }
}

} // namespace

class ClientSocket::Unchanged
{
public:
    explicit Unchanged(ClientSocket &socket) : socket_(&socket), life_(socket.life_) {}
    bool exists() const { return !socket_.isNull(); }
    bool holds() const { return exists() && socket_->life_ == life_; }

private:
    const QPointer<ClientSocket> socket_;
    const quint64 life_;
};

bool ClientSocket::Input::contains(char byte) const
{
    qint64 from = offset_;
    return std::any_of(pieces_.begin(), pieces_.end(),
                       [&](const QByteArray &piece) { return piece.indexOf(byte, std::exchange(from, 0)) >= 0; });
}

void ClientSocket::Input::append(const QByteArray &piece)
{
    pieces_.push_back(piece);
    size_ += piece.size();
}

QByteArray ClientSocket::Input::take()
{
    if (pieces_.empty())
        return {};
    QByteArray piece = pieces_.front();
    if (const qint64 taken = std::exchange(offset_, 0); taken > 0)
        piece = piece.sliced(taken);
    pieces_.pop_front();
    size_ -= piece.size();
    return piece;
}

qint64 ClientSocket::Input::read(char *data, qint64 most)
{
    qint64 count = 0;
    while (count < most && !pieces_.empty()) {
        const QByteArray &piece = pieces_.front();
        const qint64 part = std::min(most - count, piece.size() - offset_);
        if (data)
            std::memcpy(data + count, piece.constData() + offset_, static_cast<std::size_t>(part));
        count += part;
        offset_ += part;
        if (offset_ == piece.size()) {
            pieces_.pop_front();
            offset_ = 0;
        }
    }
    size_ -= count;
    return count;
}

void ClientSocket::Input::clear()
{
    pieces_.clear();
    offset_ = 0;
    size_ = 0;
}

ClientSocket::ClientSocket(EventStream &events, QObject *parent) : QTcpSocket(parent), events_(events)
{
    next_.setSingleShot(true);
    next_.setTimerType(Qt::PreciseTimer); // a coarse one of Qt's own dispatchers may be a twentieth early
    connect(&next_, &QTimer::timeout, this, [this] {
        if (path_.isEmpty())
            tryNext();
        else
            tryPath();
    });
}

ClientSocket::~ClientSocket()
{
    const QSignalBlocker silent(this);
    if (state() != UnconnectedState)
        finish();
}

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
            [this, host, protocol](int error, const std::vector<Address> &addresses) {
                lookup_.reset();
                events_.write(Event::lookUp(number_, host.toUtf8(), error));
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

/// Begins an attempt, unless one is under way: that is an error.
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
    const Address peer = candidates_.take();
    std::unique_ptr<Attempt> attempt = openSocket(Transport::Tcp, peer);
    if (!attempt)
        return;
    const native::Result begun = native::connect(attempt->socket.get(), peer);
    events_.write(Event::connect(number_, begun, peer));
    Attempt &begunAttempt = *attempt;
    attempts_.push_back(std::move(attempt));
    if (begun.ok()) {
        won(begunAttempt);
    } else if (!begun.wouldBlock()) {
        closeAttempt(begunAttempt);
        attemptFailed(begun.error);
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
        closeAttempt(attempt);
        attemptFailed(result.error);
    }
}

/// Null if there is none: the attempt then goes on without it, or has ended.
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
    return attempt;
}

void ClientSocket::attemptReady(Attempt &attempt)
{
    const int error = native::connectError(attempt.socket.get());
    events_.write(Event::connect(number_, {error == 0 ? 0 : -1, error}, attempt.peer));
    if (error == 0) {
        won(attempt);
    } else {
        closeAttempt(attempt);
        attemptFailed(error);
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

void ClientSocket::closeAttempt(Attempt &attempt)
{
    const auto it = std::find_if(attempts_.begin(), attempts_.end(),
                                 [&attempt](const auto &candidate) { return candidate.get() == &attempt; });
    attempt.writable.reset(); // before its descriptor
    attempts_.erase(it);
    events_.write(Event::close(number_, false));
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

bool ClientSocket::setSocketDescriptor(qintptr descriptor, SocketState state, OpenMode mode)
{
    const int fd = static_cast<int>(descriptor);
    Address peer;
    if (state != ConnectedState || this->state() != UnconnectedState || !native::peerAddress(fd, peer).ok()
        || !native::setNonBlocking(fd).ok()) {
        setSocketError(UnsupportedSocketOperationError);
        setErrorString(tr("Only a connected socket can be adopted, and only once"));
        return false;
    }
    prepare({}, mode);
    const Unchanged here(*this);
    established(native::Descriptor(fd), peer);
    return here.exists();
}

void ClientSocket::disconnectFromHost()
{
    switch (state()) {
    case UnconnectedState: return;
    case HostLookupState:
    case ConnectingState: closesWhenConnected_ = true; return;
    default: break;
    }
    const Unchanged here(*this);
    enter(ClosingState);
    if (!here.holds())
        return;
    if (isSending())
        watch();
    else
        finish();
}

void ClientSocket::close()
{
    // abort(), which is not virtual, takes the channels away before it calls this.
    const bool aborts = isWritable() && writeChannelCount() == 0;
    const Unchanged here(*this);
    QIODevice::close();
    if (!here.exists())
        return;
    input_.clear();
    if (aborts && state() != UnconnectedState)
        finish();
    else
        disconnectFromHost();
}

void ClientSocket::abort()
{
    const Unchanged here(*this);
    QIODevice::close();
    if (!here.exists())
        return;
    input_.clear();
    if (state() != UnconnectedState)
        finish();
}

void ClientSocket::resetConnection()
{
    if (isConnected())
        stream_->resetOnClose();
    abort();
}

bool ClientSocket::bind(const QHostAddress &, quint16, BindMode)
{
    fail(UnsupportedSocketOperationError, tr("Operation on socket is not supported"));
    return false;
}

qintptr ClientSocket::socketDescriptor() const
{
    if (isConnected())
        return stream_->channel().descriptor();
    return attempts_.empty() ? -1 : attempts_.back()->socket.get();
}

void ClientSocket::setSocketOption(SocketOption option, const QVariant &value)
{
    const auto [level, name] = systemOption(option);
    native::setOption(static_cast<int>(socketDescriptor()), level, name, value.toInt());
}

QVariant ClientSocket::socketOption(SocketOption option)
{
    const auto [level, name] = systemOption(option);
    const native::Result result = native::option(static_cast<int>(socketDescriptor()), level, name);
    return result.ok() ? QVariant(static_cast<int>(result.value)) : QVariant();
}

void ClientSocket::setReadBufferSize(qint64 size)
{
    QTcpSocket::setReadBufferSize(size);
    watch();
}

qint64 ClientSocket::bytesToWrite() const
{
    return isConnected() ? stream_->unsent() : early_.size();
}

void ClientSocket::send(const QByteArray &bytes)
{
    if (state() == UnconnectedState || bytes.isEmpty())
        return;
    if (!isConnected()) {
        early_ += bytes;
        return;
    }
    const bool waits = stream_->isSending();
    stream_->queue(bytes, 0, bytes.size());
    if (!waits) // at once: flush(), which is not virtual, has nothing to do then
        sendSome();
    watch();
}

void ClientSocket::begin(const std::shared_ptr<Transfer> &transfer)
{
    stream_->begin(transfer);
    watch();
}

bool ClientSocket::isFree() const
{
    return state() == ConnectedState && stream_->isFree() && sendError_ == 0;
}

void ClientSocket::drop(const Transfer &transfer)
{
    if (isConnected() && stream_->drop(transfer))
        watch(); // FIN, or the end, may have waited for it
}

void ClientSocket::closeSending()
{
    if (!isConnected())
        return;
    stream_->closeSending();
    watch();
}

QByteArray ClientSocket::takeReceived()
{
    if (const qint64 buffered = QTcpSocket::bytesAvailable(); buffered > 0)
        return read(buffered);
    const QByteArray piece = input_.take();
    watch();
    return piece;
}

void ClientSocket::setReceiving(bool receiving)
{
    isReceiving_ = receiving;
    watch();
}

void ClientSocket::setReceiveLimit(qint64 bytes)
{
    limit_ = bytes < 0 ? -1 : bytes + (stream_ ? stream_->received() : 0);
}

qint64 ClientSocket::readData(char *data, qint64 most)
{
    if (input_.size() == 0 && !isConnected())
        return most > 0 ? -1 : 0;
    const qint64 count = input_.read(data, most);
    watch();
    return count;
}

qint64 ClientSocket::skipData(qint64 most)
{
    return readData(nullptr, most);
}

qint64 ClientSocket::writeData(const char *data, qint64 size)
{
    if (state() == UnconnectedState || (isConnected() && stream_->sendsFin())) {
        setSocketError(UnknownSocketError);
        setErrorString(tr("Socket is not connected"));
        return -1;
    }
    send(QByteArray(data, size));
    return size;
}

/// How many bytes may be received now.
qint64 ClientSocket::room() const
{
    if (!isReceiving_ || stream_->peerClosed() || state() == ClosingState)
        return 0;
    return readBufferSize() > 0 ? std::max<qint64>(readBufferSize() - input_.size(), 0) : ReceiveBuffer::Large;
}

/// Receives once, so that no peer keeps others waiting.
void ClientSocket::readable()
{
    const qint64 most = room();
    if (most == 0) {
        watch();
        return;
    }
    const qint64 left = limit_ < 0 ? most : limit_ - stream_->received();
    const bool isBeyond = left <= 0;
    const auto [result, bytes] =
        isBeyond ? stream_->receiveUnkept(1) : stream_->receive(std::min(most, left), EventStream::Bytes::Kept);
    if (result.wouldBlock() && sendError_ == 0)
        return;
    if (result.wouldBlock()) {
        failed(sendError_);
    } else if (!result.ok()) {
        failed(result.error);
    } else if (result.value == 0) {
        if (isSending()) // QTcpSocket would drop it
            watch();
        else
            closedByPeer();
    } else if (isBeyond) {
        setReceiving(false);
        Q_EMIT tooMuchReceived();
    } else if (isReadable()) {
        input_.append(bytes);
        watch();
        tellReadyRead();
    }
}

void ClientSocket::tellReadyRead()
{
    const Unchanged here(*this);
    if (!std::exchange(isTelling_, true)) {
        Q_EMIT readyRead();
        if (here.exists())
            isTelling_ = false;
    }
    if (here.holds())
        Q_EMIT channelReadyRead(0);
}

/// Sends once.
void ClientSocket::sendSome()
{
    const bool isWritten = stream_->unsent() > 0; // rather than a transfer
    const native::Result result = stream_->send();
    if (result.wouldBlock())
        return;
    if (!result.ok()) {
        sendError_ = result.error; // is told once what the peer had said before is received
        stream_->dropOutput();
    } else if (isWritten) {
        written_ += result.value;
    }
}

void ClientSocket::writable()
{
    if (sendError_ != 0) {
        if (room() > 0)
            readable();
        else if (stream_->peerClosed())
            closedByPeer();
        else
            failed(sendError_);
        return;
    }
    sendSome();
    if (const qint64 told = std::exchange(written_, 0); told > 0) {
        const Unchanged here(*this);
        Q_EMIT bytesWritten(told);
        if (here.holds())
            Q_EMIT channelBytesWritten(0, told);
        if (!here.holds())
            return;
    }
    if (sendError_ == 0)
        stream_->sendFinIfDue();
    if (isSending() || sendError_ != 0)
        watch();
    else if (stream_->peerClosed())
        closedByPeer();
    else if (state() == ClosingState)
        finish();
    else
        watch();
}

/// Bytes, or FIN, are still to be sent.
bool ClientSocket::isSending() const
{
    return stream_->isSending() || stream_->sendsFin() != stream_->sentFin();
}

/// Waits for what is needed next.
void ClientSocket::watch()
{
    if (!readable_)
        return;
    readable_->setEnabled(room() > 0);
    writable_->setEnabled(isSending() || written_ > 0 || sendError_ != 0 || stream_->peerClosed());
}

void ClientSocket::closedByPeer()
{
    endWith(RemoteHostClosedError, tr("The remote host closed the connection"));
}

void ClientSocket::failed(int error)
{
    systemError_ = error;
    endWith(socketError(error), errorText(error));
}

void ClientSocket::endWith(SocketError error, const QString &text)
{
    const Unchanged here(*this);
    fail(error, text);
    if (here.holds())
        enter(ClosingState);
    if (here.holds())
        finish();
}

/// Closes all, whatever is still to be done.
void ClientSocket::finish()
{
    const bool wasConnected = isConnected();
    ++life_;
    next_.stop();
    lookup_.reset();
    candidates_.clear();
    early_.clear();
    written_ = 0;
    readable_.reset();
    writable_.reset();
    while (!attempts_.empty())
        closeAttempt(*attempts_.back());
    if (wasConnected) {
        stream_->dropOutput();
        stream_->close();
    }
    const Unchanged here(*this);
    enter(UnconnectedState);
    if (here.holds())
        Q_EMIT readChannelFinished();
    if (here.holds() && wasConnected)
        Q_EMIT disconnected();
    if (!here.holds())
        return;
    setLocalPort(0);
    setLocalAddress({});
    setPeerPort(0);
    setPeerAddress({});
}

void ClientSocket::enter(SocketState state)
{
    if (this->state() == state)
        return;
    setSocketState(state);
    Q_EMIT stateChanged(state);
}

void ClientSocket::fail(SocketError error, const QString &text)
{
    setSocketError(error);
    setErrorString(text);
    Q_EMIT errorOccurred(error);
}

bool ClientSocket::waitForConnected(int msecs)
{
    if (state() == ConnectedState)
        return true;
    const Unchanged here(*this);
    const bool isConnected = waitUntil([this] { return state() == ConnectedState; }, msecs);
    if (!isConnected && here.holds() && state() != UnconnectedState) // QTcpSocket gives up, too
        finish();
    return isConnected;
}

bool ClientSocket::waitForReadyRead(int msecs)
{
    const qint64 had = stream_ ? stream_->received() : 0;
    return waitUntil([this, had] { return stream_ && stream_->received() > had; }, msecs);
}

bool ClientSocket::waitForBytesWritten(int msecs)
{
    if (bytesToWrite() == 0 && written_ == 0)
        return false;
    bool isTold = false;
    const QMetaObject::Connection connection =
        connect(this, &QIODevice::bytesWritten, this, [&isTold] { isTold = true; });
    const Unchanged here(*this);
    const bool isWritten = waitUntil([&isTold] { return isTold; }, msecs);
    if (here.exists())
        disconnect(connection);
    return isWritten;
}

bool ClientSocket::waitForDisconnected(int msecs)
{
    return state() != UnconnectedState && waitUntil([this] { return state() == UnconnectedState; }, msecs);
}

/// Returns whether @p done came to hold: before the time has passed, and before the socket was closed or destroyed.
bool ClientSocket::waitUntil(const std::function<bool()> &done, int msecs)
{
    const Unchanged here(*this);
    const QDeadlineTimer deadline(msecs < 0 ? QDeadlineTimer::Forever : QDeadlineTimer(msecs));
    while (!done()) {
        if (state() == UnconnectedState)
            return false;
        const bool isInTime = waitOnce(deadline);
        if (!here.exists())
            return false;
        if (!isInTime) {
            setSocketError(SocketTimeoutError);
            setErrorString(tr("Network operation timed out"));
            return false;
        }
    }
    return true;
}

/// Does what the event loop would do next, once there is something. Returns false if there is nothing in time.
bool ClientSocket::waitOnce(const QDeadlineTimer &deadline)
{
    const int left = static_cast<int>(deadline.remainingTime()); // -1: for ever
    if (lookup_)
        return lookup_->wait(std::chrono::milliseconds(left));
    std::vector<pollfd> waiting;
    if (readable_) {
        const int events = (readable_->isEnabled() ? POLLIN : 0) | (writable_->isEnabled() ? POLLOUT : 0);
        waiting.push_back({stream_->channel().descriptor(), static_cast<short>(events), 0});
    }
    for (const auto &attempt : attempts_) {
        if (attempt->writable)
            waiting.push_back({attempt->socket.get(), POLLOUT, 0});
    }
    const int next = next_.isActive() ? next_.remainingTime() : -1;
    const bool isNext = next >= 0 && (left < 0 || next <= left);
    if (::poll(waiting.data(), waiting.size(), isNext ? next : left) == 0) {
        if (!isNext)
            return false;
        next_.stop();
        if (path_.isEmpty())
            tryNext();
        else
            tryPath();
        return true;
    }
    const Unchanged here(*this);
    for (const pollfd &ready : waiting) {
        if (ready.revents == 0 || !here.holds())
            continue;
        const auto attempt = std::find_if(attempts_.begin(), attempts_.end(), [&ready](const auto &candidate) {
            return candidate->socket.get() == ready.fd;
        });
        if (attempt != attempts_.end()) {
            attemptReady(**attempt);
            return true; // another attempt may have the closed one's descriptor now
        }
        if (readable_) {
            constexpr int Ended = POLLERR | POLLHUP;
            if (writable_->isEnabled() && (ready.revents & (POLLOUT | Ended)) != 0)
                writable();
            if (here.holds() && readable_->isEnabled() && (ready.revents & (POLLIN | Ended)) != 0)
                readable();
        }
    }
    return true;
}

} // namespace parley
