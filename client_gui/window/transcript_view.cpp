// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/transcript_view.h"

#include "shared/event/wall_clock.h"
#include "shared/message/escaped_bytes.h"
#include "shared/message/message.h"
#include "shared/ui/field_help.h"

#include <QComboBox>
#include <QFontDatabase>
#include <QLocale>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

enum Form { Text, Hex };

} // namespace

TranscriptView::TranscriptView(QWidget *parent) : QWidget(parent), text_(new QPlainTextEdit), form_(new QComboBox)
{
    text_->setObjectName(u"transcript"_s);
    text_->setAccessibleName(tr("Transcript"));
    text_->setReadOnly(true);
    text_->setUndoRedoEnabled(false);
    text_->setTabChangesFocus(true);
    text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text_->setWordWrapMode(QTextOption::WrapAnywhere);
    text_->setPlaceholderText(tr("What is sent and received will appear here, in order."));
    form_->setObjectName(u"transcriptForm"_s);
    form_->setAccessibleName(tr("How the bytes are shown"));
    explainField(*form_, tr("Shows the bytes as text, or in hexadecimal."));
    form_->addItem(tr("Text"));
    form_->addItem(tr("Hex"));
    connect(form_, &QComboBox::currentIndexChanged, this, &TranscriptView::showAll);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(text_, 1);
    layout->addWidget(form_, 0, Qt::AlignRight);
}

void TranscriptView::clear()
{
    pieces_.clear();
    unshown_ = 0;
    left_ = 0;
    std::fill(std::begin(moved_), std::end(moved_), 0);
    text_->clear();
}

void TranscriptView::setEncoding(TextEncoding encoding)
{
    encoding_ = encoding;
    showAll();
}

void TranscriptView::add(Direction direction, const QDateTime &time, const QByteArray &bytes, qint64 size,
                         bool isDatagram)
{
    qint64 &moved = moved_[static_cast<int>(direction)];
    pieces_.push_back(
        {direction, time, bytes.first(std::min(bytes.size(), MaxShownBytes)), size, !isDatagram && moved % 2 != 0});
    moved += size;
    ++unshown_;
    if (pieces_.size() <= MaxPieces)
        return;
    // A tenth at a time: all is laid out anew.
    left_ += MaxPieces / 10;
    pieces_.erase(pieces_.begin(), pieces_.begin() + MaxPieces / 10);
    unshown_ = pieces_.size();
}

/// Plain text, whatever the peer sent. No line of it looks like the line above a piece, because each begins with a
/// blank.
QString TranscriptView::textOf(const Piece &piece) const
{
    QString text = (piece.direction == Direction::Sent ? tr("→ Sent %1 at %2") : tr("← Received %1 at %2"))
                       .arg(bytesText(piece.size), clockText(piece.time));
    QString body = form_->currentIndex() == Hex
                       ? hexText(piece.bytes, MaxShownBytes)
                       : displaySafe(decodeText(piece.bytes, encoding_, piece.isOdd), LineBreaks::Keep);
    if (!body.isEmpty())
        text += u"\n  "_s + body.replace(u'\n', u"\n  "_s);
    if (piece.bytes.size() < piece.size)
        text += u"\n  "_s + tr("… and %1 more").arg(bytesText(piece.size - piece.bytes.size()));
    return text;
}

void TranscriptView::showAdded()
{
    if (unshown_ == 0 || !isVisible())
        return;
    if (unshown_ == pieces_.size()) {
        showAll();
        return;
    }
    QScrollBar &bar = *text_->verticalScrollBar();
    const bool wasAtEnd = bar.value() == bar.maximum();
    QStringList texts;
    for (; unshown_ > 0; --unshown_)
        texts.append(textOf(pieces_[pieces_.size() - unshown_]));
    text_->appendPlainText(texts.join(u'\n'));
    if (wasAtEnd)
        bar.setValue(bar.maximum());
}

void TranscriptView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    showAdded();
}

void TranscriptView::showAll()
{
    unshown_ = 0;
    QStringList texts;
    if (left_ > 0)
        texts.append(tr("%1 earlier pieces are no longer shown.").arg(QLocale().toString(left_)));
    for (const Piece &piece : pieces_)
        texts.append(textOf(piece));
    text_->setPlainText(texts.join(u'\n'));
    text_->verticalScrollBar()->setValue(text_->verticalScrollBar()->maximum());
}

} // namespace parley
