// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/candidates.h"

#include <algorithm>

namespace parley
{

Candidates::Candidates(std::vector<Address> addresses) : addresses_(std::move(addresses))
{
    std::reverse(addresses_.begin(), addresses_.end());
}

Candidates Candidates::inTurns(const std::vector<Address> &addresses)
{
    std::vector<Address> preferred;
    std::vector<Address> others;
    for (const Address &address : addresses)
        (address.family() == addresses.front().family() ? preferred : others).push_back(address);
    std::vector<Address> result;
    for (std::size_t i = 0; i < std::max(preferred.size(), others.size()); ++i) {
        if (i < preferred.size())
            result.push_back(preferred[i]);
        if (i < others.size())
            result.push_back(others[i]);
    }
    return Candidates(std::move(result));
}

Candidates Candidates::preferring(Address::Family family, std::vector<Address> addresses)
{
    std::stable_partition(addresses.begin(), addresses.end(),
                          [family](const Address &address) { return address.family() == family; });
    return Candidates(std::move(addresses));
}

Address Candidates::take()
{
    const Address next = addresses_.back();
    addresses_.pop_back();
    return next;
}

} // namespace parley
