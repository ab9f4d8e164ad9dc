// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QTest>

#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <vector>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void nextGreeting();
    void newLimitsHoldForTheNext();
    void burst();
    void stops();
    void finishesWhatIsUnderWay();
    void listensAgain();
    void reachable();
};

void TestServer::nextGreeting()
{
    ServerFixture fixture;
    const quint16 port = fixture.start();
    QCOMPARE(RawSocket::connectedTo("127.0.0.1", port).receive(100), "Hello World!");
    fixture.server.post([](Server &engine) { engine.setGreeting("Good evening"); });
    QTRY_COMPARE_WITH_TIMEOUT(RawSocket::connectedTo("127.0.0.1", port).receive(100), "Good evening", Patience);
}

/// Data that the peer never acknowledges ends a connection at its deadline, whenever that was set.
void TestServer::newLimitsHoldForTheNext()
{
    ServerFixture server("Hello World!", 30s);
    server.settings.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
    const quint16 port = server.start();
    QVERIFY(port > 0);
    std::vector<RawSocket> clients;
    /// TCP_USER_TIMEOUT of the server's side (ms; tcp(7)).
    const auto next = [&] {
        clients.push_back(RawSocket::connectedTo("127.0.0.1", port));
        const auto count = static_cast<qint64>(clients.size());
        if (!QTest::qWaitFor([&] { return server.calls(Call::Accept) == count; }, Patience))
            return -1;
        const auto accept = std::find_if(server.recorder.events.rbegin(), server.recorder.events.rend(),
                                         [](const Event &event) { return event.call() == Call::Accept; });
        int timeout = -1;
        socklen_t length = sizeof timeout;
        ::getsockopt(accept->descriptor(), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, &length);
        return timeout;
    };
    QCOMPARE(next(), 30'000);
    /// The kernel makes the connection, so it has to know before that.
    const auto change = [&server](const auto &command) {
        const auto done = std::make_shared<std::promise<void>>();
        server.server.post([command, done](Server &engine) {
            command(engine);
            done->set_value();
        });
        return done->get_future().wait_for(std::chrono::milliseconds(Patience)) == std::future_status::ready;
    };
    ServerLimits limits = server.settings.limits;
    limits.deadline = 77s;
    QVERIFY(change([limits](Server &engine) { engine.setLimits(limits); }));
    QCOMPARE(next(), 77'000);
    limits.deadline.reset();
    QVERIFY(change([limits](Server &engine) { engine.setLimits(limits); }));
    QCOMPARE(next(), 0); // it stays: no limit
    QVERIFY(change([](Server &engine) { engine.setBehaviour({}); }));
    QCOMPARE(next(), 30'000);
}

void TestServer::burst()
{
    constexpr int count = 500;
    ServerFixture fixture;
    const quint16 port = fixture.start();
    const int whole = beside([port] {
        std::vector<RawSocket> clients;
        for (int i = 0; i < count; ++i)
            clients.push_back(RawSocket::connectedTo("127.0.0.1", port));
        int complete = 0;
        for (RawSocket &client : clients)
            complete += client.receive(100) == "Hello World!" && client.isAtEnd() ? 1 : 0;
        return complete;
    });
    QCOMPARE(whole, count);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.count(Call::End, Outcome::Complete), count, Patience);
    QCOMPARE(fixture.recorder.count(Call::Accept), count);
    QCOMPARE(fixture.server.engine()->accepted(), quint64(count));
}

void TestServer::stops()
{
    ServerFixture fixture(QByteArray(4'000'000, 'g'));
    const quint16 port = fixture.start();
    auto client = RawSocket::connectedTo("127.0.0.1", port, 4096);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(1, Call::Accept), Patience);
    fixture.server.post([](Server &engine) { engine.stop(); });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(0), Outcome::Complete, Patience);
    QVERIFY(!RawSocket::connectedTo("127.0.0.1", port).isOpen());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::None); // goes on
    QCOMPARE(beside([&client] { return client.receive(5'000'000).size(); }), 4'000'000);
    QVERIFY(client.isAtEnd());
}

void TestServer::finishesWhatIsUnderWay()
{
    ServerFixture fixture(QByteArray(4'000'000, 'g'));
    const quint16 port = fixture.start();
    auto client = RawSocket::connectedTo("127.0.0.1", port, 4096);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(1, Call::Accept), Patience);
    const Heard finished(fixture.server, &Server::finished);
    fixture.server.post([](Server &engine) { engine.finish(); });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(0), Outcome::Complete, Patience);
    QCOMPARE(finished.count(), 0);
    QCOMPARE(beside([&client] { return client.receive(5'000'000).size(); }), 4'000'000);
    client.close();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Complete, Patience);
}

void TestServer::listensAgain()
{
    ServerFixture fixture;
    const quint16 port = fixture.start();
    auto client = RawSocket::connectedTo("127.0.0.1", port); // leaves the port in TIME_WAIT or FIN_WAIT
    QCOMPARE(client.receive(100), "Hello World!");
    fixture.server.post([](Server &engine) { engine.stop(); });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(0), Outcome::Complete, Patience);
    fixture.recorder.events.clear();
    fixture.settings.endpoint =
        std::get<Endpoint>(Endpoint::parse(u"127.0.0.1"_s, QString::number(port), Endpoint::Use::Listen));
    QCOMPARE(fixture.start(), port);
    QCOMPARE(RawSocket::connectedTo("127.0.0.1", port).receive(100), "Hello World!");
}

void TestServer::reachable()
{
    ServerFixture fixture;
    const Heard reachable(fixture.server, &Server::reachable);
    const quint16 port = fixture.start();
    QTRY_COMPARE_WITH_TIMEOUT(reachable.count(), 1, Patience);
    const auto reachability = std::get<0>(reachable.at(0));
    QVERIFY(reachability.others.empty());
    QVERIFY(reachability.here == std::vector{Address::ipv4(0x7f000001, port)});
}

QTEST_GUILESS_MAIN(TestServer)
#include "tst_server.moc"
