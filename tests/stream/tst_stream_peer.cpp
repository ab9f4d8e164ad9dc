// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/stream/stream_peer.h"
#include "tests/support/event_recorder.h"
#include "tests/support/native_pair.h"

#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// A StreamPeer, and the other end of its connection.
struct Fixture
{
    /// All bytes up to FIN; none after a reset.
    QByteArray sentToTheEnd()
    {
        QByteArray bytes;
        std::array<char, 4096> buffer{};
        for (;;) {
            if (!waitFor(pair.client.get(), POLLIN))
                return "no end came"_ba;
            const native::Result result = native::receive(pair.client.get(), buffer);
            if (!result.ok())
                return {};
            if (result.value == 0)
                return bytes;
            bytes.append(buffer.data(), result.value);
        }
    }
    void sendAll()
    {
        while (peer.isSending() && peer.send().ok()) {
        }
        peer.sendFinIfDue();
    }
    QByteArray calls()
    {
        stream.flush();
        return recorder.calls(7);
    }

    Listener listener{Loopback};
    Pair pair{listener};
    EventStream stream;
    EventRecorder recorder{stream};
    StreamPeer peer{stream, 7, std::make_unique<PlainChannel>(std::move(pair.server))};
};

} // namespace

class TestStreamPeer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void sendsInOrder();
    void finWaitsForTheOutput();
    void dropsATransfer();
    void dropsTheOutput();
    void receives();
    void resets();
};

/// The queued bytes, the user's transfer, FIN.
void TestStreamPeer::sendsInOrder()
{
    Fixture fixture;
    const auto transfer = std::make_shared<Transfer>(", and more"_ba);
    transfer->begin(1, 0);
    fixture.peer.queue("Hello World!", 0, 5);
    fixture.peer.queue("Hello World!", 5, 6);
    QCOMPARE(fixture.peer.unsent(), 11);
    fixture.peer.begin(transfer);
    QVERIFY(!fixture.peer.isFree());
    fixture.peer.closeSending();
    fixture.sendAll();
    QCOMPARE(fixture.sentToTheEnd(), "Hello World, and more");
    QVERIFY(fixture.peer.sentFin());
    QCOMPARE(fixture.peer.sent(), 21);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.peer.delivered(), 21, Patience);
    QVERIFY(transfer->progress().isFinished);
    QCOMPARE(fixture.calls(), "send send shutdown");
}

void TestStreamPeer::finWaitsForTheOutput()
{
    Fixture fixture;
    fixture.peer.sendFinIfDue();
    QVERIFY(!fixture.peer.sentFin()); // nobody asked for it
    fixture.peer.queue("Hello", 0, 5);
    fixture.peer.closeSending();
    fixture.peer.queue("too late", 0, 8);
    fixture.peer.sendFinIfDue();
    QVERIFY(!fixture.peer.sentFin());
    fixture.sendAll();
    QCOMPARE(fixture.sentToTheEnd(), "Hello");
    QCOMPARE(fixture.peer.send().value, 0); // there is nothing more
    QCOMPARE(fixture.calls(), "send shutdown");
}

void TestStreamPeer::dropsATransfer()
{
    Fixture fixture;
    const auto transfer = std::make_shared<Transfer>("never sent"_ba);
    transfer->begin(1, 0);
    fixture.peer.begin(transfer);
    QVERIFY(!fixture.peer.drop(Transfer("another"_ba)));
    QVERIFY(fixture.peer.drop(*transfer));
    QVERIFY(fixture.peer.isFree());
    QVERIFY(transfer->progress().isFinished);
    QCOMPARE(transfer->progress().failed, 1);
}

void TestStreamPeer::dropsTheOutput()
{
    Fixture fixture;
    fixture.peer.queue("Hello", 0, 5);
    fixture.peer.closeSending();
    fixture.peer.dropOutput();
    QVERIFY(!fixture.peer.isSending());
    fixture.sendAll();
    QVERIFY(!fixture.peer.sentFin());
    QCOMPARE(fixture.calls(), "");
}

void TestStreamPeer::receives()
{
    Fixture fixture;
    QCOMPARE(fixture.peer.receive(100, EventStream::Bytes::Kept).result.error, EAGAIN);
    QCOMPARE(native::send(fixture.pair.client.get(), "Hello").value, 5);
    QVERIFY(native::shutdownSending(fixture.pair.client.get()).ok());
    QVERIFY(waitFor(fixture.peer.channel().descriptor(), POLLIN));
    QCOMPARE(fixture.peer.receive(3, EventStream::Bytes::Kept).bytes, "Hel");
    QCOMPARE(fixture.peer.receive(100, EventStream::Bytes::Kept).bytes, "lo");
    QVERIFY(!fixture.peer.peerClosed());
    QVERIFY(waitFor(fixture.peer.channel().descriptor(), POLLIN));
    QCOMPARE(fixture.peer.receive(100, EventStream::Bytes::Kept).result.value, 0);
    QVERIFY(fixture.peer.peerClosed());
    QCOMPARE(fixture.peer.received(), 5);
    QCOMPARE(fixture.calls(), "recv recv recv");
}

void TestStreamPeer::resets()
{
    Fixture fixture;
    fixture.peer.queue("never sent", 0, 10);
    fixture.peer.resetOnClose();
    fixture.peer.close();
    QVERIFY(!fixture.peer.isOpen());
    QVERIFY(waitFor(fixture.pair.client.get(), POLLIN));
    std::array<char, 100> buffer{};
    QCOMPARE(native::receive(fixture.pair.client.get(), buffer).error, ECONNRESET);
    QCOMPARE(fixture.calls(), "close");
    QVERIFY(fixture.recorder.find(7, Call::Close)->resets());
}

QTEST_GUILESS_MAIN(TestStreamPeer)
#include "tst_stream_peer.moc"
