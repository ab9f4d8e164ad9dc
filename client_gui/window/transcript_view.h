// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/message/text_encoding.h"

#include <QDateTime>
#include <QWidget>

#include <deque>

class QComboBox;
class QPlainTextEdit;

namespace parley
{

/// What was said on a connection, both ways, in order: each piece that a call moved, with its direction, time and size,
/// as text or in hexadecimal.
class TranscriptView : public QWidget
{
    Q_OBJECT

public:
    static constexpr std::size_t MaxPieces = 1'000;      ///< the latest ones
    static constexpr qsizetype MaxShownBytes = 4 * 1024; ///< of a piece; the rest is counted

    enum class Direction { Sent, Received };

    explicit TranscriptView(QWidget *parent = nullptr);

    void clear();
    /// How the bytes are shown as text; UTF-8 until then.
    void setEncoding(TextEncoding encoding);
    /// @param size of the piece; @p bytes may be fewer, where they were not kept.
    /// It is shown with showAdded(). A datagram begins with a character; a piece of a stream may begin within one.
    void add(Direction direction, const QDateTime &time, const QByteArray &bytes, qint64 size, bool isDatagram = false);
    /// Called once for all that is at hand. Nothing is laid out while nobody can see it.
    void showAdded();

protected:
    void showEvent(QShowEvent *event) override;

private:
    struct Piece
    {
        Direction direction;
        QDateTime time;
        QByteArray bytes;
        qint64 size;
        bool isOdd; // an odd number of bytes came before it: UTF-16 begins after its first one
    };

    QString textOf(const Piece &piece) const;
    void showAll();

    TextEncoding encoding_ = TextEncoding::Utf8;
    std::deque<Piece> pieces_;
    std::size_t unshown_ = 0; // of the pieces, the latest ones
    qint64 moved_[2] = {};    // bytes before the next piece, by Direction
    quint64 left_ = 0;        // pieces that are no longer kept
    QPlainTextEdit *const text_;
    QComboBox *const form_;
};

} // namespace parley
