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
    void exportsExchanges();
    void exportsDatagrams();
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

void TestRepeatExport::exportsExchanges()
{
    RepeatResult account;
    account.request.endpoint = std::get<Endpoint>(Endpoint::parseUnix(u"/tmp/a"_s));
    account.request.count = 2;
    account.request.exchanges = 5;
    account.request.send = "ping";
    account.elapsed = 2s;
    account.counts[static_cast<std::size_t>(RepeatOutcome::ClosedEarly)] = 2;
    for (int i = 1; i <= 8; ++i)
        account.exchange.add(i * 1ms);
    const QJsonObject object = QJsonDocument::fromJson(repeatToJson(account)).object();
    QCOMPARE(object.value(u"exchanges"_s).toInt(), 5);
    QCOMPARE(object.value(u"exchanges_per_second"_s).toDouble(), 4);
    QCOMPARE(object.value(u"peer"_s).toString(), u"/tmp/a"_s);
    QCOMPARE(object.value(u"outcomes"_s).toObject().value(u"closed-early"_s).toInt(), 2);
    const QJsonObject exchange = object.value(u"latency_ns"_s).toObject().value(u"exchange"_s).toObject();
    QCOMPARE(exchange.value(u"count"_s).toInt(), 8);
    QCOMPARE(exchange.value(u"max"_s).toInteger(), 8'000'000);
    const QString text = repeatToText(account);
    QVERIFY2(text.startsWith(u"2 connections to /tmp/a, 1 at a time, 5 exchanges each\n"_s), qPrintable(text));
    QVERIFY2(text.contains(u", 4 exchanges a second\n"_s), qPrintable(text));
    QVERIFY2(text.contains(QRegularExpression(u"\nclosed early +2\n"_s)), qPrintable(text));
    QVERIFY2(text.contains(QRegularExpression(u"\nexchange +1.0 ms .* 8.0 ms\n$"_s)), qPrintable(text));
    QVERIFY(repeatToCsv(account).contains("latency,exchange max,,,8000000,ns\r\n"));
}

void TestRepeatExport::exportsDatagrams()
{
    RepeatResult account;
    account.request.endpoint =
        std::get<Endpoint>(Endpoint::parse(u"127.0.0.1"_s, u"3000"_s, Endpoint::Use::Connect, Transport::Udp));
    account.request.count = 2;
    account.counts[static_cast<std::size_t>(RepeatOutcome::Complete)] = 1;
    account.counts[static_cast<std::size_t>(RepeatOutcome::NeverGreeted)] = 1;
    account.silent = 1;
    account.complete.add(1ms);
    const QString text = repeatToText(account);
    QVERIFY2(text.startsWith(u"2 datagrams to "_s), qPrintable(text));
    QVERIFY2(text.contains(QRegularExpression(u"\nanswered +1\nwrong answer +0\nno answer +1  silent until"_s)),
             qPrintable(text));
    QVERIFY2(!text.contains(u"connect"_s), qPrintable(text));
    const QJsonObject latency =
        QJsonDocument::fromJson(repeatToJson(account)).object().value(u"latency_ns"_s).toObject();
    QCOMPARE(latency.keys(), QStringList{u"complete"_s});
}

QTEST_GUILESS_MAIN(TestRepeatExport)
#include "tst_repeat_export.moc"
