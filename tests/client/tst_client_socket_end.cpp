// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client_socket.h"
#include "shared/message/error_text.h"
#include "tests/support/client_socket_fixture.h"
#include "tests/support/raw_socket.h"

#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <cstring>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

/// How a connection ends: a reset is no FIN, and a FIN ends one direction.
class TestClientSocketEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    // Differences from QTcpSocket on purpose.
    void resetIsNoFin_data();
    void resetIsNoFin();
    void resetWhileSending();
    void sendsAfterFin();
    void staysAfterFin();

    // Additions.
    void halfClose();
    void resets();
    void abortsAfterClose();
};

void TestClientSocketEnd::resetIsNoFin_data()
{
    QTest::addColumn<int>("received");
    QTest::newRow("before a byte") << 0;
    QTest::newRow("after a byte") << 1;
    QTest::newRow("after many") << 100'000;
}

void TestClientSocketEnd::resetIsNoFin()
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
void TestClientSocketEnd::resetWhileSending()
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

/// QTcpSocket drops what was not sent when the peer's FIN comes.
void TestClientSocketEnd::sendsAfterFin()
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
void TestClientSocketEnd::staysAfterFin()
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

void TestClientSocketEnd::halfClose()
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

void TestClientSocketEnd::resets()
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

void TestClientSocketEnd::abortsAfterClose()
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

int main(int argc, char *argv[])
{
    return runOnADispatcher<TestClientSocketEnd>(argc, argv);
}

#include "tst_client_socket_end.moc"
