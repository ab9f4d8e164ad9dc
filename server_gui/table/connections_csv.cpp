// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connections_csv.h"

#include "server_gui/table/connection_store.h"
#include "shared/event/csv.h"
#include "shared/event/wall_clock.h"

#include <QIODevice>

namespace parley
{

void writeConnections(QIODevice &device, const ConnectionStore &records, const WallClock &clock)
{
    constexpr qint64 nsPerUs = 1'000;
    device.write("number,started,ended,peer_address,peer_port,outcome,sent_bytes,received_bytes,acknowledged_bytes,"
                 "datagrams_received,datagrams_sent,duration_us,ending\r\n");
    for (int row = 0; row < records.size(); ++row) {
        const ConnectionRecord connection = records.at(row);
        const ConnectionRecord::Progress &progress = connection.progress;
        const bool isDatagrams = progress.asked > 0;
        CsvRecord record;
        record.add(static_cast<qint64>(connection.number)).add(clock.at(connection.accepted));
        record.add(progress.isOpen() ? QDateTime() : clock.at(connection.ended));
        record.add(connection.peer);
        record.add(QString::fromLatin1(
            isDatagrams && progress.outcome == Outcome::None ? "datagrams" : outcomeName(progress.outcome)));
        record.add(connection.sent).add(connection.received);
        if (isDatagrams || progress.isOpen())
            record.addNothing();
        else
            record.add(progress.delivered);
        record.add(qint64{progress.asked}).add(qint64{progress.answered});
        if (progress.isOpen())
            record.addNothing();
        else
            record.add((connection.ended - connection.accepted) / nsPerUs);
        if (progress.outcome == Outcome::None)
            record.addNothing();
        else
            record.add(QString::fromLatin1(endingWords(progress.outcome, progress.closedBy)));
        device.write(record.line());
    }
}

} // namespace parley
