// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_export.h"

#include "shared/message/error_text.h"
#include "shared/message/message.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Repeat)
};

RepeatOutcome outcomeAt(std::size_t index)
{
    return static_cast<RepeatOutcome>(index);
}

QJsonObject histogramToJson(const LatencyHistogram &histogram)
{
    QJsonObject object{{u"count"_s, static_cast<qint64>(histogram.count())}};
    for (const LatencyFigure &figure : latencyFigures(histogram))
        object.insert(QLatin1String(figure.name), static_cast<qint64>(figure.value.count()));
    QJsonArray buckets;
    for (std::size_t i = 0; i < LatencyHistogram::Size; ++i) {
        if (histogram.countAt(i) > 0)
            buckets.append(
                QJsonArray{static_cast<qint64>(LatencyHistogram::from(i)), static_cast<qint64>(histogram.countAt(i))});
    }
    object.insert(u"histogram"_s, buckets);
    return object;
}

} // namespace

std::vector<LatencyRow> latencies(const RepeatResult &account)
{
    std::vector<LatencyRow> rows;
    if (!account.request.isDatagram()) {
        rows.push_back({"connect", Texts::tr("connect"), account.connect});
        rows.push_back({"first-byte", Texts::tr("first byte"), account.firstByte});
    }
    rows.push_back({"complete", repeatOutcomeText(RepeatOutcome::Complete, account.request), account.complete});
    if (account.request.exchanges > 0)
        rows.push_back({"exchange", Texts::tr("exchange"), account.exchange});
    return rows;
}

std::array<LatencyFigure, 6> latencyFigures(const LatencyHistogram &histogram)
{
    return {LatencyFigure{"min", histogram.min()},
            LatencyFigure{"p50", histogram.quantile(0.5)},
            LatencyFigure{"p90", histogram.quantile(0.9)},
            LatencyFigure{"p99", histogram.quantile(0.99)},
            LatencyFigure{"p99.9", histogram.quantile(0.999)},
            LatencyFigure{"max", histogram.max()}};
}

QString repeatToText(const RepeatResult &account)
{
    constexpr int nameWidth = 16;
    constexpr int numberWidth = 13;
    constexpr int figureWidth = 11;
    const QLocale locale;
    QString text = account.title() + u'\n' + account.summary() + u"\n\n"_s;
    for (std::size_t i = 0; i < RepeatOutcomes; ++i) {
        const RepeatOutcome outcome = outcomeAt(i);
        const qint64 number = account.count(outcome);
        if (number == 0 && !isUsual(outcome))
            continue;
        text += repeatOutcomeText(outcome, account.request).leftJustified(nameWidth)
                + locale.toString(number).rightJustified(numberWidth);
        if (const QString detail = account.detail(outcome); !detail.isEmpty())
            text += u"  "_s + detail;
        text += u'\n';
    }
    text += Texts::tr("in all").leftJustified(nameWidth) + locale.toString(account.all()).rightJustified(numberWidth)
            + u"\n\n"_s;

    text += Texts::tr("latency").leftJustified(nameWidth);
    for (const LatencyFigure &figure : latencyFigures(account.connect))
        text += QLatin1String(figure.name).toString().rightJustified(figureWidth);
    text += u'\n';
    for (const LatencyRow &row : latencies(account)) {
        text += row.text.leftJustified(nameWidth);
        for (const LatencyFigure &figure : latencyFigures(row.histogram))
            text += (row.histogram.count() > 0 ? durationText(figure.value) : u"–"_s).rightJustified(figureWidth);
        text += u'\n';
    }
    return text;
}

QByteArray repeatToJson(const RepeatResult &account)
{
    const RepeatRequest &request = account.request;
    QJsonObject outcomes;
    for (std::size_t i = 0; i < RepeatOutcomes; ++i)
        outcomes.insert(QLatin1String(repeatOutcomeName(outcomeAt(i))), account.counts[i]);
    QJsonArray errors;
    for (const RepeatResult::Error &entry : account.errors)
        errors.append(QJsonObject{{u"outcome"_s, QLatin1String(repeatOutcomeName(entry.outcome))},
                                  {u"error"_s, QString::fromLatin1(errorName(entry.error))},
                                  {u"count"_s, entry.count}});
    QJsonArray resets;
    for (const RepeatResult::ResetAfter &entry : account.resetsAfter)
        resets.append(QJsonObject{{u"bytes"_s, entry.bytes}, {u"count"_s, entry.count}});
    QJsonObject latency;
    for (const LatencyRow &row : latencies(account))
        latency.insert(QLatin1String(row.name), histogramToJson(row.histogram));
    QJsonArray intervals;
    for (const RepeatTimeline::Interval &interval : account.timeline.intervals())
        intervals.append(QJsonObject{{u"complete"_s, interval.complete},
                                     {u"others"_s, interval.others},
                                     {u"p50_ns"_s, static_cast<qint64>(interval.latency.quantile(0.5).count())},
                                     {u"p99_ns"_s, static_cast<qint64>(interval.latency.quantile(0.99).count())},
                                     {u"max_ns"_s, static_cast<qint64>(interval.latency.max().count())}});
    const QJsonObject object{
        {u"program"_s, u"parley-client"_s},
        {u"schema"_s, RepeatSchemaVersion},
        {u"endpoint"_s, request.endpoint.toString()},
        {u"peer"_s, account.request.endpoint.transport == Transport::Unix ? request.endpoint.toString()
                                                                          : QString::fromLatin1(account.peer.host())},
        {u"repeat"_s, account.all()},
        {u"for_s"_s, std::chrono::duration<double>(request.lasting).count()},
        {u"concurrency"_s, request.concurrency},
        {u"rate"_s, request.rate},
        {u"exchanges"_s, request.exchanges},
        {u"started"_s, account.started},
        {u"elapsed_ns"_s, static_cast<qint64>(account.elapsed.count())},
        {u"complete_per_second"_s, account.rate()},
        {u"exchanges_per_second"_s, account.exchangeRate()},
        {u"most_open"_s, account.mostOpen},
        {u"bytes"_s, account.bytes},
        {u"outcomes"_s, outcomes},
        {u"errors"_s, errors},
        {u"resets"_s, resets},
        {u"latency_ns"_s, latency},
        {u"timeline"_s, QJsonObject{{u"interval_ns"_s, static_cast<qint64>(account.timeline.width().count())},
                                    {u"intervals"_s, intervals}}},
    };
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

QByteArray repeatToCsv(const RepeatResult &account)
{
    QByteArray csv;
    // There are only numbers and words of this file: nothing needs quotes.
    const auto add = [&csv](const char *part, const QByteArray &series, const QByteArray &from, const QByteArray &to,
                            qint64 value, const char *unit) {
        csv += QByteArray(part) + ',' + series + ',' + from + ',' + to + ',' + QByteArray::number(value) + ',' + unit
               + "\r\n";
    };
    csv += "part,series,from,to,value,unit\r\n";
    for (std::size_t i = 0; i < RepeatOutcomes; ++i)
        add("account", repeatOutcomeName(outcomeAt(i)), {}, {}, account.counts[i], "connections");
    add("run", "elapsed", {}, {}, account.elapsed.count(), "ns");
    for (const LatencyRow &row : latencies(account)) {
        for (const LatencyFigure &figure : latencyFigures(row.histogram))
            add("latency", QByteArray(row.name) + ' ' + figure.name, {}, {}, figure.value.count(), "ns");
    }
    for (const LatencyRow &row : latencies(account)) {
        for (std::size_t i = 0; i < LatencyHistogram::Size; ++i) {
            if (row.histogram.countAt(i) > 0)
                add("histogram (ns)", row.name, QByteArray::number(qint64(LatencyHistogram::from(i))),
                    QByteArray::number(qint64(LatencyHistogram::from(i + 1))), row.histogram.countAt(i), "connections");
        }
    }
    const qint64 width = account.timeline.width().count();
    qint64 from = 0;
    for (const RepeatTimeline::Interval &interval : account.timeline.intervals()) {
        const QByteArray begin = QByteArray::number(from);
        const QByteArray end = QByteArray::number(from += width);
        add("over time (ns)", "complete", begin, end, interval.complete, "connections");
        add("over time (ns)", "others", begin, end, interval.others, "connections");
        add("over time (ns)", "p50", begin, end, interval.latency.quantile(0.5).count(), "ns");
        add("over time (ns)", "p99", begin, end, interval.latency.quantile(0.99).count(), "ns");
        add("over time (ns)", "max", begin, end, interval.latency.max().count(), "ns");
    }
    return csv;
}

} // namespace parley
