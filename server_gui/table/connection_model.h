// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/table/arrangement.h"
#include "server_gui/table/connection_store.h"
#include "server_gui/table/listing.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <vector>

namespace parley
{

class EventStream;

/// The server's connections: a row for each accepted connection, or for each sender of datagrams, in the order of
/// arrival or as the user filters and sorts them. Rows are compact records; their texts are made when they are shown.
///
/// Filtering and sorting walk a million records, so another thread does it, and the rows stay as they are until the
/// result is there. The result is a reset of the model. From then on the list follows the events. In a list that is
/// only filtered, new rows are added at once. Every other change of the order or the choice of rows makes the thread
/// arrange them anew, after a pause that is long in comparison.
class ConnectionModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr int MaxRows = 1'000'000;
    /// The shortest pause between two arrangements that nobody asked for.
    static constexpr std::chrono::milliseconds RefreshPause{500};

    using Column = ConnectionRecord::Column;
    using enum ConnectionRecord::Column;

    /// @param stream tells the wall clock of its events; outlives the model.
    /// @param maxRows if there are more records, the oldest ones leave the list, a twentieth of all at a time, in whole
    /// thousands. Open connections stay.
    explicit ConnectionModel(const EventStream &stream, int maxRows = MaxRows, QObject *parent = nullptr);

    void read(const EventBatch &batch);
    /// All records, listed or not. A copy is a snapshot.
    const ConnectionStore &records() const { return store_; }
    /// Rows without the filter.
    int total() const { return store_.size(); }
    quint64 removedRows() const { return removedRows_; }
    /// Takes all but the open connections out of the list. Of a datagram's sender nothing more is listed under its
    /// number.
    void clearEnded();
    /// The durations of open connections have grown.
    void refreshDurations();

    /// Lists only the connections that ConnectionFilter finds @p text in.
    void setFilter(const QString &text);
    const QString &filter() const { return wanted_.filter; }
    /// @param column -1: in the order of arrival.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    bool isSorted() const { return wanted_.isSorted(); }
    /// A filter or an order that was asked for is not shown yet.
    bool isArranging() const { return isArranging_; }

    quint64 numberAt(int row) const { return store_.numberAt(listing_.recordRow(row)); }
    /// Whether bytes can still be sent there; false for a sender of datagrams.
    bool isOpenAt(int row) const { return store_.isOpenAt(listing_.recordRow(row)); }
    /// Whether FIN was sent there: nothing more can be.
    bool isSendingShutAt(int row) const { return store_.isSendingShutAt(listing_.recordRow(row)); }
    /// The rows of the connections with these @p numbers, as far as they are listed, ascending.
    std::vector<int> rowsOf(const std::vector<quint64> &numbers) const { return listing_.rowsOf(numbers); }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : listing_.size(); }
    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    /// The filter and the order that were asked for are shown.
    void arranged();

private:
    void noteChanges(const std::vector<int> &recordRows);
    void append(const std::vector<ConnectionRecord> &added);
    void removeOldest();

    void arrange();
    void startArranger();
    void take(Serials serials, ConnectionStore::Serial end);
    void show(Listing listing);
    void refreshLater();

    QString text(const ConnectionRecord &record, Column column) const;
    static bool isNumeric(Column column);

    const EventStream &stream_;
    const int maxRows_;
    ConnectionStore store_;
    quint64 removedRows_ = 0;

    Listing listing_{store_}; // the rows
    Arrangement wanted_;      // the latest request
    bool isArranging_ = false;
    Arranger arranger_;
    // Changes since the arranger took its snapshot
    std::vector<ConnectionStore::Serial> changed_;
    std::vector<ConnectionStore::Removal> removals_;
    QTimer refreshTimer_; // runs while listing_ is out of date
};

} // namespace parley
