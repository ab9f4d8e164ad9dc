// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/datagram_listener.h"
#include "tests/support/portable.h"
#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QElapsedTimer>
#include <QTest>

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

/// A server of datagrams.
struct DatagramFixture : ServerFixture
{
    explicit DatagramFixture(const QByteArray &greeting = "Hello World!", const QString &host = u"127.0.0.1"_s)
        : ServerFixture(greeting)
    {
        settings.endpoint = std::get<Endpoint>(Endpoint::parse(host, u"0"_s, Endpoint::Use::Listen, Transport::Udp));
    }
};

} // namespace

class TestDatagramListener : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void answersDatagrams_data();
    void answersDatagrams();
    void numbersSenders();
    void datagramEvents();
    void nextGreetingToDatagrams();
    void greetingTooLongForADatagram();
    void datagramPortInUse();
    void stopsAnswering();
    void boundsLargerAnswers();
    void boundsLargerAnswersToAnAddress();
    void endsALoopOfTwoServers();
#ifndef PARLEY_PORTABLE // POSIX lets no socket send from many addresses (IP_PKTINFO, ip(7))
    void forgetsTheSilent();
#endif
    void datagramsReachable();
};

void TestDatagramListener::answersDatagrams_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QByteArray>("asked"); // the address that the client sends to

    QTest::newRow("IPv4") << u"127.0.0.1"_s << "127.0.0.1"_ba;
    if (!IsPortable) // POSIX does not tell which address was asked (IP_PKTINFO, ip(7)): the answer is from 127.0.0.1
        QTest::newRow("every IPv4 interface") << u""_s << "127.0.0.2"_ba;
    QTest::newRow("a name") << u"localhost"_s << "127.0.0.1"_ba;
    QTest::newRow("IPv6") << u"::1"_s << "::1"_ba;
    QTest::newRow("dual stack, by IPv4") << u"*"_s << (IsPortable ? "127.0.0.1"_ba : "127.0.0.2"_ba);
    QTest::newRow("dual stack, by IPv6") << u"*"_s << "::1"_ba;
}

/// The clients take datagrams only from the address that they asked.
void TestDatagramListener::answersDatagrams()
{
    QFETCH(QString, host);
    QFETCH(QByteArray, asked);
    if (host.contains(u':') || asked.contains(':')) {
        if (!RawDatagrams::bound("::1").isOpen())
            QSKIP("no IPv6 on this computer");
    }
    DatagramFixture fixture("Hello World!", host);
    const quint16 port = fixture.start();
    QVERIFY2(port != 0, fixture.recorder.calls(0).constData());
    QCOMPARE(fixture.recorder.calls(0).split(' ').last(), "getsockname"_ba);
    for (const QByteArray &datagram : {"Hello"_ba, ""_ba, QByteArray(10'000, 'x')}) {
        auto client = RawDatagrams::connectedTo(asked.constData(), port);
        QVERIFY(client.send(datagram));
        QCOMPARE(client.receive().value_or("nothing"), "Hello World!");
    }
}

void TestDatagramListener::numbersSenders()
{
    DatagramFixture fixture;
    const quint16 port = fixture.start();
    auto first = RawDatagrams::connectedTo("127.0.0.1", port);
    auto second = RawDatagrams::connectedTo("127.0.0.1", port);
    for (RawDatagrams *client : {&first, &second, &first, &first, &second}) {
        QVERIFY(client->send("Hello World?"));
        QCOMPARE(client->receive().value_or("nothing"), "Hello World!");
    }
    QTRY_COMPARE_WITH_TIMEOUT(fixture.calls(Call::SendTo), 5, Patience);
    QCOMPARE(fixture.recorder.calls(1), "recvfrom sendto recvfrom sendto recvfrom sendto");
    QCOMPARE(fixture.recorder.calls(2), "recvfrom sendto recvfrom sendto");
    QCOMPARE(fixture.recorder.find(1, Call::RecvFrom)->peer(), Address::ipv4(0x7f000001, first.localPort()));
    QCOMPARE(fixture.recorder.find(2, Call::RecvFrom)->peer(), Address::ipv4(0x7f000001, second.localPort()));
    QCOMPARE(fixture.server.engine()->accepted(), 2U);
    QCOMPARE(fixture.server.engine()->open(), 0U);
}

void TestDatagramListener::datagramEvents()
{
    DatagramFixture fixture;
    const quint16 port = fixture.start();
    QCOMPARE(fixture.recorder.calls(0), "socket bind getsockname");
    QCOMPARE(fixture.recorder.find(0, Call::GetSockName)->local(), Address::ipv4(0x7f000001, port));
    auto client = RawDatagrams::connectedTo("127.0.0.1", port);
    const Address peer = Address::ipv4(0x7f000001, client.localPort());
    const QList<QByteArray> datagrams{"Who is there?"_ba, ""_ba, QByteArray(native::MaxDatagram, 'x')};
    for (const QByteArray &datagram : datagrams) {
        QVERIFY(client.send(datagram));
        QCOMPARE(client.receive().value_or("nothing"), "Hello World!");
    }
    QTRY_COMPARE_WITH_TIMEOUT(fixture.calls(Call::SendTo), datagrams.size(), Patience);
    qsizetype asked = 0;
    for (const Event &event : fixture.recorder.events) {
        if (event.connection() == 0)
            continue;
        QCOMPARE(event.connection(), 1U);
        QCOMPARE(event.peer(), peer);
        QCOMPARE(event.errorNumber(), 0);
        if (event.call() == Call::RecvFrom) {
            QCOMPARE(event.moved(), datagrams[asked].size());
            QVERIFY(event.payload() == datagrams[asked]);
            ++asked;
        } else {
            QCOMPARE(event.call(), Call::SendTo);
            QCOMPARE(event.moved(), 12);
            QCOMPARE(event.payload().toByteArray(), "Hello World!");
        }
    }
}

void TestDatagramListener::nextGreetingToDatagrams()
{
    DatagramFixture fixture;
    auto client = RawDatagrams::connectedTo("127.0.0.1", fixture.start());
    QVERIFY(client.send("12 bytes ..."));
    QCOMPARE(client.receive().value_or("nothing"), "Hello World!");
    fixture.server.post([](Server &engine) { engine.setGreeting(""); });
    QTRY_COMPARE_WITH_TIMEOUT(client.send("") ? client.receive().value_or("nothing") : "nothing"_ba, ""_ba, Patience);
}

void TestDatagramListener::greetingTooLongForADatagram()
{
    DatagramFixture fixture(QByteArray(native::MaxDatagram + 1, 'g'));
    const Event end = fixture.startServing();
    QCOMPARE(end.call(), Call::End);
    QCOMPARE(end.outcome(), Outcome::Failed);
    QCOMPARE(end.errorNumber(), EMSGSIZE);
    QCOMPARE(fixture.recorder.calls(0), "end");

    fixture.recorder.events.clear();
    fixture.settings.greeting.chop(1);
    auto client = RawDatagrams::connectedTo("127.0.0.1", fixture.start());
    QVERIFY(client.send("?"));
    QCOMPARE(client.receive().value_or("nothing").size(), native::MaxDatagram);
}

/// Two programs on one port would take each other's datagrams.
void TestDatagramListener::datagramPortInUse()
{
    auto other = RawDatagrams::bound();
    DatagramFixture fixture;
    fixture.settings.endpoint = std::get<Endpoint>(
        Endpoint::parse(u"127.0.0.1"_s, QString::number(other.localPort()), Endpoint::Use::Listen, Transport::Udp));
    QCOMPARE(fixture.startServing().errorNumber(), EADDRINUSE);
    QCOMPARE(fixture.recorder.outcome(0), Outcome::Failed);
    QVERIFY(RawDatagrams::connectedTo("127.0.0.1", other.localPort()).send("still here"));
    QCOMPARE(other.receive().value_or("nothing"), "still here");

    DatagramFixture first;
    DatagramFixture second;
    second.settings.endpoint = std::get<Endpoint>(
        Endpoint::parse(u"127.0.0.1"_s, QString::number(first.start()), Endpoint::Use::Listen, Transport::Udp));
    QCOMPARE(second.startServing().errorNumber(), EADDRINUSE);
}

void TestDatagramListener::stopsAnswering()
{
    DatagramFixture fixture;
    const quint16 port = fixture.start();
    const Heard finished(fixture.server, &Server::finished);
    fixture.server.post([](Server &engine) { engine.finish(); });
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(0), Outcome::Complete, Patience);
    QCOMPARE(fixture.recorder.calls(0), "socket bind getsockname close end");
    auto client = RawDatagrams::connectedTo("127.0.0.1", port);
    QVERIFY(client.send("?"));
    QVERIFY(!client.receive()); // refused
}

/// A forged sender gets no more bytes than somebody else spends on it, but for a bounded rate.
void TestDatagramListener::boundsLargerAnswers()
{
    constexpr int perTurn = 100; // what surely fits into the server's socket
    constexpr int turns = 10;
    DatagramFixture fixture;
    auto client = RawDatagrams::connectedTo("127.0.0.1", fixture.start());
    QElapsedTimer clock;
    clock.start();
    for (int turn = 1; turn <= turns; ++turn) {
        for (int i = 0; i < perTurn; ++i)
            QVERIFY(client.send(i % 2 == 0 ? ""_ba : "11 bytes .."_ba));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.calls(Call::RecvFrom), turn * perTurn, Patience);
    }
    const qint64 answers = fixture.calls(Call::SendTo);
    const qint64 most = DatagramListener::LargerAnswers::PerPeer * (clock.elapsed() / 1000 + 2);
    QVERIFY2(answers >= DatagramListener::LargerAnswers::PerPeer && answers <= most,
             qPrintable(QString::number(answers)));

    // Whoever sends as much as it gets is always answered, the other sender's share is its own.
    for (int i = 0; i < perTurn; ++i)
        QVERIFY(client.send("12 bytes ..."));
    QTRY_COMPARE_WITH_TIMEOUT(fixture.calls(Call::RecvFrom), (turns + 1) * perTurn, Patience);
    auto other = RawDatagrams::connectedTo("127.0.0.1", fixture.recorder.find(0, Call::GetSockName)->local().port());
    QVERIFY(other.send(""));
    QCOMPARE(other.receive().value_or("nothing"), "Hello World!");
    QTRY_COMPARE_WITH_TIMEOUT(fixture.calls(Call::SendTo), answers + perTurn + 1, Patience);
}

/// A forger who varies the victim's port gets no more: the bound holds for the address, whatever its ports.
void TestDatagramListener::boundsLargerAnswersToAnAddress()
{
    constexpr int ports = 3 * DatagramListener::LargerAnswers::PerAddress;
    constexpr int atOnce = 100; // what surely fits into the server's socket
    DatagramFixture fixture;
    const quint16 port = fixture.start();
    QElapsedTimer clock;
    clock.start();
    std::vector<RawDatagrams> clients;
    for (int i = 0; i < ports; ++i) {
        clients.push_back(RawDatagrams::connectedTo("127.0.0.1", port));
        QVERIFY(clients.back().send(""));
        if ((i + 1) % atOnce == 0)
            QTRY_COMPARE_WITH_TIMEOUT(fixture.calls(Call::RecvFrom), i + 1, Patience);
    }
    const qint64 answers = fixture.calls(Call::SendTo);
    const qint64 most = DatagramListener::LargerAnswers::PerAddress * (clock.elapsed() / 1000 + 2);
    QVERIFY2(answers >= DatagramListener::LargerAnswers::PerAddress && answers <= most,
             qPrintable(QString::number(answers)));
}

/// A datagram that seems to come from the other server makes each answer the other's answers. Here a relay
/// stands between two servers, and hands each of them what the other one sent.
void TestDatagramListener::endsALoopOfTwoServers()
{
    DatagramFixture a;
    DatagramFixture b;
    auto toA = RawDatagrams::connectedTo("127.0.0.1", a.start());
    auto toB = RawDatagrams::connectedTo("127.0.0.1", b.start());
    constexpr int most = 10 * DatagramListener::MaxRepeats;
    QVERIFY(toA.send("Hello World!"));
    const int relayed = beside([&] {
        constexpr int silence = 2000; // ms
        int count = 0;
        pollfd sockets[]{{toA.fd(), POLLIN, 0}, {toB.fd(), POLLIN, 0}};
        while (most > count && ::poll(sockets, 2, silence) > 0) {
            if (sockets[0].revents)
                count += toB.send(toA.receive().value_or(""_ba)) ? 1 : 0;
            if (sockets[1].revents)
                count += toA.send(toB.receive().value_or(""_ba)) ? 1 : 0;
        }
        return count;
    });
    QVERIFY2(relayed > 0 && relayed <= 2 * DatagramListener::MaxRepeats + 1, qPrintable(QString::number(relayed)));
    // It was a server that ended it: all datagrams arrived, and one had no answer.
    QTRY_COMPARE_WITH_TIMEOUT(a.calls(Call::RecvFrom) + b.calls(Call::RecvFrom), relayed + 1, Patience);
    QCOMPARE(a.calls(Call::SendTo) + b.calls(Call::SendTo), relayed);

    // Something else to say is answered, and so is everyone else.
    QVERIFY(toA.send("Good evening"));
    QCOMPARE(toA.receive().value_or("nothing"), "Hello World!");
}

#ifndef PARLEY_PORTABLE
/// Only a bounded number of senders is remembered, however many there are or are made up.
void TestDatagramListener::forgetsTheSilent()
{
    constexpr auto count = static_cast<int>(DatagramListener::MaxPeers);
    DatagramFixture fixture("?");
    const Address server = Address::ipv4(0x7f000001, fixture.start());
    // One socket that sends from many addresses of the loopback network.
    const native::Descriptor socket(static_cast<int>(native::socket(Transport::Udp, Address::Family::IPv4).value));
    QVERIFY(native::bind(socket.get(), Address::ipv4(0, 0), Transport::Udp).ok());
    std::vector<quint64> numbers; // that the senders got, in the order in which they sent
    std::size_t read = 0;
    const auto arrived = [&] {
        for (; read < fixture.recorder.events.size(); ++read) {
            if (const Event &event = fixture.recorder.events[read]; event.call() == Call::RecvFrom)
                numbers.push_back(event.connection());
        }
        return numbers.size();
    };
    std::size_t sent = 0;
    const auto ask = [&](int sender) {
        const Address from = Address::ipv4(0x7f010000U + static_cast<std::uint32_t>(sender), 0);
        QCOMPARE(native::sendTo(socket.get(), "?", {server, from}).error, 0);
        if (++sent % 200 == 0 || sender < 3 || sender >= count) // no more than fits into the server's socket
            QTRY_COMPARE_WITH_TIMEOUT(arrived(), sent, Patience);
    };
    for (int sender = 0; sender < count; ++sender)
        ask(sender);
    QCOMPARE(numbers.back(), quint64(count));
    ask(0); // speaks again, so that the next one has been silent longer
    QCOMPARE(numbers.back(), 1U);
    ask(count); // takes the place of the second
    QCOMPARE(numbers.back(), quint64(count) + 1);
    ask(0);
    QCOMPARE(numbers.back(), 1U);
    ask(1); // is new; takes the place of the third
    QCOMPARE(numbers.back(), quint64(count) + 2);
    ask(2);
    QCOMPARE(numbers.back(), quint64(count) + 3);
    ask(count);
    QCOMPARE(numbers.back(), quint64(count) + 1);
    QCOMPARE(fixture.server.engine()->accepted(), quint64(count) + 3);
}
#endif

void TestDatagramListener::datagramsReachable()
{
    DatagramFixture server;
    const Heard reachable(server.server, &Server::reachable);
    const quint16 port = server.start();
    QTRY_COMPARE_WITH_TIMEOUT(reachable.count(), 1, Patience);
    QVERIFY(std::get<0>(reachable.at(0)).here == std::vector{Address::ipv4(0x7f000001, port)});
}

QTEST_GUILESS_MAIN(TestDatagramListener)
#include "tst_datagram_listener.moc"
