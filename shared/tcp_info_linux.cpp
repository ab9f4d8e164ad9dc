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

qint64 acknowledgedBytes(int fd)
{
    tcp_info info{};
    socklen_t length = sizeof info;
    if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0
        || length < offsetof(tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked)
        return -1;
    return static_cast<qint64>(info.tcpi_bytes_acked);
}

int unacknowledgedBytes(int fd)
{
    int bytes = 0;
    return ::ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

} // namespace parley::native
