// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_export.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRegularExpression>
#include <QTest>

using namespace parley;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestRepeatExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void exports();
};

/// Each form says the same as the account.
void TestRepeatExport::exports()
{
    auto account = std::make_shared<RepeatResult>();
    account->request.endpoint = std::get<Endpoint>(Endpoint::parse(u"127.0.0.1"_s, u"3000"_s, Endpoint::Use::Connect));
    account->request.count = 25;
    account->request.concurrency = 3;
    account->counts[static_cast<std::size_t>(RepeatOutcome::Complete)] = 24;
    account->counts[static_cast<std::size_t>(RepeatOutcome::Reset)] = 1;
    account->resetsAfter.push_back({5, 1});
    for (int i = 1; i <= 24; ++i) {
        const auto latency = i * 1ms;
        account->connect.add(latency / 2);
        account->complete.add(latency);
        account->timeline.add(latency, true, latency);
    }
    const QByteArray json = repeatToJson(*account);
    QCOMPARE(json.count('\n'), 1);
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    QCOMPARE(object.value(u"schema"_s).toInt(), RepeatSchemaVersion);
    QCOMPARE(object.value(u"repeat"_s).toInt(), 25);
    QCOMPARE(object.value(u"concurrency"_s).toInt(), 3);
    qint64 sum = 0;
    const QJsonObject outcomes = object.value(u"outcomes"_s).toObject();
    for (auto it = outcomes.begin(); it != outcomes.end(); ++it)
        sum += it.value().toInteger();
    QCOMPARE(sum, 25);
    QCOMPARE(outcomes.value(u"reset"_s).toInt(), 1);
    QCOMPARE(outcomes.value(u"complete"_s).toInt(), 24);
    const QJsonObject latency = object.value(u"latency_ns"_s).toObject();
    for (const LatencyRow &row : latencies(*account)) {
        const QJsonObject told = latency.value(QLatin1String(row.name)).toObject();
        QCOMPARE(told.value(u"count"_s).toInteger(), row.histogram.count());
        QCOMPARE(told.value(u"p99.9"_s).toInteger(), row.histogram.quantile(0.999).count());
        qint64 counted = 0;
        for (const QJsonValue &bucket : told.value(u"histogram"_s).toArray())
            counted += bucket.toArray().at(1).toInteger();
        QCOMPARE(counted, row.histogram.count());
    }
    qint64 overTime = 0;
    for (const QJsonValue &interval : object.value(u"timeline"_s).toObject().value(u"intervals"_s).toArray())
        overTime += interval.toObject().value(u"complete"_s).toInteger();
    QCOMPARE(overTime, 24);

    const QList<QByteArray> lines = repeatToCsv(*account).split('\n');
    QCOMPARE(lines.first(), "part,series,from,to,value,unit\r"_ba);
    QVERIFY(lines.contains("account,complete,,,24,connections\r"));
    QVERIFY(lines.contains("account,reset,,,1,connections\r"));
    for (const QByteArray &line : lines.first(lines.size() - 1))
        QCOMPARE(line.count(','), 5);
    const QString text = repeatToText(*account);
    QVERIFY2(QRegularExpression(u"^complete +24$"_s, QRegularExpression::MultilineOption).match(text).hasMatch(),
             qPrintable(text));
    QVERIFY(text.contains(u"after 5 bytes: 1"_s));
}

QTEST_GUILESS_MAIN(TestRepeatExport)
#include "tst_repeat_export.moc"
