// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"

#include <QString>

#include <vector>

namespace parley
{

/// An address of this computer and the interface that has it.
struct LocalAddress
{
    Address address;
    QString interface;
};

/// The addresses of all interfaces that are up (getifaddrs(3)); on an I/O thread, because it makes socket calls.
std::vector<LocalAddress> localAddresses();

/// Whether @p address stands for every computer of a net that this computer is on (IPv4): getifaddrs(3), on an I/O
/// thread.
bool isNetBroadcast(const Address &address);

/// What this computer is called, and where it can be reached.
struct LocalNames
{
    QString name;                         ///< as gethostname(2) returns it
    std::vector<Address> addresses;       ///< what the name resolves to; empty if to nothing
    std::vector<LocalAddress> interfaces; ///< what the interfaces have
};

/// Where a listening socket can be reached.
struct Reachability
{
    std::vector<Address> here;   ///< from this computer only (loopback)
    std::vector<Address> others; ///< from other computers too, as far as firewalls let them
};

/// @param listening the listener's address, with its true port. For every interface (`::`), the lists leave out
/// link-local IPv6 addresses: they mean nothing without a scope.
Reachability reachability(const Address &listening, const std::vector<LocalAddress> &local);

} // namespace parley
