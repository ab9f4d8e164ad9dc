// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_store.h"
#include "tests/support/events.h"

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

/// Appends records with the next @p count numbers.
void append(ConnectionStore &store, int count)
{
    quint64 number = store.isEmpty() ? 0 : store.numberAt(store.size() - 1);
    for (int i = 0; i < count; ++i)
        store.append(ConnectionRecord(accepted(++number)));
}

/// A store of open connections with the numbers 1, 2, 3…
ConnectionStore storeOf(int count)
{
    ConnectionStore store;
    append(store, count);
    return store;
}

void endAll(ConnectionStore &store, int first, int end)
{
    for (int row = first; row < end; ++row)
        store.apply(row, ended(store.numberAt(row), Outcome::Complete));
}

} // namespace

class TestConnectionStore : public QObject
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
    void openOnesStay_data();
    void openOnesStay();
    void fewHaveEnded();
    void serialsWrapAround();
    void snapshots();
};

void TestConnectionStore::recordsAreKept_data()
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

    record.number = (1ULL << 40) - 1; // at 50,000 a second, those of 254 days
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
    for (int outcome = 0; outcome <= static_cast<int>(Outcome::ToItself); ++outcome) {
        const auto ended = static_cast<Outcome>(outcome);
        if (ended == Outcome::Closed) // which takes a FIN of this side
            record.progress = {ended, true, 0, 0, 1, ClosedBy::Here};
        else
            record.progress = {ended, outcome % 2 == 0, 0, 0, 1};
        QTest::addRow("outcome %d", outcome) << record;
    }
    record.progress = {Outcome::Closed, true, 0, 0, 1, ClosedBy::Both};
    QTest::newRow("closed by both") << record;
}

void TestConnectionStore::recordsAreKept()
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

void TestConnectionStore::whatDoesNotFit()
{
    ConnectionRecord record;
    record.number = 1ULL << 40;
    record.accepted = 1999; // ns: kept in microseconds
    record.sent = 1LL << 48;
    record.received = -1;
    ConnectionStore store;
    store.append(record);
    QCOMPARE(store.numberAt(0), (1ULL << 40) - 1);
    QCOMPARE(store.at(0).accepted, 1 * Microsecond);
    QCOMPARE(store.at(0).sent, (1LL << 48) - 1);
    QCOMPARE(store.at(0).received, 0);
}

/// The accepts of connections may have been dropped.
void TestConnectionStore::findsNumbersAmongGaps()
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

void TestConnectionStore::eventsAreAdded()
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

void TestConnectionStore::oldestLeave()
{
    ConnectionStore store = storeOf(3 * ChunkSize + 10);
    endAll(store, 0, store.size());
    const ConnectionStore::Serial first = store.serialOf(0);
    const ConnectionStore::Serial kept = store.serialOf(2 * ChunkSize);
    const auto removal = store.oldestEnded(2 * ChunkSize);
    QCOMPARE(removal.count, 2 * ChunkSize);
    QVERIFY(removal.kept.empty());
    QVERIFY(removal.removes(first) && removal.removes(kept - 1) && !removal.removes(kept));
    store.remove(removal);
    QCOMPARE(store.size(), ChunkSize + 10);
    QCOMPARE(store.numberAt(0), static_cast<quint64>(2 * ChunkSize + 1));
    QCOMPARE(store.find(2 * ChunkSize), -1);
    QCOMPARE(store.find(store.numberAt(0)), 0);
    QCOMPARE(removal.moved(kept), kept);
    QCOMPARE(removal.moved(first), kept); // the next one that is there
    QCOMPARE(store.rowOf(kept), 0);
    store.append(ConnectionRecord(accepted(1'000'000)));
    QCOMPARE(store.numberAt(store.size() - 1), 1'000'000U);
}

void TestConnectionStore::openOnesStay_data()
{
    QTest::addColumn<int>("every"); // which of the connections is open
    QTest::addColumn<int>("count"); // how many leave
    QTest::newRow("the first one") << 1'000'000 << 2 * ChunkSize;
    QTest::newRow("few") << 700 << 2 * ChunkSize;
    QTest::newRow("every second") << 2 << 2 * ChunkSize;
    QTest::newRow("all") << 1 << 0;
}

/// They move in front of the others, and stay the same connections.
void TestConnectionStore::openOnesStay()
{
    QFETCH(const int, every);
    QFETCH(const int, count);
    ConnectionStore store(std::numeric_limits<ConnectionStore::Serial>::max() - ChunkSize); // it wraps around
    append(store, 5 * ChunkSize + 10);
    for (int row = 0; row < store.size(); ++row) {
        if (row % every != 0)
            endAll(store, row, row + 1);
        else
            store.apply(row, eventOf(store.numberAt(row), Call::Send, row + 1));
    }
    const ConnectionStore before = store;
    const auto removal = store.oldestEnded(2 * ChunkSize);
    QCOMPARE(removal.count, count);
    store.remove(removal);
    QCOMPARE(store.size(), before.size() - removal.count);
    int next = 0;
    for (int row = 0; row < before.size(); ++row) {
        const ConnectionStore::Serial serial = before.serialOf(row);
        QCOMPARE(store.rowOf(removal.moved(serial)), next);
        if (removal.removes(serial)) {
            QVERIFY(!before.isOpenAt(row));
            QCOMPARE(store.find(before.numberAt(row)), -1);
            continue;
        }
        QCOMPARE(store.numberAt(next), before.numberAt(row));
        QCOMPARE(store.find(before.numberAt(row)), next);
        QCOMPARE(store.at(next).sent, before.at(row).sent);
        QCOMPARE(store.isOpenAt(next), before.isOpenAt(row));
        ++next;
    }
    QCOMPARE(next, store.size());
}

/// Only whole chunks leave.
void TestConnectionStore::fewHaveEnded()
{
    ConnectionStore store = storeOf(4 * ChunkSize);
    endAll(store, 1, ChunkSize);
    QCOMPARE(store.oldestEnded(4 * ChunkSize).count, 0);
    endAll(store, 2 * ChunkSize, 2 * ChunkSize + 2);
    const auto removal = store.oldestEnded(4 * ChunkSize);
    QCOMPARE(removal.count, ChunkSize);
    store.remove(removal);
    QCOMPARE(store.numberAt(0), 1U);
    QCOMPARE(store.numberAt(1), static_cast<quint64>(ChunkSize + 1));
    QVERIFY(!store.isOpenAt(ChunkSize + 1)); // one too many
    QCOMPARE(store.size(), 3 * ChunkSize);
}

void TestConnectionStore::serialsWrapAround()
{
    ConnectionStore store(std::numeric_limits<ConnectionStore::Serial>::max() - ChunkSize / 2);
    append(store, 2 * ChunkSize);
    endAll(store, 0, ChunkSize);
    const ConnectionStore::Serial beforeTheWrap = store.serialOf(0);
    const ConnectionStore::Serial afterIt = store.serialOf(ChunkSize);
    QVERIFY(afterIt < beforeTheWrap);
    for (int row = 0; row < store.size(); ++row)
        QCOMPARE(store.rowOf(store.serialOf(row)), row);
    const auto removal = store.oldestEnded(ChunkSize);
    store.remove(removal);
    QVERIFY(removal.removes(beforeTheWrap));
    QCOMPARE(store.rowOf(afterIt), 0);
}

void TestConnectionStore::snapshots()
{
    ConnectionStore store = storeOf(2 * ChunkSize + 10);
    const ConnectionStore snapshot = store;
    store.apply(5, eventOf(6, Call::Send, 12));
    store.append(ConnectionRecord(accepted(1'000'000)));
    QCOMPARE(store.at(5).sent, 12);
    QCOMPARE(snapshot.at(5).sent, 0);
    QCOMPARE(snapshot.size(), 2 * ChunkSize + 10);
    endAll(store, 1, ChunkSize + 1);
    store.remove(store.oldestEnded(ChunkSize));
    QCOMPARE(store.numberAt(0), 1U);
    QCOMPARE(store.numberAt(1), static_cast<quint64>(ChunkSize + 2));
    for (int row = 0; row < snapshot.size(); ++row) {
        QCOMPARE(snapshot.numberAt(row), static_cast<quint64>(row + 1));
        QVERIFY(snapshot.isOpenAt(row));
    }
}

QTEST_GUILESS_MAIN(TestConnectionStore)
#include "tst_connection_store.moc"
