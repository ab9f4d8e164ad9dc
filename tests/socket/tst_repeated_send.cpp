// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/repeated_send.h"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace std::chrono_literals;

namespace
{

constexpr int Patience = 30'000; // ms; a guard against deadlocks

/// A connection that takes a transfer when it is told to.
struct Connection
{
    std::vector<std::shared_ptr<Transfer>> offered;

    void offer(const std::shared_ptr<Transfer> &transfer)
    {
        transfer->begin(1, 0);
        offered.push_back(transfer);
    }
    void take() const
    {
        TransferPart part(offered.back());
        part.sent(offered.back()->size());
    }
};

} // namespace

class TestRepeatedSend : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void asOftenAsPlanned();
    void keepsTheInterval();
    void waitsForASlowPeer();
    void endsWithTheConnection();
    void stops();
    void inTurn();
};

/// Several messages, at once.
void TestRepeatedSend::inTurn()
{
    Connection connection;
    RepeatedSend again({"one", "two", "three"}, {0ms, 5}, [&](const std::shared_ptr<Transfer> &transfer) {
        connection.offer(transfer);
        connection.take();
    });
    const QSignalSpy ended(&again, &RepeatedSend::ended);
    again.start();
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Patience);
    QByteArray all;
    for (const auto &transfer : connection.offered)
        all += transfer->piece(0) + ' ';
    QCOMPARE(all, "one two three one two "_ba);
    QCOMPARE(again.count(), 5);
}

void TestRepeatedSend::asOftenAsPlanned()
{
    Connection connection;
    RepeatedSend again({"ping"}, {1ms, 3}, [&](const std::shared_ptr<Transfer> &transfer) {
        connection.offer(transfer);
        connection.take();
    });
    const QSignalSpy sent(&again, &RepeatedSend::sent);
    const QSignalSpy ended(&again, &RepeatedSend::ended);
    again.start();
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Patience);
    QCOMPARE(ended.first().first().toBool(), true);
    QCOMPARE(sent.size(), 3);
    QCOMPARE(again.count(), 3);
    QCOMPARE(connection.offered.size(), 3U);
    QCOMPARE(connection.offered.back()->size(), 4);
}

void TestRepeatedSend::keepsTheInterval()
{
    Connection connection;
    RepeatedSend again({"ping"}, {60ms, 4}, [&](const std::shared_ptr<Transfer> &transfer) {
        connection.offer(transfer);
        connection.take();
    });
    const QSignalSpy ended(&again, &RepeatedSend::ended);
    QElapsedTimer time;
    time.start();
    again.start();
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Patience);
    QVERIFY2(time.elapsed() >= 180, qPrintable(QString::number(time.elapsed()))); // three intervals
}

/// It is never owed more than once.
void TestRepeatedSend::waitsForASlowPeer()
{
    Connection connection;
    RepeatedSend again({"ping"}, {1ms, 0},
                       [&](const std::shared_ptr<Transfer> &transfer) { connection.offer(transfer); });
    again.start();
    QElapsedTimer time;
    time.start();
    QTRY_VERIFY_WITH_TIMEOUT(time.elapsed() > 50, Patience);
    QCOMPARE(connection.offered.size(), 1U);
    QCOMPARE(again.count(), 0);
    connection.take();
    QTRY_COMPARE_WITH_TIMEOUT(connection.offered.size(), 2U, Patience);
    QCOMPARE(again.count(), 1);
}

void TestRepeatedSend::endsWithTheConnection()
{
    for (const bool isThere : {true, false}) {
        RepeatedSend again({"ping"}, {1ms, 0}, [&](const std::shared_ptr<Transfer> &transfer) {
            transfer->begin(isThere ? 1 : 0, 0);
            if (isThere)
                const TransferPart givenUp(transfer);
        });
        const QSignalSpy ended(&again, &RepeatedSend::ended);
        again.start();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Patience);
        QCOMPARE(ended.first().first().toBool(), false);
        QCOMPARE(again.count(), 0);
    }
}

void TestRepeatedSend::stops()
{
    Connection connection;
    RepeatedSend again({"ping"}, {1ms, 0}, [&](const std::shared_ptr<Transfer> &transfer) {
        connection.offer(transfer);
        connection.take();
    });
    connect(&again, &RepeatedSend::sent, &again, [&again] {
        if (again.count() == 5)
            again.stop();
    });
    again.start();
    QTRY_COMPARE_WITH_TIMEOUT(again.count(), 5, Patience);
    QElapsedTimer time;
    time.start();
    QTRY_VERIFY_WITH_TIMEOUT(time.elapsed() > 30, Patience);
    QCOMPARE(connection.offered.size(), 5U);
}

QTEST_GUILESS_MAIN(TestRepeatedSend)
#include "tst_repeated_send.moc"
