// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/local_addresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace parley
{

std::vector<LocalAddress> localAddresses()
{
    std::vector<LocalAddress> result;
    ifaddrs *list = nullptr;
    if (::getifaddrs(&list) != 0)
        return result;
    for (const ifaddrs *entry = list; entry; entry = entry->ifa_next) {
        if (!entry->ifa_addr || !(entry->ifa_flags & IFF_UP))
            continue;
        const bool v6 = entry->ifa_addr->sa_family == AF_INET6;
        const Address address = Address::fromSockaddr(entry->ifa_addr, v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
        if (!address.isNull())
            result.push_back({address, QString::fromLocal8Bit(entry->ifa_name)});
    }
    ::freeifaddrs(list);
    return result;
}

bool isNetBroadcast(const Address &address)
{
    ifaddrs *list = nullptr;
    if (address.family() != Address::Family::IPv4 || ::getifaddrs(&list) != 0)
        return false;
    const Address wanted = address.withPort(0);
    const auto ipv4Of = [](const sockaddr *value) { return Address::fromSockaddr(value, sizeof(sockaddr_in)); };
    bool found = false;
    for (const ifaddrs *entry = list; entry && !found; entry = entry->ifa_next) {
        constexpr unsigned shared = IFF_LOOPBACK | IFF_BROADCAST; // and no wire to one peer
        if (!entry->ifa_addr || entry->ifa_addr->sa_family != AF_INET || !(entry->ifa_flags & IFF_UP)
            || !(entry->ifa_flags & shared) || ipv4Of(entry->ifa_addr) == wanted)
            continue; // where there is no broadcast address, the entry may have the interface's own in its place
        if ((entry->ifa_flags & IFF_BROADCAST) && entry->ifa_broadaddr)
            found = ipv4Of(entry->ifa_broadaddr) == wanted;
        if (!entry->ifa_netmask)
            continue;
        // The last address of the net is one too, whether the interface is told so or not; a net of one or two
        // computers has none (RFC 3021).
        sockaddr_in own;
        sockaddr_in mask;
        std::memcpy(&own, entry->ifa_addr, sizeof own);
        std::memcpy(&mask, entry->ifa_netmask, sizeof mask);
        const std::uint32_t hosts = ~ntohl(mask.sin_addr.s_addr);
        found = found || (hosts > 1 && Address::ipv4(ntohl(own.sin_addr.s_addr) | hosts, 0) == wanted);
    }
    ::freeifaddrs(list);
    return found;
}

Reachability reachability(const Address &listening, const std::vector<LocalAddress> &local)
{
    Reachability result;
    const auto add = [&](const Address &address) {
        (address.isLoopback() ? result.here : result.others).push_back(address.withPort(listening.port()));
    };
    if (!listening.isAny()) {
        add(listening);
        return result;
    }
    for (const LocalAddress &candidate : local) {
        const bool served = listening.family() == Address::Family::IPv6 // dual stack: `::` takes both
                            || candidate.address.family() == Address::Family::IPv4;
        if (served && !candidate.address.isLinkLocal())
            add(candidate.address);
    }
    return result;
}

} // namespace parley
