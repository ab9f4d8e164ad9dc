// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_model.h"
#include "shared/event/event_stream.h"
#include "tests/support/events.h"

#include <QAbstractItemModelTester>
#include <QLocale>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <cerrno>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

Q_DECLARE_METATYPE(std::vector<parley::Event>)

namespace
{

constexpr auto TesterMode = QAbstractItemModelTester::FailureReportingMode::Fatal;

QString cell(const QAbstractItemModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

} // namespace

class TestConnectionModel : public QObject
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
    void headers();
};

void TestConnectionModel::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
}

void TestConnectionModel::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void TestConnectionModel::connectionStates_data()
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
    QTest::newRow("all sent") << Events{send, shutdown} << u"half-closed here"_s << u"12"_s << u"0"_s;
    QTest::newRow("the peer spoke") << Events{send, shutdown, received(1, "GET /"), received(1, "x")}
                                    << u"half-closed here"_s << u"12"_s << u"6"_s;
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
void TestConnectionModel::connectionStates()
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

void TestConnectionModel::connectionCells()
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

void TestConnectionModel::connectionsAreInsertedAtOnce()
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

void TestConnectionModel::connectionChangesCoverTheirRows()
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
void TestConnectionModel::eventsWithoutARowAreIgnored()
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

void TestConnectionModel::durationsOfOpenConnectionsGrow()
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

void TestConnectionModel::headers()
{
    EventStream stream;
    ConnectionModel model(stream);
    QStringList titles;
    for (int column = 0; column < model.columnCount(); ++column)
        titles.append(model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    QCOMPARE(titles.join(u'|'), u"No.|Time|Peer Address|Peer Port|State|Sent|Received|Duration"_s);

    // A column's title stands where its cells do.
    model.read({{accepted(1)}});
    for (int column = 0; column < model.columnCount(); ++column)
        QCOMPARE(model.headerData(column, Qt::Horizontal, Qt::TextAlignmentRole),
                 model.index(0, column).data(Qt::TextAlignmentRole));
}

QTEST_GUILESS_MAIN(TestConnectionModel)
#include "tst_connection_model.moc"
