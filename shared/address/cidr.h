// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"

#include <QString>

#include <variant>
#include <vector>

namespace parley
{

/// A range of addresses: one address, or a net in CIDR notation (RFC 4632).
class Net
{
public:
    /// `192.168.0.0/16`, `10.0.0.7`, `fe80::/10`, `::1`. An IPv4-mapped net is the IPv4 net that it maps.
    ///
    /// Forms that programs read differently are refused: parts that are left out or have leading zeros, a mask in place
    /// of the prefix length, bits set beyond the prefix. The error is one sentence that names the value.
    static std::variant<Net, QString> parse(const QString &text);

    /// Whether @p peer is in the net, whatever its port and scope. (Address has unmapped IPv4 peers already.)
    bool contains(const Address &peer) const;
    /// How many addresses it has for hosts (at most 2^63). An IPv4 net of more than two addresses has two fewer: the
    /// first is the network's own, and the last is the broadcast address.
    quint64 hosts() const;
    /// One of its hosts; @p index is below hosts().
    Address host(quint64 index) const;
    Address::Family family() const { return first_.family(); }
    /// As parse() takes it.
    QString toString() const;

    friend bool operator==(const Net &, const Net &) = default;

private:
    Address first_; // bits beyond the prefix are 0
    int prefix_ = 0;
};

/// Who may connect: nobody in @ref deny, and if @ref allow has nets, only peers in them.
struct AccessList
{
    std::vector<Net> allow;
    std::vector<Net> deny;

    /// A peer on a Unix socket has no address and is always admitted: the permissions of the file are the guard.
    bool admits(const Address &peer) const;
};

} // namespace parley
