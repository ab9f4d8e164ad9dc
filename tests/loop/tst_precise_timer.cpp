// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/loop/io_thread.h"
#include "shared/loop/precise_timer.h"

#include <QRegularExpression>
#include <QTest>
#include <QThread>

#include <future>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace std::chrono_literals;

namespace
{

using Clock = PreciseTimer::Clock;

/// Notes when its timers expire, and on which thread.
class Engine : public QObject
{
public:
    void note(int timer)
    {
        expired.push_back(timer);
        times.push_back(Clock::now());
        isOnItsThread = isOnItsThread && QThread::currentThread() == thread();
    }

    std::vector<int> expired;
    std::vector<Clock::time_point> times;
    bool isOnItsThread = true;
    PreciseTimer first{[this] { note(1); }};
    PreciseTimer second{[this] { note(2); }};
    std::promise<void> done;
    PreciseTimer last{[this] {
        note(3);
        done.set_value();
    }};
};

/// Runs @p start on an engine's thread, and waits for the engine's last timer.
template <typename Start>
void run(IoThread<Engine> &engine, Start start)
{
    auto done = engine.engine()->done.get_future();
    engine.post(start);
    QVERIFY2(done.wait_for(30s) == std::future_status::ready, "The last timer has not expired");
}

} // namespace

class TestPreciseTimer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void inOrder();
    void atOnceWhereTheTimeHasPassed();
    void isReplaced();
    void isStopped();
};

void TestPreciseTimer::inOrder()
{
    IoThread<Engine> engine;
    const auto begin = Clock::now();
    run(engine, [begin](Engine &timers) {
        timers.last.start(begin + 30ms);
        timers.second.start(begin + 20ms);
        timers.first.start(begin + 10ms);
    });
    QCOMPARE(engine.engine()->expired, (std::vector{1, 2, 3}));
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(engine.engine()->times[i] >= begin + static_cast<int>(i + 1) * 10ms); // never early
    QVERIFY(engine.engine()->isOnItsThread);
}

void TestPreciseTimer::atOnceWhereTheTimeHasPassed()
{
    IoThread<Engine> engine;
    run(engine, [](Engine &timers) { timers.last.start(Clock::now() - 1h); });
    QCOMPARE(engine.engine()->expired, std::vector{3});
}

void TestPreciseTimer::isReplaced()
{
    IoThread<Engine> engine;
    run(engine, [](Engine &timers) {
        timers.first.start(Clock::now());
        timers.first.start(Clock::now() + 1h);
        timers.second.start(Clock::now() + 1h);
        timers.second.start(Clock::now());
        timers.last.start(Clock::now() + 20ms);
    });
    QCOMPARE(engine.engine()->expired, (std::vector{2, 3}));
}

void TestPreciseTimer::isStopped()
{
    IoThread<Engine> engine;
    run(engine, [](Engine &timers) {
        timers.first.start(Clock::now());
        timers.first.stop();
        timers.last.start(Clock::now() + 20ms);
    });
    QCOMPARE(engine.engine()->expired, std::vector{3});
}

QTEST_GUILESS_MAIN(TestPreciseTimer)
#include "tst_precise_timer.moc"
