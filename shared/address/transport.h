// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <chrono>
#include <cstdint>

namespace parley
{

/// The kinds of socket: a stream over TCP, datagrams over UDP, a Unix-domain stream.
enum class Transport : std::uint8_t { Tcp, Udp, Unix };

/// The type of their sockets: `SOCK_STREAM`.
constexpr const char *typeName(Transport transport)
{
    return transport == Transport::Udp ? "SOCK_DGRAM" : "SOCK_STREAM";
}

/// Probes on an idle TCP connection, so that a peer that is gone without a word (a pulled cable, a dead computer) shows
/// (RFC 1122, 4.2.3.6; tcp(7)).
struct KeepAlive
{
    static constexpr int MostSeconds = 32'767; ///< the kernel's limit (MAX_TCP_KEEPIDLE)
    static constexpr int MostProbes = 127;     ///< MAX_TCP_KEEPCNT

    std::chrono::seconds interval{0}; ///< of silence before the first probe, and between probes; 0: no probes
    int probes = 3;                   ///< so many without an answer end the connection (ETIMEDOUT)

    friend bool operator==(const KeepAlive &, const KeepAlive &) = default;
};

} // namespace parley
