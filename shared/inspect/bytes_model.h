// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"

#include <QAbstractListModel>

#include <vector>

namespace parley
{

class EventHistory;

/// What the connection that a history watches received and sent, in the pieces in which its calls moved it: a row that
/// tells of the piece, then rows with its bytes in hex and as text side by side. Offsets count from the beginning of
/// what was received, or sent.
///
/// The text is UTF-8, each piece by itself, because it came so: a character that two pieces share is none in either.
/// Within a piece a character belongs to the row of its first byte. Control characters are escaped.
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

    /// Whether the row tells of a piece, and has no bytes.
    bool isTitle(int row) const;
    /// The number of the event in the history that the row is about.
    std::size_t eventOf(int row) const { return piece(row).event; }
    /// The row that tells of event number @p event; -1 where that moved no bytes, or is not shown.
    int rowOfEvent(std::size_t event) const;
    /// How many characters the longest row has, about.
    int longestRow() const { return longestRow_; }

    /// The row after @p row, or else from the top on, in which @p needle begins; -1 if it is nowhere. It may stretch
    /// over rows and pieces of one direction.
    int find(const QByteArray &needle, int row) const;
    /// All that is kept of a direction, shown or not.
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
    int longestRow_ = 0;
    qint64 shown_ = 0;       // bytes
    bool isCut_ = false;     // more came than is shown
    qint64 offsets_[2] = {}; // of what comes next, by Direction
};

} // namespace parley
