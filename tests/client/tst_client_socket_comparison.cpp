// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client_socket.h"
#include "shared/socket/socket_calls.h"
#include "tests/support/client_socket_fixture.h"
#include "tests/support/raw_socket.h"

#include <QDataStream>
#include <QHostAddress>
#include <QRegularExpression>
#include <QTest>
#include <QTextStream>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

/// Answers of the functions that tell what a socket is.
QString addresses(const QTcpSocket &socket, quint16 port)
{
    return QStringList{text(socket.state()),
                       socket.peerAddress().toString(),
                       text(socket.peerPort() == port),
                       socket.localAddress().toString(),
                       text(socket.localPort() > 0),
                       socket.peerName(),
                       text(socket.socketDescriptor() >= 0),
                       text(socket.isValid()),
                       text(socket.isOpen())}
        .join(u' ');
}

/// What a user does with a socket, and the result.
struct Scenario
{
    const char *name;
    void (*run)(QTcpSocket &socket, QStringList &trace);
};

// In each of these the class behaves exactly as QTcpSocket.
const Scenario scenarios[] = {
    {"greeting, then FIN",
     [](QTcpSocket &socket, QStringList &trace) {
         traceTo(trace, socket);
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(QHostAddress::LocalHost, server.localPort());
         RawSocket peer = server.accept();
         QVERIFY(peer.send("Hello World!"));
         peer.close();
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         trace << QString::number(socket.bytesAvailable()) << QString::fromLatin1(socket.readAll())
               << QString::number(socket.read(nullptr, 0)) << text(socket.isOpen()) << text(socket.isValid())
               << QString::number(socket.socketDescriptor()) << socket.errorString() << text(socket.error());
     }},
    {"what it is",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         const quint16 port = server.localPort();
         QObject::connect(&socket, &Socket::connected, [&] { trace << addresses(socket, port); });
         QObject::connect(&socket, &Socket::disconnected, [&] { trace << addresses(socket, port); });
         trace << addresses(socket, port);
         socket.connectToHost(u"127.0.0.1"_s, port);
         QVERIFY(waitForState(socket, Socket::ConnectedState));
         trace << addresses(socket, port);
         server.accept().close();
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         trace << addresses(socket, port);
     }},
    {"refused",
     [](QTcpSocket &socket, QStringList &trace) {
         traceTo(trace, socket);
         const RawSocket bound = RawSocket::bound();
         socket.connectToHost(u"127.0.0.1"_s, bound.localPort());
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         trace << text(socket.error()) << socket.errorString();
     }},
    {"no such host",
     [](QTcpSocket &socket, QStringList &trace) {
         traceTo(trace, socket);
         socket.connectToHost(u"no-such-host.invalid"_s, 1);
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         trace << socket.errorString();
     }},
    {"QDataStream in transactions",
     [](QTcpSocket &socket, QStringList &trace) {
         QByteArray bytes;
         QDataStream out(&bytes, QIODevice::WriteOnly);
         out << u"Größe"_s << 7 << QByteArray(3000, 'x');
         QDataStream in(&socket);
         int tries = 0;
         QObject::connect(&socket, &QIODevice::readyRead, [&] {
             QString string;
             int number = 0;
             QByteArray rest;
             ++tries;
             in.startTransaction();
             in >> string >> number >> rest;
             if (in.commitTransaction())
                 trace << string << QString::number(number) << QString::number(rest.size());
         });
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         RawSocket peer = server.accept();
         peer.sendAtOnce();
         for (qsizetype i = 0; i < bytes.size(); i += 1000) {
             QVERIFY(peer.send(QByteArrayView(bytes).sliced(i, std::min<qsizetype>(1000, bytes.size() - i))));
             QVERIFY(QTest::qWaitFor([&] { return tries == i / 1000 + 1; }, Patience));
         }
         in << qint16(513);
         socket.flush();
         trace << QString::fromLatin1(peer.receive(2).toHex());
     }},
    {"lines, peek, skip, QTextStream",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         RawSocket peer = server.accept();
         QVERIFY(peer.send("one\ntw"));
         QVERIFY(waitForBytes(socket, 6));
         trace << QString::fromLatin1(socket.peek(3)) << text(socket.canReadLine())
               << QString::fromLatin1(socket.readLine()) << text(socket.canReadLine());
         QVERIFY(peer.send("o\nthree\nfour\nrest"));
         QVERIFY(waitForBytes(socket, 19));
         trace << text(socket.canReadLine()) << QString::number(socket.skip(2)) << QString::number(socket.skip(1));
         QTextStream stream(&socket);
         trace << stream.readLine() << stream.readLine();
         peer.close();
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         trace << stream.readAll() << text(socket.atEnd()) << QString::number(socket.skip(1));
     }},
    {"much is written, then disconnectFromHost",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         QVERIFY(waitForState(socket, Socket::ConnectedState));
         RawSocket peer = server.accept();
         qint64 told = 0;
         QObject::connect(&socket, &QIODevice::bytesWritten, [&](qint64 count) { told += count; });
         trace << QString::number(socket.write(QByteArray(Much, 'y'))) << text(socket.bytesToWrite() > 0);
         traceTo(trace, socket);
         socket.disconnectFromHost();
         auto heard = beside([&peer] { return std::pair{peer.receive(Much).size(), peer.isAtEnd()}; });
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         const auto [count, isAtEnd] = heard.get();
         trace << QString::number(count) << text(isAtEnd) << QString::number(told);
     }},
    {"written before it is connected",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         trace << QString::number(socket.write("early")) << QString::number(socket.bytesToWrite());
         traceTo(trace, socket);
         socket.disconnectFromHost();
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         RawSocket peer = server.accept();
         trace << QString::fromLatin1(peer.receive(10)) << text(peer.isAtEnd());
     }},
    {"written where there is no connection",
     [](QTcpSocket &socket, QStringList &trace) {
         trace << QString::number(socket.bytesToWrite()) << text(socket.waitForReadyRead(1));
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         server.accept().close();
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         trace << QString::number(socket.write("late")) << socket.errorString();
     }},
    {"without an event loop",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         trace << text(socket.waitForConnected(Patience));
         RawSocket peer = server.accept();
         socket.write("echo");
         trace << text(socket.waitForBytesWritten(Patience)) << QString::number(socket.bytesToWrite());
         QVERIFY(peer.send(peer.receive(4)));
         trace << text(socket.waitForReadyRead(Patience)) << QString::fromLatin1(socket.readAll());
         peer.close();
         trace << text(socket.waitForReadyRead(Patience)) << text(socket.state()) << text(socket.error());
     }},
    {"waits for the end",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         RawSocket peer = server.accept();
         QVERIFY(peer.send("rest"));
         peer.close();
         trace << text(socket.waitForDisconnected(Patience)) << text(socket.state())
               << QString::fromLatin1(socket.readAll());
     }},
    {"waits in vain",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         trace << text(socket.waitForConnected(Patience)) << text(socket.waitForReadyRead(20)) << text(socket.error())
               << socket.errorString() << text(socket.state()) << text(socket.waitForDisconnected(20))
               << text(socket.waitForBytesWritten(20));
         socket.abort();
         trace << text(socket.state());
     }},
    {"waits for a name",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"localhost"_s, server.localPort(), QIODevice::ReadWrite, Socket::IPv4Protocol);
         trace << text(socket.waitForConnected(Patience)) << socket.peerAddress().toString() << socket.peerName();
     }},
    {"waits to be refused",
     [](QTcpSocket &socket, QStringList &trace) {
         traceTo(trace, socket);
         const RawSocket bound = RawSocket::bound();
         socket.connectToHost(u"127.0.0.1"_s, bound.localPort());
         trace << text(socket.waitForConnected(Patience)) << text(socket.error()) << text(socket.state());
     }},
    {"a descriptor is adopted",
     [](QTcpSocket &socket, QStringList &trace) {
         traceTo(trace, socket);
         const RawSocket server = RawSocket::listening();
         const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
         QVERIFY(native::connect(fd, Address::ipv4(INADDR_LOOPBACK, server.localPort())).ok());
         trace << text(socket.setSocketDescriptor(fd)) << socket.peerAddress().toString()
               << text(socket.peerPort() == server.localPort()) << text(socket.localPort() > 0)
               << text(socket.isOpen());
         RawSocket peer = server.accept();
         QVERIFY(peer.send("adopted"));
         peer.close();
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         trace << QString::fromLatin1(socket.readAll());
     }},
    {"abort in readyRead",
     [](QTcpSocket &socket, QStringList &trace) {
         traceTo(trace, socket);
         QObject::connect(&socket, &QIODevice::readyRead, [&] {
             trace << u"ready"_s;
             socket.abort();
             trace << text(socket.state()) << text(socket.isOpen());
         });
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         RawSocket peer = server.accept();
         QVERIFY(peer.send("x"));
         QVERIFY(QTest::qWaitFor([&] { return trace.contains(u"disconnected"); }, Patience));
     }},
    {"close sends what was written",
     [](QTcpSocket &socket, QStringList &trace) {
         traceTo(trace, socket);
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         QVERIFY(waitForState(socket, Socket::ConnectedState));
         RawSocket peer = server.accept();
         socket.write(QByteArray(Much, 'q'));
         socket.close();
         auto heard = beside([&peer] { return peer.receive(Much).size(); });
         QVERIFY(waitForState(socket, Socket::UnconnectedState));
         trace << QString::number(heard.get());
     }},
    {"a small read buffer",
     [](QTcpSocket &socket, QStringList &trace) {
         socket.setReadBufferSize(1000);
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         RawSocket peer = server.accept();
         QVERIFY(peer.send(QByteArray(100'000, 'r')));
         peer.close();
         qint64 most = 0;
         qint64 heard = 0;
         QVERIFY(QTest::qWaitFor(
             [&] {
                 most = std::max(most, socket.bytesAvailable());
                 heard += socket.read(600).size();
                 return heard == 100'000;
             },
             Patience));
         trace << text(most <= 1000) << QString::number(socket.readBufferSize());
     }},
    {"one after the other",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         for (const char *greeting : {"first", "second"}) {
             socket.connectToHost(u"127.0.0.1"_s, server.localPort());
             RawSocket peer = server.accept();
             QVERIFY(peer.send(greeting));
             peer.close();
             QVERIFY(waitForState(socket, Socket::UnconnectedState));
             trace << QString::fromLatin1(socket.readAll()) << text(socket.error());
             socket.close();
         }
     }},
    {"connects again in disconnected",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         const quint16 port = server.localPort();
         int times = 0;
         QObject::connect(&socket, &Socket::disconnected, [&] {
             trace << QString::fromLatin1(socket.readAll());
             if (++times == 1)
                 socket.connectToHost(u"127.0.0.1"_s, port);
         });
         socket.connectToHost(u"127.0.0.1"_s, port);
         for (const char *greeting : {"first", "second"}) {
             RawSocket peer = server.accept();
             QVERIFY(peer.send(greeting));
             peer.close();
             QVERIFY(QTest::qWaitFor([&] { return trace.contains(QString::fromLatin1(greeting)); }, Patience));
         }
     }},
    {"readyRead is not recursive",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         RawSocket peer = server.accept();
         int depth = 0;
         QObject::connect(&socket, &QIODevice::readyRead, [&] {
             trace << QString::number(++depth);
             if (trace.size() == 1) {
                 peer.send("more");
                 trace << text(socket.waitForReadyRead(Patience));
             }
             --depth;
         });
         QVERIFY(peer.send("some"));
         QVERIFY(waitForBytes(socket, 8));
     }},
    {"options",
     [](QTcpSocket &socket, QStringList &trace) {
         const RawSocket server = RawSocket::listening();
         socket.connectToHost(u"127.0.0.1"_s, server.localPort());
         QVERIFY(waitForState(socket, Socket::ConnectedState));
         for (const Socket::SocketOption option : {Socket::LowDelayOption, Socket::KeepAliveOption}) {
             socket.setSocketOption(option, 1);
             trace << socket.socketOption(option).toString();
         }
     }},
};

} // namespace

/// The class beside QTcpSocket: its users are told the same, in the same order.
class TestClientSocketComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void isAQTcpSocket_data();
    void isAQTcpSocket();
};

void TestClientSocketComparison::isAQTcpSocket_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < int{std::size(scenarios)}; ++i)
        QTest::newRow(scenarios[i].name) << i;
}

void TestClientSocketComparison::isAQTcpSocket()
{
    QFETCH(const int, index);
    const Scenario &scenario = scenarios[index];
    QStringList expected;
    QTcpSocket model;
    scenario.run(model, expected);
    model.disconnect();
    QStringList actual;
    Recorded own;
    scenario.run(*own.socket, actual);
    own.socket->disconnect();
    QCOMPARE(actual, expected);
    QVERIFY(!expected.isEmpty());
}

int main(int argc, char *argv[])
{
    return runOnADispatcher<TestClientSocketComparison>(argc, argv);
}

#include "tst_client_socket_comparison.moc"
