// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "raw_socket.h"
#include "server_fixture.h"
#include "server_gui/datagram_service.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(parley::Outcome)

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

/// A server on a Unix socket, in a folder of its own unless @p path says otherwise.
struct UnixFixture : ServerFixture
{
    explicit UnixFixture(const QString &path = {})
    {
        settings.endpoint =
            std::get<Endpoint>(Endpoint::parseUnix(path.isEmpty() ? folder.filePath(u"socket"_s) : path));
    }
    QByteArray path() const { return settings.endpoint.path; }
    /// The file's type and permissions; 0 where there is none.
    mode_t fileMode() const
    {
        struct stat file
        {
        };
        return ::lstat(path().constData(), &file) == 0 ? file.st_mode : 0;
    }

    const QTemporaryDir folder;
};

/// The socket of a server that has ended without removing it.
void leaveStale(const QByteArray &path)
{
    RawSocket::listeningOn(path);
}

} // namespace

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
    void forgetsTheSilent();

    void greetsOnPath_data();
    void greetsOnPath();
    void unixFileMode();
    void unixReplacesTheStale();
    void unixInUse();
    void unixFileIsRemoved();
    void unixFileOfAnother();
    void unixCannotListen_data();
    void unixCannotListen();
    void removeStale();
    void removeStaleAsksOnly();
    void unixReachable();
};

void TestServer::listens()
{
    ServerFixture fixture;
    QVERIFY(fixture.start() != 0);
    QCOMPARE(fixture.recorder.calls(0), "socket bind listen");
    const Event listening = *fixture.recorder.find(0, Call::Listen);
    QCOMPARE(listening.error, 0);
    QCOMPARE(listening.address.host(), "127.0.0.1");
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
        QCOMPARE(fixture.recorder.find(0, Call::End)->error, error);
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
    QCOMPARE(fixture.recorder.find(0, Call::End)->error, EADDRINUSE);
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
    QCOMPARE(fixture.recorder.find(1, Call::Accept)->address, Address::ipv4(0x7f000001, localPort));
    const Event sent = *fixture.recorder.find(1, Call::Send);
    QCOMPARE(sent.result, 12);
    QCOMPARE(sent.payload().toByteArray(), "Hello World!");
    QCOMPARE(fixture.recorder.find(1, Call::Recv)->result, 0);
    QCOMPARE(fixture.server.engine()->accepted(), 1U);
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
    qint64 before = 0;
    for (const Event &event : fixture.recorder.events) {
        QVERIFY(event.time >= before);
        before = event.time;
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
        sent += event.call == Call::Send ? event.result : 0;
        heard += event.call == Call::Recv ? event.result : 0;
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
    QVERIFY(end.time - fixture.recorder.find(1, Call::Accept)->time >= 99'000'000); // ns
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
                                         [](const Event &event) { return event.call == Call::Accept; });
        int timeout = -1;
        socklen_t length = sizeof timeout;
        ::getsockopt(static_cast<int>(accept->result), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, &length);
        return timeout;
    };
    QCOMPARE(next(), 30'000);
    /// The kernel makes the connection, so it has to know before that.
    const auto change = [&server](const auto &command) {
        std::promise<void> done;
        server.server.post([&](Server &engine) {
            command(engine);
            done.set_value();
        });
        done.get_future().wait();
    };
    ServerLimits limits = server.settings.limits;
    limits.deadline = 77s;
    change([&](Server &engine) { engine.setLimits(limits); });
    QCOMPARE(next(), 77'000);
    limits.deadline.reset();
    change([&](Server &engine) { engine.setLimits(limits); });
    QCOMPARE(next(), 0); // it stays: no limit
    change([](Server &engine) { engine.setBehaviour({}); });
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
    QSignalSpy finished(fixture.server.engine(), &Server::finished);
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
    QSignalSpy spy(fixture.server.engine(), &Server::reachable);
    const quint16 port = fixture.start();
    QTRY_COMPARE_WITH_TIMEOUT(spy.count(), 1, Patience);
    const auto reachability = spy.at(0).at(0).value<Reachability>();
    QVERIFY(reachability.others.empty());
    QVERIFY(reachability.here == std::vector{Address::ipv4(0x7f000001, port)});
}

void TestServer::answersDatagrams_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QByteArray>("asked"); // the address that the client sends to

    QTest::newRow("IPv4") << u"127.0.0.1"_s << "127.0.0.1"_ba;
    QTest::newRow("every IPv4 interface") << u""_s << "127.0.0.2"_ba;
    QTest::newRow("a name") << u"localhost"_s << "127.0.0.1"_ba;
    QTest::newRow("IPv6") << u"::1"_s << "::1"_ba;
    QTest::newRow("dual stack, by IPv4") << u"*"_s << "127.0.0.2"_ba;
    QTest::newRow("dual stack, by IPv6") << u"*"_s << "::1"_ba;
}

/// The clients take datagrams only from the address that they asked.
void TestServer::answersDatagrams()
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

void TestServer::numbersSenders()
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
    QCOMPARE(fixture.recorder.find(1, Call::RecvFrom)->address, Address::ipv4(0x7f000001, first.localPort()));
    QCOMPARE(fixture.recorder.find(2, Call::RecvFrom)->address, Address::ipv4(0x7f000001, second.localPort()));
    QCOMPARE(fixture.server.engine()->accepted(), 2U);
    QCOMPARE(fixture.server.engine()->open(), 0U);
}

void TestServer::datagramEvents()
{
    DatagramFixture fixture;
    const quint16 port = fixture.start();
    QCOMPARE(fixture.recorder.calls(0), "socket bind getsockname");
    QCOMPARE(fixture.recorder.find(0, Call::GetSockName)->address, Address::ipv4(0x7f000001, port));
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
        if (event.connection == 0)
            continue;
        QCOMPARE(event.connection, 1U);
        QCOMPARE(event.address, peer);
        QCOMPARE(event.error, 0);
        if (event.call == Call::RecvFrom) {
            QCOMPARE(event.result, datagrams[asked].size());
            QVERIFY(event.payload() == datagrams[asked]);
            ++asked;
        } else {
            QCOMPARE(event.call, Call::SendTo);
            QCOMPARE(event.result, 12);
            QCOMPARE(event.payload().toByteArray(), "Hello World!");
        }
    }
}

void TestServer::nextGreetingToDatagrams()
{
    DatagramFixture fixture;
    auto client = RawDatagrams::connectedTo("127.0.0.1", fixture.start());
    QVERIFY(client.send("12 bytes ..."));
    QCOMPARE(client.receive().value_or("nothing"), "Hello World!");
    fixture.server.post([](Server &engine) { engine.setGreeting(""); });
    QTRY_COMPARE_WITH_TIMEOUT(client.send("") ? client.receive().value_or("nothing") : "nothing"_ba, ""_ba, Patience);
}

void TestServer::greetingTooLongForADatagram()
{
    DatagramFixture fixture(QByteArray(native::MaxDatagram + 1, 'g'));
    const Event end = fixture.startServing();
    QCOMPARE(end.call, Call::End);
    QCOMPARE(end.outcome, Outcome::Failed);
    QCOMPARE(end.error, EMSGSIZE);
    QCOMPARE(fixture.recorder.calls(0), "end");

    fixture.recorder.events.clear();
    fixture.settings.greeting.chop(1);
    auto client = RawDatagrams::connectedTo("127.0.0.1", fixture.start());
    QVERIFY(client.send("?"));
    QCOMPARE(client.receive().value_or("nothing").size(), native::MaxDatagram);
}

/// Two programs on one port would take each other's datagrams.
void TestServer::datagramPortInUse()
{
    auto other = RawDatagrams::bound();
    DatagramFixture fixture;
    fixture.settings.endpoint = std::get<Endpoint>(
        Endpoint::parse(u"127.0.0.1"_s, QString::number(other.localPort()), Endpoint::Use::Listen, Transport::Udp));
    QCOMPARE(fixture.startServing().error, EADDRINUSE);
    QCOMPARE(fixture.recorder.outcome(0), Outcome::Failed);
    QVERIFY(RawDatagrams::connectedTo("127.0.0.1", other.localPort()).send("still here"));
    QCOMPARE(other.receive().value_or("nothing"), "still here");

    DatagramFixture first;
    DatagramFixture second;
    second.settings.endpoint = std::get<Endpoint>(
        Endpoint::parse(u"127.0.0.1"_s, QString::number(first.start()), Endpoint::Use::Listen, Transport::Udp));
    QCOMPARE(second.startServing().error, EADDRINUSE);
}

void TestServer::stopsAnswering()
{
    DatagramFixture fixture;
    const quint16 port = fixture.start();
    QSignalSpy finished(fixture.server.engine(), &Server::finished);
    fixture.server.post([](Server &engine) { engine.finish(); });
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(0), Outcome::Complete, Patience);
    QCOMPARE(fixture.recorder.calls(0), "socket bind getsockname close end");
    auto client = RawDatagrams::connectedTo("127.0.0.1", port);
    QVERIFY(client.send("?"));
    QVERIFY(!client.receive()); // refused
}

/// A forged sender gets no more bytes than somebody else spends on it, but for a bounded rate.
void TestServer::boundsLargerAnswers()
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
    const qint64 most = DatagramService::LargerAnswers::PerPeer * (clock.elapsed() / 1000 + 2);
    QVERIFY2(answers >= DatagramService::LargerAnswers::PerPeer && answers <= most,
             qPrintable(QString::number(answers)));

    // Whoever sends as much as it gets is always answered, the other sender's share is its own.
    for (int i = 0; i < perTurn; ++i)
        QVERIFY(client.send("12 bytes ..."));
    QTRY_COMPARE_WITH_TIMEOUT(fixture.calls(Call::RecvFrom), (turns + 1) * perTurn, Patience);
    auto other = RawDatagrams::connectedTo("127.0.0.1", fixture.recorder.find(0, Call::GetSockName)->address.port());
    QVERIFY(other.send(""));
    QCOMPARE(other.receive().value_or("nothing"), "Hello World!");
    QTRY_COMPARE_WITH_TIMEOUT(fixture.calls(Call::SendTo), answers + perTurn + 1, Patience);
}

/// A forger who varies the victim's port gets no more: the bound holds for the address, whatever its ports.
void TestServer::boundsLargerAnswersToAnAddress()
{
    constexpr int ports = 3 * DatagramService::LargerAnswers::PerAddress;
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
    const qint64 most = DatagramService::LargerAnswers::PerAddress * (clock.elapsed() / 1000 + 2);
    QVERIFY2(answers >= DatagramService::LargerAnswers::PerAddress && answers <= most,
             qPrintable(QString::number(answers)));
}

/// A datagram that seems to come from the other server makes each answer the other's answers. Here a relay
/// stands between two servers, and hands each of them what the other one sent.
void TestServer::endsALoopOfTwoServers()
{
    DatagramFixture a;
    DatagramFixture b;
    auto toA = RawDatagrams::connectedTo("127.0.0.1", a.start());
    auto toB = RawDatagrams::connectedTo("127.0.0.1", b.start());
    constexpr int most = 10 * DatagramService::MaxRepeats;
    QVERIFY(toA.send("Hello World!"));
    const int relayed = beside([&] {
        constexpr int silence = 2000; // ms
        int count = 0;
        pollfd sockets[]{{toA.fd(), POLLIN, 0}, {toB.fd(), POLLIN, 0}};
        while (count<most && ::poll(sockets, 2, silence)> 0) {
            if (sockets[0].revents)
                count += toB.send(toA.receive().value_or(""_ba)) ? 1 : 0;
            if (sockets[1].revents)
                count += toA.send(toB.receive().value_or(""_ba)) ? 1 : 0;
        }
        return count;
    });
    QVERIFY2(relayed > 0 && relayed <= 2 * DatagramService::MaxRepeats + 1, qPrintable(QString::number(relayed)));
    // It was a server that ended it: all datagrams arrived, and one had no answer.
    QTRY_COMPARE_WITH_TIMEOUT(a.calls(Call::RecvFrom) + b.calls(Call::RecvFrom), relayed + 1, Patience);
    QCOMPARE(a.calls(Call::SendTo) + b.calls(Call::SendTo), relayed);

    // Something else to say is answered, and so is everyone else.
    QVERIFY(toA.send("Good evening"));
    QCOMPARE(toA.receive().value_or("nothing"), "Hello World!");
}

/// However many senders there are, or are made up, only so many are remembered.
void TestServer::forgetsTheSilent()
{
    constexpr auto count = static_cast<int>(DatagramService::MaxPeers);
    DatagramFixture fixture("?");
    const Address server = Address::ipv4(0x7f000001, fixture.start());
    // One socket that sends from many addresses of the loopback network.
    const native::Descriptor socket(static_cast<int>(native::socket(Transport::Udp, Address::Family::IPv4).value));
    QVERIFY(native::bind(socket.get(), Address::ipv4(0, 0), Transport::Udp).ok());
    std::vector<quint64> numbers; // that the senders got, in the order in which they sent
    std::size_t read = 0;
    const auto arrived = [&] {
        for (; read < fixture.recorder.events.size(); ++read) {
            if (const Event &event = fixture.recorder.events[read]; event.call == Call::RecvFrom)
                numbers.push_back(event.connection);
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

void TestServer::greetsOnPath_data()
{
    QTest::addColumn<QString>("path"); // empty: a file in a new folder

    QTest::newRow("file") << QString();
    QTest::newRow("abstract name") << QString(u"@parley-tst_server-"_s + QString::number(::getpid()));
}

void TestServer::greetsOnPath()
{
    QFETCH(QString, path);
    UnixFixture fixture(path);
    QVERIFY(Server::isServing(fixture.startServing()));
    QCOMPARE(fixture.recorder.calls(0), "socket bind listen");
    QCOMPARE(fixture.recorder.find(0, Call::Bind)->bytes, fixture.path());
    QCOMPARE(fixture.recorder.find(0, Call::Listen)->bytes, fixture.path());
    QVERIFY(fixture.recorder.find(0, Call::Listen)->address.isNull());
    QCOMPARE(fixture.fileMode() != 0, path.isEmpty());
    for (quint64 number = 1; number <= 2; ++number) {
        auto client = RawSocket::connectedTo(fixture.path());
        QVERIFY(client.send("said first"));
        QCOMPARE(client.receive(100), "Hello World!");
        QVERIFY(client.isAtEnd());
        client.close();
        QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(number), Outcome::Complete, Patience);
        QCOMPARE(fixture.recorder.calls(number), "accept send shutdown recv recv close end");
        QCOMPARE(fixture.recorder.find(number, Call::Accept)->address, Address::unixPeer(::getpid(), ::geteuid()));
    }
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
}

void TestServer::unixFileMode()
{
    for (const unsigned mode : {ServerSettings::DefaultUnixMode, 0660U}) {
        const mode_t before = ::umask(0);
        UnixFixture fixture;
        fixture.settings.unixMode = mode;
        const Event listening = fixture.startServing();
        ::umask(before);
        QVERIFY(Server::isServing(listening));
        QCOMPARE(fixture.fileMode(), S_IFSOCK | mode);
    }
    QCOMPARE(ServerSettings::DefaultUnixMode, 0600U);
}

void TestServer::unixReplacesTheStale()
{
    UnixFixture fixture;
    leaveStale(fixture.path());
    QVERIFY(fixture.fileMode() != 0);
    QVERIFY(Server::isServing(fixture.startServing()));
    QCOMPARE(fixture.recorder.calls(0), "socket bind bind listen");
    QCOMPARE(fixture.recorder.find(0, Call::Bind)->error, EADDRINUSE);
    QCOMPARE(RawSocket::connectedTo(fixture.path()).receive(100), "Hello World!");
}

void TestServer::unixInUse()
{
    UnixFixture first;
    QVERIFY(Server::isServing(first.startServing()));
    {
        UnixFixture second(QFile::decodeName(first.path()));
        const Event end = second.startServing();
        QCOMPARE(end.outcome, Outcome::Failed);
        QCOMPARE(end.error, EADDRINUSE);
        QVERIFY(!second.recorder.find(0, Call::Listen));
    }
    QVERIFY(first.fileMode() != 0);
    QCOMPARE(RawSocket::connectedTo(first.path()).receive(100), "Hello World!");
}

void TestServer::unixFileIsRemoved()
{
    UnixFixture stopped;
    QVERIFY(Server::isServing(stopped.startServing()));
    stopped.server.post([](Server &engine) { engine.stop(); });
    QTRY_COMPARE_WITH_TIMEOUT(stopped.recorder.outcome(0), Outcome::Complete, Patience);
    QCOMPARE(stopped.fileMode(), mode_t{0});
    stopped.recorder.events.clear();
    QVERIFY(Server::isServing(stopped.startServing())); // and again
    QCOMPARE(RawSocket::connectedTo(stopped.path()).receive(100), "Hello World!");

    const QTemporaryDir folder;
    const QString path = folder.filePath(u"socket"_s);
    {
        UnixFixture destroyed(path);
        QVERIFY(Server::isServing(destroyed.startServing()));
        QVERIFY(QFileInfo::exists(path));
    }
    QVERIFY(!QFileInfo::exists(path));
}

/// A file that has taken the place of the server's own is not the server's to remove.
void TestServer::unixFileOfAnother()
{
    UnixFixture first;
    QVERIFY(Server::isServing(first.startServing()));
    QVERIFY(QFile::rename(QFile::decodeName(first.path()), first.folder.filePath(u"elsewhere"_s)));
    const RawSocket other = RawSocket::listeningOn(first.path());
    QVERIFY(other.isOpen());
    first.server.post([](Server &engine) { engine.stop(); });
    QTRY_COMPARE_WITH_TIMEOUT(first.recorder.outcome(0), Outcome::Complete, Patience);
    QVERIFY(first.fileMode() != 0);
    QVERIFY(RawSocket::connectedTo(first.path()).isOpen());
}

void TestServer::unixCannotListen_data()
{
    QTest::addColumn<QString>("name"); // in a new folder that has a file named "file"
    QTest::addColumn<int>("error");

    QTest::newRow("the folder is missing") << u"missing/socket"_s << ENOENT;
    QTest::newRow("the folder is a file") << u"file/socket"_s << ENOTDIR;
    QTest::newRow("a file of another kind") << u"file"_s << EADDRINUSE;
    QTest::newRow("a folder") << u"."_s << EADDRINUSE;
}

void TestServer::unixCannotListen()
{
    QFETCH(QString, name);
    QFETCH(int, error);
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("precious") == 8);
    file.close();
    UnixFixture fixture(QString(folder.path() + u'/' + name));
    const Event end = fixture.startServing();
    QCOMPARE(end.call, Call::End);
    QCOMPARE(end.outcome, Outcome::Failed);
    QCOMPARE(end.error, error);
    QCOMPARE(fixture.recorder.calls(0), "socket bind close end");
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "precious");
}

void TestServer::removeStale()
{
    const QTemporaryDir folder;
    const QByteArray path = QFile::encodeName(folder.filePath(u"socket"_s));
    const auto exists = [&path] { return QFileInfo::exists(QFile::decodeName(path)); };
    QVERIFY(!UnixFile::removeStale(path)); // there is none
    leaveStale(path);
    QVERIFY(exists());
    QVERIFY(UnixFile::removeStale(path));
    QVERIFY(!exists());

    const RawSocket served = RawSocket::listeningOn(path, 0);
    QVERIFY(!UnixFile::removeStale(path));
    QVERIFY(exists());
    QVERIFY(served.accept().isAtEnd());                // it was asked, and no more
    const auto waiting = RawSocket::connectedTo(path); // the queue is full: whoever asks now is told EAGAIN
    QVERIFY(waiting.isOpen());
    QVERIFY(!UnixFile::removeStale(path));
    QVERIFY(exists());

    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(!UnixFile::removeStale(QFile::encodeName(file.fileName())));
    QVERIFY(file.exists());
    QVERIFY(QFile::link(file.fileName(), folder.filePath(u"link"_s)));
    QVERIFY(!UnixFile::removeStale(QFile::encodeName(folder.filePath(u"link"_s))));
    QVERIFY(!UnixFile::removeStale(QFile::encodeName(folder.path())));
    QVERIFY(file.exists());
}

/// An abstract name has no file, and none is looked for in the working directory.
void TestServer::removeStaleAsksOnly()
{
    const QTemporaryDir folder;
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(folder.path()));
    leaveStale("./@name");
    const bool removed = UnixFile::removeStale("@name");
    const bool kept = QFileInfo::exists(u"@name"_s);
    QVERIFY(QDir::setCurrent(before));
    QVERIFY(!removed);
    QVERIFY(kept);
}

/// A path has no reachability to be told; the addresses are the other transports'.
void TestServer::unixReachable()
{
    UnixFixture fixture;
    QSignalSpy reachable(fixture.server.engine(), &Server::reachable);
    QVERIFY(Server::isServing(fixture.startServing()));
    QCOMPARE(RawSocket::connectedTo(fixture.path()).receive(100), "Hello World!");
    QCOMPARE(reachable.count(), 0);

    DatagramFixture datagrams;
    QSignalSpy datagramsReachable(datagrams.server.engine(), &Server::reachable);
    const quint16 port = datagrams.start();
    QTRY_COMPARE_WITH_TIMEOUT(datagramsReachable.count(), 1, Patience);
    QVERIFY(datagramsReachable.at(0).at(0).value<Reachability>().here == std::vector{Address::ipv4(0x7f000001, port)});
}

QTEST_GUILESS_MAIN(TestServer)
#include "tst_server.moc"
