// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/local_addresses.h"
#include "tests/support/process_state.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <cstdlib>

using namespace parley;
using namespace parley::test;
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
    void broadcasts_data();
    void broadcasts();
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

void TestLocalAddresses::broadcasts_data()
{
    QTest::addColumn<bool>("expected");
    QTest::newRow("127.255.255.255") << true; // no interface is told so
    QTest::newRow("127.0.0.1") << false;
    QTest::newRow("10.7.0.255") << true;   // the interface is told so
    QTest::newRow("10.8.255.255") << true; // it is told so, and has another net
    QTest::newRow("10.8.0.255") << true;
    QTest::newRow("10.8.0.254") << false;
    QTest::newRow("10.7.0.1") << false; // its own
    QTest::newRow("10.8.0.1") << false;
    QTest::newRow("10.11.0.1") << false; // its own, where no broadcast address is told
    QTest::newRow("10.11.0.255") << true;
    QTest::newRow("10.9.0.1") << false;    // of a net of two, without a broadcast address
    QTest::newRow("10.9.1.1") << false;    // of a net of one
    QTest::newRow("10.10.0.255") << false; // of an interface that is down
    QTest::newRow("192.0.2.255") << false; // of another net
    QTest::newRow("::ffff:10.7.0.255") << true;
    QTest::newRow("ff02::1") << false;
}

/// Addresses that stand for all computers of a net that this one is on.
void TestLocalAddresses::broadcasts()
{
    const PrivateNetwork network;
    if (!network.isThere())
        QSKIP("no network of its own for this test");
    if (std::system("ip link add left type veth peer name right && ip address add 10.7.0.1/24 broadcast + dev left && "
                    "ip address add 10.8.0.1/24 broadcast 10.8.255.255 dev left && ip address add 10.11.0.1/24 dev "
                    "left && ip address add 10.9.0.0/31 dev left "
                    "&& ip address add 10.9.1.1/32 dev left && ip link set left up && "
                    "ip address add 10.10.0.1/24 broadcast + dev right")
        != 0)
        QSKIP("no virtual network cards here");
    QTEST(isNetBroadcast(addressOf(QTest::currentDataTag())), "expected");
}

QTEST_GUILESS_MAIN(TestLocalAddresses)
#include "tst_local_addresses.moc"
