// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/history_csv.h"

#include "shared/event/csv.h"

#include <QIODevice>

namespace parley
{

namespace
{

constexpr qint64 NsPerMs = 1'000'000;
constexpr qint64 NsPerUs = 1'000;

} // namespace

void writeHistory(QIODevice &device, const std::deque<Attempt> &attempts, const QDateTime &start)
{
    device.write("number,started,ended,endpoint,peer_address,peer_port,local_address,local_port,outcome,error,"
                 "received_bytes,reads,duration_us\r\n");
    const QDateTime utc = start.toUTC(); // once: it asks for the time zone
    for (const Attempt &attempt : attempts) {
        const auto wallClock = [&](qint64 time) { return utc.addMSecs(time / NsPerMs); };
        CsvRecord record;
        record.add(static_cast<qint64>(attempt.number)).add(wallClock(attempt.started));
        record.add(attempt.isUnderWay() ? QDateTime() : wallClock(attempt.ended));
        record.add(attempt.request.endpoint.toString());
        record.add(attempt.peer).add(attempt.local);
        const Call failed = attempt.outcome == Outcome::UnknownHost ? Call::GetAddrInfo : Call::End;
        record.add(QString::fromLatin1(outcomeName(attempt.outcome)))
            .add(QString::fromLatin1(eventErrorName(failed, attempt.error)));
        record.add(attempt.receivedBytes).add(attempt.reads);
        if (attempt.isUnderWay())
            record.addNothing();
        else
            record.add(attempt.duration() / NsPerUs);
        device.write(record.line());
    }
}

} // namespace parley
