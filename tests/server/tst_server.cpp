// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QTest>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(parley::Outcome)

class TestServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void listens();
    void doesNotListen_data();
    void doesNotListen();
    void portInUse();
    void greets();
    void greetsWholly_data();
    void greetsWholly();
    void nextGreeting();
    void resetByPeer();
    void endsAtTheDeadline();
    void newLimitsHoldForTheNext();
    void burst();
    void stops();
    void finishesWhatIsUnderWay();
    void listensAgain();
    void reachable();
};

void TestServer::listens()
{
    ServerFixture fixture;
    QVERIFY(fixture.start() != 0);
    QCOMPARE(fixture.recorder.calls(0), "socket bind listen");
    const Event listening = *fixture.recorder.find(0, Call::Listen);
    QCOMPARE(listening.errorNumber(), 0);
    QCOMPARE(listening.local().host(), "127.0.0.1");
}

void TestServer::doesNotListen_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<int>("error"); // 0: any

    QTest::newRow("another computer's address") << u"192.0.2.77"_s << Outcome::Failed << EADDRNOTAVAIL;
    QTest::newRow("an address for documentation") << u"2001:db8::77"_s << Outcome::Failed << EADDRNOTAVAIL;
    QTest::newRow("an unknown name") << u"no-such-host.invalid"_s << Outcome::UnknownHost << 0;
}

void TestServer::doesNotListen()
{
    QFETCH(QString, host);
    QFETCH(Outcome, outcome);
    QFETCH(int, error);
    ServerFixture fixture;
    fixture.settings.endpoint = std::get<Endpoint>(Endpoint::parse(host, u"0"_s, Endpoint::Use::Listen));
    fixture.listen();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(0, Call::End), Patience);
    QCOMPARE(fixture.recorder.outcome(0), outcome);
    if (error != 0)
        QCOMPARE(fixture.recorder.find(0, Call::End)->errorNumber(), error);
    QVERIFY(!fixture.recorder.find(0, Call::Listen));
}

void TestServer::portInUse()
{
    const RawSocket other = RawSocket::listening();
    ServerFixture fixture;
    fixture.settings.endpoint =
        std::get<Endpoint>(Endpoint::parse(u"127.0.0.1"_s, QString::number(other.localPort()), Endpoint::Use::Listen));
    fixture.listen();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(0), Outcome::Failed, Patience);
    QCOMPARE(fixture.recorder.find(0, Call::End)->errorNumber(), EADDRINUSE);
}

void TestServer::greets()
{
    ServerFixture fixture;
    const quint16 port = fixture.start();
    auto client = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(client.receive(100), "Hello World!");
    QVERIFY(client.isAtEnd());
    const quint16 localPort = client.localPort();
    client.close();

    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Complete, Patience);
    QCOMPARE(fixture.recorder.calls(1), "accept send shutdown recv close end");
    QCOMPARE(fixture.recorder.find(1, Call::Accept)->peer(), Address::ipv4(0x7f000001, localPort));
    const Event sent = *fixture.recorder.find(1, Call::Send);
    QCOMPARE(sent.moved(), 12);
    QCOMPARE(sent.payload().toByteArray(), "Hello World!");
    QCOMPARE(fixture.recorder.find(1, Call::Recv)->moved(), 0);
    QCOMPARE(fixture.server.engine()->accepted(), 1U);
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
    qint64 before = 0;
    for (const Event &event : fixture.recorder.events) {
        QVERIFY(event.time() >= before);
        before = event.time();
    }
}

void TestServer::greetsWholly_data()
{
    QTest::addColumn<int>("greetingBytes");
    QTest::addColumn<int>("firstSaid"); // bytes that the client sends before it reads

    QTest::newRow("nothing to say") << 0 << 0;
    QTest::newRow("short, a byte first") << 12 << 1;
    QTest::newRow("short, much first") << 12 << 1'000'000;
    QTest::newRow("long") << 4'000'000 << 0;
    QTest::newRow("long, a byte first") << 4'000'000 << 1;
    QTest::newRow("long, much first") << 4'000'000 << 1'000'000;
}

/// Closing while unread bytes wait would make the kernel send RST, and the client lose the greeting.
void TestServer::greetsWholly()
{
    QFETCH(int, greetingBytes);
    QFETCH(int, firstSaid);
    const QByteArray greeting(greetingBytes, 'g');
    ServerFixture fixture(greeting);
    const quint16 port = fixture.start();
    const auto [received, inOrder] = beside([=] {
        auto client = RawSocket::connectedTo("127.0.0.1", port);
        client.send(QByteArray(firstSaid, 'c'));
        const QByteArray bytes = client.receive(greetingBytes + 1);
        return std::pair(bytes.size(), client.isAtEnd());
    });
    QCOMPARE(received, greetingBytes);
    QVERIFY2(inOrder, "the connection was reset");
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Complete, Patience);
    qint64 sent = 0;
    qint64 heard = 0;
    for (const Event &event : fixture.recorder.events) {
        sent += event.call() == Call::Send ? event.moved() : 0;
        heard += event.call() == Call::Recv ? event.moved() : 0;
    }
    QCOMPARE(sent, greetingBytes);
    QCOMPARE(heard, firstSaid);
}

void TestServer::nextGreeting()
{
    ServerFixture fixture;
    const quint16 port = fixture.start();
    QCOMPARE(RawSocket::connectedTo("127.0.0.1", port).receive(100), "Hello World!");
    fixture.server.post([](Server &engine) { engine.setGreeting("Good evening"); });
    QTRY_COMPARE_WITH_TIMEOUT(RawSocket::connectedTo("127.0.0.1", port).receive(100), "Good evening", Patience);
}

void TestServer::resetByPeer()
{
    ServerFixture fixture(QByteArray(4'000'000, 'g'));
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start(), 4096);
    QVERIFY(client.receive(1).size() == 1);
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Reset, Patience);
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
}

void TestServer::endsAtTheDeadline()
{
    ServerFixture fixture("Hello World!", 100ms);
    const quint16 port = fixture.start();
    auto silent = RawSocket::connectedTo("127.0.0.1", port); // takes the greeting, and never closes
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::TimedOut, Patience);
    const Event end = *fixture.recorder.find(1, Call::End);
    QVERIFY(end.time() - fixture.recorder.find(1, Call::Accept)->time() >= 99'000'000); // ns
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
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
