// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_json.h"
#include "tests/support/events.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>
#include <QTimeZone>

#include <algorithm>
#include <array>
#include <cerrno>
#include <netdb.h>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

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

} // namespace

class TestEventJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void events_data();
    void events();
    void start();
    void everyCall();
    void longPayload();
};

void TestEventJson::events_data()
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
    QTest::newRow("setsockopt") << Event::setSockOpt(
        42, {0, 0}, "IPV6_MULTICAST_HOPS",
        4) << R"({"call":"setsockopt","result":0,"level":"IPPROTO_IPV6","option":"IPV6_MULTICAST_HOPS","value":4})"_ba;
    QTest::newRow("setsockopt, group")
        << Event::setSockOpt(42, {-1, ENODEV}, "IP_ADD_MEMBERSHIP", 1, Address::parseIPv4("239.1.2.3"))
        << R"({"call":"setsockopt","result":-1,"error":"ENODEV","level":"IPPROTO_IP","option":"IP_ADD_MEMBERSHIP","value":"239.1.2.3"})"_ba;
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

    const std::array<std::tuple<Outcome, QByteArray, QByteArray>, 11> outcomes{{
        {Outcome::None, "open"_ba, "open"_ba},
        {Outcome::Complete, "complete"_ba, "complete"_ba},
        {Outcome::NoMessage, "no-message"_ba, "closed without a byte"_ba},
        {Outcome::Reset, "reset"_ba, "reset by the peer"_ba},
        {Outcome::TimedOut, "timed-out"_ba, "timed out"_ba},
        {Outcome::Cancelled, "cancelled"_ba, "cancelled"_ba},
        {Outcome::LimitReached, "limit-reached"_ba, "too long"_ba},
        {Outcome::Refused, "refused"_ba, "refused"_ba},
        {Outcome::Unreachable, "unreachable"_ba, "unreachable"_ba},
        {Outcome::UnknownHost, "unknown-host"_ba, "unknown host"_ba},
        {Outcome::Failed, "failed"_ba, "failed"_ba},
    }};
    for (const auto &[outcome, name, words] : outcomes) {
        QTest::addRow("end: %s", name.constData())
            << Event::end(42, outcome, 0)
            << (R"({"call":"end","ending":")" + words + R"(","outcome":")" + name + R"(","result":0})");
    }
    // A reader of the outcome goes on working.
    Event answered = Event::end(42, Outcome::Complete, 0);
    answered.setTransport(Transport::Udp);
    QTest::newRow("end of a datagram") << answered
                                       << R"({"call":"end","ending":"answered","outcome":"complete","result":0})"_ba;
    Event idle = Event::end(42, Outcome::TimedOut, 0, 5);
    idle.setLimit({Limit::Kind::Idle, 30'000});
    QTest::newRow("end by a limit")
        << idle
        << R"({"call":"end","ending":"timed out","limit":"idle","limit_value":30000,"outcome":"timed-out","result":5})"_ba;
    Event late = Event::end(42, Outcome::Closed, 0, 0, ClosedBy::Both);
    late.setLimit({Limit::Kind::AfterFin, 1});
    QTest::newRow("end by a limit, after both FINs")
        << late
        << R"({"call":"end","closed_by":"both","ending":"closed by both","limit":"after-fin","limit_value":1,"outcome":"closed","result":0})"_ba;
    const std::tuple<ClosedBy, QByteArray, QByteArray> closers[]{{ClosedBy::Here, "here", "closed here"},
                                                                 {ClosedBy::Peer, "peer", "closed by the peer"},
                                                                 {ClosedBy::Both, "both", "closed by both"}};
    for (const auto &[closedBy, name, words] : closers) {
        QTest::addRow("closed by %s", name.constData()) << Event::end(42, Outcome::Closed, 0, 0, closedBy)
                                                        << (R"({"call":"end","closed_by":")" + name + R"(","ending":")"
                                                            + words + R"(","outcome":"closed","result":0})");
    }
}

void TestEventJson::events()
{
    QFETCH(Event, event);
    QFETCH(QByteArray, expected);
    event.setTime(5'000'000'000'001);
    const QDateTime wallClock(QDate(2026, 3, 29), QTime(4, 5, 6, 78), QTimeZone(7200));
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

void TestEventJson::start()
{
    const QByteArray line =
        startToJson("parley-server"_ba, QDateTime(QDate(2026, 3, 29), QTime(4, 5, 6), QTimeZone(7200)));
    QVERIFY(line.endsWith('\n'));
    QCOMPARE(line.count('\n'), 1);
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    QCOMPARE(object.size(), 4);
    QCOMPARE(object[u"call"_s].toString(), u"start"_s);
    QCOMPARE(object[u"program"_s].toString(), u"parley-server"_s);
    QCOMPARE(object[u"schema"_s].toInt(), JsonSchemaVersion);
    QCOMPARE(object[u"time"_s].toString(), u"2026-03-29T02:05:06.000Z"_s);
}

/// Each event is one well-formed line.
void TestEventJson::everyCall()
{
    for (int call = static_cast<int>(Call::GetAddrInfo); call <= static_cast<int>(Call::End); ++call) {
        const Event event = eventOf(static_cast<Call>(call));
        const QByteArray line = eventToJson(event, QDateTime::currentDateTimeUtc());
        QCOMPARE(line.count('\n'), 1);
        QCOMPARE(QJsonDocument::fromJson(line)[u"call"_s].toString(), QLatin1String(callName(event.call())));
    }
}

void TestEventJson::longPayload()
{
    for (const qint64 extra : {0, 1, 1'000'000}) {
        const QByteArray sent(MaxJsonPayloadBytes + extra, 'x');
        const QJsonDocument document = QJsonDocument::fromJson(eventToJson(moved(Call::Send, sent), {}));
        QCOMPARE(document[u"result"_s].toInteger(), sent.size()); // the true count, though the data is cut
        const QByteArray data = QByteArray::fromBase64(document[u"data"_s].toString().toLatin1());
        QVERIFY(data == sent.first(MaxJsonPayloadBytes));
    }
}

QTEST_GUILESS_MAIN(TestEventJson)
#include "tst_event_json.moc"
