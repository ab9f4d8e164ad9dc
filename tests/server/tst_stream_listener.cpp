// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/failing_call.h"
#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// An engine whose accept is held, and what it tells of its queue.
struct HeldServer : ServerFixture
{
    HeldServer()
    {
        server.hear(&Server::acceptQueueChanged, &recorder,
                    [this](bool isThere, std::optional<native::AcceptQueue> told) {
                        exists = isThere;
                        queue = told;
                        ++tellings;
                    });
        hold(true);
        server.post([](Server &engine) { engine.watchAcceptQueue(true); });
    }

    void hold(bool hold)
    {
        server.post([hold](Server &engine) { engine.holdAccept(hold); });
    }
    /// Waits until the commands so far are carried out.
    void settle()
    {
        bool isSettled = false;
        const auto settled = [&isSettled] { isSettled = true; };
        server.post([this, settled](Server &) { mailbox.post(settled); });
        [[maybe_unused]] const bool inTime = QTest::qWaitFor([&isSettled] { return isSettled; }, Patience);
    }
    void accept(int most)
    {
        server.post([most](Server &engine) { engine.acceptHeld(most); });
    }
    int waiting() const { return queue ? queue->waiting : -1; }
    quint64 accepted() { return server.engine()->accepted(); }

    bool exists = false;
    std::optional<native::AcceptQueue> queue;
    int tellings = 0;
    Mailbox mailbox;
};

#define TRY_EQUAL(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, parley::test::Patience)

} // namespace

class TestStreamListener : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void fillsWhileHeld();
    void acceptsSome();
    void overflows();
    void changesTheBacklog();
    void releasing();
    void stoppingServesWhoWaits();
    void finishingServesWhoWaits();
    void holdsOverListening();
    void holdsAUnixSocket();
    void withoutDescriptors();
    void costsNothingUnwatched();
    void datagrams();
};

void TestStreamListener::fillsWhileHeld()
{
    HeldServer server;
    const quint16 port = server.start();
    TRY_EQUAL(server.waiting(), 0);
    QVERIFY(server.exists);
    QVERIFY(server.queue->backlog > 0); // net.core.somaxconn may be less than what was asked for
    const auto clients = connectedClients(port, 3);
    for (const RawSocket &client : clients)
        QVERIFY(client.isOpen()); // they believe to be connected
    TRY_EQUAL(server.waiting(), 3);
    QVERIFY(!server.queue->isFull());
    QCOMPARE(server.accepted(), 0U);
}

void TestStreamListener::acceptsSome()
{
    HeldServer server;
    auto clients = connectedClients(server.start(), 5);
    TRY_EQUAL(server.waiting(), 5);
    server.accept(1);
    QCOMPARE(clients[0].receive(12), "Hello World!"); // the one that has waited longest
    TRY_EQUAL(server.waiting(), 4);
    QCOMPARE(server.accepted(), 1U);
    server.accept(2);
    TRY_EQUAL(server.waiting(), 2);
    QCOMPARE(server.accepted(), 3U);
    server.accept(100);
    QCOMPARE(clients[4].receive(12), "Hello World!");
    TRY_EQUAL(server.waiting(), 0);
    // What was not used up is not for those who come later.
    const auto late = connectedClients(server.recorder.find(0, Call::Listen)->local().port(), 1);
    TRY_EQUAL(server.waiting(), 1);
    QCOMPARE(server.accepted(), 5U);
}

void TestStreamListener::overflows()
{
    HeldServer server;
    server.settings.backlog = 1;
    const quint16 port = server.start();
    auto clients = connectedClients(port, 2);
    TRY_EQUAL(server.waiting(), 2); // one more than the backlog
    QCOMPARE(server.queue->backlog, 1);
    QVERIFY(server.queue->isFull());
    auto third = std::async(std::launch::async, [port] { return RawSocket::connectedTo("127.0.0.1", port); });
    server.accept(1);
    QCOMPARE(clients[0].receive(12), "Hello World!");
    RawSocket last = beside([&third] { return third.get(); }); // its SYN is sent again
    QVERIFY(last.isOpen());
    server.accept(2);
    QCOMPARE(last.receive(12), "Hello World!");
}

/// While it listens, and nobody who waits is lost by that.
void TestStreamListener::changesTheBacklog()
{
    HeldServer server;
    const quint16 port = server.start();
    auto clients = connectedClients(port, 5);
    TRY_EQUAL(server.waiting(), 5);
    server.server.post([](Server &engine) { engine.setBacklog(2); });
    TRY_EQUAL(server.queue->backlog, 2);
    QVERIFY(server.queue->isFull());
    const auto last = server.recorder.events.back();
    QCOMPARE(last.call(), Call::Listen);
    QCOMPARE(last.backlog(), 2);
    QCOMPARE(last.local().port(), port);
    server.server.post([](Server &engine) { engine.stop(); });
    for (RawSocket &client : clients)
        QCOMPARE(client.receive(12), "Hello World!");
    server.listen();
    TRY_EQUAL(server.calls(Call::Listen), 3);
}

void TestStreamListener::releasing()
{
    HeldServer server;
    auto clients = connectedClients(server.start(), 100);
    TRY_EQUAL(server.waiting(), 100);
    server.hold(false);
    for (RawSocket &client : clients)
        QCOMPARE(client.receive(12), "Hello World!");
    TRY_EQUAL(server.waiting(), 0);
    server.hold(true);
    server.settle();
    const auto more = connectedClients(server.recorder.find(0, Call::Listen)->local().port(), 1);
    TRY_EQUAL(server.waiting(), 1);
}

void TestStreamListener::stoppingServesWhoWaits()
{
    HeldServer server;
    auto clients = connectedClients(server.start(), 3);
    TRY_EQUAL(server.waiting(), 3);
    server.server.post([](Server &engine) { engine.stop(); });
    for (RawSocket &client : clients) {
        QCOMPARE(client.receive(12), "Hello World!");
        QVERIFY(client.isAtEnd());
    }
    TRY_EQUAL(server.exists, false);
}

void TestStreamListener::finishingServesWhoWaits()
{
    HeldServer server;
    bool finished = false;
    server.server.hear(&Server::finished, this, [&finished] { finished = true; });
    auto clients = connectedClients(server.start(), 3);
    TRY_EQUAL(server.waiting(), 3);
    server.server.post([](Server &engine) { engine.finish(); });
    for (RawSocket &client : clients) {
        QCOMPARE(client.receive(12), "Hello World!");
        client.close();
    }
    TRY_EQUAL(finished, true);
}

void TestStreamListener::holdsOverListening()
{
    HeldServer server;
    const auto first = connectedClients(server.start(), 1);
    TRY_EQUAL(server.waiting(), 1);
    server.listen();
    TRY_EQUAL(server.calls(Call::Listen), 2);
    const auto last = std::find_if(server.recorder.events.rbegin(), server.recorder.events.rend(), &Server::isServing);
    const auto second = connectedClients(last->local().port(), 2);
    TRY_EQUAL(server.waiting(), 2);
    QCOMPARE(server.accepted(), 1U); // who waited for the listener before
}

void TestStreamListener::holdsAUnixSocket()
{
    const QTemporaryDir folder;
    const QByteArray path = QFile::encodeName(folder.filePath(u"parley.sock"_s));
    HeldServer server;
    server.settings.endpoint = std::get<Endpoint>(Endpoint::parseUnix(QFile::decodeName(path)));
    QVERIFY(Server::isServing(server.startServing()));
    RawSocket first = RawSocket::connectedTo(path);
    RawSocket second = RawSocket::connectedTo(path);
    QVERIFY(first.isOpen() && second.isOpen());
    TRY_EQUAL(server.exists, true);
    QVERIFY(!server.queue); // not told
    server.accept(1);
    QCOMPARE(first.receive(12), "Hello World!");
    QCOMPARE(server.accepted(), 1U);
    server.accept(1);
    QCOMPARE(second.receive(12), "Hello World!");
}

/// Accepting what is held meets the same lack as any other accept, and ends with it.
void TestStreamListener::withoutDescriptors()
{
    HeldServer server;
    std::vector<int> starved;
    server.server.hear(&Server::starved, this,
                       [&starved](int error, native::DescriptorUse) { starved.push_back(error); });
    auto clients = connectedClients(server.start(), 2);
    TRY_EQUAL(server.waiting(), 2);
    {
        const FailingCall noDescriptor(FailingCall::Name::Accept4, EMFILE);
        server.accept(1);
        TRY_EQUAL(starved, std::vector<int>{EMFILE});
        QCOMPARE(server.accepted(), 0U);
    }
    QCOMPARE(clients[0].receive(12), "Hello World!");
    TRY_EQUAL(server.waiting(), 1); // it was asked for one
    TRY_EQUAL(starved, (std::vector<int>{EMFILE, 0}));
}

void TestStreamListener::costsNothingUnwatched()
{
    HeldServer server;
    QVERIFY(server.start() != 0);
    TRY_EQUAL(server.waiting(), 0);
    server.server.post([](Server &engine) { engine.watchAcceptQueue(false); });
    server.settle();
    const int before = server.tellings;
    // In the time of several tellings
    RawSocket client = RawSocket::connectedTo("127.0.0.1", server.recorder.find(0, Call::Listen)->local().port());
    QDeadlineTimer deadline(4 * Server::QueueInterval);
    while (!deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    QCOMPARE(server.tellings, before);
}

void TestStreamListener::datagrams()
{
    HeldServer server;
    server.settings.endpoint.transport = Transport::Udp;
    const Event serving = server.startServing();
    QVERIFY(Server::isServing(serving));
    RawDatagrams client = RawDatagrams::connectedTo("127.0.0.1", serving.local().port());
    QVERIFY(client.send("Hello"));
    QCOMPARE(beside([&client] { return client.receive(); }), "Hello World!"_ba);
    QVERIFY(!server.exists);
}

QTEST_GUILESS_MAIN(TestStreamListener)
#include "tst_stream_listener.moc"
