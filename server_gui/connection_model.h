// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event.h"

#include <QAbstractTableModel>

#include <vector>

namespace parley
{

class EventStream;

/// The server's connections: a row for each accepted one, or for each sender of datagrams, in that order. Rows are
/// compact records; their texts are made when they are looked at.
class ConnectionModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    /// Rows beyond this leave the list, the oldest first, RowsPerRemoval at a time.
    static constexpr int MaxRows = 1'000'000;
    static constexpr int RowsPerRemoval = 50'000;

    enum Column { Number, Time, PeerAddress, PeerPort, State, Sent, Received, Duration, ColumnCount };

    /// @param stream tells the wall clock of its events; outlives the model.
    explicit ConnectionModel(const EventStream &stream, QObject *parent = nullptr);

    void read(const EventBatch &batch);
    /// The connection's number; its peer as Python prints it.
    quint64 numberAt(int row) const { return records_[static_cast<std::size_t>(row)].number; }
    const Address &peerAt(int row) const { return records_[static_cast<std::size_t>(row)].peer; }
    /// Whether bytes can still be sent there: not of a sender of datagrams.
    bool isOpenAt(int row) const { return records_[static_cast<std::size_t>(row)].isOpen(); }
    quint64 removedRows() const { return removedRows_; }
    /// The durations of open connections have grown.
    void refreshDurations();

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    static bool isNumeric(Column column);
    struct Record
    {
        qint64 accepted = 0; ///< ns since the stream's start
        qint64 ended = 0;    ///< ns; 0 while it is open
        qint64 sent = 0;     ///< bytes
        qint64 received = 0; ///< bytes
        Address peer;
        Outcome outcome = Outcome::None;
        bool sendingShut = false;
        quint64 number = 0;
        quint32 asked = 0;    ///< datagrams received
        quint32 answered = 0; ///< datagrams sent
        qint64 delivered = 0; ///< bytes that the peer had acknowledged at the end

        bool isOpen() const { return outcome == Outcome::None && asked == 0; }
    };

    Record *find(quint64 number);
    static void apply(const Event &event, Record &record);
    QString text(const Record &record, Column column) const;
    QString stateText(const Record &record) const;

    const EventStream &stream_;
    void removeOldest();

    std::vector<Record> records_; // in the order of their numbers
    quint64 removedRows_ = 0;
};

} // namespace parley
