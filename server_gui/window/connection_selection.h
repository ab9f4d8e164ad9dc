// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QObject>

#include <vector>

class QTableView;

namespace parley
{

class ConnectionModel;

/// The selected connections of a table by their numbers, and the current one. They stay so when the table is filtered
/// and sorted: a connection that a filter hides is selected again when it is listed again.
class ConnectionSelection : public QObject
{
    Q_OBJECT

public:
    /// If more rows are selected, only the first ones are known and stay selected: each may have to be found among a
    /// million others, and drawn apart from its neighbours.
    static constexpr int MaxSelected = 10'000;

    /// @param table shows @p model already; both outlive this.
    ConnectionSelection(const ConnectionModel &model, QTableView &table, QObject *parent = nullptr);

    /// The selected connections that are listed now, ascending.
    const std::vector<quint64> &numbers() const { return numbers_; }
    /// More rows than MaxSelected have been selected.
    bool isCut() const { return isCut_; }

Q_SIGNALS:
    void changed(const std::vector<quint64> &numbers);

private:
    void read();
    void restore();
    void setNumbers(std::vector<quint64> numbers);

    const ConnectionModel &model_;
    QTableView &table_;
    std::vector<quint64> selected_; // listed or not
    std::vector<quint64> numbers_;
    quint64 current_ = 0; // 0: none
    bool isCut_ = false;
    bool isRestoring_ = false;
};

} // namespace parley
