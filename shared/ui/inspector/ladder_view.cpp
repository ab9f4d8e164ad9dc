// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/inspector/ladder_view.h"

#include "shared/event/event_history.h"
#include "shared/message/message.h"
#include "shared/ui/appearance.h"
#include "shared/ui/menus.h"

#include <QAction>
#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QFontDatabase>
#include <QLocale>
#include <QPainter>
#include <QScrollBar>
#include <QStyleOptionFocusRect>
#include <QStyledItemDelegate>
#include <QSvgGenerator>
#include <QWheelEvent>

#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

/// A widget that is drawn by a function.
class Drawn : public QWidget
{
public:
    Drawn(QWidget *parent, std::function<void(QPainter &, const QRect &)> draw)
        : QWidget(parent), draw_(std::move(draw))
    {
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        draw_(painter, rect());
    }

private:
    const std::function<void(QPainter &, const QRect &)> draw_;
};

} // namespace

class LadderView::Delegate : public QStyledItemDelegate
{
public:
    explicit Delegate(LadderView &view) : QStyledItemDelegate(&view), view_(view) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto group = option.state & QStyle::State_Active ? QPalette::Active : QPalette::Inactive;
        const bool selected = option.state & QStyle::State_Selected;
        view_.painter().paintRow(*painter, option.rect, index.row(), group, selected);
        if (selected || !(option.state & QStyle::State_HasFocus))
            return;
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(option);
        view_.style()->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, &view_);
    }
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        const LadderPainter painter = view_.painter();
        return {painter.minimumWidth(), painter.rowHeight()};
    }

private:
    const LadderView &view_;
};

LadderView::LadderView(Ladder &ladder, QWidget *parent)
    : QListView(parent), ladder_(ladder),
      header_(new Drawn(this,
                        [this](QPainter &painter, const QRect &rect) {
                            const int offset = horizontalScrollBar()->value();
                            const int width = std::max(rect.width(), this->painter().minimumWidth());
                            this->painter().paintHeader(painter, {-offset, 0, width, rect.height()});
                        })),
      legend_(
          new Drawn(this, [this](QPainter &painter, const QRect &rect) { this->painter().paintLegend(painter, rect); }))
{
    setLayoutDirection(Qt::LeftToRight); // as LadderPainter draws
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setUniformItemSizes(true); // nothing is measured row by row
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setItemDelegate(new Delegate(*this));
    setModel(&ladder_);
    addActions();
    connect(horizontalScrollBar(), &QScrollBar::valueChanged, header_, qOverload<>(&QWidget::update));
    connect(&ladder_, &Ladder::rowsAboutToBeInserted, this,
            [this] { atEnd_ = verticalScrollBar()->value() == verticalScrollBar()->maximum(); });
    connect(&ladder_, &Ladder::rowsInserted, this, [this] {
        relayout();
        if (atEnd_)
            scrollToBottom();
    });
    connect(&ladder_, &Ladder::rowsRemoved, this, &LadderView::relayout);
    connect(&ladder_, &Ladder::modelReset, this, [this] {
        atEnd_ = true; // what is shown anew has not been scrolled
        relayout();
    });
    const auto forget = [this] { preselected_ = QModelIndex(); }; // the user has chosen
    connect(this, &LadderView::pressed, this, forget);
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this, forget);
    relayout();
}

void LadderView::addActions()
{
    const auto add = [this](const QString &text, const QList<QKeySequence> &shortcuts, auto slot) {
        auto *action = addAction(text, this, slot);
        action->setShortcuts(shortcuts);
        action->setShortcutContext(Qt::WidgetShortcut);
        return action;
    };
    add(tr("Zoom &In"), {QKeySequence(Qt::CTRL | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Equal)},
        [this] { setZoom(zoom_ + 25); });
    add(tr("Zoom &Out"), {QKeySequence(Qt::CTRL | Qt::Key_Minus)}, [this] { setZoom(zoom_ - 25); });
    add(tr("&Actual Size"), {QKeySequence(Qt::CTRL | Qt::Key_0)}, [this] { setZoom(100); });
    QAction *svgAction = add(tr("Save Ladder as S&VG…"), {}, [this] {
        Q_EMIT saveRequested(
            {tr("Save Ladder"), u"ladder.svg"_s, tr("SVG pictures (*.svg)")},
            [this]() -> FileSaver::Writer { return [svg = svg()](QIODevice &file) { file.write(svg); }; });
    });
    QAction *pngAction = add(tr("Save Ladder as PN&G…"), {}, [this] {
        Q_EMIT saveRequested(
            {tr("Save Ladder"), u"ladder.png"_s, tr("PNG pictures (*.png)")},
            [this]() -> FileSaver::Writer { return [image = image()](QIODevice &file) { image.save(&file, "PNG"); }; });
    });
    for (QAction *save : {svgAction, pngAction})
        setMenuOf(*save, MenuOf::File);
    setMenuOf(*add(tr("Copy &Rungs"), {QKeySequence::Copy}, [this] { copyRungs(); }), MenuOf::Edit);
    setMenuOf(*add(tr("Copy Pic&ture"), {}, [this] { QApplication::clipboard()->setImage(image()); }), MenuOf::Edit);
    setContextMenuPolicy(Qt::ActionsContextMenu);
}

void LadderView::preselect(int row)
{
    setAutoScroll(atEnd_); // who has scrolled back goes on reading
    setCurrentIndex(ladder_.index(row));
    preselected_ = ladder_.index(row);
    setAutoScroll(true);
}

/// Copies the rungs that the user has selected, or else all of them, in words: a line each.
void LadderView::copyRungs()
{
    QString text;
    const QModelIndexList selected = selectionModel()->selectedIndexes();
    const bool all = selected.isEmpty() || (selected.size() == 1 && preselected_ == selected.constFirst());
    for (int row = 0; row < ladder_.rowCount(); ++row) {
        if (const QModelIndex rung = ladder_.index(row); all || selectionModel()->isSelected(rung))
            text += rung.data(Qt::AccessibleTextRole).toString() + u'\n';
    }
    QApplication::clipboard()->setText(text);
}

void LadderView::setZoom(int percent)
{
    zoom_ = std::clamp(percent, MinZoom, MaxZoom);
    setFont(scaled(QFontDatabase::systemFont(QFontDatabase::FixedFont), zoom_ / 100.0));
    const QModelIndex current = currentIndex();
    relayout();
    scrollTo(current);
}

/// The size of the rows, or of the parts around them, may have changed.
void LadderView::relayout()
{
    const LadderPainter painter = this->painter();
    setViewportMargins(0, painter.headerHeight(), 0, painter.legendHeight());
    placeFrame();
    doItemsLayout(); // measures the first row anew
    header_->update();
    legend_->update();
    setAccessibleDescription(ladder_.history().omission());
}

void LadderView::placeFrame()
{
    const QRect rows = viewport()->geometry();
    const LadderPainter painter = this->painter();
    header_->setGeometry(rows.left(), rows.top() - painter.headerHeight(), rows.width(), painter.headerHeight());
    legend_->setGeometry(rows.left(), rows.bottom() + 1, rows.width(), painter.legendHeight());
}

void LadderView::resizeEvent(QResizeEvent *event)
{
    QListView::resizeEvent(event);
    placeFrame();
}

void LadderView::wheelEvent(QWheelEvent *event)
{
    if (!(event->modifiers() & Qt::ControlModifier)) {
        QListView::wheelEvent(event);
        return;
    }
    if (const int turned = event->angleDelta().y(); turned != 0)
        setZoom(zoom_ + (turned > 0 ? 25 : -25));
    event->accept();
}

void LadderView::paintEvent(QPaintEvent *event)
{
    QListView::paintEvent(event);
    QPainter painter(viewport());
    if (const int rows = ladder_.rowCount(); rows > 0) {
        const QRect last = visualRect(model()->index(rows - 1, 0));
        if (last.bottom() < viewport()->height())
            this->painter().paintLines(painter, {last.left(), last.bottom() + 1, last.width(), viewport()->height()});
        return;
    }
    painter.setLayoutDirection(layoutDirection());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.setFont(QApplication::font(this));
    const QString omission = ladder_.history().omission();
    painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap,
                     omission.isEmpty() ? tr("No call has been made yet.") : omission);
}

/// The size of all rows that are saved, in device-independent pixels.
QSize LadderView::pictureSize() const
{
    const LadderPainter ladder = painter();
    const int rows = std::min(ladder_.rowCount(), MaxSavedRows);
    const int noteHeight = rows < ladder_.rowCount() ? ladder.rowHeight() : 0;
    return {std::max(ladder.minimumWidth(), ladder.rowHeight() * 30),
            ladder.headerHeight() + rows * ladder.rowHeight() + noteHeight + ladder.legendHeight()};
}

void LadderView::draw(QPaintDevice &device) const
{
    const LadderPainter ladder = painter();
    const QSize size = pictureSize();
    const int rows = std::min(ladder_.rowCount(), MaxSavedRows);
    QPainter painter(&device);
    painter.fillRect(QRect(QPoint(), size), palette().color(QPalette::Base));
    int y = 0;
    const auto next = [&](int height) { return QRect(0, std::exchange(y, y + height), size.width(), height); };
    ladder.paintHeader(painter, next(ladder.headerHeight()));
    for (int row = 0; row < rows; ++row)
        ladder.paintRow(painter, next(ladder.rowHeight()), row, QPalette::Active, false);
    if (rows < ladder_.rowCount()) {
        const QLocale locale;
        painter.setFont(font());
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(
            next(ladder.rowHeight()), Qt::AlignCenter,
            tr("The first %1 of %2 rows.").arg(locale.toString(rows), locale.toString(ladder_.rowCount())));
    }
    ladder.paintLegend(painter, next(ladder.legendHeight()));
}

QImage LadderView::image() const
{
    constexpr qreal scale = 2;
    constexpr qreal highest = 32'000; // pixels; QPainter can draw 32,767
    const QSize size = pictureSize();
    const qreal fitting = std::min(scale, highest / std::max(size.height(), size.width()));
    QImage image(size * fitting, QImage::Format_RGB32);
    image.setDevicePixelRatio(fitting);
    draw(image);
    return image;
}

QByteArray LadderView::svg() const
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(logicalDpiX()); // as the texts were measured
    generator.setSize(pictureSize());
    generator.setViewBox(QRect(QPoint(), pictureSize()));
    generator.setTitle(tr("Parley ladder"));
    draw(generator);
    return buffer.data();
}

} // namespace parley
