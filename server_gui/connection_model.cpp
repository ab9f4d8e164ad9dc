// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/connection_model.h"

#include "shared/event_stream.h"
#include "shared/message.h"

#include <QLocale>

#include <algorithm>

namespace parley
{

ConnectionModel::ConnectionModel(const EventStream &stream, QObject *parent)
    : QAbstractTableModel(parent), stream_(stream)
{
}

void ConnectionModel::read(const EventBatch &batch)
{
    // One insertion and one change for the whole batch, however many connections it is about.
    std::vector<Record> added;
    qsizetype firstChanged = static_cast<qsizetype>(records_.size());
    qsizetype lastChanged = -1;
    for (const Event &event : batch.events) {
        if (event.connection == 0)
            continue;
        const quint64 newest = !added.empty() ? added.back().number : !records_.empty() ? records_.back().number : 0;
        if (event.call == Call::Accept || (event.call == Call::RecvFrom && event.connection > newest)) {
            Record record;
            record.number = event.connection;
            record.accepted = event.time;
            record.peer = event.address;
            apply(event, record);
            added.push_back(record);
        } else if (!added.empty() && event.connection >= added.front().number) {
            const auto it =
                std::lower_bound(added.begin(), added.end(), event.connection,
                                 [](const Record &record, quint64 number) { return record.number < number; });
            if (it != added.end() && it->number == event.connection)
                apply(event, *it);
        } else if (Record *record = find(event.connection)) {
            apply(event, *record);
            const qsizetype row = record - records_.data();
            firstChanged = std::min(firstChanged, row);
            lastChanged = std::max(lastChanged, row);
        }
    }
    if (lastChanged >= 0) {
        Q_EMIT dataChanged(index(static_cast<int>(firstChanged), State),
                           index(static_cast<int>(lastChanged), Duration));
    }
    if (!added.empty()) {
        const int first = rowCount();
        beginInsertRows({}, first, first + static_cast<int>(added.size()) - 1);
        records_.insert(records_.end(), added.begin(), added.end());
        endInsertRows();
        removeOldest();
    }
}

void ConnectionModel::removeOldest()
{
    if (rowCount() <= MaxRows)
        return;
    const int count = rowCount() - MaxRows + RowsPerRemoval;
    beginRemoveRows({}, 0, count - 1);
    records_.erase(records_.begin(), records_.begin() + count);
    removedRows_ += static_cast<quint64>(count);
    endRemoveRows();
}

void ConnectionModel::refreshDurations()
{
    if (!records_.empty())
        Q_EMIT dataChanged(index(0, Duration), index(rowCount() - 1, Duration), {Qt::DisplayRole});
}

ConnectionModel::Record *ConnectionModel::find(quint64 number)
{
    const auto it = std::lower_bound(records_.begin(), records_.end(), number,
                                     [](const Record &record, quint64 wanted) { return record.number < wanted; });
    return it != records_.end() && it->number == number ? &*it : nullptr;
}

void ConnectionModel::apply(const Event &event, Record &record)
{
    switch (event.call) {
    case Call::Send: record.sent += std::max<qint64>(event.result, 0); break;
    case Call::Recv: record.received += std::max<qint64>(event.result, 0); break;
    case Call::RecvFrom:
        record.received += std::max<qint64>(event.result, 0);
        record.ended = event.time;
        ++record.asked;
        break;
    case Call::SendTo:
        record.sent += std::max<qint64>(event.result, 0);
        record.ended = event.time;
        if (event.error == 0)
            ++record.answered;
        break;
    case Call::Shutdown: record.sendingShut = true; break;
    case Call::End:
        record.ended = event.time;
        record.outcome = event.outcome;
        record.delivered = event.result;
        break;
    default: break;
    }
}

int ConnectionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(records_.size());
}

int ConnectionModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ConnectionModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::DisplayRole)
        return text(records_[static_cast<std::size_t>(index.row())], column);
    if (role == Qt::TextAlignmentRole && isNumeric(column))
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QString ConnectionModel::text(const Record &record, Column column) const
{
    switch (column) {
    case Number: return QLocale().toString(record.number);
    case Time: return stream_.wallClock(record.accepted).toString(QStringLiteral("HH:mm:ss.zzz"));
    case PeerAddress: return QString::fromUtf8(record.peer.host());
    case PeerPort:
        return record.peer.family() == Address::Family::Unix ? QString() : QString::number(record.peer.port());
    case State: return stateText(record);
    case Sent: return QLocale().toString(record.sent);
    case Received: return QLocale().toString(record.received);
    case Duration: {
        const qint64 end = record.isOpen() ? stream_.now() : record.ended;
        return durationText(std::chrono::nanoseconds(end - record.accepted));
    }
    case ColumnCount: break;
    }
    return {};
}

QString ConnectionModel::stateText(const Record &record) const
{
    if (record.asked > 0 && record.outcome != Outcome::Denied) {
        const QLocale locale;
        return tr("answered %1 of %2 datagrams").arg(locale.toString(record.answered), locale.toString(record.asked));
    }
    switch (record.outcome) {
    case Outcome::None: return record.sendingShut ? tr("half-closed") : tr("open");
    case Outcome::Complete: return tr("greeted");
    case Outcome::Closed: return tr("closed after %1").arg(bytesText(record.delivered));
    case Outcome::Aborted: return tr("reset here after %1").arg(bytesText(record.delivered));
    case Outcome::Reset: return tr("cut off after %1").arg(bytesText(record.delivered));
    case Outcome::TimedOut: return tr("timed out after %1").arg(bytesText(record.delivered));
    case Outcome::Denied: return tr("denied");
    case Outcome::OverLimit: return tr("over the limit");
    case Outcome::Cancelled: return tr("ended with the server");
    default: return tr("failed after %1").arg(bytesText(record.delivered));
    }
}

/// Whether the column's texts are quantities, to be compared digit by digit.
bool ConnectionModel::isNumeric(Column column)
{
    return column == Number || column == Sent || column == Received || column == Duration;
}

QVariant ConnectionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && isNumeric(static_cast<Column>(section)))
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Number: return tr("No.");
    case Time: return tr("Time");
    case PeerAddress: return tr("Peer Address");
    case PeerPort: return tr("Peer Port");
    case State: return tr("State");
    case Sent: return tr("Sent");
    case Received: return tr("Received");
    case Duration: return tr("Duration");
    case ColumnCount: break;
    }
    return {};
}

} // namespace parley
