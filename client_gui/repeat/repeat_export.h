// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/repeat/repeat_result.h"

#include <QByteArray>
#include <QString>

namespace parley
{

/// The version of the JSON object that this file writes; it grows when a field changes its meaning.
inline constexpr int RepeatSchemaVersion = 1;

/// The latencies of an account, in the order in which they are shown: those of its kind of run.
struct LatencyRow
{
    const char *name; ///< as JSON and CSV spell it: `first-byte`
    QString text;     ///< for people: `first byte`
    const LatencyHistogram &histogram;
};
std::vector<LatencyRow> latencies(const RepeatResult &account);

/// The figures of each: min, p50, p90, p99, p99.9, max.
struct LatencyFigure
{
    const char *name;
    std::chrono::nanoseconds value;
};
std::array<LatencyFigure, 6> latencyFigures(const LatencyHistogram &histogram);

/// The account for people, in lines.
QString repeatToText(const RepeatResult &account);

/// The account as one JSON object on a line: program, schema, endpoint, peer, repeat (how many), for_s (0: not a run of
/// a time), concurrency, rate (0: none), exchanges (of each; 0: none),
/// elapsed_ns, complete_per_second, most_open, bytes, outcomes (by name; they add up to repeat), errors and resets in
/// detail, latency_ns (connect, first-byte, complete; over UDP complete alone; with exchanges also exchange: count, min
/// to max, and the histogram as [from, count]), timeline (interval_ns; complete, others, p50_ns, p99_ns, max_ns of each
/// interval).
QByteArray repeatToJson(const RepeatResult &account);

/// Outcomes, latencies, histograms and the timeline as a table of comma-separated values (RFC 4180): part, series,
/// from, to, value, unit.
QByteArray repeatToCsv(const RepeatResult &account);

} // namespace parley
