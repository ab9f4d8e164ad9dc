// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/many_addresses.h"

#include <atomic>

#include <dlfcn.h>
#include <net/if.h>

namespace
{

std::atomic<ifaddrs *> made = nullptr; // not null: it is what the computer has

} // namespace

// In place of the C library's.

extern "C" int getifaddrs(ifaddrs **list) noexcept
{
    if (ifaddrs *own = made) {
        *list = own;
        return 0;
    }
    static const auto original = reinterpret_cast<int (*)(ifaddrs **)>(::dlsym(RTLD_NEXT, "getifaddrs"));
    return original(list);
}

extern "C" void freeifaddrs(ifaddrs *list) noexcept
{
    static const auto original = reinterpret_cast<void (*)(ifaddrs *)>(::dlsym(RTLD_NEXT, "freeifaddrs"));
    if (list != made)
        original(list);
}

namespace parley::test
{

ManyAddresses::ManyAddresses(int count) : addresses_(static_cast<std::size_t>(count) + 1), list_(addresses_.size())
{
    static char loopback[] = "lo";
    static char wire[] = "eth0";
    for (std::size_t i = 0; i < list_.size(); ++i) {
        addresses_[i].sin_family = AF_INET;
        addresses_[i].sin_addr.s_addr =
            htonl(i == 0 ? INADDR_LOOPBACK : 0x0a000000U + static_cast<std::uint32_t>(i)); // 10.0.0.0
        list_[i].ifa_name = i == 0 ? loopback : wire;
        list_[i].ifa_flags = i == 0 ? unsigned(IFF_UP | IFF_LOOPBACK) : unsigned(IFF_UP);
        list_[i].ifa_addr = reinterpret_cast<sockaddr *>(&addresses_[i]);
        list_[i].ifa_next = i + 1 < list_.size() ? &list_[i + 1] : nullptr;
    }
    made = list_.data();
}

ManyAddresses::~ManyAddresses()
{
    made = nullptr;
}

} // namespace parley::test
