// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QTimer>
#include <QWidget>

#include <utility>
#include <vector>

class QHBoxLayout;
class QHeaderView;
class QLineEdit;
class QListWidget;
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
    TableView &table() const { return *table_; }
    /// Adds to the menus what else needs the pointer: copying, selecting, the filter, and sorting by a column.
    void addActions(QMenu &edit, QMenu &view);
    /// Plain text, shown while there is no connection.
    void setPlaceholder(const QString &text);

    /// The numbers of the selected connections that are listed, ascending; at most ConnectionSelection::MaxSelected.
    const std::vector<quint64> &selection() const;
    /// The numbers of all selected connections that are open, ascending.
    std::vector<quint64> openSelection() const;
    /// Whether something can be sent to one of them: FIN was not sent everywhere.
    bool canSendToSelection() const;
    /// The connection to look at closely: the selected one, of several the newest; where none is selected, the newest
    /// of all, or 0 for the listener, after showListener() and before the first connection.
    quint64 watched() const { return watched_; }
    void showListener();
    void showNewest();
    /// Pale rows below the others, a line each: those who wait to be accepted.
    void setWaiting(const QStringList &peers);
    void selectAllOpen();

Q_SIGNALS:
    void selectionChanged(const std::vector<quint64> &connections);
    /// watched() has changed.
    void watchedChanged();

private:
    void buildTable();
    QHBoxLayout *buildBar(const EventStream &stream);
    void addSortActions(QMenu &menu);
    void showArrangement();
    void showCounts();
    void followNewest();
    void updateWatched();

    ConnectionModel &model_;
    TableView *table_ = nullptr;
    QListWidget *waiting_ = nullptr;
    ConnectionSelection *selection_ = nullptr;
    QLineEdit *filter_ = nullptr;
    StatusLabel *shown_ = nullptr;
    QString placeholder_;
    std::pair<int, Qt::SortOrder> order_{-1, Qt::AscendingOrder}; // the column and direction shown
    bool isCurrentInSight_ = false;                               // it was, before the rows changed
    quint64 watched_ = 0;
    bool showsListener_ = false; // although there are connections
    QTimer followed_;            // runs since the newest connection was followed
};

} // namespace parley
