// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/inspect/exchange.h"
#include "tests/support/events.h"

#include <QRegularExpression>
#include <QTest>

#include <cerrno>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

const Address Peer = Address::ipv4(0x7f000001, 3000);

/// The steps in words: `send:Hello receive:5 shutdown receive-all`.
QByteArray stepsOf(const Exchange &exchange)
{
    using Kind = Exchange::Step::Kind;
    QByteArrayList words;
    for (const Exchange::Step &step : exchange.steps) {
        switch (step.kind) {
        case Kind::Send: words.append("send:" + step.bytes); break;
        case Kind::Receive: words.append("receive:" + QByteArray::number(step.count)); break;
        case Kind::ReceiveAll: words.append("receive-all"); break;
        case Kind::Shutdown: words.append("shutdown"); break;
        case Kind::Reset: words.append("reset"); break;
        }
    }
    return words.join(' ');
}

Event connecting(int error = 0)
{
    return made(1, Call::Connect, {error == 0 ? 0 : -1, error}, Peer);
}

} // namespace

class TestExchange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void client();
    void firstAddressThatConnects();
    void sourceOfTheConnected();
    void server();
    void datagrams();
    void unixPath();
    void notEnough();
    void bytesAreBounded();
};

/// Pieces of a stream that follow each other are one step; a failed call is none.
void TestExchange::client()
{
    const auto exchange =
        Exchange::of({eventOf(1, Call::Socket), connecting(), sent(1, "Hel"), failed(1, Call::Send, EAGAIN),
                      sent(1, "lo"), received(1, "ab"), received(1, "cde"), sent(1, "!"), eventOf(1, Call::Shutdown),
                      received(1, "end"), received(1, {}), Event::close(1, true)},
                     {});
    QVERIFY(exchange);
    QCOMPARE(exchange->side, Exchange::Side::Client);
    QCOMPARE(exchange->address, Peer);
    QCOMPARE(stepsOf(*exchange), "send:Hello receive:5 send:! shutdown receive-all reset");
    QVERIFY(exchange->has(Exchange::Step::Kind::Shutdown));
    QCOMPARE(exchange->omitted, 0);
}

void TestExchange::firstAddressThatConnects()
{
    const Event other = made(1, Call::Connect, {-1, ECONNREFUSED}, Address::parseIPv6("::1", 3000));
    QCOMPARE(Exchange::of({other, connecting()}, {})->address, Peer);
    QCOMPARE(Exchange::of({connecting(), other}, {})->address, Peer);
    QCOMPARE(Exchange::of({connecting(ECONNREFUSED), other}, {})->address, other.peer()); // tried last
}

/// Where the source stands for any address, a socket of each family is bound; the one that connected counts.
void TestExchange::sourceOfTheConnected()
{
    const Address v4 = Address::ipv4(0, 4000);
    const Address v6 = Address::any(4000);
    const Event bind4 = made(1, Call::Bind, {0, 0}, v4);
    const Event bind6 = made(1, Call::Bind, {0, 0}, v6);
    const Event other = made(1, Call::Connect, {-1, EINPROGRESS}, Address::parseIPv6("::1", 3000));
    const Event other6 = made(1, Call::Connect, {0, 0}, other.peer());
    QCOMPARE(Exchange::of({bind6, other, bind4, connecting(EINPROGRESS), connecting()}, {})->source, v4);
    QCOMPARE(Exchange::of({bind6, other, bind4, connecting(EINPROGRESS), other6}, {})->source, v6);
    QCOMPARE(Exchange::of({made(1, Call::Bind, {-1, EADDRINUSE}, v4), connecting()}, {})->source, Address());
    QCOMPARE(Exchange::of({connecting()}, {})->source, Address());
}

/// The listener is the one that was there when the connection was accepted.
void TestExchange::server()
{
    const Address first = Peer.withPort(3001);
    const Address later = Peer.withPort(3002);
    const std::vector<Event> listener{at(1, Event::listen(0, {0, 0}, first, {}, 5)),
                                      at(9, Event::listen(0, {0, 0}, later, {}, 6))};
    const std::vector<Event> events{acceptedFrom(Peer, 1, 2), sent(1, "Hello"), received(1, {})};
    const auto exchange = Exchange::of(events, listener);
    QVERIFY(exchange);
    QCOMPARE(exchange->side, Exchange::Side::Server);
    QCOMPARE(exchange->address, first);
    QCOMPARE(exchange->backlog, 5);
    QCOMPARE(stepsOf(*exchange), "send:Hello receive-all");
    QVERIFY(!Exchange::of(events, {}));
}

/// Each datagram is a step of its own, an empty one too.
void TestExchange::datagrams()
{
    const auto exchange = Exchange::of({Event::socket(1, {5, 0}, Transport::Udp, Address::Family::IPv4), connecting(),
                                        sent(1, "a"), sent(1, "b"), received(1, "cd"), received(1, {})},
                                       {});
    QVERIFY(exchange);
    QCOMPARE(exchange->transport, Transport::Udp);
    QCOMPARE(stepsOf(*exchange), "send:a send:b receive:2 receive:0");
}

void TestExchange::unixPath()
{
    const auto exchange = Exchange::of(
        {Event::socket(1, {5, 0}, Transport::Unix, Address::Family::Unix), made(1, Call::Connect, {0, 0}, {}, "@name")},
        {});
    QVERIFY(exchange);
    QCOMPARE(exchange->path, "@name");
    QCOMPARE(exchange->socketPath(), QByteArray("\0name", 5));
    QCOMPARE(exchange->family(), Address::Family::Unix);
}

void TestExchange::notEnough()
{
    QVERIFY(!Exchange::of({}, {}));
    QVERIFY(!Exchange::of({eventOf(0, Call::Listen)}, {}));
    QVERIFY(!Exchange::of({failed(1, Call::GetAddrInfo, 1)}, {}));
    QVERIFY(!Exchange::of({sent(1, "the beginning is no longer kept")}, {}));
}

void TestExchange::bytesAreBounded()
{
    const QByteArray most(Exchange::MaxBytes, 'x');
    const auto exchange = Exchange::of({connecting(), sent(1, most), sent(1, "abc")}, {});
    QVERIFY(exchange);
    QVERIFY(exchange->steps.size() == 1 && exchange->steps.front().bytes == most);
    QCOMPARE(exchange->omitted, 3);
}

QTEST_GUILESS_MAIN(TestExchange)
#include "tst_exchange.moc"
