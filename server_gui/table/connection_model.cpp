// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_model.h"

#include "shared/event/event_stream.h"
#include "shared/message/message.h"

#include <QLocale>

#include <algorithm>
#include <utility>

namespace parley
{

ConnectionModel::ConnectionModel(const EventStream &stream, int maxRows, QObject *parent)
    : QAbstractTableModel(parent), stream_(stream), maxRows_(maxRows)
{
    refreshTimer_.setSingleShot(true);
    connect(&refreshTimer_, &QTimer::timeout, this, &ConnectionModel::startArranger);
    connect(&arranger_, &Arranger::finished, this,
            [this](Serials &serials, ConnectionStore::Serial end, std::chrono::nanoseconds took) {
                // Arrangements that nobody asked for take at most a fifth of one processor's time.
                const auto pause = std::chrono::ceil<std::chrono::milliseconds>(4 * took);
                refreshTimer_.setInterval(std::max(pause, RefreshPause));
                take(std::move(serials), end);
            });
}

void ConnectionModel::read(const EventBatch &batch)
{
    // One insertion and one change for the whole batch, however many connections it is about.
    std::vector<ConnectionRecord> added;
    std::vector<int> changed;
    quint64 newest = store_.isEmpty() ? 0 : store_.numberAt(store_.size() - 1);
    for (const Event &event : batch.events) {
        const bool begins = event.call() == Call::Accept || event.call() == Call::RecvFrom;
        if (begins && event.connection() > newest) {
            added.emplace_back(event);
            newest = event.connection();
        } else if (!added.empty() && event.connection() >= added.front().number) {
            const auto at = std::ranges::lower_bound(added, event.connection(), {}, &ConnectionRecord::number);
            if (at != added.end() && at->number == event.connection())
                at->apply(event);
        } else if (const int row = store_.find(event.connection()); row >= 0) {
            store_.apply(row, event);
            changed.push_back(row);
        }
    }
    noteChanges(changed);
    append(added);
    removeOldest();
}

void ConnectionModel::noteChanges(const std::vector<int> &recordRows)
{
    if (recordRows.empty())
        return;
    if (listing_.arrangement().isAsArrived()) {
        const auto [first, last] = std::ranges::minmax(recordRows);
        Q_EMIT dataChanged(index(first, State), index(last, Duration));
    } else if (rowCount() > 0) { // finding out which rows changed would take longer than showing them all anew
        Q_EMIT dataChanged(index(0, State), index(rowCount() - 1, Duration));
    }
    if (arranger_.isRunning()) {
        for (const int row : recordRows)
            changed_.push_back(store_.serialOf(row));
    } else if (!refreshTimer_.isActive()
               && std::ranges::any_of(recordRows, [this](int row) { return listing_.isOutOfPlace(row); })) {
        refreshLater();
    }
}

void ConnectionModel::append(const std::vector<ConnectionRecord> &added)
{
    if (added.empty())
        return;
    const int first = store_.size();
    const auto store = [&] {
        for (const ConnectionRecord &record : added)
            store_.append(record);
    };
    if (listing_.arrangement().isAsArrived()) {
        beginInsertRows({}, first, first + static_cast<int>(added.size()) - 1);
        store();
        endInsertRows();
        return;
    }
    store();
    if (listing_.arrangement().isSorted()) {
        refreshLater();
    } else if (const auto matching = listing_.matchingFrom(first); !matching.empty()) {
        beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(matching.size()) - 1);
        listing_.append(matching);
        endInsertRows();
    }
}

void ConnectionModel::removeOldest()
{
    if (store_.size() <= maxRows_)
        return;
    constexpr int size = ConnectionStore::ChunkSize;
    const int chunks = (store_.size() - maxRows_ + std::max(maxRows_ / 20, size - 1)) / size;
    const ConnectionStore::Removal removal = store_.oldestEnded(chunks * size);
    if (removal.count == 0)
        return; // all connections are open
    const auto remove = [&] {
        store_.remove(removal);
        removedRows_ += static_cast<quint64>(removal.count);
        listing_.remove(removal);
        if (!arranger_.isRunning())
            return;
        removals_.push_back(removal);
        for (ConnectionStore::Serial &serial : changed_)
            serial = removal.moved(serial);
    };
    // The records that stay are mostly the oldest of all, because an earlier removal has kept them, too.
    const int kept = static_cast<int>(removal.kept.size());
    const bool areTogether = kept == 0 || removal.kept.back() == kept - 1;
    if (listing_.arrangement().isSorted() || !areTogether) {
        beginResetModel(); // the rows may be anywhere
        remove();
        endResetModel();
        return;
    }
    const int first = listing_.rowsBefore(kept);
    const int end = listing_.rowsBefore(kept + removal.count);
    if (first == end) {
        remove();
        return;
    }
    beginRemoveRows({}, first, end - 1);
    remove();
    endRemoveRows();
}

void ConnectionModel::clearEnded()
{
    ConnectionStore open(store_.serialOf(store_.size())); // no serial number means two records
    for (int row = 0; row < store_.size(); ++row) {
        if (store_.isOpenAt(row))
            open.append(store_.at(row));
    }
    arranger_.cancel();
    beginResetModel();
    store_ = std::move(open);
    listing_ = Listing(store_);
    endResetModel();
    arrange();
}

void ConnectionModel::refreshDurations()
{
    if (rowCount() == 0)
        return;
    Q_EMIT dataChanged(index(0, Duration), index(rowCount() - 1, Duration), {Qt::DisplayRole});
    if (listing_.arrangement().column == Duration)
        refreshLater();
}

void ConnectionModel::setFilter(const QString &text)
{
    if (QString filter = text.simplified(); filter != wanted_.filter) {
        wanted_.filter = std::move(filter);
        arrange();
    }
}

void ConnectionModel::sort(int column, Qt::SortOrder order)
{
    Arrangement wanted;
    wanted.filter = wanted_.filter;
    if (column >= 0 && column < ColumnCount) {
        wanted.column = static_cast<Column>(column);
        wanted.order = order;
    }
    if (wanted != wanted_) {
        wanted_ = wanted;
        arrange();
    }
}

void ConnectionModel::arrange()
{
    refreshTimer_.stop();
    isArranging_ = true;
    if (wanted_.isAsArrived()) {
        arranger_.cancel();
        show(Listing(store_));
    } else {
        startArranger();
    }
}

void ConnectionModel::startArranger()
{
    changed_.clear();
    removals_.clear();
    arranger_.start(store_, wanted_, stream_.now());
}

/// Takes over what the arranger made of the records before @p end, and adds what has happened since.
void ConnectionModel::take(Serials serials, ConnectionStore::Serial end)
{
    Listing listing(store_, wanted_, std::move(serials));
    for (const ConnectionStore::Removal &removal : removals_) {
        listing.remove(removal);
        end = removal.moved(end);
    }
    const int next = store_.rowOf(end);
    if (!wanted_.isSorted())
        listing.append(listing.matchingFrom(next));
    show(std::move(listing));
    const bool isBehind = wanted_.isSorted() && next < store_.size();
    const auto isOutOfPlace = [this](auto serial) { return listing_.isOutOfPlace(store_.rowOf(serial)); };
    if (isBehind || std::ranges::any_of(changed_, isOutOfPlace))
        refreshLater();
}

void ConnectionModel::show(Listing listing)
{
    const bool isOther = !listing.hasSameRowsAs(listing_);
    if (isOther)
        beginResetModel();
    listing_ = std::move(listing);
    if (isOther)
        endResetModel();
    if (std::exchange(isArranging_, false))
        Q_EMIT arranged();
}

void ConnectionModel::refreshLater()
{
    if (!arranger_.isRunning() && !refreshTimer_.isActive())
        refreshTimer_.start();
}

QVariant ConnectionModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::DisplayRole)
        return text(store_.at(listing_.recordRow(index.row())), column);
    if (role == Qt::ToolTipRole && column == Time)
        return dateText(stream_.wallClock(store_.at(listing_.recordRow(index.row())).accepted));
    if (role == Qt::TextAlignmentRole && isNumeric(column))
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QString ConnectionModel::text(const ConnectionRecord &record, Column column) const
{
    switch (column) {
    case Number: return QLocale().toString(record.number);
    case Time: return clockText(stream_.wallClock(record.accepted));
    case PeerAddress: return QString::fromUtf8(record.peer.host());
    case PeerPort: // a Unix peer has none, whether it is known or not
        return record.peer.port() == 0 ? QString() : QString::number(record.peer.port());
    case State: return record.progress.text();
    case Sent: return QLocale().toString(record.sent);
    case Received: return QLocale().toString(record.received);
    case Duration: return durationText(std::chrono::nanoseconds(record.duration(stream_.now())));
    case ColumnCount: break;
    }
    return {};
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
