// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/message_view.h"

#include <QFontDatabase>
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
    // Breaking anywhere costs a tenth of looking for word boundaries in a line of 100,000 characters.
    setWordWrapMode(QTextOption::WrapAnywhere);
}

void MessageView::startMessage()
{
    clear();
    bytes_.clear();
    decoder_ = {};
    shown_ = 0;
    lines_ = 0;
    cut_ = false;
}

void MessageView::append(QByteArrayView bytes)
{
    bytes_.append(bytes.data(), bytes.size());
    if (!cut_)
        show(decoder_.decode(bytes));
}

void MessageView::appendDatagram(const Address &sender, QByteArrayView bytes)
{
    bytes_.append(bytes.data(), bytes.size());
    if (cut_)
        return;
    const QString separator = shown_ > 0 ? QStringLiteral("\n") : QString();
    show(separator + QString::fromLatin1(sender.toPython()) + u'\n' + MessageDecoder::decodeAll(bytes));
}

void MessageView::finishMessage()
{
    if (!cut_)
        show(decoder_.finish());
}

void MessageView::show(const QString &text)
{
    QString safe = displaySafe(text);
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
    QTextCursor end(document());
    end.movePosition(QTextCursor::End);
    end.insertText(safe);
}

} // namespace parley
