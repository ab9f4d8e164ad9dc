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

void MessageView::setEncoding(TextEncoding encoding)
{
    encoding_ = encoding;
    showAnew();
}

void MessageView::startMessage(qint64 most)
{
    most_ = most;
    parts_.clear();
    size_ = 0;
    datagrams_.clear();
    isFinished_ = false;
    showAnew();
}

void MessageView::append(const QByteArray &bytes)
{
    keep(bytes);
    showBytes(bytes);
}

void MessageView::startDatagram()
{
    beginDatagram({});
    showBreak();
}

void MessageView::appendDatagram(const Address &sender, const QByteArray &bytes)
{
    const QString line = QString::fromUtf8(sender.toString());
    beginDatagram(line);
    keep(bytes);
    showDatagram(line, bytes);
}

/// Each of them takes a line, so more cannot be shown.
void MessageView::beginDatagram(const QString &sender)
{
    if (datagrams_.size() < MaxLines)
        datagrams_.push_back({size_, sender});
}

void MessageView::showBytes(QByteArrayView bytes)
{
    if (!cut_)
        unshown_ += decoder_.decode(shownPart(bytes));
}

void MessageView::showBreak()
{
    if (!cut_)
        unshown_ += decoder_.finish() + u'\n';
}

void MessageView::showDatagram(const QString &sender, QByteArrayView bytes)
{
    if (cut_)
        return;
    const QString separator = shown_ > 0 ? QStringLiteral("\n") : QString();
    // On one line, so that no part of it looks like another sender's line.
    insert(separator + sender + u'\n' + displaySafe(decodeText(shownPart(bytes), encoding_), LineBreaks::Escape));
}

void MessageView::showAppended()
{
    insert(safe_.next(std::exchange(unshown_, {})));
}

void MessageView::showAnew()
{
    clear();
    unshown_.clear();
    decoder_ = TextDecoder(encoding_);
    safe_ = SafeText();
    shown_ = 0;
    lines_ = 0;
    cut_ = false;
    QByteArray bytes; // as many as can be shown, and one that tells that there are more
    for (const QByteArray &part : parts_) {
        if (bytes.size() <= mostBytes())
            bytes += part.first(std::min(part.size(), mostBytes() + 1 - bytes.size()));
    }
    qsizetype at = 0;
    const auto next = [&](qint64 end) {
        const qsizetype from = std::exchange(at, std::min<qsizetype>(end, bytes.size()));
        return QByteArrayView(bytes).sliced(from, at - from);
    };
    showBytes(next(datagrams_.empty() ? size_ : datagrams_.front().at));
    for (std::size_t i = 0; i < datagrams_.size(); ++i) {
        const QByteArrayView datagram = next(i + 1 < datagrams_.size() ? datagrams_[i + 1].at : size_);
        if (!datagrams_[i].sender.isEmpty()) {
            showDatagram(datagrams_[i].sender, datagram);
        } else {
            showBreak();
            showBytes(datagram);
        }
    }
    if (isFinished_)
        finishMessage();
    else
        showAppended();
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

void MessageView::finishMessage()
{
    isFinished_ = true;
    if (!cut_)
        unshown_ += decoder_.finish();
    showAppended();
}

/// The bytes that may still be shown. Every four bytes make at least a character, so the rest need not be decoded.
QByteArrayView MessageView::shownPart(QByteArrayView bytes)
{
    if (bytes.size() <= mostBytes())
        return bytes;
    cut_ = true;
    return bytes.first(mostBytes());
}

qsizetype MessageView::mostBytes() const
{
    return 4 * std::max<qsizetype>(MaxShown - shown_ - unshown_.size(), 0) + 4;
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
