// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/inspector/bytes_view.h"

#include "shared/message/message.h"
#include "shared/ui/menus.h"
#include "shared/ui/status_label.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QToolButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

constexpr int WideRow = 16; // bytes
constexpr int NarrowRow = 8;

/// The bytes to look for: those of the hex digits after `0x`, or else those of @p text.
std::variant<QByteArray, BytesError> needleOf(const QString &text, TextEncoding encoding)
{
    const QByteArray bytes = text.toUtf8();
    const QByteArray digits = bytes.mid(2).replace(' ', "");
    const bool isHex = bytes.startsWith("0x") && !digits.isEmpty() && digits.size() % 2 == 0
                       && std::all_of(digits.begin(), digits.end(), [](char c) { return std::isxdigit(c) != 0; });
    if (isHex)
        return QByteArray::fromHex(digits);
    return encodeText(text, encoding);
}

} // namespace

/// Titles are bold and stand under a line; all rows have one height, and nothing is measured row by row.
class BytesView::Delegate : public QStyledItemDelegate
{
public:
    Delegate(const BytesModel &model, QObject *parent) : QStyledItemDelegate(parent), model_(model) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        if (!model_.isTitle(index.row()) || index.row() == 0)
            return;
        painter->setPen(option.palette.color(QPalette::Mid));
        painter->drawLine(option.rect.topLeft(), option.rect.topRight());
    }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        const QFontMetrics metrics(option.font);
        return {metrics.horizontalAdvance(u'0') * (std::max(model_.longestRow(), 40) + 1), metrics.height() * 5 / 4};
    }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        option->font.setBold(model_.isTitle(index.row()));
        option->textElideMode = Qt::ElideNone;
    }

private:
    const BytesModel &model_;
};

BytesView::BytesView(BytesModel &model, QWidget *parent)
    : QWidget(parent), model_(model), list_(new QListView), omission_(new QLabel), findBar_(new QWidget),
      needle_(new QLineEdit), found_(new StatusLabel(u"found"_s, tr("What was found")))
{
    list_->setObjectName(u"bytes"_s);
    list_->setAccessibleName(tr("Bytes received and sent"));
    list_->setLayoutDirection(Qt::LeftToRight); // offsets, hex digits and text stand in this order in every language
    list_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setUniformItemSizes(true);
    list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setItemDelegate(new Delegate(model_, list_));
    list_->setModel(&model_);
    list_->installEventFilter(this);
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        if (current.isValid())
            Q_EMIT eventChosen(model_.eventOf(current.row()));
    });
    connect(&model_, &BytesModel::rowsInserted, this, &BytesView::showOmission);
    connect(&model_, &BytesModel::modelReset, this, &BytesView::showOmission);

    omission_->setTextFormat(Qt::PlainText);
    omission_->setWordWrap(true);
    omission_->setMargin(4);
    needle_->setObjectName(u"findBytes"_s);
    needle_->setAccessibleName(tr("Find in the bytes"));
    needle_->setPlaceholderText(tr("Text, or 0x and hex digits"));
    needle_->setClearButtonEnabled(true);
    needle_->installEventFilter(this);
    connect(needle_, &QLineEdit::returnPressed, this, &BytesView::findNext);
    connect(needle_, &QLineEdit::textEdited, found_, &QLabel::clear);
    auto *find = new QHBoxLayout(findBar_);
    find->setContentsMargins(4, 4, 4, 4);
    auto *label = new QLabel(tr("Find:"));
    label->setBuddy(needle_);
    find->addWidget(label);
    find->addWidget(needle_, 1);
    find->addWidget(found_);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(omission_);
    layout->addWidget(list_, 1);
    layout->addWidget(findBar_);
    findBar_->hide();
    setFocusProxy(list_);
    addActions();
    showOmission();
}

void BytesView::addActions()
{
    const auto add = [this](MenuOf menu, const QString &text, const QKeySequence &shortcut, auto slot) {
        QAction *action = addAction(text);
        connect(action, &QAction::triggered, this, &BytesView::showRequested);
        connect(action, &QAction::triggered, this, slot);
        action->setShortcut(shortcut);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        list_->addAction(action);
        setMenuOf(*action, menu);
    };
    add(MenuOf::Edit, tr("F&ind in Bytes"), QKeySequence::Find, &BytesView::openFind);
    add(MenuOf::Edit, tr("Find Ne&xt"), QKeySequence(Qt::Key_F3), &BytesView::findNext);
    add(MenuOf::Edit, tr("Copy &Bytes"), QKeySequence::Copy, &BytesView::copy);
    add(MenuOf::File, tr("Save &Received Bytes As…"), {}, [this] { save(BytesModel::Direction::Received); });
    add(MenuOf::File, tr("Save Se&nt Bytes As…"), {}, [this] { save(BytesModel::Direction::Sent); });
    list_->setContextMenuPolicy(Qt::ActionsContextMenu);
}

/// The window may use the same keys for something else: here they belong to this view.
bool BytesView::eventFilter(QObject *object, QEvent *event)
{
    if (event->type() != QEvent::ShortcutOverride && event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(object, event);
    auto *key = static_cast<QKeyEvent *>(event);
    const bool isText = object == needle_;
    const auto act = [&](auto action) {
        if (event->type() == QEvent::KeyPress)
            action();
        event->accept();
        return true;
    };
    if (key->matches(QKeySequence::Find))
        return act([this] { openFind(); });
    if (key->matches(QKeySequence::Copy) && !isText)
        return act([this] { copy(); });
    if (key->key() == Qt::Key_F3 && key->modifiers() == Qt::NoModifier)
        return act([this] { findNext(); });
    if (key->key() == Qt::Key_Escape && isText)
        return act([this] { closeFind(); });
    return QWidget::eventFilter(object, event);
}

void BytesView::openFind()
{
    findBar_->show();
    needle_->setFocus(Qt::ShortcutFocusReason);
    needle_->selectAll();
}

void BytesView::closeFind()
{
    findBar_->hide();
    list_->setFocus(Qt::OtherFocusReason);
}

void BytesView::findNext()
{
    if (needle_->text().isEmpty()) {
        openFind();
        return;
    }
    const auto needle = needleOf(needle_->text(), model_.encoding());
    if (const auto *error = std::get_if<BytesError>(&needle)) {
        found_->showText(error->sentence);
        return;
    }
    const int row = model_.find(std::get<QByteArray>(needle), list_->currentIndex().row());
    if (row >= 0)
        list_->setCurrentIndex(model_.index(row));
    found_->showText(row >= 0 ? QString() : tr("Not found"));
}

void BytesView::copy()
{
    QModelIndexList rows = list_->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QString text;
    for (const QModelIndex &row : rows)
        text += row.data().toString() + u'\n';
    if (!text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void BytesView::save(BytesModel::Direction direction)
{
    const bool received = direction == BytesModel::Direction::Received;
    const FileSaver::Kind kind{received ? tr("Save Received Bytes As") : tr("Save Sent Bytes As"),
                               received ? u"received.bin"_s : u"sent.bin"_s,
                               {}};
    Q_EMIT saveRequested(kind, [&model = model_, direction]() -> FileSaver::Writer {
        return [bytes = model.bytes(direction)](QIODevice &file) { file.write(bytes); };
    });
}

void BytesView::goToEvent(std::size_t event)
{
    const int row = model_.rowOfEvent(event);
    if (row < 0) {
        list_->clearSelection();
        return;
    }
    list_->setCurrentIndex(model_.index(row));
    list_->scrollTo(model_.index(row), QAbstractItemView::PositionAtTop);
}

void BytesView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

int BytesView::wideWidth() const
{
    const int unit = QFontMetrics(list_->font()).horizontalAdvance(u'0');
    constexpr int around = 11; // characters: offset and gaps
    return unit * (WideRow * 4 + around) + 2 * list_->frameWidth() + list_->verticalScrollBar()->sizeHint().width();
}

/// Chooses as many bytes a row as there is room for.
void BytesView::fit()
{
    model_.setBytesPerRow(wideWidth() <= width() ? WideRow : NarrowRow);
}

void BytesView::showOmission()
{
    const QString text = model_.rowCount() > 0 ? model_.omission() : tr("No bytes were received or sent.");
    omission_->setText(text);
    omission_->setVisible(!text.isEmpty());
    list_->setAccessibleDescription(text);
    list_->doItemsLayout(); // the longest row may have changed
}

} // namespace parley
