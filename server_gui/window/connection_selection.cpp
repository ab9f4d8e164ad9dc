// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/connection_selection.h"

#include "server_gui/table/connection_model.h"

#include <QItemSelectionModel>
#include <QScopedValueRollback>
#include <QTableView>

#include <algorithm>

namespace parley
{

ConnectionSelection::ConnectionSelection(const ConnectionModel &model, QTableView &table, QObject *parent)
    : QObject(parent), model_(model), table_(table)
{
    connect(table.selectionModel(), &QItemSelectionModel::selectionChanged, this, &ConnectionSelection::read);
    connect(table.selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        if (!isRestoring_)
            current_ = current.isValid() ? model_.numberAt(current.row()) : 0;
    });
    // A reset empties Qt's selection without a signal; this slot runs after that.
    connect(&model, &QAbstractItemModel::modelReset, this, &ConnectionSelection::restore);
}

void ConnectionSelection::read()
{
    if (isRestoring_)
        return;
    // By range: Qt's selectedRows() would make an index of each of a million rows.
    selected_.clear();
    isCut_ = false;
    for (const QItemSelectionRange &range : table_.selectionModel()->selection()) {
        const int room = MaxSelected - static_cast<int>(selected_.size());
        for (int row = range.top(); row < range.top() + std::min(range.height(), room); ++row)
            selected_.push_back(model_.numberAt(row));
        isCut_ = isCut_ || range.height() > room;
    }
    setNumbers(selected_);
}

void ConnectionSelection::restore()
{
    const QScopedValueRollback restoring(isRestoring_, true);
    const bool autoScroll = table_.hasAutoScroll();
    table_.setAutoScroll(false); // rows in sight stay there
    const auto indexOf = [this](int row, int column) { return model_.index(row, column); };
    const std::vector<int> rows = model_.rowsOf(selected_);
    QItemSelection selection;
    for (auto first = rows.begin(); first != rows.end();) {
        // Neighbours make one range.
        auto last = first;
        while (std::next(last) != rows.end() && *std::next(last) == *last + 1)
            ++last;
        selection.select(indexOf(*first, 0), indexOf(*last, ConnectionModel::ColumnCount - 1));
        first = std::next(last);
    }
    table_.selectionModel()->select(selection, QItemSelectionModel::Select);
    if (const std::vector<int> current = model_.rowsOf({current_}); !current.empty())
        table_.selectionModel()->setCurrentIndex(indexOf(current.front(), 0), QItemSelectionModel::NoUpdate);
    table_.setAutoScroll(autoScroll);

    std::vector<quint64> numbers;
    numbers.reserve(rows.size());
    for (const int row : rows)
        numbers.push_back(model_.numberAt(row));
    setNumbers(std::move(numbers));
}

void ConnectionSelection::setNumbers(std::vector<quint64> numbers)
{
    std::ranges::sort(numbers);
    if (numbers == numbers_ && !isCut_) // beyond the bound, other rows may be selected
        return;
    numbers_ = std::move(numbers);
    Q_EMIT changed(numbers_);
}

} // namespace parley
