// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client_socket_p.h"
#include "shared/address/lookup.h"
#include "shared/event/event_stream.h"
#include "shared/message/error_text.h"
#include "shared/socket/receive_buffer.h"

#include <QSignalBlocker>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace parley
{

namespace
{

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
    default: return {}; // a TCP socket has no other option
    }
}

} // namespace

QAbstractSocket::SocketError socketError(int error)
{
    switch (error) {
    case ECONNREFUSED:
    case ENOTSOCK:
    case EISDIR:
    case ENXIO:
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
    default: return QAbstractSocket::NetworkError;
    }
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
    // QAbstractSocket::abort() is not virtual, and clears the channels before it calls this function.
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
    if (!waits) // sends at once, because flush() is not virtual and could not do it later
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

void ClientSocket::setExpectsMore(bool expectsMore)
{
    expectsMore_ = expectsMore;
    if (isConnected())
        watch();
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

void ClientSocket::setStaysAfterFin(bool stays)
{
    staysAfterFin_ = stays;
    watch();
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

/// Calls receive() once, so that no peer keeps others waiting.
void ClientSocket::readable()
{
    const qint64 most = room();
    if (most == 0) {
        watch();
        return;
    }
    const qint64 left = limit_ < 0 ? most : limit_ - stream_->received();
    const bool isBeyond = left <= 0;
    const auto [result, bytes] = isBeyond ? stream_->receive(1, EventStream::Bytes::LeftOut)
                                          : stream_->receive(std::min(most, left), EventStream::Bytes::Kept);
    if (result.wouldBlock() && sendError_ == 0)
        return;
    if (result.wouldBlock()) {
        failed(sendError_);
    } else if (!result.ok()) {
        failed(result.error);
    } else if (result.value == 0) {
        if (isDone())
            closedByPeer();
        else // QTcpSocket would drop what is unsent
            watch();
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

/// Calls send() once.
void ClientSocket::sendSome()
{
    const bool isWritten = stream_->unsent() > 0; // rather than a transfer
    const native::Result result = stream_->send();
    if (result.wouldBlock())
        return;
    if (!result.ok()) {
        sendError_ = result.error; // reported after the bytes that the peer sent before
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
    else if (isDone())
        closedByPeer();
    else if (state() == ClosingState)
        finish();
    else
        watch();
}

/// Whether bytes or FIN are still to be sent.
bool ClientSocket::isSending() const
{
    return stream_->isSending() || stream_->sendsFin() != stream_->sentFin();
}

/// Both sides have closed, or this one has nothing left to say to a peer that has.
bool ClientSocket::isDone() const
{
    return stream_->peerClosed() && !isSending() && !expectsMore_ && (!staysAfterFin_ || stream_->sentFin());
}

/// Watches the socket for the events that the connection needs next.
void ClientSocket::watch()
{
    if (!readable_)
        return;
    readable_->setEnabled(room() > 0);
    writable_->setEnabled(isSending() || written_ > 0 || sendError_ != 0 || isDone());
    if (staysAfterFin_ && stream_->peerClosed() && !reset_) {
        reset_ = std::make_unique<QSocketNotifier>(stream_->channel().descriptor(), QSocketNotifier::Exception);
        connect(reset_.get(), &QSocketNotifier::activated, this, &ClientSocket::resetAfterFin);
    }
}

void ClientSocket::resetAfterFin()
{
    const int error = native::pendingError(stream_->channel().descriptor());
    failed(error != 0 ? error : ECONNRESET);
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

/// Closes the socket and all attempts at once.
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
    reset_.reset();
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

} // namespace parley
