// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/client_fixture.h"

#include <QRegularExpression>
#include <QTest>

#include <cerrno>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(parley::Outcome)

namespace
{

/// A client that asks with a datagram.
struct DatagramFixture : ClientFixture
{
    explicit DatagramFixture(quint16 port, const QString &host = u"127.0.0.1"_s)
        : ClientFixture(port, host, Transport::Udp)
    {
    }
};

} // namespace

class TestDatagramExchange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void asksAndIsAnswered_data();
    void asksAndIsAnswered();
    void answerOfAnyLength_data();
    void answerOfAnyLength();
    void allAnswers();
    void answerOfAnother();
    void datagramLimit_data();
    void datagramLimit();
    void noAnswer();
    void datagramRefused();
    void nextAddressAfterRefusal_data();
    void nextAddressAfterRefusal();
    void broadcasts_data();
    void broadcasts();
    void broadcastLimit();
    void datagramTooLong();
    void cancelsWaitingForAnAnswer();
    void asksAgain();
};

void TestDatagramExchange::asksAndIsAnswered_data()
{
    QTest::addColumn<QByteArray>("address");

    QTest::newRow("IPv4") << "127.0.0.1"_ba;
    QTest::newRow("IPv6") << "::1"_ba;
}

void TestDatagramExchange::asksAndIsAnswered()
{
    QFETCH(QByteArray, address);
    auto server = RawDatagrams::bound(address.constData());
    if (!server.isOpen())
        QSKIP("no such address on this computer");
    DatagramFixture fixture(server.localPort(), QString::fromLatin1(address));
    fixture.request.send = "Who is there?";
    fixture.connectNow();
    QCOMPARE(server.receive().value_or("nothing"), "Who is there?");
    QVERIFY(server.answer("Hello World!"));
    QVERIFY2(fixture.waitForEnd(), fixture.recorder.calls(1).constData());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(fixture.recorder.calls(1), "socket connect getsockname send recv close end");
    QCOMPARE(fixture.message(), "Hello World!");
    const Event sent = *fixture.recorder.find(1, Call::Send);
    QCOMPARE(sent.payload().toByteArray(), "Who is there?");
    const Event received = *fixture.recorder.find(1, Call::Recv);
    QCOMPARE(received.moved(), 12);
    QCOMPARE(received.peer(), fixture.request.endpoint.literal);
    QCOMPARE(fixture.recorder.find(1, Call::Connect)->peer(), fixture.request.endpoint.literal);
    QVERIFY(fixture.recorder.find(1, Call::GetSockName)->local().port() != 0);
}

void TestDatagramExchange::answerOfAnyLength_data()
{
    QTest::addColumn<int>("asked"); // bytes
    QTest::addColumn<int>("answered");

    QTest::newRow("nothing asked") << 0 << 12;
    QTest::newRow("nothing answered") << 12 << 0;
    QTest::newRow("neither") << 0 << 0;
    QTest::newRow("as much as fits") << int{native::MaxDatagram} << int{native::MaxDatagram};
}

/// An empty datagram is a datagram.
void TestDatagramExchange::answerOfAnyLength()
{
    QFETCH(int, asked);
    QFETCH(int, answered);
    auto server = RawDatagrams::bound();
    DatagramFixture fixture(server.localPort());
    fixture.request.send = QByteArray(asked, 'q');
    fixture.connectNow();
    QVERIFY(server.receive() == QByteArray(asked, 'q'));
    QVERIFY(server.answer(QByteArray(answered, 'a')));
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(fixture.recorder.find(1, Call::Send)->moved(), asked);
    QCOMPARE(fixture.recorder.find(1, Call::Recv)->moved(), answered);
    QVERIFY(fixture.message() == QByteArray(answered, 'a'));
}

/// As many as come.
void TestDatagramExchange::allAnswers()
{
    auto server = RawDatagrams::bound();
    DatagramFixture fixture(server.localPort());
    fixture.connectNow();
    QVERIFY(server.receive());
    for (const QByteArray &answer : {"first"_ba, "second"_ba, "third"_ba})
        QVERIFY(server.answer(answer));
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(fixture.message(), "firstsecondthird");
    QCOMPARE(fixture.recorder.count(Call::Recv), 3);
    QCOMPARE(fixture.recorder.calls(1), "socket connect getsockname send recv recv recv close end");
}

/// A datagram from somebody else to the client's port is no answer.
void TestDatagramExchange::answerOfAnother()
{
    auto server = RawDatagrams::bound();
    DatagramFixture fixture(server.localPort());
    fixture.connectNow();
    QVERIFY(server.receive());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(1, Call::GetSockName), Patience);
    const quint16 port = fixture.recorder.find(1, Call::GetSockName)->local().port();
    QVERIFY(RawDatagrams::connectedTo("127.0.0.1", port).send("forged"));
    QVERIFY(server.answer("Hello World!"));
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.message(), "Hello World!");
}

void TestDatagramExchange::datagramLimit_data()
{
    QTest::addColumn<int>("maxBytes");
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<QByteArray>("message");

    QTest::newRow("longer by one") << 11 << Outcome::LimitReached << "Hello World"_ba;
    QTest::newRow("as long") << 12 << Outcome::Complete << "Hello World!"_ba;
}

void TestDatagramExchange::datagramLimit()
{
    QFETCH(int, maxBytes);
    QFETCH(Outcome, outcome);
    QFETCH(QByteArray, message);
    auto server = RawDatagrams::bound();
    DatagramFixture fixture(server.localPort());
    fixture.request.maxBytes = maxBytes;
    fixture.connectNow();
    QVERIFY(server.receive());
    QVERIFY(server.answer("Hello World!"));
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), outcome);
    QCOMPARE(fixture.message(), message);
    QCOMPARE(fixture.recorder.find(1, Call::Recv)->moved(), 12); // its true length
}

void TestDatagramExchange::noAnswer()
{
    auto server = RawDatagrams::bound();
    DatagramFixture fixture(server.localPort());
    fixture.request.timeout = 300ms;
    fixture.connectNow();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::TimedOut);
    QCOMPARE(fixture.recorder.calls(1), "socket connect getsockname send close end");
    QCOMPARE(server.receive().value_or("nothing"), "");
    const Event end = *fixture.recorder.find(1, Call::End);
    QVERIFY(end.time() - fixture.recorder.find(1, Call::Socket)->time() >= 290'000'000); // ns
}

void TestDatagramExchange::datagramRefused()
{
    const auto server = RawDatagrams::refusing();
    DatagramFixture fixture(server.localPort());
    fixture.connectNow();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Refused);
    QCOMPARE(fixture.recorder.find(1, Call::End)->errorNumber(), ECONNREFUSED);
    QCOMPARE(fixture.recorder.find(1, Call::Recv)->errorNumber(), ECONNREFUSED);
}

void TestDatagramExchange::nextAddressAfterRefusal_data()
{
    QTest::addColumn<QByteArray>("served"); // of the two addresses of two.example

    QTest::newRow("one") << "127.0.0.2"_ba;
    QTest::newRow("the other") << "127.0.0.3"_ba;
    QTest::newRow("neither") << "127.0.0.4"_ba;
}

/// Each of the name's addresses is asked, in whichever order the system gives them, until one does not
/// refuse.
void TestDatagramExchange::nextAddressAfterRefusal()
{
    QFETCH(QByteArray, served);
    const NetworkWithNames network;
    SKIP_WITHOUT(network);
    auto server = network.bound(served.constData());
    QVERIFY(server.isOpen());
    DatagramFixture fixture(server.localPort(), u"two.example"_s);
    fixture.client.post([&network](Client &) { QVERIFY(network.enter()); });
    fixture.request.send = "Who is there?";
    fixture.connectNow();
    if (served != "127.0.0.4") {
        QCOMPARE(server.receive().value_or("nothing"), "Who is there?");
        QVERIFY(server.answer("Hello World!"));
        QVERIFY(fixture.waitForEnd());
        QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
        QCOMPARE(fixture.message(), "Hello World!");
        QCOMPARE(fixture.recorder.events.at(fixture.recorder.events.size() - 3).peer().host(), served);
    } else {
        QVERIFY(fixture.waitForEnd());
        QCOMPARE(fixture.recorder.outcome(1), Outcome::Refused);
        const QByteArray once = "socket connect getsockname send recv close ";
        QCOMPARE(fixture.recorder.calls(1), "getaddrinfo " + once + once + "end");
    }
}

void TestDatagramExchange::broadcasts_data()
{
    QTest::addColumn<QByteArrayList>("answers");
    QTest::addColumn<Outcome>("outcome");

    QTest::newRow("none") << QByteArrayList() << Outcome::TimedOut;
    QTest::newRow("one") << QByteArrayList{"Hello"} << Outcome::Complete;
    QTest::newRow("several") << QByteArrayList{"Hello", "", "World", "Hello"} << Outcome::Complete;
    QTest::newRow("one that is empty") << QByteArrayList{""} << Outcome::Complete;
}

/// All answers until the time-out count, whoever sent them, and each stays a message of its own.
void TestDatagramExchange::broadcasts()
{
    QFETCH(QByteArrayList, answers);
    QFETCH(Outcome, outcome);
    const NetworkWithNames network;
    SKIP_WITHOUT(network);
    auto server = network.bound("0.0.0.0");
    DatagramFixture fixture(server.localPort(), u"<broadcast>"_s);
    fixture.client.post([&network](Client &) { QVERIFY(network.enter()); });
    fixture.request.send = "Who is there?";
    fixture.request.timeout = 500ms;
    fixture.connectNow();
    QCOMPARE(server.receive().value_or("nothing"), "Who is there?");
    for (const QByteArray &answer : answers)
        QVERIFY(server.answer(answer));
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), outcome);
    QByteArrayList heard;
    for (const Event &event : fixture.recorder.events) {
        if (event.call() != Call::RecvFrom)
            continue;
        heard << event.payload().toByteArray();
        QCOMPARE(event.peer(), Address::ipv4(0x7f000001, server.localPort()));
    }
    QCOMPARE(heard, answers);
    QVERIFY(fixture.recorder.calls(1).startsWith("socket setsockopt sendto getsockname "));
    const Event sent = *fixture.recorder.find(1, Call::SendTo);
    QCOMPARE(sent.peer(), Address::broadcast(server.localPort()));
    QCOMPARE(sent.payload().toByteArray(), "Who is there?");
    const Event end = *fixture.recorder.find(1, Call::End);
    QVERIFY(end.time() - sent.time() >= 490'000'000); // ns; it listened until the time-out
}

/// The limit holds for all answers together.
void TestDatagramExchange::broadcastLimit()
{
    const NetworkWithNames network;
    SKIP_WITHOUT(network);
    auto server = network.bound("0.0.0.0");
    DatagramFixture fixture(server.localPort(), u"<broadcast>"_s);
    fixture.client.post([&network](Client &) { QVERIFY(network.enter()); });
    fixture.request.maxBytes = 8;
    fixture.connectNow();
    QVERIFY(server.receive());
    for (int i = 0; i < 3; ++i)
        QVERIFY(server.answer("Hello"));
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::LimitReached);
    QCOMPARE(fixture.recorder.count(Call::RecvFrom), 2);
    QCOMPARE(fixture.recorder.events.at(fixture.recorder.events.size() - 3).payload().toByteArray(), "Hel");
}

void TestDatagramExchange::datagramTooLong()
{
    auto server = RawDatagrams::bound();
    DatagramFixture fixture(server.localPort());
    fixture.request.send = QByteArray(native::MaxDatagram + 1, 'q');
    fixture.connectNow();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Failed);
    QCOMPARE(fixture.recorder.find(1, Call::End)->errorNumber(), EMSGSIZE);
}

void TestDatagramExchange::cancelsWaitingForAnAnswer()
{
    auto server = RawDatagrams::bound();
    DatagramFixture fixture(server.localPort());
    fixture.connectNow();
    QVERIFY(server.receive());
    fixture.client.post([](Client &engine) { engine.cancel(); });
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Cancelled);
    QVERIFY(fixture.recorder.calls(1).endsWith("close end"));
}

void TestDatagramExchange::asksAgain()
{
    auto server = RawDatagrams::bound();
    const auto refusing = RawDatagrams::refusing();
    DatagramFixture fixture(server.localPort());
    const Endpoint served = fixture.request.endpoint;
    for (quint64 number = 1; number <= 6; ++number) {
        const bool refused = number % 2 == 0; // leaves nothing behind
        fixture.request.endpoint = refused ? DatagramFixture(refusing.localPort()).request.endpoint : served;
        fixture.connectNow(number);
        if (!refused) {
            QVERIFY(server.receive());
            QVERIFY(server.answer(QByteArray::number(number)));
        }
        QVERIFY(fixture.waitForEnd(number));
        QCOMPARE(fixture.recorder.outcome(number), refused ? Outcome::Refused : Outcome::Complete);
        QCOMPARE(fixture.message(number), refused ? ""_ba : QByteArray::number(number));
    }
}

QTEST_GUILESS_MAIN(TestDatagramExchange)
#include "tst_datagram_exchange.moc"
