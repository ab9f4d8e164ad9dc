// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace parley
{

namespace
{

constexpr std::array<std::uint8_t, 12> MappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

} // namespace

const char *Address::familyName(Family family)
{
    switch (family) {
    case Family::None: return "AF_UNSPEC";
    case Family::IPv4: return "AF_INET";
    case Family::IPv6: return "AF_INET6";
    case Family::Unix: return "AF_UNIX";
    }
    Q_UNREACHABLE();
}

Address Address::ipv4(std::uint32_t value, std::uint16_t port)
{
    Address address;
    address.family_ = Family::IPv4;
    address.port_ = port;
    const std::uint32_t network = htonl(value);
    std::memcpy(address.bytes_.data(), &network, sizeof network);
    return address;
}

Address Address::ipv6(const std::array<std::uint8_t, 16> &bytes, std::uint16_t port, std::uint32_t scope)
{
    Address address;
    address.port_ = port;
    if (std::equal(MappedPrefix.begin(), MappedPrefix.end(), bytes.begin())) {
        address.family_ = Family::IPv4;
        std::copy(bytes.begin() + 12, bytes.end(), address.bytes_.begin());
        address.scope_ = address.isMulticast() ? scope : 0;
    } else {
        address.family_ = Family::IPv6;
        address.bytes_ = bytes;
        address.scope_ = scope;
    }
    return address;
}

Address Address::unixPeer(std::int32_t pid, std::uint32_t uid)
{
    Address address;
    address.family_ = Family::Unix;
    std::memcpy(address.bytes_.data(), &pid, sizeof pid);
    address.scope_ = uid;
    return address;
}

Address Address::fromParts(Family family, const std::array<std::uint8_t, 16> &bytes, std::uint32_t scope,
                           std::uint16_t port)
{
    Address address;
    address.family_ = family;
    address.bytes_ = bytes;
    address.scope_ = scope;
    address.port_ = port;
    return address;
}

Address Address::fromSockaddr(const sockaddr *address, std::uint32_t length)
{
    if (length >= sizeof(sockaddr_in) && address->sa_family == AF_INET) {
        sockaddr_in in;
        std::memcpy(&in, address, sizeof in);
        return ipv4(ntohl(in.sin_addr.s_addr), ntohs(in.sin_port));
    }
    if (length >= sizeof(sockaddr_in6) && address->sa_family == AF_INET6) {
        sockaddr_in6 in6;
        std::memcpy(&in6, address, sizeof in6);
        std::array<std::uint8_t, 16> bytes;
        std::memcpy(bytes.data(), &in6.sin6_addr, bytes.size());
        Address result = ipv6(bytes, ntohs(in6.sin6_port), in6.sin6_scope_id);
        if (result.family_ == Family::IPv6)
            result.flow_ = ntohl(in6.sin6_flowinfo);
        return result;
    }
    return {};
}

Address Address::parseIPv4(QByteArrayView text, std::uint16_t port)
{
    std::uint32_t value = 0;
    const char *at = text.begin();
    for (int part = 0; part < 4; ++part) {
        if (part > 0 && (at == text.end() || *at++ != '.'))
            return {};
        std::uint8_t octet = 0;
        const auto [end, error] = std::from_chars(at, text.end(), octet);
        if (error != std::errc() || (*at == '0' && end - at > 1))
            return {}; // 010 is 8 to some parsers and 10 to others
        value = value << 8 | octet;
        at = end;
    }
    return at == text.end() ? ipv4(value, port) : Address();
}

Address Address::parseIPv6(QByteArrayView text, std::uint16_t port)
{
    if (text.contains('\0'))
        return {}; // the system's functions would stop reading at a NUL
    QByteArray host = text.toByteArray();
    std::uint32_t scope = 0;
    if (const qsizetype percent = host.indexOf('%'); percent >= 0) {
        scope = interfaceIndex(host.sliced(percent + 1));
        if (scope == 0)
            return {};
        host.truncate(percent);
    }
    std::array<std::uint8_t, 16> bytes;
    if (inet_pton(AF_INET6, host.constData(), bytes.data()) != 1)
        return {};
    return ipv6(bytes, port, scope);
}

std::uint32_t Address::toSockaddr(sockaddr_storage &storage, Form form) const
{
    std::memset(&storage, 0, sizeof storage);
    if (family_ == Family::IPv4 && form == Form::Mapped) {
        sockaddr_in6 in6{};
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(port_);
        auto *bytes = reinterpret_cast<std::uint8_t *>(&in6.sin6_addr);
        std::copy(MappedPrefix.begin(), MappedPrefix.end(), bytes);
        std::copy_n(bytes_.begin(), 4, bytes + MappedPrefix.size());
        std::memcpy(&storage, &in6, sizeof in6);
        return sizeof in6;
    }
    if (family_ == Family::IPv4) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(port_);
        std::memcpy(&in.sin_addr, bytes_.data(), sizeof in.sin_addr);
        std::memcpy(&storage, &in, sizeof in);
        return sizeof in;
    }
    if (family_ == Family::IPv6) {
        sockaddr_in6 in6{};
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(port_);
        in6.sin6_flowinfo = htonl(flow_);
        in6.sin6_scope_id = scope_;
        std::memcpy(&in6.sin6_addr, bytes_.data(), sizeof in6.sin6_addr);
        std::memcpy(&storage, &in6, sizeof in6);
        return sizeof in6;
    }
    return 0;
}

Address Address::withPort(std::uint16_t port) const
{
    Address other = *this;
    other.port_ = port;
    return other;
}

Address Address::withScope(std::uint32_t scope) const
{
    Address other = *this;
    other.scope_ = scope;
    return other;
}

Address Address::masked(int bits) const
{
    Address other = *this;
    other.scope_ = 0;
    other.flow_ = 0;
    for (std::size_t i = 0; i < other.bytes_.size(); ++i) {
        const int kept = std::clamp(bits - static_cast<int>(i) * 8, 0, 8);
        other.bytes_[i] = static_cast<std::uint8_t>(other.bytes_[i] & (0xff00 >> kept));
    }
    return other;
}

Address Address::plus(std::uint64_t count) const
{
    Address other = *this;
    for (std::size_t i = family_ == Family::IPv4 ? 4 : other.bytes_.size(); i-- > 0;) {
        const std::uint64_t sum = other.bytes_[i] + (count & 0xff);
        other.bytes_[i] = static_cast<std::uint8_t>(sum);
        count = (count >> 8) + (sum >> 8);
    }
    return other;
}

bool Address::isLoopback() const
{
    if (family_ == Family::IPv4)
        return bytes_[0] == 127;
    constexpr std::array<std::uint8_t, 16> loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return family_ == Family::IPv6 && bytes_ == loopback;
}

bool Address::isAny() const
{
    const bool inet = family_ == Family::IPv4 || family_ == Family::IPv6;
    return inet && std::all_of(bytes_.begin(), bytes_.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool Address::isBroadcast() const
{
    return *this == broadcast(port_);
}

bool Address::isMulticast() const
{
    return (family_ == Family::IPv4 && (bytes_[0] & 0xf0) == 0xe0) || (family_ == Family::IPv6 && bytes_[0] == 0xff);
}

bool Address::isLinkLocal() const
{
    if (family_ == Family::IPv4)
        return bytes_[0] == 169 && bytes_[1] == 254;
    return family_ == Family::IPv6 && bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

QByteArray Address::numericHost() const
{
    if (*this == unknownUnixPeer())
        return "pid unknown, uid unknown";
    if (family_ == Family::Unix) {
        std::int32_t pid = 0;
        std::memcpy(&pid, bytes_.data(), sizeof pid);
        return "pid " + QByteArray::number(pid) + ", uid " + QByteArray::number(scope_);
    }
    char text[INET6_ADDRSTRLEN] = "";
    if (!isNull())
        inet_ntop(family_ == Family::IPv4 ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
    return QByteArray(text);
}

QByteArray Address::interface() const
{
    if (family_ == Family::Unix || scope_ == 0)
        return {};
    char name[IF_NAMESIZE] = "";
    return if_indextoname(scope_, name) ? QByteArray(name) : QByteArray::number(scope_);
}

std::uint32_t Address::interfaceIndex(const QByteArray &nameOrNumber)
{
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(nameOrNumber.begin(), nameOrNumber.end(), index);
    char name[IF_NAMESIZE];
    if (error == std::errc() && end == nameOrNumber.end())
        return if_indextoname(index, name) ? index : 0;
    return if_nametoindex(nameOrNumber.constData());
}

QByteArray Address::host() const
{
    const QByteArray name = interface();
    return name.isEmpty() ? numericHost() : numericHost() + '%' + name;
}

QByteArray Address::toString() const
{
    if (family_ == Family::Unix)
        return host();
    return (family_ == Family::IPv6 ? '[' + host() + ']' : host()) + ':' + QByteArray::number(port_);
}

QByteArray Address::toPython() const
{
    if (family_ == Family::Unix)
        return '(' + numericHost() + ')';
    QByteArray text = "('" + numericHost() + "', " + QByteArray::number(port_);
    // Python's tuple for AF_INET6 names the scope in its fourth field and not in the host.
    if (family_ == Family::IPv6)
        text += ", " + QByteArray::number(flow_) + ", " + QByteArray::number(scope_);
    return text + ')';
}

} // namespace parley
