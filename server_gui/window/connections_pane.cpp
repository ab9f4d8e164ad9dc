// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/connections_pane.h"

#include "server_gui/table/connection_model.h"
#include "server_gui/window/connection_selection.h"
#include "server_gui/window/rate_plot.h"
#include "shared/event/event_stream.h"
#include "shared/ui/field_help.h"
#include "shared/ui/status_label.h"
#include "shared/ui/table_view.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

ConnectionsPane::ConnectionsPane(ConnectionModel &model, const EventStream &stream, QWidget *parent)
    : QWidget(parent), model_(model)
{
    buildTable();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addLayout(buildBar(stream));
    layout->addWidget(table_, 1);

    connect(&model, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        isCurrentInSight_ = table_->viewport()->rect().intersects(table_->visualRect(table_->currentIndex()));
    });
    connect(&model, &ConnectionModel::arranged, this, &ConnectionsPane::showArrangement);
    connect(&stream, &EventStream::arrived, this, &ConnectionsPane::showCounts);
}

void ConnectionsPane::buildTable()
{
    table_ = new TableView;
    table_->setObjectName(u"connections"_s);
    table_->setAccessibleName(tr("Connections"));
    table_->setModel(&model_);
    selection_ = new ConnectionSelection(model_, *table_, this);
    connect(selection_, &ConnectionSelection::changed, this, &ConnectionsPane::selectionChanged);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ConnectionsPane::showCounts);

    QHeaderView &columns = header();
    columns.setSectionResizeMode(ConnectionModel::State, QHeaderView::Stretch);
    columns.setSortIndicator(order_.first, order_.second);
    columns.setSortIndicatorClearable(true); // the third click shows the order of arrival
    table_->setSortingEnabled(true);
    table_->setColumnRoom(ConnectionModel::Number, 10);
    table_->setColumnRoom(ConnectionModel::Time, 16);
    table_->setColumnRoom(ConnectionModel::PeerPort, 15);
    table_->setColumnRoom(ConnectionModel::Sent, 16);
    table_->setColumnRoom(ConnectionModel::Received, 16);
    table_->setColumnRoom(ConnectionModel::Duration, 14);
    table_->setColumnRoom(ConnectionModel::PeerAddress, 24);
}

QHBoxLayout *ConnectionsPane::buildBar(const EventStream &stream)
{
    filter_ = new QLineEdit;
    filter_->setObjectName(u"filter"_s);
    filter_->setAccessibleName(tr("Filter"));
    filter_->setPlaceholderText(tr("Filter by number, address, port or state"));
    explainField(*filter_,
                 tr("Words between blanks: each has to occur in the number, the peer's address, its port or the "
                    "state."));
    filter_->setMaxLength(MaxFilterLength);
    filter_->setClearButtonEnabled(true);
    connect(filter_, &QLineEdit::textChanged, &model_, &ConnectionModel::setFilter);
    auto *escape = new QShortcut(Qt::Key_Escape, filter_);
    escape->setContext(Qt::WidgetShortcut);
    connect(escape, &QShortcut::activated, filter_, &QLineEdit::clear);

    shown_ = new StatusLabel(u"shown"_s, tr("Connections shown"));
    shown_->hide();
    auto *plot = new RatePlot(stream);
    connect(&stream, &EventStream::arrived, plot, &RatePlot::read);

    auto *bar = new QHBoxLayout;
    bar->setSpacing(12);
    bar->addWidget(filter_, 1);
    bar->addWidget(shown_);
    bar->addWidget(plot);
    return bar;
}

QHeaderView &ConnectionsPane::header() const
{
    return *table_->horizontalHeader();
}

const std::vector<quint64> &ConnectionsPane::selection() const
{
    return selection_->numbers();
}

std::vector<quint64> ConnectionsPane::openSelection() const
{
    std::vector<quint64> numbers;
    for (const QItemSelectionRange &range : table_->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            if (model_.isOpenAt(row))
                numbers.push_back(model_.numberAt(row));
        }
    }
    std::ranges::sort(numbers);
    return numbers;
}

void ConnectionsPane::clearSelection()
{
    table_->clearSelection();
}

void ConnectionsPane::addActions(QMenu &menu)
{
    menu.addAction(tr("&Filter"), QKeySequence::Find, filter_, [this] { filter_->setFocus(Qt::ShortcutFocusReason); });
    addSortActions(*menu.addMenu(tr("&Sort by")));
}

/// Each action sorts as clicks on a header do.
void ConnectionsPane::addSortActions(QMenu &menu)
{
    auto *columns = new QActionGroup(&menu);
    const auto add = [&](int column, const QString &text) {
        QAction *action = columns->addAction(text);
        action->setCheckable(true);
        action->setData(column);
    };
    add(-1, tr("As Arrived"));
    for (int column = 0; column < ConnectionModel::ColumnCount; ++column)
        add(column, model_.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    menu.addActions(columns->actions());
    menu.addSeparator();
    QAction *descending = menu.addAction(tr("Descending"));
    descending->setCheckable(true);

    const auto sort = [this, columns, descending] {
        header().setSortIndicator(columns->checkedAction()->data().toInt(),
                                  descending->isChecked() ? Qt::DescendingOrder : Qt::AscendingOrder);
    };
    connect(columns, &QActionGroup::triggered, this, sort);
    connect(descending, &QAction::triggered, this, sort);
    const auto check = [columns, descending](int column, Qt::SortOrder order) {
        columns->actions().at(column + 1)->setChecked(true);
        descending->setEnabled(column >= 0);
        descending->setChecked(column >= 0 && order == Qt::DescendingOrder);
    };
    connect(&header(), &QHeaderView::sortIndicatorChanged, this, check);
    check(order_.first, order_.second);
}

void ConnectionsPane::setPlaceholder(const QString &text)
{
    placeholder_ = text;
    showCounts();
}

/// The new rows are there. Decides where the table is scrolled to.
void ConnectionsPane::showArrangement()
{
    table_->setFollowing(!model_.isSorted());
    const std::pair order(header().sortIndicatorSection(), header().sortIndicatorOrder());
    if (const QModelIndex current = table_->currentIndex(); current.isValid() && isCurrentInSight_)
        table_->scrollTo(current);
    else if (order != order_ && model_.isSorted())
        table_->scrollToTop();
    else if (order != order_)
        table_->scrollToBottom();
    order_ = order;
    showCounts();
}

void ConnectionsPane::showCounts()
{
    if (model_.isArranging())
        return; // the rows still belong to another filter
    const QLocale locale;
    const bool isFiltered = !model_.filter().isEmpty();
    QStringList counts;
    if (isFiltered)
        counts.append(tr("%1 of %2 shown").arg(locale.toString(model_.rowCount()), locale.toString(model_.total())));
    if (selection_->isCut())
        counts.append(tr("only the first %1 stay selected").arg(locale.toString(ConnectionSelection::MaxSelected)));
    shown_->setVisible(!counts.isEmpty());
    shown_->showText(counts.join(u" · "_s));
    table_->setPlaceholder(isFiltered && model_.total() > 0 ? tr("No connection matches “%1”.").arg(model_.filter())
                                                            : placeholder_);
}

} // namespace parley
