// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/inspector/inspector.h"

#include "shared/ui/inspector/bytes_view.h"
#include "shared/ui/inspector/explanation_view.h"
#include "shared/ui/inspector/ladder_view.h"
#include "shared/ui/settings.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QScopedValueRollback>
#include <QScreen>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

Inspector::Inspector(QWidget *parent)
    : QWidget(parent), openAction_(new QAction(tr("&Details"), this)), button_(new QToolButton), title_(new QLabel),
      body_(new QSplitter(Qt::Horizontal))
{
    openAction_->setCheckable(true);
    openAction_->setShortcut(Qt::CTRL | Qt::Key_I);
    connect(openAction_, &QAction::toggled, this, &Inspector::toggled);
    button_->setObjectName(u"details"_s);
    button_->setText(tr("Details"));
    button_->setToolTip(tr("Each call of a connection, its bytes, and what they mean (%1)")
                            .arg(openAction_->shortcut().toString(QKeySequence::NativeText)));
    button_->setAccessibleDescription(tr("Shows or hides the ladder, the bytes and the explanations"));
    button_->setCheckable(true);
    button_->setAutoRaise(true);
    button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button_->setArrowType(Qt::RightArrow);
    button_->setFocusPolicy(Qt::TabFocus);
    connect(button_, &QToolButton::toggled, openAction_, &QAction::setChecked);
    connect(openAction_, &QAction::toggled, button_, &QToolButton::setChecked);
    title_->setObjectName(u"inspected"_s);
    title_->setTextFormat(Qt::PlainText);
    title_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    title_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // a long path must not widen the window

    // Before the ladder's view hears of a row that goes, and makes another one the current one.
    connect(&ladder_, &Ladder::rowsAboutToBeRemoved, this, [this] { isOwnChoice_ = true; });

    auto *line = new QHBoxLayout;
    line->addWidget(button_, 0, Qt::AlignLeft);
    line->addWidget(title_, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(line);
    layout->addWidget(body_, 1);
    body_->hide();
    title_->hide();
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void Inspector::buildBody()
{
    ladderView_ = new LadderView(ladder_);
    explanation_ = new ExplanationView(ladder_);
    bytesView_ = new BytesView(bytes_);
    pages_ = new QTabWidget;
    ladderView_->setObjectName(u"ladder"_s);
    ladderView_->setMinimumHeight(9 * fontMetrics().height()); // some rungs, whatever stands below
    ladderView_->setAccessibleName(tr("Ladder of calls"));
    connect(ladderView_, &LadderView::saveRequested, this, &Inspector::saveRequested);
    connect(bytesView_, &BytesView::saveRequested, this, &Inspector::saveRequested);
    connect(explanation_, &ExplanationView::statusMessage, this, &Inspector::statusMessage);
    connect(ladderView_->selectionModel(), &QItemSelectionModel::currentChanged, this, &Inspector::rungChosen);
    connect(ladderView_, &LadderView::pressed, this, [this] { isRungChosen_ = true; });
    connect(&ladder_, &Ladder::rowsInserted, this, &Inspector::preselectRung);
    connect(&ladder_, &Ladder::rowsRemoved, this, &Inspector::preselectRung);
    connect(&ladder_, &Ladder::modelReset, this, [this] {
        isRungChosen_ = false;
        preselectRung();
    });
    connect(bytesView_, &BytesView::eventChosen, this, &Inspector::bytesChosen);
    connect(bytesView_, &BytesView::showRequested, this, [this] { pages_->setCurrentWidget(bytesView_); });
    pages_->setObjectName(u"pages"_s);
    pages_->setDocumentMode(true);
    body_->setChildrenCollapsible(false);
    body_->addWidget(ladderView_);
    body_->addWidget(pages_);
    body_->setStretchFactor(0, 3);
    body_->setStretchFactor(1, 2);
    body_->setSizes({300, 200}); // whatever the widgets ask for
    pages_->addTab(explanation_, tr("Explanation"));
    pages_->addTab(bytesView_, tr("Bytes"));
    for (const Page &page : furtherPages_)
        pages_->addTab(page.make(), page.title);
    connect(pages_, &QTabWidget::currentChanged, this, &Inspector::makeRoomForBytes);
    addCommands();
    preselectRung();
}

/// The bytes want sixteen a row. The ladder keeps a third of the width, and has its room back when another page comes.
void Inspector::makeRoomForBytes()
{
    const QList<int> widths = body_->sizes();
    if (body_->orientation() == Qt::Vertical)
        return;
    if (pages_->currentWidget() != bytesView_) {
        if (widths == bytesWidths_) // the user has not moved the handle
            body_->setSizes(usualWidths_);
        return;
    }
    const int all = widths.at(0) + widths.at(1);
    const int wanted = bytesView_->wideWidth();
    if (widths.at(1) >= wanted || all - wanted < all / 3)
        return;
    usualWidths_ = widths;
    body_->setSizes({all - wanted, wanted});
    bytesWidths_ = body_->sizes();
}

QWidget *Inspector::below(QWidget *above)
{
    splitter_ = new QSplitter(Qt::Vertical);
    splitter_->setChildrenCollapsible(false);
    splitter_->addWidget(above);
    splitter_->addWidget(this);
    splitter_->setStretchFactor(0, 1);
    splitter_->setStretchFactor(1, 0);
    return splitter_;
}

void Inspector::addPage(const std::function<QWidget *()> &make, const QString &title)
{
    if (pages_)
        pages_->addTab(make(), title);
    else
        furtherPages_.push_back({make, title});
}

void Inspector::fillMenus(const Menus &menus)
{
    menus.view->addAction(openAction_);
    const auto endOf = [](QMenu *menu) {
        menu->addSeparator();
        return menu->addSeparator();
    };
    ends_ = {{MenuOf::View, endOf(menus.view)}, {MenuOf::File, endOf(menus.file)}, {MenuOf::Edit, endOf(menus.edit)}};
    menus_ = {{MenuOf::View, menus.view}, {MenuOf::File, menus.file}, {MenuOf::Edit, menus.edit}};
    addCommands();
}

void Inspector::addCommands()
{
    if (menus_.empty() || !pages_)
        return;
    for (const QList<QAction *> &commands : {ladderView_->actions(), bytesView_->actions(), explanation_->actions()}) {
        for (QAction *command : commands)
            menus_.at(menuOf(*command))->insertAction(ends_.at(menuOf(*command)), command);
    }
}

void Inspector::showLadder()
{
    setOpen(true);
    ladderView_->setFocus();
}

void Inspector::inspect(quint64 connection, const QString &title, std::optional<qint64> began)
{
    title_->setText(title);
    title_->setToolTip(title.toHtmlEscaped());
    history_.watch(connection, began);
}

void Inspector::rungChosen(const QModelIndex &current)
{
    explanation_->explain(current.row());
    isRungChosen_ |= current.isValid() && !isOwnChoice_;
    if (!current.isValid() || following_ || isOwnChoice_)
        return;
    const QScopedValueRollback following(following_, true);
    bytesView_->goToEvent(ladder_.row(current.row()).event);
}

void Inspector::preselectRung()
{
    isOwnChoice_ = true;
    if (const int row = ladder_.tellingRow(); row >= 0 && !isRungChosen_)
        ladderView_->preselect(row);
    isOwnChoice_ = false;
}

void Inspector::bytesChosen(std::size_t event)
{
    if (following_)
        return;
    isRungChosen_ = true;
    const QScopedValueRollback following(following_, true);
    ladderView_->setCurrentIndex(ladder_.index(ladder_.rowOfEvent(event)));
}

bool Inspector::isOpen() const
{
    return openAction_->isChecked();
}

void Inspector::setOpen(bool open)
{
    openAction_->setChecked(open);
}

/// The window grows by the height of the opened body, as far as there is room, and shrinks again. The rest of the
/// window keeps its size.
void Inspector::toggled(bool open)
{
    if (!pages_)
        buildBody();
    QWidget *window = this->window();
    const bool mayResize = window->isVisible() && !window->isMaximized() && !window->isFullScreen();
    const QSize before = window->size();
    if (!open)
        height_ = body_->height();
    button_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    setSizePolicy(QSizePolicy::Preferred, open ? QSizePolicy::Preferred : QSizePolicy::Fixed);
    body_->setVisible(open);
    title_->setVisible(open);
    for (const QList<QAction *> &commands : {ladderView_->actions(), bytesView_->actions()}) {
        for (QAction *command : commands)
            command->setEnabled(open);
    }
    const int whole = sizeHint().height() - (open ? body_->sizeHint().height() - height_ : 0);
    if (mayResize) {
        const QRect room = window->screen()->availableGeometry();
        const QRect frame = window->frameGeometry();
        const int most = room.height() - (frame.height() - before.height());
        const int change = open ? height_ : -grown_.value_or(height_);
        const int height = std::min(before.height() + change, std::max(most, before.height()));
        grown_ = open ? std::optional(height - before.height()) : std::nullopt;
        window->resize(before.width(), height);
        const int below = frame.bottom() + height - before.height() - room.bottom();
        if (below > 0 && frame.top() > room.top())
            window->move(frame.left(), std::max(frame.top() - below, room.top()));
    }
    if (splitter_) {
        const int all = splitter_->height();
        splitter_->setSizes({std::max(all - whole, 0), whole});
    }
}

void Inspector::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool isNarrow = width() < fontMetrics().averageCharWidth() * StackedBelow;
    const Qt::Orientation orientation = isNarrow ? Qt::Vertical : Qt::Horizontal;
    if (orientation == body_->orientation())
        return;
    body_->setOrientation(orientation);
    body_->setSizes({300, 200}); // the ladder comes first
}

void Inspector::restore(Settings &settings)
{
    const auto isHeight = [](const QString &text) { return text.toInt() >= 0 && text.toInt() <= 10'000; };
    const auto isState = [](const QString &text) { return text == u"open" || text == u"closed"; };
    height_ = settings.text(u"details/height"_s, QString::number(DefaultHeight), isHeight).toInt();
    setOpen(settings.text(u"details/state"_s, u"open"_s, isState) == u"open");
}

void Inspector::save(Settings &settings) const
{
    const int height = isOpen() ? body_->height() : height_;
    settings.setText(u"details/height"_s, QString::number(height), QString::number(DefaultHeight));
    settings.setText(u"details/state"_s, isOpen() ? u"open"_s : u"closed"_s, u"open"_s);
}

} // namespace parley
