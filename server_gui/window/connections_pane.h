// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QWidget>

#include <utility>
#include <vector>

class QHBoxLayout;
class QHeaderView;
class QLineEdit;
class QMenu;

namespace parley
{

class ConnectionModel;
class ConnectionSelection;
class EventStream;
class StatusLabel;
class TableView;

/// The table of the connections, and above it the field that filters it and the plot of their rate.
class ConnectionsPane : public QWidget
{
    Q_OBJECT

public:
    /// The longest filter (UTF-16 code units).
    static constexpr int MaxFilterLength = 200;

    /// @param model it has to read @p stream before the pane does.
    ConnectionsPane(ConnectionModel &model, const EventStream &stream, QWidget *parent = nullptr);

    /// The table's header, to restore and save the widths of its columns.
    QHeaderView &header() const;
    /// Adds to a menu what otherwise needs the pointer: the filter, and sorting by a column.
    void addActions(QMenu &menu);
    /// Plain text, shown while there is no connection.
    void setPlaceholder(const QString &text);

    /// The numbers of the selected connections that are listed, ascending; at most ConnectionSelection::MaxSelected.
    const std::vector<quint64> &selection() const;
    /// The numbers of all selected connections that are open, ascending.
    std::vector<quint64> openSelection() const;
    void clearSelection();

Q_SIGNALS:
    void selectionChanged(const std::vector<quint64> &connections);

private:
    void buildTable();
    QHBoxLayout *buildBar(const EventStream &stream);
    void addSortActions(QMenu &menu);
    void showArrangement();
    void showCounts();

    ConnectionModel &model_;
    TableView *table_ = nullptr;
    ConnectionSelection *selection_ = nullptr;
    QLineEdit *filter_ = nullptr;
    StatusLabel *shown_ = nullptr;
    QString placeholder_;
    std::pair<int, Qt::SortOrder> order_{-1, Qt::AscendingOrder}; // the column and direction shown
    bool isCurrentInSight_ = false;                               // it was, before the rows changed
};

} // namespace parley
