// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_run.h"
#include "tests/support/raw_socket.h"
#include "tests/support/repeat_fixture.h"

#include <QRegularExpression>
#include <QTest>

#include <atomic>
#include <chrono>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Exchanges on a connection that is kept: each is measured, and one that ends early is told as what it is.
class TestRepeatExchanges : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void exchanges_data();
    void exchanges();
    void exchangesThatEndEarly_data();
    void exchangesThatEndEarly();
    void holdsAfterTheExchanges();
};

void TestRepeatExchanges::exchanges_data()
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

void TestRepeatExchanges::exchanges()
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

void TestRepeatExchanges::exchangesThatEndEarly_data()
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

void TestRepeatExchanges::exchangesThatEndEarly()
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

void TestRepeatExchanges::holdsAfterTheExchanges()
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

QTEST_GUILESS_MAIN(TestRepeatExchanges)
#include "tst_repeat_exchanges.moc"
