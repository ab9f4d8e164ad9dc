// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"

#include <vector>

namespace parley
{

/// The addresses of a host that are still to be tried, one after the other.
class Candidates
{
public:
    Candidates() = default;
    /// In the order given.
    explicit Candidates(std::vector<Address> addresses);
    /// The families take turns, the first address's family first (RFC 8305, 4).
    static Candidates inTurns(const std::vector<Address> &addresses);
    /// All addresses of @p family come first.
    static Candidates preferring(Address::Family family, std::vector<Address> addresses);

    bool isEmpty() const { return addresses_.empty(); }
    /// Takes the next one. Not for an empty list.
    Address take();
    void clear() { addresses_.clear(); }

private:
    std::vector<Address> addresses_; // the next one last
};

} // namespace parley
