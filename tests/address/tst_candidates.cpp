// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/candidates.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

/// `4`, `6` and so on: IPv4 and IPv6 addresses told apart by their port.
std::vector<Address> addresses(const QByteArray &families)
{
    std::vector<Address> result;
    for (const char family : families) {
        const auto port = static_cast<std::uint16_t>(result.size() + 1);
        result.push_back(family == '4' ? Address::ipv4(0x7f000001, port) : Address::ipv6({}, port));
    }
    return result;
}

QByteArray ports(Candidates candidates)
{
    QByteArray result;
    while (!candidates.isEmpty())
        result += QByteArray::number(candidates.take().port());
    return result;
}

} // namespace

class TestCandidates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void order_data();
    void order();
    void cleared();
};

void TestCandidates::order_data()
{
    QTest::addColumn<QByteArray>("families");
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("inTurns");
    QTest::addColumn<QByteArray>("ipv4First");

    QTest::newRow("none") << ""_ba
                          << ""_ba
                          << ""_ba
                          << ""_ba;
    QTest::newRow("one") << "6"_ba
                         << "1"_ba
                         << "1"_ba
                         << "1"_ba;
    QTest::newRow("IPv6 first") << "6664"_ba
                                << "1234"_ba
                                << "1423"_ba
                                << "4123"_ba;
    QTest::newRow("IPv4 first") << "4466"_ba
                                << "1234"_ba
                                << "1324"_ba
                                << "1234"_ba;
    QTest::newRow("mixed") << "64664"_ba
                           << "12345"_ba
                           << "12354"_ba
                           << "25134"_ba;
}

void TestCandidates::order()
{
    QFETCH(const QByteArray, families);
    const std::vector<Address> found = addresses(families);
    QTEST(ports(Candidates(found)), "given");
    QTEST(ports(Candidates::inTurns(found)), "inTurns");
    QTEST(ports(Candidates::preferring(Address::Family::IPv4, found)), "ipv4First");
}

void TestCandidates::cleared()
{
    Candidates candidates(addresses("46"));
    QCOMPARE(candidates.take().port(), 1);
    QVERIFY(!candidates.isEmpty());
    candidates.clear();
    QVERIFY(candidates.isEmpty());
}

QTEST_GUILESS_MAIN(TestCandidates)
#include "tst_candidates.moc"
