// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/table_view.h"

#include <QHeaderView>
#include <QItemSelectionModel>
#include <QPainter>
#include <QProxyStyle>
#include <QScrollBar>

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

TableView::TableView(QWidget *parent) : QTableView(parent)
{
    auto *roomy = new RoomyStyle;
    roomy->setParent(this);
    setStyle(roomy);
    horizontalHeader()->setStyle(roomy);
    setSelectionBehavior(SelectRows);
    setAlternatingRowColors(true);
    setShowGrid(false);
    setWordWrap(false);
    setTextElideMode(Qt::ElideMiddle);
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
    painter.setPen(palette().color(QPalette::PlaceholderText));
    constexpr int margin = 24;
    painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin), Qt::AlignCenter | Qt::TextWordWrap,
                     shownPlaceholder_);
}

} // namespace parley
