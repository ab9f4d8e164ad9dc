// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/wall_clock.h"

#include <QRegularExpression>
#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

constexpr qint64 Second = 1'000'000'000;
const QDateTime Noon(QDate(2026, 11, 22), QTime(12, 0), QTimeZone::utc());

/// Noon and @p seconds, in ns since 1970.
qint64 wall(qint64 seconds)
{
    return (Noon.toSecsSinceEpoch() + seconds) * Second;
}

} // namespace

class TestWallClock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void steps();
    void agrees();
    void isBounded();
    void texts();
};

/// A time before a step keeps the clock that it had; so it is after the clock was set back, too.
void TestWallClock::steps()
{
    WallClock clock;
    clock.step(0, wall(0));
    QCOMPARE(clock.at(0), Noon);
    QCOMPARE(clock.at(1'500 * Second / 1'000), Noon.addMSecs(1'500));
    QCOMPARE(clock.at(-Second), Noon.addSecs(-1)); // before the first look
    clock.step(10 * Second, wall(3'600));          // it was put forward
    clock.step(20 * Second, wall(5));              // and back
    QCOMPARE(clock.at(10 * Second - 1), Noon.addMSecs(9'999));
    QCOMPARE(clock.at(10 * Second), Noon.addSecs(3'600));
    QCOMPARE(clock.at(15 * Second), Noon.addSecs(3'605));
    QCOMPARE(clock.at(20 * Second), Noon.addSecs(5));
    QCOMPARE(clock.at(30 * Second), Noon.addSecs(15));
    QCOMPARE(clock.at(30 * Second).timeSpec(), Qt::UTC);
    clock.step(40 * Second + 1'999, wall(7'200) + 1'999);
    QCOMPARE(clock.at(40 * Second + 1'000), Noon.addSecs(7'200)); // that time in whole microseconds
}

void TestWallClock::agrees()
{
    WallClock clock;
    QVERIFY(!clock.agrees(0, wall(0)));
    clock.step(0, wall(0));
    QVERIFY(clock.agrees(5 * Second, wall(5)));
    QVERIFY(clock.agrees(5 * Second, wall(5) + WallClock::Precision - 1));
    QVERIFY(!clock.agrees(5 * Second, wall(5) + WallClock::Precision));
    QVERIFY(!clock.agrees(5 * Second, wall(5) - WallClock::Precision));
}

/// Somebody sets the clock again and again. The newest times are right.
void TestWallClock::isBounded()
{
    WallClock clock;
    const auto count = static_cast<qint64>(WallClock::MaxSteps) + 1;
    for (qint64 i = 0; i < count; ++i)
        clock.step(i * Second, wall(i * 60));
    QCOMPARE(clock.at((count - 1) * Second), Noon.addSecs((count - 1) * 60));
    QCOMPARE(clock.at(count / 2 * Second), Noon.addSecs(count / 2 * 60));
    QCOMPARE(clock.at(0), Noon.addSecs(count / 2 * 60 - count / 2)); // its step has left
}

void TestWallClock::texts()
{
    const QDateTime local(QDate(2026, 11, 22), QTime(7, 8, 9, 10));
    QCOMPARE(clockText(local, QDate(2026, 11, 22)), u"07:08:09.010"_s);
    QCOMPARE(clockText(local.toUTC(), QDate(2026, 11, 22)), u"07:08:09.010"_s);
    QCOMPARE(clockText(local, QDate(2026, 11, 23)), u"2026-11-22 07:08:09.010"_s); // yesterday
    QCOMPARE(clockText(local, QDate(2025, 11, 22)), u"2026-11-22 07:08:09.010"_s);
    const QString whole = dateText(local.toUTC());
    QVERIFY2(QRegularExpression(uR"(^2026-11-22 07:08:09\.010 [+-]\d\d:\d\d$)"_s).match(whole).hasMatch(),
             qPrintable(whole));
}

QTEST_GUILESS_MAIN(TestWallClock)
#include "tst_wall_clock.moc"
