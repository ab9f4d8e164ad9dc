// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"

#include "tests/support/process.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace parley::test
{

namespace
{

struct SocketAddress
{
    sockaddr_storage storage{};
    socklen_t length = 0;

    sockaddr *pointer() { return reinterpret_cast<sockaddr *>(&storage); }
};

SocketAddress socketAddress(const char *address, quint16 port)
{
    SocketAddress result;
    auto &in = reinterpret_cast<sockaddr_in &>(result.storage);
    auto &in6 = reinterpret_cast<sockaddr_in6 &>(result.storage);
    if (std::strchr(address, ':')) {
        result.length = sizeof in6;
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(port);
        ::inet_pton(AF_INET6, address, &in6.sin6_addr);
    } else {
        result.length = sizeof in;
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        ::inet_pton(AF_INET, address, &in.sin_addr);
    }
    return result;
}

/// @p path without its NUL, where it starts with `@` as an abstract name.
SocketAddress socketAddress(const QByteArray &path)
{
    SocketAddress result;
    auto &un = reinterpret_cast<sockaddr_un &>(result.storage);
    un.sun_family = AF_UNIX;
    std::memcpy(un.sun_path, path.constData(), static_cast<std::size_t>(path.size()));
    if (path.startsWith('@'))
        un.sun_path[0] = '\0';
    result.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<std::size_t>(path.size()));
    return result;
}

void setOption(int fd, int level, int name, const auto &value)
{
    ::setsockopt(fd, level, name, &value, sizeof value);
}

/// The result of @p call once no signal cuts it short. The system does not restart a call with a time limit
/// (signal(7)), and QProcess gets SIGCHLD when its process ends.
auto uninterrupted(const auto &call)
{
    auto result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

/// Called again after a signal, connect(2) goes on waiting for the same connection.
bool connectTo(int fd, SocketAddress peer)
{
    return uninterrupted([&] { return ::connect(fd, peer.pointer(), peer.length); }) == 0;
}

void setPatience(int fd)
{
    const timeval patience{Patience.count(), 0};
    setOption(fd, SOL_SOCKET, SO_RCVTIMEO, patience); // socket(7): also for accept(2)
    setOption(fd, SOL_SOCKET, SO_SNDTIMEO, patience); // and for connect(2)
}

/// Of the address that @p name, getsockname(2) or getpeername(2), tells; 0 where it fails.
quint16 portOf(int fd, int (*name)(int, sockaddr *, socklen_t *))
{
    SocketAddress address;
    address.length = sizeof address.storage;
    if (name(fd, address.pointer(), &address.length) != 0)
        return 0;
    return ntohs(address.storage.ss_family == AF_INET6
                     ? reinterpret_cast<const sockaddr_in6 &>(address.storage).sin6_port
                     : reinterpret_cast<const sockaddr_in &>(address.storage).sin_port);
}

quint16 localPortOf(int fd)
{
    return portOf(
        fd, [](int socket, sockaddr *address, socklen_t *length) { return ::getsockname(socket, address, length); });
}

} // namespace

RawSocket::RawSocket(int fd) : fd_(fd)
{
    setPatience(fd_);
}

RawSocket RawSocket::bound(const char *address)
{
    SocketAddress local = socketAddress(address, 0);
    RawSocket socket(::socket(local.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    setOption(socket.fd_, SOL_SOCKET, SO_REUSEADDR, 1);
    if (::bind(socket.fd_, local.pointer(), local.length) != 0)
        socket.close();
    return socket;
}

RawSocket RawSocket::listening(const char *address, int backlog)
{
    RawSocket socket = bound(address);
    if (::listen(socket.fd_, backlog) != 0)
        socket.close();
    return socket;
}

RawSocket RawSocket::connectedTo(const char *address, quint16 port, int receiveBuffer)
{
    const SocketAddress peer = socketAddress(address, port);
    RawSocket socket(::socket(peer.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receiveBuffer > 0)
        setOption(socket.fd_, SOL_SOCKET, SO_RCVBUF, receiveBuffer);
    if (!connectTo(socket.fd_, peer))
        socket.close();
    return socket;
}

RawSocket RawSocket::listeningOn(const QByteArray &path, int backlog)
{
    SocketAddress local = socketAddress(path);
    RawSocket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(socket.fd_, local.pointer(), local.length) != 0 || ::listen(socket.fd_, backlog) != 0)
        socket.close();
    return socket;
}

RawSocket RawSocket::connectedTo(const QByteArray &path)
{
    const SocketAddress peer = socketAddress(path);
    RawSocket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!connectTo(socket.fd_, peer))
        socket.close();
    return socket;
}

RawSocket RawSocket::connectedFrom(const char *source, const char *address, quint16 port, int receiveBuffer)
{
    RawSocket socket = bound(source);
    if (receiveBuffer > 0)
        setOption(socket.fd_, SOL_SOCKET, SO_RCVBUF, receiveBuffer);
    const SocketAddress peer = socketAddress(address, port);
    if (socket.isOpen() && !connectTo(socket.fd_, peer))
        socket.close();
    return socket;
}

RawSocket &RawSocket::operator=(RawSocket &&other) noexcept
{
    std::swap(fd_, other.fd_);
    std::swap(failed_, other.failed_);
    return *this;
}

quint16 RawSocket::localPort() const
{
    return localPortOf(fd_);
}

quint16 RawSocket::peerPort() const
{
    return portOf(
        fd_, [](int socket, sockaddr *address, socklen_t *length) { return ::getpeername(socket, address, length); });
}

RawSocket RawSocket::accept() const
{
    return RawSocket(uninterrupted([this] { return ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC); }));
}

bool RawSocket::send(QByteArrayView bytes) const
{
    while (!bytes.isEmpty()) {
        const ssize_t sent = uninterrupted(
            [&] { return ::send(fd_, bytes.data(), static_cast<std::size_t>(bytes.size()), MSG_NOSIGNAL); });
        if (sent <= 0)
            return false;
        bytes = bytes.sliced(sent);
    }
    return true;
}

qint64 RawSocket::flood(qint64 most) const
{
    constexpr int patience = 333; // ms
    const QByteArray piece(64 * 1024, 'f');
    qint64 sent = 0;
    pollfd writable{fd_, POLLOUT, 0};
    while (sent < most && uninterrupted([&] { return ::poll(&writable, 1, patience); }) > 0) {
        const ssize_t count =
            ::send(fd_, piece.constData(), static_cast<std::size_t>(piece.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0)
            break;
        sent += count;
    }
    return sent;
}

void RawSocket::shutdownSending() const
{
    ::shutdown(fd_, SHUT_WR);
}

void RawSocket::sendAtOnce() const
{
    setOption(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
}

QByteArray RawSocket::receive(qsizetype most)
{
    QByteArray bytes;
    char buffer[65536];
    while (bytes.size() < most) {
        const auto wanted = static_cast<std::size_t>(qMin<qsizetype>(most - bytes.size(), sizeof buffer));
        const ssize_t received = uninterrupted([&] { return ::recv(fd_, buffer, wanted, 0); });
        failed_ = failed_ || received < 0;
        if (received <= 0)
            break;
        bytes.append(buffer, received);
    }
    return bytes;
}

qsizetype RawSocket::waiting() const
{
    int count = 0;
    return ::ioctl(fd_, FIONREAD, &count) == 0 ? count : 0;
}

bool RawSocket::awaitsReset() const
{
    constexpr std::chrono::milliseconds patience = Patience;
    pollfd gone{fd_, 0, 0}; // errors are told unasked
    return uninterrupted([&] { return ::poll(&gone, 1, static_cast<int>(patience.count())); }) == 1
           && (gone.revents & POLLERR);
}

bool RawSocket::isAtEnd()
{
    return receive(1).isEmpty() && !failed_;
}

void RawSocket::close()
{
    if (const int fd = std::exchange(fd_, -1); fd >= 0)
        ::close(fd);
}

void RawSocket::reset()
{
    setOption(fd_, SOL_SOCKET, SO_LINGER, linger{1, 0});
    close();
}

RawDatagrams RawDatagrams::bound(const char *address)
{
    SocketAddress local = socketAddress(address, 0);
    RawDatagrams socket(::socket(local.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    setPatience(socket.fd_);
    if (::bind(socket.fd_, local.pointer(), local.length) != 0)
        ::close(std::exchange(socket.fd_, -1));
    return socket;
}

RawDatagrams RawDatagrams::connectedTo(const char *address, quint16 port)
{
    const SocketAddress peer = socketAddress(address, port);
    RawDatagrams socket(::socket(peer.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    setPatience(socket.fd_);
    if (!connectTo(socket.fd_, peer))
        ::close(std::exchange(socket.fd_, -1));
    return socket;
}

RawDatagrams RawDatagrams::refusing(const char *address)
{
    RawDatagrams socket = bound(address);
    SocketAddress itself = socketAddress(address, socket.localPort()); // the only one that it takes datagrams from
    if (::connect(socket.fd_, itself.pointer(), itself.length) != 0)
        ::close(std::exchange(socket.fd_, -1));
    return socket;
}

RawDatagrams::~RawDatagrams()
{
    if (fd_ >= 0)
        ::close(fd_);
}

quint16 RawDatagrams::localPort() const
{
    return localPortOf(fd_);
}

bool RawDatagrams::send(QByteArrayView datagram) const
{
    return uninterrupted(
               [&] { return ::send(fd_, datagram.data(), static_cast<std::size_t>(datagram.size()), MSG_NOSIGNAL); })
           == datagram.size();
}

bool RawDatagrams::answer(QByteArrayView datagram) const
{
    return ::sendto(fd_, datagram.data(), static_cast<std::size_t>(datagram.size()), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr *>(sender_.constData()), static_cast<socklen_t>(sender_.size()))
           == datagram.size();
}

std::optional<QByteArray> RawDatagrams::receive()
{
    char buffer[65536];
    SocketAddress sender;
    sender.length = sizeof sender.storage;
    const ssize_t received =
        uninterrupted([&] { return ::recvfrom(fd_, buffer, sizeof buffer, 0, sender.pointer(), &sender.length); });
    if (received < 0)
        return {};
    sender_ = QByteArray(reinterpret_cast<const char *>(&sender.storage), static_cast<qsizetype>(sender.length));
    return QByteArray(buffer, received);
}

} // namespace parley::test
