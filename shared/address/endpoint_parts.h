// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/endpoint.h"

#include <optional>

namespace parley
{

/// An endpoint in one piece, as a window shows it or as people copy it from elsewhere, taken apart for the fields.
///
/// The forms, with blanks, quotation marks and a sentence's punctuation around them:
/// - `host:port`, `[v6]:port`, `host port`; what follows the port after a slash is left out;
/// - as Python prints an address: `('127.0.0.1', 4200)`, `('fe80::1', 4200, 0, 2)`;
/// - `tcp://host:port`, `udp://host:port` and any other URL (RFC 3986, 3.2) without user information. A URL without a
///   port has that of its service;
/// - a path: `/run/parley.sock`, `./parley.sock`, `@name`, also after `unix:` or in a `file:` URL;
/// - Endpoint::vocabulary(), the title of a window, a row copied from a table.
///
/// All else is a host without a port, above all a bare IPv6 address such as `::1`. Endpoint::parse() then judges host
/// and port, and Endpoint::parseUnix() the path.
struct EndpointParts
{
    std::optional<Transport> transport; ///< where the text tells
    QString host;
    QString port; ///< empty: the text has none
    QString path; ///< Unix only

    /// Reads the services database, makes no look-up on the network.
    static std::variant<EndpointParts, EndpointError> of(const QString &text);

    friend bool operator==(const EndpointParts &, const EndpointParts &) = default;
};

/// An address of this computer to connect from: `127.0.0.2`, `127.0.0.2:4000`, `[::1]:4000`, and the other forms of
/// EndpointParts. Port 0, or none: the system chooses one. `*` and an empty host stand for any address, of either
/// family; a port goes with them.
std::variant<Address, EndpointError> parseSource(const QString &text);

} // namespace parley
