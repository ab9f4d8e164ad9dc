// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_record.h"

#include "shared/message/message.h"

#include <QLocale>

#include <algorithm>

namespace parley
{

ConnectionRecord::ConnectionRecord(const Event &event)
    : number(event.connection()), peer(event.peer()), accepted(event.time())
{
    apply(event);
}

void ConnectionRecord::apply(const Event &event)
{
    switch (event.call()) {
    case Call::Send: sent += event.moved(); break;
    case Call::Recv:
        received += event.moved();
        if (event.meetsEnd())
            progress.peerShut = true;
        break;
    case Call::RecvFrom:
        received += event.moved();
        ended = event.time();
        ++progress.asked;
        break;
    case Call::SendTo:
        sent += event.moved();
        ended = event.time();
        if (event.errorNumber() == 0)
            ++progress.answered;
        break;
    case Call::Shutdown: progress.sendingShut = true; break;
    case Call::End:
        ended = event.time();
        progress.outcome = event.outcome();
        progress.delivered = event.acknowledged();
        break;
    default: break;
    }
}

QString ConnectionRecord::Progress::text() const
{
    if (asked > 0 && outcome != Outcome::Denied) {
        const QLocale locale;
        return tr("answered %1 of %2 datagrams").arg(locale.toString(answered), locale.toString(asked));
    }
    switch (outcome) {
    case Outcome::None:
        return sendingShut ? tr("half-closed here") : peerShut ? tr("half-closed by the peer") : tr("open");
    case Outcome::Complete: return tr("greeted");
    case Outcome::Closed: return tr("closed after %1").arg(bytesText(delivered));
    case Outcome::Aborted: return tr("reset here after %1").arg(bytesText(delivered));
    case Outcome::Reset: return tr("cut off after %1").arg(bytesText(delivered));
    case Outcome::TimedOut: return tr("timed out after %1").arg(bytesText(delivered));
    case Outcome::Denied: return tr("denied");
    case Outcome::OverLimit: return tr("over the limit");
    case Outcome::Cancelled: return tr("ended with the server");
    default: return tr("failed after %1").arg(bytesText(delivered));
    }
}

std::pair<int, qint64> ConnectionRecord::Progress::sortKey() const
{
    constexpr int closing = 1;
    constexpr int datagrams = 2;
    constexpr int over = 3;
    if (asked > 0 && outcome != Outcome::Denied)
        return {datagrams, static_cast<qint64>(answered) << 32 | asked};
    const int rank = over + static_cast<int>(outcome);
    switch (outcome) {
    case Outcome::None: return {sendingShut || peerShut ? closing : 0, sendingShut ? 0 : 1};
    case Outcome::Complete:
    case Outcome::Denied:
    case Outcome::OverLimit:
    case Outcome::Cancelled: return {rank, 0};
    default: return {rank, delivered};
    }
}

} // namespace parley
