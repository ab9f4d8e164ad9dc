// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QTest>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void greets();
    void greetsWholly_data();
    void greetsWholly();
    void resetByPeer();
    void endsAtTheDeadline();
    void limitsAreNamed();
};

void TestConnection::greets()
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

void TestConnection::greetsWholly_data()
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
void TestConnection::greetsWholly()
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

void TestConnection::resetByPeer()
{
    ServerFixture fixture(QByteArray(4'000'000, 'g'));
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start(), 4096);
    QVERIFY(client.receive(1).size() == 1);
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Reset, Patience);
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
}

void TestConnection::endsAtTheDeadline()
{
    ServerFixture fixture("Hello World!", 100ms);
    const quint16 port = fixture.start();
    auto silent = RawSocket::connectedTo("127.0.0.1", port); // takes the greeting, and never closes
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::TimedOut, Patience);
    const Event end = *fixture.recorder.find(1, Call::End);
    QVERIFY(end.time() - fixture.recorder.find(1, Call::Accept)->time() >= 99'000'000); // ns
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
}

/// The event says which limit it was. tst_half_close has the one that holds where no deadline is set.
void TestConnection::limitsAreNamed()
{
    for (const auto &[behaviour, kind] :
         {std::pair{u"greet-close"_s, Limit::Kind::Deadline}, {u"silent"_s, Limit::Kind::Idle}}) {
        ServerFixture fixture("Hello World!", 100ms);
        fixture.settings.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(behaviour));
        const quint16 port = fixture.start();
        auto silent = RawSocket::connectedTo("127.0.0.1", port);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::TimedOut, Patience);
        QCOMPARE(fixture.recorder.find(1, Call::End)->limit(), (Limit{kind, 100}));
    }
    for (const auto &[perPeer, limit] :
         {std::pair{0, Limit{Limit::Kind::Connections, 1}}, {1, Limit{Limit::Kind::PerPeer, 1}}}) {
        ServerFixture fixture;
        fixture.settings.limits.maxPerPeer = perPeer;
        fixture.settings.limits.maxConnections = perPeer > 0 ? 0 : 1;
        const quint16 port = fixture.start();
        auto first = RawSocket::connectedTo("127.0.0.1", port);
        QCOMPARE(first.receive(100), "Hello World!");
        auto second = RawSocket::connectedTo("127.0.0.1", port);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(2), Outcome::OverLimit, Patience);
        QCOMPARE(fixture.recorder.find(2, Call::End)->limit(), limit);
    }
}

QTEST_GUILESS_MAIN(TestConnection)
#include "tst_connection.moc"
