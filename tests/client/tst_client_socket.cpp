// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client_socket.h"
#include "tests/support/client_socket_fixture.h"
#include "tests/support/raw_socket.h"

#include <QFile>
#include <QPointer>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <future>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

class TestClientSocket : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    // Differences from QTcpSocket on purpose; the others are in tst_client_socket_end.
    void connectsOnce();
    void connectsWhileConnected();

    // Additions.
    void callsAreRecorded();
    void handsOnWithoutCopy();
    void pauses();
    void limit_data();
    void limit();
    void transfers();
    void path_data();
    void path();

    void destroyedInASlot_data();
    void destroyedInASlot();
};

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

int main(int argc, char *argv[])
{
    return runOnADispatcher<TestClientSocket>(argc, argv);
}

#include "tst_client_socket.moc"
