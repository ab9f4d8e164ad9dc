// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_run.h"
#include "tests/support/raw_socket.h"
#include "tests/support/repeat_fixture.h"

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <future>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Runs of datagrams and on Unix sockets.
class TestRepeatTransports : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void datagrams();
    void exchangesOfDatagrams();
    void datagramsAreRefused();
    void nextAddressOfDatagrams();
    void datagramTooLong();
    void unixSocket();
    void fullAcceptQueue();
    void noSuchPath();
};

void TestRepeatTransports::datagrams()
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

void TestRepeatTransports::exchangesOfDatagrams()
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

void TestRepeatTransports::datagramsAreRefused()
{
    const RawDatagrams nobody = RawDatagrams::refusing();
    RepeatRequest request = requestTo(nobody.localPort(), 20, 4);
    request.endpoint.transport = Transport::Udp;
    QCOMPARE(outcomesOf(*runOf(request)), (Outcomes{{u"refused"_s, 20}}));
}

void TestRepeatTransports::nextAddressOfDatagrams()
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

void TestRepeatTransports::datagramTooLong()
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

void TestRepeatTransports::unixSocket()
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
void TestRepeatTransports::fullAcceptQueue()
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

void TestRepeatTransports::noSuchPath()
{
    const QTemporaryDir files;
    RepeatRequest request;
    request.endpoint = std::get<Endpoint>(Endpoint::parseUnix(files.filePath(u"none"_s)));
    request.count = 5;
    QCOMPARE(outcomesOf(*runOf(request)), (Outcomes{{u"refused"_s, 5}}));
}

QTEST_GUILESS_MAIN(TestRepeatTransports)
#include "tst_repeat_transports.moc"
