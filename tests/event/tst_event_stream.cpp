// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_stream.h"
#include "tests/support/events.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <array>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace parley;

namespace
{

constexpr int Patience = 30'000; // ms

Event eventOf(Call call, qint64 result = 0, quint64 connection = 42)
{
    return test::eventOf(connection, call, result);
}

Event moved(Call call, const QByteArray &bytes)
{
    return test::moved(42, call, bytes);
}

/// A reader that keeps what arrives.
struct Reader
{
    explicit Reader(const EventStream &stream)
    {
        QObject::connect(&stream, &EventStream::arrived, &stream, [this](const EventBatch &batch) {
            ++batches;
            dropped += batch.dropped;
            events.insert(events.end(), batch.events.begin(), batch.events.end());
        });
    }
    auto count(Call call) const
    {
        return std::count_if(events.begin(), events.end(), [call](const Event &event) { return event.call() == call; });
    }

    int batches = 0;
    quint64 dropped = 0;
    std::vector<Event> events;
};

} // namespace

class TestEventStream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void keepsOrder();
    void promptAfterPause();
    void coalesces();
    void pausesInAFlood_data();
    void pausesInAFlood();
    void flushWithoutEvents();
    void dropsDetailsFirst();
    void dropsAllAtTheLastBound();
    void boundsPayload_data();
    void boundsPayload();
    void leavesOutBytes();
    void destroyedWithEventsWaiting();
    void wallClock();

    void payload_data();
    void payload();
};

void TestEventStream::keepsOrder()
{
    EventStream stream;
    const Reader reader(stream);
    for (int i = 0; i < 1000; ++i)
        stream.write(eventOf(i % 2 == 0 ? Call::Send : Call::Accept, i));
    QCOMPARE(reader.batches, 0); // never within write()
    QTRY_COMPARE_WITH_TIMEOUT(reader.events.size(), 1000U, Patience);
    qint64 last = 0;
    for (int i = 0; i < 1000; ++i) {
        const Event &event = reader.events[static_cast<std::size_t>(i)];
        QCOMPARE(event.result(), i);
        QVERIFY(event.time() >= last);
        last = event.time();
    }
    QCOMPARE(reader.dropped, 0U);
}

void TestEventStream::promptAfterPause()
{
    EventStream stream;
    const Reader reader(stream);
    for (int i = 1; i <= 2; ++i) {
        stream.write(eventOf(Call::Accept));
        QCoreApplication::sendPostedEvents(); // runs no timers
        QCOMPARE(reader.batches, i);
        const QDeadlineTimer pause(EventStream::ForWindow.usual);
        QTRY_VERIFY(pause.hasExpired());
    }

    stream.write(eventOf(Call::Accept));
    QElapsedTimer sinceDelivery;
    sinceDelivery.start();
    QCoreApplication::sendPostedEvents();
    QCOMPARE(reader.batches, 3);
    stream.write(eventOf(Call::End));
    QCoreApplication::sendPostedEvents();
    QVERIFY(reader.batches == 3 || sinceDelivery.elapsed() >= EventStream::ForWindow.usual.count());
    QTRY_COMPARE_WITH_TIMEOUT(reader.batches, 4, Patience);
    QCOMPARE(reader.events.size(), 4U);
}

void TestEventStream::coalesces()
{
    constexpr int perThread = 50'000;
    EventStream stream;
    const Reader reader(stream);
    QElapsedTimer clock;
    clock.start();
    const auto flood = [&stream](quint64 connection) {
        for (int i = 0; i < perThread; ++i)
            stream.write(eventOf(Call::Recv, i, connection));
    };
    std::array threads{std::thread(flood, 0), std::thread(flood, 1)};
    [&] { QTRY_COMPARE_WITH_TIMEOUT(reader.events.size(), std::size_t{2 * perThread}, Patience); }();
    const qint64 most = clock.elapsed() / EventStream::ForWindow.usual.count() + 2;
    for (std::thread &thread : threads)
        thread.join();

    QVERIFY2(reader.batches <= most, qPrintable(QString::number(reader.batches)));
    QCOMPARE(reader.dropped, 0U);
    std::array<qint64, 2> next{};
    qint64 last = 0;
    for (const Event &event : reader.events) {
        QCOMPARE(event.result(), next[event.connection()]++);
        QVERIFY(event.time() >= last);
        last = event.time();
    }
}

void TestEventStream::pausesInAFlood_data()
{
    QTest::addColumn<EventStream::Pace>("pace");
    QTest::addColumn<int>("events");
    QTest::addColumn<std::chrono::milliseconds>("pause");
    const auto flood = static_cast<int>(EventStream::Flood);
    const EventStream::Pace window = EventStream::ForWindow;
    const EventStream::Pace output = EventStream::ForOutput;
    QTest::newRow("a window, a flood") << window << flood << window.inAFlood;
    QTest::newRow("a window, less") << window << flood - 1 << window.usual;
    QTest::newRow("output, a flood") << output << flood << output.usual;
    QTest::newRow("at once") << EventStream::AtOnce << flood << 0ms;
}

void TestEventStream::pausesInAFlood()
{
    QFETCH(EventStream::Pace, pace);
    QFETCH(int, events);
    QFETCH(std::chrono::milliseconds, pause);
    EventStream stream(pace);
    const Reader reader(stream);
    for (int i = 0; i < events; ++i)
        stream.write(eventOf(Call::Send, i));
    QElapsedTimer sinceDelivery; // or somewhat longer
    sinceDelivery.start();
    QCoreApplication::sendPostedEvents();
    QCOMPARE(reader.batches, 1);
    stream.write(eventOf(Call::End));
    QCoreApplication::sendPostedEvents();
    const std::chrono::milliseconds left(stream.findChild<QTimer *>()->remainingTime());
    QVERIFY(left <= pause);
    QVERIFY(left >= pause - std::chrono::milliseconds(sinceDelivery.elapsed() + 1)); // 1: what is rounded
    QTRY_COMPARE_WITH_TIMEOUT(reader.batches, 2, Patience);
}

void TestEventStream::flushWithoutEvents()
{
    EventStream stream;
    const Reader reader(stream);
    stream.flush();
    QCOMPARE(reader.batches, 0);
    stream.write(eventOf(Call::Accept));
    stream.flush();
    QCOMPARE(reader.batches, 1);
    QCoreApplication::processEvents(); // the delivery that was scheduled finds nothing left
    QCOMPARE(reader.batches, 1);
    stream.write(eventOf(Call::End));
    QTRY_COMPARE_WITH_TIMEOUT(reader.batches, 2, Patience);
}

/// The reader's thread is this one: while it writes, nothing is delivered.
void TestEventStream::dropsDetailsFirst()
{
    EventStream stream;
    const Reader reader(stream);
    for (std::size_t i = 0; i < EventStream::MaxPendingDetails + 123; ++i)
        stream.write(eventOf(Call::Send));
    stream.write(eventOf(Call::Accept));
    stream.write(eventOf(Call::Recv)); // no detail any more
    stream.write(eventOf(Call::Listen));
    stream.write(eventOf(Call::End));
    QTRY_COMPARE_WITH_TIMEOUT(reader.batches, 1, Patience);
    QCOMPARE(reader.count(Call::Send), qsizetype{EventStream::MaxPendingDetails});
    QCOMPARE(reader.count(Call::Recv), 0);
    QCOMPARE(reader.count(Call::Accept), 1);
    QCOMPARE(reader.count(Call::Listen), 1);
    QCOMPARE(reader.count(Call::End), 1);
    QCOMPARE(reader.dropped, 124U);

    stream.write(eventOf(Call::Send)); // the reader caught up
    QTRY_COMPARE_WITH_TIMEOUT(reader.batches, 2, Patience);
    QCOMPARE(reader.count(Call::Send), qsizetype{EventStream::MaxPendingDetails} + 1);
    QCOMPARE(reader.dropped, 124U);
}

void TestEventStream::dropsAllAtTheLastBound()
{
    EventStream stream;
    const Reader reader(stream);
    for (std::size_t i = 0; i < EventStream::MaxPendingEvents; ++i)
        stream.write(eventOf(Call::Accept));
    for (int i = 0; i < 7; ++i)
        stream.write(eventOf(i % 2 == 0 ? Call::Accept : Call::End));
    stream.flush();
    QCOMPARE(reader.events.size(), std::size_t{EventStream::MaxPendingEvents});
    QCOMPARE(reader.count(Call::End), 0);
    QCOMPARE(reader.dropped, 7U);
}

void TestEventStream::boundsPayload_data()
{
    QTest::addColumn<Call>("call");
    QTest::newRow("of a stream") << Call::Recv;
    QTest::newRow("made to be sent") << Call::Send;
    QTest::newRow("of datagrams") << Call::RecvFrom;
}

/// For readers that show no bytes: their memory is free at once, and all else is told.
void TestEventStream::leavesOutBytes()
{
    const QByteArray bytes(1000, 'x');
    const QByteArray path("/run/parley.socket");
    EventStream stream;
    const Reader reader(stream);
    stream.write(moved(Call::Recv, bytes), EventStream::Bytes::LeftOut);
    stream.write(moved(Call::Recv, bytes));
    QVERIFY(!bytes.isDetached());
    stream.flush();
    QCOMPARE(reader.events.at(0).payload(), QByteArrayView());
    QCOMPARE(reader.events.at(0).moved(), bytes.size());
    QCOMPARE(reader.events.at(1).payload(), bytes);

    EventStream sparing;
    sparing.leaveOutBytes();
    const Reader other(sparing);
    sparing.write(moved(Call::Send, QByteArray(bytes)));
    sparing.write(Event::bind(0, {0, 0}, path));
    sparing.flush();
    QCOMPARE(other.events.at(0).payload(), QByteArrayView());
    QCOMPARE(other.events.at(0).moved(), bytes.size());
    QCOMPARE(other.events.at(1).path(), path);
}

void TestEventStream::boundsPayload()
{
    QFETCH(const Call, call);
    constexpr qint64 size = 1024 * 1024;
    constexpr auto most = EventStream::MaxPendingPayload / size;
    const QByteArray greeting(size, 'x');
    EventStream stream;
    const Reader reader(stream);
    stream.write(moved(Call::SendTo, greeting));
    for (int i = 1; i < most + 6; ++i)
        stream.write(moved(call, QByteArray(size, 'x')));
    stream.write(moved(Call::SendTo, greeting)); // a greeting is held once, however often it is sent
    // Who can do without the bytes loses them, and not the event.
    stream.write(moved(Call::SendTo, QByteArray(size, 'x')), EventStream::Bytes::Spared);
    stream.write(moved(Call::SendTo, greeting), EventStream::Bytes::Spared);
    stream.write(eventOf(Call::Accept));
    stream.write(eventOf(Call::End));
    stream.flush();
    const auto kept = std::count_if(reader.events.begin(), reader.events.end(), [](const Event &event) {
        return event.call() == Call::SendTo && !event.payload().isEmpty();
    });
    QCOMPARE(kept, 3);
    QCOMPARE(reader.count(Call::SendTo), 4);
    QCOMPARE(reader.count(call), most - 1);
    QCOMPARE(reader.count(Call::Accept), 1);
    QCOMPARE(reader.count(Call::End), 1);
    QCOMPARE(reader.dropped, 6U);

    stream.write(moved(call, greeting));
    stream.flush();
    QCOMPARE(reader.events.back().call(), call);
    QCOMPARE(reader.dropped, 6U);
}

void TestEventStream::destroyedWithEventsWaiting()
{
    {
        EventStream stream;
        stream.write(eventOf(Call::Accept));
    }
    QCoreApplication::processEvents();
}

void TestEventStream::wallClock()
{
    const QDateTime before = QDateTime::currentDateTime();
    const EventStream stream;
    const QDateTime after = QDateTime::currentDateTime();
    QVERIFY(stream.wallClock(0) >= before && stream.wallClock(0) <= after);
    QCOMPARE(stream.wallClock(1).timeSpec(), Qt::UTC);
    QCOMPARE(stream.wallClock(0).msecsTo(stream.wallClock(1'500'000'000)), 1500);
}

void TestEventStream::payload_data()
{
    QTest::addColumn<Call>("call");
    QTest::addColumn<qint64>("result");
    QTest::addColumn<qint64>("offset");
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("sent") << Call::Send << qint64(5) << qint64(0) << "Hello"_ba;
    QTest::newRow("the rest of a greeting") << Call::Send << qint64(7) << qint64(5) << " World!"_ba;
    QTest::newRow("received") << Call::Recv << qint64(12) << qint64(0) << "Hello World!"_ba;
    QTest::newRow("failed") << Call::Send << qint64(-1) << qint64(0) << ""_ba;
    QTest::newRow("FIN") << Call::Recv << qint64(0) << qint64(0) << ""_ba;
    QTest::newRow("more than was kept") << Call::Recv << qint64(1000) << qint64(0) << "Hello World!"_ba;
    QTest::newRow("more than was kept, the rest") << Call::Send << qint64(8) << qint64(5) << " World!"_ba;
    QTest::newRow("nothing was kept") << Call::Send << qint64(5) << qint64(12) << ""_ba;
    QTest::newRow("datagram sent") << Call::SendTo << qint64(5) << qint64(0) << "Hello"_ba;
    QTest::newRow("datagram received") << Call::RecvFrom << qint64(12) << qint64(0) << "Hello World!"_ba;
    QTest::newRow("empty datagram") << Call::RecvFrom << qint64(0) << qint64(0) << ""_ba;
    QTest::newRow("a host name") << Call::GetAddrInfo << qint64(5) << qint64(0) << ""_ba;
    QTest::newRow("a path") << Call::Connect << qint64(5) << qint64(0) << ""_ba;
}

void TestEventStream::payload()
{
    QFETCH(Call, call);
    QFETCH(qint64, result);
    QFETCH(qint64, offset);
    QFETCH(QByteArray, payload);
    const CallResult returned{result, 0};
    const QByteArray bytes = "Hello World!"_ba;
    const Event event =
        call == Call::Send ? Event::send(1, returned, bytes, offset, 0) : test::made(1, call, returned, {}, bytes);
    QCOMPARE(event.payload().toByteArray(), payload);
}

QTEST_GUILESS_MAIN(TestEventStream)
#include "tst_event_stream.moc"
