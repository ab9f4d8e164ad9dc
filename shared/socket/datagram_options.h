// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/socket/socket_calls.h"

/// What a UDP socket is told before it sends to many, or hears what is sent to many (ip(7), ipv6(7)).
namespace parley::native
{

enum class DatagramOption {
    Broadcast,      ///< 1: it may send to broadcast addresses
    Hops,           ///< how many routers a datagram to one peer passes, and the last one drops it: 1 to 255
    GroupHops,      ///< the same to a group. The system's default is 1, this network alone
    GroupLoopback,  ///< 0: members on this computer do not get what it sends to a group
    GroupInterface, ///< what is sent to a group leaves by the address's interface
    Membership,     ///< it takes part in the address's group, on the address's interface
};

/// As the system's headers spell it: `IP_TTL`, `IPV6_UNICAST_HOPS`.
const char *optionName(DatagramOption option, Address::Family family);

/// setsockopt(2).
/// @param address of the family that the option is for. GroupInterface, Membership: the group, with its interface as
/// the scope. Without one the system chooses, for IPv4 by the route that leads to the group.
/// @param value of the other options.
/// Errors: ENODEV, there is no such interface, or no route to choose one by; EADDRNOTAVAIL, the interface has no
/// address of that family; ENOBUFS, the computer is in as many groups as it may be.
Result setDatagramOption(int fd, DatagramOption option, const Address &address, int value = 1);

/// Lets programs of this computer take part in one group on one port: each gets every datagram. To be called before
/// bind(2).
void shareGroup(int fd);

/// The interface of the default IPv6 route: its index as the value. (For a group without an interface the system takes
/// one by no rule: each interface has a route to all groups.) The call asks where a socket would send to from here, and
/// sends nothing.
/// Errors: ENETUNREACH, there is no such route; ENODEV, no interface, or more than one, has the address that it uses.
Result defaultInterface();

} // namespace parley::native
