// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/address.h"

#include <QRegularExpression>
#include <QTest>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

const sockaddr *generic(const void *address)
{
    return static_cast<const sockaddr *>(address);
}

sockaddr_in6 sockaddr6(const char *host, std::uint16_t port)
{
    sockaddr_storage storage;
    Address::parseIPv6(host, port).toSockaddr(storage);
    sockaddr_in6 in6;
    std::memcpy(&in6, &storage, sizeof in6);
    return in6;
}

} // namespace

class TestAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void nullAddress();
    void ipv4_data();
    void ipv4();
    void notIPv4_data();
    void notIPv4();
    void ipv6_data();
    void ipv6();
    void notIPv6_data();
    void notIPv6();
    void scope();
    void sockaddrRoundTrip_data();
    void sockaddrRoundTrip();
    void flowLabelIsKept();
    void unfitSockaddr();
    void mappedBecomesIPv4();
    void mappedSockaddr();
    void broadcast();
    void unixPeer_data();
    void unixPeer();
    void kinds_data();
    void kinds();
    void python_data();
    void python();
    void interfaces();
    void comparison();
};

void TestAddress::nullAddress()
{
    const Address address;
    sockaddr_storage storage;
    QVERIFY(address.isNull());
    QVERIFY(!address.isAny() && !address.isLoopback() && !address.isLinkLocal());
    QCOMPARE(address.host(), ""_ba);
    QCOMPARE(address.toSockaddr(storage), 0U);
    QCOMPARE(sizeof(Address), 28U);
}

void TestAddress::ipv4_data()
{
    QTest::addColumn<std::uint32_t>("value");
    QTest::newRow("0.0.0.0") << 0U;
    QTest::newRow("0.0.0.1") << 1U;
    QTest::newRow("127.0.0.1") << 0x7f000001U;
    QTest::newRow("192.168.0.104") << 0xc0a80068U;
    QTest::newRow("1.20.30.100") << 0x01141e64U;
    QTest::newRow("255.255.255.255") << 0xffffffffU;
}

void TestAddress::ipv4()
{
    QFETCH(std::uint32_t, value);
    const Address address = Address::parseIPv4(QTest::currentDataTag(), 3000);
    QVERIFY(address == Address::ipv4(value, 3000));
    QVERIFY(address.family() == Address::Family::IPv4);
    QCOMPARE(address.port(), 3000);
    QCOMPARE(address.host(), QByteArray(QTest::currentDataTag()));
}

void TestAddress::notIPv4_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const QByteArray &text) { QTest::addRow("<%s>", text.constData()) << text; };
    row(""_ba);
    row("010.1.2.3"_ba);
    row("10.1.2.00"_ba);
    row("127.1"_ba);
    row("127.0.1"_ba);
    row("2130706433"_ba);
    row("0x7f.0.0.1"_ba);
    row("256.1.1.1"_ba);
    row("1.1.1.256"_ba);
    row("1.2.3.4294967297"_ba);
    row("1.2.3.4.5"_ba);
    row("1.2.3.4."_ba);
    row(".1.2.3.4"_ba);
    row("1..2.3"_ba);
    row("1.2.3."_ba);
    row("..."_ba);
    row(" 1.2.3.4"_ba);
    row("1.2.3.4 "_ba);
    row("1. 2.3.4"_ba);
    QTest::newRow("line feed at the end") << "1.2.3.4\n"_ba;
    row("+1.2.3.4"_ba);
    row("-1.2.3.4"_ba);
    row("1.2.+3.4"_ba);
    row("1.2.3.4/8"_ba);
    row("1,2,3,4"_ba);
    row("1e0.2.3.4"_ba);
    row("::1"_ba);
    QTest::newRow("NUL within") << QByteArray("1.2.3\0.4", 8);
    QTest::newRow("NUL at the end") << QByteArray("1.2.3.4\0", 8);
    QTest::newRow("Arabic digits") << u"١.٢.٣.٤"_s.toUtf8();
}

void TestAddress::notIPv4()
{
    QFETCH(QByteArray, text);
    QVERIFY(Address::parseIPv4(text).isNull());
}

void TestAddress::ipv6_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("printed");
    const auto row = [](const QByteArray &text, const QByteArray &printed) {
        QTest::newRow(text.constData()) << text << printed;
    };
    row("::"_ba, "::"_ba);
    row("::1"_ba, "::1"_ba);
    row("0:0:0:0:0:0:0:1"_ba, "::1"_ba);
    row("2001:db8::"_ba, "2001:db8::"_ba);
    row("2001:0DB8::00ff"_ba, "2001:db8::ff"_ba);
    row("1:2:3:4:5:6:7:8"_ba, "1:2:3:4:5:6:7:8"_ba);
    row("1:0:0:2:0:0:0:3"_ba, "1:0:0:2::3"_ba); // RFC 5952, 4.2.3: the longest run is shortened
    row("1:0:0:2:3:0:0:4"_ba, "1::2:3:0:0:4"_ba);
    row("64:ff9b::192.0.2.33"_ba, "64:ff9b::c000:221"_ba);
    row("fe80::1"_ba, "fe80::1"_ba);
    row("ff02::1"_ba, "ff02::1"_ba);
    row("::ffff:10.0.0.1"_ba, "10.0.0.1"_ba); // mapped
    row("::FFFF:7f00:1"_ba, "127.0.0.1"_ba);
    row("::ffff:0:1.2.3.4"_ba, "::ffff:0:102:304"_ba); // translated (RFC 2765), not mapped
}

void TestAddress::ipv6()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, printed);
    const Address address = Address::parseIPv6(text, 3000);
    QCOMPARE(address.host(), printed);
    QCOMPARE(address.port(), 3000);
    const bool mapped = !printed.contains(':');
    QVERIFY(address.family() == (mapped ? Address::Family::IPv4 : Address::Family::IPv6));
    QVERIFY((mapped ? Address::parseIPv4(printed, 3000) : Address::parseIPv6(printed, 3000)) == address);
}

void TestAddress::notIPv6_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const QByteArray &text) { QTest::addRow("<%s>", text.constData()) << text; };
    row(""_ba);
    row(":"_ba);
    row(":::"_ba);
    row("1::2::3"_ba);
    row("1:2:3:4:5:6:7"_ba);
    row("1:2:3:4:5:6:7:8:9"_ba);
    row("1:2:3:4:5:6:7:8::"_ba);
    row("12345::"_ba);
    row("g::"_ba);
    row("::1 "_ba);
    row(" ::1"_ba);
    row("[::1]"_ba);
    row("::1/64"_ba);
    row("::ffff:010.0.0.1"_ba);
    row("::ffff:10.0.1"_ba);
    row("::ffff:256.0.0.1"_ba);
    row("127.0.0.1"_ba);
    row("fe80::1%"_ba);
    row("fe80::1%0"_ba);
    row("fe80::1%no-such-one"_ba);
    row("fe80::1%4294967295"_ba); // no interface has this index
    row("fe80::1%99999999999"_ba);
    row("fe80::1%-1"_ba);
    row("fe80::1%lo%lo"_ba);
    row("%lo"_ba);
    QTest::newRow("NUL at the end") << QByteArray("::1\0", 4);
    QTest::newRow("NUL in the scope") << QByteArray("fe80::1%lo\0x", 12);
    QTest::newRow("very long") << QByteArray(100'000, ':');
    QTest::newRow("very long scope") << ("fe80::1%" + QByteArray(100'000, 'a'));
}

void TestAddress::notIPv6()
{
    QFETCH(QByteArray, text);
    QVERIFY(Address::parseIPv6(text).isNull());
}

void TestAddress::scope()
{
    const std::uint32_t index = ::if_nametoindex("lo");
    if (index == 0)
        QSKIP("no interface lo");
    const Address byName = Address::parseIPv6("fe80::1%lo", 3000);
    QCOMPARE(byName.scope(), index);
    QCOMPARE(byName.host(), "fe80::1%lo"_ba);
    QVERIFY(Address::parseIPv6("fe80::1%" + QByteArray::number(index), 3000) == byName);
    QVERIFY(Address::parseIPv6("fe80::1", 3000) != byName);

    // An interface that went away since: its index is all that is left.
    const std::array<std::uint8_t, 16> bytes{0xfe, 0x80};
    QCOMPARE(Address::ipv6(bytes, 0, 4'000'000'000).host(), "fe80::%4000000000"_ba);
}

void TestAddress::sockaddrRoundTrip_data()
{
    QTest::addColumn<Address>("address");
    QTest::addColumn<int>("family");
    QTest::addColumn<std::uint32_t>("length");
    QTest::newRow("IPv4") << Address::parseIPv4("192.168.0.104", 60239) << AF_INET
                          << std::uint32_t{sizeof(sockaddr_in)};
    QTest::newRow("IPv6") << Address::parseIPv6("2001:db8::1", 1) << AF_INET6 << std::uint32_t{sizeof(sockaddr_in6)};
    QTest::newRow("any") << Address::any(65535) << AF_INET6 << std::uint32_t{sizeof(sockaddr_in6)};
    QTest::newRow("scope") << Address::ipv6({0xfe, 0x80, 1}, 3000, 7) << AF_INET6
                           << std::uint32_t{sizeof(sockaddr_in6)};
}

void TestAddress::sockaddrRoundTrip()
{
    QFETCH(Address, address);
    QFETCH(int, family);
    QFETCH(std::uint32_t, length);
    sockaddr_storage storage;
    QCOMPARE(address.toSockaddr(storage), length);
    QCOMPARE(int{storage.ss_family}, family);
    QVERIFY(Address::fromSockaddr(generic(&storage), length) == address);
    QVERIFY(Address::fromSockaddr(generic(&storage), sizeof storage) == address);
    QVERIFY(Address::fromSockaddr(generic(&storage), length - 1).isNull()); // truncated
}

void TestAddress::flowLabelIsKept()
{
    sockaddr_in6 in6 = sockaddr6("2001:db8::1", 60239);
    in6.sin6_flowinfo = htonl(12345);
    const Address address = Address::fromSockaddr(generic(&in6), sizeof in6);
    QCOMPARE(address.toPython(), "('2001:db8::1', 60239, 12345, 0)"_ba);

    sockaddr_storage storage;
    address.toSockaddr(storage);
    QCOMPARE(std::memcmp(&storage, &in6, sizeof in6), 0);
}

void TestAddress::unfitSockaddr()
{
    sockaddr_un path{};
    path.sun_family = AF_UNIX;
    QVERIFY(Address::fromSockaddr(generic(&path), sizeof path).isNull());
    QVERIFY(Address::fromSockaddr(generic(&path), 0).isNull());
}

void TestAddress::mappedBecomesIPv4()
{
    sockaddr_in6 in6 = sockaddr6("2001:db8::1", 60239);
    const unsigned char mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 168, 0, 104};
    std::memcpy(&in6.sin6_addr, mapped, sizeof mapped);
    in6.sin6_flowinfo = htonl(1);
    in6.sin6_scope_id = 1;
    QVERIFY(Address::fromSockaddr(generic(&in6), sizeof in6) == Address::ipv4(0xc0a80068, 60239));
}

/// What a dual-stack socket sends to.
void TestAddress::mappedSockaddr()
{
    sockaddr_storage storage;
    const Address v4 = Address::parseIPv4("192.168.0.104", 60239);
    QCOMPARE(v4.toSockaddr(storage, Address::Form::Mapped), std::uint32_t{sizeof(sockaddr_in6)});
    sockaddr_in6 in6;
    std::memcpy(&in6, &storage, sizeof in6);
    QCOMPARE(in6.sin6_family, AF_INET6);
    QCOMPARE(in6.sin6_port, htons(60239));
    const unsigned char mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 168, 0, 104};
    QCOMPARE(std::memcmp(&in6.sin6_addr, mapped, sizeof mapped), 0);
    QVERIFY(Address::fromSockaddr(generic(&storage), sizeof in6) == v4);

    const Address v6 = Address::ipv6({0xfe, 0x80, 1}, 3000, 7); // there is nothing to be mapped
    QCOMPARE(v6.toSockaddr(storage, Address::Form::Mapped), std::uint32_t{sizeof(sockaddr_in6)});
    QVERIFY(Address::fromSockaddr(generic(&storage), sizeof in6) == v6);
    QCOMPARE(Address().toSockaddr(storage, Address::Form::Mapped), 0U);
}

void TestAddress::broadcast()
{
    QCOMPARE(Address::broadcast(3000).toPython(), "('255.255.255.255', 3000)"_ba);
    QVERIFY(Address::parseIPv4("255.255.255.255", 3000) == Address::broadcast(3000));
    for (const char *text : {"255.255.255.255", "::ffff:255.255.255.255"}) {
        const bool v6 = QByteArrayView(text).contains(':');
        const Address address = v6 ? Address::parseIPv6(text, 9) : Address::parseIPv4(text, 9);
        QVERIFY2(address.isBroadcast(), text);
        QVERIFY2(!address.isAny() && !address.isLoopback() && !address.isLinkLocal(), text);
    }
    for (const char *text : {"255.255.255.254", "127.255.255.255", "0.0.0.0"})
        QVERIFY2(!Address::parseIPv4(text).isBroadcast(), text);
    QVERIFY(!Address::parseIPv6("ffff:ffff::").isBroadcast()); // begins with the same bytes
    QVERIFY(!Address().isBroadcast());
}

void TestAddress::unixPeer_data()
{
    QTest::addColumn<std::int32_t>("pid");
    QTest::addColumn<std::uint32_t>("uid");
    QTest::newRow("pid 4711, uid 1000") << 4711 << 1000U;
    QTest::newRow("pid 1, uid 0") << 1 << 0U;
    QTest::newRow("pid 0, uid 0") << 0 << 0U; // of another container
    QTest::newRow("pid 4194304, uid 4294967295") << 4'194'304 << 4'294'967'295U;
    QTest::newRow("pid unknown, uid unknown") << 0 << 4'294'967'295U; // the system does not tell
}

void TestAddress::unixPeer()
{
    QFETCH(std::int32_t, pid);
    QFETCH(std::uint32_t, uid);
    const QByteArray text = QTest::currentDataTag();
    const Address peer = Address::unixPeer(pid, uid);
    QCOMPARE(peer.host(), text);
    QCOMPARE(peer.toPython(), '(' + text + ')');
    QCOMPARE(peer.toString(), text);
    QVERIFY(peer.family() == Address::Family::Unix);
    QVERIFY(!peer.isNull());
    QCOMPARE(peer.port(), 0);
    QVERIFY(!peer.isAny() && !peer.isLoopback() && !peer.isLinkLocal() && !peer.isBroadcast());
    sockaddr_storage storage;
    QCOMPARE(peer.toSockaddr(storage), 0U);
    QCOMPARE(peer.toSockaddr(storage, Address::Form::Mapped), 0U);
    QVERIFY(peer == Address::unixPeer(pid, uid));
    QVERIFY(peer != Address::unixPeer(pid + 1, uid));
    QVERIFY(peer != Address::unixPeer(pid, uid + 1));
    QVERIFY(peer != Address());
}

void TestAddress::kinds_data()
{
    QTest::addColumn<bool>("loopback");
    QTest::addColumn<bool>("any");
    QTest::addColumn<bool>("linkLocal");
    QTest::newRow("0.0.0.0") << false << true << false;
    QTest::newRow("127.0.0.1") << true << false << false;
    QTest::newRow("127.255.0.9") << true << false << false;
    QTest::newRow("128.0.0.1") << false << false << false;
    QTest::newRow("0.0.0.1") << false << false << false;
    QTest::newRow("169.254.9.9") << false << false << true;
    QTest::newRow("169.253.9.9") << false << false << false;
    QTest::newRow("::") << false << true << false;
    QTest::newRow("::1") << true << false << false;
    QTest::newRow("::2") << false << false << false;
    QTest::newRow("7f00::1") << false << false << false;
    QTest::newRow("fe80::1") << false << false << true;
    QTest::newRow("febf::1") << false << false << true;
    QTest::newRow("fec0::1") << false << false << false;
    QTest::newRow("a9fe::1") << false << false << false; // begins with the bytes of 169.254
    QTest::newRow("::ffff:127.0.0.1") << true << false << false;
}

void TestAddress::kinds()
{
    QFETCH(bool, loopback);
    QFETCH(bool, any);
    QFETCH(bool, linkLocal);
    const QByteArray text = QTest::currentDataTag();
    const Address address = text.contains(':') ? Address::parseIPv6(text) : Address::parseIPv4(text);
    QVERIFY(!address.isNull());
    QCOMPARE(address.isLoopback(), loopback);
    QCOMPARE(address.isAny(), any);
    QCOMPARE(address.isLinkLocal(), linkLocal);
}

void TestAddress::python_data()
{
    QTest::addColumn<Address>("address");
    QTest::newRow("('127.0.0.1', 60239)") << Address::parseIPv4("127.0.0.1", 60239);
    QTest::newRow("('0.0.0.0', 0)") << Address::parseIPv4("0.0.0.0", 0);
    QTest::newRow("('::1', 60239, 0, 0)") << Address::parseIPv6("::1", 60239);
    QTest::newRow("('fe80::1', 65535, 0, 4)")
        << Address::ipv6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 65535, 4);
    QTest::newRow("('239.1.2.3', 1)") << Address::parseIPv4("239.1.2.3", 1).withScope(4);
    QTest::newRow("('10.0.0.1', 1)") << Address::parseIPv6("::ffff:10.0.0.1", 1);
}

void TestAddress::python()
{
    QFETCH(Address, address);
    QCOMPARE(address.toPython(), QByteArray(QTest::currentDataTag()));
}

void TestAddress::interfaces()
{
    const std::uint32_t lo = Address::interfaceIndex("lo");
    if (lo == 0)
        QSKIP("no interface lo");
    QCOMPARE(Address::interfaceIndex(QByteArray::number(lo)), lo);
    for (const char *none : {"", "no-such", "999999", "-1", "0"})
        QCOMPARE(Address::interfaceIndex(none), 0U);
    const Address group = Address::parseIPv4("239.1.2.3", 3000);
    QCOMPARE(group.interface(), "");
    QCOMPARE(group.withScope(lo).interface(), "lo");
    QCOMPARE(group.withScope(lo).host(), "239.1.2.3%lo");
    QCOMPARE(group.withScope(999'999).host(), "239.1.2.3%999999");
    QVERIFY(group.withScope(lo) != group);
    QVERIFY(group.withScope(lo).withScope(0) == group);
    QVERIFY(group.isMulticast() && Address::parseIPv6("ff02::1").isMulticast());
    QVERIFY(!Address::parseIPv4("240.0.0.1").isMulticast() && !Address::parseIPv6("fe80::1%lo").isMulticast());
    QCOMPARE(Address::unixPeer(1, 2).interface(), ""); // whose scope is a user
}

void TestAddress::comparison()
{
    const Address address = Address::parseIPv4("127.0.0.1", 3000);
    QVERIFY(address != address.withPort(3001));
    QVERIFY(address == address.withPort(3001).withPort(3000));
    QVERIFY(address != Address::ipv6({127, 0, 0, 1}, 3000)); // the same bytes in another family
    QVERIFY(Address::parseIPv4("9.255.255.255") < Address::parseIPv4("10.0.0.0"));
    QVERIFY(Address() != Address::ipv4(0, 0));
}

QTEST_GUILESS_MAIN(TestAddress)
#include "tst_address.moc"
