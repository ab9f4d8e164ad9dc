// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/local_addresses.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace parley;
using namespace Qt::StringLiterals;

namespace
{

/// IPv4 or IPv6, without a port.
Address addressOf(const QByteArray &text)
{
    return text.contains(':') ? Address::parseIPv6(text) : Address::parseIPv4(text);
}

/// The hosts in their order, with blanks between; empty if one of them has another port than @p port.
QByteArray hostsOf(const std::vector<Address> &addresses, std::uint16_t port)
{
    QByteArrayList hosts;
    for (const Address &address : addresses) {
        if (address.port() != port)
            return {};
        hosts.append(address.host());
    }
    return hosts.join(' ');
}

} // namespace

class TestLocalAddresses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void reaches_data();
    void reaches();
    void hasLoopback();
};

void TestLocalAddresses::reaches_data()
{
    QTest::addColumn<QByteArray>("listening");
    QTest::addColumn<QByteArray>("here");
    QTest::addColumn<QByteArray>("others");
    const auto row = [](const char *name, const QByteArray &listening, const QByteArray &here,
                        const QByteArray &others) { QTest::newRow(name) << listening << here << others; };

    row("IPv4 loopback", "127.0.0.1", "127.0.0.1", "");
    row("IPv6 loopback", "::1", "::1", "");
    row("one address", "192.0.2.7", "", "192.0.2.7");
    row("one address, link-local", "fe80::7", "", "fe80::7");
    row("every IPv4 interface", "0.0.0.0", "127.0.0.1", "192.0.2.7");
    row("every interface", "::", "127.0.0.1 ::1", "192.0.2.7 2001:db8::7");
}

/// On a computer with loopback and one interface that has three addresses.
void TestLocalAddresses::reaches()
{
    QFETCH(const QByteArray, listening);
    constexpr std::uint16_t port = 4711;
    const std::vector<LocalAddress> local{{addressOf("127.0.0.1"), u"lo"_s},
                                          {addressOf("::1"), u"lo"_s},
                                          {addressOf("192.0.2.7"), u"eth0"_s},
                                          {addressOf("2001:db8::7"), u"eth0"_s},
                                          {addressOf("fe80::7"), u"eth0"_s}};
    const Reachability reached = reachability(addressOf(listening).withPort(port), local);
    QTEST(hostsOf(reached.here, port), "here");
    QTEST(hostsOf(reached.others, port), "others");
}

void TestLocalAddresses::hasLoopback()
{
    const std::vector<LocalAddress> local = localAddresses();
    const auto loopback = std::find_if(local.begin(), local.end(), [](const LocalAddress &candidate) {
        return candidate.address == Address::parseIPv4("127.0.0.1");
    });
    QVERIFY(loopback != local.end());
    QVERIFY(!loopback->interface.isEmpty());
}

QTEST_GUILESS_MAIN(TestLocalAddresses)
#include "tst_local_addresses.moc"
