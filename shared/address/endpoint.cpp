// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/endpoint.h"

#include "shared/message/message.h"
#include "shared/message/quoted.h"

#include <QCoreApplication>
#include <QFile>
#include <QUrl>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Endpoint)
};

EndpointError hostError(const QString &sentence)
{
    return {EndpointError::Part::Host, sentence};
}

EndpointError portError(const QString &sentence)
{
    return {EndpointError::Part::Port, sentence};
}

bool isDecimal(QStringView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

/// @p host in the ASCII form that a resolver gets (RFC 3490), where there is one: its digits and dots are ASCII, too.
QString asciiForm(const QString &host)
{
    const QByteArray ascii = QUrl::toAce(host);
    return ascii.isEmpty() ? host : QString::fromLatin1(ascii);
}

/// Whether @p host can only be meant as an IPv4 address in some notation: its last part is a number, decimal or
/// hexadecimal. Resolvers read such "names" as addresses, each in its own way (inet_aton(3)).
bool endsInNumber(const QString &host)
{
    const QString ascii = asciiForm(host);
    const QStringView name = QStringView(ascii).chopped(ascii.endsWith(u'.') ? 1 : 0);
    const QStringView last = name.sliced(name.lastIndexOf(u'.') + 1);
    if (!last.startsWith(u"0x"_s, Qt::CaseInsensitive))
        return isDecimal(last);
    return std::all_of(last.begin() + 2, last.end(), [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
    });
}

const QString Broadcast = u"<broadcast>"_s;

/// Whether @p host is written like the name of an address family, AF_X25 for one.
bool isFamilyName(const QString &host)
{
    return host.startsWith(u"AF_"_s) && std::all_of(host.begin() + 3, host.end(), [](QChar c) {
               return (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'_';
           });
}

QString familyError(const QString &family)
{
    if (family == u"AF_INET"_s || family == u"AF_INET6"_s || family == u"AF_UNIX"_s)
        return Texts::tr("%1 is an address family and not a host: the family follows from the host that you give.")
            .arg(quoted(family));
    return Texts::tr("%1 is an address family that is not served here: AF_INET, AF_INET6 and AF_UNIX are.")
        .arg(quoted(family));
}

/// The rules of RFC 1123, 2.1 and RFC 2181, 11, as resolvers apply them: the underscore is let through.
bool isHostName(const QString &host)
{
    QByteArray ascii = asciiForm(host).toUtf8();
    if (ascii.endsWith('.'))
        ascii.chop(1);
    if (ascii.isEmpty() || ascii.size() > 253)
        return false;
    const QList<QByteArray> labels = ascii.split('.');
    return std::all_of(labels.begin(), labels.end(), [](const QByteArray &label) {
        return !label.isEmpty() && label.size() <= 63 && !label.startsWith('-') && !label.endsWith('-')
               && std::all_of(label.begin(), label.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
                             || c == '_';
                  });
    });
}

EndpointError interfaceError(const QString &host, const QString &interface)
{
    return hostError(Texts::tr("%1 names the interface %2, which this computer does not have.")
                         .arg(quoted(host), quoted(interface)));
}

std::variant<Address, EndpointError> parseIPv6Host(QString host)
{
    const QString typed = host;
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.sliced(1, host.size() - 2);
    const Address address = Address::parseIPv6(host.toUtf8());
    if (!address.isNull())
        return address;
    const qsizetype percent = host.indexOf(u'%');
    if (percent > 0 && !Address::parseIPv6(host.left(percent).toUtf8()).isNull()) {
        return interfaceError(typed, host.sliced(percent + 1));
    }
    return hostError(Texts::tr("%1 is not an IPv6 address, such as ::1 or fe80::1%eth0.").arg(quoted(typed)));
}

std::variant<Address, EndpointError> parseIPv4Host(const QString &host)
{
    if (isDecimal(host) && (host.size() == 1 || host.front() != u'0')) { // 010 is 8 to some parsers
        bool fits = false;
        const uint value = host.toUInt(&fits);
        if (fits)
            return Address::ipv4(value, 0);
        return hostError(
            Texts::tr("%1 is not an address: written as one integer, an IPv4 address is between 0 and 4294967295.")
                .arg(quoted(host)));
    }
    const qsizetype percent = host.indexOf(u'%');
    const Address address = Address::parseIPv4(host.left(percent).toUtf8()); // all of it where there is no %
    if (!address.isNull() && percent < 0)
        return address;
    if (!address.isNull() && !address.isMulticast())
        return hostError(
            Texts::tr("%1 names an interface, which goes with a group (224.0.0.0 to 239.255.255.255): leave "
                      "it out.")
                .arg(quoted(host)));
    if (!address.isNull()) {
        const QString interface = host.sliced(percent + 1);
        const std::uint32_t index = interface.contains(QChar::Null) ? 0 : Address::interfaceIndex(interface.toUtf8());
        if (index == 0)
            return interfaceError(host, interface);
        return address.withScope(index);
    }
    return hostError(Texts::tr("%1 is not an IPv4 address: give four decimal numbers from 0 to 255 without leading "
                               "zeros, such as 192.168.0.104.")
                         .arg(quoted(host)));
}

std::variant<std::uint16_t, EndpointError> parsePort(const QString &text, Endpoint::Use use, Transport transport)
{
    const bool udp = transport == Transport::Udp;
    const QString wrong =
        Texts::tr("%1 is not a port: give a number from %2 to 65535, or the name of a %3 service such as %4.");
    const EndpointError invalid =
        portError(wrong.arg(quoted(text), QString::number(use == Endpoint::Use::Listen ? 0 : 1),
                            udp ? u"UDP"_s : u"TCP"_s, udp ? u"domain"_s : u"http"_s));
    if (isDecimal(text)) {
        bool fits = false;
        const ushort port = text.toUShort(&fits);
        if (!fits)
            return invalid;
        if (port == 0 && use == Endpoint::Use::Connect)
            return portError(Texts::tr("Port 0 stands for any free port, which one can listen on but not connect to: "
                                       "give the port that the server listens on."));
        return port;
    }
    const auto isPrintable = [](QChar c) { return c.unicode() > 0x20 && c.unicode() < 0x7f; };
    const auto isLetter = [](QChar c) { return c.isLetter(); };
    if (text.isEmpty() || text.size() >= 64 || !std::all_of(text.begin(), text.end(), isPrintable)
        || std::none_of(text.begin(), text.end(), isLetter))
        return invalid;
    // getservbyname(3) is not thread-safe; getaddrinfo without a host reads the same database.
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = udp ? SOCK_DGRAM : SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo *list = nullptr;
    if (::getaddrinfo(nullptr, text.toLatin1().constData(), &hints, &list) != 0)
        return invalid;
    const std::uint16_t port = Address::fromSockaddr(list->ai_addr, list->ai_addrlen).port();
    ::freeaddrinfo(list);
    return port;
}

std::variant<Endpoint, EndpointError> parseHost(const QString &host, Endpoint::Use use, Transport transport)
{
    Endpoint endpoint;
    endpoint.transport = transport;
    if (host.isEmpty() || host == u"*"_s) {
        endpoint.literal = host.isEmpty() ? Address::ipv4(0, 0) : Address::any(0);
    } else if (host.contains(u':') || host.startsWith(u'[')) {
        const auto address = parseIPv6Host(host);
        if (const auto *error = std::get_if<EndpointError>(&address))
            return *error;
        endpoint.literal = std::get<Address>(address);
    } else if (endsInNumber(host.left(host.indexOf(u'%')))) {
        const auto address = parseIPv4Host(host);
        if (const auto *error = std::get_if<EndpointError>(&address))
            return *error;
        endpoint.literal = std::get<Address>(address);
    } else if (host == Broadcast) {
        endpoint.literal = Address::broadcast(0);
    } else if (isFamilyName(host)) {
        return hostError(familyError(host));
    } else if (isHostName(host)) {
        endpoint.name = host;
    } else {
        return hostError(Texts::tr("%1 is not a host: give a name made of letters, digits, hyphens and dots, or an "
                                   "address such as 127.0.0.1 or ::1.")
                             .arg(quoted(host)));
    }
    if (endpoint.literal.isBroadcast()) {
        if (transport != Transport::Udp)
            return hostError(
                Texts::tr("%1 is an address for datagrams (UDP); a TCP connection has one peer.").arg(quoted(host)));
        if (use == Endpoint::Use::Listen)
            return hostError(
                Texts::tr("%1 is an address to send to; to receive broadcasts, listen on every interface: *.")
                    .arg(quoted(host)));
    }
    if (endpoint.literal.isMulticast() && transport != Transport::Udp)
        return hostError(
            Texts::tr("%1 is a multicast address, for datagrams; a TCP connection has one peer.").arg(quoted(host)));
    if (endpoint.literal.family() == Address::Family::IPv6 && endpoint.literal.isLinkLocal()
        && endpoint.literal.scope() == 0)
        return hostError(Texts::tr("%1 is a link-local address, which needs its interface: add it, such as %2.")
                             .arg(quoted(host), host + u"%eth0"_s));
    if (use == Endpoint::Use::Connect && endpoint.literal.isAny()) {
        if (host.isEmpty())
            return hostError(
                Texts::tr("The host is empty: give the name or the address of the computer to connect to."));
        return hostError(
            Texts::tr("%1 stands for every interface, which one can listen on but not connect to: give the name "
                      "or the address of the computer to connect to.")
                .arg(quoted(host)));
    }
    return endpoint;
}

} // namespace

std::variant<Endpoint, EndpointError> Endpoint::parse(const QString &host, const QString &port, Use use,
                                                      Transport transport)
{
    auto parsed = parseHost(host.trimmed(), use, transport);
    auto *endpoint = std::get_if<Endpoint>(&parsed);
    if (!endpoint)
        return parsed;
    const auto parsedPort = parsePort(port.trimmed(), use, transport);
    if (const auto *error = std::get_if<EndpointError>(&parsedPort))
        return *error;
    endpoint->port = std::get<std::uint16_t>(parsedPort);
    if (endpoint->isLiteral())
        endpoint->literal = endpoint->literal.withPort(endpoint->port);
    return parsed;
}

std::variant<Endpoint, EndpointError> Endpoint::parseUnix(const QString &path)
{
    const auto invalid = [](const QString &sentence) { return EndpointError{EndpointError::Part::Path, sentence}; };
    Endpoint endpoint;
    endpoint.transport = Transport::Unix;
    endpoint.port = 0;
    endpoint.path = QFile::encodeName(path);
    if (path.isEmpty() || path == u"@"_s)
        return invalid(Texts::tr("The path is empty: give the socket's file, or @name for an abstract one."));
    if (endpoint.path.size() > MaxUnixPath) {
        return invalid(Texts::tr("%1 is too long for a Unix socket: a path has at most %2 bytes, and this one has %3.")
                           .arg(quoted(path), QString::number(MaxUnixPath), QString::number(endpoint.path.size())));
    }
    if (endpoint.path.contains('\0'))
        return invalid(Texts::tr("%1 is not a path: it contains a null character.").arg(quoted(path)));
    if (path.endsWith(u'/') && !path.startsWith(u'@'))
        return invalid(Texts::tr("%1 is a folder: give the socket's file in it.").arg(quoted(path)));
    return endpoint;
}

QString Endpoint::host() const
{
    if (!isLiteral())
        return name;
    if (literal.isBroadcast())
        return Broadcast;
    if (literal == Address::any(port))
        return u"*"_s;
    return QString::fromUtf8(literal.host());
}

QString Endpoint::toString() const
{
    if (transport == Transport::Unix)
        return displaySafe(MessageDecoder::decodeAll(path), LineBreaks::Escape); // decodeName() leaves out U+FEFF
    // Of a name, characters that its ASCII form leaves out (soft hyphens, joiners) are still there to be seen.
    const QString text = displaySafe(host(), LineBreaks::Escape);
    return (text.contains(u':') ? u'[' + text + u']' : text) + u':' + QString::number(port);
}

QString Endpoint::vocabulary() const
{
    if (transport == Transport::Unix)
        return u"AF_UNIX, SOCK_STREAM, 0, "_s + toString();
    if (isLiteral())
        return vocabulary(literal);
    return (transport == Transport::Udp ? u"AF_UNSPEC, SOCK_DGRAM, 0 (UDP), "_s
                                        : u"AF_UNSPEC, SOCK_STREAM, 0 (TCP), "_s)
           + displaySafe(name, LineBreaks::Escape) + u", "_s + QString::number(port);
}

QString Endpoint::vocabulary(const Address &resolved) const
{
    if (transport == Transport::Unix || resolved.isNull())
        return vocabulary();
    return (resolved.family() == Address::Family::IPv6 ? u"AF_INET6, "_s : u"AF_INET, "_s)
           + (transport == Transport::Udp ? u"SOCK_DGRAM, 0 (UDP), "_s : u"SOCK_STREAM, 0 (TCP), "_s)
           + QString::fromUtf8(resolved.host()) + u", "_s + QString::number(resolved.port());
}

QString localHostName()
{
    std::array<char, 256> name{}; // HOST_NAME_MAX is 64 on Linux, 255 in POSIX
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0')
        return u"localhost"_s;
    return QString::fromLocal8Bit(name.data());
}

} // namespace parley
