// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

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

} // namespace parley
