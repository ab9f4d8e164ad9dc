// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_run.h"
#include "shared/loop/io_thread.h"
#include "tests/support/raw_socket.h"

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <functional>
#include <future>
#include <numeric>
#include <thread>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

using std::chrono::nanoseconds;

constexpr int Patience = 30'000; // ms; QTRY_ waits thrice as long before it tells a failure, within ctest's limit
const QByteArray Greeting = "Hello World!";

/// What a server does with each connection, by its number from 0.
using Script = std::function<void(int number, RawSocket &peer)>;

/// Accepts one connection after another and does with each what the script says.
class Host
{
public:
    explicit Host(Script script) : thread_([this, script = std::move(script)] { run(script); }) {}
    ~Host() { accepted(); }
    Q_DISABLE_COPY_MOVE(Host)

    quint16 port() const { return listener_.localPort(); }
    /// Stops. Returns how many connections there were.
    int accepted()
    {
        if (thread_.joinable()) {
            stopping_ = true;
            const RawSocket last = RawSocket::connectedTo("127.0.0.1", port()); // comes after all others
            lastPort_.set_value(last.localPort());
            thread_.join();
        }
        return accepted_;
    }

private:
    void run(const Script &script)
    {
        for (;;) {
            RawSocket peer = listener_.accept();
            if (!peer.isOpen())
                continue; // none came for a long time
            if (stopping_ && peer.peerPort() == isLast_.get())
                return;
            script(accepted_++, peer);
            if (peer.isOpen())
                held_.push_back(std::move(peer));
        }
    }

    RawSocket listener_ = RawSocket::listening();
    std::atomic<bool> stopping_ = false;
    std::promise<quint16> lastPort_;
    std::shared_future<quint16> isLast_ = lastPort_.get_future();
    std::atomic<int> accepted_ = 0;
    std::vector<RawSocket> held_;
    std::thread thread_;
};

Script sending(const QByteArray &bytes)
{
    return [bytes](int, RawSocket &peer) {
        peer.send(bytes);
        peer.close();
    };
}

RepeatRequest requestTo(quint16 port, qint64 count, int concurrency = 1, const QString &host = u"127.0.0.1"_s)
{
    RepeatRequest request;
    request.endpoint = std::get<Endpoint>(Endpoint::parse(host, QString::number(port), Endpoint::Use::Connect));
    request.count = count;
    request.concurrency = concurrency;
    request.timeout = 30s;
    return request;
}

/// A run on its thread.
struct Run
{
    explicit Run(const RepeatRequest &request)
    {
        engine.hear(&RepeatRun::finished, &context, [this](const RepeatSnapshot &snapshot) { account = snapshot; });
        engine.hear(&RepeatRun::progressed, &context,
                    [this](const RepeatSnapshot &snapshot) { progress.push_back(snapshot); });
        engine.post([request](RepeatRun &run) { run.start(request); });
    }
    bool waitForEnd()
    {
        return QTest::qWaitFor([this] { return account != nullptr; }, Patience);
    }

    QObject context;
    RepeatSnapshot account;
    std::vector<RepeatSnapshot> progress;
    IoThread<RepeatRun> engine;
};

RepeatSnapshot runOf(const RepeatRequest &request)
{
    Run run(request);
    return run.waitForEnd() ? run.account : std::make_shared<const RepeatResult>();
}

/// The outcomes of the account that occurred.
QMap<QString, qint64> outcomesOf(const RepeatResult &account)
{
    QMap<QString, qint64> outcomes;
    for (std::size_t i = 0; i < RepeatOutcomes; ++i) {
        if (account.counts[i] != 0)
            outcomes.insert(QLatin1String(repeatOutcomeName(static_cast<RepeatOutcome>(i))), account.counts[i]);
    }
    return outcomes;
}

using Outcomes = QMap<QString, qint64>;

bool addsUp(const RepeatResult &account)
{
    return std::accumulate(account.counts.begin(), account.counts.end(), qint64(0)) + account.underWay()
           == account.request.count;
}

} // namespace

Q_DECLARE_METATYPE(Script)

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
    void keepsTheRate();
    void countsFromWhenItShouldHaveStarted_data();
    void countsFromWhenItShouldHaveStarted();
    void lastsForATime();
    void finishesWhatIsUnderWayWhenTheTimeIsOver();
    void cancelsARunOfATime();
    void exchanges_data();
    void exchanges();
    void exchangesThatEndEarly_data();
    void exchangesThatEndEarly();
    void holdsAfterTheExchanges();
    void datagrams();
    void exchangesOfDatagrams();
    void datagramsAreRefused();
    void nextAddressOfDatagrams();
    void datagramTooLong();
    void unixSocket();
    void fullAcceptQueue();
    void noSuchPath();
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

void TestRepeatRun::keepsTheRate()
{
    Host host(sending(Greeting));
    RepeatRequest request = requestTo(host.port(), 500, 100);
    request.rate = 1000;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, 500}}));
    QVERIFY(account->elapsed >= 499ms); // never faster
}

void TestRepeatRun::countsFromWhenItShouldHaveStarted_data()
{
    QTest::addColumn<double>("rate");
    QTest::addColumn<double>("share"); // of the connections that a stall of a second concerns, at least
    QTest::newRow("at a fixed rate, all that should have started in the stall") << 200.0 << 0.2;
    QTest::newRow("else one") << 0.0 << 0.0;
}

/// No coordinated omission: a server that stalls must not keep the client from asking, and thereby from noticing.
void TestRepeatRun::countsFromWhenItShouldHaveStarted()
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

void TestRepeatRun::lastsForATime()
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

void TestRepeatRun::finishesWhatIsUnderWayWhenTheTimeIsOver()
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

void TestRepeatRun::cancelsARunOfATime()
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

void TestRepeatRun::exchanges_data()
{
    QTest::addColumn<QByteArray>("question");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QByteArray>("expected");
    QTest::addColumn<qint64>("answerBytes");
    const QByteArray large = QByteArray("What is there to say?").repeated(100'000); // more than the buffers hold
    QTest::newRow("an echo") << "ping"_ba
                             << "ping"_ba << QByteArray() << qint64(0);
    QTest::newRow("a text") << "ping"_ba << Greeting << Greeting << qint64(0);
    QTest::newRow("a length") << "ping"_ba
                              << "1234567"_ba << QByteArray() << qint64(7);
    QTest::newRow("longer than a read") << "ping"_ba << large << large << qint64(0);
    QTest::newRow("as long as a read") << "ping"_ba << QByteArray(64 * 1024, 'a') << QByteArray() << qint64(64 * 1024);
    QTest::newRow("a long question") << large << Greeting << Greeting << qint64(0);
}

void TestRepeatRun::exchanges()
{
    QFETCH(const QByteArray, question);
    QFETCH(const QByteArray, answer);
    QFETCH(const QByteArray, expected);
    QFETCH(const qint64, answerBytes);
    constexpr int count = 4;
    constexpr int each = 6;
    std::atomic<int> right = 0;
    std::atomic<int> closed = 0;
    Host host([&](int, RawSocket &peer) {
        for (int i = 0; i < each; ++i) {
            right += peer.receive(question.size()) == question ? 1 : 0;
            peer.send(answer);
        }
        closed += peer.isAtEnd() ? 1 : 0;
    });
    RepeatRequest request = requestTo(host.port(), count, 2);
    request.send = question;
    request.expected = expected;
    request.answerBytes = answerBytes;
    request.exchanges = each;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, count}}));
    QCOMPARE(host.accepted(), count);
    QCOMPARE(right, count * each);
    QCOMPARE(closed, count); // in order, by the client
    QCOMPARE(account->exchange.count(), count * each);
    QCOMPARE(account->complete.count(), count);
    QVERIFY(account->exchange.min() > 0ns);
    QVERIFY(account->exchange.max() < account->complete.max());
    QCOMPARE(account->bytes, answer.size() * count * each);
}

void TestRepeatRun::exchangesThatEndEarly_data()
{
    QTest::addColumn<Script>("end"); // after two answers
    QTest::addColumn<QString>("outcome");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char *name, const Script &end, const QString &outcome, const QString &detail = {}) {
        QTest::newRow(name) << end << outcome << detail;
    };
    const Script closes = [](int, RawSocket &peer) { peer.shutdownSending(); };
    const Script closesWithin = [](int, RawSocket &peer) {
        peer.send("Hello");
        peer.shutdownSending();
    };
    const Script resets = [](int, RawSocket &peer) { peer.reset(); };
    const Script errs = [](int, RawSocket &peer) { peer.send("Hello Moon!!"); };
    const Script saysMore = [](int, RawSocket &peer) { peer.send(Greeting + '\n'); };
    const Script silent = [](int, RawSocket &) {};
    row("closed", closes, u"closed-early"_s);
    row("closed within an answer", closesWithin, u"closed-early"_s);
    row("reset", resets, u"reset"_s, u"after 24 bytes: 3"_s);
    row("wrong", errs, u"wrong-greeting"_s);
    row("too long", saysMore, u"wrong-greeting"_s);
    row("silent", silent, u"timed-out"_s, u"a later answer did not come: 3"_s);
}

void TestRepeatRun::exchangesThatEndEarly()
{
    QFETCH(const Script, end);
    QFETCH(const QString, outcome);
    QFETCH(const QString, detail);
    Host host([&end](int number, RawSocket &peer) {
        for (int i = 0; i < 2; ++i) {
            peer.receive(4);
            peer.send(Greeting);
        }
        peer.receive(4);
        end(number, peer);
    });
    RepeatRequest request = requestTo(host.port(), 3, 1);
    request.send = "ping";
    request.expected = Greeting;
    request.exchanges = 5;
    if (outcome == u"timed-out"_s)
        request.timeout = 200ms;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{outcome, 3}}));
    QCOMPARE(account->exchange.count(), 6);
    for (const RepeatOutcome each : {RepeatOutcome::Reset, RepeatOutcome::TimedOut}) {
        if (account->count(each) > 0)
            QCOMPARE(account->detail(each), detail);
    }
    QVERIFY(!account->failure().isEmpty());
}

void TestRepeatRun::holdsAfterTheExchanges()
{
    Host host([](int number, RawSocket &peer) {
        peer.receive(4);
        peer.send("ping");
        if (number == 1)
            peer.send("unasked");
        if (number == 2)
            peer.shutdownSending();
    });
    RepeatRequest request = requestTo(host.port(), 4, 4);
    request.send = "ping";
    request.exchanges = 1;
    request.hold = 300ms;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, 3}, {u"wrong-greeting"_s, 1}}));
    QVERIFY(account->elapsed >= 300ms);
}

void TestRepeatRun::datagrams()
{
    constexpr int count = 40;
    RawDatagrams server = RawDatagrams::bound();
    int empty = 0;
    const auto serve = std::async(std::launch::async, [&] {
        for (int i = 0; i < count; ++i) {
            empty += server.receive() == QByteArray() ? 1 : 0;
            if (i % 4 > 0)
                server.answer(i % 4 == 1 ? Greeting : i % 4 == 2 ? QByteArray("Hello") : QByteArray());
        }
    });
    RepeatRequest request = requestTo(server.localPort(), count, 1);
    request.endpoint.transport = Transport::Udp;
    request.timeout = 100ms;
    const RepeatSnapshot any = runOf(request);
    serve.wait();
    QCOMPARE(empty, count); // there was nothing to send
    QCOMPARE(outcomesOf(*any), (Outcomes{{u"complete"_s, 30}, {u"never-greeted"_s, 10}}));
    QCOMPARE(any->complete.count(), 30);
    QVERIFY(any->complete.max() < 100ms);
    QVERIFY2(any->title().startsWith(u"40 datagrams to "_s), qPrintable(any->title()));
    QVERIFY2(any->failure().startsWith(u"10 of 40 datagrams to "_s), qPrintable(any->failure()));

    const auto serveAgain = std::async(std::launch::async, [&] {
        for (int i = 0; i < 20; ++i) {
            server.receive();
            server.answer(i % 2 == 0 ? Greeting : Greeting + '!');
        }
    });
    request.count = 20;
    request.send = "ping";
    request.expected = Greeting;
    const RepeatSnapshot expected = runOf(request);
    QCOMPARE(outcomesOf(*expected), (Outcomes{{u"complete"_s, 10}, {u"wrong-greeting"_s, 10}}));
}

void TestRepeatRun::exchangesOfDatagrams()
{
    RawDatagrams server = RawDatagrams::bound();
    const auto serve = std::async(std::launch::async, [&] {
        for (int i = 0; i < 50; ++i) {
            const auto question = server.receive();
            server.answer(question.value_or("none came"));
        }
    });
    RepeatRequest request = requestTo(server.localPort(), 10, 1);
    request.endpoint.transport = Transport::Udp;
    request.send = request.expected = "ping";
    request.exchanges = 5;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, 10}}));
    QCOMPARE(account->exchange.count(), 50);
}

void TestRepeatRun::datagramsAreRefused()
{
    const RawDatagrams nobody = RawDatagrams::refusing();
    RepeatRequest request = requestTo(nobody.localPort(), 20, 4);
    request.endpoint.transport = Transport::Udp;
    QCOMPARE(outcomesOf(*runOf(request)), (Outcomes{{u"refused"_s, 20}}));
}

void TestRepeatRun::nextAddressOfDatagrams()
{
    SKIP_WITHOUT_IPV6(true);
    RawDatagrams server = RawDatagrams::bound(); // on 127.0.0.1 only
    const auto serve = std::async(std::launch::async, [&] {
        for (int i = 0; i < 20; ++i) {
            const auto question = server.receive();
            server.answer(question.value_or("none came"));
        }
    });
    RepeatRequest request = requestTo(server.localPort(), 20, 4, u"localhost"_s);
    request.endpoint.transport = Transport::Udp;
    request.send = request.expected = "ping";
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, 20}}));
    QCOMPARE(account->peer.host(), "127.0.0.1"_ba);
    QCOMPARE(account->connected, 20);
}

void TestRepeatRun::datagramTooLong()
{
    RawDatagrams server = RawDatagrams::bound();
    RepeatRequest request = requestTo(server.localPort(), 3, 1);
    request.endpoint.transport = Transport::Udp;
    request.send = QByteArray(70'000, 'a');
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"failed"_s, 3}}));
    QVERIFY2(account->detail(RepeatOutcome::Failed).contains(u"EMSGSIZE"_s),
             qPrintable(account->detail(RepeatOutcome::Failed)));
}

void TestRepeatRun::unixSocket()
{
    const QTemporaryDir files;
    const QString path = files.filePath(u"socket"_s);
    const RawSocket listener = RawSocket::listeningOn(QFile::encodeName(path));
    const auto serve = std::async(std::launch::async, [&] {
        for (int i = 0; i < 60; ++i) {
            RawSocket peer = listener.accept();
            peer.send(i % 3 == 0 ? Greeting.chopped(1) : Greeting);
        }
    });
    RepeatRequest request;
    request.endpoint = std::get<Endpoint>(Endpoint::parseUnix(path));
    request.count = 60;
    request.concurrency = 5;
    request.expected = Greeting;
    const RepeatSnapshot account = runOf(request);
    QCOMPARE(outcomesOf(*account), (Outcomes{{u"complete"_s, 40}, {u"wrong-greeting"_s, 20}}));
}

/// A connection waits as a blocking connect() does.
void TestRepeatRun::fullAcceptQueue()
{
    const QTemporaryDir files;
    const QString path = files.filePath(u"socket"_s);
    const RawSocket listener = RawSocket::listeningOn(QFile::encodeName(path), 0);
    RepeatRequest request;
    request.endpoint = std::get<Endpoint>(Endpoint::parseUnix(path));
    request.count = 30;
    request.concurrency = 10;
    request.timeout = 30s;
    Run run(request);
    QVERIFY(QTest::qWaitFor([&] { return !run.progress.empty() && run.progress.back()->underWay() == 10; }, Patience));
    QCOMPARE(run.progress.back()->connected, 1); // the queue has room for one
    const auto serve = std::async(std::launch::async, [&] {
        for (int i = 0; i < 30; ++i) {
            RawSocket peer = listener.accept();
            peer.send(Greeting);
        }
    });
    QVERIFY(run.waitForEnd());
    QCOMPARE(outcomesOf(*run.account), (Outcomes{{u"complete"_s, 30}}));
}

void TestRepeatRun::noSuchPath()
{
    const QTemporaryDir files;
    RepeatRequest request;
    request.endpoint = std::get<Endpoint>(Endpoint::parseUnix(files.filePath(u"none"_s)));
    request.count = 5;
    QCOMPARE(outcomesOf(*runOf(request)), (Outcomes{{u"refused"_s, 5}}));
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
