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
        progress.closedBy = event.outcome() == Outcome::Closed ? event.closedBy() : ClosedBy::Nobody;
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
    if (outcome == Outcome::None)
        return sendingShut ? tr("half-closed here") : peerShut ? tr("half-closed by the peer") : tr("open");
    const QString text = outcomeText(outcome, closedBy);
    return tellsDelivered() ? tr("%1 after %2").arg(text, bytesText(delivered)) : text;
}

/// Whether it matters how much the peer got.
bool ConnectionRecord::Progress::tellsDelivered() const
{
    return outcome != Outcome::None && outcome != Outcome::Complete && outcome != Outcome::Denied
           && outcome != Outcome::OverLimit && outcome != Outcome::Cancelled;
}

std::pair<int, qint64> ConnectionRecord::Progress::sortKey() const
{
    constexpr int closing = 1;
    constexpr int datagrams = 2;
    constexpr int over = 3;
    if (asked > 0 && outcome != Outcome::Denied)
        return {datagrams, static_cast<qint64>(answered) << 32 | asked};
    if (outcome == Outcome::None)
        return {sendingShut || peerShut ? closing : 0, sendingShut ? 0 : 1};
    constexpr int closers = 4;
    const int rank = over + static_cast<int>(outcome) * closers + static_cast<int>(closedBy);
    return {rank, tellsDelivered() ? delivered : 0};
}

} // namespace parley
