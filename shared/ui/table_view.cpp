// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/table_view.h"

#include <QHeaderView>
#include <QPainter>
#include <QProxyStyle>
#include <QScrollBar>

namespace parley
{

namespace
{

/// Gives the texts of cells and headers room to the left and right.
class RoomyStyle : public QProxyStyle
{
public:
    int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override
    {
        constexpr int room = 7;
        if (metric == PM_HeaderMargin)
            return room;
        if (metric == PM_FocusFrameHMargin)
            return room - 1; // QCommonStyle adds one for cells
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
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
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // all alike: nothing is measured row by row
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 9);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void TableView::setModel(QAbstractItemModel *model)
{
    QTableView::setModel(model);
    connect(model, &QAbstractItemModel::rowsAboutToBeInserted, this,
            [this] { atEnd_ = verticalScrollBar()->value() == verticalScrollBar()->maximum(); });
    connect(model, &QAbstractItemModel::rowsInserted, this, [this] {
        if (atEnd_)
            scrollToBottom();
    });
    connect(model, &QAbstractItemModel::rowsInserted, this, &TableView::updatePlaceholder);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &TableView::updatePlaceholder);
}

void TableView::setPlaceholder(const QString &text)
{
    placeholder_ = text;
    updatePlaceholder();
}

void TableView::updatePlaceholder()
{
    const bool isShown = model() && model()->rowCount() == 0;
    setAccessibleDescription(isShown ? placeholder_ : QString());
    viewport()->update();
}

void TableView::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (placeholder_.isEmpty() || !model() || model()->rowCount() > 0)
        return;
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    constexpr int margin = 24;
    painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin), Qt::AlignCenter | Qt::TextWordWrap,
                     placeholder_);
}

} // namespace parley
