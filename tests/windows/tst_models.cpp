// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/attempt_model.h"
#include "client_gui/history/connect_diagnosis.h"
#include "server_gui/table/connection_model.h"
#include "shared/event/event_stream.h"
#include "shared/inspect/ladder.h"
#include "tests/support/events.h"

#include <QAbstractItemModelTester>
#include <QLocale>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <netdb.h>

#include <cerrno>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(parley::Outcome)
Q_DECLARE_METATYPE(std::vector<parley::Event>)

namespace
{

constexpr auto TesterMode = QAbstractItemModelTester::FailureReportingMode::Fatal;

ConnectRequest requestTo(const QString &host)
{
    ConnectRequest request;
    request.endpoint = std::get<Endpoint>(Endpoint::parse(host, u"3000"_s, Endpoint::Use::Connect));
    return request;
}

QString cell(const QAbstractItemModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

} // namespace

class TestModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void connectionStates_data();
    void connectionStates();
    void connectionCells();
    void connectionsAreInsertedAtOnce();
    void connectionChangesCoverTheirRows();
    void eventsWithoutARowAreIgnored();
    void durationsOfOpenConnectionsGrow();

    void attemptTexts_data();
    void attemptTexts();
    void conversationTexts_data();
    void conversationTexts();
    void datagramTexts_data();
    void datagramTexts();
    void attemptRow();
    void eventsWithoutAnAttemptAreIgnored();
    void historyIsBounded();

    void headers();
};

void TestModels::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
}

void TestModels::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void TestModels::connectionStates_data()
{
    QTest::addColumn<std::vector<Event>>("events"); // after the accept
    QTest::addColumn<QString>("state");
    QTest::addColumn<QString>("sent");
    QTest::addColumn<QString>("received");
    const Event send = eventOf(1, Call::Send, 12);
    const Event shutdown = eventOf(1, Call::Shutdown);
    using Events = std::vector<Event>;
    QTest::newRow("accepted") << Events{} << u"open"_s << u"0"_s << u"0"_s;
    QTest::newRow("some sent") << Events{send} << u"open"_s << u"12"_s << u"0"_s;
    QTest::newRow("all sent") << Events{send, shutdown} << u"half-closed"_s << u"12"_s << u"0"_s;
    QTest::newRow("the peer spoke") << Events{send, shutdown, received(1, "GET /"), received(1, "x")}
                                    << u"half-closed"_s << u"12"_s << u"6"_s;
    QTest::newRow("in pieces") << Events{send, eventOf(1, Call::Send, 4'000'000)} << u"open"_s << u"4,000,012"_s
                               << u"0"_s;
    QTest::newRow("greeted") << Events{send, shutdown, eventOf(1, Call::Recv), eventOf(1, Call::Close),
                                       ended(1, Outcome::Complete)}
                             << u"complete"_s << u"12"_s << u"0"_s;
    QTest::newRow("reset") << Events{send, failed(1, Call::Recv, ECONNRESET),
                                     ended(1, Outcome::Reset, ECONNRESET, 0, 7)}
                           << u"reset by the peer after 7 bytes"_s << u"12"_s << u"0"_s;
    QTest::newRow("reset at once") << Events{failed(1, Call::Send, ECONNRESET), ended(1, Outcome::Reset, ECONNRESET)}
                                   << u"reset by the peer after 0 bytes"_s << u"0"_s << u"0"_s;
    QTest::newRow("timed out") << Events{eventOf(1, Call::Send, 1), ended(1, Outcome::TimedOut, 0, 0, 1)}
                               << u"timed out after 1 byte"_s << u"1"_s << u"0"_s;
    QTest::newRow("cancelled") << Events{send, ended(1, Outcome::Cancelled)} << u"cancelled"_s << u"12"_s << u"0"_s;
    QTest::newRow("failed") << Events{failed(1, Call::Send, ENOBUFS), ended(1, Outcome::Failed, ENOBUFS)}
                            << u"failed after 0 bytes"_s << u"0"_s << u"0"_s;
}

/// The row is the same, whether its events come with the accept, in a batch of their own, or one by one.
void TestModels::connectionStates()
{
    QFETCH(const std::vector<Event>, events);
    QFETCH(const QString, state);
    QFETCH(const QString, sent);
    QFETCH(const QString, received);
    EventStream stream;
    const auto check = [&](const ConnectionModel &model) {
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(cell(model, 0, ConnectionModel::State), state);
        QCOMPARE(cell(model, 0, ConnectionModel::Sent), sent);
        QCOMPARE(cell(model, 0, ConnectionModel::Received), received);
    };
    std::vector<Event> all{accepted(1)};
    all.insert(all.end(), events.begin(), events.end());

    ConnectionModel atOnce(stream);
    const QAbstractItemModelTester atOnceTester(&atOnce, TesterMode);
    atOnce.read({all});
    check(atOnce);

    ConnectionModel inTwo(stream);
    const QAbstractItemModelTester inTwoTester(&inTwo, TesterMode);
    inTwo.read({{accepted(1)}});
    inTwo.read({events});
    check(inTwo);

    ConnectionModel oneByOne(stream);
    const QAbstractItemModelTester oneByOneTester(&oneByOne, TesterMode);
    for (const Event &event : all)
        oneByOne.read({{event}});
    check(oneByOne);
}

void TestModels::connectionCells()
{
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    const Event second = acceptedFrom(Address::parseIPv6("fe80::1", 443), 2, 1500 * Millisecond);
    model.read({{accepted(1, 500 * Millisecond), second, ended(1, Outcome::Complete, 0, 503 * Millisecond),
                 ended(2, Outcome::Complete, 0, 2750 * Millisecond)}});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(cell(model, 0, ConnectionModel::Number), u"1"_s);
    QCOMPARE(cell(model, 0, ConnectionModel::Time), clockText(stream.wallClock(500 * Millisecond)));
    QCOMPARE(cell(model, 0, ConnectionModel::PeerAddress), u"192.168.0.104"_s);
    QCOMPARE(cell(model, 0, ConnectionModel::PeerPort), u"60001"_s); // a name, not a quantity: no separator
    QCOMPARE(cell(model, 0, ConnectionModel::Duration), u"3.0 ms"_s);
    QCOMPARE(cell(model, 1, ConnectionModel::Number), u"2"_s);
    QCOMPARE(cell(model, 1, ConnectionModel::PeerAddress), u"fe80::1"_s);
    QCOMPARE(cell(model, 1, ConnectionModel::PeerPort), u"443"_s);
    QCOMPARE(cell(model, 1, ConnectionModel::Duration), u"1.25 s"_s);

    // A row of another day says so. Whatever the day, the tooltip does.
    constexpr qint64 day = 86'400'000 * Millisecond;
    model.read({{accepted(3, 2 * day)}});
    QVERIFY2(cell(model, 2, ConnectionModel::Time).contains(QRegularExpression(uR"(^\d{4}-\d\d-\d\d \d\d:)"_s)),
             qPrintable(cell(model, 2, ConnectionModel::Time)));
    for (const int row : {0, 2})
        QCOMPARE(model.index(row, ConnectionModel::Time).data(Qt::ToolTipRole).toString(),
                 dateText(stream.wallClock(row == 0 ? 500 * Millisecond : 2 * day)));
}

void TestModels::connectionsAreInsertedAtOnce()
{
    constexpr int count = 5000;
    EventStream stream;
    ConnectionModel model(stream);
    const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    EventBatch batch;
    for (quint64 number = 1; number <= count; ++number) {
        for (const Event &event : {accepted(number), eventOf(number, Call::Send, 12), eventOf(number, Call::Shutdown),
                                   ended(number, Outcome::Complete)})
            batch.events.push_back(event);
    }
    model.read(batch);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(1).toInt(), 0);
    QCOMPARE(inserted.first().at(2).toInt(), count - 1);
    QCOMPARE(changed.size(), 0); // who has just been told of a row has not seen it otherwise
    QCOMPARE(model.rowCount(), count);
    for (int row = 0; row < count; ++row) {
        QCOMPARE(cell(model, row, ConnectionModel::State), u"complete"_s);
        QCOMPARE(cell(model, row, ConnectionModel::Sent), u"12"_s);
    }
}

void TestModels::connectionChangesCoverTheirRows()
{
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    EventBatch first;
    for (quint64 number = 1; number <= 10; ++number)
        first.events.push_back(accepted(number));
    model.read(first);

    const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.read({{eventOf(8, Call::Send, 12), accepted(11), eventOf(4, Call::Send, 5), eventOf(6, Call::Send, 1),
                 eventOf(11, Call::Send, 3)}});
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(1).toInt(), 10);
    QCOMPARE(inserted.first().at(2).toInt(), 10);
    QCOMPARE(changed.size(), 1);
    const auto topLeft = changed.first().at(0).toModelIndex();
    const auto bottomRight = changed.first().at(1).toModelIndex();
    QCOMPARE(topLeft.row(), 3);
    QCOMPARE(bottomRight.row(), 7);
    QCOMPARE_LE(topLeft.column(), int(ConnectionModel::State));
    QCOMPARE(bottomRight.column(), int(ConnectionModel::Duration));
    QCOMPARE(cell(model, 3, ConnectionModel::Sent), u"5"_s);
    QCOMPARE(cell(model, 7, ConnectionModel::Sent), u"12"_s);
    QCOMPARE(cell(model, 10, ConnectionModel::Sent), u"3"_s);
}

/// Events of the listener, and events of connections whose accept was dropped because this reader was too slow.
void TestModels::eventsWithoutARowAreIgnored()
{
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    model.read({{eventOf(0, Call::Listen), failed(0, Call::Accept, EMFILE), ended(0, Outcome::Failed, EADDRINUSE),
                 eventOf(1, Call::Send, 12)}});
    QCOMPARE(model.rowCount(), 0);

    model.read({{accepted(3), accepted(7), eventOf(5, Call::Send, 12), eventOf(9, Call::Send, 12),
                 eventOf(1, Call::Send, 12), eventOf(0, Call::Close)}});
    QCOMPARE(model.rowCount(), 2);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.read({{eventOf(5, Call::Send, 12), eventOf(8, Call::Send, 12), ended(1, Outcome::Reset)}});
    QCOMPARE(changed.size(), 0);
    for (const int row : {0, 1}) {
        QCOMPARE(cell(model, row, ConnectionModel::Sent), u"0"_s);
        QCOMPARE(cell(model, row, ConnectionModel::State), u"open"_s);
    }
    QCOMPARE(cell(model, 1, ConnectionModel::Number), u"7"_s);
}

void TestModels::durationsOfOpenConnectionsGrow()
{
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    model.refreshDurations(); // of none
    model.read({{accepted(1, stream.now()), accepted(2), ended(2, Outcome::Complete, 0, 3 * Millisecond)}});
    const QString before = cell(model, 0, ConnectionModel::Duration);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.refreshDurations();
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed.first().at(0).toModelIndex(), model.index(0, ConnectionModel::Duration));
    QCOMPARE(changed.first().at(1).toModelIndex(), model.index(1, ConnectionModel::Duration));
    QTRY_VERIFY2(cell(model, 0, ConnectionModel::Duration) != before, qUtf8Printable(before));
    QCOMPARE(cell(model, 1, ConnectionModel::Duration), u"3.0 ms"_s);
}

void TestModels::attemptTexts_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<std::vector<Event>>("events");
    QTest::addColumn<QString>("result");
    QTest::addColumn<QString>("summary");
    QTest::addColumn<QString>("failure");
    QTest::addColumn<QString>("advice");
    using Events = std::vector<Event>;
    const QString literal = u"192.168.0.104"_s;
    const QString name = u"example.org"_s;
    const qint64 end = 3 * Millisecond;
    const Event begun = eventOf(1, Call::Socket);
    const Event connected = eventOf(1, Call::Connect);
    const Event lookedUp = eventOf(1, Call::GetAddrInfo);
    const auto part = [](const QByteArray &bytes = "Hello") { return received(1, bytes); };
    const auto over = [&](Outcome outcome, int error = 0) { return ended(1, outcome, error, end); };

    QTest::newRow("not begun") << literal << Events{} << u"connecting…"_s << u"connecting to 192.168.0.104:3000…"_s
                               << QString() << QString();
    QTest::newRow("connecting") << literal << Events{begun, failed(1, Call::Connect, EINPROGRESS)} << u"connecting…"_s
                                << u"connecting to 192.168.0.104:3000…"_s << QString() << QString();
    QTest::newRow("connected") << literal << Events{begun, connected} << u"receiving…"_s << u"receiving…"_s << QString()
                               << QString();
    QTest::newRow("receiving") << literal << Events{begun, connected, part()} << u"receiving…"_s
                               << u"5 bytes in 1 read · receiving…"_s << QString() << QString();
    QTest::newRow("complete") << literal << Events{begun, connected, part("Hello World!"), over(Outcome::Complete)}
                              << u"complete, 12 bytes"_s << u"12 bytes in 1 read · complete after 3.0 ms"_s << QString()
                              << QString();
    QTest::newRow("complete, in two reads")
        << literal << Events{begun, connected, part(), part(QByteArray(2000, 'x')), over(Outcome::Complete)}
        << u"complete, 2,005 bytes"_s << u"2,005 bytes in 2 reads · complete after 3.0 ms"_s << QString() << QString();
    QTest::newRow("complete, one byte") << literal << Events{begun, connected, part("x"), over(Outcome::Complete)}
                                        << u"complete, 1 byte"_s << u"1 byte in 1 read · complete after 3.0 ms"_s
                                        << QString() << QString();

    QTest::newRow("no message") << literal << Events{begun, connected, received(1, {}), over(Outcome::NoMessage)}
                                << u"closed without a byte"_s << u"closed without a byte after 3.0 ms"_s
                                << u"192.168.0.104:3000 closed the connection without sending a byte."_s
                                << u"Perhaps it expects the client to speak first, or sends no greeting."_s;
    QTest::newRow("refused") << literal
                             << Events{begun, failed(1, Call::Connect, ECONNREFUSED),
                                       over(Outcome::Refused, ECONNREFUSED)}
                             << u"refused"_s << u"refused after 3.0 ms"_s
                             << u"192.168.0.104:3000 refused the connection: nothing listens on that port there."_s
                             << u"Start a server there, or check host and port."_s;
    QTest::newRow("to itself") << literal << Events{begun, connected, over(Outcome::ToItself)}
                               << u"connected to itself"_s << u"connected to itself after 3.0 ms"_s
                               << u"Nothing listens on 192.168.0.104:3000. The system chose that same port for this "
                                  "end, and TCP connected the socket to itself."_s
                               << u"Start a server there, or check host and port."_s;
    QTest::newRow("unreachable") << literal
                                 << Events{begun, failed(1, Call::Connect, EHOSTUNREACH),
                                           over(Outcome::Unreachable, EHOSTUNREACH)}
                                 << u"unreachable"_s << u"unreachable after 3.0 ms"_s
                                 << u"192.168.0.104:3000 cannot be reached: no route to host."_s
                                 << u"Check the address, and this computer's network connection."_s;
    QTest::newRow("unknown host") << name
                                  << Events{failed(1, Call::GetAddrInfo, EAI_NONAME),
                                            over(Outcome::UnknownHost, EAI_NONAME)}
                                  << u"unknown host"_s << u"unknown host after 3.0 ms"_s
                                  << u"The host in example.org:3000 is unknown: no address belongs to that name."_s
                                  << u"Check its spelling, or give an address such as 127.0.0.1."_s;
    QTest::newRow("name server") << name
                                 << Events{failed(1, Call::GetAddrInfo, EAI_AGAIN),
                                           over(Outcome::UnknownHost, EAI_AGAIN)}
                                 << u"unknown host"_s << u"unknown host after 3.0 ms"_s
                                 << u"The host in example.org:3000 could not be looked up: the name server did not "
                                    "answer."_s
                                 << u"Check its spelling, or give an address such as 127.0.0.1."_s;
    QTest::newRow("failed") << literal << Events{failed(1, Call::Socket, EMFILE), over(Outcome::Failed, EMFILE)}
                            << u"failed: Too many open files"_s << u"failed after 3.0 ms"_s
                            << u"Connecting to 192.168.0.104:3000 failed: Too many open files."_s
                            << u"No file descriptor is left for a socket: close other connections or programs first."_s;

    QTest::newRow("timed out looking up")
        << name << Events{over(Outcome::TimedOut)} << u"timed out"_s << u"timed out after 3.0 ms"_s
        << u"The look-up of the host in example.org:3000 had no answer within 5.00 s."_s
        << u"Perhaps the name server does not answer. Try again, or give an address such as 127.0.0.1."_s;
    QTest::newRow("timed out connecting")
        << name << Events{lookedUp, begun, failed(1, Call::Connect, EINPROGRESS), over(Outcome::TimedOut)}
        << u"timed out"_s << u"timed out after 3.0 ms"_s << u"example.org:3000 did not answer within 5.00 s."_s
        << u"Perhaps a firewall drops the connection, the accept queue there is full, or the computer is off. Check host and port."_s;
    QTest::newRow("timed out connecting, by the system")
        << literal << Events{begun, failed(1, Call::Connect, ETIMEDOUT), over(Outcome::TimedOut, ETIMEDOUT)}
        << u"timed out"_s << u"timed out after 3.0 ms"_s << u"192.168.0.104:3000 did not answer within 3.0 ms."_s
        << u"Perhaps a firewall drops the connection, the accept queue there is full, or the computer is off. Check host and port."_s;
    QTest::newRow("timed out waiting")
        << literal << Events{begun, connected, over(Outcome::TimedOut)} << u"timed out"_s << u"timed out after 3.0 ms"_s
        << u"192.168.0.104:3000 accepted the connection but sent nothing within 5.00 s."_s
        << u"Perhaps it is busy, or expects the client to speak first."_s;
    QTest::newRow("timed out within the message")
        << literal << Events{begun, connected, part(), over(Outcome::TimedOut)} << u"timed out after 5 bytes"_s
        << u"5 bytes in 1 read · timed out after 3.0 ms"_s
        << u"The message from 192.168.0.104:3000 is incomplete: after 5 bytes the end did not come within 5.00 s."_s
        << u"Allow more time, or look at why the server does not close."_s;

    QTest::newRow("reset connecting") << literal
                                      << Events{begun, failed(1, Call::Connect, ECONNRESET),
                                                over(Outcome::Reset, ECONNRESET)}
                                      << u"reset by the peer"_s << u"reset by the peer after 3.0 ms"_s
                                      << u"192.168.0.104:3000 reset the connection while it was being made."_s
                                      << u"Perhaps the server ended, or turns away clients from here."_s;
    QTest::newRow("reset waiting") << literal
                                   << Events{begun, connected, failed(1, Call::Recv, ECONNRESET),
                                             over(Outcome::Reset, ECONNRESET)}
                                   << u"reset by the peer"_s << u"reset by the peer after 3.0 ms"_s
                                   << u"192.168.0.104:3000 reset the connection before it had sent a byte."_s
                                   << u"Perhaps the server ended, or turns away clients from here."_s;
    QTest::newRow("reset within the message")
        << literal
        << Events{begun, connected, part(), failed(1, Call::Recv, ECONNRESET), over(Outcome::Reset, ECONNRESET)}
        << u"reset by the peer after 5 bytes"_s << u"5 bytes in 1 read · reset by the peer after 3.0 ms"_s
        << u"The message from 192.168.0.104:3000 is incomplete: the connection was reset after 5 bytes."_s
        << u"The server ended abnormally, or closed with bytes of ours unread."_s;

    QTest::newRow("cancelled") << literal << Events{begun, over(Outcome::Cancelled)} << u"cancelled"_s
                               << u"cancelled after 3.0 ms"_s << u"Connecting to 192.168.0.104:3000 was cancelled."_s
                               << QString();
    QTest::newRow("cancelled within the message")
        << literal << Events{begun, connected, part(), over(Outcome::Cancelled)} << u"cancelled after 5 bytes"_s
        << u"5 bytes in 1 read · cancelled after 3.0 ms"_s
        << u"The message from 192.168.0.104:3000 is incomplete: it was cancelled after 5 bytes."_s << QString();
    // At the limit one byte more is read, to know that there is more, and is not kept.
    QTest::newRow("limit")
        << literal << Events{begun, connected, part(), eventOf(1, Call::Recv, 1), over(Outcome::LimitReached)}
        << u"limit reached after 5 bytes"_s << u"5 bytes in 1 read · limit reached after 3.0 ms"_s
        << u"The message from 192.168.0.104:3000 is incomplete: it is longer than the limit of 16,777,216 "
           "bytes."_s
        << u"Raise the limit (--max-bytes) to take longer messages."_s;
    QTest::newRow("failed within the message")
        << literal << Events{begun, connected, part(), failed(1, Call::Recv, ENOBUFS), over(Outcome::Failed, ENOBUFS)}
        << u"failed: No buffer space available after 5 bytes"_s << u"5 bytes in 1 read · failed after 3.0 ms"_s
        << u"The message from 192.168.0.104:3000 is incomplete: No buffer space available after 5 bytes."_s
        << QString();
}

void TestModels::conversationTexts_data()
{
    QTest::addColumn<Event>("end");
    QTest::addColumn<QString>("result");
    QTest::addColumn<QString>("text");
    QTest::newRow("reset") << Event::end(1, Outcome::Reset, ECONNRESET) << u"reset by the peer after 5 bytes"_s
                           << u"vm:3000 reset the connection after 5 bytes. The server ended abnormally, or closed "
                              "with bytes of ours unread."_s;
    QTest::newRow("vanished") << Event::end(1, Outcome::TimedOut, ETIMEDOUT) << u"timed out after 5 bytes"_s
                              << u"vm:3000 answers no more: the connection timed out after 5 bytes. Check the network, "
                                 "and whether the server still runs."_s;
    QTest::newRow("failed") << Event::end(1, Outcome::Failed, ENOBUFS)
                            << u"failed: No buffer space available after 5 bytes"_s
                            << u"The connection to vm:3000 failed after 5 bytes: No buffer space available."_s;
    QTest::newRow("closed here") << Event::end(1, Outcome::Closed, 0, 0, ClosedBy::Here)
                                 << u"closed here after 5 bytes"_s << QString();
    QTest::newRow("closed by both") << Event::end(1, Outcome::Closed, 0, 0, ClosedBy::Both)
                                    << u"closed by both after 5 bytes"_s << QString();
    QTest::newRow("reset here") << Event::end(1, Outcome::Aborted, 0) << u"reset here after 5 bytes"_s << QString();
}

/// Nothing was to be complete: nothing is called incomplete. The words are the ladder's.
void TestModels::conversationTexts()
{
    QFETCH(const Event, end);
    QFETCH(const QString, result);
    QFETCH(const QString, text);
    EventStream stream;
    AttemptModel model(stream);
    const quint64 number = model.add(requestTo(u"vm"_s));
    model.setStays(number, true); // the user chose it on the way
    for (const Event &event : {eventOf(1, Call::Socket), eventOf(1, Call::Connect), received(1, "Hello"), end})
        model.apply(event);
    const Attempt &attempt = *model.find(number);
    QCOMPARE(attempt.resultText(), result);
    QCOMPARE(diagnoseConnect(attempt).text(), text);
    const QString word = outcomeText(end.outcome(), end.closedBy());
    QVERIFY2(result.startsWith(word) && callText(end).startsWith(u"end: "_s + word), qPrintable(callText(end)));
}

void TestModels::datagramTexts_data()
{
    QTest::addColumn<std::vector<Event>>("events");
    QTest::addColumn<QString>("result");
    QTest::addColumn<QString>("summary");
    QTest::addColumn<QString>("failure");
    using Events = std::vector<Event>;
    const Event sent = eventOf(1, Call::Connect);
    const Address peer = Address::parseIPv4("127.0.0.1", 3000);
    const Event answer = at(2 * Millisecond, Event::recv(1, {5, 0}, "Hello", 100, peer));
    const auto over = [](Outcome outcome, int error = 0) { return ended(1, outcome, error, 3 * Millisecond); };
    QTest::newRow("not sent") << Events{} << u"sending…"_s << u"sending…"_s << QString();
    QTest::newRow("sent") << Events{sent} << u"waiting for an answer…"_s << u"waiting for an answer…"_s << QString();
    QTest::newRow("answered") << Events{sent, answer, over(Outcome::Complete)} << u"answered, 5 bytes"_s
                              << u"5 bytes in 1 datagram · answered after 2.0 ms"_s << QString();
    QTest::newRow("cancelled") << Events{sent, over(Outcome::Cancelled)} << u"cancelled"_s
                               << u"cancelled after 3.0 ms"_s << u"The wait for answers from vm:3000 was cancelled."_s;
    QTest::newRow("failed") << Events{over(Outcome::Failed, EACCES)} << u"failed: Permission denied"_s
                            << u"failed after 3.0 ms"_s
                            << u"Sending a datagram to vm:3000 failed: Permission denied."_s;
}

/// UDP connects nobody, and no datagram is complete.
void TestModels::datagramTexts()
{
    QFETCH(const std::vector<Event>, events);
    Attempt attempt;
    attempt.request = requestTo(u"vm"_s);
    attempt.request.endpoint.transport = Transport::Udp;
    for (const Event &event : events)
        attempt.apply(event);
    QTEST(attempt.resultText(), "result");
    QTEST(attempt.summary(), "summary");
    QTEST(diagnoseConnect(attempt).failure, "failure");
}

void TestModels::attemptTexts()
{
    QFETCH(const QString, host);
    QFETCH(const std::vector<Event>, events);
    Attempt attempt;
    attempt.request = requestTo(host);
    attempt.request.timeout = 5s;
    for (const Event &event : events)
        attempt.apply(event);
    QTEST(attempt.resultText(), "result");
    QTEST(attempt.summary(), "summary");
    QTEST(diagnoseConnect(attempt).failure, "failure");
    QTEST(diagnoseConnect(attempt).advice, "advice");
}

void TestModels::attemptRow()
{
    EventStream stream;
    AttemptModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    const auto row = [&model] {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells.append(cell(model, 0, column));
        return cells.join(u'|');
    };
    const qint64 before = stream.now();
    QCOMPARE(model.add(requestTo(u"::1"_s)), 1U);
    QCOMPARE(inserted.size(), 1);
    const qint64 start = model.find(1)->started;
    QVERIFY2(start >= before, "A look-up, which comes before the first event, is part of the attempt");
    const QString time = clockText(stream.wallClock(start));
    QCOMPARE(model.index(0, AttemptModel::Time).data(Qt::ToolTipRole).toString(), dateText(stream.wallClock(start)));
    QCOMPARE(row(), time + u"|[::1]:3000||connecting…|"_s);

    const Event local = Event::getSockName(1, {0, 0}, Address::parseIPv6("::1", 60'239));
    QVERIFY(model.apply(eventOf(1, Call::Socket, 5)));
    QVERIFY(model.apply(eventOf(1, Call::Connect)));
    QVERIFY(model.apply(local));
    QCOMPARE(changed.size(), 3);
    QCOMPARE(row(), time + u"|[::1]:3000|60239|receiving…|"_s);

    const Attempt *attempt = model.apply(received(1, "Hello"));
    QVERIFY(attempt);
    QCOMPARE(attempt->number, 1U);
    QCOMPARE(attempt->receivedBytes, 5);
    QCOMPARE(changed.size(), 3); // no cell shows it
    QCOMPARE(model.complete(), 0U);

    QVERIFY(model.apply(ended(1, Outcome::Complete, 0, start + 47 * Millisecond)));
    QCOMPARE(changed.size(), 4);
    QCOMPARE(row(), time + u"|[::1]:3000|60239|complete, 5 bytes|47 ms"_s);
    QCOMPARE(model.total(), 1U);
    QCOMPARE(model.complete(), 1U);
}

void TestModels::eventsWithoutAnAttemptAreIgnored()
{
    EventStream stream;
    AttemptModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    QVERIFY(!model.apply(eventOf(1, Call::Socket)));
    QVERIFY(!model.find(1));
    model.add(requestTo(u"localhost"_s));
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QVERIFY(!model.apply(ended(0, Outcome::Complete)));
    QVERIFY(!model.apply(ended(2, Outcome::Complete)));
    QCOMPARE(changed.size(), 0);
    QCOMPARE(model.complete(), 0U);
    QCOMPARE(cell(model, 0, AttemptModel::Result), u"connecting…"_s);
}

void TestModels::historyIsBounded()
{
    EventStream stream;
    AttemptModel model(stream);
    const ConnectRequest request = requestTo(u"localhost"_s);
    for (int i = 0; i < AttemptModel::MaxRows; ++i)
        model.add(request);
    QCOMPARE(model.rowCount(), AttemptModel::MaxRows);

    const QAbstractItemModelTester tester(&model,
                                          TesterMode); // before, it would look at 10,000 rows 10,000 times
    constexpr quint64 most = AttemptModel::MaxRows;
    QCOMPARE(model.add(request), most + 1);
    QCOMPARE(model.add(request), most + 2);
    QCOMPARE(model.rowCount(), AttemptModel::MaxRows);
    QCOMPARE(model.total(), most + 2);
    QVERIFY(!model.apply(ended(2, Outcome::Complete)));
    const Attempt *oldest = model.apply(ended(3, Outcome::Refused, ECONNREFUSED));
    QVERIFY(oldest);
    QCOMPARE(oldest->number, 3U);
    QCOMPARE(cell(model, 0, AttemptModel::Result), u"refused"_s);
    QVERIFY(model.apply(ended(most + 2, Outcome::Complete)));
    QCOMPARE(cell(model, AttemptModel::MaxRows - 1, AttemptModel::Result), u"complete, 0 bytes"_s);
}

void TestModels::headers()
{
    EventStream stream;
    const auto titles = [](const QAbstractItemModel &model) {
        QStringList texts;
        for (int column = 0; column < model.columnCount(); ++column)
            texts.append(model.headerData(column, Qt::Horizontal).toString());
        return texts.join(u'|');
    };
    QCOMPARE(titles(ConnectionModel(stream)), u"No.|Time|Peer Address|Peer Port|State|Sent|Received|Duration"_s);
    QCOMPARE(titles(AttemptModel(stream)), u"Time|Endpoint|Local Port|Result|Duration"_s);

    // A column's title stands where its cells do.
    ConnectionModel model(stream);
    model.read({{accepted(1)}});
    for (int column = 0; column < model.columnCount(); ++column)
        QCOMPARE(model.headerData(column, Qt::Horizontal, Qt::TextAlignmentRole),
                 model.index(0, column).data(Qt::TextAlignmentRole));
}

QTEST_GUILESS_MAIN(TestModels)
#include "tst_models.moc"
