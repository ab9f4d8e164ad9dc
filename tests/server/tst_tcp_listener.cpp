// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QHostAddress>
#include <QTcpServer>
#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

/// What the server's QTcpServer says of itself, and what the system says of its descriptor.
struct Told
{
    qsizetype objects = -1;
    bool isListening = false;
    QHostAddress address;
    quint16 port = 0;
    qintptr descriptor = -1;
    int backlog = -1;
    bool systemListens = false; // SO_ACCEPTCONN
    Address systemAddress;
};

Told told(const Server &engine)
{
    const auto servers = engine.findChildren<QTcpServer *>();
    Told told;
    told.objects = servers.size();
    if (servers.isEmpty())
        return told;
    const QTcpServer &server = *servers.first();
    told.isListening = server.isListening();
    told.address = server.serverAddress();
    told.port = server.serverPort();
    told.descriptor = server.socketDescriptor();
    told.backlog = server.listenBacklogSize();
    if (told.descriptor >= 0) {
        const int fd = static_cast<int>(told.descriptor);
        int listens = 0;
        socklen_t length = sizeof(listens);
        told.systemListens = ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && listens != 0;
        told.systemAddress = native::localAddress(fd);
    }
    return told;
}

struct TcpServerFixture : ServerFixture
{
    /// The listener's answers on the I/O thread, once the commands so far are carried out.
    Told tell()
    {
        std::promise<Told> promise;
        server.post([&promise](Server &engine) { promise.set_value(told(engine)); });
        return promise.get_future().get();
    }
    template <typename Command>
    Told after(Command command)
    {
        server.post(std::move(command));
        return tell();
    }
    void setHost(const QString &host, quint16 port = 0)
    {
        settings.endpoint = std::get<Endpoint>(Endpoint::parse(host, QString::number(port), Endpoint::Use::Listen));
    }
};

} // namespace

/// The listener of a TCP server is a QTcpServer that tells the truth.
class TestTcpListener : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void tellsTheTruth_data();
    void tellsTheTruth();
    void notOnFailure();
    void notAfterAcceptFails();
    void isReplaced();
    void isThereWhenAnnounced();
    void isNoneForOthers_data();
    void isNoneForOthers();
    void leavesAcceptToTheServer();
};

void TestTcpListener::tellsTheTruth_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QHostAddress>("address");
    QTest::newRow("IPv4") << u"127.0.0.1"_s << QHostAddress(QHostAddress::LocalHost);
    QTest::newRow("IPv6") << u"::1"_s << QHostAddress(QHostAddress::LocalHostIPv6);
    QTest::newRow("any") << u""_s << QHostAddress(QHostAddress::AnyIPv6);
}

void TestTcpListener::tellsTheTruth()
{
    QFETCH(QString, host);
    QFETCH(QHostAddress, address);
    TcpServerFixture fixture;
    QCOMPARE(fixture.tell().objects, 0);

    fixture.setHost(host);
    fixture.settings.backlog = 7;
    const quint16 port = fixture.start();
    QVERIFY(port != 0);
    const Told listening = fixture.tell();
    QCOMPARE(listening.objects, 1);
    QVERIFY(listening.isListening);
    QVERIFY(listening.systemListens);
    QVERIFY2(listening.address.isEqual(address, QHostAddress::TolerantConversion),
             qPrintable(listening.address.toString()));
    QCOMPARE(listening.port, port);
    QCOMPARE(listening.systemAddress, fixture.recorder.find(0, Call::Listen)->local());
    QCOMPARE(listening.descriptor, fixture.recorder.find(0, Call::Socket)->descriptor());
    QCOMPARE(listening.backlog, 7);
    QCOMPARE(fixture.after([](Server &engine) { engine.setBacklog(9); }).backlog, 9);

    for (const bool hold : {true, false}) { // which changes who watches, and nothing else
        const Told held = fixture.after([hold](Server &engine) { engine.holdAccept(hold); });
        QVERIFY(held.isListening);
        QCOMPARE(held.descriptor, listening.descriptor);
    }

    const Told stopped = fixture.after([](Server &engine) { engine.stop(); });
    QVERIFY(!stopped.isListening);
    QCOMPARE(stopped.port, quint16(0));
    QVERIFY(stopped.address.isNull());
    QCOMPARE(stopped.descriptor, qintptr(-1));
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.calls(0), "socket bind listen listen close end", Patience);
}

void TestTcpListener::notOnFailure()
{
    const RawSocket other = RawSocket::listening();
    TcpServerFixture fixture;
    fixture.setHost(u"127.0.0.1"_s, other.localPort());
    fixture.listen();
    const Told failed = fixture.tell();
    QVERIFY(!failed.isListening);
    QCOMPARE(failed.port, quint16(0));
    QCOMPARE(failed.descriptor, qintptr(-1));
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(0), Outcome::Failed, Patience);
}

/// The socket can't accept any more: the listener closes it, and says so.
void TestTcpListener::notAfterAcceptFails()
{
    TcpServerFixture fixture;
    QVERIFY(fixture.start() != 0);
    fixture.server.post([](Server &engine) { // EINVAL from now on
        ::shutdown(static_cast<int>(told(engine).descriptor), SHUT_RD);
    });
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(0), Outcome::Failed, Patience);
    const Told failed = fixture.tell();
    QVERIFY(!failed.isListening);
    QCOMPARE(failed.descriptor, qintptr(-1));
    QVERIFY(fixture.start() != 0);
    QVERIFY(fixture.tell().isListening);
}

void TestTcpListener::isReplaced()
{
    TcpServerFixture fixture;
    QVERIFY(fixture.start() != 0);
    const Told first = fixture.tell();
    fixture.listen(); // on another port
    const Told second = fixture.tell();
    QCOMPARE(second.objects, 1);
    QVERIFY(second.isListening && second.systemListens);
    QVERIFY(first.port != second.port);
    QCOMPARE(RawSocket::connectedTo("127.0.0.1", second.port).receive(100), "Hello World!");
}

/// A reader of the event that says that the server listens finds a QTcpServer that listens.
void TestTcpListener::isThereWhenAnnounced()
{
    TcpServerFixture fixture;
    std::optional<Told> atSignal;
    QObject::connect(
        fixture.server.engine(), &Server::reachable, fixture.server.engine(),
        [&fixture, &atSignal] { atSignal = told(*fixture.server.engine()); }, Qt::DirectConnection);
    const quint16 port = fixture.start();
    QCOMPARE(fixture.tell().port, port); // and the signal has been emitted
    QVERIFY(atSignal);
    QVERIFY(atSignal->isListening);
    QCOMPARE(atSignal->port, port);
}

void TestTcpListener::isNoneForOthers_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::newRow("UDP") << Transport::Udp;
    QTest::newRow("Unix") << Transport::Unix;
}

void TestTcpListener::isNoneForOthers()
{
    QFETCH(Transport, transport);
    TcpServerFixture fixture;
    QVERIFY(fixture.start() != 0);
    fixture.recorder.events.clear();
    fixture.settings.endpoint.transport = transport;
    if (transport == Transport::Unix) {
        fixture.settings.endpoint = {};
        fixture.settings.endpoint.transport = transport;
        fixture.settings.endpoint.path = "@parley-" + QByteArray::number(::getpid());
    }
    fixture.listen();
    QCOMPARE(fixture.tell().objects, 0);
    QTRY_VERIFY_WITH_TIMEOUT(
        std::any_of(fixture.recorder.events.begin(), fixture.recorder.events.end(), &Server::isServing), Patience);
}

/// Nothing is pending in QTcpServer: each descriptor goes on to a connection of the server, with its peer.
void TestTcpListener::leavesAcceptToTheServer()
{
    TcpServerFixture fixture;
    const quint16 port = fixture.start();
    auto client = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(client.receive(100), "Hello World!");
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(1, Call::Accept), Patience);
    QCOMPARE(fixture.recorder.find(1, Call::Accept)->peer(), Address::ipv4(0x7f000001, client.localPort()));
    std::promise<bool> pending;
    fixture.server.post(
        [&pending](Server &engine) { pending.set_value(engine.findChild<QTcpServer *>()->hasPendingConnections()); });
    QVERIFY(!pending.get_future().get());
}

QTEST_GUILESS_MAIN(TestTcpListener)

#include "tst_tcp_listener.moc"
