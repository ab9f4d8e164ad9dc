// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/endpoint_parts.h"

#include "shared/message/quoted.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>
#include <QUrl>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(EndpointParts)
};

using Taken = std::variant<EndpointParts, EndpointError>;

EndpointError hostError(const QString &sentence)
{
    return {EndpointError::Part::Host, sentence};
}

EndpointParts pathParts(const QString &path)
{
    return {Transport::Unix, {}, {}, path};
}

bool isDecimal(QStringView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

/// @p text without the quotation marks around it.
QString unquoted(QString text)
{
    constexpr std::array<std::pair<char16_t, char16_t>, 5> marks{
        {{u'“', u'”'}, {u'‘', u'’'}, {u'"', u'"'}, {u'\'', u'\''}, {u'`', u'`'}}};
    const auto encloses = [&text](const auto &pair) {
        return text.size() >= 2 && text.front() == pair.first && text.back() == pair.second;
    };
    while (std::any_of(marks.begin(), marks.end(), encloses))
        text = text.sliced(1, text.size() - 2).trimmed();
    return text;
}

/// @p text without what stands around an endpoint in a title or a sentence.
QString bare(const QString &text)
{
    QString bare = text.trimmed();
    for (const QString &title : {u" – Parley Client"_s, u" – Parley Server"_s}) {
        if (bare.endsWith(title))
            bare.chop(title.size());
    }
    while (bare.endsWith(u',') || bare.endsWith(u';'))
        bare.chop(1);
    if (bare.startsWith(u'<') && bare.endsWith(u'>') && bare.contains(u"://"_s)) // RFC 3986, appendix C
        bare = bare.sliced(1, bare.size() - 2);
    return unquoted(bare.trimmed());
}

/// The part of @p text before the first of @p ends.
QString before(const QString &text, const QString &ends)
{
    const auto at = std::find_if(text.begin(), text.end(), [&ends](QChar c) { return ends.contains(c); });
    return text.first(at - text.begin());
}

Taken fromHostAndPort(const QString &text)
{
    EndpointParts parts;
    qsizetype colon = text.count(u':') == 1 ? text.indexOf(u':') : -1;
    if (text.startsWith(u'[') && text.contains(u']')) {
        const qsizetype after = text.indexOf(u']') + 1;
        colon = after < text.size() ? after : -1;
        if (colon > 0 && text.at(colon) != u':')
            return hostError(Texts::tr("%1 has something other than a port after the brackets: give it as [::1]:3000.")
                                 .arg(quoted(text)));
    }
    if (colon < 0) {
        parts.host = text;
        return parts;
    }
    if (text.first(colon).contains(u'@') || text.sliced(colon).contains(u'@'))
        return hostError(Texts::tr("What stands before the “@” names a user, and nobody logs in here: leave it out."));
    parts.host = text.first(colon);
    parts.port = before(text.sliced(colon + 1), u"/?#"_s).trimmed();
    while (parts.port.endsWith(u'.'))
        parts.port.chop(1);
    if (parts.port.isEmpty())
        return EndpointError{EndpointError::Part::Port,
                             Texts::tr("%1 has a colon but no port after it.").arg(quoted(text))};
    return parts;
}

/// As Python prints an address; also `host, port`.
Taken fromList(const QString &text)
{
    QStringList items = text.split(u',');
    for (QString &item : items)
        item = unquoted(item.trimmed());
    const bool hasScope = items.size() == 4 && isDecimal(items[2]) && isDecimal(items[3]);
    if (items.size() != 2 && !hasScope)
        return hostError(
            Texts::tr("%1 is not a host and a port, such as ('127.0.0.1', 3000).").arg(quoted(u'(' + text + u')')));
    if (items[0].startsWith(u"pid "_s))
        return hostError(Texts::tr("%1 is a process at a Unix socket, and has no address: give the path of the socket.")
                             .arg(quoted(u'(' + text + u')')));
    EndpointParts parts;
    parts.host = items[0];
    parts.port = items[1];
    if (hasScope && items[3] != u"0"_s && !parts.host.contains(u'%'))
        parts.host += u'%' + items[3];
    return parts;
}

/// Endpoint::vocabulary().
Taken fromVocabulary(const QString &text)
{
    static const QRegularExpression form(u"^AF_(\\w+), SOCK_(STREAM|DGRAM), 0( \\((?:TCP|UDP)\\))?, (.*)$"_s,
                                         QRegularExpression::DotMatchesEverythingOption);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return hostError(Texts::tr("%1 is not an endpoint, such as AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, 3000.")
                             .arg(quoted(text)));
    if (match.captured(1) == u"UNIX"_s)
        return pathParts(match.captured(4));
    Taken taken = fromList(match.captured(4));
    if (auto *parts = std::get_if<EndpointParts>(&taken))
        parts->transport = match.captured(2) == u"DGRAM"_s ? Transport::Udp : Transport::Tcp;
    return taken;
}

/// @p rest is what follows the colon after @p scheme.
Taken fromUrl(const QString &text, const QString &scheme, QString rest)
{
    if (scheme == u"file"_s)
        return pathParts(QUrl(text).toLocalFile());
    if (rest.startsWith(u"//"_s))
        rest = rest.sliced(2);
    if (scheme == u"unix"_s)
        return pathParts(rest);
    rest = before(rest, u"/?#"_s);
    if (rest.contains(u'@')) // the sentence does not quote the text: a password may be in it
        return hostError(Texts::tr("What stands before the “@” names a user, and nobody logs in here: leave it out."));
    if (rest.endsWith(u':'))
        rest.chop(1); // the same as no port (RFC 3986, 3.2.3)
    if (rest.isEmpty() || rest.startsWith(u':'))
        return hostError(Texts::tr("%1 has no host in it.").arg(quoted(text)));
    if (rest.startsWith(u'['))
        rest.replace(u"%25"_s, u"%"_s); // RFC 6874, 2
    Taken taken = fromHostAndPort(rest);
    auto *parts = std::get_if<EndpointParts>(&taken);
    if (!parts)
        return taken;
    const bool isTransport = scheme == u"tcp"_s || scheme == u"udp"_s;
    const bool isWeb = scheme == u"http"_s || scheme == u"ws"_s;
    const bool isSecureWeb = scheme == u"https"_s || scheme == u"wss"_s;
    if (scheme == u"udp"_s)
        parts->transport = Transport::Udp;
    else if (isTransport || isWeb || isSecureWeb)
        parts->transport = Transport::Tcp;
    if (isTransport || !parts->port.isEmpty())
        return taken;
    if (isWeb || isSecureWeb) {
        parts->port = isWeb ? u"80"_s : u"443"_s;
        return taken;
    }
    const auto service = Endpoint::parse(u"localhost"_s, scheme, Endpoint::Use::Connect);
    if (!std::holds_alternative<Endpoint>(service))
        return EndpointError{EndpointError::Part::Port,
                             Texts::tr("%1 has no port in it, and this computer knows none of a service %2.")
                                 .arg(quoted(text), quoted(scheme))};
    parts->port = QString::number(std::get<Endpoint>(service).port);
    return taken;
}

/// The first address with a port in @p row, whose fields are separated by tabs.
Taken fromRow(const QString &row)
{
    const QStringList fields = row.split(u'\t');
    for (qsizetype i = 0; i < fields.size(); ++i) {
        const QByteArray field = fields[i].trimmed().toUtf8();
        const bool isAddress = !Address::parseIPv4(field).isNull() || !Address::parseIPv6(field).isNull();
        if (isAddress && i + 1 < fields.size() && isDecimal(fields[i + 1].trimmed()))
            return EndpointParts{{}, fields[i].trimmed(), fields[i + 1].trimmed(), {}};
        const Taken taken = fromHostAndPort(fields[i].trimmed());
        const auto *parts = std::get_if<EndpointParts>(&taken);
        if (parts && isDecimal(parts->port))
            return taken;
    }
    return hostError(Texts::tr("%1 has no address with a port in it.").arg(quoted(row)));
}

} // namespace

std::variant<EndpointParts, EndpointError> EndpointParts::of(const QString &text)
{
    const QString endpoint = bare(text);
    for (const QString &beginning : {u"/"_s, u"./"_s, u"../"_s, u"@"_s}) {
        if (endpoint.startsWith(beginning))
            return pathParts(endpoint);
    }
    static const QRegularExpression url(u"^([a-z][a-z0-9+.-]*):(?=//)|^(tcp|udp|unix):"_s,
                                        QRegularExpression::CaseInsensitiveOption);
    if (const auto match = url.match(endpoint); match.hasMatch()) {
        const QString scheme = match.captured(0).chopped(1).toLower();
        return fromUrl(endpoint, scheme, endpoint.sliced(match.capturedEnd()));
    }
    if (endpoint.startsWith(u"AF_"_s) && endpoint.contains(u','))
        return fromVocabulary(endpoint);
    if (endpoint.startsWith(u'(') && endpoint.endsWith(u')'))
        return fromList(endpoint.sliced(1, endpoint.size() - 2));
    if (endpoint.contains(u'\t'))
        return fromRow(endpoint);
    if (endpoint.contains(u','))
        return fromList(endpoint);
    const QStringList words = endpoint.simplified().split(u' ');
    if (words.size() == 2)
        return EndpointParts{{}, words[0], words[1], {}};
    return fromHostAndPort(endpoint);
}

std::variant<Address, EndpointError> parseSource(const QString &text)
{
    const auto taken = EndpointParts::of(text);
    if (const auto *error = std::get_if<EndpointError>(&taken))
        return *error;
    const auto &parts = std::get<EndpointParts>(taken);
    const auto parsed = Endpoint::parse(parts.host, parts.port.isEmpty() ? u"0"_s : parts.port, Endpoint::Use::Listen);
    if (const auto *error = std::get_if<EndpointError>(&parsed))
        return *error;
    const auto &endpoint = std::get<Endpoint>(parsed);
    const bool isPath = parts.transport == Transport::Unix;
    if (isPath || !endpoint.isLiteral() || (endpoint.literal.isAny() && endpoint.port == 0))
        return hostError(Texts::tr("%1 is not an address of this computer: give one such as 127.0.0.1, or with a port "
                                   "127.0.0.1:4000 or [::1]:4000.")
                             .arg(quoted(text)));
    return endpoint.literal;
}

} // namespace parley
