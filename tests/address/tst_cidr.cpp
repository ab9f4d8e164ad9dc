// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/cidr.h"

#include <QRegularExpression>
#include <QTest>

using namespace parley;
using namespace Qt::StringLiterals;

namespace
{

Net netOf(const char *text)
{
    return std::get<Net>(Net::parse(QString::fromLatin1(text)));
}

/// A peer as a socket reports it: IPv4, IPv6, or IPv4 on a dual-stack socket.
Address peerOf(const QByteArray &text)
{
    return text.contains(':') ? Address::parseIPv6(text, 60239) : Address::parseIPv4(text, 60239);
}

std::vector<Net> netsOf(const QByteArray &texts)
{
    std::vector<Net> nets;
    for (const QByteArray &text : texts.split(' ')) {
        if (!text.isEmpty())
            nets.push_back(netOf(text.constData()));
    }
    return nets;
}

} // namespace

class TestCidr : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void hosts_data();
    void hosts();
    void contains_data();
    void contains();
    void admits_data();
    void admits();
    void admitsUnixPeers();
};

void TestCidr::parses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("printed");

    QTest::newRow("IPv4 net") << u"192.168.0.0/16"_s << u"192.168.0.0/16"_s;
    QTest::newRow("IPv4 address") << u"10.0.0.7"_s << u"10.0.0.7"_s;
    QTest::newRow("IPv4 address as a net") << u"10.0.0.7/32"_s << u"10.0.0.7"_s;
    QTest::newRow("all of IPv4") << u"0.0.0.0/0"_s << u"0.0.0.0/0"_s;
    QTest::newRow("odd prefix") << u"10.128.0.0/9"_s << u"10.128.0.0/9"_s;
    QTest::newRow("31 bits") << u"10.0.0.6/31"_s << u"10.0.0.6/31"_s;
    QTest::newRow("IPv6 net") << u"fe80::/10"_s << u"fe80::/10"_s;
    QTest::newRow("IPv6 address") << u"::1"_s << u"::1"_s;
    QTest::newRow("IPv6 address as a net") << u"::1/128"_s << u"::1"_s;
    QTest::newRow("all of IPv6") << u"::/0"_s << u"::/0"_s;
    QTest::newRow("IPv6 in other words") << u"2001:0DB8:0:0::/32"_s << u"2001:db8::/32"_s;
    QTest::newRow("mapped address") << u"::ffff:10.0.0.7"_s << u"10.0.0.7"_s;
    QTest::newRow("mapped net") << u"::ffff:10.0.0.0/104"_s << u"10.0.0.0/8"_s;
    QTest::newRow("all mapped") << u"::ffff:0:0/96"_s << u"0.0.0.0/0"_s;
    QTest::newRow("blanks around it") << u" 10.0.0.0/8 "_s << u"10.0.0.0/8"_s;
}

void TestCidr::parses()
{
    QFETCH(QString, text);
    QFETCH(QString, printed);
    const auto parsed = Net::parse(text);
    const auto *error = std::get_if<QString>(&parsed);
    QVERIFY2(!error, qPrintable(error ? *error : QString()));
    const Net net = std::get<Net>(parsed);
    QCOMPARE(net.toString(), printed);
    QVERIFY(std::get<Net>(Net::parse(net.toString())) == net);
}

void TestCidr::refuses_data()
{
    QTest::addColumn<QString>("text");

    const char *texts[] = {
        "",
        " ",
        "/",
        "/8",
        "localhost",
        "example.org/24",
        "*",
        "any",
        "010.0.0.0/8", // 8.0.0.0 to those who read it as octal
        "10.0.0.010",
        "10/8", // 0.0.0.10 to inet_aton
        "10.0.0/8",
        "10.0/16",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "10.0.0.0.0/8",
        "10.0.0.256",
        "10.0.0.-1",
        "10.0.0.1/8", // bits beyond the prefix
        "10.0.0.1/31",
        "0.0.0.1/0",
        "2001:db8::1/32",
        "::1/0",
        "::ffff:10.0.0.1/104",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/033",
        "10.0.0.0/08",
        "10.0.0.0/00",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/ 8",
        "10.0.0.0 /8",
        "10.0.0.0/8.0",
        "10.0.0.0/0x8",
        "10.0.0.0/8/8",
        "10.0.0.0/4294967304", // 8 in 32 bits
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/0.255.255.255",
        "10.0.0.0-10.0.0.255",
        "10.0.0.*",
        "10.0.0.0/8,10.0.0.0/8",
        "::/129",
        "::/-1",
        "::/0128",
        "fe80::1%lo",
        "fe80::1%lo/64",
        "fe80::%1/10",
        "[::1]",
        "[::1]/128",
        ":::/0",
        "1:2:3/48",
        "::ffff:10.0.0.0/95", // half in the mapped range
        "::ffff:0:0/0",
        "::ffff:010.0.0.0/104",
    };
    for (const char *text : texts)
        QTest::addRow("'%s'", text) << QString::fromLatin1(text);
    QTest::newRow("Arabic digits") << u"١٠.0.0.0/8"_s;
    QTest::newRow("Arabic prefix") << u"10.0.0.0/٨"_s;
    QTest::newRow("NUL") << u"10.0.0.1"_s + QChar(u'\0') + u"9"_s;
    QTest::newRow("NUL in IPv6") << u"::1"_s + QChar(u'\0') + u"9"_s;
    QTest::newRow("escape") << u"10.0.0.1\u001b[31m"_s;
}

void TestCidr::refuses()
{
    QFETCH(QString, text);
    const auto parsed = Net::parse(text);
    QVERIFY(std::holds_alternative<QString>(parsed));
    const QString sentence = std::get<QString>(parsed);
    QVERIFY2(sentence.startsWith(u'“') && sentence.endsWith(u'.'), qPrintable(sentence));
    QVERIFY2(!sentence.contains(u'\n') && !sentence.contains(u'\u001b') && !sentence.contains(QChar(u'\0')),
             qPrintable(sentence));
    if (text.size() < 40 && std::all_of(text.begin(), text.end(), [](QChar c) { return c.isPrint(); }))
        QVERIFY2(sentence.contains(u'“' + text + u'”'), qPrintable(sentence));
}

void TestCidr::hosts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<quint64>("count");
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("last");
    const auto row = [](const char *text, quint64 count, const char *first, const char *last) {
        QTest::newRow(text) << QByteArray(text) << count << QByteArray(first) << QByteArray(last);
    };
    row("127.0.0.0/8", 16'777'214, "127.0.0.1", "127.255.255.254");
    row("10.0.255.0/24", 254, "10.0.255.1", "10.0.255.254");
    row("10.0.0.254/31", 2, "10.0.0.254", "10.0.0.255");
    row("10.0.0.252/30", 2, "10.0.0.253", "10.0.0.254");
    row("10.0.0.7", 1, "10.0.0.7", "10.0.0.7");
    row("0.0.0.0/0", 4'294'967'294, "0.0.0.1", "255.255.255.254");
    row("::1", 1, "::1", "::1");
    row("fd00::/64", quint64(1) << 63, "fd00::", "fd00::7fff:ffff:ffff:ffff");
    row("fd00::ff00/120", 256, "fd00::ff00", "fd00::ffff");
}

void TestCidr::hosts()
{
    QFETCH(const QByteArray, text);
    QFETCH(const quint64, count);
    QFETCH(const QByteArray, first);
    QFETCH(const QByteArray, last);
    const Net net = netOf(text.constData());
    QCOMPARE(net.hosts(), count);
    QCOMPARE(net.host(0).host(), first);
    QCOMPARE(net.host(count - 1).host(), last);
    QVERIFY(net.contains(net.host(count / 2)));
}

void TestCidr::contains_data()
{
    QTest::addColumn<QByteArray>("net");
    QTest::addColumn<QByteArray>("peer");
    QTest::addColumn<bool>("contained");

    const struct
    {
        const char *net;
        const char *inside;
        const char *outside;
    } rows[] = {
        {"10.0.0.0/8", "10.0.0.0", "11.0.0.0"},
        {"10.0.0.0/8", "10.255.255.255", "9.255.255.255"},
        {"10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"},
        {"::ffff:10.0.0.0/104", "10.1.2.3", "11.1.2.3"},
        {"::ffff:10.0.0.0/104", "::ffff:10.1.2.3", "::ffff:11.1.2.3"},
        {"10.0.0.7", "10.0.0.7", "10.0.0.8"},
        {"::ffff:10.0.0.7", "10.0.0.7", "10.0.0.6"},
        {"10.0.0.6/31", "10.0.0.7", "10.0.0.5"},
        {"10.128.0.0/9", "10.200.0.1", "10.127.255.255"},
        {"0.0.0.0/0", "255.255.255.255", "::1"},
        {"0.0.0.0/0", "::ffff:1.2.3.4", "::1.2.3.4"}, // IPv4-compatible is IPv6
        {"0.0.0.0", "0.0.0.0", "::"},
        {"::/0", "2001:db8::1", "1.2.3.4"},
        {"::/0", "::", "::ffff:1.2.3.4"},
        {"::1", "::1", "127.0.0.1"},
        {"fe80::/10", "febf::1", "fec0::1"},
        {"fe80::/10", "fe80::1%lo", "10.0.0.1"},
        {"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"},
    };
    for (const auto &row : rows) {
        QTest::addRow("%s has %s", row.net, row.inside) << QByteArray(row.net) << QByteArray(row.inside) << true;
        QTest::addRow("%s has not %s", row.net, row.outside) << QByteArray(row.net) << QByteArray(row.outside) << false;
    }
}

void TestCidr::contains()
{
    QFETCH(QByteArray, net);
    QFETCH(QByteArray, peer);
    QFETCH(bool, contained);
    const Address address = peerOf(peer);
    QVERIFY(!address.isNull());
    QCOMPARE(netOf(net.constData()).contains(address), contained);
}

/// The whole matrix: each kind of peer against lists that name nobody, this peer, or another one, in each way of
/// writing.
void TestCidr::admits_data()
{
    QTest::addColumn<QByteArray>("allow");
    QTest::addColumn<QByteArray>("deny");
    QTest::addColumn<QByteArray>("peer");
    QTest::addColumn<bool>("admitted");

    struct List
    {
        const char *text;
        bool hasPeer;
    };
    const struct
    {
        const char *peer;
        std::vector<List> lists;
    } kinds[] = {
        {"10.1.2.3",
         {{"", false},
          {"10.0.0.0/8", true},
          {"::ffff:10.0.0.0/104", true},
          {"11.0.0.0/8 10.1.2.3", true},
          {"11.0.0.0/8", false},
          {"::/0", false}}},
        {"::ffff:10.1.2.3",
         {{"", false},
          {"10.0.0.0/8", true},
          {"::ffff:10.0.0.0/104", true},
          {"11.0.0.0/8 10.1.2.3", true},
          {"11.0.0.0/8", false},
          {"::/0", false}}},
        {"2001:db8::7",
         {{"", false},
          {"2001:db8::/32", true},
          {"::/0", true},
          {"10.0.0.0/8 2001:db8::7", true},
          {"2001:db9::/32", false},
          {"0.0.0.0/0", false}}},
    };
    for (const auto &kind : kinds) {
        for (const List &allow : kind.lists) {
            for (const List &deny : kind.lists) {
                const bool admitted = !deny.hasPeer && (*allow.text == '\0' || allow.hasPeer);
                QTest::addRow("%s, allow '%s', deny '%s'", kind.peer, allow.text, deny.text)
                    << QByteArray(allow.text) << QByteArray(deny.text) << QByteArray(kind.peer) << admitted;
            }
        }
    }
}

void TestCidr::admits()
{
    QFETCH(QByteArray, allow);
    QFETCH(QByteArray, deny);
    QFETCH(QByteArray, peer);
    QFETCH(bool, admitted);
    const AccessList list{netsOf(allow), netsOf(deny)};
    QCOMPARE(list.admits(peerOf(peer)), admitted);
}

/// Peers on Unix sockets have no address; the socket's file says who may connect.
void TestCidr::admitsUnixPeers()
{
    QVERIFY((AccessList{netsOf("10.0.0.0/8"), {}}.admits(Address::unixPeer(4711, 1000))));
    QVERIFY((AccessList{{}, netsOf("0.0.0.0/0 ::/0")}.admits(Address::unixPeer(4711, 1000))));
}

QTEST_GUILESS_MAIN(TestCidr)
#include "tst_cidr.moc"
