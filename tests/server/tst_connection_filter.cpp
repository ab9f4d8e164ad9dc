// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_filter.h"

#include <QLocale>
#include <QRegularExpression>
#include <QTest>

#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

Address ipv4(const char *text, quint16 port = 4711)
{
    return Address::parseIPv4(text, port);
}

ConnectionRecord recordOf(quint64 number, const Address &peer, const ConnectionRecord::Progress &progress = {})
{
    ConnectionRecord record;
    record.number = number;
    record.peer = peer;
    record.progress = progress;
    return record;
}

} // namespace

class TestConnectionFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void matches_data();
    void matches();
    void inOtherLocales();
};

void TestConnectionFilter::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
}

void TestConnectionFilter::matches_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QString>("matches"); // which of the records below, by their numbers
    const QString all = u"1 22 1234 4000 4001 5111"_s;
    QTest::newRow("empty") << QString() << all;
    QTest::newRow("blanks") << u" \t "_s << all;
    QTest::newRow("number") << u"22"_s << u"22"_s;
    QTest::newRow("part of a number") << u"400"_s << u"4000 4001"_s;
    QTest::newRow("number as it is shown") << u"1,234"_s << u"1234"_s;
    QTest::newRow("port") << u"4711"_s << u"1 22 1234"_s;
    QTest::newRow("number or port") << u"51"_s << u"4001 5111"_s;
    QTest::newRow("address") << u"192.168.0.104"_s << u"1 1234"_s;
    QTest::newRow("part of an address") << u"192.168."_s << u"1 22 1234"_s;
    QTest::newRow("IPv6") << u"fe80::"_s << u"4000"_s;
    QTest::newRow("IPv6, upper case") << u"FE80"_s << u"4000"_s;
    QTest::newRow("Unix peer") << u"uid 33"_s << u"5111"_s;
    QTest::newRow("a Unix peer has no port") << u"0"_s << u"1 22 1234 4000 4001"_s;
    QTest::newRow("state") << u"complete"_s << u"1 22"_s;
    QTest::newRow("state, upper case") << u"COMPLETE"_s << u"1 22"_s;
    QTest::newRow("part of a state") << u"after"_s << u"1234 4000"_s;
    QTest::newRow("figure in a state") << u"5,678"_s << u"4000"_s;
    QTest::newRow("datagrams") << u"datagrams"_s << u"4001"_s;
    QTest::newRow("two words") << u"192.168 complete"_s << u"1 22"_s;
    QTest::newRow("two words, the other order") << u"complete   192.168"_s << u"1 22"_s;
    QTest::newRow("all words have to match") << u"192.168 complete timed"_s << QString();
    QTest::newRow("the same word twice") << u"22 22"_s << u"22"_s;
    QTest::newRow("not across two texts") << u"complete4711"_s << QString();
    QTest::newRow("nothing") << u"xyz"_s << QString();
    QTest::newRow("not a number") << u"+22"_s << QString();
    QTest::newRow("no pattern") << u".*"_s << QString();
    QTest::newRow("beyond the greatest number") << u"99999999999999999999999"_s << QString();
    QTest::newRow("as many words as are looked at") << (u"1 "_s.repeated(31) + u"22"_s) << u"22"_s;
    QTest::newRow("more words") << (u"1 "_s.repeated(32) + u"xyz"_s) << all;
}

void TestConnectionFilter::matches()
{
    QFETCH(const QString, filter);
    QFETCH(const QString, matches);
    using Progress = ConnectionRecord::Progress;
    const std::vector<ConnectionRecord> records{
        recordOf(1, ipv4("192.168.0.104"), Progress{Outcome::Complete, true}),
        recordOf(22, ipv4("192.168.0.1"), Progress{Outcome::Complete, true}),
        recordOf(1234, ipv4("192.168.0.104"), Progress{Outcome::TimedOut, true}),
        recordOf(4000, Address::parseIPv6("fe80::1", 443), Progress{Outcome::Reset, true, 0, 0, 5678}),
        recordOf(4001, ipv4("10.0.0.1", 51), Progress{Outcome::None, false, 2, 1}),
        recordOf(5111, Address::unixPeer(11, 33)),
    };
    ConnectionFilter words(filter);
    QStringList found;
    for (int pass = 0; pass < 2; ++pass) { // the second time it remembers the results
        found.clear();
        for (const ConnectionRecord &record : records) {
            if (words.matches(record))
                found.append(QString::number(record.number));
        }
        QCOMPARE(found.join(u' '), matches);
    }
}

/// Some languages separate groups of digits by the dot that IPv4 addresses are written with.
void TestConnectionFilter::inOtherLocales()
{
    QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
    ConnectionFilter grouped(u"1.234"_s);
    QVERIFY(grouped.matches(recordOf(1234, ipv4("10.0.0.7"))));
    QVERIFY(grouped.matches(recordOf(7, ipv4("1.234.0.7"))));
    ConnectionFilter address(u"127.0"_s);
    QVERIFY(!address.matches(recordOf(1270, ipv4("10.0.0.7"))));
    QVERIFY(address.matches(recordOf(7, ipv4("127.0.0.1"))));
    initTestCase();
}

QTEST_GUILESS_MAIN(TestConnectionFilter)
#include "tst_connection_filter.moc"
