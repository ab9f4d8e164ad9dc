// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/table_view.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QHelpEvent>
#include <QItemSelectionModel>
#include <QLocale>
#include <QPainter>
#include <QProxyStyle>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>

namespace parley
{

namespace
{

/// Gives the texts of cells and headers room to the left and right. The arrow of a sorted column stands on the other
/// side of the title, which stays above its texts.
class RoomyStyle : public QProxyStyle
{
public:
    int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override
    {
        if (metric == PM_HeaderMargin)
            return Room;
        if (metric == PM_FocusFrameHMargin)
            return Room - 1; // QCommonStyle adds one for cells
        return QProxyStyle::pixelMetric(metric, option, widget);
    }

    /// Measures a title in the font that it is drawn in. QHeaderView measures in bold, for highlighted sections; there
    /// are none here, so that font need not be loaded.
    QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                           const QWidget *widget) const override
    {
        const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
        if (type != CT_HeaderSection || !header || !widget)
            return QProxyStyle::sizeFromContents(type, option, size, widget);
        QStyleOptionHeader plain = *header;
        plain.fontMetrics = widget->fontMetrics();
        return QProxyStyle::sizeFromContents(type, &plain, size, widget);
    }

    void drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                     const QWidget *widget) const override
    {
        const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
        if (header)
            painter->setLayoutDirection(header->direction); // a title stands above its texts
        if (element != CE_Header || !header || header->sortIndicator == QStyleOptionHeader::None) {
            QProxyStyle::drawControl(element, option, painter, widget);
            return;
        }
        QProxyStyle::drawControl(CE_HeaderSection, option, painter, widget);
        const bool arrowAtLeft = header->textAlignment.testFlag(Qt::AlignRight);
        QStyleOptionHeader part = *header;
        part.rect.adjust(Room, 0, -Room, 0);
        const QRect arrow(arrowAtLeft ? part.rect.left() : part.rect.right() + 1 - Arrow,
                          part.rect.center().y() - Arrow / 2 + 1, Arrow, Arrow);
        part.rect.adjust(arrowAtLeft ? ArrowRoom : 0, 0, arrowAtLeft ? 0 : -ArrowRoom, 0);
        QProxyStyle::drawControl(CE_HeaderLabel, &part, painter, widget);
        part.rect = arrow;
        drawPrimitive(PE_IndicatorHeaderArrow, &part, painter, widget);
    }

private:
    static constexpr int Room = 7;
    static constexpr int Arrow = 8;
    static constexpr int ArrowRoom = Arrow + 3;
};

} // namespace

TableView::TableView(QWidget *parent)
    : QTableView(parent), copy_(addAction(tr("&Copy"), QKeySequence::Copy, this, &TableView::copyRows))
{
    copy_->setShortcutContext(Qt::WidgetShortcut);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    setLayoutDirection(Qt::LeftToRight); // addresses, times and `1.5 ms` stand in this order in every language
    auto *roomy = new RoomyStyle;
    roomy->setParent(this);
    setStyle(roomy);
    horizontalHeader()->setStyle(roomy);
    setSelectionBehavior(SelectRows);
    setAlternatingRowColors(true);
    setShowGrid(false);
    setWordWrap(false);
    setTextElideMode(Qt::ElideRight);
    setTabKeyNavigation(false); // Tab leaves the table
    setHorizontalScrollMode(ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // all rows are alike: nothing is measured row by row
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 9);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void TableView::setColumnRoom(int column, int characters)
{
    QHeaderView &header = *horizontalHeader();
    header.resizeSection(column,
                         std::max(fontMetrics().averageCharWidth() * characters, header.sectionSizeHint(column)));
}

/// Tab-separated, under the titles of the columns, as spreadsheets take it.
void TableView::copyRows()
{
    QList<int> columns;
    for (int visual = 0; visual < horizontalHeader()->count(); ++visual) {
        if (const int column = horizontalHeader()->logicalIndex(visual); !isColumnHidden(column))
            columns.append(column);
    }
    QString text;
    const auto addLine = [&](const auto &cell) {
        QStringList cells;
        for (const int column : columns)
            cells.append(cell(column).toString().simplified()); // a tab would end the cell, and a line feed the row
        text += cells.join(u'\t') + u'\n';
    };
    // By range: Qt's selectedRows() would make an index of each of a million rows.
    QList<std::pair<int, int>> ranges;
    for (const QItemSelectionRange &range : selectionModel()->selection())
        ranges.append({range.top(), range.bottom()});
    std::ranges::sort(ranges);
    addLine([this](int column) { return model()->headerData(column, Qt::Horizontal); });
    int copied = 0;
    int selected = 0;
    int next = 0; // ranges of single columns may be about the same row
    for (const auto &[first, last] : ranges) {
        for (int row = std::max(first, next); row <= last && copied < MaxCopied; ++row, ++copied)
            addLine([this, row](int column) { return model()->index(row, column).data(); });
        selected += std::max(last + 1 - std::max(first, next), 0);
        next = std::max(next, last + 1);
    }
    if (copied == 0)
        return;
    QApplication::clipboard()->setText(text);
    const QLocale locale;
    Q_EMIT statusMessage(
        copied < selected ? tr("Copied the first %1 of %2 rows").arg(locale.toString(copied), locale.toString(selected))
        : copied == 1     ? tr("Copied 1 row")
                          : tr("Copied %1 rows").arg(locale.toString(copied)));
}

void TableView::setNeverCut(int column, const QStringList &texts, int yielding)
{
    QHeaderView &header = *horizontalHeader();
    least_ = header.sectionSizeHint(column);
    for (const QString &text : texts)
        least_ = std::max(least_, widthOf(text));
    neverCut_ = column;
    yielding_ = yielding;
    wished_ = header.sectionSize(yielding);
    header.setSectionResizeMode(column, QHeaderView::Stretch);
    connect(&header, &QHeaderView::sectionResized, this, [this](int section, int, int size) {
        if (section == yielding_ && !isFitting_)
            wished_ = size; // by the user, or as it was remembered
    });
}

void TableView::fitColumns()
{
    if (neverCut_ < 0 || isFitting_)
        return;
    const QScopedValueRollback fitting(isFitting_, true);
    QHeaderView &header = *horizontalHeader();
    int room = viewport()->width() - least_;
    for (int column = 0; column < header.count(); ++column) {
        if (column != neverCut_ && column != yielding_)
            room -= header.sectionSize(column); // 0 if it is hidden
    }
    const int narrowest = std::min(header.sectionSizeHint(yielding_), wished_);
    const int width = std::clamp(room, narrowest, wished_);
    header.resizeSection(yielding_, width);
    // Qt makes a stretched column as narrow as any. Where there is no room, the table scrolls instead.
    const auto mode = width <= room ? QHeaderView::Stretch : QHeaderView::Fixed;
    if (mode != header.sectionResizeMode(neverCut_))
        header.setSectionResizeMode(neverCut_, mode);
    if (mode == QHeaderView::Fixed)
        header.resizeSection(neverCut_, least_);
}

/// The end stays in sight when a scroll bar, or something beside the table, takes room from it.
void TableView::updateGeometries()
{
    QScrollBar &bar = *verticalScrollBar();
    const bool wasAtEnd = bar.value() == bar.maximum();
    fitColumns();
    QTableView::updateGeometries();
    if (following_ && wasAtEnd && selectionModel() && !selectionModel()->hasSelection())
        bar.setValue(bar.maximum());
}

/// Pixels of a cell that shows all of @p text.
int TableView::widthOf(const QString &text) const
{
    return fontMetrics().horizontalAdvance(text)
           + 2 * (style()->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, this) + 1);
}

bool TableView::isElided(const QModelIndex &index) const
{
    return widthOf(index.data().toString()) > visualRect(index).width();
}

/// A cut text is whole in its tool tip.
bool TableView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto &help = static_cast<const QHelpEvent &>(*event);
        const QModelIndex index = indexAt(help.pos());
        if (index.isValid() && index.data(Qt::ToolTipRole).isNull() && isElided(index)) {
            QToolTip::showText(help.globalPos(), index.data().toString().toHtmlEscaped(), viewport());
            return true;
        }
    }
    return QTableView::viewportEvent(event);
}

void TableView::setModel(QAbstractItemModel *model)
{
    QTableView::setModel(model);
    // To highlight a title, Qt asks row by row whether all cells of the column are selected, each time it draws the
    // header. Nothing is highlighted here.
    horizontalHeader()->setSelectionModel(new QItemSelectionModel(model, this));
    connect(model, &QAbstractItemModel::rowsAboutToBeInserted, this, &TableView::readPosition);
    connect(model, &QAbstractItemModel::rowsInserted, this, &TableView::follow);
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this, &TableView::readPosition);
    connect(model, &QAbstractItemModel::modelReset, this, &TableView::follow);
    connect(model, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
        QScrollBar &bar = *verticalScrollBar(); // its value is a row
        if (first < bar.value() && bar.value() < bar.maximum())
            bar.setValue(std::max(bar.value() - (last - first + 1), first));
        updatePlaceholder();
    });
}

void TableView::readPosition()
{
    atEnd_ = verticalScrollBar()->value() == verticalScrollBar()->maximum();
}

void TableView::follow()
{
    if (following_ && atEnd_)
        scrollToBottom();
    updatePlaceholder();
}

void TableView::setPlaceholder(const QString &text)
{
    placeholder_ = text;
    updatePlaceholder();
}

void TableView::updatePlaceholder()
{
    const QString text = model() && model()->rowCount() == 0 ? placeholder_ : QString();
    if (text == shownPlaceholder_)
        return;
    shownPlaceholder_ = text;
    setAccessibleDescription(text);
    viewport()->update();
}

void TableView::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (shownPlaceholder_.isEmpty())
        return;
    QPainter painter(viewport());
    painter.setLayoutDirection(layoutDirection());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    constexpr int margin = 24;
    painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin), Qt::AlignCenter | Qt::TextWordWrap,
                     shownPlaceholder_);
}

} // namespace parley
