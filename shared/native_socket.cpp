// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/native_socket.h"

#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace parley::native
{

namespace
{

Result resultOf(qint64 value)
{
    return {value, value < 0 ? errno : 0};
}

void setOption(int fd, int level, int name, int value)
{
    // Each option set here only improves on a default; a system that refuses it still serves.
    ::setsockopt(fd, level, name, &value, sizeof value);
}

template <typename Call> Result retryInterrupted(Call call)
{
    for (;;) {
        const Result result = resultOf(call());
        if (result.error != EINTR)
            return result;
    }
}

} // namespace

void Descriptor::close()
{
    if (fd_ >= 0)
        ::close(std::exchange(fd_, -1)); // never retried: the descriptor is gone even after EINTR (close(2))
}

bool Result::wouldBlock() const
{
    return error == EAGAIN || error == EINPROGRESS; // EWOULDBLOCK is EAGAIN on every system with Qt
}

Result socket(Address::Family family)
{
    const int domain = family == Address::Family::IPv6 ? AF_INET6 : AF_INET;
    return resultOf(::socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

Result bind(int fd, const Address &address)
{
    setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (address.family() == Address::Family::IPv6)
        setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, address.isAny() ? 0 : 1);
    sockaddr_storage storage;
    const socklen_t length = address.toSockaddr(storage);
    return resultOf(::bind(fd, reinterpret_cast<const sockaddr *>(&storage), length));
}

Result listen(int fd, int backlog)
{
    return resultOf(::listen(fd, backlog));
}

Result accept(int fd, Address &peer)
{
    sockaddr_storage storage;
    socklen_t length = sizeof storage;
    const Result result = retryInterrupted([&] {
        length = sizeof storage;
        return ::accept4(fd, reinterpret_cast<sockaddr *>(&storage), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    });
    peer = result.ok() ? Address::fromSockaddr(reinterpret_cast<const sockaddr *>(&storage), length) : Address();
    return result;
}

Result connect(int fd, const Address &address)
{
    sockaddr_storage storage;
    const socklen_t length = address.toSockaddr(storage);
    const Result result = resultOf(::connect(fd, reinterpret_cast<const sockaddr *>(&storage), length));
    // An interrupted connect goes on in the kernel, as a non-blocking one does (connect(2)).
    return result.error == EINTR ? Result{-1, EINPROGRESS} : result;
}

int pendingError(int fd)
{
    int error = 0;
    socklen_t length = sizeof error;
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

Address localAddress(int fd)
{
    sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (::getsockname(fd, reinterpret_cast<sockaddr *>(&storage), &length) < 0)
        return {};
    return Address::fromSockaddr(reinterpret_cast<const sockaddr *>(&storage), length);
}

Result send(int fd, QByteArrayView bytes)
{
    const auto size = static_cast<std::size_t>(bytes.size());
    return retryInterrupted([&] { return ::send(fd, bytes.data(), size, MSG_NOSIGNAL); });
}

Result receive(int fd, std::span<char> buffer)
{
    return retryInterrupted([&] { return ::recv(fd, buffer.data(), buffer.size(), 0); });
}

Result shutdownSending(int fd)
{
    return resultOf(::shutdown(fd, SHUT_WR));
}

void resetOnClose(int fd)
{
    const linger immediate{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &immediate, sizeof immediate);
}

void setUserTimeout([[maybe_unused]] int fd, [[maybe_unused]] int milliseconds)
{
#ifdef TCP_USER_TIMEOUT
    setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds);
#endif
}

int raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 256; // what POSIX systems give at the least by custom
    if (limit.rlim_cur < limit.rlim_max) {
        const rlimit raised{limit.rlim_max, limit.rlim_max};
        if (::setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    constexpr rlim_t most = 1'000'000; // RLIM_INFINITY is not a count
    return static_cast<int>(std::min(limit.rlim_cur, most));
}

QByteArray errorName(int error)
{
#if defined(__GLIBC__)
    if (const char *name = ::strerrorname_np(error))
        return QByteArray(name);
#endif
    return QByteArray::number(error);
}

QString errorText(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

} // namespace parley::native
