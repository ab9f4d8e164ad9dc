// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/history_csv.h"

#include "shared/event/csv.h"
#include "shared/event/wall_clock.h"

#include <QIODevice>

namespace parley
{

namespace
{

constexpr qint64 NsPerUs = 1'000;

} // namespace

void writeHistory(QIODevice &device, const std::deque<Attempt> &attempts, const WallClock &clock)
{
    device.write("number,started,ended,endpoint,peer_address,peer_port,local_address,local_port,outcome,error,"
                 "received_bytes,reads,duration_us,ending\r\n");
    for (const Attempt &attempt : attempts) {
        CsvRecord record;
        record.add(static_cast<qint64>(attempt.number)).add(clock.at(attempt.started));
        record.add(attempt.isUnderWay() ? QDateTime() : clock.at(attempt.ended));
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
        if (attempt.isUnderWay())
            record.addNothing();
        else
            record.add(QString::fromLatin1(
                endingWords(attempt.outcome, attempt.closedBy, attempt.request.endpoint.transport)));
        device.write(record.line());
    }
}

} // namespace parley
