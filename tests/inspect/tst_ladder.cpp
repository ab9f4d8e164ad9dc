// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client.h"
#include "server_gui/engine/server.h"
#include "shared/event/event_history.h"
#include "shared/inspect/explain.h"
#include "shared/inspect/ladder.h"
#include "shared/loop/io_thread.h"
#include "tests/support/event_recorder.h"
#include "tests/support/events.h"
#include "tests/support/portable.h"
#include "tests/support/raw_socket.h"

#include <QAbstractItemModelTester>
#include <QLocale>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

constexpr int Patience = 20'000; // ms

Event eventOf(Call call, qint64 result = 0, int error = 0)
{
    return made(1, call, {result, error});
}

Event to(const Address &peer, Call call, qint64 result = 0, int error = 0)
{
    return made(1, call, {result, error}, peer);
}

/// The rows as a person would note them down, inferred ones with their direction.
QStringList rowsOf(const Ladder &ladder)
{
    QStringList rows;
    for (int row = 0; row < ladder.rowCount(); ++row) {
        const Ladder::Row &what = ladder.row(row);
        rows.append(what.isObserved() ? ladder.text(row) : (what.toPeer ? u"--> "_s : u"<-- "_s) + ladder.text(row));
    }
    return rows;
}

Event madeFor(const Address &peer, qint64 descriptor, Transport transport = Transport::Tcp)
{
    return Event::socket(1, {descriptor, 0}, transport, peer.family());
}

/// An engine, and a ladder of what it does.
template <typename Engine>
struct Observed
{
    EventStream stream;
    EventRecorder recorder{stream};
    EventHistory history;
    Ladder ladder{history};
    IoThread<Engine> engine{stream};

    Observed() { QObject::connect(&stream, &EventStream::arrived, &history, &EventHistory::read); }

    bool hasEnded(quint64 connection) const { return recorder.outcome(connection) != Outcome::None; }
};

/// Numbers that the system chose: ports, descriptors, processes.
QStringList blurred(QStringList rows, const QByteArray &path = {})
{
    static const QRegularExpression port(uR"((', )[1-9]\d*)"_s);
    static const QRegularExpression descriptor(uR"((socket\(.*\) → )\d+)"_s);
    static const QRegularExpression process(u"pid \\d+, uid \\d+"_s);
    static const QRegularExpression span(u", took [\\d.]+ (µs|ms|s)$"_s);
    for (QString &row : rows) {
        row.remove(span);
        row.replace(port, u"\\1PORT"_s).replace(descriptor, u"\\1FD"_s).replace(process, u"PROCESS"_s);
        if (!path.isEmpty())
            row.replace(QString::fromUtf8(path), u"PATH"_s);
    }
    return rows;
}

ConnectRequest requestTo(const QString &host, quint16 port, Transport transport = Transport::Tcp)
{
    ConnectRequest request;
    request.endpoint =
        std::get<Endpoint>(Endpoint::parse(host, QString::number(port), Endpoint::Use::Connect, transport));
    return request;
}

} // namespace

class TestLadder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QTest::failOnWarning(QRegularExpression(u".*"_s));
    }

    void callTexts_data();
    void callTexts();
    void rungs_data();
    void rungs();
    void growsAsItIsRead();
    void tellingRow();
    void connectIsOneRung_data();
    void connectIsOneRung();
    void lookUpIsASpan();
    void closedHere();
    void server();
    void listenerFails();
    void client();
    void refused();
    void datagrams();
    void unixSocket();
};

void TestLadder::callTexts_data()
{
    QTest::addColumn<Event>("event");
    QTest::addColumn<QString>("text");
    const Address peer = Address::parseIPv4("127.0.0.1", 60239);

    QTest::newRow("accept") << to(peer, Call::Accept, 7) << u"accept() → ('127.0.0.1', 60239)"_s;
    QTest::newRow("accept, IPv6") << to(Address::parseIPv6("::1", 60239), Call::Accept, 7)
                                  << u"accept() → ('::1', 60239, 0, 0)"_s;
    QTest::newRow("accept fails") << eventOf(Call::Accept, -1, EMFILE) << u"accept() → EMFILE, Too many open files"_s;
    QTest::newRow("setsockopt") << Event::setSockOpt(1, {0, 0}, "IP_MULTICAST_TTL", 4)
                                << u"setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, 4)"_s;
    QTest::newRow("setsockopt, group")
        << Event::setSockOpt(1, {-1, ENODEV}, "IP_ADD_MEMBERSHIP", 1, Address::parseIPv4("239.1.2.3"))
        << u"setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, '239.1.2.3') → ENODEV, No such device"_s;
    const QByteArray greeting = "Hello World!";
    QTest::newRow("send") << Event::send(1, {12, 0}, greeting, 0, 12) << u"send(12) → 12"_s;
    QTest::newRow("send, partial") << Event::send(1, {5, 0}, greeting, 0, 12) << u"send(12) → 5"_s;
    QTest::newRow("send, the rest") << Event::send(1, {7, 0}, greeting, 5, 7) << u"send(7) → 7"_s;
    QTest::newRow("shutdown") << eventOf(Call::Shutdown) << u"shutdown(SHUT_WR)"_s;
    QTest::newRow("recv") << eventOf(Call::Recv, 12) << u"recv() → 12"_s;
    QTest::newRow("recv, FIN") << eventOf(Call::Recv) << u"recv() → 0 (peer closed)"_s;
    QTest::newRow("recv, RST") << eventOf(Call::Recv, -1, ECONNRESET)
                               << u"recv() → ECONNRESET, Connection reset by peer"_s;
    QTest::newRow("recv, empty datagram") << to(peer, Call::Recv) << u"recv() → 0"_s;
    QTest::newRow("close") << eventOf(Call::Close) << u"close()"_s;
    QTest::newRow("connect") << to(peer, Call::Connect) << u"connect(('127.0.0.1', 60239))"_s;
    QTest::newRow("connect, refused") << to(peer, Call::Connect, -1, ECONNREFUSED)
                                      << u"connect(('127.0.0.1', 60239)) → ECONNREFUSED, Connection refused"_s;
    QTest::newRow("connect, hostile path")
        << Event::connect(1, {0, 0}, "/tmp/\x1b[31m"_ba) << u"connect('/tmp/\\x1b[31m')"_s;
    QTest::newRow("listen") << Event::listen(1, {0, 0}, {}, {}, 4096) << u"listen(4096)"_s;
    QTest::newRow("bind fails") << to(peer, Call::Bind, -1, EADDRINUSE)
                                << u"bind(('127.0.0.1', 60239)) → EADDRINUSE, Address already in use"_s;
    QTest::newRow("socket") << Event::socket(1, {7, 0}, Transport::Udp, Address::Family::IPv6)
                            << u"socket(AF_INET6, SOCK_DGRAM) → 7"_s;
    QTest::newRow("recvfrom") << to(peer, Call::RecvFrom, 5) << u"recvfrom() → 5, ('127.0.0.1', 60239)"_s;
    QTest::newRow("sendto") << to(peer, Call::SendTo, 5) << u"sendto(5, ('127.0.0.1', 60239)) → 5"_s;
    QTest::newRow("getaddrinfo fails") << Event::lookUp(1, "nowhere.invalid"_ba, -2) // EAI_NONAME
                                       << u"getaddrinfo('nowhere.invalid') → EAI_NONAME, Name or service not known"_s;
    QTest::newRow("unknown host") << Event::end(1, Outcome::UnknownHost, -2)
                                  << u"end: unknown host (EAI_NONAME, Name or service not known)"_s;
    QTest::newRow("closed here") << Event::end(1, Outcome::Closed, 0, 0, ClosedBy::Here) << u"end: closed here"_s;
    QTest::newRow("closed, no FIN seen") << Event::end(1, Outcome::Closed, 0) << u"end: closed here"_s;
    QTest::newRow("closed by the peer") << Event::end(1, Outcome::Closed, 0, 0, ClosedBy::Peer)
                                        << u"end: closed by the peer"_s;
    QTest::newRow("closed by both") << Event::end(1, Outcome::Closed, 0, 0, ClosedBy::Both) << u"end: closed by both"_s;
    Event answered = Event::end(1, Outcome::Complete, 0);
    answered.setTransport(Transport::Udp);
    QTest::newRow("answered") << answered << u"end: answered"_s;
    Event late = Event::end(1, Outcome::TimedOut, 0);
    late.setLimit({Limit::Kind::AfterFin, 30'000});
    QTest::newRow("a limit") << late << u"end: timed out (30.00 s after FIN, as there is no deadline)"_s;
    QTest::newRow("end") << Event::end(1, Outcome::Refused, ECONNREFUSED)
                         << u"end: refused (ECONNREFUSED, Connection refused)"_s;
}

void TestLadder::callTexts()
{
    QFETCH(const Event, event);
    QTEST(callText(event), "text");
}

void TestLadder::rungs_data()
{
    QTest::addColumn<std::vector<Event>>("events");
    QTest::addColumn<QStringList>("rows");
    const Address v4 = Address::parseIPv4("127.0.0.1", 3000);
    const Address v6 = Address::parseIPv6("::1", 3000);
    const Event accept = to(v4, Call::Accept, 7);
    const QStringList accepted{u"<-- SYN"_s, u"--> SYN, ACK"_s, u"<-- ACK"_s, u"accept() → ('127.0.0.1', 3000)"_s};
    const Event resetting = Event::close(1, true);
    const auto connectTo = [](const Address &address, int error) {
        return to(address, Call::Connect, error == 0 ? 0 : -1, error);
    };

    using Events = std::vector<Event>;
    QTest::newRow("closed without shutdown")
        << Events{accept, eventOf(Call::Close)}
        << (accepted + QStringList{u"close()"_s, u"--> FIN, or RST if bytes were unread"_s});
    QTest::newRow("closed after shutdown")
        << Events{accept, eventOf(Call::Shutdown), eventOf(Call::Recv), eventOf(Call::Close)}
        << (accepted
            + QStringList{u"shutdown(SHUT_WR)"_s, u"--> FIN"_s, u"<-- FIN"_s, u"recv() → 0 (peer closed)"_s,
                          u"close()"_s});
    QTest::newRow("reset by us") << Events{accept, resetting} << (accepted + QStringList{u"close()"_s, u"--> RST"_s});
    QTest::newRow("reset by the peer")
        << Events{accept, eventOf(Call::Recv, -1, ECONNRESET), eventOf(Call::Close)}
        << (accepted + QStringList{u"<-- RST"_s, u"recv() → ECONNRESET, Connection reset by peer"_s, u"close()"_s});
    QTest::newRow("vanished") << Events{accept, eventOf(Call::Recv, -1, ETIMEDOUT), eventOf(Call::Close)}
                              << (accepted
                                  + QStringList{u"recv() → ETIMEDOUT, Connection timed out"_s, u"close()"_s,
                                                u"--> FIN, or RST if bytes were unread"_s});
    QTest::newRow("no route") << Events{madeFor(v4, 7), connectTo(v4, ENETUNREACH), eventOf(Call::Close)}
                              << QStringList{u"socket(AF_INET, SOCK_STREAM) → 7"_s,
                                             u"connect(('127.0.0.1', 3000)) → ENETUNREACH, Network is unreachable"_s,
                                             u"close()"_s};
    // Two addresses of a name: the second one is tried while the first stays silent, and wins.
    QTest::newRow("two sockets") << Events{madeFor(v6, 7),
                                           connectTo(v6, EINPROGRESS),
                                           madeFor(v4, 8),
                                           connectTo(v4, EINPROGRESS),
                                           connectTo(v4, 0),
                                           eventOf(Call::Close),
                                           to(Address::parseIPv4("127.0.0.1", 40'000), Call::GetSockName),
                                           eventOf(Call::Recv),
                                           eventOf(Call::Close)}
                                 << QStringList{u"socket(AF_INET6, SOCK_STREAM) → 7"_s,
                                                u"connect(('::1', 3000, 0, 0)) → EINPROGRESS"_s,
                                                u"--> SYN"_s,
                                                u"socket(AF_INET, SOCK_STREAM) → 8"_s,
                                                u"--> SYN"_s,
                                                u"<-- SYN, ACK"_s,
                                                u"--> ACK"_s,
                                                u"connect(('127.0.0.1', 3000))"_s,
                                                u"close()"_s,
                                                u"getsockname() → ('127.0.0.1', 40000)"_s,
                                                u"<-- FIN"_s,
                                                u"recv() → 0 (peer closed)"_s,
                                                u"close()"_s,
                                                u"--> FIN, or RST if bytes were unread"_s};
    // The first one is refused while the second is under way, which the time-out ends.
    QTest::newRow("one refused, one silent")
        << Events{connectTo(v6, EINPROGRESS), connectTo(v4, EINPROGRESS), connectTo(v6, ECONNREFUSED),
                  eventOf(Call::Close), eventOf(Call::Close)}
        << QStringList{u"--> SYN"_s,
                       u"connect(('127.0.0.1', 3000)) → EINPROGRESS"_s,
                       u"--> SYN"_s,
                       u"<-- RST"_s,
                       u"connect(('::1', 3000, 0, 0)) → ECONNREFUSED, Connection refused"_s,
                       u"close()"_s,
                       u"close()"_s};
    QTest::newRow("to itself") << Events{madeFor(v4, 7), connectTo(v4, EINPROGRESS), connectTo(v4, 0),
                                         to(v4, Call::GetSockName), resetting}
                               << QStringList{u"socket(AF_INET, SOCK_STREAM) → 7"_s,
                                              u"--> SYN"_s,
                                              u"<-- SYN"_s,
                                              u"--> SYN, ACK"_s,
                                              u"<-- SYN, ACK"_s,
                                              u"--> ACK"_s,
                                              u"connect(('127.0.0.1', 3000))"_s,
                                              u"getsockname() → ('127.0.0.1', 3000)"_s,
                                              u"close()"_s,
                                              u"--> RST"_s};
    QTest::newRow("datagram refused") << Events{madeFor(v4, 7, Transport::Udp), connectTo(v4, 0),
                                                eventOf(Call::Recv, -1, ECONNREFUSED), eventOf(Call::Close)}
                                      << QStringList{u"socket(AF_INET, SOCK_DGRAM) → 7"_s,
                                                     u"connect(('127.0.0.1', 3000))"_s, u"<-- ICMP port unreachable"_s,
                                                     u"recv() → ECONNREFUSED, Connection refused"_s, u"close()"_s};
}

void TestLadder::rungs()
{
    QFETCH(const std::vector<Event>, events);
    EventHistory history;
    Ladder ladder(history);
    history.watch(1);
    history.read({events, 0});
    QTEST(rowsOf(ladder), "rows");

    EventHistory growing;
    Ladder grown(growing);
    const QAbstractItemModelTester tester(&grown, QAbstractItemModelTester::FailureReportingMode::Fatal);
    growing.watch(1);
    for (const Event &event : events)
        growing.read({{event}, 0});
    QTEST(rowsOf(grown), "rows");
}

void TestLadder::growsAsItIsRead()
{
    EventHistory history;
    Ladder ladder(history);
    const QAbstractItemModelTester tester(&ladder, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const Event accept = at(1'000, to(Address::parseIPv4("127.0.0.1", 60239), Call::Accept, 7));
    const Event recv = at(3'500, eventOf(Call::Recv, 3));
    history.read({{accept}, 0});
    QCOMPARE(ladder.rowCount(), 0);
    history.watch(1);
    QCOMPARE(ladder.rowCount(), 4);
    QCOMPARE(ladder.rowOfEvent(0), 3);
    QCOMPARE(ladder.rowOfEvent(1), -1);
    history.read({{recv}, 0});
    QCOMPARE(ladder.rowCount(), 6);
    QCOMPARE(ladder.rowOfEvent(1), 5);
    QCOMPARE(ladder.sinceStart(5), 2'500);
    QCOMPARE(ladder.sincePrevious(5), 2'500);
    QCOMPARE(ladder.data(ladder.index(4), Qt::AccessibleTextRole).toString(),
             u"Inferred, from the peer: data, 3 bytes"_s);
    QCOMPARE(ladder.data(ladder.index(5), Qt::AccessibleTextRole).toString(), u"recv() → 3 after 3 µs"_s);
    history.watch(0);
    QCOMPARE(ladder.rowCount(), 0);
}

void TestLadder::tellingRow()
{
    const Address ipv6 = Address::parseIPv6("::1", 3000);
    const Address ipv4 = Address::parseIPv4("127.0.0.1", 3000);
    const auto telling = [](const std::vector<Event> &events) {
        EventHistory history;
        const Ladder ladder(history);
        history.watch(1);
        history.read({events, 0});
        return ladder.tellingRow() < 0 ? QString() : ladder.text(ladder.tellingRow());
    };
    QCOMPARE(telling({}), QString());
    std::vector<Event> events{to(ipv6, Call::Connect, -1, ENETUNREACH), to(ipv4, Call::Connect, -1, EINPROGRESS)};
    QCOMPARE(telling(events), u"connect(('127.0.0.1', 3000)) → EINPROGRESS"_s); // the SYN after it is inferred
    events.push_back(to(ipv4, Call::Connect, -1, ECONNREFUSED));
    events.push_back(eventOf(Call::Close));
    QCOMPARE(telling(events), u"close()"_s);
    std::vector<Event> refused = events;
    refused.push_back(ended(1, Outcome::Refused, ECONNREFUSED));
    QVERIFY2(telling(refused).startsWith(u"connect(('127.0.0.1', 3000)) → ECONNREFUSED"_s),
             qPrintable(telling(refused)));
    events.push_back(ended(1, Outcome::Complete));
    QCOMPARE(telling(events), u"end: complete"_s); // another address had failed before
    QVERIFY(telling({eventOf(Call::Socket, 3), ended(1, Outcome::TimedOut, ETIMEDOUT)}).startsWith(u"end: "_s));
}

void TestLadder::connectIsOneRung_data()
{
    QTest::addColumn<int>("error");
    QTest::addColumn<QString>("text");
    QTest::newRow("connected") << 0 << u"connect(('127.0.0.1', 3000)), took 3.0 ms"_s;
    QTest::newRow("refused") << ECONNREFUSED
                             << u"connect(('127.0.0.1', 3000)) → ECONNREFUSED, Connection refused, took 3.0 ms"_s;
}

/// While it is under way its rung says so; then the rung says what became of it. No time goes missing.
void TestLadder::connectIsOneRung()
{
    QFETCH(const int, error);
    QFETCH(const QString, text);
    const Address peer = Address::parseIPv4("127.0.0.1", 3000);
    EventHistory history;
    Ladder ladder(history);
    const QAbstractItemModelTester tester(&ladder, QAbstractItemModelTester::FailureReportingMode::Fatal);
    history.watch(1, 500'000);
    history.read({{at(600'000, madeFor(peer, 7)), at(1'000'000, to(peer, Call::Connect, -1, EINPROGRESS))}, 0});
    QCOMPARE(rowsOf(ladder), (QStringList{u"socket(AF_INET, SOCK_STREAM) → 7"_s,
                                          u"connect(('127.0.0.1', 3000)) → EINPROGRESS"_s, u"--> SYN"_s}));
    history.read({{at(4'000'000, to(peer, Call::Connect, error == 0 ? 0 : -1, error))}, 0});
    const QStringList rows = rowsOf(ladder);
    QCOMPARE(rows.filter(u"connect("_s), QStringList{text});
    QCOMPARE(rows.at(1), u"--> SYN"_s);
    const int rung = ladder.rowCount() - 1;
    QVERIFY(ladder.isFolded(rung));
    QCOMPARE(ladder.lasting(rung), 3'000'000);
    QCOMPARE(ladder.sinceStart(rung), 3'500'000);
    QCOMPARE(ladder.sincePrevious(0) + ladder.sincePrevious(rung), ladder.sinceStart(rung));
    QVERIFY2(explain(ladder, rung).contains(u"non-blocking: EINPROGRESS first"_s),
             qUtf8Printable(explain(ladder, rung)));

    Ladder later(history); // which reads all at once
    QCOMPARE(rowsOf(later), rows);
}

/// Zero is when the attempt began: the ladder ends with the number that the table has.
void TestLadder::lookUpIsASpan()
{
    Observed<Client> client;
    const qint64 began = client.stream.now();
    client.history.watch(1, began);
    const ConnectRequest request = requestTo(u"no-such-host.invalid"_s, 3000);
    client.engine.post([request](Client &engine) { engine.connectTo(1, request); });
    QTRY_VERIFY_WITH_TIMEOUT(client.hasEnded(1), Patience);
    QCOMPARE(client.ladder.rowCount(), 2);
    const QString text = client.ladder.text(0);
    QVERIFY2(text.startsWith(u"getaddrinfo('no-such-host.invalid') → EAI_"_s) && text.contains(u", took "_s),
             qUtf8Printable(text));
    QVERIFY(client.ladder.lasting(0) > 0 && client.ladder.lasting(0) <= client.ladder.sinceStart(0));
    QCOMPARE(client.ladder.sincePrevious(0), client.ladder.sinceStart(0));
    QCOMPARE(client.ladder.sinceStart(1), client.history.events().back().time() - began);
    QVERIFY2(client.ladder.text(1).startsWith(u"end: unknown host (EAI_"_s), qUtf8Printable(client.ladder.text(1)));

    // Where nobody has told when it began, the look-up's own duration does.
    EventHistory history;
    const Ladder other(history);
    history.watch(1);
    history.read({client.history.events(), 0});
    QCOMPARE(other.sinceStart(0), other.lasting(0));
}

/// The peer is silent: no FIN of it was seen.
void TestLadder::closedHere()
{
    const auto listener = RawSocket::listening();
    Observed<Client> client;
    client.history.watch(1);
    ConnectRequest request = requestTo(u"127.0.0.1"_s, listener.localPort());
    request.stays = true;
    client.engine.post([request](Client &engine) { engine.connectTo(1, request); });
    auto peer = listener.accept();
    QTRY_VERIFY_WITH_TIMEOUT(client.recorder.find(1, Call::GetSockName).has_value(), Patience);
    client.engine.post([](Client &engine) { engine.close(); });
    QTRY_VERIFY_WITH_TIMEOUT(client.hasEnded(1), Patience);
    QCOMPARE(rowsOf(client.ladder).last(), u"end: closed here"_s);
}

void TestLadder::server()
{
    Observed<Server> server;
    ServerSettings settings;
    settings.endpoint = std::get<Endpoint>(Endpoint::parse(u"127.0.0.1"_s, u"0"_s, Endpoint::Use::Listen));
    settings.greeting = "Hello World!";
    settings.backlog = 77;
    server.engine.post([settings](Server &engine) { engine.listen(settings); });
    QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::Listen).has_value(), Patience);
    QCOMPARE(blurred(rowsOf(server.ladder)),
             (QStringList{u"socket(AF_INET, SOCK_STREAM) → FD"_s, u"bind(('127.0.0.1', 0))"_s, u"listen(77)"_s}));

    auto peer = RawSocket::connectedTo("127.0.0.1", server.recorder.find(0, Call::Listen)->local().port());
    QCOMPARE(peer.receive(100), "Hello World!");
    QVERIFY(peer.send("abc"));
    QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(1, Call::Recv).has_value(), Patience);
    peer.close();
    QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(1), Patience);
    server.history.watch(1);
    QCOMPARE(blurred(rowsOf(server.ladder)),
             (QStringList{u"<-- SYN"_s, u"--> SYN, ACK"_s, u"<-- ACK"_s, u"accept() → ('127.0.0.1', PORT)"_s,
                          u"send(12) → 12"_s, u"--> data, 12 bytes"_s, u"shutdown(SHUT_WR)"_s, u"--> FIN"_s,
                          u"<-- data, 3 bytes"_s, u"recv() → 3"_s, u"<-- FIN"_s, u"recv() → 0 (peer closed)"_s,
                          u"close()"_s, u"end: complete"_s}));

    server.engine.post([](Server &engine) { engine.stop(); });
    QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(0), Patience);
    server.history.watch(0);
    QCOMPARE(rowsOf(server.ladder).mid(3), (QStringList{u"close()"_s, u"end: complete"_s}));
}

void TestLadder::listenerFails()
{
    const auto taken = RawSocket::listening();
    Observed<Server> server;
    ServerSettings settings;
    settings.endpoint =
        std::get<Endpoint>(Endpoint::parse(u"127.0.0.1"_s, QString::number(taken.localPort()), Endpoint::Use::Listen));
    server.engine.post([settings](Server &engine) { engine.listen(settings); });
    QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(0), Patience);
    const QStringList rows = blurred(rowsOf(server.ladder));
    QVERIFY2(rows.contains(u"bind(('127.0.0.1', PORT)) → EADDRINUSE, Address already in use"_s)
                 || rows.contains(u"listen(4096) → EADDRINUSE, Address already in use"_s),
             qUtf8Printable(rows.join(u'\n')));
}

void TestLadder::client()
{
    const auto listener = RawSocket::listening();
    Observed<Client> client;
    client.history.watch(1);
    ConnectRequest request = requestTo(u"127.0.0.1"_s, listener.localPort());
    request.send = "abc";
    client.engine.post([request](Client &engine) { engine.connectTo(1, request); });
    auto peer = listener.accept();
    QCOMPARE(peer.receive(3), "abc");
    QVERIFY(peer.send("Hello"));
    peer.close();
    QTRY_VERIFY_WITH_TIMEOUT(client.hasEnded(1), Patience);
    QCOMPARE(blurred(rowsOf(client.ladder)),
             (QStringList{u"socket(AF_INET, SOCK_STREAM) → FD"_s, u"--> SYN"_s, u"<-- SYN, ACK"_s, u"--> ACK"_s,
                          u"connect(('127.0.0.1', PORT))"_s, u"getsockname() → ('127.0.0.1', PORT)"_s, u"send(3) → 3"_s,
                          u"--> data, 3 bytes"_s, u"<-- data, 5 bytes"_s, u"recv() → 5"_s, u"<-- FIN"_s,
                          u"recv() → 0 (peer closed)"_s, u"close()"_s, u"--> FIN, or RST if bytes were unread"_s,
                          u"end: complete"_s}));
}

void TestLadder::refused()
{
    const auto nobody = RawSocket::bound();
    Observed<Client> client;
    client.history.watch(1);
    const ConnectRequest request = requestTo(u"127.0.0.1"_s, nobody.localPort());
    client.engine.post([request](Client &engine) { engine.connectTo(1, request); });
    QTRY_VERIFY_WITH_TIMEOUT(client.hasEnded(1), Patience);
    const QStringList rows = blurred(rowsOf(client.ladder));
    const QStringList end{u"<-- RST"_s, u"connect(('127.0.0.1', PORT)) → ECONNREFUSED, Connection refused"_s,
                          u"close()"_s, u"end: refused (ECONNREFUSED, Connection refused)"_s};
    QCOMPARE(rows.last(4), end);
    QVERIFY(rows.contains(u"--> SYN"_s));
}

void TestLadder::datagrams()
{
    Observed<Server> server;
    ServerSettings settings;
    settings.endpoint =
        std::get<Endpoint>(Endpoint::parse(u"127.0.0.1"_s, u"0"_s, Endpoint::Use::Listen, Transport::Udp));
    settings.greeting = "Hello";
    server.engine.post([settings](Server &engine) { engine.listen(settings); });
    QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::GetSockName).has_value(), Patience);
    QCOMPARE(blurred(rowsOf(server.ladder)),
             (QStringList{u"socket(AF_INET, SOCK_DGRAM) → FD"_s, u"bind(('127.0.0.1', 0))"_s,
                          u"getsockname() → ('127.0.0.1', PORT)"_s}));

    Observed<Client> client;
    client.history.watch(1);
    ConnectRequest request =
        requestTo(u"127.0.0.1"_s, server.recorder.find(0, Call::GetSockName)->local().port(), Transport::Udp);
    request.send = "Who is there?";
    client.engine.post([request](Client &engine) { engine.connectTo(1, request); });
    QTRY_VERIFY_WITH_TIMEOUT(client.hasEnded(1), Patience);
    QCOMPARE(blurred(rowsOf(client.ladder)),
             (QStringList{u"socket(AF_INET, SOCK_DGRAM) → FD"_s, u"connect(('127.0.0.1', PORT))"_s,
                          u"getsockname() → ('127.0.0.1', PORT)"_s, u"send(13) → 13"_s, u"--> UDP datagram, 13 bytes"_s,
                          u"<-- UDP datagram, 5 bytes"_s, u"recv() → 5"_s, u"close()"_s, u"end: answered"_s}));
    server.history.watch(1);
    QTRY_COMPARE_WITH_TIMEOUT(server.ladder.rowCount(), 4, Patience);
    QCOMPARE(blurred(rowsOf(server.ladder)),
             (QStringList{u"<-- UDP datagram, 13 bytes"_s, u"recvfrom() → 13, ('127.0.0.1', PORT)"_s,
                          u"sendto(5, ('127.0.0.1', PORT)) → 5"_s, u"--> UDP datagram, 5 bytes"_s}));
}

void TestLadder::unixSocket()
{
    const QTemporaryDir folder;
    const QByteArray path = folder.filePath(u"socket"_s).toUtf8();
    Observed<Server> server;
    ServerSettings settings;
    settings.endpoint = std::get<Endpoint>(Endpoint::parseUnix(QString::fromUtf8(path)));
    settings.greeting = "Hello";
    server.engine.post([settings](Server &engine) { engine.listen(settings); });
    QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::Listen).has_value(), Patience);
    QCOMPARE(blurred(rowsOf(server.ladder), path),
             (QStringList{u"socket(AF_UNIX, SOCK_STREAM) → FD"_s, u"bind('PATH')"_s, u"listen(4096)"_s}));

    Observed<Client> client;
    client.history.watch(1);
    ConnectRequest request;
    request.endpoint = settings.endpoint;
    client.engine.post([request](Client &engine) { engine.connectTo(1, request); });
    QTRY_VERIFY_WITH_TIMEOUT(client.hasEnded(1), Patience);
    QCOMPARE(blurred(rowsOf(client.ladder), path),
             (QStringList{u"socket(AF_UNIX, SOCK_STREAM) → FD"_s, u"connect('PATH')"_s, u"getsockname() → 0"_s,
                          u"<-- 5 bytes"_s, u"recv() → 5"_s, u"<-- end of data"_s, u"recv() → 0 (peer closed)"_s,
                          u"close()"_s, u"--> end of data"_s, u"end: complete"_s}));
    QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(1), Patience);
    if (IsPortable)
        QSKIP("The system does not tell which process connected.");
    server.history.watch(1);
    QCOMPARE(blurred(rowsOf(server.ladder)),
             (QStringList{u"accept() → (PROCESS)"_s, u"send(5) → 5"_s, u"--> 5 bytes"_s, u"shutdown(SHUT_WR)"_s,
                          u"--> end of data"_s, u"<-- end of data"_s, u"recv() → 0 (peer closed)"_s, u"close()"_s,
                          u"end: complete"_s}));
}

QTEST_GUILESS_MAIN(TestLadder)
#include "tst_ladder.moc"
