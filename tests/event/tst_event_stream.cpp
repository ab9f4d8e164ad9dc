// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_json.h"
#include "shared/event/event_stream.h"
#include "tests/support/events.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>
#include <QTimer>

#include <netdb.h>

#include <algorithm>
#include <array>
#include <cerrno>
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

Event failed(Call call, int error)
{
    return test::failed(42, call, error);
}

Event moved(Call call, const QByteArray &bytes)
{
    return test::moved(42, call, bytes);
}

Event at(Call call, const Address &address, qint64 result = 0)
{
    return test::made(42, call, {result, 0}, address);
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
    void json_data();
    void json();
    void jsonStart();
    void jsonEveryCall();
    void jsonLongPayload();
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

void TestEventStream::json_data()
{
    QTest::addColumn<Event>("event");
    QTest::addColumn<QByteArray>("expected"); // what goes with time, ns and connection

    const Address v4 = Address::ipv4(0x7f000001, 60239);
    const Address v6 = Address::parseIPv6("::1", 3000);
    QTest::newRow("getaddrinfo") << Event::lookUp(42, u"münchen.example"_s.toUtf8(), 0)
                                 << R"({"call":"getaddrinfo","result":0,"host":"münchen.example"})"_ba;
    QTest::newRow("hostile host")
        << Event::lookUp(42, "a\x1b[2J\n\xe2\x80\xae\"\xff"_ba, EAI_NONAME)
        << R"({"call":"getaddrinfo","result":-1,"error":"EAI_NONAME","host":"a\\x1b[2J\\x0a\\u202e\"\ufffd"})"_ba;
    QTest::newRow("socket") << Event::socket(42, {7, 0}, Transport::Udp, Address::Family::IPv6)
                            << R"({"call":"socket","result":7,"family":"AF_INET6","type":"SOCK_DGRAM"})"_ba;
    QTest::newRow("socket failed") << failed(
        Call::Socket,
        EMFILE) << R"({"call":"socket","result":-1,"error":"EMFILE","family":"AF_UNSPEC","type":"SOCK_STREAM"})"_ba;
    QTest::newRow("bind") << at(Call::Bind, v6) << R"({"call":"bind","result":0,"local":["::1",3000]})"_ba;
    QTest::newRow("listen") << Event::listen(42, {0, 0}, v4, {}, 5)
                            << R"({"call":"listen","result":0,"backlog":5,"local":["127.0.0.1",60239]})"_ba;
    QTest::newRow("accept") << at(Call::Accept, v4, 9)
                            << R"({"call":"accept","result":9,"peer":["127.0.0.1",60239]})"_ba;
    QTest::newRow("connect") << at(Call::Connect, v6) << R"({"call":"connect","result":0,"peer":["::1",3000]})"_ba;
    QTest::newRow("getsockname") << at(Call::GetSockName, v4)
                                 << R"({"call":"getsockname","result":0,"local":["127.0.0.1",60239]})"_ba;
    QTest::newRow("send") << moved(Call::Send, "Hello World!"_ba)
                          << R"({"call":"send","result":12,"size":12,"data":"SGVsbG8gV29ybGQh"})"_ba;
    QTest::newRow("send of a part") << Event::send(42, {5, 0}, "Hello World!"_ba, 0, 12)
                                    << R"({"call":"send","result":5,"size":12,"data":"SGVsbG8="})"_ba;
    QTest::newRow("send of less than there is") << Event::send(42, {5, 0}, "Hello World!"_ba, 0, 8)
                                                << R"({"call":"send","result":5,"size":8,"data":"SGVsbG8="})"_ba;
    QTest::newRow("recv") << Event::recv(42, {3, 0}, QByteArray("\0\xff\n", 3), 1024)
                          << R"({"call":"recv","result":3,"size":1024,"data":"AP8K"})"_ba;
    QTest::newRow("recv of FIN") << eventOf(Call::Recv) << R"({"call":"recv","result":0,"size":0})"_ba;
    QTest::newRow("recv failed") << failed(Call::Recv, ECONNRESET)
                                 << R"({"call":"recv","result":-1,"error":"ECONNRESET","size":0})"_ba;
    QTest::newRow("unknown error") << failed(Call::Recv, 9999)
                                   << R"({"call":"recv","result":-1,"error":"9999","size":0})"_ba;
    QTest::newRow("unknown look-up error")
        << failed(Call::GetAddrInfo, -9999) << R"({"call":"getaddrinfo","result":-1,"error":"-9999","host":""})"_ba;
    QTest::newRow("shutdown") << eventOf(Call::Shutdown) << R"({"call":"shutdown","result":0})"_ba;
    QTest::newRow("close") << eventOf(Call::Close) << R"({"call":"close","result":0})"_ba;
    QTest::newRow("close that resets") << Event::close(42, true) << R"({"call":"close","result":0,"linger":0})"_ba;

    QTest::newRow("recvfrom") << Event::recvFrom(42, {5, 0}, "Hello"_ba, 0, v6)
                              << R"({"call":"recvfrom","result":5,"size":0,"peer":["::1",3000],"data":"SGVsbG8="})"_ba;
    QTest::newRow("recvfrom, cut") // the datagram's true length, of which this much was kept
        << Event::recvFrom(42, {1000, 0}, "Hello"_ba, 0, v6)
        << R"({"call":"recvfrom","result":1000,"size":0,"peer":["::1",3000],"data":"SGVsbG8="})"_ba;
    QTest::newRow("recvfrom, empty") << at(Call::RecvFrom, v4)
                                     << R"({"call":"recvfrom","result":0,"size":0,"peer":["127.0.0.1",60239]})"_ba;
    QTest::newRow("sendto failed") << Event::sendTo(
        42, {-1, EMSGSIZE}, "Hello"_ba,
        v6) << R"({"call":"sendto","result":-1,"error":"EMSGSIZE","size":5,"peer":["::1",3000]})"_ba;

    const auto onPath = [](Call call, const QByteArray &path) { return test::made(42, call, {0, 0}, {}, path); };
    QTest::newRow("bind to a path") << onPath(Call::Bind, "/run/parley.sock"_ba)
                                    << R"({"call":"bind","result":0,"path":"/run/parley.sock"})"_ba;
    QTest::newRow("listen on an abstract name")
        << onPath(Call::Listen, "@parley"_ba) << R"({"call":"listen","result":0,"backlog":0,"path":"@parley"})"_ba;
    QTest::newRow("connect to a hostile path") << onPath(Call::Connect, "/a\x1b[2J\n\xe2\x80\xae"_ba)
                                               << R"({"call":"connect","result":0,"path":"/a\\x1b[2J\\x0a\\u202e"})"_ba;
    QTest::newRow("accept of a process") << at(Call::Accept, Address::unixPeer(4711, 1000), 9)
                                         << R"({"call":"accept","result":9,"peer":["pid 4711, uid 1000"]})"_ba;

    const std::array<std::pair<Outcome, QByteArray>, 11> outcomes{{
        {Outcome::None, "open"_ba},
        {Outcome::Complete, "complete"_ba},
        {Outcome::NoMessage, "no-message"_ba},
        {Outcome::Reset, "reset"_ba},
        {Outcome::TimedOut, "timed-out"_ba},
        {Outcome::Cancelled, "cancelled"_ba},
        {Outcome::LimitReached, "limit-reached"_ba},
        {Outcome::Refused, "refused"_ba},
        {Outcome::Unreachable, "unreachable"_ba},
        {Outcome::UnknownHost, "unknown-host"_ba},
        {Outcome::Failed, "failed"_ba},
    }};
    for (const auto &[outcome, name] : outcomes) {
        QTest::addRow("end: %s", name.constData())
            << Event::end(42, outcome, 0) << (R"({"call":"end","outcome":")" + name + R"(","result":0})");
    }
}

void TestEventStream::json()
{
    QFETCH(Event, event);
    QFETCH(QByteArray, expected);
    event.setTime(5'000'000'000'001);
    const QDateTime wallClock(QDate(2026, 3, 29), QTime(4, 5, 6, 78), Qt::OffsetFromUTC, 7200);
    const QByteArray line = eventToJson(event, wallClock);
    QVERIFY(line.endsWith('\n'));
    QCOMPARE(line.count('\n'), 1);

    QJsonObject object = QJsonDocument::fromJson(line).object();
    QCOMPARE(object.take(u"time"_s).toString(), u"2026-03-29T02:05:06.078Z"_s);
    QCOMPARE(object.take(u"ns"_s).toInteger(), 5'000'000'000'001);
    QCOMPARE(object.take(u"connection"_s).toInteger(), 42);
    const auto compact = [](const QJsonObject &json) { return QJsonDocument(json).toJson(QJsonDocument::Compact); };
    QCOMPARE(compact(object), compact(QJsonDocument::fromJson(expected).object()));
}

void TestEventStream::jsonStart()
{
    const QByteArray line =
        startToJson("parley-server"_ba, QDateTime(QDate(2026, 3, 29), QTime(4, 5, 6), Qt::OffsetFromUTC, 7200));
    QVERIFY(line.endsWith('\n'));
    QCOMPARE(line.count('\n'), 1);
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    QCOMPARE(object.size(), 4);
    QCOMPARE(object[u"call"_s].toString(), u"start"_s);
    QCOMPARE(object[u"program"_s].toString(), u"parley-server"_s);
    QCOMPARE(object[u"schema"_s].toInt(), JsonSchemaVersion);
    QCOMPARE(object[u"time"_s].toString(), u"2026-03-29T02:05:06.000Z"_s);
}

/// What one stream delivers is one well-formed line for each event.
void TestEventStream::jsonEveryCall()
{
    EventStream stream;
    const Reader reader(stream);
    for (int call = static_cast<int>(Call::GetAddrInfo); call <= static_cast<int>(Call::End); ++call)
        stream.write(eventOf(static_cast<Call>(call)));
    stream.flush();
    QCOMPARE(reader.events.size(), 14U);
    for (const Event &event : reader.events) {
        const QByteArray line = eventToJson(event, stream.wallClock(event.time()));
        QCOMPARE(line.count('\n'), 1);
        QCOMPARE(QJsonDocument::fromJson(line)[u"call"_s].toString(), QLatin1String(callName(event.call())));
    }
}

void TestEventStream::jsonLongPayload()
{
    for (const qint64 extra : {0, 1, 1'000'000}) {
        const QByteArray sent(MaxJsonPayloadBytes + extra, 'x');
        const QJsonDocument document = QJsonDocument::fromJson(eventToJson(moved(Call::Send, sent), {}));
        QCOMPARE(document[u"result"_s].toInteger(), sent.size()); // the true count, though the data is cut
        const QByteArray data = QByteArray::fromBase64(document[u"data"_s].toString().toLatin1());
        QVERIFY(data == sent.first(MaxJsonPayloadBytes));
    }
}

QTEST_GUILESS_MAIN(TestEventStream)
#include "tst_event_stream.moc"
