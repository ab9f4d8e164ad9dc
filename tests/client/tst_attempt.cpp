// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/attempt.h"
#include "tests/support/events.h"

#include <QLocale>
#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <netdb.h>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

Q_DECLARE_METATYPE(std::vector<parley::Event>)

namespace
{

ConnectRequest requestTo(const QString &host)
{
    ConnectRequest request;
    request.endpoint = std::get<Endpoint>(Endpoint::parse(host, u"3000"_s, Endpoint::Use::Connect));
    return request;
}

} // namespace

class TestAttempt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void staying();
    void texts_data();
    void texts();
    void datagramTexts_data();
    void datagramTexts();
};

void TestAttempt::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
}

void TestAttempt::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

/// A conversation may be silent for long: its state is who can still speak.
void TestAttempt::staying()
{
    Attempt attempt;
    attempt.request.stays = true;
    attempt.apply(eventOf(1, Call::Connect));
    attempt.apply(received(1, "Hello"));
    QCOMPARE(attempt.resultText(), u"connected"_s);
    QCOMPARE(attempt.summary(), u"5 bytes in 1 read · connected"_s);
    attempt.apply(received(1, {}));
    QCOMPARE(attempt.resultText(), u"half-closed by the peer"_s);
}

void TestAttempt::texts_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<std::vector<Event>>("events");
    QTest::addColumn<QString>("result");
    QTest::addColumn<QString>("summary");
    using Events = std::vector<Event>;
    const QString literal = u"192.168.0.104"_s;
    const QString name = u"example.org"_s;
    const qint64 end = 3 * Millisecond;
    const Event begun = eventOf(1, Call::Socket);
    const Event connected = eventOf(1, Call::Connect);
    const Event lookedUp = eventOf(1, Call::GetAddrInfo);
    const auto part = [](const QByteArray &bytes = "Hello") { return received(1, bytes); };
    const auto over = [&](Outcome outcome, int error = 0) { return ended(1, outcome, error, end); };

    QTest::newRow("not begun") << literal << Events{} << u"connecting…"_s << u"connecting to 192.168.0.104:3000…"_s;
    QTest::newRow("connecting") << literal << Events{begun, failed(1, Call::Connect, EINPROGRESS)} << u"connecting…"_s
                                << u"connecting to 192.168.0.104:3000…"_s;
    QTest::newRow("connected") << literal << Events{begun, connected} << u"receiving…"_s << u"receiving…"_s;
    QTest::newRow("receiving") << literal << Events{begun, connected, part()} << u"receiving…"_s
                               << u"5 bytes in 1 read · receiving…"_s;
    QTest::newRow("complete") << literal << Events{begun, connected, part("Hello World!"), over(Outcome::Complete)}
                              << u"complete, 12 bytes"_s << u"12 bytes in 1 read · complete after 3.0 ms"_s;
    QTest::newRow("complete, in two reads")
        << literal << Events{begun, connected, part(), part(QByteArray(2000, 'x')), over(Outcome::Complete)}
        << u"complete, 2,005 bytes"_s << u"2,005 bytes in 2 reads · complete after 3.0 ms"_s;
    QTest::newRow("complete, one byte") << literal << Events{begun, connected, part("x"), over(Outcome::Complete)}
                                        << u"complete, 1 byte"_s << u"1 byte in 1 read · complete after 3.0 ms"_s;
    QTest::newRow("no message") << literal << Events{begun, connected, received(1, {}), over(Outcome::NoMessage)}
                                << u"closed without a byte"_s << u"closed without a byte after 3.0 ms"_s;
    QTest::newRow("refused") << literal
                             << Events{begun, failed(1, Call::Connect, ECONNREFUSED),
                                       over(Outcome::Refused, ECONNREFUSED)}
                             << u"refused"_s << u"refused after 3.0 ms"_s;
    QTest::newRow("to itself") << literal << Events{begun, connected, over(Outcome::ToItself)} << u"to itself"_s
                               << u"to itself after 3.0 ms"_s;
    QTest::newRow("unreachable") << literal
                                 << Events{begun, failed(1, Call::Connect, EHOSTUNREACH),
                                           over(Outcome::Unreachable, EHOSTUNREACH)}
                                 << u"unreachable"_s << u"unreachable after 3.0 ms"_s;
    QTest::newRow("unknown host") << name
                                  << Events{failed(1, Call::GetAddrInfo, EAI_NONAME),
                                            over(Outcome::UnknownHost, EAI_NONAME)}
                                  << u"unknown host"_s << u"unknown host after 3.0 ms"_s;
    QTest::newRow("name server") << name
                                 << Events{failed(1, Call::GetAddrInfo, EAI_AGAIN),
                                           over(Outcome::UnknownHost, EAI_AGAIN)}
                                 << u"unknown host"_s << u"unknown host after 3.0 ms"_s;
    QTest::newRow("failed") << literal << Events{failed(1, Call::Socket, EMFILE), over(Outcome::Failed, EMFILE)}
                            << u"failed: this process has no file descriptor left"_s << u"failed after 3.0 ms"_s;
    QTest::newRow("timed out looking up")
        << name << Events{over(Outcome::TimedOut)} << u"timed out"_s << u"timed out after 3.0 ms"_s;
    QTest::newRow("timed out connecting")
        << name << Events{lookedUp, begun, failed(1, Call::Connect, EINPROGRESS), over(Outcome::TimedOut)}
        << u"timed out"_s << u"timed out after 3.0 ms"_s;
    QTest::newRow("timed out connecting, by the system")
        << literal << Events{begun, failed(1, Call::Connect, ETIMEDOUT), over(Outcome::TimedOut, ETIMEDOUT)}
        << u"timed out"_s << u"timed out after 3.0 ms"_s;
    QTest::newRow("timed out waiting") << literal << Events{begun, connected, over(Outcome::TimedOut)} << u"timed out"_s
                                       << u"timed out after 3.0 ms"_s;
    QTest::newRow("timed out within the message")
        << literal << Events{begun, connected, part(), over(Outcome::TimedOut)} << u"timed out after 5 bytes"_s
        << u"5 bytes in 1 read · timed out after 3.0 ms"_s;
    QTest::newRow("reset connecting") << literal
                                      << Events{begun, failed(1, Call::Connect, ECONNRESET),
                                                over(Outcome::Reset, ECONNRESET)}
                                      << u"reset by the peer"_s << u"reset by the peer after 3.0 ms"_s;
    QTest::newRow("reset waiting") << literal
                                   << Events{begun, connected, failed(1, Call::Recv, ECONNRESET),
                                             over(Outcome::Reset, ECONNRESET)}
                                   << u"reset by the peer"_s << u"reset by the peer after 3.0 ms"_s;
    QTest::newRow("reset within the message")
        << literal
        << Events{begun, connected, part(), failed(1, Call::Recv, ECONNRESET), over(Outcome::Reset, ECONNRESET)}
        << u"reset by the peer after 5 bytes"_s << u"5 bytes in 1 read · reset by the peer after 3.0 ms"_s;
    QTest::newRow("cancelled") << literal << Events{begun, over(Outcome::Cancelled)} << u"cancelled"_s
                               << u"cancelled after 3.0 ms"_s;
    QTest::newRow("cancelled within the message")
        << literal << Events{begun, connected, part(), over(Outcome::Cancelled)} << u"cancelled after 5 bytes"_s
        << u"5 bytes in 1 read · cancelled after 3.0 ms"_s;
    // At the limit one byte more is read, to know that there is more, and is not kept.
    QTest::newRow("limit") << literal
                           << Events{begun, connected, part(), eventOf(1, Call::Recv, 1), over(Outcome::LimitReached)}
                           << u"too long after 5 bytes"_s << u"5 bytes in 1 read · too long after 3.0 ms"_s;
    QTest::newRow("failed within the message")
        << literal << Events{begun, connected, part(), failed(1, Call::Recv, ENOBUFS), over(Outcome::Failed, ENOBUFS)}
        << u"failed after 5 bytes: the system has no memory left for sockets"_s
        << u"5 bytes in 1 read · failed after 3.0 ms"_s;
}

void TestAttempt::texts()
{
    QFETCH(const QString, host);
    QFETCH(const std::vector<Event>, events);
    Attempt attempt;
    attempt.request = requestTo(host);
    for (const Event &event : events)
        attempt.apply(event);
    QTEST(attempt.resultText(), "result");
    QTEST(attempt.summary(), "summary");
}

void TestAttempt::datagramTexts_data()
{
    QTest::addColumn<std::vector<Event>>("events");
    QTest::addColumn<QString>("result");
    QTest::addColumn<QString>("summary");
    using Events = std::vector<Event>;
    const Event sent = eventOf(1, Call::Connect);
    const Address peer = Address::parseIPv4("127.0.0.1", 3000);
    const Event answer = at(2 * Millisecond, Event::recv(1, {5, 0}, "Hello", 100, peer));
    const auto over = [](Outcome outcome, int error = 0) { return ended(1, outcome, error, 3 * Millisecond); };
    QTest::newRow("not sent") << Events{} << u"sending…"_s << u"sending…"_s;
    QTest::newRow("sent") << Events{sent} << u"waiting for an answer…"_s << u"waiting for an answer…"_s;
    QTest::newRow("answered") << Events{sent, answer, over(Outcome::Complete)} << u"answered, 5 bytes"_s
                              << u"5 bytes in 1 datagram · answered after 2.0 ms"_s;
    QTest::newRow("cancelled") << Events{sent, over(Outcome::Cancelled)} << u"cancelled"_s
                               << u"cancelled after 3.0 ms"_s;
    QTest::newRow("failed")
        << Events{over(Outcome::Failed, EACCES)}
        << u"failed: this user may not do that, or a firewall or a sandbox of this computer forbids it"_s
        << u"failed after 3.0 ms"_s;
}

/// UDP connects nobody, and no datagram is complete.
void TestAttempt::datagramTexts()
{
    QFETCH(const std::vector<Event>, events);
    Attempt attempt;
    attempt.request = requestTo(u"vm"_s);
    attempt.request.endpoint.transport = Transport::Udp;
    for (const Event &event : events)
        attempt.apply(event);
    QTEST(attempt.resultText(), "result");
    QTEST(attempt.summary(), "summary");
}

QTEST_GUILESS_MAIN(TestAttempt)
#include "tst_attempt.moc"
