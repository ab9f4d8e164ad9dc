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
    /// What programs read differently is refused: parts with leading zeros or left out, a mask in place of the prefix
    /// length, bits set beyond it. The error is one sentence that names the value.
    static std::variant<Net, QString> parse(const QString &text);

    /// Whether @p peer, whatever its port and scope, is in the net. Mapped IPv4 peers are IPv4 already (Address).
    bool contains(const Address &peer) const;
    /// How many addresses it has for hosts (at most 2^63): those of IPv4 without the first and the last, the network's
    /// own and the broadcast address, where there are more than two.
    quint64 hosts() const;
    /// One of them; @p index below hosts().
    Address host(quint64 index) const;
    Address::Family family() const { return first_.family(); }
    /// As parse() takes it.
    QString toString() const;

    friend bool operator==(const Net &, const Net &) = default;

private:
    Address first_; // bits beyond the prefix are 0
    int prefix_ = 0;
};

/// Who may connect: nobody in @ref deny, and only those in @ref allow if it names any.
struct AccessList
{
    std::vector<Net> allow;
    std::vector<Net> deny;

    /// A peer without an address, on a Unix socket, is always admitted: its file's permissions are the guard.
    bool admits(const Address &peer) const;
};

} // namespace parley
