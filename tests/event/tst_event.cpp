// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event.h"

#include <QRegularExpression>
#include <QTest>

#include <netdb.h>

#include <cerrno>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

const Address Here = Address::ipv4(0x7f000001, 3000);
const Address There = Address::ipv4(0x7f000001, 60239);

} // namespace

/// What each maker is given, the readers of that call give back; payload() has its tests in tst_event_stream.
class TestEvent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void size();
    void ofEveryCall();
    void addresses();
    void paths();
    void numbers();
    void options();
    void bytes();
    void endOfAStream();
    void errorNames();
    void outcomes();
};

/// A window holds 200,000 of them.
void TestEvent::size()
{
    if (sizeof(void *) == 8)
        QCOMPARE_LE(sizeof(Event), 96U);
}

void TestEvent::ofEveryCall()
{
    Event event = Event::bind(7, {-1, EADDRINUSE}, Here);
    event.setTime(42);
    QCOMPARE(event.call(), Call::Bind);
    QCOMPARE(event.connection(), 7U);
    QCOMPARE(event.time(), 42);
    QCOMPARE(event.result(), -1);
    QCOMPARE(event.errorNumber(), EADDRINUSE);
    QCOMPARE(event.outcome(), Outcome::None);
}

void TestEvent::addresses()
{
    for (const Event &event :
         {Event::bind(0, {0, 0}, Here), Event::listen(0, {0, 0}, Here, {}, 5), Event::getSockName(1, {0, 0}, Here)}) {
        QCOMPARE(event.local(), Here);
        QVERIFY2(event.peer().isNull(), callName(event.call()));
    }
    for (const Event &event : {Event::accept(1, {9, 0}, There, Transport::Tcp), Event::connect(1, {0, 0}, There),
                               Event::recv(1, {2, 0}, "Hi", 64, There), Event::sendTo(1, {2, 0}, "Hi", There),
                               Event::recvFrom(1, {2, 0}, "Hi", 64, There)}) {
        QCOMPARE(event.peer(), There);
        QVERIFY2(event.local().isNull(), callName(event.call()));
    }
    QVERIFY(Event::shutdown(1, {0, 0}).peer().isNull());
}

void TestEvent::paths()
{
    const QByteArray path = "/run/parley.sock"_ba;
    for (const Event &event :
         {Event::bind(0, {0, 0}, path), Event::listen(0, {0, 0}, {}, path, 5), Event::connect(1, {0, 0}, path)}) {
        QCOMPARE(event.path(), path);
        QVERIFY2(event.payload().isEmpty(), callName(event.call()));
    }
    QCOMPARE(Event::lookUp(1, "parley.example", 0).host(), "parley.example");
    QCOMPARE(Event::lookUp(1, "parley.example", 0).path(), "");
    QCOMPARE(Event::send(1, {2, 0}, "Hi", 0, 2).path(), "");
}

void TestEvent::numbers()
{
    const Event socket = Event::socket(1, {9, 0}, Transport::Udp, Address::Family::IPv6);
    QCOMPARE(socket.descriptor(), 9);
    QCOMPARE(socket.transport(), Transport::Udp);
    QCOMPARE(socket.family(), Address::Family::IPv6);
    QCOMPARE(Event::accept(1, {8, 0}, There, Transport::Unix).descriptor(), 8);
    QCOMPARE(Event::accept(1, {8, 0}, There, Transport::Unix).transport(), Transport::Unix);
    QCOMPARE(Event::listen(0, {0, 0}, Here, {}, 5).backlog(), 5);
    QVERIFY(Event::close(1, true).resets());
    QVERIFY(!Event::close(1, false).resets());
    QCOMPARE(Event::end(1, Outcome::Complete, 0, 12).acknowledged(), 12);
    QCOMPARE(Event::end(1, Outcome::Complete, 0, 12).outcome(), Outcome::Complete);
}

void TestEvent::options()
{
    const Address group = Address::parseIPv4("239.1.2.3").withScope(Address::interfaceIndex("lo"));
    const Event joins = Event::setSockOpt(0, {0, 0}, "IP_ADD_MEMBERSHIP", 1, group);
    QCOMPARE(joins.option(), "IP_ADD_MEMBERSHIP");
    QCOMPARE(joins.optionLevel(), "IPPROTO_IP");
    QCOMPARE(joins.optionValue(), "239.1.2.3%lo");
    QCOMPARE(joins.group(), group);
    QVERIFY(joins.peer().isNull() && joins.local().isNull());
    QCOMPARE(Event::setSockOpt(0, {0, 0}, "IPV6_MULTICAST_IF", 1, group).optionValue(), "lo");
    const Event broadcasts = Event::setSockOpt(0, {0, 0}, "SO_BROADCAST", 1);
    QCOMPARE(broadcasts.optionLevel(), "SOL_SOCKET");
    QCOMPARE(broadcasts.optionValue(), "1");
    QCOMPARE(Event::setSockOpt(0, {0, 0}, "IPV6_UNICAST_HOPS", 4).optionLevel(), "IPPROTO_IPV6");
    QVERIFY(Event::connect(1, {0, 0}, There).group().isNull());
}

void TestEvent::bytes()
{
    Event sent = Event::send(1, {5, 0}, "Hello World!", 6, 6);
    QCOMPARE(sent.given(), 6);
    QCOMPARE(sent.moved(), 5);
    QCOMPARE(sent.payload().toByteArray(), "World");
    sent.dropPayload();
    QCOMPARE(sent.moved(), 5);
    QVERIFY(sent.payload().isEmpty());
    QVERIFY(sent.heldBytes().isEmpty());
    QCOMPARE(Event::recv(1, {-1, ECONNRESET}, {}, 64).moved(), 0);
    QCOMPARE(Event::recv(1, {-1, ECONNRESET}, {}, 64).room(), 64);
    Event lookup = Event::lookUp(1, "parley.example", 0);
    lookup.dropPayload(); // it has none
    QCOMPARE(lookup.host(), "parley.example");
}

void TestEvent::endOfAStream()
{
    QVERIFY(Event::recv(1, {0, 0}, {}, 64).meetsEnd());
    QVERIFY(!Event::recv(1, {0, 0}, {}, 64, There).meetsEnd()); // an empty datagram
    QVERIFY(!Event::recv(1, {-1, ECONNRESET}, {}, 64).meetsEnd());
    QVERIFY(!Event::recv(1, {2, 0}, "Hi", 64).meetsEnd());
    QVERIFY(!Event::send(1, {0, 0}, {}, 0, 0).meetsEnd());
}

void TestEvent::errorNames()
{
    QCOMPARE(eventErrorName(Call::Recv, ECONNRESET), "ECONNRESET");
    QCOMPARE(eventErrorName(Call::GetAddrInfo, EAI_NONAME), "EAI_NONAME");
    QCOMPARE(eventErrorName(Call::GetAddrInfo, -9999), "-9999");
    QCOMPARE(eventErrorName(Call::End, 0), "");
}

/// Of the errors of several addresses, the one that tells most is kept.
void TestEvent::outcomes()
{
    QCOMPARE(outcomeOf(ECONNREFUSED), Outcome::Refused);
    QCOMPARE(outcomeOf(ECONNRESET), Outcome::Reset);
    QCOMPARE(outcomeOf(EPIPE), Outcome::Reset);
    QCOMPARE(outcomeOf(ETIMEDOUT), Outcome::TimedOut);
    QCOMPARE(outcomeOf(EHOSTUNREACH), Outcome::Unreachable);
    QCOMPARE(outcomeOf(EMFILE), Outcome::Failed);
    QCOMPARE(moreTelling(ENETUNREACH, ECONNREFUSED), ECONNREFUSED);
    QCOMPARE(moreTelling(ECONNREFUSED, ENETUNREACH), ECONNREFUSED);
    QCOMPARE(moreTelling(0, EMFILE), EMFILE);
}

QTEST_GUILESS_MAIN(TestEvent)
#include "tst_event.moc"
