// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QDateTime>

#include <vector>

namespace parley
{

/// Translates the monotonic times of a stream to the wall clock, as it was when they were taken.
///
/// The two clocks usually go on at the same pace. They part where the wall clock is set, or the computer sleeps, which
/// stops the monotonic one (clock_gettime(2), CLOCK_MONOTONIC). So a time costs nothing, and only each such step is
/// kept. A value, which another thread may have.
class WallClock
{
public:
    static constexpr std::size_t MaxSteps = 10'000; ///< the oldest leave; times before are told by the oldest kept
    static constexpr qint64 Precision = 1'000'000;  ///< ns: smaller steps are none

    /// Whether at() would be right for a moment when both clocks were looked at: @p time in ns since the stream's
    /// start, @p wall in ns since 1970 (UTC).
    bool agrees(qint64 time, qint64 wall) const;
    /// From @p time on, the wall clock is told by this moment. Times come in order.
    void step(qint64 time, qint64 wall);

    /// In UTC: a local time would ask for its zone at every step. Not before the first step().
    QDateTime at(qint64 time) const;

private:
    struct Step
    {
        qint64 from;
        qint64 offset; // ns: the wall clock less the time
    };
    std::vector<Step> steps_;
};

/// The local time of day, `17:28:44.095`; with its date before it, `2026-11-22 17:28:44.095`, where that is not
/// @p today.
QString clockText(const QDateTime &time, QDate today = QDate::currentDate());
/// The local time with its date, and how far it is from UTC: `2026-11-22 17:28:44.095 +01:00`.
QString dateText(const QDateTime &time);

} // namespace parley
