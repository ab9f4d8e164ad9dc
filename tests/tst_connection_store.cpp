// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "events.h"
#include "server_gui/connection_store.h"

#include <QRegularExpression>
#include <QTest>

#include <limits>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

Q_DECLARE_METATYPE(parley::ConnectionRecord)

namespace
{

constexpr int ChunkSize = ConnectionStore::ChunkSize;
constexpr qint64 Microsecond = 1000; // ns

/// A store of records with the numbers 1, 2, 3…
ConnectionStore storeOf(int count)
{
    ConnectionStore store;
    for (int number = 1; number <= count; ++number)
        store.append(ConnectionRecord(accepted(static_cast<quint64>(number))));
    return store;
}

} // namespace

class tst_ConnectionStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void recordsAreKept_data();
    void recordsAreKept();
    void whatDoesNotFit();
    void findsNumbersAmongGaps();
    void eventsAreAdded();
    void oldestLeave();
    void serialsWrapAround();
    void snapshots();
};

void tst_ConnectionStore::recordsAreKept_data()
{
    QTest::addColumn<ConnectionRecord>("record");
    ConnectionRecord record;
    record.number = 1;
    QTest::newRow("empty") << record;

    record.peer = Address::parseIPv4("192.168.0.104", 60'239);
    record.accepted = 17 * Microsecond;
    record.ended = record.accepted + 3 * Microsecond;
    record.sent = 12;
    record.received = 5;
    record.progress = {Outcome::Reset, true, 0, 0, 7};
    QTest::newRow("IPv4") << record;

    record.number = std::numeric_limits<quint64>::max();
    record.peer = Address::ipv6({0xfe, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, 65'535, 0xfffffffe);
    record.accepted = ((1LL << 48) - 1) * Microsecond; // 8.9 years
    record.ended = record.accepted + ((1LL << 48) - 1) * Microsecond;
    record.sent = (1LL << 48) - 1; // 281 TB
    record.received = (1LL << 48) - 2;
    record.progress = {Outcome::Failed, true, 0, 0, std::numeric_limits<qint64>::max()};
    QTest::newRow("the greatest, IPv6 with a scope") << record;

    record.peer = Address::unixPeer(std::numeric_limits<qint32>::max(), std::numeric_limits<quint32>::max());
    QTest::newRow("Unix") << record;
    record.peer = Address::unixPeer(-1, 0);
    QTest::newRow("Unix, not told") << record;

    constexpr quint32 most = std::numeric_limits<quint32>::max();
    record.progress = {Outcome::None, false, most, most - 1, 0};
    QTest::newRow("datagrams") << record;
    record.progress = {Outcome::Denied, false, 1, 0, 0};
    QTest::newRow("denied datagrams") << record;
    for (int outcome = 0; outcome <= static_cast<int>(Outcome::Failed); ++outcome) {
        record.progress = {static_cast<Outcome>(outcome), outcome % 2 == 0, 0, 0, 1};
        QTest::addRow("outcome %d", outcome) << record;
    }
}

void tst_ConnectionStore::recordsAreKept()
{
    QFETCH(const ConnectionRecord, record);
    ConnectionStore store;
    store.append(record);
    QCOMPARE(store.size(), 1);
    const ConnectionRecord kept = store.at(0);
    QCOMPARE(kept.number, record.number);
    QCOMPARE(store.numberAt(0), record.number);
    QCOMPARE(kept.peer, record.peer);
    QCOMPARE(kept.accepted, record.accepted);
    QCOMPARE(kept.ended, record.ended);
    QCOMPARE(kept.sent, record.sent);
    QCOMPARE(kept.received, record.received);
    QVERIFY(kept.progress == record.progress);
}

void tst_ConnectionStore::whatDoesNotFit()
{
    ConnectionRecord record;
    record.number = 1;
    record.accepted = 1999; // ns: kept in microseconds
    record.sent = 1LL << 48;
    record.received = -1;
    ConnectionStore store;
    store.append(record);
    QCOMPARE(store.at(0).accepted, 1 * Microsecond);
    QCOMPARE(store.at(0).sent, (1LL << 48) - 1);
    QCOMPARE(store.at(0).received, 0);
}

/// The accepts of connections may have been dropped.
void tst_ConnectionStore::findsNumbersAmongGaps()
{
    ConnectionStore store;
    constexpr int count = 3 * ChunkSize + 1;
    const auto numberOf = [](int row) { return static_cast<quint64>(row) * 1'000'000 + 5; };
    for (int row = 0; row < count; ++row)
        store.append(ConnectionRecord(accepted(numberOf(row))));
    QCOMPARE(store.find(0), -1);
    QCOMPARE(store.find(numberOf(count)), -1);
    for (int row = 0; row < count; ++row) {
        QCOMPARE(store.find(numberOf(row)), row);
        QCOMPARE(store.find(numberOf(row) + 1), -1);
        QCOMPARE(store.numberAt(row), numberOf(row));
    }
    QCOMPARE(ConnectionStore().find(1), -1);
}

void tst_ConnectionStore::eventsAreAdded()
{
    ConnectionStore store = storeOf(2 * ChunkSize);
    for (const int row : {0, ChunkSize - 1, ChunkSize, 2 * ChunkSize - 1}) {
        const quint64 number = store.numberAt(row);
        store.apply(row, eventOf(number, Call::Send, 12));
        store.apply(row, eventOf(number, Call::Send, 3));
        QCOMPARE(store.at(row).sent, 15);
        store.apply(row, ended(number, Outcome::Complete, 0, 3 * Millisecond, 15));
        QCOMPARE(store.at(row).progress.outcome, Outcome::Complete);
        QCOMPARE(store.at(row).duration(0), 3 * Millisecond);
    }
    QCOMPARE(store.at(1).sent, 0);
    QCOMPARE(store.at(1).duration(7 * Millisecond), 7 * Millisecond); // it is open
}

void tst_ConnectionStore::oldestLeave()
{
    ConnectionStore store = storeOf(3 * ChunkSize + 10);
    const ConnectionStore::Serial first = store.serialOf(0);
    const ConnectionStore::Serial kept = store.serialOf(2 * ChunkSize);
    store.removeChunks(2);
    QCOMPARE(store.size(), ChunkSize + 10);
    QCOMPARE(store.numberAt(0), static_cast<quint64>(2 * ChunkSize + 1));
    QCOMPARE(store.find(2 * ChunkSize), -1);
    QCOMPARE(store.find(store.numberAt(0)), 0);
    QCOMPARE(store.rowOf(kept), 0);
    QVERIFY(store.rowOf(first) < 0);
    store.append(ConnectionRecord(accepted(1'000'000)));
    QCOMPARE(store.numberAt(store.size() - 1), 1'000'000U);
}

void tst_ConnectionStore::serialsWrapAround()
{
    ConnectionStore store(std::numeric_limits<ConnectionStore::Serial>::max() - ChunkSize / 2);
    for (int number = 1; number <= 2 * ChunkSize; ++number)
        store.append(ConnectionRecord(accepted(static_cast<quint64>(number))));
    const ConnectionStore::Serial beforeTheWrap = store.serialOf(0);
    const ConnectionStore::Serial afterIt = store.serialOf(ChunkSize);
    QVERIFY(afterIt < beforeTheWrap);
    for (int row = 0; row < store.size(); ++row)
        QCOMPARE(store.rowOf(store.serialOf(row)), row);
    store.removeChunks(1);
    QVERIFY(store.rowOf(beforeTheWrap) < 0);
    QCOMPARE(store.rowOf(afterIt), 0);
}

void tst_ConnectionStore::snapshots()
{
    ConnectionStore store = storeOf(2 * ChunkSize + 10);
    const ConnectionStore snapshot = store;
    store.apply(5, eventOf(6, Call::Send, 12));
    store.append(ConnectionRecord(accepted(1'000'000)));
    QCOMPARE(store.at(5).sent, 12);
    QCOMPARE(snapshot.at(5).sent, 0);
    QCOMPARE(snapshot.size(), 2 * ChunkSize + 10);
    store.removeChunks(1);
    QCOMPARE(snapshot.numberAt(0), 1U);
    QCOMPARE(snapshot.rowOf(store.serialOf(0)), ChunkSize);
}

QTEST_GUILESS_MAIN(tst_ConnectionStore)
#include "tst_connection_store.moc"
