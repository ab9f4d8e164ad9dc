// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address.h"

#include <QString>

#include <variant>

namespace parley
{

struct EndpointError
{
    enum class Part { Host, Port };
    Part part = Part::Host;
    QString sentence; ///< for people: names the value and says what would be right
};

/// Where to listen or to connect: a host (a name, or an address literal) and a port.
///
/// The one parser and the one printer of both programs. Host forms, all families (see README, "Hosts and ports"):
/// a host name; a strict dotted quad; an IPv6 address, with or without brackets, with a scope; an integer in host
/// byte order; `*` or `::` for every interface, an empty host for every IPv4 interface (both for listening only).
/// A port is a number from 0 (listening only: any free one) to 65535, or the name of a service.
struct Endpoint
{
    enum class Use { Listen, Connect };
    static constexpr std::uint16_t DefaultPort = 3000;

    QString name;           ///< a host name that is to be looked up; empty where there is a literal
    Address literal;        ///< an address that needs no look-up, with the port; null where there is a name
    std::uint16_t port = DefaultPort;

    /// Spaces around @p host and @p port are ignored. Reads the services database, makes no look-up on the network.
    static std::variant<Endpoint, EndpointError> parse(const QString &host, const QString &port, Use use);

    bool isLiteral() const { return !literal.isNull(); }
    /// The host as parse() takes it.
    QString host() const;
    /// `example.org:80`, `[::1]:3000`, `*:3000`.
    QString toString() const;

    friend bool operator==(const Endpoint &, const Endpoint &) = default;
};

/// This computer's name, as gethostname(2) gives it; `localhost` if it has none.
QString localHostName();

} // namespace parley
