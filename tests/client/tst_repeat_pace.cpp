// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_run.h"
#include "tests/support/raw_socket.h"
#include "tests/support/repeat_fixture.h"

#include <QRegularExpression>
#include <QTest>

#include <chrono>
#include <future>
#include <thread>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

/// When the connections of a run start: at a rate, or as others end, for a number of them or for a time.
class TestRepeatPace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void keepsTheRate();
    void countsFromWhenItShouldHaveStarted_data();
    void countsFromWhenItShouldHaveStarted();
    void lastsForATime();
    void finishesWhatIsUnderWayWhenTheTimeIsOver();
    void cancelsARunOfATime();
};

void TestRepeatPace::keepsTheRate()
{
    Host host(sending(Greeting));
    RepeatRequest request = requestTo(host.port(), 500, 100);
    request.rate = 1000;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, 500}}));
    QVERIFY(account->elapsed >= 499ms); // never faster
}

void TestRepeatPace::countsFromWhenItShouldHaveStarted_data()
{
    QTest::addColumn<double>("rate");
    QTest::addColumn<double>("share"); // of the connections that a stall of a second concerns, at least
    QTest::newRow("at a fixed rate, all that should have started in the stall") << 200.0 << 0.2;
    QTest::newRow("else one") << 0.0 << 0.0;
}

/// No coordinated omission: a server that stalls must not keep the client from asking, and thereby from noticing.
void TestRepeatPace::countsFromWhenItShouldHaveStarted()
{
    QFETCH(const double, rate);
    QFETCH(const double, share);
    constexpr int count = 300;
    Host host([](int number, RawSocket &peer) {
        if (number == 50)
            std::this_thread::sleep_for(1s); // the stall is what the test is about
        peer.send(Greeting);
        peer.close();
    });
    RepeatRequest request = requestTo(host.port(), count, 1);
    request.rate = rate;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, count}}));
    QVERIFY(account->complete.max() >= 1s);
    qint64 late = 0;
    for (std::size_t i = LatencyHistogram::indexOf(nanoseconds(500ms).count()); i < LatencyHistogram::Size; ++i)
        late += account->complete.countAt(i);
    // At 200 a second, 100 should have started in the first half of the stall: those waited for half a second or more.
    QVERIFY2(late >= 1 + qint64(share * count), qPrintable(QString::number(late)));
    if (rate == 0)
        QCOMPARE(late, 1);
}

void TestRepeatPace::lastsForATime()
{
    Host host(sending(Greeting));
    RepeatRequest request = requestTo(host.port(), 1, 4); // the count does not matter
    request.lasting = 300ms;
    const RepeatSnapshot account = runOf(request);
    QVERIFY(account->finished);
    QVERIFY2(account->started > 4, qPrintable(account->summary()));
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, account->started}}));
    QCOMPARE(account->all(), account->started);
    QCOMPARE(host.accepted(), account->started);
    QVERIFY2(account->elapsed >= 300ms, qPrintable(account->summary()));
    QVERIFY(account->allComplete());
    QVERIFY2(account->title().contains(u"started for 0.3 s"_s), qPrintable(account->title()));
}

void TestRepeatPace::finishesWhatIsUnderWayWhenTheTimeIsOver()
{
    std::promise<void> over;
    std::shared_future<void> isOver = over.get_future();
    Host host([&](int, RawSocket &peer) {
        isOver.wait();
        peer.send(Greeting);
        peer.close();
    });
    RepeatRequest request = requestTo(host.port(), 1, 3);
    request.lasting = 50ms;
    Run run(request);
    const bool isSeen =
        QTest::qWaitFor([&] { return !run.progress.empty() && run.progress.back()->timeIsOver; }, Patience);
    over.set_value();
    QVERIFY(isSeen);
    QCOMPARE(run.progress.back()->underWay(), 3);
    QVERIFY(run.waitForEnd());
    QCOMPARE(outcomesOf(*run.account), (Outcomes{{u"complete"_s, 3}}));
}

void TestRepeatPace::cancelsARunOfATime()
{
    Host host([](int, RawSocket &) {});
    RepeatRequest request = requestTo(host.port(), 1, 3);
    request.lasting = 1h;
    Run run(request);
    QVERIFY(QTest::qWaitFor([&] { return !run.progress.empty() && run.progress.back()->underWay() == 3; }, Patience));
    QVERIFY(run.progress.back()->timeLeft() > 59min);
    run.engine.post([](RepeatRun &engine) { engine.cancel(); });
    QVERIFY(run.waitForEnd());
    QCOMPARE(outcomesOf(*run.account), (Outcomes{{u"cancelled"_s, 3}}));
    QVERIFY(!run.account->allComplete());
    QVERIFY2(run.account->failure().startsWith(u"The run was cancelled: 0 of 3"_s), qPrintable(run.account->failure()));
}

QTEST_GUILESS_MAIN(TestRepeatPace)
#include "tst_repeat_pace.moc"
