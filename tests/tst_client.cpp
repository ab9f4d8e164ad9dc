// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/client.h"
#include "event_recorder.h"
#include "raw_socket.h"
#include "shared/event_stream.h"
#include "shared/io_thread.h"

#include <QTest>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(parley::Outcome)

namespace
{

constexpr int Patience = 20'000; // ms; a guard against deadlocks

/// A client engine on its thread, with all it tells.
struct ClientFixture
{
    explicit ClientFixture(quint16 port, const QString &host = u"127.0.0.1"_s)
    {
        request.endpoint =
            std::get<Endpoint>(Endpoint::parse(host, QString::number(port), Endpoint::Use::Connect));
    }

    void connectNow(quint64 number = 1)
    {
        client.post([this, number](Client &engine) { engine.connectTo(number, request); });
    }
    bool waitForEnd(quint64 number = 1)
    {
        return QTest::qWaitFor([&] { return recorder.outcome(number) != Outcome::None; }, Patience);
    }
    QByteArray message(quint64 number = 1) const
    {
        QByteArray bytes;
        for (const Event &event : recorder.events) {
            if (event.connection == number && event.call == Call::Recv)
                bytes += event.payload();
        }
        return bytes;
    }

    ConnectRequest request;
    EventStream stream;
    EventRecorder recorder{stream};
    IoThread<Client> client{stream};
};

} // namespace

class TestClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void receives();
    void refused();
    void unknownHost();
    void nextAddress();
    void ends_data();
    void ends();
    void everyRead();
    void limit_data();
    void limit();
    void timesOut_data();
    void timesOut();
    void cancels();
    void sends();
    void sendsMuch();
    void oneAtATime();
    void again();
};

void TestClient::receives()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.send("Hello World!"));
    peer.close();
    QVERIFY2(fixture.waitForEnd(), fixture.recorder.calls(1).constData());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(fixture.message(), "Hello World!");
    QCOMPARE(fixture.recorder.find(1, Call::Recv)->result, 12);
    QCOMPARE(fixture.recorder.find(1, Call::Connect)->address, Address::ipv4(0x7f000001, server.localPort()));
    QVERIFY(fixture.recorder.calls(1).startsWith("socket connect "));
    QVERIFY2(fixture.recorder.calls(1).endsWith("recv close end"), fixture.recorder.calls(1).constData());
}

void TestClient::refused()
{
    const RawSocket bound = RawSocket::bound();
    ClientFixture fixture(bound.localPort());
    fixture.connectNow();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Refused);
    QCOMPARE(fixture.recorder.find(1, Call::End)->error, ECONNREFUSED);
}

void TestClient::unknownHost()
{
    ClientFixture fixture(3000, u"no-such-host.invalid"_s);
    fixture.connectNow();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::UnknownHost);
    QCOMPARE(fixture.recorder.calls(1), "getaddrinfo end");
}

/// A name with several addresses, only one of which is served: whichever comes first.
void TestClient::nextAddress()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort(), u"localhost"_s);
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.isOpen());
    QVERIFY(peer.send("x"));
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
}

void TestClient::ends_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<bool>("reset");
    QTest::addColumn<Outcome>("outcome");

    QTest::newRow("closed without a byte") << QByteArray() << false << Outcome::NoMessage;
    QTest::newRow("closed after a byte") << QByteArray("x") << false << Outcome::Complete;
    QTest::newRow("closed after many") << QByteArray(1'000'000, 'x') << false << Outcome::Complete;
    QTest::newRow("reset without a byte") << QByteArray() << true << Outcome::Reset;
    QTest::newRow("reset after a byte") << QByteArray("x") << true << Outcome::Reset;
    QTest::newRow("reset after some") << QByteArray("Hello") << true << Outcome::Reset;
}

void TestClient::ends()
{
    QFETCH(QByteArray, sent);
    QFETCH(bool, reset);
    QFETCH(Outcome, outcome);
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.send(sent));
    // RST drops what waits in the client's socket: only what it has already read is its to show.
    QTRY_COMPARE_WITH_TIMEOUT(fixture.message().size(), sent.size(), Patience);
    if (reset)
        peer.reset();
    else
        peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), outcome);
    QCOMPARE(fixture.message(), sent);
}

void TestClient::everyRead()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow();
    auto peer = server.accept();
    peer.sendAtOnce();
    for (int i = 1; i <= 3; ++i) {
        QVERIFY(peer.send("abc"));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.message().size(), 3 * i, Patience);
    }
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QVERIFY2(fixture.recorder.calls(1).endsWith("recv recv recv recv close end"), fixture.recorder.calls(1).constData());
}

void TestClient::limit_data()
{
    QTest::addColumn<int>("maxBytes");
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<QByteArray>("message");

    QTest::newRow("longer") << 5 << Outcome::LimitReached << QByteArray("Hello");
    QTest::newRow("by one") << 11 << Outcome::LimitReached << QByteArray("Hello World");
    QTest::newRow("as long") << 12 << Outcome::Complete << QByteArray("Hello World!");
    QTest::newRow("shorter") << 13 << Outcome::Complete << QByteArray("Hello World!");
}

void TestClient::limit()
{
    QFETCH(int, maxBytes);
    QFETCH(Outcome, outcome);
    QFETCH(QByteArray, message);
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.request.maxBytes = maxBytes;
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.send("Hello World!"));
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), outcome);
    QCOMPARE(fixture.message(), message);
}

void TestClient::timesOut_data()
{
    QTest::addColumn<QByteArray>("sent");

    QTest::newRow("silent") << QByteArray();
    QTest::newRow("stalled") << QByteArray("Hello");
}

void TestClient::timesOut()
{
    QFETCH(QByteArray, sent);
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.request.timeout = 300ms;
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.send(sent));
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::TimedOut);
    QCOMPARE(fixture.message(), sent);
    QVERIFY(peer.isAtEnd()); // it hung up
}

void TestClient::cancels()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow();
    auto peer = server.accept();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(1, Call::GetSockName), Patience);
    fixture.client.post([](Client &engine) { engine.cancel(); });
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Cancelled);
    QVERIFY(peer.isAtEnd());
    fixture.client.post([](Client &engine) { engine.cancel(); }); // nothing is under way
    fixture.connectNow(2);
    server.accept().close();
    QVERIFY(fixture.waitForEnd(2));
    QCOMPARE(fixture.recorder.count(Call::End, Outcome::Cancelled), 1);
}

void TestClient::sends()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.request.send = "GET / HTTP/1.0\r\n\r\n";
    fixture.connectNow();
    auto peer = server.accept();
    QCOMPARE(peer.receive(fixture.request.send.size()), fixture.request.send);
    QVERIFY(peer.send("200"));
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(fixture.recorder.find(1, Call::Send)->payload().toByteArray(), fixture.request.send);
}

void TestClient::sendsMuch()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.request.send = QByteArray(8'000'000, 's');
    fixture.connectNow();
    auto peer = server.accept();
    QCOMPARE(peer.receive(fixture.request.send.size()).size(), fixture.request.send.size());
    QVERIFY(peer.send("thanks"));
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.message(), "thanks");
}

void TestClient::oneAtATime()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow(1);
    const auto first = server.accept();
    fixture.connectNow(2);
    auto second = server.accept();
    QVERIFY(second.send("second"));
    second.close();
    QVERIFY(fixture.waitForEnd(2));
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Cancelled);
    QCOMPARE(fixture.recorder.outcome(2), Outcome::Complete);
    QCOMPARE(fixture.message(2), "second");
}

void TestClient::again()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    for (quint64 number = 1; number <= 20; ++number) {
        fixture.connectNow(number);
        auto peer = server.accept();
        QVERIFY(peer.send(QByteArray::number(number)));
        peer.close();
        QVERIFY(fixture.waitForEnd(number));
        QCOMPARE(fixture.message(number), QByteArray::number(number));
    }
    QCOMPARE(fixture.recorder.count(Call::End, Outcome::Complete), 20);
}

QTEST_GUILESS_MAIN(TestClient)
#include "tst_client.moc"
