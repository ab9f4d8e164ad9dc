// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"
#include "shared/address/transport.h"

#include <QString>

#include <variant>

namespace parley
{

struct EndpointError
{
    enum class Part { Host, Port, Path };
    Part part = Part::Host;
    QString sentence; ///< for people: names the value and says what would be right

    friend bool operator==(const EndpointError &, const EndpointError &) = default;
};

/// Where to listen or to connect: a host (a name, or an address literal) and a port, or the path of a Unix-domain
/// socket.
///
/// The one parser and the one printer of both programs. Host forms, all families (see README, "Every endpoint"):
/// a host name; a strict dotted quad; an IPv6 address, with or without brackets, with a scope; an integer in host
/// byte order; `<broadcast>` for datagrams; `*` or `::` for every interface, an empty host for every IPv4 interface
/// (both for listening only). A port is a number from 0 (listening only: any free one) to 65535, or the name of a
/// service of the transport. A path is a file's, or a Linux abstract name after `@`.
struct Endpoint
{
    enum class Use { Listen, Connect };
    static constexpr std::uint16_t DefaultPort = 3000;

    Transport transport = Transport::Tcp;
    QString name;    ///< a host name that is to be looked up; empty where there is a literal or a path
    Address literal; ///< an address that needs no look-up, with the port; null where there is a name or a path
    std::uint16_t port = DefaultPort;
    QByteArray path; ///< Unix only: the file's name as the system takes it, or `@name`

    /// Spaces around @p host and @p port are ignored. Reads the services database, makes no look-up on the network.
    /// For Tcp and Udp.
    static std::variant<Endpoint, EndpointError> parse(const QString &host, const QString &port, Use use,
                                                       Transport transport = Transport::Tcp);
    static std::variant<Endpoint, EndpointError> parseUnix(const QString &path);

    bool isLiteral() const { return !literal.isNull(); }
    bool isName() const { return !name.isEmpty(); }
    /// The host as parse() takes it; empty for Unix.
    QString host() const;
    /// `example.org:80`, `[::1]:3000`, `*:3000`, `/run/parley.sock`.
    QString toString() const;
    /// In the sockets' own words: `AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, 3000`. A name that is not looked up yet
    /// has no family: AF_UNSPEC.
    QString vocabulary() const;
    /// The same for one of the name's addresses.
    QString vocabulary(const Address &resolved) const;

    friend bool operator==(const Endpoint &, const Endpoint &) = default;
};

/// This computer's name, as gethostname(2) gives it; `localhost` if it has none.
QString localHostName();

} // namespace parley
