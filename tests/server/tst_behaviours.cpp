// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QTest>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

/// Nothing if the text is refused.
std::optional<BehaviourChoice> chosen(const QString &text)
{
    const auto parsed = BehaviourChoice::parse(text);
    const auto *choice = std::get_if<BehaviourChoice>(&parsed);
    return choice ? std::optional(*choice) : std::nullopt;
}

struct BehaviourFixture : ServerFixture
{
    explicit BehaviourFixture(const QString &behaviour, const QByteArray &greeting = "Hello World!")
        : ServerFixture(greeting)
    {
        settings.behaviour = chosen(behaviour).value();
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

    void holdsUntilThePeerLeaves();
    void staysAfterFin();
    void holdsMany();
    void heldIsReset();
    void heldIsIdle();
    void finishesHeld();
    void finishesHeldUnderWay();
    void nextBehaviour();
    void echoWaitsForItsReader();
    void resetInTheMiddle_data();
    void resetInTheMiddle();
    void resetAfterHalfClose();
    void leftAlone_data();
    void leftAlone();
#ifndef PARLEY_PORTABLE // POSIX does not tell what the peer's system has acknowledged (SIOCOUTQ, tcp(7))
    void resetsWhenDelivered();
#endif
    void finishesAtOnce_data();
    void finishesAtOnce();
};

void TestBehaviours::holdsUntilThePeerLeaves()
{
    BehaviourFixture fixture(u"greet-hold"_s);
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

/// Where the user chose so, the peer's FIN ends nothing: the server's user goes on, and then closes.
void TestBehaviours::staysAfterFin()
{
    BehaviourFixture fixture(u"greet-hold:stay=1"_s);
    const quint16 port = fixture.start();
    auto client = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(client.receive(12), "Hello World!");
    client.shutdownSending();
    QTRY_COMPARE(fixture.recorder.calls(1), "accept send recv");
    const auto more = std::make_shared<Transfer>("still here");
    fixture.server.post([more](Server &engine) { engine.send({1}, more); });
    QCOMPARE(client.receive(10), "still here");
    fixture.server.post([](Server &engine) { engine.close({1}); });
    QVERIFY(client.isAtEnd());
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Complete, Patience);

    auto other = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(other.receive(12), "Hello World!");
    other.shutdownSending();
    QTRY_VERIFY(fixture.recorder.find(2, Call::Recv));
    other.reset();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(2), Outcome::Reset, Patience);
}

void TestBehaviours::holdsMany()
{
    BehaviourFixture fixture(u"greet-hold"_s);
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
    BehaviourFixture fixture(u"greet-hold"_s);
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start());
    QCOMPARE(client.receive(12), "Hello World!");
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Reset, Patience);
    QCOMPARE(fixture.recorder.find(1, Call::End)->acknowledged(), 12);
}

/// The deadline of a connection that stays counts from the last byte either way.
void TestBehaviours::heldIsIdle()
{
    BehaviourFixture fixture(u"greet-hold"_s);
    fixture.settings.limits.deadline = 300ms;
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start());
    QTRY_VERIFY(fixture.recorder.find(1, Call::Accept));
    // Half a deadline after the server heard something, something more is said.
    for (qsizetype heard = 0; heard < 4; heard = fixture.recorder.count(Call::Recv)) {
        QTRY_VERIFY(fixture.stream.now() - fixture.recorder.events.back().time() > 150'000'000); // ns
        QVERIFY(client.send("."));
        QTRY_COMPARE(fixture.recorder.count(Call::Recv), heard + 1);
    }
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::TimedOut, Patience);
    const qint64 end = fixture.recorder.find(1, Call::End)->time();
    qint64 last = 0;
    for (const Event &event : fixture.recorder.events)
        last = event.call() == Call::Recv ? event.time() : last;
    QVERIFY(last - fixture.recorder.find(1, Call::Accept)->time() > 500'000'000);
    QVERIFY(end - last >= 299'000'000);
}

void TestBehaviours::finishesHeld()
{
    BehaviourFixture fixture(u"greet-hold"_s);
    const quint16 port = fixture.start();
    std::vector<RawSocket> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(RawSocket::connectedTo("127.0.0.1", port));
        QCOMPARE(clients.back().receive(12), "Hello World!");
    }
    const Heard finished(fixture.server, &Server::finished);
    fixture.server.post([](Server &engine) { engine.finish(); });
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, Patience);
    QTRY_COMPARE(fixture.recorder.count(Call::End, Outcome::Cancelled), 20);
    for (RawSocket &client : clients)
        QVERIFY2(client.isAtEnd(), "the connection was reset");
}

/// A client that has not received everything yet does so, and then the connection is closed in order.
void TestBehaviours::finishesHeldUnderWay()
{
    const QByteArray greeting(4'000'000, 'g');
    BehaviourFixture fixture(u"greet-hold"_s, greeting);
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start(), 4096);
    QTRY_VERIFY(fixture.recorder.find(1, Call::Send));
    const Heard finished(fixture.server, &Server::finished);
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
    BehaviourFixture fixture(u"greet-hold"_s);
    const quint16 port = fixture.start();
    auto held = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(held.receive(12), "Hello World!");
    const auto changed = std::make_shared<std::promise<void>>();
    fixture.server.post([changed](Server &engine) {
        engine.setBehaviour(BehaviourChoice());
        changed->set_value();
    });
    QVERIFY(changed->get_future().wait_for(std::chrono::milliseconds(Patience)) == std::future_status::ready);
    auto closed = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(closed.receive(100), "Hello World!");
    QVERIFY(closed.isAtEnd());
    closed.close();
    QTRY_COMPARE(fixture.server.engine()->open(), 1U);
}

/// From a peer that sends and never reads, no more is taken than one piece that waits to be sent back.
void TestBehaviours::echoWaitsForItsReader()
{
    BehaviourFixture fixture(u"echo"_s);
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start(), 4096);
    constexpr qint64 many = 100 * 1024 * 1024; // more than the system's buffers hold
    QVERIFY(beside([&client] { return client.flood(many); }) < many);
    qint64 waiting = 0;
    qint64 most = 0;
    for (const Event &event : fixture.recorder.events) {
        waiting += event.call() == Call::Recv ? event.moved() : event.call() == Call::Send ? -event.moved() : 0;
        most = std::max(most, waiting);
    }
    QVERIFY(fixture.recorder.count(Call::Recv) > 0);
    QVERIFY2(most <= Behaviour::MostInput, qPrintable(QString::number(most)));
    QCOMPARE(fixture.server.engine()->open(), 1U);
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Reset, Patience);
}

void TestBehaviours::resetInTheMiddle_data()
{
    QTest::addColumn<QString>("behaviour");
    for (const char *behaviour : {"echo", "silent", "drip:every=3600000", "delay:after=3600000", "stall", "discard",
                                  "reset:after=4000000", "random:bytes=100000000"})
        QTest::newRow(behaviour) << QString::fromLatin1(behaviour);
}

void TestBehaviours::resetInTheMiddle()
{
    QFETCH(const QString, behaviour);
    BehaviourFixture fixture(behaviour, QByteArray(8'000'000, 'g'));
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start(), 4096);
    QVERIFY(client.send("Hello"));
    QTRY_VERIFY(fixture.recorder.find(1, Call::Accept));
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Reset, Patience);
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
}

/// While the behaviour only sleeps, a reset is still noticed, once.
void TestBehaviours::resetAfterHalfClose()
{
    BehaviourFixture fixture(u"delay:after=3600000"_s);
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start());
    client.shutdownSending();
    QTRY_VERIFY(fixture.recorder.find(1, Call::Recv)); // of the FIN
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Reset, Patience);
    QCOMPARE(fixture.recorder.calls(1), "accept recv close end");
}

void TestBehaviours::leftAlone_data()
{
    QTest::addColumn<QString>("behaviour");
    for (const char *behaviour : {"silent", "stall"})
        QTest::newRow(behaviour) << QString::fromLatin1(behaviour);
}

/// A peer that has closed and waits in vain is reset at the deadline, though nothing else happens on the connection.
void TestBehaviours::leftAlone()
{
    QFETCH(const QString, behaviour);
    BehaviourFixture fixture(behaviour);
    fixture.settings.limits.deadline = 300ms;
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start());
    QVERIFY(client.send("Who is there?"));
    client.shutdownSending();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::TimedOut, Patience);
    QTRY_VERIFY(fixture.recorder.count(Call::Recv) >= 2); // what was said, and FIN
}

#ifndef PARLEY_PORTABLE
/// A slow reader gets all of its bytes before the reset.
void TestBehaviours::resetsWhenDelivered()
{
    constexpr qsizetype count = 3'000'000;
    BehaviourFixture fixture(u"reset:after=3000000"_s, QByteArray(4'000'000, 'g'));
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start(), 4096);
    QTRY_VERIFY(fixture.recorder.find(1, Call::Send));
    const auto [received, inOrder] = beside([&client] {
        const auto bytes = client.receive(count + 1).size();
        return std::pair(bytes, client.isAtEnd());
    });
    QCOMPARE(received, count);
    QVERIFY2(!inOrder, "there was no reset");
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), Outcome::Aborted, Patience);
    QCOMPARE(fixture.recorder.find(1, Call::End)->acknowledged(), count);
    QCOMPARE(fixture.recorder.find(1, Call::Send)->given(), count); // though the event holds all of the greeting
}

#endif

void TestBehaviours::finishesAtOnce_data()
{
    QTest::addColumn<QString>("behaviour");
    QTest::addColumn<QByteArray>("heard");
    const QByteArray greeting(4'000'000, 'g');
    QTest::newRow("drip") << u"drip:bytes=7,every=1000"_s << greeting;
    QTest::newRow("delay") << u"delay:after=3600000"_s << greeting;
    QTest::newRow("stall") << u"stall"_s << greeting.first(greeting.size() / 2);
    QTest::newRow("half-close") << u"half-close"_s << greeting;
    QTest::newRow("echo") << u"echo"_s << QByteArray();
    QTest::newRow("silent") << u"silent"_s << QByteArray();
    QTest::newRow("discard") << u"discard"_s << QByteArray();
}

/// A client that is owed bytes gets them all, and a clean end, however slowly it reads.
void TestBehaviours::finishesAtOnce()
{
    QFETCH(const QString, behaviour);
    QFETCH(const QByteArray, heard);
    BehaviourFixture fixture(behaviour, QByteArray(4'000'000, 'g'));
    auto client = RawSocket::connectedTo("127.0.0.1", fixture.start(), 4096);
    QTRY_VERIFY(fixture.recorder.find(1, Call::Accept));
    const Heard finished(fixture.server, &Server::finished);
    fixture.server.post([](Server &engine) { engine.finish(); });
    const auto [received, inOrder] = beside([&client, &heard] {
        const QByteArray bytes = client.receive(heard.size());
        const bool end = client.isAtEnd();
        client.close();
        return std::pair(bytes, end);
    });
    QVERIFY(received == heard);
    QVERIFY2(inOrder, "the connection was reset");
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, Patience);
}

QTEST_GUILESS_MAIN(TestBehaviours)
#include "tst_behaviours.moc"
