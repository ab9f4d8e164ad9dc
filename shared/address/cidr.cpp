// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/cidr.h"

#include "shared/message/message.h"

#include <QCoreApplication>

#include <algorithm>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Net)
};

int bitsOf(const Address &address)
{
    return address.family() == Address::Family::IPv4 ? 32 : 128;
}

/// A number without sign, blanks and leading zeros; -1 for anything else.
int parsePrefix(QStringView text)
{
    const bool digits = !text.isEmpty() && text.size() <= 3
                        && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
    return digits && (text.size() == 1 || text.front() != u'0') ? text.toInt() : -1;
}

} // namespace

std::variant<Net, QString> Net::parse(const QString &text)
{
    constexpr int shown = 80;
    const QString quoted = u'“' + displaySafe(text.left(shown), LineBreaks::Escape) + u'”';
    const QString trimmed = text.trimmed();
    const qsizetype slash = trimmed.indexOf(u'/');
    const QByteArray host = (slash < 0 ? trimmed : trimmed.left(slash)).toUtf8();
    Net net;
    const bool colons = host.contains(':');
    net.first_ = colons ? Address::parseIPv6(host) : Address::parseIPv4(host);
    if (net.first_.isNull() || net.first_.scope() != 0) {
        return Texts::tr("%1 is not a net: give an address, or an address and a prefix length, such as 192.168.0.0/16 "
                         "or fe80::/10.")
            .arg(quoted);
    }
    // ::ffff:10.0.0.0/104 is 10.0.0.0/8
    const bool mapped = colons && net.first_.family() == Address::Family::IPv4;
    const int most = bitsOf(net.first_);
    const int skipped = mapped ? 96 : 0;
    net.prefix_ = slash < 0 ? most : parsePrefix(QStringView(trimmed).sliced(slash + 1)) - skipped;
    if (net.prefix_ < 0 || net.prefix_ > most) {
        return Texts::tr("%1 is not a net: give a prefix length from %2 to %3 after the slash.")
            .arg(quoted, QString::number(skipped), QString::number(most + skipped));
    }
    const Address start = net.first_.masked(net.prefix_);
    if (start != net.first_) {
        return Texts::tr("%1 has bits beyond its prefix length, which some programs ignore and others do not: write "
                         "%2/%3, or the address alone.")
            .arg(quoted, QString::fromLatin1(start.host()), QString::number(net.prefix_));
    }
    return net;
}

bool Net::contains(const Address &peer) const
{
    return peer.family() == first_.family() && peer.withPort(0).masked(prefix_) == first_;
}

quint64 Net::hosts() const
{
    constexpr int most = 63;
    const quint64 all = quint64(1) << std::min(bitsOf(first_) - prefix_, most);
    return family() == Address::Family::IPv4 && all > 2 ? all - 2 : all;
}

Address Net::host(quint64 index) const
{
    const bool skipsOwn = family() == Address::Family::IPv4 && bitsOf(first_) - prefix_ > 1;
    return first_.plus(index + (skipsOwn ? 1 : 0));
}

QString Net::toString() const
{
    const QString host = QString::fromLatin1(first_.host());
    return prefix_ == bitsOf(first_) ? host : host + u'/' + QString::number(prefix_);
}

bool AccessList::admits(const Address &peer) const
{
    if (peer.family() != Address::Family::IPv4 && peer.family() != Address::Family::IPv6)
        return true;
    const auto has = [&peer](const Net &net) { return net.contains(peer); };
    return std::none_of(deny.begin(), deny.end(), has)
           && (allow.empty() || std::any_of(allow.begin(), allow.end(), has));
}

} // namespace parley
