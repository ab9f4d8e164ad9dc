// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/attempt_model.h"
#include "shared/event/event_stream.h"
#include "tests/support/events.h"

#include <QAbstractItemModelTester>
#include <QLocale>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <cerrno>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

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

class TestAttemptModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void attemptRow();
    void eventsWithoutAnAttemptAreIgnored();
    void historyIsBounded();
    void headers();
    void countsDatagramsApart();
    void failureIsToldInTheToolTip();
};

void TestAttemptModel::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
}

void TestAttemptModel::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void TestAttemptModel::attemptRow()
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
    QCOMPARE(model.counts(), u"Attempts: 1, complete: 0"_s);

    QVERIFY(model.apply(ended(1, Outcome::Complete, 0, start + 47 * Millisecond)));
    QCOMPARE(changed.size(), 4);
    QCOMPARE(row(), time + u"|[::1]:3000|60239|complete, 5 bytes|47 ms"_s);
    QCOMPARE(model.total(), 1U);
    QCOMPARE(model.counts(), u"Attempts: 1, complete: 1"_s);
}

void TestAttemptModel::eventsWithoutAnAttemptAreIgnored()
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
    QCOMPARE(model.counts(), u"Attempts: 1, complete: 0"_s);
    QCOMPARE(cell(model, 0, AttemptModel::Result), u"connecting…"_s);
}

void TestAttemptModel::historyIsBounded()
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

void TestAttemptModel::headers()
{
    EventStream stream;
    const AttemptModel model(stream);
    QStringList titles;
    for (int column = 0; column < model.columnCount(); ++column)
        titles.append(model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    QCOMPARE(titles.join(u'|'), u"Time|Endpoint|Local Port|Result|Duration"_s);
}

/// UDP connects nobody, and no datagram is complete.
void TestAttemptModel::countsDatagramsApart()
{
    EventStream stream;
    AttemptModel model(stream);
    ConnectRequest datagram = requestTo(u"localhost"_s);
    datagram.endpoint.transport = Transport::Udp;
    QCOMPARE(model.counts(), QString());
    model.add(datagram);
    model.add(datagram);
    model.apply(ended(1, Outcome::Complete));
    model.apply(ended(2, Outcome::TimedOut));
    QCOMPARE(model.counts(), u"Datagrams: 2, answered: 1"_s);
    model.add(requestTo(u"localhost"_s));
    model.apply(ended(3, Outcome::Complete));
    QCOMPARE(model.counts(), u"Attempts: 1, complete: 1 · Datagrams: 2, answered: 1"_s);
}

void TestAttemptModel::failureIsToldInTheToolTip()
{
    EventStream stream;
    AttemptModel model(stream);
    model.add(requestTo(u"localhost"_s));
    model.add(requestTo(u"localhost"_s));
    const auto toolTip = [&model](int row) { return model.index(row, AttemptModel::Result).data(Qt::ToolTipRole); };
    QVERIFY(toolTip(0).isNull());
    model.apply(ended(1, Outcome::Complete));
    QVERIFY(toolTip(0).isNull()); // the table shows a cut text itself
    model.apply(ended(2, Outcome::Failed, EMFILE));
    QCOMPARE(cell(model, 1, AttemptModel::Result), u"failed: this process has no file descriptor left"_s);
    QCOMPARE(toolTip(1).toString(),
             u"Connecting to localhost:3000 failed: this process has no file descriptor left. Close other "
             "connections, or raise the limit (ulimit -n)."_s);
}

QTEST_GUILESS_MAIN(TestAttemptModel)
#include "tst_attempt_model.moc"
