// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/tcp_info.h"

// The kernel's own header: glibc's struct tcp_info ends before tcpi_bytes_acked. The two cannot be included together.
#include <linux/sockios.h>
#include <linux/tcp.h>

#include <array>
#include <cstddef>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace parley::native
{

namespace
{

constexpr quint8 TcpListen = 10; // TCP_LISTEN of the kernel's tcp_states.h, which is not among its public headers

/// Returns how many bytes of @p info the kernel has filled in, fewer if it is older; 0 for sockets other than TCP.
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
    // The kernel's tcp_get_info() puts these here for a listening socket.
    return AcceptQueue{static_cast<int>(info.tcpi_unacked), static_cast<int>(info.tcpi_sacked)};
}

std::optional<TcpView> tcpView(int fd)
{
    // In the order of the kernel's tcp_states.h.
    static constexpr std::array<const char *, 13> states{
        "",      "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",   "TIME_WAIT",
        "CLOSE", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",   "NEW_SYN_RECV"};
    tcp_info info{};
    const std::size_t length = read(fd, info);
    if (length < offsetof(tcp_info, tcpi_total_retrans) + sizeof info.tcpi_total_retrans)
        return std::nullopt;
    const auto isTold = [length](std::size_t offset) { return length > offset; };
    TcpView view;
    view.state = info.tcpi_state < states.size() ? states[info.tcpi_state] : QByteArray::number(info.tcpi_state);
    view.roundTrip = info.tcpi_rtt;
    view.roundTripVariance = info.tcpi_rttvar;
    view.retransmissionTimeout = info.tcpi_rto;
    view.retransmitted = info.tcpi_total_retrans;
    view.unacknowledged = info.tcpi_unacked;
    view.congestionWindow = info.tcpi_snd_cwnd;
    view.maxSegment = info.tcpi_snd_mss;
    if (isTold(offsetof(tcp_info, tcpi_segs_in))) {
        view.acknowledged = static_cast<qint64>(info.tcpi_bytes_acked);
        view.received = static_cast<qint64>(info.tcpi_bytes_received);
        view.segmentsSent = info.tcpi_segs_out;
        view.segmentsReceived = info.tcpi_segs_in;
    }
    if (isTold(offsetof(tcp_info, tcpi_min_rtt))) {
        view.notSent = info.tcpi_notsent_bytes;
        view.minRoundTrip = info.tcpi_min_rtt == ~0U ? -1 : qint64{info.tcpi_min_rtt}; // not measured yet
    }
    if (isTold(offsetof(tcp_info, tcpi_snd_wnd)))
        view.peerWindow = info.tcpi_snd_wnd;
    return view;
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
