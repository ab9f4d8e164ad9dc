// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/wall_clock.h"

#include <algorithm>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace parley
{

bool WallClock::agrees(qint64 time, qint64 wall) const
{
    return !steps_.empty() && std::abs(wall - time - steps_.back().offset) < Precision;
}

void WallClock::step(qint64 time, qint64 wall)
{
    if (steps_.size() == MaxSteps)
        steps_.erase(steps_.begin(), steps_.begin() + MaxSteps / 2);
    constexpr qint64 nsPerUs = 1'000; // some readers keep no more of a time, and it still belongs to this step
    steps_.push_back({time - time % nsPerUs, wall - time});
}

QDateTime WallClock::at(qint64 time) const
{
    Q_ASSERT(!steps_.empty());
    const auto next = std::upper_bound(steps_.begin(), steps_.end(), time,
                                       [](qint64 wanted, const Step &step) { return wanted < step.from; });
    const Step &step = next == steps_.begin() ? *next : *(next - 1);
    constexpr qint64 nsPerMs = 1'000'000;
    return QDateTime::fromMSecsSinceEpoch((time + step.offset) / nsPerMs).toUTC();
}

QString clockText(const QDateTime &time, QDate today)
{
    const QDateTime local = time.toLocalTime();
    return local.toString(local.date() == today ? u"HH:mm:ss.zzz"_s : u"yyyy-MM-dd HH:mm:ss.zzz"_s);
}

QString dateText(const QDateTime &time)
{
    const QDateTime local = time.toLocalTime();
    const int minutes = local.offsetFromUtc() / 60;
    return local.toString(u"yyyy-MM-dd HH:mm:ss.zzz "_s) + (minutes < 0 ? u'-' : u'+')
           + QTime(0, 0).addSecs(std::abs(minutes) * 60).toString(u"HH:mm"_s);
}

} // namespace parley
