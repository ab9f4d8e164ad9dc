// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QMetaType>

#include <array>
#include <compare>
#include <cstdint>

struct sockaddr;
struct sockaddr_storage;

namespace parley
{

/// The longest path of a Unix-domain socket (bytes; sun_path of unix(7) less its NUL).
inline constexpr qsizetype MaxUnixPath = 107;

/// A socket address as the system's calls take and return it, or the credentials of a Unix-domain peer, which has
/// no address: a value of 28 bytes without allocation.
///
/// IPv4-mapped IPv6 addresses (RFC 4291, 2.5.5.2) are turned into plain IPv4 when they are read from the
/// system, so that an IPv4 peer looks the same on a dual-stack socket. (Qt's sockets report ::ffff:a.b.c.d.)
class Address
{
public:
    enum class Family : std::uint8_t { None, IPv4, IPv6, Unix };
    /// `AF_INET`; `AF_UNSPEC` for None.
    static const char *familyName(Family family);

    Address() = default;

    /// @param value in host byte order, as INADDR_LOOPBACK is.
    static Address ipv4(std::uint32_t value, std::uint16_t port);
    /// @param scope interface index, 0 for none.
    /// An IPv4-mapped one keeps it only if it is a group's.
    static Address ipv6(const std::array<std::uint8_t, 16> &bytes, std::uint16_t port, std::uint32_t scope = 0);
    /// Every interface, both families (dual stack): `::`.
    static Address any(std::uint16_t port) { return ipv6({}, port); }
    /// 255.255.255.255, INADDR_BROADCAST.
    static Address broadcast(std::uint16_t port) { return ipv4(0xffffffff, port); }
    /// The process at the other end of a Unix-domain socket; 0 and -1 where the system does not tell.
    static Address unixPeer(std::int32_t pid, std::uint32_t uid);
    static Address unknownUnixPeer() { return unixPeer(0, UINT32_MAX); }
    /// The inverse of family(), bytes(), scope() and port().
    static Address fromParts(Family family, const std::array<std::uint8_t, 16> &bytes, std::uint32_t scope,
                             std::uint16_t port);
    /// A null address for any family other than AF_INET and AF_INET6, and for a @p length that is too short.
    static Address fromSockaddr(const sockaddr *address, std::uint32_t length);
    /// Strict dotted quad: four decimal parts without leading zeros. Null otherwise.
    static Address parseIPv4(QByteArrayView text, std::uint16_t port = 0);
    /// Colon form with a possible dotted tail and `%scope` (interface name or index). Null otherwise, and where
    /// this computer has no interface of that scope.
    static Address parseIPv6(QByteArrayView text, std::uint16_t port = 0);

    enum class Form {
        Plain,
        Mapped, ///< IPv4 as ::ffff:a.b.c.d, which is what a dual-stack socket sends to
    };
    /// Fills @p storage and returns the length for bind(2) or connect(2); 0 for a null address and for Unix.
    std::uint32_t toSockaddr(sockaddr_storage &storage, Form form = Form::Plain) const;

    Family family() const { return family_; }
    bool isNull() const { return family_ == Family::None; }
    std::uint16_t port() const { return port_; }
    /// The interface's index, 0 for none; for a Unix peer, the user's id. An IPv4 address has one only if it is a
    /// group's, and no call takes it as a part of the address.
    std::uint32_t scope() const { return scope_; }
    /// In network byte order, IPv4 in the first four; for a Unix peer, the process's id.
    const std::array<std::uint8_t, 16> &bytes() const { return bytes_; }
    Address withPort(std::uint16_t port) const;
    Address withScope(std::uint32_t scope) const;
    /// The first @p bits of the address with zeros after them, without scope and flow label.
    Address masked(int bits) const;
    /// The address @p count further on; after the last address comes the first one again.
    Address plus(std::uint64_t count) const;

    bool isLoopback() const;  ///< 127.0.0.0/8 or ::1
    bool isAny() const;       ///< 0.0.0.0 or ::
    bool isBroadcast() const; ///< 255.255.255.255
    bool isMulticast() const; ///< 224.0.0.0/4 or ff00::/8
    bool isLinkLocal() const; ///< 169.254.0.0/16 or fe80::/10

    /// The scope's name, `eth0`, or its index where this computer has no such interface; empty for none.
    QByteArray interface() const;
    /// The index of the interface with this name or number; 0 if there is none.
    static std::uint32_t interfaceIndex(const QByteArray &nameOrNumber);
    /// `192.168.0.104`, `fe80::1%eth0` or `239.1.2.3%eth0`, without the port; `pid 4711, uid 1000` for a Unix peer, and
    /// `pid unknown, uid unknown` where the system does not tell.
    QByteArray host() const;
    /// As a user types it, with the port: `127.0.0.1:60239`, `[fe80::1%eth0]:60239`. A Unix peer has no port: host().
    QByteArray toString() const;
    /// As Python prints a socket address: `('127.0.0.1', 60239)`, `('::1', 60239, 0, 0)`. Python prints nothing for a
    /// Unix peer; here it is `(pid 4711, uid 1000)`.
    QByteArray toPython() const;

    friend bool operator==(const Address &, const Address &) = default;
    friend auto operator<=>(const Address &, const Address &) = default;

private:
    QByteArray numericHost() const;

    std::array<std::uint8_t, 16> bytes_{}; // IPv4 in the first four, network byte order
    std::uint32_t scope_ = 0;
    std::uint32_t flow_ = 0;
    std::uint16_t port_ = 0;
    Family family_ = Family::None;
};

} // namespace parley

Q_DECLARE_METATYPE(parley::Address)
