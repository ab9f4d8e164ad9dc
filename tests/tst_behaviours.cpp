// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "raw_socket.h"
#include "server_fixture.h"

#include <QSignalSpy>
#include <QTest>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

struct BehaviourFixture : ServerFixture
{
    explicit BehaviourFixture(QStringView name, const QByteArray &greeting = "Hello World!") : ServerFixture(greeting)
    {
        settings.behaviour = findBehaviour(name);
        settings.limits.deadline.reset();
    }
};

} // namespace

/// What the server does with a connection, as its peer sees it.
class TestBehaviours : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void names();
    void holdsUntilThePeerLeaves();
    void holdsMany();
    void heldIsReset();
    void heldIsIdle();
    void finishesHeld();
    void finishesHeldUnderWay();
    void nextBehaviour();
};

void TestBehaviours::names()
{
    QCOMPARE(QLatin1StringView(behaviours().front().name), "greet-close"_L1);
    for (const BehaviourKind &kind : behaviours())
        QCOMPARE(findBehaviour(QLatin1StringView(kind.name).toString()), &kind);
    QVERIFY(!findBehaviour(u"greet"));
    QVERIFY(!findBehaviour(u""));
}

void TestBehaviours::holdsUntilThePeerLeaves()
{
    BehaviourFixture fixture(u"greet-hold");
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start());
    QCOMPARE(client.receive(12), "Hello World!");
    QVERIFY(client.send("I stay"));
    QTRY_VERIFY(fixture.recorder.find(1, Call::Recv));
    QCOMPARE(fixture.recorder.calls(1), "accept send recv");
    QCOMPARE(fixture.server.engine()->open(), 1U);

    client.shutdownSending();
    QVERIFY(client.isAtEnd()); // the server leaves too
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Complete, Patience);
    QCOMPARE(fixture.recorder.calls(1), "accept send recv recv shutdown close end");
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
}

void TestBehaviours::holdsMany()
{
    BehaviourFixture fixture(u"greet-hold");
    const quint16 port = fixture.start();
    constexpr int count = 200;
    std::vector<RawSocket> clients;
    for (int i = 0; i < count; ++i)
        clients.push_back(RawSocket::connectedTo("127.0.0.1", port));
    for (RawSocket &client : clients)
        QCOMPARE(client.receive(12), "Hello World!");
    QTRY_COMPARE(fixture.server.engine()->open(), quint64{count});
    clients.clear();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.count(Call::End, Outcome::Complete), count, Patience);
}

/// The peer was not told that the greeting is all: after a reset it may have missed something.
void TestBehaviours::heldIsReset()
{
    BehaviourFixture fixture(u"greet-hold");
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start());
    QCOMPARE(client.receive(12), "Hello World!");
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Reset, Patience);
    QCOMPARE(fixture.recorder.find(1, Call::End)->result, 12);
}

/// The deadline of one that stays counts from the last byte either way.
void TestBehaviours::heldIsIdle()
{
    BehaviourFixture fixture(u"greet-hold");
    fixture.settings.limits.deadline = 300ms;
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start());
    QTRY_VERIFY(fixture.recorder.find(1, Call::Accept));
    // Half a deadline after the server heard something, something more is said.
    for (qsizetype heard = 0; heard < 4; heard = fixture.recorder.count(Call::Recv)) {
        QTRY_VERIFY(fixture.stream.now() - fixture.recorder.events.back().time > 150'000'000); // ns
        QVERIFY(client.send("."));
        QTRY_COMPARE(fixture.recorder.count(Call::Recv), heard + 1);
    }
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::TimedOut, Patience);
    const qint64 end = fixture.recorder.find(1, Call::End)->time;
    qint64 last = 0;
    for (const Event &event : fixture.recorder.events)
        last = event.call == Call::Recv ? event.time : last;
    QVERIFY(last - fixture.recorder.find(1, Call::Accept)->time > 500'000'000);
    QVERIFY(end - last >= 299'000'000);
}

void TestBehaviours::finishesHeld()
{
    BehaviourFixture fixture(u"greet-hold");
    const quint16 port = fixture.start();
    std::vector<RawSocket> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(RawSocket::connectedTo("127.0.0.1", port));
        QCOMPARE(clients.back().receive(12), "Hello World!");
    }
    QSignalSpy finished(fixture.server.engine(), &Server::finished);
    fixture.server.post([](Server &engine) { engine.finish(); });
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, Patience);
    QTRY_COMPARE(fixture.recorder.count(Call::End, Outcome::Cancelled), 20);
    for (RawSocket &client : clients)
        QVERIFY2(client.isAtEnd(), "the connection was reset");
}

/// Who has not received all yet does, and then the connection is closed in order.
void TestBehaviours::finishesHeldUnderWay()
{
    const QByteArray greeting(4'000'000, 'g');
    BehaviourFixture fixture(u"greet-hold", greeting);
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start(), 4096);
    QTRY_VERIFY(fixture.recorder.find(1, Call::Send));
    QSignalSpy finished(fixture.server.engine(), &Server::finished);
    fixture.server.post([](Server &engine) { engine.finish(); });
    const auto [received, inOrder] = beside([&client, &greeting] {
        const QByteArray bytes = client.receive(greeting.size());
        const bool end = client.isAtEnd();
        client.close();
        return std::pair(bytes == greeting, end);
    });
    QVERIFY(received);
    QVERIFY2(inOrder, "the connection was reset");
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, Patience);
    QTRY_COMPARE(fixture.recorder.outcome(1), Outcome::Complete);
}

/// A change holds for the connections accepted from then on.
void TestBehaviours::nextBehaviour()
{
    BehaviourFixture fixture(u"greet-hold");
    const quint16 port = fixture.start();
    auto held = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(held.receive(12), "Hello World!");
    std::promise<void> changed;
    fixture.server.post([&changed](Server &engine) {
        engine.setBehaviour(findBehaviour(u"greet-close"));
        changed.set_value();
    });
    changed.get_future().wait();
    auto closed = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(closed.receive(100), "Hello World!");
    QVERIFY(closed.isAtEnd());
    closed.close();
    QTRY_COMPARE(fixture.server.engine()->open(), 1U);
}

QTEST_GUILESS_MAIN(TestBehaviours)
#include "tst_behaviours.moc"
