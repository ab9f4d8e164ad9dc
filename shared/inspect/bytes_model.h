// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"
#include "shared/message/text_encoding.h"

#include <QAbstractListModel>

#include <vector>

namespace parley
{

class EventHistory;

/// The bytes that the watched connection of a history received and sent, in the pieces that its calls moved. Each piece
/// has a title row, then rows with its bytes in hex and as text side by side. Offsets count from the first byte of the
/// piece's direction.
///
/// The text is decoded piece by piece, as the calls returned it: a character that two pieces share is shown in
/// neither. Within a piece a character belongs to the row of its first byte. Control characters are escaped.
class BytesModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum class Direction : std::uint8_t { Received, Sent };
    /// Bytes, of both directions together; more would be too many rows to lay out without a stall.
    static constexpr qint64 MaxShown = 4 * 1024 * 1024;
    static constexpr int MaxPieces = 200'000;

    /// @param history outlives the model.
    explicit BytesModel(const EventHistory &history, QObject *parent = nullptr);

    int bytesPerRow() const { return bytesPerRow_; }
    void setBytesPerRow(int count);
    /// Of the text beside the bytes; UTF-8 until then.
    void setEncoding(TextEncoding encoding);
    TextEncoding encoding() const { return encoding_; }

    /// Whether the row is the title of a piece.
    bool isTitle(int row) const;
    /// The number of the event in the history that the row is about.
    std::size_t eventOf(int row) const { return piece(row).event; }
    /// The title row of event number @p event; -1 where that event moved no bytes, or is not shown.
    int rowOfEvent(std::size_t event) const;
    /// How many characters the longest row has, about.
    int longestRow() const;

    /// The next row after @p row in which @p needle begins, starting again from the top; -1 if there is none. A match
    /// may stretch over rows and pieces of one direction.
    int find(const QByteArray &needle, int row) const;
    /// All bytes that are kept of a direction, shown or not.
    QByteArray bytes(Direction direction) const;
    /// What is not shown, in a sentence; empty if all is.
    QString omission() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    struct Piece
    {
        quint32 event = 0;
        int row = 0;       // of its title
        qint64 offset = 0; // of its first byte
    };

    void rebuild();
    void readNew();
    const Piece &piece(int row) const;
    const Event &eventOf(const Piece &piece) const;
    QString title(const Piece &piece) const;
    QString line(const Piece &piece, qsizetype start) const;

    const EventHistory &history_;
    std::vector<Piece> pieces_;
    std::size_t read_ = 0; // events
    int rows_ = 0;
    int bytesPerRow_ = 16;
    TextEncoding encoding_ = TextEncoding::Utf8;
    mutable std::size_t measured_ = 0; // pieces, for longestRow_
    mutable int longestRow_ = 0;
    qint64 shown_ = 0;       // bytes
    bool isCut_ = false;     // there are more bytes than are shown
    qint64 offsets_[2] = {}; // of the next byte, by Direction
};

} // namespace parley
