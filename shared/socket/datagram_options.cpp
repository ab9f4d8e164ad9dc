// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/datagram_options.h"

#include "shared/address/local_addresses.h"

#include <cerrno>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace parley::native
{

namespace
{

struct Spelling
{
    int level;
    int name;
    const char *spelling;
};

Spelling spellingOf(DatagramOption option, Address::Family family)
{
    const bool v6 = family == Address::Family::IPv6;
    switch (option) {
    case DatagramOption::Broadcast: return {SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST"};
    case DatagramOption::Hops:
        return v6 ? Spelling{IPPROTO_IPV6, IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS"}
                  : Spelling{IPPROTO_IP, IP_TTL, "IP_TTL"};
    case DatagramOption::GroupHops:
        return v6 ? Spelling{IPPROTO_IPV6, IPV6_MULTICAST_HOPS, "IPV6_MULTICAST_HOPS"}
                  : Spelling{IPPROTO_IP, IP_MULTICAST_TTL, "IP_MULTICAST_TTL"};
    case DatagramOption::GroupLoopback:
        return v6 ? Spelling{IPPROTO_IPV6, IPV6_MULTICAST_LOOP, "IPV6_MULTICAST_LOOP"}
                  : Spelling{IPPROTO_IP, IP_MULTICAST_LOOP, "IP_MULTICAST_LOOP"};
    case DatagramOption::GroupInterface:
        return v6 ? Spelling{IPPROTO_IPV6, IPV6_MULTICAST_IF, "IPV6_MULTICAST_IF"}
                  : Spelling{IPPROTO_IP, IP_MULTICAST_IF, "IP_MULTICAST_IF"};
    case DatagramOption::Membership:
        return v6 ? Spelling{IPPROTO_IPV6, IPV6_JOIN_GROUP, "IPV6_JOIN_GROUP"}
                  : Spelling{IPPROTO_IP, IP_ADD_MEMBERSHIP, "IP_ADD_MEMBERSHIP"};
    }
    Q_UNREACHABLE();
}

template <typename Value>
Result set(int fd, const Spelling &option, const Value &value)
{
    const int result = ::setsockopt(fd, option.level, option.name, &value, sizeof value);
    return {result, result < 0 ? errno : 0};
}

in_addr ipv4Of(const Address &address)
{
    in_addr value{};
    if (address.family() == Address::Family::IPv4)
        std::memcpy(&value, address.bytes().data(), sizeof value);
    return value;
}

#ifdef PARLEY_PORTABLE
/// Systems without ip_mreqn name an interface by an IPv4 address that it has.
in_addr addressOn(const Address &group)
{
    for (const LocalAddress &local : localAddresses()) {
        if (local.address.family() == Address::Family::IPv4
            && ::if_nametoindex(local.interface.toLocal8Bit().constData()) == group.scope())
            return ipv4Of(local.address);
    }
    return {};
}
#endif

Result setForGroup(int fd, DatagramOption option, const Address &group)
{
    const Spelling spelling = spellingOf(option, group.family());
    const bool joins = option == DatagramOption::Membership;
    if (group.family() == Address::Family::IPv6 && joins) {
        ipv6_mreq membership{};
        std::memcpy(&membership.ipv6mr_multiaddr, group.bytes().data(), group.bytes().size());
        membership.ipv6mr_interface = group.scope();
        return set(fd, spelling, membership);
    }
    if (group.family() == Address::Family::IPv6)
        return set(fd, spelling, group.scope());
#ifdef PARLEY_PORTABLE
    const in_addr interface = addressOn(group);
    if (group.scope() != 0 && interface.s_addr == INADDR_ANY)
        return {-1, EADDRNOTAVAIL};
    return joins ? set(fd, spelling, ip_mreq{ipv4Of(group), interface}) : set(fd, spelling, interface);
#else
    return set(fd, spelling, ip_mreqn{ipv4Of(group), {}, static_cast<int>(group.scope())});
#endif
}

} // namespace

const char *optionName(DatagramOption option, Address::Family family)
{
    return spellingOf(option, family).spelling;
}

Result setDatagramOption(int fd, DatagramOption option, const Address &address, int value)
{
    if (option != DatagramOption::Membership && option != DatagramOption::GroupInterface)
        return set(fd, spellingOf(option, address.family()), value);
#ifdef IP_MULTICAST_ALL
    // Linux would also deliver what comes for memberships of other sockets, on other interfaces (ip(7)).
    if (option == DatagramOption::Membership && address.family() == Address::Family::IPv4)
        setOption(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
#endif
    return setForGroup(fd, option, address);
}

void shareGroup(int fd)
{
    setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
#if defined(SO_REUSEPORT) && !defined(__linux__) // there it would share the datagrams out
    setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
#endif
}

Result defaultInterface()
{
    const Descriptor probe(static_cast<int>(socket(Transport::Udp, Address::Family::IPv6).value));
    if (!probe.isOpen())
        return {-1, errno};
    // An address of no net that is routed (RFC 3849); the port does not matter.
    if (const Result connected = connect(probe.get(), Address::parseIPv6("2001:db8::1", 9)); !connected.ok())
        return connected;
    const Address used = localAddress(probe.get()).withPort(0);
    unsigned found = 0;
    unsigned loopback = 0;
    for (const LocalAddress &local : localAddresses()) {
        const unsigned index = ::if_nametoindex(local.interface.toLocal8Bit().constData());
        if (local.address.isLoopback())
            loopback = index; // an address there may be used everywhere, and leads nowhere by itself
        if (local.address.withScope(0) != used.withScope(0) || index == found)
            continue;
        if (found != 0)
            return {-1, ENODEV};
        found = index;
    }
    return found != 0 && found != loopback ? Result{found, 0} : Result{-1, ENODEV};
}

} // namespace parley::native
