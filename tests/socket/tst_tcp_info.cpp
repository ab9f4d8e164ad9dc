// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/tcp_info.h"
#include "tests/support/native_pair.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

/// What Linux tells of TCP. Elsewhere every answer says that the system does not tell.
class TestTcpInfo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void acceptQueue();
    void connection();
    void notTcp();
};

void TestTcpInfo::acceptQueue()
{
    const Listener listener(Loopback);
    const auto queue = native::acceptQueue(listener.socket.get());
    QVERIFY(queue);
    QCOMPARE(queue->waiting, 0);
    QCOMPARE(queue->backlog, 16); // as the listener asked for
    const native::Descriptor client = newSocket(Loopback);
    native::connect(client.get(), listener.address);
    QVERIFY(waitFor(listener.socket.get(), POLLIN));
    QCOMPARE(native::acceptQueue(listener.socket.get())->waiting, 1);
    QVERIFY(!native::acceptQueue(client.get()));
    QVERIFY(!native::AcceptQueue({1, 1}).isFull()); // one connection more is let in
    QVERIFY(native::AcceptQueue({2, 1}).isFull());
}

void TestTcpInfo::connection()
{
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    QCOMPARE(native::send(pair.client.get(), "Hello").value, 5);
    QVERIFY(waitFor(pair.server.get(), POLLIN));
    QTRY_COMPARE_WITH_TIMEOUT(native::unacknowledgedBytes(pair.client.get()), 0, Patience);
    QCOMPARE(native::acknowledgedBytes(pair.client.get()), 1 + 5); // SYN counts
    const KernelView view = kernelView(pair.server.get());
    QCOMPARE(view.kind, KernelView::Kind::Told);
    QCOMPARE(view.tcp.state, "ESTABLISHED");
    QCOMPARE(view.tcp.received, 5);
    QVERIFY(view.tcp.maxSegment > 0);
    QVERIFY(native::shutdownSending(pair.client.get()).ok());
    QVERIFY(waitFor(pair.server.get(), POLLIN));
    QTRY_COMPARE_WITH_TIMEOUT(native::tcpView(pair.server.get())->state, "CLOSE_WAIT"_ba, Patience);
    QCOMPARE(native::tcpView(listener.socket.get())->state, "LISTEN");
}

void TestTcpInfo::notTcp()
{
    const native::Descriptor datagrams(static_cast<int>(native::socket(Transport::Udp, Address::Family::IPv4).value));
    QVERIFY(datagrams.isOpen());
    QVERIFY(!native::acceptQueue(datagrams.get()));
    QVERIFY(!native::tcpView(datagrams.get()));
    QCOMPARE(native::acknowledgedBytes(datagrams.get()), -1);
    QCOMPARE(kernelView(datagrams.get()).kind, KernelView::Kind::NotTold);
    QCOMPARE(kernelView(-1).kind, KernelView::Kind::NotTold);
}

QTEST_GUILESS_MAIN(TestTcpInfo)
#include "tst_tcp_info.moc"
