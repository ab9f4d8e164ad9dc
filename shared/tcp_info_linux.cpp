// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/tcp_info.h"

// The kernel's own header: glibc's struct tcp_info ends before tcpi_bytes_acked. The two cannot be included together.
#include <linux/sockios.h>
#include <linux/tcp.h>

#include <cstddef>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace parley::native
{

namespace
{

constexpr quint8 TcpListen = 10; // TCP_LISTEN of the kernel's tcp_states.h, which is not among its public headers

/// Returns how many bytes of @p info an older kernel, too, has filled in; 0 for sockets other than TCP.
std::size_t read(int fd, tcp_info &info)
{
    socklen_t length = sizeof info;
    return ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 ? length : 0;
}

} // namespace

std::optional<AcceptQueue> acceptQueue(int fd)
{
    tcp_info info{};
    if (read(fd, info) == 0 || info.tcpi_state != TcpListen)
        return std::nullopt;
    // What tcp_get_info() of the kernel puts there for a listening socket.
    return AcceptQueue{static_cast<int>(info.tcpi_unacked), static_cast<int>(info.tcpi_sacked)};
}

qint64 acknowledgedBytes(int fd)
{
    tcp_info info{};
    if (read(fd, info) < offsetof(tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked)
        return -1;
    return static_cast<qint64>(info.tcpi_bytes_acked);
}

int unacknowledgedBytes(int fd)
{
    int bytes = 0;
    return ::ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

} // namespace parley::native
