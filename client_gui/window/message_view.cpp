// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"

#include <QFontDatabase>
#include <QMimeData>
#include <QTextCursor>

#include <algorithm>

namespace parley
{

MessageView::MessageView(QWidget *parent) : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    // In a line of 100,000 characters, breaking anywhere costs a tenth of what looking for word boundaries costs.
    setWordWrapMode(QTextOption::WrapAnywhere);
}

/// A text edit would copy a blank in place of a no-break space.
QMimeData *MessageView::createMimeDataFromSelection() const
{
    auto *selection = new QMimeData;
    selection->setText(textCursor().selectedText().replace(QChar::ParagraphSeparator, QLatin1Char('\n')));
    return selection;
}

void MessageView::startMessage(qint64 most)
{
    clear();
    most_ = most;
    parts_.clear();
    size_ = 0;
    unshown_.clear();
    decoder_ = {};
    safe_ = SafeText();
    shown_ = 0;
    lines_ = 0;
    cut_ = false;
}

void MessageView::append(const QByteArray &bytes)
{
    keep(bytes);
    if (!cut_)
        unshown_ += decoder_.decode(shownPart(bytes));
}

void MessageView::startDatagram()
{
    if (!cut_)
        unshown_ += decoder_.finish() + u'\n';
}

void MessageView::showAppended()
{
    insert(safe_.next(std::exchange(unshown_, {})));
}

void MessageView::keep(const QByteArray &bytes)
{
    constexpr qsizetype few = 64 * 1024; // in one part, however small they come
    const QByteArrayView kept = QByteArrayView(bytes).first(std::min<qsizetype>(bytes.size(), most_ - size_));
    if (kept.isEmpty())
        return;
    size_ += kept.size();
    if (!parts_.isEmpty() && parts_.last().size() + kept.size() <= few)
        parts_.last() += kept;
    else if (kept.size() < bytes.size() || bytes.capacity() > bytes.size() + few)
        parts_ += kept.toByteArray();
    else
        parts_ += bytes;
}

void MessageView::appendDatagram(const Address &sender, const QByteArray &bytes)
{
    keep(bytes);
    if (cut_)
        return;
    const QString separator = shown_ > 0 ? QStringLiteral("\n") : QString();
    // On one line, so that no part of it looks like another sender's line.
    const QString text = displaySafe(MessageDecoder::decodeAll(shownPart(bytes)), LineBreaks::Escape);
    insert(separator + QString::fromLatin1(sender.toPython()) + u'\n' + text);
}

void MessageView::finishMessage()
{
    if (!cut_)
        unshown_ += decoder_.finish();
    showAppended();
}

/// The bytes that may still be shown. Every four bytes make at least a character, so the rest need not be decoded.
QByteArrayView MessageView::shownPart(QByteArrayView bytes)
{
    const qsizetype most = 4 * std::max<qsizetype>(MaxShown - shown_ - unshown_.size(), 0) + 4;
    if (bytes.size() <= most)
        return bytes;
    cut_ = true;
    return bytes.first(most);
}

/// @p safe: by SafeText.
void MessageView::insert(QString safe)
{
    if (safe.isEmpty())
        return;
    qsizetype room = std::min(MaxShown - shown_, safe.size());
    for (qsizetype at = safe.indexOf(u'\n'); at >= 0 && at < room; at = safe.indexOf(u'\n', at + 1)) {
        if (++lines_ == MaxLines)
            room = at;
    }
    if (safe.size() > room) {
        if (room > 0 && safe.at(room - 1).isHighSurrogate())
            --room;
        safe.truncate(room);
        cut_ = true;
    }
    shown_ += safe.size();
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(safe);
}

} // namespace parley
