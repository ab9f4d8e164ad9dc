// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/history/attempt.h"

#include <QAbstractTableModel>

#include <deque>

namespace parley
{

class EventStream;

/// The client's history: a row for each attempt, in order. At most MaxRows are kept; the oldest leave first.
class AttemptModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, RemoteEndpoint, LocalPort, Result, Duration, ColumnCount };
    static constexpr int MaxRows = 10'000;

    /// @param stream tells the wall clock of its events; outlives the model.
    explicit AttemptModel(const EventStream &stream, QObject *parent = nullptr);

    /// Adds the row of an attempt that is about to start. Returns its number.
    quint64 add(const ConnectRequest &request);
    /// Adds an event to its attempt and returns that. Null if the attempt is not listed (any more).
    const Attempt *apply(const Event &event);
    const Attempt *find(quint64 number) const;
    /// Takes all attempts but @p kept out of the list.
    void clearBut(quint64 kept);
    /// Sets ConnectRequest::stays of an attempt under way.
    void setStays(quint64 number, bool stays);
    /// All listed attempts, in order.
    const std::deque<Attempt> &attempts() const { return attempts_; }
    quint64 numberAt(int row) const { return attempts_[static_cast<std::size_t>(row)].number; }
    quint64 total() const { return total_; }
    /// `Attempts: 2, complete: 1 · Datagrams: 1, answered: 1`; empty before the first one.
    QString counts() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    static bool isNumeric(Column column);
    QString text(const Attempt &attempt, Column column) const;

    const EventStream &stream_;
    std::deque<Attempt> attempts_; // their numbers are consecutive
    quint64 total_ = 0;
    quint64 complete_ = 0;
    quint64 datagrams_ = 0; // of total_
    quint64 answered_ = 0;
};

} // namespace parley
