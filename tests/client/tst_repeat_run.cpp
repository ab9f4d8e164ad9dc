// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_run.h"
#include "tests/support/raw_socket.h"
#include "tests/support/repeat_fixture.h"

#include <QRegularExpression>
#include <QTest>

#include <atomic>
#include <chrono>
#include <numeric>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

bool addsUp(const RepeatResult &account)
{
    return std::accumulate(account.counts.begin(), account.counts.end(), qint64(0)) + account.underWay()
           == account.request.count;
}

} // namespace

/// The client as a load: every connection is counted once, by what became of it.
class TestRepeatRun : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void outcomes_data();
    void outcomes();
    void everyTenthIsReset();
    void refused();
    void silentUntilTheTimeout();
    void notConnectedInTime();
    void unknownHost();
    void nextAddress();
    void sends();
    void holds();
    void foreignSource();
    void sourcesOfTheOtherFamily();
    void tellsWhatIsWaitedFor_data();
    void tellsWhatIsWaitedFor();
    void tellsProgress();
    void cancel();
    void startsAnew();
};

void TestRepeatRun::outcomes_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<QByteArray>("expected");
    QTest::addColumn<QString>("outcome");
    QTest::addColumn<QString>("detail");
    const auto cut = [](int size) {
        return [size](int, RawSocket &peer) {
            peer.send(Greeting.first(size));
            peer.reset();
        };
    };
    const auto dripping = [](const QByteArray &text) {
        return [text](int, RawSocket &peer) {
            peer.sendAtOnce();
            for (const char byte : text)
                peer.send(QByteArrayView(&byte, 1));
            peer.close();
        };
    };
    const auto row = [](const char *name, const Script &script, const QByteArray &expected, const QString &outcome,
                        const QString &detail = {}) { QTest::newRow(name) << script << expected << outcome << detail; };

    row("any greeting", sending("x"), {}, u"complete"_s);
    row("the expected one", sending(Greeting), Greeting, u"complete"_s);
    row("byte by byte", dripping(Greeting), Greeting, u"complete"_s);
    row("longer than a read", sending(Greeting.repeated(50'000)), Greeting.repeated(50'000), u"complete"_s);
    row("another", sending("Hello Moon!!"), Greeting, u"wrong-greeting"_s);
    row("shorter", sending(Greeting.chopped(1)), Greeting, u"wrong-greeting"_s);
    row("longer", sending(Greeting + '\n'), Greeting, u"wrong-greeting"_s);
    row("wrong at the end, byte by byte", dripping("Hello World?"), Greeting, u"wrong-greeting"_s);
    row("none", sending({}), {}, u"never-greeted"_s, u"closed without a byte: 30"_s);
    row("none, where one is expected", sending({}), Greeting, u"never-greeted"_s, u"closed without a byte: 30"_s);
    row("reset at once", cut(0), {}, u"reset"_s, u"after 0 bytes: 30"_s);
    row("reset within", cut(5), {}, u"reset"_s, u"after 5 bytes: 30"_s);
    row("reset within, though as expected so far", cut(5), Greeting, u"reset"_s, u"after 5 bytes: 30"_s);
    row("reset in place of the end", cut(12), Greeting, u"reset"_s, u"after 12 bytes: 30"_s);
    row("as long as the limit", sending(QByteArray(1'000'000, 'a')), {}, u"complete"_s);
    row("longer than the limit", sending(QByteArray(1'000'001, 'a')), {}, u"too-long"_s);
}

void TestRepeatRun::outcomes()
{
    QFETCH(const Script, script);
    QFETCH(const QByteArray, expected);
    QFETCH(const QString, outcome);
    QFETCH(const QString, detail);
    Host host(script);
    RepeatRequest request = requestTo(host.port(), 30, 4);
    request.expected = expected;
    request.maxBytes = 1'000'000;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{outcome, 30}}));
    QCOMPARE(host.accepted(), 30);
    QCOMPARE(account->started, 30);
    QCOMPARE(account->connected, 30);
    QVERIFY(account->mostOpen >= 1 && account->mostOpen <= 4);
    QCOMPARE(account->complete.count(), outcome == u"complete"_s ? 30 : 0);
    const auto nth = [&](const char *name) {
        for (std::size_t i = 0; i < RepeatOutcomes; ++i) {
            if (QLatin1String(repeatOutcomeName(static_cast<RepeatOutcome>(i))) == QLatin1String(name))
                return static_cast<RepeatOutcome>(i);
        }
        return RepeatOutcome::NotStarted;
    };
    QCOMPARE(account->detail(nth(outcome.toLatin1().constData())), detail);
    QCOMPARE(account->failure().isEmpty(), outcome == u"complete"_s);
}

/// The one that QTcpSocket gets wrong: it connects again behind its user's back.
void TestRepeatRun::everyTenthIsReset()
{
    constexpr int count = 20'000;
    Host host([](int number, RawSocket &peer) {
        const bool isTenth = number % 10 == 9;
        if (!isTenth || number % 20 == 9)
            peer.send(isTenth ? Greeting.first(5) : Greeting);
        if (isTenth)
            peer.reset();
        else
            peer.close();
    });
    RepeatRequest request = requestTo(host.port(), count, 64);
    request.expected = Greeting;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, 18'000}, {u"reset"_s, 2'000}}));
    QCOMPARE(account->detail(RepeatOutcome::Reset), u"after 0 bytes: 1000, after 5 bytes: 1000"_s);
    QCOMPARE(host.accepted(), count);
    QCOMPARE(account->bytes, 18'000 * 12 + 1'000 * 5);
    QCOMPARE(account->connect.count(), count);
    QCOMPARE(account->firstByte.count(), 19'000);
    QCOMPARE(account->complete.count(), 18'000);
    QVERIFY(account->mostOpen <= 64);
}

void TestRepeatRun::refused()
{
    const RawSocket nobody = RawSocket::bound();
    const RepeatSnapshot account = runOf(requestTo(nobody.localPort(), 5'000, 100));
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"refused"_s, 5'000}}));
    QCOMPARE(account->connected, 0);
    QCOMPARE(account->connect.count(), 0);
}

void TestRepeatRun::silentUntilTheTimeout()
{
    Host host([](int number, RawSocket &peer) {
        if (number % 2 == 0)
            peer.send("Hello");
    });
    RepeatRequest request = requestTo(host.port(), 40, 10);
    request.timeout = 100ms;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"never-greeted"_s, 20}, {u"timed-out"_s, 20}}));
    QCOMPARE(account->detail(RepeatOutcome::NeverGreeted), u"silent until the time-out: 20"_s);
    QCOMPARE(account->detail(RepeatOutcome::TimedOut), u"no end of the message: 20"_s);
}

void TestRepeatRun::notConnectedInTime()
{
    const RawSocket full = RawSocket::listening("127.0.0.1", 0);
    const RawSocket waiting = RawSocket::connectedTo("127.0.0.1", full.localPort());
    RepeatRequest request = requestTo(full.localPort(), 6, 3);
    request.timeout = 100ms;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"timed-out"_s, 6}}));
    QCOMPARE(account->detail(RepeatOutcome::TimedOut), u"not connected: 6"_s);
}

void TestRepeatRun::unknownHost()
{
    const RepeatSnapshot account = runOf(requestTo(1, 10, 2, u"no-such-host.invalid"_s));
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"not-started"_s, 10}}));
    QVERIFY(account->lookupError != 0);
    QVERIFY(account->failure().contains(u"no-such-host.invalid"_s));
}

void TestRepeatRun::nextAddress()
{
    SKIP_WITHOUT_IPV6(true);
    Host host(sending(Greeting)); // on 127.0.0.1 only
    const RepeatSnapshot account = runOf(requestTo(host.port(), 200, 8, u"localhost"_s));
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, 200}}));
    QCOMPARE(account->peer.host(), "127.0.0.1"_ba);
    QCOMPARE(host.accepted(), 200);

    const RawSocket nobody = RawSocket::bound();
    const RepeatSnapshot none = runOf(requestTo(nobody.localPort(), 200, 8, u"localhost"_s));
    QCOMPARE(outcomesOf(*none), (Outcomes{{u"refused"_s, 200}}));
}

void TestRepeatRun::sends()
{
    const QByteArray text = QByteArray("What is there to say?").repeated(200'000); // more than the buffers hold
    std::atomic<int> right = 0;
    Host host([&](int, RawSocket &peer) {
        right += peer.receive(text.size()) == text ? 1 : 0;
        peer.send(Greeting);
        peer.close();
    });
    RepeatRequest request = requestTo(host.port(), 5, 2);
    request.send = text;
    QCOMPARE(outcomesOf(*runOf(request)), (Outcomes{{u"complete"_s, 5}}));
    QCOMPARE(right, 5);
}

void TestRepeatRun::holds()
{
    Host host([](int number, RawSocket &peer) {
        peer.send(number == 7 ? "Hello Moon!!" : Greeting);
        if (number == 3)
            peer.reset();
        if (number == 5)
            peer.close();
    });
    RepeatRequest request = requestTo(host.port(), 50, 50);
    request.expected = Greeting;
    request.hold = 500ms;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, 48}, {u"reset"_s, 1}, {u"wrong-greeting"_s, 1}}));
    QVERIFY(account->mostOpen >= 40); // one was reset, one closed, whenever
    QVERIFY(account->elapsed >= request.hold);
    QVERIFY(account->complete.quantile(0.5) < account->elapsed); // the latency is the greeting's
}

void TestRepeatRun::foreignSource()
{
    RepeatRequest request = requestTo(1, 20, 2, u"192.0.2.1"_s); // RFC 5737: nobody's
    request.sources = {std::get<Net>(Net::parse(u"192.0.2.7"_s))};
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"failed"_s, 20}}));
    QVERIFY(account->detail(RepeatOutcome::Failed).contains(u"EADDRNOTAVAIL"_s));
    QVERIFY(account->advice().contains(u"source address"_s));
}

void TestRepeatRun::sourcesOfTheOtherFamily()
{
    RepeatRequest request = requestTo(1, 20, 2);
    request.sources = {std::get<Net>(Net::parse(u"::1"_s))};
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"not-started"_s, 20}}));
    QVERIFY(account->failure().contains(u"family"_s));
}

void TestRepeatRun::tellsWhatIsWaitedFor_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<bool>("asks");
    QTest::addColumn<std::chrono::milliseconds>("hold");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char *name, const Script &script, const QString &sentence, bool asks = false,
                        std::chrono::milliseconds hold = 0ms) {
        QTest::newRow(name) << script << asks << hold << sentence;
    };
    const QString timeout = u"; the time-out of 30 s ends them, the first in \\d+ s\\."_s;
    const Script greets = [](int, RawSocket &peer) { peer.send(Greeting); };
    const Script greetsOne = [](int number, RawSocket &peer) {
        if (number == 0)
            peer.send(Greeting);
    };
    const Script greetsHalf = [](int, RawSocket &peer) { peer.send("Hello"); };
    const Script silent = [](int, RawSocket &) {};
    row("greeted", greets, u"3 connections wait for the server to close"_s + timeout);
    row("silent", silent, u"3 connections wait for the server's first byte"_s + timeout);
    row("half a greeting", greetsHalf, u"3 connections wait for the rest of the greeting"_s + timeout);
    row("both", greetsOne, u"2 connections wait for the server's first byte, 1 for the server to close"_s + timeout);
    row("no answer", silent, u"3 connections wait for an answer"_s + timeout, true);
    row("held", greets, u"3 connections wait until they were held open for 60 s, the first for \\d+ s more\\."_s, false,
        60s);
}

void TestRepeatRun::tellsWhatIsWaitedFor()
{
    QFETCH(const Script, script);
    QFETCH(const bool, asks);
    QFETCH(const std::chrono::milliseconds, hold);
    QFETCH(const QString, sentence);
    Host host(script);
    RepeatRequest request = requestTo(host.port(), 100, 3);
    request.expected = Greeting;
    request.hold = hold;
    if (asks) {
        request.send = "ping";
        request.exchanges = 2;
    }
    Run run(request);
    QString text;
    const bool isTold = QTest::qWaitFor(
        [&] {
            text = run.progress.empty() ? QString() : run.progress.back()->waitingText();
            return !text.isEmpty();
        },
        Patience);
    QVERIFY(isTold);
    QVERIFY2(run.progress.front()->waitingText().isEmpty(), "There was no time to wait");
    QVERIFY2(QRegularExpression(QRegularExpression::anchoredPattern(sentence)).match(text).hasMatch(),
             qPrintable(text));
    run.engine.post([](RepeatRun &engine) { engine.cancel(); });
    QVERIFY(run.waitForEnd());
    QCOMPARE(run.account->waitingText(), QString());
}

void TestRepeatRun::tellsProgress()
{
    Host host(sending(Greeting));
    RepeatRequest request = requestTo(host.port(), 100, 10);
    request.rate = 200;
    Run run(request);
    QVERIFY(run.waitForEnd());
    QVERIFY(run.progress.size() >= 2);
    qint64 before = 0;
    for (const RepeatSnapshot &snapshot : run.progress) {
        QVERIFY(!snapshot->finished);
        QVERIFY(snapshot->ended >= before);
        QCOMPARE(std::accumulate(snapshot->counts.begin(), snapshot->counts.end(), qint64(0)), snapshot->ended);
        if (snapshot->ended > 0)
            QVERIFY(snapshot->timeLeft() > 0ns);
        before = snapshot->ended;
    }
    QVERIFY(run.account->finished);
    QCOMPARE(run.account->timeLeft(), 0ns);
    QCOMPARE(run.account->underWay(), 0);
}

void TestRepeatRun::cancel()
{
    Host host([](int number, RawSocket &peer) {
        if (number < 10) {
            peer.send(Greeting);
            peer.close();
        }
    });
    Run run(requestTo(host.port(), 1'000, 20));
    QVERIFY(QTest::qWaitFor([&] { return !run.progress.empty() && run.progress.back()->ended == 10; }, Patience));
    run.engine.post([](RepeatRun &engine) { engine.cancel(); });
    QVERIFY(run.waitForEnd());
    QCOMPARE(outcomesOf(*run.account), (Outcomes{{u"cancelled"_s, 20}, {u"complete"_s, 10}, {u"not-started"_s, 970}}));
    QVERIFY(addsUp(*run.account));
    QVERIFY(run.account->failure().contains(u"cancelled"_s));
}

void TestRepeatRun::startsAnew()
{
    Host host(sending(Greeting));
    Run run(requestTo(host.port(), 100'000, 50));
    QVERIFY(QTest::qWaitFor([&] { return !run.progress.empty(); }, Patience));
    run.engine.post([request = requestTo(host.port(), 70, 5)](RepeatRun &engine) { engine.start(request); });
    QVERIFY(QTest::qWaitFor([&] { return run.account && run.account->request.count == 70; }, Patience));
    QCOMPARE(outcomesOf(*run.account), (Outcomes{{u"complete"_s, 70}}));
}

QTEST_GUILESS_MAIN(TestRepeatRun)
#include "tst_repeat_run.moc"
