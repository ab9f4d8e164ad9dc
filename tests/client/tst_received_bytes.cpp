// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/received_bytes.h"

#include <QRegularExpression>
#include <QTest>

#include <array>

using namespace Qt::StringLiterals;
using namespace parley;

class TestReceivedBytes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void handsOnPieces();
    void readsAcrossPieces();
    void skips();
    void finds();
    void isCleared();
};

void TestReceivedBytes::handsOnPieces()
{
    ReceivedBytes bytes;
    QVERIFY(bytes.take().isNull());
    const QByteArray first = "Hello "_ba;
    bytes.append(first);
    bytes.append("World!"_ba);
    QCOMPARE(bytes.size(), 12);
    const QByteArray taken = bytes.take();
    QVERIFY(taken.constData() == first.constData()); // the same memory
    QCOMPARE(bytes.size(), 6);
    QCOMPARE(bytes.take(), "World!"_ba);
    QCOMPARE(bytes.size(), 0);
}

void TestReceivedBytes::readsAcrossPieces()
{
    ReceivedBytes bytes;
    for (const QByteArray &piece : {"Hel"_ba, "lo "_ba, "World!"_ba})
        bytes.append(piece);
    std::array<char, 64> data{};
    QCOMPARE(bytes.read(data.data(), 0), 0);
    QCOMPARE(bytes.read(data.data(), 5), 5);
    QCOMPARE(QByteArray(data.data(), 5), "Hello"_ba);
    QCOMPARE(bytes.size(), 7);
    QCOMPARE(bytes.take(), " "_ba); // what is left of the piece
    QCOMPARE(bytes.read(data.data(), std::ssize(data)), 6);
    QCOMPARE(QByteArray(data.data(), 6), "World!"_ba);
    QCOMPARE(bytes.read(data.data(), std::ssize(data)), 0);
}

void TestReceivedBytes::skips()
{
    ReceivedBytes bytes;
    bytes.append("Hello "_ba);
    bytes.append("World!"_ba);
    QCOMPARE(bytes.read(nullptr, 7), 7);
    QCOMPARE(bytes.take(), "orld!"_ba);
}

void TestReceivedBytes::finds()
{
    ReceivedBytes bytes;
    QVERIFY(!bytes.contains('\n'));
    bytes.append("\nHello"_ba);
    bytes.append("World\n"_ba);
    QVERIFY(bytes.contains('\n'));
    QCOMPARE(bytes.read(nullptr, 1), 1); // the first one is read, and does not count
    QVERIFY(bytes.contains('\n'));
    QCOMPARE(bytes.take(), "Hello"_ba);
    QVERIFY(bytes.contains('\n'));
    QVERIFY(!bytes.contains('H'));
}

void TestReceivedBytes::isCleared()
{
    ReceivedBytes bytes;
    bytes.append("Hello"_ba);
    bytes.read(nullptr, 2);
    bytes.clear();
    QCOMPARE(bytes.size(), 0);
    bytes.append("World"_ba);
    QCOMPARE(bytes.take(), "World"_ba);
}

QTEST_GUILESS_MAIN(TestReceivedBytes)
#include "tst_received_bytes.moc"
