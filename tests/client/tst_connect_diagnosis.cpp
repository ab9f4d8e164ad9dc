// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/attempt_model.h"
#include "client_gui/history/connect_diagnosis.h"
#include "shared/event/event_stream.h"
#include "shared/inspect/ladder.h"
#include "shared/message/error_text.h"
#include "tests/support/events.h"

#include <QLocale>
#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <netdb.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(parley::Outcome)
Q_DECLARE_METATYPE(parley::Transport)

namespace
{

/// How far an attempt came.
enum Stage { LookingUp, Connecting, Connected, Receiving };

Attempt attemptThat(const QString &host, Stage stage, Outcome outcome, int error)
{
    Attempt attempt;
    attempt.request.endpoint = std::get<Endpoint>(Endpoint::parse(host, u"3000"_s, Endpoint::Use::Connect));
    attempt.request.timeout = 5s;
    attempt.lookedUp = stage >= Connecting;
    attempt.peer = stage >= Connecting ? Address::parseIPv4("192.168.0.104", 3000) : Address();
    attempt.connectedAt = stage >= Connected ? 0 : -1;
    attempt.receivedBytes = stage == Receiving ? 5 : 0;
    attempt.ended = 3'000'000; // ns
    attempt.outcome = outcome;
    attempt.error = error;
    return attempt;
}

} // namespace

class TestConnectDiagnosis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void texts_data();
    void texts();
    void datagramTexts_data();
    void datagramTexts();
    void errnos_data();
    void errnos();
    void groups();
    void conversationTexts_data();
    void conversationTexts();
    void sources_data();
    void sources();
    void buttons();
    void listeners();
};

void TestConnectDiagnosis::texts_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("stage");
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<int>("error");
    QTest::addColumn<QString>("failure");
    QTest::addColumn<QString>("advice");
    const QString literal = u"192.168.0.104"_s;
    const QString name = u"example.org"_s;

    QTest::newRow("under way") << literal << int(Receiving) << Outcome::None << 0 << QString() << QString();
    QTest::newRow("complete") << literal << int(Receiving) << Outcome::Complete << 0 << QString() << QString();
    QTest::newRow("no message") << literal << int(Connected) << Outcome::NoMessage << 0
                                << u"192.168.0.104:3000 closed the connection without sending a byte."_s
                                << u"Perhaps it expects the client to speak first, or sends no greeting."_s;
    QTest::newRow("refused") << literal << int(Connecting) << Outcome::Refused << ECONNREFUSED
                             << u"192.168.0.104:3000 refused the connection: nothing listens on that port there."_s
                             << u"Start a server there, or check host and port."_s;
    QTest::newRow("to itself") << literal << int(Connecting) << Outcome::ToItself << 0
                               << u"Nothing listens on 192.168.0.104:3000. The system chose that same port for this "
                                  "end, and TCP connected the socket to itself."_s
                               << u"Start a server there, or check host and port."_s;
    QTest::newRow("unreachable") << literal << int(Connecting) << Outcome::Unreachable << EHOSTUNREACH
                                 << u"192.168.0.104:3000 cannot be reached: no computer answers at that address, or a "
                                    "router on the way says so."_s
                                 << u"Check the address, and whether that computer is on."_s;
    QTest::newRow("unknown host") << name << int(LookingUp) << Outcome::UnknownHost << EAI_NONAME
                                  << u"The host in example.org:3000 is unknown: no address belongs to that name."_s
                                  << u"Check its spelling, or give an address such as 127.0.0.1."_s;
    QTest::newRow("name server") << name << int(LookingUp) << Outcome::UnknownHost << EAI_AGAIN
                                 << u"The host in example.org:3000 could not be looked up: the name server did not "
                                    "answer."_s
                                 << u"Try again, or give an address such as 127.0.0.1."_s;
    QTest::newRow("failed") << literal << int(Connecting) << Outcome::Failed << EMFILE
                            << u"Connecting to 192.168.0.104:3000 failed: this process has no file descriptor left."_s
                            << u"Close other connections, or raise the limit (ulimit -n)."_s;
    QTest::newRow("timed out looking up")
        << name << int(LookingUp) << Outcome::TimedOut << 0
        << u"The look-up of the host in example.org:3000 had no answer within 5.00 s, the time-out."_s
        << u"Perhaps the name server does not answer. Try again, or give an address such as 127.0.0.1."_s;
    QTest::newRow("timed out connecting")
        << name << int(Connecting) << Outcome::TimedOut << 0
        << u"example.org:3000 did not answer within 5.00 s, the time-out."_s
        << u"Perhaps a firewall drops the connection, the accept queue there is full, or the computer is off. Check host and port."_s;
    QTest::newRow("timed out connecting, by the system")
        << literal << int(Connecting) << Outcome::TimedOut << ETIMEDOUT
        << u"192.168.0.104:3000 did not answer within 3.0 ms."_s
        << u"Perhaps a firewall drops the connection, the accept queue there is full, or the computer is off. Check host and port."_s;
    QTest::newRow("timed out waiting")
        << literal << int(Connected) << Outcome::TimedOut << 0
        << u"192.168.0.104:3000 accepted the connection but sent nothing within 5.00 s, the time-out."_s
        << u"Perhaps it is busy, or expects the client to speak first."_s;
    QTest::newRow("timed out within the message")
        << literal << int(Receiving) << Outcome::TimedOut << 0
        << u"The message from 192.168.0.104:3000 is incomplete: after 5 bytes the end did not come within 5.00 s, the time-out."_s
        << u"Allow more time, or look at why the server does not close."_s;
    QTest::newRow("vanished before a byte")
        << literal << int(Connected) << Outcome::TimedOut << ETIMEDOUT
        << u"192.168.0.104:3000 answers no more: the connection timed out after 0 bytes."_s
        << u"Check the network, and whether the server still runs."_s;
    QTest::newRow("vanished within the message")
        << literal << int(Receiving) << Outcome::TimedOut << ETIMEDOUT
        << u"192.168.0.104:3000 answers no more: the connection timed out after 5 bytes."_s
        << u"Check the network, and whether the server still runs."_s;
    QTest::newRow("reset connecting") << literal << int(Connecting) << Outcome::Reset << ECONNRESET
                                      << u"192.168.0.104:3000 reset the connection while it was being made."_s
                                      << u"Perhaps the server ended, or turns away clients from here."_s;
    QTest::newRow("reset waiting") << literal << int(Connected) << Outcome::Reset << ECONNRESET
                                   << u"192.168.0.104:3000 reset the connection before it had sent a byte."_s
                                   << u"Perhaps the server ended, or turns away clients from here."_s;
    QTest::newRow("reset within the message")
        << literal << int(Receiving) << Outcome::Reset << ECONNRESET
        << u"The message from 192.168.0.104:3000 is incomplete: the connection was reset after 5 bytes."_s
        << u"The server ended abnormally, or closed without reading everything you had sent."_s;
    QTest::newRow("cancelled") << literal << int(Connecting) << Outcome::Cancelled << 0
                               << u"Connecting to 192.168.0.104:3000 was cancelled."_s << QString();
    QTest::newRow("cancelled within the message")
        << literal << int(Receiving) << Outcome::Cancelled << 0
        << u"The message from 192.168.0.104:3000 is incomplete: it was cancelled after 5 bytes."_s << QString();
    QTest::newRow("limit")
        << literal << int(Receiving) << Outcome::LimitReached << 0
        << u"The message from 192.168.0.104:3000 is incomplete: it is longer than the limit of 16,777,216 "
           "bytes."_s
        << u"Raise the limit (--max-bytes) to take longer messages."_s;
    QTest::newRow("failed within the message")
        << literal << int(Receiving) << Outcome::Failed << ENOBUFS
        << u"The message from 192.168.0.104:3000 is incomplete: after 5 bytes, the system has no memory left for "
           "sockets."_s
        << u"Close other connections or programs, and try again."_s;
}

void TestConnectDiagnosis::texts()
{
    QFETCH(const QString, host);
    QFETCH(const int, stage);
    QFETCH(const Outcome, outcome);
    QFETCH(const int, error);
    const ConnectDiagnosis diagnosis = diagnoseConnect(attemptThat(host, Stage(stage), outcome, error));
    QTEST(diagnosis.failure, "failure");
    QTEST(diagnosis.advice, "advice");
    QCOMPARE(diagnosis.remedy == ConnectDiagnosis::Remedy::None,
             diagnosis.failure.isEmpty() || outcome == Outcome::Cancelled);
}

void TestConnectDiagnosis::datagramTexts_data()
{
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<int>("error");
    QTest::addColumn<QString>("failure");
    QTest::newRow("cancelled") << Outcome::Cancelled << 0 << u"The wait for answers from vm:3000 was cancelled."_s;
    QTest::newRow("failed") << Outcome::Failed << EACCES
                            << u"Sending a datagram to vm:3000 failed: this user may not do that, or a firewall or a "
                               "sandbox of this computer forbids it."_s;
}

void TestConnectDiagnosis::datagramTexts()
{
    QFETCH(const Outcome, outcome);
    QFETCH(const int, error);
    Attempt attempt = attemptThat(u"vm"_s, Connecting, outcome, error);
    attempt.request.endpoint.transport = Transport::Udp;
    QTEST(diagnoseConnect(attempt).failure, "failure");
}

void TestConnectDiagnosis::errnos_data()
{
    QTest::addColumn<QString>("host"); // a path where there is a slash
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<int>("error");
    QTest::addColumn<QString>("text"); // a part of it
    const auto row = [](const char *call, const QString &host, Transport transport, int error, const QString &text) {
        QTest::addRow("%s, %s", call, errorName(error).constData()) << host << transport << error << text;
    };
    constexpr Transport tcp = Transport::Tcp;
    constexpr Transport udp = Transport::Udp;
    constexpr Transport local = Transport::Unix;
    const QString v4 = u"192.0.2.7"_s;
    const QString v6 = u"2001:db8::7"_s;
    const QString path = u"/tmp/parley.sock"_s;

    row("socket(2)", v6, tcp, EAFNOSUPPORT, u"this computer has no IPv6, or it is switched off. Switch IPv6 on"_s);
    row("socket(2), datagram", v6, udp, EAFNOSUPPORT, u"no IPv6, or it is switched off. Switch IPv6 on"_s);
    row("socket(2)", v4, tcp, EMFILE, u"no file descriptor left. Close other connections"_s);
    row("socket(2)", v4, tcp, ENFILE, u"whole system has no file descriptor left. Close other programs."_s);
    row("socket(2)", v4, tcp, ENOBUFS, u"no memory left for sockets. Close"_s);
    row("connect(2), IPv6", v6, tcp, EADDRNOTAVAIL, u"no IPv6 address to do that from. Switch IPv6 on"_s);
    row("connect(2), IPv6 datagram", v6, udp, EADDRNOTAVAIL, u"no IPv6 address to do that from. Switch IPv6 on"_s);
    row("connect(2)", v4, tcp, EADDRNOTAVAIL, u"no port of this computer is free for that peer. Wait"_s);
    row("connect(2)", v4, tcp, EPERM, u"a firewall or a sandbox of this computer forbids it. Ask"_s);
    row("connect(2)", v4, tcp, ENETUNREACH, u"cannot be reached: no route leads from here to that address. Check"_s);
    row("connect(2)", v4, tcp, ENETDOWN, u"cannot be reached: the network interface is down. Bring it up"_s);
    row("connect(2)", v4, tcp, EINVAL, u"does not take this address in that place. Choose"_s);
    row("connect(2), path", path, local, EACCES, u"this user may not connect there"_s);
    row("connect(2), path", path, local, EPROTOTYPE, u"the socket there is of another type"_s);
    row("connect(2), path", path, local, ENOTDIR, u"a part of the path is a file and not a folder. Check"_s);
    row("connect(2), path", path, local, ELOOP, u"links lead in a circle"_s);
    row("connect(2), path", path, local, ENAMETOOLONG, u"a name in the path is too long. Choose"_s);
    row("connect(2), path", path, local, ENOENT, u"There is no socket /tmp/parley.sock. Start a server there"_s);
    row("connect(2), path", path, local, ECONNREFUSED, u"its server has ended. Start a server there"_s);
    row("stat(2)", path, local, ENOTSOCK, u"/tmp/parley.sock is a regular file, not a socket. Give the path of"_s);
    row("stat(2)", path, local, EISDIR, u"/tmp/parley.sock is a folder, not a socket. Give the path of"_s);
    row("stat(2)", path, local, ENXIO, u"/tmp/parley.sock is a pipe or a device, not a socket. Give the path of"_s);
    row("send(2), datagram", v4, udp, EMSGSIZE, u"70,000 bytes do not fit into a datagram, which holds 65,507 bytes"_s);
    row("send(2), datagram", v4, udp, EPERM, u"Sending a datagram to 192.0.2.7:3000 failed: this user may not"_s);
    row("send(2), datagram", v4, udp, ENETUNREACH, u"cannot be reached: no route leads from here"_s);
    row("send(2), datagram", v4, udp, ENOBUFS, u"no memory left for sockets"_s);
}

/// Cause and remedy, and never the system's bare words.
void TestConnectDiagnosis::errnos()
{
    QFETCH(const QString, host);
    QFETCH(const Transport, transport);
    QFETCH(const int, error);
    QFETCH(const QString, text);
    const bool isPath = transport == Transport::Unix;
    Attempt attempt = attemptThat(isPath ? u"vm"_s : host, Connecting, outcomeOf(error), error);
    attempt.request.endpoint = std::get<Endpoint>(
        isPath ? Endpoint::parseUnix(host) : Endpoint::parse(host, u"3000"_s, Endpoint::Use::Connect, transport));
    attempt.request.send = QByteArray(70'000, 'x');
    attempt.peer = attempt.request.endpoint.literal;
    const ConnectDiagnosis diagnosis = diagnoseConnect(attempt);
    QVERIFY2(diagnosis.text().contains(text), qPrintable(diagnosis.text()));
    QVERIFY2(diagnosis.advice.endsWith(u'.'), qPrintable(diagnosis.text()));
    QVERIFY2(!diagnosis.text().contains(errorText(error), Qt::CaseInsensitive), qPrintable(diagnosis.text()));
}

/// A group needs an interface that takes part in it.
void TestConnectDiagnosis::groups()
{
    Attempt attempt = attemptThat(u"vm"_s, Connecting, Outcome::Unreachable, ENETUNREACH);
    attempt.request.endpoint =
        std::get<Endpoint>(Endpoint::parse(u"239.1.2.3"_s, u"3000"_s, Endpoint::Use::Connect, Transport::Udp));
    attempt.peer = attempt.request.endpoint.literal;
    QCOMPARE(diagnoseConnect(attempt).text(), u"239.1.2.3:3000 cannot be reached: no route tells by which interface. "
                                              "Name the interface, such as 239.1.2.3%eth0."_s);
    attempt.peer = attempt.peer.withScope(Address::interfaceIndex("lo"));
    attempt.request.endpoint.literal = attempt.peer;
    QCOMPARE(diagnoseConnect(attempt).text(), u"239.1.2.3%lo:3000 cannot be reached: the interface lo is down, or "
                                              "carries no groups of that family. Bring it up, or name another one."_s);
}

void TestConnectDiagnosis::conversationTexts_data()
{
    QTest::addColumn<Event>("end");
    QTest::addColumn<QString>("result");
    QTest::addColumn<QString>("text");
    QTest::newRow("reset") << Event::end(1, Outcome::Reset, ECONNRESET) << u"reset by the peer after 5 bytes"_s
                           << u"vm:3000 reset the connection after 5 bytes. The server ended abnormally, or closed "
                              "without reading everything you had sent."_s;
    QTest::newRow("vanished") << Event::end(1, Outcome::TimedOut, ETIMEDOUT) << u"timed out after 5 bytes"_s
                              << u"vm:3000 answers no more: the connection timed out after 5 bytes. Check the network, "
                                 "and whether the server still runs."_s;
    QTest::newRow("failed")
        << Event::end(1, Outcome::Failed, ENOBUFS)
        << u"failed after 5 bytes: the system has no memory left for sockets"_s
        << u"The connection to vm:3000 failed after 5 bytes: the system has no memory left for sockets. Close "
           "other connections or programs, and try again."_s;
    QTest::newRow("closed here") << Event::end(1, Outcome::Closed, 0, 0, ClosedBy::Here)
                                 << u"closed here after 5 bytes"_s << QString();
    QTest::newRow("closed by both") << Event::end(1, Outcome::Closed, 0, 0, ClosedBy::Both)
                                    << u"closed by both after 5 bytes"_s << QString();
    QTest::newRow("reset here") << Event::end(1, Outcome::Aborted, 0) << u"reset here after 5 bytes"_s << QString();
}

/// Nothing was to be complete: nothing is called incomplete. The words are the ladder's.
void TestConnectDiagnosis::conversationTexts()
{
    QFETCH(const Event, end);
    QFETCH(const QString, result);
    QFETCH(const QString, text);
    EventStream stream;
    AttemptModel model(stream);
    const quint64 number = model.add(attemptThat(u"vm"_s, LookingUp, Outcome::None, 0).request);
    model.setStays(number, true); // the user chose it on the way
    for (const Event &event : {eventOf(1, Call::Socket), eventOf(1, Call::Connect), received(1, "Hello"), end})
        model.apply(event);
    const Attempt &attempt = *model.find(number);
    QCOMPARE(attempt.resultText(), result);
    QCOMPARE(diagnoseConnect(attempt).text(), text);
    const QString word = outcomeText(end.outcome(), end.closedBy());
    QVERIFY2(result.startsWith(word) && callText(end).startsWith(u"end: "_s + word), qPrintable(callText(end)));
}

/// The button offers what most likely helps.
void TestConnectDiagnosis::buttons()
{
    using Remedy = ConnectDiagnosis::Remedy;
    const QString host = u"192.168.0.104"_s;
    Attempt silent = attemptThat(host, Connected, Outcome::NoMessage, 0);
    QCOMPARE(diagnoseConnect(silent).remedy, Remedy::EnterText);
    silent.request.send = "Hello"; // so it is not this side's turn
    QCOMPARE(diagnoseConnect(silent).remedy, Remedy::Connect);
    QCOMPARE(diagnoseConnect(attemptThat(host, Receiving, Outcome::LimitReached, 0)).remedy, Remedy::ChangeLimits);
    QCOMPARE(diagnoseConnect(attemptThat(host, Receiving, Outcome::TimedOut, 0)).remedy, Remedy::ChangeLimits);

    const Attempt unknown = attemptThat(u"nosuch.invalid"_s, LookingUp, Outcome::UnknownHost, EAI_NONAME);
    const ConnectDiagnosis diagnosis = diagnoseConnect(unknown);
    QCOMPARE(diagnosis.remedy, Remedy::Connect);
    QVERIFY(diagnosis.endpoint.host() != u"nosuch.invalid"_s);
    QCOMPARE(diagnosis.button, u"Use %1"_s.arg(diagnosis.endpoint.host()));
    QCOMPARE(diagnosis.endpoint.port, unknown.request.endpoint.port);
}

void TestConnectDiagnosis::sources_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<quint16>("port");
    QTest::addColumn<int>("bindError");
    QTest::addColumn<int>("error");
    QTest::addColumn<QString>("text"); // empty: the source has nothing to do with it
    const QString other = u" Give another source, or none: the system then chooses it."_s;
    const auto row = [](const char *name, const char *source, quint16 port, int bindError, int error,
                        const QString &text) {
        QTest::newRow(name) << QByteArray(source) << port << bindError << error << text;
    };
    row("of another computer", "192.0.2.7", 0, EADDRNOTAVAIL, EADDRNOTAVAIL,
        u"192.0.2.7 is not an address of this computer, so nothing can be sent from it."_s + other);
    row("in use", "192.0.2.7", 4000, EADDRINUSE, EADDRINUSE,
        u"The source 192.0.2.7:4000 is in use: another socket has that port."_s + other);
    row("not allowed", "192.0.2.7", 80, EACCES, EACCES,
        u"This user may not send from 192.0.2.7:80: ports below 1024 need a privilege on many systems. Give a "
        u"port "
        "of 1024 or above, or none."_s);
    row("another errno", "192.0.2.7", 80, EINVAL, EINVAL,
        u"The source 192.0.2.7:80 cannot be used: the system does not take this address in that place."_s + other);
    row("other family", "::1", 0, 0, EAFNOSUPPORT,
        u"192.168.0.104:3000 has no IPv6 address, and the source ::1 is one."_s + other);
    row("used a moment ago", "192.0.2.7", 4000, 0, EADDRNOTAVAIL,
        u"192.168.0.104:3000 cannot be connected from 192.0.2.7:4000: a connection between the two was there a "
        "moment ago, and its port is kept for a while (TIME_WAIT). Wait a minute, or give another port."_s);
    row("loopback", "127.0.0.1", 0, 0, EINVAL,
        u"192.168.0.104:3000 cannot be reached from 127.0.0.1, which is for connections within this computer."_s
            + other);
    row("all ports used", "192.0.2.7", 0, 0, EADDRNOTAVAIL, QString());
}

void TestConnectDiagnosis::sources()
{
    QFETCH(const QByteArray, source);
    QFETCH(const quint16, port);
    QFETCH(const int, bindError);
    QFETCH(const int, error);
    QFETCH(const QString, text);
    Attempt attempt = attemptThat(u"192.168.0.104"_s, Connecting, Outcome::Failed, error);
    attempt.request.source = Address::parseIPv4(source, port);
    if (attempt.request.source.isNull())
        attempt.request.source = Address::parseIPv6(source, port);
    attempt.bindError = bindError;
    const ConnectDiagnosis diagnosis = diagnoseConnect(attempt);
    QCOMPARE(diagnosis.remedy == ConnectDiagnosis::Remedy::EnterSource, !text.isEmpty());
    if (!text.isEmpty())
        QCOMPARE(diagnosis.text(), text);
}

/// A listener of this computer explains a refusal, or a connection that waits.
void TestConnectDiagnosis::listeners()
{
    const auto listenerAtPort = [](quint16 port, int waiting) {
        return LocalListener{Address::parseIPv4("192.168.0.104", port), waiting, 7, u"parley-server"_s};
    };
    const QString host = u"192.168.0.104"_s;
    const Attempt refused = attemptThat(host, Connecting, Outcome::Refused, ECONNREFUSED);
    QVERIFY(dependsOnListeners(refused));
    const ConnectDiagnosis elsewhere = diagnoseConnect(refused, {listenerAtPort(4000, 0)});
    QCOMPARE(elsewhere.advice, u"parley-server (process 7) listens on 192.168.0.104:4000."_s);
    QCOMPARE(elsewhere.endpoint.port, 4000);
    QVERIFY(elsewhere.choices.empty());

    // None of several is called the right one.
    std::vector<LocalListener> several;
    for (const int port : {4010, 4003, 4001, 4002})
        several.push_back(listenerAtPort(static_cast<quint16>(port), 0));
    const ConnectDiagnosis many = diagnoseConnect(refused, several);
    QCOMPARE(many.advice, u"parley-server (process 7) listens on 192.168.0.104:4001, … and 3 more."_s);
    QCOMPARE(many.button, u"Use Another Server"_s);
    QCOMPARE(many.choices.size(), 4U);
    QCOMPARE(many.choices.back().endpoint.toString(), u"192.168.0.104:4010"_s);
    several.resize(ConnectDiagnosis::MaxChoices + 1);
    for (std::size_t i = 0; i < several.size(); ++i)
        several[i] = listenerAtPort(quint16(4000 + i), 0);
    const ConnectDiagnosis most = diagnoseConnect(refused, several);
    QCOMPARE(most.choices.size(), ConnectDiagnosis::MaxChoices);
    QVERIFY2(most.advice.endsWith(u", … and 8 more."), qPrintable(most.advice)); // also those that the button lacks

    const Attempt timedOut = attemptThat(host, Connecting, Outcome::TimedOut, 0);
    QVERIFY(dependsOnListeners(timedOut));
    QCOMPARE(diagnoseConnect(timedOut, {listenerAtPort(3000, 2)}).advice,
             u"Perhaps the accept queue is full: 2 connections wait in the queue until parley-server (process 7) "
             "accepts."_s);
    QVERIFY(!dependsOnListeners(attemptThat(host, Receiving, Outcome::TimedOut, 0)));
}

QTEST_GUILESS_MAIN(TestConnectDiagnosis)
#include "tst_connect_diagnosis.moc"
