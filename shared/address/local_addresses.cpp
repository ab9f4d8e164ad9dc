// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/local_addresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

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
