// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client_socket.h"
#include "shared/event/event_stream.h"
#include "shared/loop/reactor.h"
#include "shared/message/error_text.h"
#include "tests/support/event_recorder.h"
#include "tests/support/raw_socket.h"

#include <QDataStream>
#include <QFile>
#include <QHostAddress>
#include <QPointer>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QTextStream>
#include <QThread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <future>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

constexpr int Patience = 20'000;            // ms; a guard against deadlocks
constexpr qsizetype Much = 8 * 1024 * 1024; // more than the system's buffers hold

using Socket = QAbstractSocket;

QString text(Socket::SocketState state)
{
    return QString::fromLatin1(QMetaEnum::fromType<Socket::SocketState>().valueToKey(state));
}

QString text(Socket::SocketError error)
{
    return QString::fromLatin1(QMetaEnum::fromType<Socket::SocketError>().valueToKey(error));
}

QString text(bool value)
{
    return value ? u"yes"_s : u"no"_s;
}

/// Writes down what the users of a socket are told.
void traceTo(QStringList &trace, const QTcpSocket &socket)
{
    QObject::connect(&socket, &Socket::stateChanged, [&trace](Socket::SocketState state) { trace << text(state); });
    QObject::connect(&socket, &Socket::hostFound, [&trace] { trace << u"hostFound"_s; });
    QObject::connect(&socket, &Socket::connected, [&trace] { trace << u"connected"_s; });
    QObject::connect(&socket, &Socket::disconnected, [&trace] { trace << u"disconnected"_s; });
    QObject::connect(&socket, &Socket::errorOccurred, [&trace](Socket::SocketError error) { trace << text(error); });
    QObject::connect(&socket, &QIODevice::readChannelFinished, [&trace] { trace << u"finished"_s; });
    QObject::connect(&socket, &QIODevice::aboutToClose, [&trace] { trace << u"aboutToClose"_s; });
}

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

bool waitForState(const QTcpSocket &socket, Socket::SocketState state)
{
    const bool is = QTest::qWaitFor([&] { return socket.state() == state; }, Patience);
    if (!is)
        qWarning("The socket is in %s", qPrintable(text(socket.state())));
    return is;
}

bool waitForBytes(const QTcpSocket &socket, qint64 count)
{
    const bool are = QTest::qWaitFor([&] { return socket.bytesAvailable() >= count; }, Patience);
    if (!are)
        qWarning("There are %lld bytes", socket.bytesAvailable());
    return are;
}

/// On a thread of its own, for a peer that has to work at the same time.
template <typename Work>
auto beside(Work work)
{
    return std::async(std::launch::async, std::move(work));
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

/// A socket of the class, with the events that it writes.
struct Recorded
{
    Recorded() { socket->setNumber(1); }
    ~Recorded() { delete socket; }
    QByteArray calls()
    {
        stream.flush();
        return recorder.calls(1);
    }
    /// To @p server, whose end is returned.
    RawSocket connectTo(const RawSocket &server)
    {
        socket->connectToHost(u"127.0.0.1"_s, server.localPort());
        RawSocket peer = server.accept();
        return waitForState(*socket, Socket::ConnectedState) ? std::move(peer) : RawSocket();
    }

    EventStream stream{EventStream::AtOnce};
    EventRecorder recorder{stream};
    QPointer<ClientSocket> socket = new ClientSocket(stream);
};

} // namespace

class TestClientSocket : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void isAQTcpSocket_data();
    void isAQTcpSocket();

    // Differences on purpose.
    void resetIsNoFin_data();
    void resetIsNoFin();
    void resetWhileSending();
    void connectsOnce();
    void connectsWhileConnected();
    void sendsAfterFin();
    void staysAfterFin();

    // Additions.
    void callsAreRecorded();
    void halfClose();
    void resets();
    void handsOnWithoutCopy();
    void pauses();
    void limit_data();
    void limit();
    void transfers();
    void abortsAfterClose();
    void path_data();
    void path();

    void destroyedInASlot_data();
    void destroyedInASlot();
};

void TestClientSocket::isAQTcpSocket_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < int{std::size(scenarios)}; ++i)
        QTest::newRow(scenarios[i].name) << i;
}

void TestClientSocket::isAQTcpSocket()
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

void TestClientSocket::resetIsNoFin_data()
{
    QTest::addColumn<int>("received");
    QTest::newRow("before a byte") << 0;
    QTest::newRow("after a byte") << 1;
    QTest::newRow("after many") << 100'000;
}

void TestClientSocket::resetIsNoFin()
{
    QFETCH(const int, received);
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    QVERIFY(peer.send(QByteArray(received, 'r')));
    QVERIFY(waitForBytes(*own.socket, received));
    QStringList trace;
    traceTo(trace, *own.socket);
    peer.reset();
    QVERIFY(waitForState(*own.socket, Socket::UnconnectedState));
    QCOMPARE(trace, (QStringList{u"NetworkError"_s, u"ClosingState"_s, u"UnconnectedState"_s, u"finished"_s,
                                 u"disconnected"_s}));
    QCOMPARE(own.socket->systemError(), ECONNRESET);
    QCOMPARE(own.socket->errorString(), errorText(ECONNRESET));
    QVERIFY(!own.socket->peerHasClosed());
    QCOMPARE(own.socket->readAll().size(), received);
}

/// The call that meets the reset takes the socket's error. The end that is received then is no FIN.
void TestClientSocket::resetWhileSending()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    QVERIFY(peer.send("Hello"));
    QVERIFY(waitForBytes(*own.socket, 5));
    peer.reset();
    own.socket->write("x"); // before the event loop could tell
    QVERIFY(waitForState(*own.socket, Socket::UnconnectedState));
    QVERIFY2(!own.socket->peerHasClosed(), own.calls().constData());
    QCOMPARE(own.socket->systemError(), ECONNRESET);
    QCOMPARE(own.socket->readAll(), "Hello");
}

/// QTcpSocket tries again where the peer resets at once.
void TestClientSocket::connectsOnce()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    own.socket->connectToHost(u"127.0.0.1"_s, server.localPort());
    server.accept().reset();
    QVERIFY(waitForState(*own.socket, Socket::UnconnectedState));
    QCOMPARE(own.calls().split(' ').count("socket"), 1);
    QCOMPARE(own.socket->systemError(), ECONNRESET);
}

/// QTcpSocket says so in a warning, too.
void TestClientSocket::connectsWhileConnected()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    QStringList trace;
    traceTo(trace, *own.socket);
    own.socket->connectToHost(u"127.0.0.1"_s, server.localPort());
    QCOMPARE(trace, QStringList{u"OperationError"_s});
    QCOMPARE(own.socket->state(), Socket::ConnectedState);
    QVERIFY(peer.send("Hello"));
    QVERIFY(waitForBytes(*own.socket, 5));
}

/// QTcpSocket drops what was not sent when the peer's FIN comes.
void TestClientSocket::sendsAfterFin()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    own.socket->write(QByteArray(Much, 's'));
    peer.shutdownSending();
    QTRY_VERIFY_WITH_TIMEOUT(own.socket->peerHasClosed(), Patience);
    QCOMPARE(own.socket->state(), Socket::ConnectedState);
    auto heard = beside([&peer] { return std::pair{peer.receive(Much).size(), peer.isAtEnd()}; });
    QVERIFY(waitForState(*own.socket, Socket::UnconnectedState));
    QCOMPARE(heard.get(), std::pair(Much, true));
    QCOMPARE(own.socket->error(), Socket::RemoteHostClosedError);
    QCOMPARE(own.socket->systemError(), 0);
}

/// The connection is then this side's to end; a reset ends it, too.
void TestClientSocket::staysAfterFin()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    own.socket->setStaysAfterFin(true);
    peer.shutdownSending();
    QTRY_VERIFY_WITH_TIMEOUT(own.socket->peerHasClosed(), Patience);
    QCOMPARE(own.socket->state(), Socket::ConnectedState);
    QCOMPARE(own.socket->write("still here"), 10);
    QCOMPARE(peer.receive(10), "still here");
    own.socket->closeSending();
    QVERIFY(waitForState(*own.socket, Socket::UnconnectedState));
    QVERIFY(peer.isAtEnd());
    QCOMPARE(own.socket->error(), Socket::RemoteHostClosedError);
    QCOMPARE(own.socket->systemError(), 0);

    Recorded other;
    RawSocket resetting = other.connectTo(server);
    other.socket->setStaysAfterFin(true);
    resetting.shutdownSending();
    QTRY_VERIFY_WITH_TIMEOUT(other.socket->peerHasClosed(), Patience);
    resetting.reset();
    QVERIFY(waitForState(*other.socket, Socket::UnconnectedState));
    const int error = other.socket->systemError(); // Linux says EPIPE of a connection that had its FIN
    QVERIFY2(error == ECONNRESET || error == EPIPE, std::strerror(error));

    Recorded third; // the user does not want it any more
    RawSocket last = third.connectTo(server);
    third.socket->setStaysAfterFin(true);
    last.shutdownSending();
    QTRY_VERIFY_WITH_TIMEOUT(third.socket->peerHasClosed(), Patience);
    third.socket->setStaysAfterFin(false);
    QVERIFY(waitForState(*third.socket, Socket::UnconnectedState));
    QVERIFY(last.isAtEnd());
}

void TestClientSocket::callsAreRecorded()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    own.socket->write("Who is there?");
    QCOMPARE(peer.receive(13), "Who is there?");
    QVERIFY(peer.send("Hello"));
    QVERIFY(waitForBytes(*own.socket, 5));
    peer.close();
    QVERIFY(waitForState(*own.socket, Socket::UnconnectedState));
    QCOMPARE(own.calls(), "socket connect connect getsockname send recv recv close");
    QCOMPARE(own.recorder.find(1, Call::Send)->payload().toByteArray(), "Who is there?");
    QCOMPARE(own.recorder.find(1, Call::Recv)->payload().toByteArray(), "Hello");
    QCOMPARE(own.recorder.find(1, Call::Connect)->peer(), Address::ipv4(INADDR_LOOPBACK, server.localPort()));
}

void TestClientSocket::halfClose()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    own.socket->write(QByteArray(Much, 'h'));
    own.socket->closeSending();
    QCOMPARE(own.socket->write("more"), -1);
    auto heard = beside([&peer] { return std::pair{peer.receive(Much).size(), peer.isAtEnd()}; });
    QVERIFY(QTest::qWaitFor([&] { return own.calls().contains("shutdown"); }, Patience));
    QCOMPARE(heard.get(), std::pair(Much, true));
    QVERIFY(peer.send("I go on"));
    QVERIFY(waitForBytes(*own.socket, 7));
    QCOMPARE(own.socket->state(), Socket::ConnectedState);
    peer.close();
    QVERIFY(waitForState(*own.socket, Socket::UnconnectedState));
}

void TestClientSocket::resets()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    own.socket->resetConnection();
    QCOMPARE(own.socket->state(), Socket::UnconnectedState);
    QVERIFY(!peer.isAtEnd());
    QVERIFY2(own.calls().endsWith("close"), own.calls().constData());
    QCOMPARE(own.recorder.find(1, Call::Close)->resets(), true);
}

/// The reader of the events and the socket's user share what was received.
void TestClientSocket::handsOnWithoutCopy()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    QVERIFY(peer.send(QByteArray(300'000, 'b')));
    QVERIFY(waitForBytes(*own.socket, 300'000));
    own.stream.flush();
    qint64 total = 0;
    for (const Event &event : own.recorder.events) {
        if (event.call() != Call::Recv)
            continue;
        const QByteArray piece = own.socket->takeReceived();
        total += piece.size();
        QVERIFY(piece.constData() == event.heldBytes().constData()); // the same memory
    }
    QCOMPARE(total, 300'000);
    QVERIFY(own.socket->takeReceived().isEmpty());
    // Also after some of it was read.
    QVERIFY(peer.send("Hello"));
    QVERIFY(waitForBytes(*own.socket, 5));
    QCOMPARE(own.socket->read(2), "He");
    QCOMPARE(own.socket->takeReceived(), "llo");
    QCOMPARE(own.socket->bytesAvailable(), 0);
}

void TestClientSocket::pauses()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    own.socket->setReceiving(false);
    QVERIFY(peer.flood(256 * Much) < 256 * Much); // the peer has to wait
    QCOMPARE(own.socket->bytesAvailable(), 0);
    own.socket->setReceiving(true);
    QVERIFY(waitForBytes(*own.socket, 1));
}

void TestClientSocket::limit_data()
{
    QTest::addColumn<int>("limit");
    QTest::addColumn<bool>("isTooMuch");
    QTest::addColumn<QByteArray>("kept");
    QTest::newRow("none") << -1 << false << "Hello World!"_ba;
    QTest::newRow("no byte") << 0 << true << ""_ba;
    QTest::newRow("one less") << 11 << true << "Hello World"_ba;
    QTest::newRow("as long") << 12 << false << "Hello World!"_ba;
}

void TestClientSocket::limit()
{
    QFETCH(const int, limit);
    QFETCH(const bool, isTooMuch);
    QFETCH(const QByteArray, kept);
    const RawSocket server = RawSocket::listening();
    Recorded own;
    RawSocket peer = own.connectTo(server);
    own.socket->setReceiveLimit(limit);
    int told = 0;
    connect(own.socket, &ClientSocket::tooMuchReceived, this, [&told] { ++told; });
    QVERIFY(peer.send("Hello World!"));
    peer.close();
    QTRY_VERIFY_WITH_TIMEOUT(told > 0 || own.socket->state() == Socket::UnconnectedState, Patience);
    QCOMPARE(told, isTooMuch ? 1 : 0);
    QCOMPARE(own.socket->readAll(), kept);
    own.stream.flush();
    QByteArray recorded;
    for (const Event &event : own.recorder.events)
        recorded += event.call() == Call::Recv ? event.payload().toByteArray() : QByteArray();
    QCOMPARE(recorded, kept);
}

void TestClientSocket::transfers()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    QVERIFY(!own.socket->isFree());
    RawSocket peer = own.connectTo(server);
    QVERIFY(own.socket->isFree());
    own.socket->write("first, ");
    const auto transfer = std::make_shared<Transfer>("then this"_ba);
    transfer->begin(1, 0);
    own.socket->begin(transfer);
    QVERIFY(!own.socket->isFree());
    QTRY_VERIFY_WITH_TIMEOUT(transfer->progress().isFinished, Patience);
    QCOMPARE(peer.receive(16), "first, then this");
    const auto long_ = std::make_shared<Transfer>(QByteArray(Much, 't'));
    long_->begin(1, 0);
    own.socket->begin(long_);
    own.socket->drop(*transfer); // another one
    QVERIFY(!own.socket->isFree());
    own.socket->drop(*long_);
    QVERIFY(own.socket->isFree());
    QCOMPARE(long_->progress().failed, 1);
}

void TestClientSocket::abortsAfterClose()
{
    const RawSocket server = RawSocket::listening();
    Recorded own;
    const RawSocket peer = own.connectTo(server);
    own.socket->write(QByteArray(Much, 'a'));
    own.socket->close();
    QCOMPARE(own.socket->state(), Socket::ClosingState);
    own.socket->abort();
    QCOMPARE(own.socket->state(), Socket::UnconnectedState);
}

void TestClientSocket::path_data()
{
    QTest::addColumn<bool>("isAbstract");
    QTest::newRow("file") << false;
    QTest::newRow("abstract name") << true;
}

void TestClientSocket::path()
{
    QFETCH(const bool, isAbstract);
    const QTemporaryDir folder;
    const QByteArray path = isAbstract ? "@parley-tst_client_socket-" + QByteArray::number(::getpid())
                                       : QFile::encodeName(folder.filePath(u"socket"_s));
    const RawSocket server = RawSocket::listeningOn(path);
    Recorded own;
    QStringList trace;
    traceTo(trace, *own.socket);
    own.socket->connectToPath(path);
    QVERIFY(waitForState(*own.socket, Socket::ConnectedState));
    QVERIFY(own.socket->socketDescriptor() >= 0);
    QVERIFY(own.socket->peerAddress().isNull());
    QVERIFY(own.socket->localAddress().isNull());
    QCOMPARE(own.socket->peerPort(), 0);
    QCOMPARE(own.socket->peerName(), QFile::decodeName(path));
    RawSocket peer = server.accept();
    own.socket->write("ping");
    QCOMPARE(peer.receive(4), "ping");
    QVERIFY(peer.send("pong"));
    peer.close();
    QVERIFY(waitForState(*own.socket, Socket::UnconnectedState));
    QCOMPARE(own.socket->readAll(), "pong");
    QCOMPARE(own.calls(), "socket connect getsockname send recv recv close");
    QCOMPARE(trace, (QStringList{u"HostLookupState"_s, u"ConnectingState"_s, u"ConnectedState"_s, u"connected"_s,
                                 u"RemoteHostClosedError"_s, u"ClosingState"_s, u"UnconnectedState"_s, u"finished"_s,
                                 u"disconnected"_s}));
}

void TestClientSocket::destroyedInASlot_data()
{
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<int>("time");
    QTest::newRow("looking up") << QByteArray(SIGNAL(stateChanged(QAbstractSocket::SocketState))) << 1;
    QTest::newRow("connecting") << QByteArray(SIGNAL(stateChanged(QAbstractSocket::SocketState))) << 2;
    QTest::newRow("found") << QByteArray(SIGNAL(hostFound())) << 1;
    QTest::newRow("connected state") << QByteArray(SIGNAL(stateChanged(QAbstractSocket::SocketState))) << 3;
    QTest::newRow("connected") << QByteArray(SIGNAL(connected())) << 1;
    QTest::newRow("bytesWritten") << QByteArray(SIGNAL(bytesWritten(qint64))) << 1;
    QTest::newRow("channelBytesWritten") << QByteArray(SIGNAL(channelBytesWritten(int, qint64))) << 1;
    QTest::newRow("readyRead") << QByteArray(SIGNAL(readyRead())) << 1;
    QTest::newRow("channelReadyRead") << QByteArray(SIGNAL(channelReadyRead(int))) << 1;
    QTest::newRow("tooMuchReceived") << QByteArray(SIGNAL(tooMuchReceived())) << 1;
    QTest::newRow("error") << QByteArray(SIGNAL(errorOccurred(QAbstractSocket::SocketError))) << 1;
    QTest::newRow("closing") << QByteArray(SIGNAL(stateChanged(QAbstractSocket::SocketState))) << 4;
    QTest::newRow("unconnected") << QByteArray(SIGNAL(stateChanged(QAbstractSocket::SocketState))) << 5;
    QTest::newRow("finished") << QByteArray(SIGNAL(readChannelFinished())) << 1;
    QTest::newRow("disconnected") << QByteArray(SIGNAL(disconnected())) << 1;
}

/// Destroys a socket when it emits something.
class Destroyer : public QObject
{
    Q_OBJECT

public:
    Destroyer(QTcpSocket *socket, int time) : socket_(socket), left_(time) {}

public Q_SLOTS:
    void told()
    {
        if (--left_ == 0)
            delete socket_;
    }

private:
    QTcpSocket *const socket_;
    int left_;
};

/// AddressSanitizer sees what is touched after it.
void TestClientSocket::destroyedInASlot()
{
    QFETCH(const QByteArray, signal);
    QFETCH(const int, time);
    for (const bool waits : {false, true}) {
        const RawSocket server = RawSocket::listening();
        Recorded own;
        const QPointer<ClientSocket> socket = own.socket;
        Destroyer destroyer(socket, time);
        connect(socket, signal.constData(), &destroyer, SLOT(told()));
        connect(socket, &Socket::connected, this, [&] {
            if (socket && signal.contains("tooMuch"))
                socket->setReceiveLimit(2);
        });
        auto served = beside([&server] {
            RawSocket peer = server.accept();
            return peer.receive(4) == "ping" && peer.send("pong");
        });
        socket->connectToHost(u"localhost"_s, server.localPort(), QIODevice::ReadWrite, Socket::IPv4Protocol);
        if (socket)
            socket->write("ping");
        if (waits && socket) {
            while (socket && socket->state() != Socket::UnconnectedState && socket->waitForReadyRead(Patience)) {
            }
        }
        QTRY_VERIFY2_WITH_TIMEOUT(!socket, own.calls().constData(), Patience);
        if (!served.valid() || served.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
            RawSocket::connectedTo("127.0.0.1", server.localPort()); // where nobody has connected
    }
}

/// On Qt's own dispatcher, or on that of an I/O thread (CMakeLists.txt).
int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    int result = -1;
    const auto run = [&] {
        TestClientSocket test;
        result = QTest::qExec(&test, argc, argv);
    };
    if (!qEnvironmentVariableIsSet("PARLEY_TEST_REACTOR")) {
        run();
        return result;
    }
    const std::unique_ptr<QThread> thread(QThread::create(run));
    Reactor::install(*thread);
    thread->start();
    thread->wait();
    return result;
}

#include "tst_client_socket.moc"
