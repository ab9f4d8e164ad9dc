// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/socket_calls.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 // there is SO_NOSIGPIPE
#endif

namespace parley::native
{

namespace
{

Result resultOf(qint64 value)
{
    return {value, value < 0 ? errno : 0};
}

/// Fills @p address for @p path, which is no longer than MaxUnixPath, and returns its length.
socklen_t unixAddress(const QByteArray &path, sockaddr_un &address)
{
    std::memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    const auto room = static_cast<qsizetype>(sizeof address.sun_path) - 1; // less than on Linux on some systems
    const auto size = static_cast<std::size_t>(std::min({path.size(), MaxUnixPath, room}));
    std::memcpy(address.sun_path, path.constData(), size);
    if (!path.startsWith('@'))
        return sizeof address;
    address.sun_path[0] = '\0'; // an abstract name; its length counts
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
}

/// Gives the socket that bind has just made at @p path the bits of @p mode that the umask took away.
///
/// If others may write to the folder, something else may stand at the path by now. The file is therefore opened without
/// following a link (O_PATH; open(2)), looked at, and changed through that descriptor, which stands for the same file
/// whatever becomes of the path.
Result giveMode(const QByteArray &path, unsigned mode)
{
    const Descriptor file(::open(path.constData(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat made = {};
    if (!file.isOpen() || ::fstat(file.get(), &made) != 0)
        return {-1, errno};
    constexpr mode_t permissions = 07777;
    if (!S_ISSOCK(made.st_mode) || made.st_uid != ::geteuid())
        return {-1, EADDRINUSE}; // the file is not ours
    if ((made.st_mode & permissions) == mode)
        return {0, 0};
    const QByteArray opened = "/proc/self/fd/" + QByteArray::number(file.get()); // fchmod(2) refuses O_PATH descriptors
    if (::chmod(opened.constData(), mode) == 0)
        return {0, 0};
    const int error = errno;
    struct stat now = {};
    if (::lstat(path.constData(), &now) == 0 && now.st_dev == made.st_dev && now.st_ino == made.st_ino)
        ::unlink(path.constData()); // nothing half-done stays
    return {-1, error};
}

template <typename Call>
Result retryInterrupted(Call call)
{
    for (;;) {
        const Result result = resultOf(call());
        if (result.error != EINTR)
            return result;
    }
}

#ifdef PARLEY_PORTABLE
/// Makes a descriptor non-blocking and closed on exec, as every socket here is. (Linux does both in the call that makes
/// the socket, so no program can be started in between.)
Result prepared(Result made)
{
    const int fd = static_cast<int>(made.value);
    if (made.ok() && (::fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)) {
        made = {-1, errno};
        ::close(fd);
    }
#ifdef SO_NOSIGPIPE // in place of MSG_NOSIGNAL
    if (made.ok())
        setOption(fd, SOL_SOCKET, SO_NOSIGPIPE, 1);
#endif
    return made;
}
#endif

int countOf(const rlimit &limit)
{
    constexpr rlim_t most = 1'000'000; // RLIM_INFINITY is not a count
    return static_cast<int>(std::min(limit.rlim_cur, most));
}

} // namespace

void Descriptor::close()
{
    if (fd_ >= 0)
        ::close(std::exchange(fd_, -1)); // never retried: the descriptor is gone even after EINTR (close(2))
}

Result socket(Transport transport, Address::Family family)
{
    const int domain = transport == Transport::Unix ? AF_UNIX : family == Address::Family::IPv6 ? AF_INET6 : AF_INET;
    const int type = transport == Transport::Udp ? SOCK_DGRAM : SOCK_STREAM;
#ifdef PARLEY_PORTABLE
    return prepared(resultOf(::socket(domain, type, 0)));
#else
    return resultOf(::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
#endif
}

Result bind(int fd, const Address &address, Transport transport)
{
    if (transport == Transport::Tcp)
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

Result bindUnix(int fd, const QByteArray &path, unsigned mode)
{
    // On Linux the file that bind makes has the socket's own mode (unix(7)), so nobody else can open it at any time.
    // Other systems refuse this (EINVAL); the file then has the mode that the umask leaves, until it is changed below.
    if (::fchmod(fd, mode) != 0 && errno != EINVAL)
        return {-1, errno};
    sockaddr_un address;
    const socklen_t length = unixAddress(path, address);
    const Result bound = resultOf(::bind(fd, reinterpret_cast<const sockaddr *>(&address), length));
    return bound.ok() && !path.startsWith('@') ? giveMode(path, mode) : bound;
}

Result connectUnix(int fd, const QByteArray &path)
{
    sockaddr_un address;
    const socklen_t length = unixAddress(path, address);
    return resultOf(::connect(fd, reinterpret_cast<const sockaddr *>(&address), length));
}

int notSocketError(const QByteArray &path, bool followsLinks)
{
    struct stat file = {};
    if (path.startsWith('@') || (followsLinks ? ::stat(path.constData(), &file) : ::lstat(path.constData(), &file)) != 0
        || S_ISSOCK(file.st_mode))
        return 0;
    return S_ISREG(file.st_mode) ? ENOTSOCK : S_ISDIR(file.st_mode) ? EISDIR : ENXIO;
}

Address peerCredentials([[maybe_unused]] int fd)
{
#ifndef PARLEY_PORTABLE
    ucred credentials{};
    socklen_t length = sizeof credentials;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0)
        return Address::unixPeer(credentials.pid, credentials.uid);
#endif
    return Address::unknownUnixPeer(); // POSIX does not tell
}

Result accept(int fd, Address &peer)
{
    sockaddr_storage storage;
    socklen_t length = sizeof storage;
#ifdef PARLEY_PORTABLE
    const Result result = prepared(resultOf(::accept(fd, reinterpret_cast<sockaddr *>(&storage), &length)));
#else
    const Result result =
        resultOf(::accept4(fd, reinterpret_cast<sockaddr *>(&storage), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
#endif
    peer = result.ok() ? Address::fromSockaddr(reinterpret_cast<const sockaddr *>(&storage), length) : Address();
    return result;
}

Result bindSource(int fd, const Address &source)
{
    if (source.port() != 0)
        setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
#ifdef IP_BIND_ADDRESS_NO_PORT
    else
        setOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1); // for IPv6 sockets too
#endif
    sockaddr_storage storage;
    const socklen_t length = source.toSockaddr(storage);
    return resultOf(::bind(fd, reinterpret_cast<const sockaddr *>(&storage), length));
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

int connectError(int fd)
{
    char byte = 0;
    const Result peeked = retryInterrupted([&] { return ::recv(fd, &byte, 1, MSG_PEEK); });
    if (peeked.ok() || peeked.wouldBlock())
        return 0;
    return peeked.error == ENOTCONN ? pendingError(fd) : peeked.error;
}

Address localAddress(int fd)
{
    sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (::getsockname(fd, reinterpret_cast<sockaddr *>(&storage), &length) < 0)
        return {};
    return Address::fromSockaddr(reinterpret_cast<const sockaddr *>(&storage), length);
}

Result peerAddress(int fd, Address &peer)
{
    sockaddr_storage storage;
    socklen_t length = sizeof storage;
    const Result result = resultOf(::getpeername(fd, reinterpret_cast<sockaddr *>(&storage), &length));
    peer = result.ok() ? Address::fromSockaddr(reinterpret_cast<const sockaddr *>(&storage), length) : Address();
    return result;
}

Result setNonBlocking(int fd)
{
    const int flags = ::fcntl(fd, F_GETFL);
    return flags < 0 ? resultOf(flags) : resultOf(::fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

Result option(int fd, int level, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    const Result result = resultOf(::getsockopt(fd, level, name, &value, &length));
    return result.ok() ? Result{value, 0} : result;
}

Result setOption(int fd, int level, int name, int value)
{
    return resultOf(::setsockopt(fd, level, name, &value, sizeof value));
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

#ifdef PARLEY_PORTABLE

// POSIX tells neither which address a datagram came to, nor how long a cut one was.
void tellLocalAddresses(int) {}

Result receiveFrom(int fd, std::span<char> buffer, DatagramPath &path)
{
    sockaddr_storage peer;
    iovec data{buffer.data(), buffer.size()};
    msghdr message{};
    const Result result = retryInterrupted([&] {
        message.msg_name = &peer;
        message.msg_namelen = sizeof peer;
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        return ::recvmsg(fd, &message, 0);
    });
    path = {};
    if (!result.ok())
        return result;
    path.peer = Address::fromSockaddr(reinterpret_cast<const sockaddr *>(&peer), message.msg_namelen);
    return (message.msg_flags & MSG_TRUNC) != 0 ? Result{result.value + 1, 0} : result;
}

Result sendTo(int fd, QByteArrayView bytes, const DatagramPath &path, Address::Form form)
{
    sockaddr_storage storage;
    const socklen_t length = path.peer.toSockaddr(storage, form);
    const auto size = static_cast<std::size_t>(bytes.size());
    return retryInterrupted([&] {
        return ::sendto(fd, bytes.data(), size, MSG_NOSIGNAL, reinterpret_cast<const sockaddr *>(&storage), length);
    });
}

#else

void tellLocalAddresses(int fd)
{
    setOption(fd, IPPROTO_IP, IP_PKTINFO, 1);
    setOption(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

Result receiveFrom(int fd, std::span<char> buffer, DatagramPath &path)
{
    sockaddr_storage peer;
    iovec data{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo)) + CMSG_SPACE(sizeof(in6_pktinfo))> control;
    msghdr message{};
    const Result result = retryInterrupted([&] {
        message.msg_name = &peer;
        message.msg_namelen = sizeof peer;
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        return ::recvmsg(fd, &message, MSG_TRUNC);
    });
    path = {};
    if (!result.ok())
        return result;
    path.peer = Address::fromSockaddr(reinterpret_cast<const sockaddr *>(&peer), message.msg_namelen);
    for (cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            in_pktinfo info;
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            path.local = Address::ipv4(ntohl(info.ipi_spec_dst.s_addr), 0);
        } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info;
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            std::array<std::uint8_t, 16> bytes;
            std::memcpy(bytes.data(), &info.ipi6_addr, bytes.size());
            path.local = Address::ipv6(bytes, 0, info.ipi6_ifindex);
            if (path.local.isMulticast()) // nobody answers from a group's address: the system chooses one
                path.local = Address::ipv6({}, 0, info.ipi6_ifindex);
        }
    }
    return result;
}

Result sendTo(int fd, QByteArrayView bytes, const DatagramPath &path, Address::Form form)
{
    sockaddr_storage peer;
    iovec data{const_cast<char *>(bytes.data()), static_cast<std::size_t>(bytes.size())}; // sendmsg only reads it
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))> control{};
    msghdr message{};
    message.msg_name = &peer;
    message.msg_namelen = path.peer.toSockaddr(peer, form);
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    sockaddr_storage local;
    if (path.local.toSockaddr(local, form) != 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr *part = CMSG_FIRSTHDR(&message);
        if (local.ss_family == AF_INET6) {
            in6_pktinfo info{};
            info.ipi6_addr = reinterpret_cast<const sockaddr_in6 &>(local).sin6_addr;
            info.ipi6_ifindex = path.local.scope();
            part->cmsg_level = IPPROTO_IPV6;
            part->cmsg_type = IPV6_PKTINFO;
            part->cmsg_len = CMSG_LEN(sizeof info);
            std::memcpy(CMSG_DATA(part), &info, sizeof info);
            message.msg_controllen = CMSG_SPACE(sizeof info);
        } else {
            in_pktinfo info{};
            info.ipi_spec_dst = reinterpret_cast<const sockaddr_in &>(local).sin_addr;
            part->cmsg_level = IPPROTO_IP;
            part->cmsg_type = IP_PKTINFO;
            part->cmsg_len = CMSG_LEN(sizeof info);
            std::memcpy(CMSG_DATA(part), &info, sizeof info);
            message.msg_controllen = CMSG_SPACE(sizeof info);
        }
    }
    return retryInterrupted([&] { return ::sendmsg(fd, &message, MSG_NOSIGNAL); });
}

#endif

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

void setKeepAlive(int fd, const KeepAlive &keepAlive)
{
    const bool isOn = keepAlive.interval.count() > 0;
    setOption(fd, SOL_SOCKET, SO_KEEPALIVE, isOn ? 1 : 0);
#if defined(TCP_KEEPIDLE) && defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
    if (isOn) {
        const int seconds = static_cast<int>(keepAlive.interval.count());
        setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds);
        setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, seconds);
        setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, keepAlive.probes);
    }
#endif
}

void setUnsentLimit([[maybe_unused]] int fd, [[maybe_unused]] int bytes)
{
#ifdef TCP_NOTSENT_LOWAT
    setOption(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes);
#endif
}

int raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 256; // by custom, POSIX systems give at least that many
    if (limit.rlim_cur < limit.rlim_max) {
        const rlimit raised{limit.rlim_max, limit.rlim_max};
        if (::setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    return countOf(limit);
}

DescriptorUse descriptorUse()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    DescriptorUse use{0, countOf(limit)};
    // Listing /dev/fd would itself need a descriptor.
    for (int fd = 0; fd < use.limit; ++fd)
        use.used += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return use;
}

} // namespace parley::native
