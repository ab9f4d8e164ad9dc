// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/listing.h"
#include "tests/support/events.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// Appends connections; every third has talked.
void append(ConnectionStore &store, quint64 first, quint64 last)
{
    for (quint64 number = first; number <= last; ++number) {
        ConnectionRecord record(accepted(number));
        if (number % 3 == 0)
            record.apply(eventOf(number, Call::Shutdown));
        store.append(record);
    }
}

/// What a thread of the Arranger's would have found.
Listing listingOf(const ConnectionStore &store, const Arrangement &arrangement, const std::vector<int> &rows)
{
    Serials serials;
    for (const int row : rows)
        serials.push_back(store.serialOf(row));
    return Listing(store, arrangement, std::move(serials));
}

std::vector<quint64> numbersOf(const Listing &listing, const ConnectionStore &store)
{
    std::vector<quint64> numbers;
    for (int row = 0; row < listing.size(); ++row)
        numbers.push_back(store.numberAt(listing.recordRow(row)));
    return numbers;
}

using Numbers = std::vector<quint64>;
const Arrangement HalfClosed{u"half-closed"_s, {}, Qt::AscendingOrder};

} // namespace

class TestListing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void all();
    void filtered();
    void newOnes();
    void outOfPlace();
    void recordsLeave();
};

void TestListing::all()
{
    ConnectionStore store;
    append(store, 11, 14);
    Listing listing(store);
    QCOMPARE(numbersOf(listing, store), (Numbers{11, 12, 13, 14}));
    QCOMPARE(listing.rowsOf({14, 12, 99}), (std::vector{1, 3}));
    QCOMPARE(listing.rowsBefore(2), 2);
    QVERIFY(!listing.isOutOfPlace(2)); // there is no other place
}

void TestListing::filtered()
{
    ConnectionStore store;
    append(store, 1, 9);
    const Listing listing = listingOf(store, HalfClosed, {2, 5, 8});
    QCOMPARE(numbersOf(listing, store), (Numbers{3, 6, 9}));
    QCOMPARE(listing.rowsOf({1, 6, 9}), (std::vector{1, 2}));
    QCOMPARE(listing.rowsBefore(5), 1);
    QCOMPARE(listing.rowsBefore(6), 2);
    QVERIFY(!listing.hasSameRowsAs(Listing(store)));
    QVERIFY(listing.hasSameRowsAs(listingOf(store, {}, {2, 5, 8})));
}

void TestListing::newOnes()
{
    ConnectionStore store;
    append(store, 1, 3);
    Listing listing = listingOf(store, HalfClosed, {2});
    append(store, 4, 9);
    const auto matching = listing.matchingFrom(3);
    QCOMPARE(matching.size(), 2U);
    listing.append(matching);
    QCOMPARE(numbersOf(listing, store), (Numbers{3, 6, 9}));
}

/// A record is out of place where the filter and the list disagree, or where the order may have changed.
void TestListing::outOfPlace()
{
    ConnectionStore store;
    append(store, 1, 6);
    Listing wrong = listingOf(store, HalfClosed, {0, 2}); // 1 is still open, and 6 half-closed
    QVERIFY(wrong.isOutOfPlace(0));
    QVERIFY(!wrong.isOutOfPlace(1));
    QVERIFY(!wrong.isOutOfPlace(2));
    QVERIFY(wrong.isOutOfPlace(5));
    QVERIFY(!wrong.isOutOfPlace(6)); // it has left
    const std::vector<int> everyRow{0, 1, 2, 3, 4, 5};
    QVERIFY(listingOf(store, {{}, ConnectionRecord::State, Qt::AscendingOrder}, everyRow).isOutOfPlace(1));
    QVERIFY(!listingOf(store, {{}, ConnectionRecord::PeerPort, Qt::AscendingOrder}, everyRow).isOutOfPlace(1));
}

void TestListing::recordsLeave()
{
    ConnectionStore store;
    constexpr quint64 chunk = ConnectionStore::ChunkSize;
    append(store, 1, 2 * chunk);
    constexpr int staying = 5; // half-closed, among others that have ended
    for (int row = 0; row <= ConnectionStore::ChunkSize; ++row) {
        if (row != staying)
            store.apply(row, ended(store.numberAt(row), Outcome::Complete));
    }
    Listing listing = listingOf(store, HalfClosed, {2, staying, int(chunk) + 1, int(chunk) + 4});
    const ConnectionStore::Removal removal = store.oldestEnded(ConnectionStore::ChunkSize);
    store.remove(removal);
    listing.remove(removal);
    QCOMPARE(numbersOf(listing, store), (Numbers{staying + 1, chunk + 2, chunk + 5}));
}

QTEST_GUILESS_MAIN(TestListing)
#include "tst_listing.moc"
