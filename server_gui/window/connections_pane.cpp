// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/connections_pane.h"

#include "server_gui/table/connection_model.h"
#include "server_gui/window/connection_selection.h"
#include "server_gui/window/rate_plot.h"
#include "shared/event/event_stream.h"
#include "shared/ui/field_help.h"
#include "shared/ui/menus.h"
#include "shared/ui/status_label.h"
#include "shared/ui/table_view.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QMenu>
#include <QScrollBar>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

/// Of many connections at once one is looked at, and then another one: the look at each searches all events.
constexpr std::chrono::milliseconds FollowPause{500};

/// What the column State usually says.
QStringList usualStates()
{
    using Progress = ConnectionRecord::Progress;
    constexpr qint64 delivered = 99; // bytes: more than a usual greeting has
    QStringList texts;
    for (const Outcome outcome : {Outcome::None, Outcome::Complete, Outcome::Closed, Outcome::Aborted, Outcome::Reset,
                                  Outcome::TimedOut, Outcome::Denied, Outcome::OverLimit, Outcome::Cancelled}) {
        Progress progress;
        progress.outcome = outcome;
        progress.delivered = delivered;
        texts.append(progress.text());
        progress.sendingShut = true;
        texts.append(progress.text());
    }
    Progress datagrams;
    datagrams.asked = datagrams.answered = 99;
    return texts << datagrams.text();
}

} // namespace

ConnectionsPane::ConnectionsPane(ConnectionModel &model, const EventStream &stream, QWidget *parent)
    : QWidget(parent), model_(model)
{
    buildTable();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addLayout(buildBar(stream));
    layout->addWidget(table_, 1);
    waiting_ = new QListWidget;
    waiting_->setObjectName(u"waiting"_s);
    waiting_->setAccessibleName(tr("Waiting to be accepted"));
    waiting_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    QAction *copy = waiting_->addAction(tr("&Copy"), QKeySequence::Copy, this, [this] {
        QStringList lines;
        for (const QListWidgetItem *item : waiting_->selectedItems())
            lines.append(item->text());
        QApplication::clipboard()->setText(lines.join(u'\n'));
    });
    copy->setShortcutContext(Qt::WidgetShortcut);
    waiting_->setContextMenuPolicy(Qt::ActionsContextMenu);
    waiting_->hide();
    layout->addWidget(waiting_);

    connect(&model, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        isCurrentInSight_ = table_->viewport()->rect().intersects(table_->visualRect(table_->currentIndex()));
    });
    connect(&model, &ConnectionModel::arranged, this, &ConnectionsPane::showArrangement);
    connect(&stream, &EventStream::arrived, this, &ConnectionsPane::showCounts);
    connect(&stream, &EventStream::arrived, this, &ConnectionsPane::followNewest);
    connect(selection_, &ConnectionSelection::changed, this, &ConnectionsPane::updateWatched);
    followed_.setSingleShot(true);
    followed_.setInterval(FollowPause);
    connect(&followed_, &QTimer::timeout, this, &ConnectionsPane::followNewest);
}

void ConnectionsPane::buildTable()
{
    table_ = new TableView;
    table_->setObjectName(u"connections"_s);
    table_->setAccessibleName(tr("Connections"));
    table_->setModel(&model_);
    constexpr int leastRows = 3; // are in sight, however much room Details takes
    table_->setMinimumHeight(table_->horizontalHeader()->sizeHint().height()
                             + leastRows * table_->verticalHeader()->defaultSectionSize()
                             + table_->horizontalScrollBar()->sizeHint().height() + 2 * table_->frameWidth());
    selection_ = new ConnectionSelection(model_, *table_, this);
    connect(selection_, &ConnectionSelection::changed, this, &ConnectionsPane::selectionChanged);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ConnectionsPane::showCounts);

    QHeaderView &columns = header();
    columns.setSortIndicator(order_.first, order_.second);
    columns.setSortIndicatorClearable(true); // the third click shows the order of arrival
    table_->setSortingEnabled(true);
    table_->setColumnRoom(ConnectionModel::Number, 8);
    table_->setColumnRoom(ConnectionModel::Time, 16);
    table_->setColumnRoom(ConnectionModel::PeerPort, 8);
    table_->setColumnRoom(ConnectionModel::Sent, 9);
    table_->setColumnRoom(ConnectionModel::Received, 9);
    table_->setColumnRoom(ConnectionModel::Duration, 9);
    table_->setColumnRoom(ConnectionModel::PeerAddress, 24);
    table_->setNeverCut(ConnectionModel::State, usualStates(), ConnectionModel::PeerAddress);
}

QHBoxLayout *ConnectionsPane::buildBar(const EventStream &stream)
{
    filter_ = new QLineEdit;
    filter_->setObjectName(u"filter"_s);
    filter_->setAccessibleName(tr("Filter"));
    filter_->setPlaceholderText(tr("Filter by number, address, port or state"));
    explainField(*filter_,
                 tr("Separate words with spaces; all must match, each in the number, the peer's address, its port "
                    "or the state."));
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
    addCopyPicture(*plot);
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

bool ConnectionsPane::canSendToSelection() const
{
    for (const QItemSelectionRange &range : table_->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            if (model_.isOpenAt(row) && !model_.isSendingShutAt(row))
                return true;
        }
    }
    return false;
}

void ConnectionsPane::setWaiting(const QStringList &peers)
{
    constexpr int mostRows = 5; // without scrolling
    waiting_->clear();
    waiting_->addItems(peers);
    for (int row = 0; row < waiting_->count(); ++row)
        waiting_->item(row)->setForeground(palette().color(QPalette::PlaceholderText));
    const int rows = static_cast<int>(std::min<qsizetype>(peers.size(), mostRows));
    waiting_->setFixedHeight(rows * std::max(waiting_->sizeHintForRow(0), 1) + 2 * waiting_->frameWidth());
    waiting_->setVisible(!peers.isEmpty());
}

void ConnectionsPane::showListener()
{
    table_->clearSelection();
    showsListener_ = true;
    updateWatched();
}

void ConnectionsPane::showNewest()
{
    table_->clearSelection();
    showsListener_ = false;
    updateWatched();
}

void ConnectionsPane::followNewest()
{
    if (followed_.isActive())
        return;
    const quint64 before = watched_;
    updateWatched();
    if (watched_ != before)
        followed_.start();
}

void ConnectionsPane::updateWatched()
{
    const ConnectionStore &records = model_.records();
    showsListener_ = showsListener_ && selection().empty();
    const quint64 watched = !selection().empty()                  ? selection().back()
                            : showsListener_ || records.isEmpty() ? 0
                                                                  : records.numberAt(records.size() - 1);
    if (watched == watched_)
        return;
    watched_ = watched;
    Q_EMIT watchedChanged();
}

void ConnectionsPane::selectAllOpen()
{
    QItemSelection open;
    const int rows = model_.rowCount();
    for (int first = 0; first < rows; ++first) {
        int end = first;
        while (end < rows && model_.isOpenAt(end))
            ++end; // neighbours make one range
        if (end > first)
            open.select(model_.index(first, 0), model_.index(end - 1, ConnectionModel::ColumnCount - 1));
        first = end;
    }
    table_->selectionModel()->select(open, QItemSelectionModel::ClearAndSelect);
}

void ConnectionsPane::addActions(QMenu &edit, QMenu &view)
{
    edit.addAction(table_->copyAction());
    edit.addAction(tr("Select &All"), table_, &QTableView::selectAll);
    edit.addAction(tr("Select All &Open"), this, &ConnectionsPane::selectAllOpen);
    edit.addSeparator();
    edit.addAction(tr("&Filter"), QKeySequence::Find, filter_, [this] { filter_->setFocus(Qt::ShortcutFocusReason); });
    addSortActions(*view.addMenu(tr("&Sort by")));
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
