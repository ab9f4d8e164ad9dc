// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/held_bytes.h"

#include <QTest>

using namespace parley;

class TestHeldBytes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sharedOnesCountOnce();
    void smallOnesCountEach();
    void allMemoryCounts();
};

void TestHeldBytes::sharedOnesCountOnce()
{
    const QByteArray bytes(10'000, 'x');
    const QByteArray copy = bytes; // shares them
    HeldBytes held;
    QVERIFY(!held.isShared(bytes));
    const qint64 cost = held.cost(bytes);
    QVERIFY(cost >= 10'000);
    held.add(bytes);
    QCOMPARE(held.size(), cost);
    QCOMPARE(held.cost(copy), 0);
    QVERIFY(held.isShared(copy));
    held.add(copy);
    QCOMPARE(held.size(), cost);
    held.remove(bytes);
    QCOMPARE(held.size(), cost); // the copy holds them
    held.remove(copy);
    QCOMPARE(held.size(), 0);
}

void TestHeldBytes::smallOnesCountEach()
{
    const QByteArray bytes(12, 'x');
    HeldBytes held;
    QVERIFY(!held.isShared(bytes));
    const QByteArray copy = bytes;
    QVERIFY(held.isShared(copy)); // by somebody else
    held.add(bytes);
    const qint64 once = held.size();
    held.add(bytes);
    QCOMPARE(held.size(), 2 * once);
    held.remove(bytes);
    QCOMPARE(held.size(), once);
    held.clear();
    QCOMPARE(held.size(), 0);
}

/// The room that an array has beyond its bytes, too.
void TestHeldBytes::allMemoryCounts()
{
    QByteArray bytes;
    bytes.reserve(100'000);
    bytes.append("Hello");
    HeldBytes held;
    held.add(bytes);
    QVERIFY(held.size() >= 100'000);
}

QTEST_GUILESS_MAIN(TestHeldBytes)
#include "tst_held_bytes.moc"
