// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_history.h"
#include "shared/inspect/explain.h"
#include "shared/inspect/ladder.h"
#include "tests/support/events.h"

#include <QLocale>
#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <netdb.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// A connection's calls, and the explanations of their rows.
struct Explained
{
    explicit Explained(const std::vector<Event> &events)
    {
        history.watch(1);
        history.read({events});
    }
    /// Of the first row whose text begins with @p text.
    QString of(const QString &text) const
    {
        for (int row = 0; row < ladder.rowCount(); ++row) {
            if (ladder.text(row).startsWith(text))
                return explain(ladder, row);
        }
        return u"there is no row "_s + text;
    }

    EventHistory history;
    Ladder ladder{history};
};

#define CONTAINS(text, part) QVERIFY2((text).contains(part), qPrintable(text))

} // namespace

class TestExplain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void everyCall();
    void connection();
    void options();
    void failures();
    void limits();
    void hostileBytes();
};

/// Each call has a purpose and a result.
void TestExplain::everyCall()
{
    for (int call = static_cast<int>(Call::GetAddrInfo); call <= static_cast<int>(Call::End); ++call) {
        const Explained explained({eventOf(1, static_cast<Call>(call))});
        for (int row = 0; row < explained.ladder.rowCount(); ++row) {
            const QStringList paragraphs = explain(explained.ladder, row).split(u"\n\n"_s);
            QCOMPARE(paragraphs.first(), explained.ladder.text(row));
            QVERIFY2(paragraphs.size() >= 3, qPrintable(explained.ladder.text(row)));
            for (const QString &paragraph : paragraphs)
                QVERIFY2(!paragraph.trimmed().isEmpty(), qPrintable(explained.ladder.text(row)));
        }
    }
}

void TestExplain::connection()
{
    const Address peer = Address::ipv4(0x7f000001, 3000);
    const Explained explained({Event::socket(1, {5, 0}, Transport::Tcp, Address::Family::IPv4),
                               made(1, Call::Connect, {0, 0}, peer),
                               made(1, Call::GetSockName, {0, 0}, peer.withPort(60'001)), sent(1, "Hello World!"),
                               Event::recv(1, {0, 0}, {}, 65'536), ended(1, Outcome::Complete)});
    const QString socket = explained.of(u"socket"_s);
    CONTAINS(socket, u"family: AF_INET (IPv4)"_s);
    CONTAINS(socket, u"protocol: 0, the type's usual one: 6 (TCP)"_s);
    CONTAINS(socket, u"5, the socket's descriptor"_s);
    CONTAINS(explained.of(u"connect"_s), u"address: ('127.0.0.1', 3000)"_s);
    const QString sending = explained.of(u"send"_s);
    CONTAINS(sending, u"12, the bytes that the system took"_s);
    CONTAINS(sending, u"this end: ('127.0.0.1', 60001)"_s);
    CONTAINS(sending, u"peer: ('127.0.0.1', 3000)"_s);
    const QString end = explained.of(u"recv"_s);
    CONTAINS(end, u"room: at most 65,536 bytes"_s);
    CONTAINS(end, u"0, the end: the peer has closed its sending side (FIN)"_s);
    CONTAINS(explained.of(u"SYN"_s), u"Inferred, not observed"_s);
    CONTAINS(explained.of(u"end"_s), u"the program's verdict"_s);
}

void TestExplain::options()
{
    const Explained explained({Event::setSockOpt(1, {0, 0}, "SO_BROADCAST", 1),
                               Event::setSockOpt(1, {0, 0}, "IP_TTL", 4),
                               Event::setSockOpt(1, {0, 0}, "IPV6_JOIN_GROUP", 1, Address::parseIPv6("ff05::1:3"))});
    CONTAINS(explained.of(u"setsockopt(SOL_SOCKET"_s), u"everyone on a net"_s);
    CONTAINS(explained.of(u"setsockopt(IPPROTO_IP,"_s), u"how many routers"_s);
    const QString joins = explained.of(u"setsockopt(IPPROTO_IPV6"_s);
    CONTAINS(joins, u"Takes part in a group"_s);
    CONTAINS(joins, u"option: IPPROTO_IPV6, IPV6_JOIN_GROUP\n  value: ff05::1:3"_s);
}

void TestExplain::failures()
{
    const Explained refused({failed(1, Call::Connect, ECONNREFUSED)});
    CONTAINS(refused.of(u"connect"_s),
             u"ECONNREFUSED: Connection refused\n  Nothing listens there. Start a server there"_s);
    const Explained joins(
        {Event::setSockOpt(1, {-1, ENODEV}, "IP_ADD_MEMBERSHIP", 1, Address::parseIPv4("239.1.2.3"))});
    CONTAINS(joins.of(u"setsockopt"_s), u"ENODEV: No such device\n  This computer has no such network interface."_s);
    const Explained nameless({failed(1, Call::Connect, ERANGE)});
    CONTAINS(nameless.of(u"connect"_s),
             u"ERANGE: Numerical result out of range\n  An error that is not usual for sockets. Look"_s);
    const Explained unknown({Event::lookUp(1, "nosuch.invalid", EAI_NONAME)});
    CONTAINS(unknown.of(u"getaddrinfo"_s), u"EAI_NONAME: "_s);
    CONTAINS(unknown.of(u"getaddrinfo"_s), u"host: nosuch.invalid"_s);
    CONTAINS(unknown.of(u"getaddrinfo"_s), u"  No address belongs to that name. Check its spelling"_s);
    const Address port = Address::parseIPv4("127.0.0.1", 80);
    const Explained low({Event::bind(1, {-1, EACCES}, port)});
    CONTAINS(low.of(u"bind"_s), u"ports below 1024 need a privilege on many systems. Choose a port of 1024"_s);
    const Explained filtered({Event::connect(1, {-1, EACCES}, port)}); // the port has nothing to do with it
    CONTAINS(filtered.of(u"connect"_s), u"or a firewall or a sandbox of this computer forbids it. Ask"_s);
    const Explained strange({failed(1, Call::Connect, 9999)});
    CONTAINS(strange.of(u"connect"_s), u"9999: Unknown error 9999\n  An error that is not usual for sockets. Look"_s);
}

/// A limit that ends a connection is named, with the place where it is set.
void TestExplain::limits()
{
    using Kind = Limit::Kind;
    const auto explained = [](Outcome outcome, const Limit &limit) {
        Event end = Event::end(1, outcome, 0);
        end.setLimit(limit);
        return Explained({end}).of(u"end"_s);
    };
    const std::tuple<Outcome, Limit, QString> rows[]{
        {Outcome::TimedOut, {Kind::Deadline, 30'000}, u"the deadline of 30.00 s since accept. It is set"_s},
        {Outcome::TimedOut, {Kind::Idle, 500}, u"the deadline of 500 ms since the last byte or FIN. It is set"_s},
        {Outcome::TimedOut, {Kind::TimeOut, 500}, u"the time-out of 500 ms. It is set"_s},
        {Outcome::LimitReached, {Kind::MessageLength, 8}, u"the limit of 8 bytes. It is set"_s},
        {Outcome::OverLimit, {Kind::Connections, 2}, u"at most 2 at once. It is set"_s},
        {Outcome::OverLimit, {Kind::PerPeer, 2}, u"at most 2 at once from one address. It is set"_s}};
    for (const auto &[outcome, limit, words] : rows) {
        const QString text = explained(outcome, limit);
        CONTAINS(text, outcomeText(outcome) + u": "_s + words);
        CONTAINS(text, u"Connection → Limits…"_s);
    }
    // The one that nobody has set.
    const QString afterFin = explained(Outcome::TimedOut, {Kind::AfterFin, 30'000});
    CONTAINS(afterFin, u"timed out: 30.00 s after FIN, as there is no deadline. A peer that has closed"_s);
    QVERIFY2(!afterFin.contains(u"--timeout"_s), qPrintable(afterFin));
    CONTAINS(Explained({ended(1, Outcome::Denied)}).of(u"end"_s), u"--deny"_s);
    const QString vanished = Explained({Event::end(1, Outcome::TimedOut, ETIMEDOUT)}).of(u"end"_s);
    QVERIFY2(!vanished.contains(u"Limits"_s), qPrintable(vanished)); // no limit of ours
}

void TestExplain::hostileBytes()
{
    const Explained explained({Event::lookUp(1, "a\x1b[2J\n\xe2\x80\xae"_ba, 0)});
    const QString text = explained.of(u"getaddrinfo"_s);
    CONTAINS(text, u"host: a\\x1b[2J\\x0a\\u202e\n"_s);
    QVERIFY(!text.contains(u'\x1b') && !text.contains(u'\u202e'));
}

QTEST_GUILESS_MAIN(TestExplain)
#include "tst_explain.moc"
