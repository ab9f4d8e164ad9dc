// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/inspect/bytes_model.h"

#include "shared/event/event_history.h"
#include "shared/message/message.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

using Direction = BytesModel::Direction;

constexpr int OffsetDigits = 6;

bool hasMoved(const Event &event)
{
    return event.movesBytes() && event.errorNumber() == 0;
}

Direction directionOf(const Event &event)
{
    return event.call() == Call::Recv || event.call() == Call::RecvFrom ? Direction::Received : Direction::Sent;
}

} // namespace

BytesModel::BytesModel(const EventHistory &history, QObject *parent) : QAbstractListModel(parent), history_(history)
{
    connect(&history, &EventHistory::reset, this, &BytesModel::rebuild);
    connect(&history, &EventHistory::grown, this, &BytesModel::readNew);
    rebuild();
}

void BytesModel::setBytesPerRow(int count)
{
    if (count == bytesPerRow_)
        return;
    bytesPerRow_ = count;
    rebuild();
}

void BytesModel::setEncoding(TextEncoding encoding)
{
    encoding_ = encoding;
    rebuild();
}

void BytesModel::rebuild()
{
    beginResetModel();
    pieces_.clear();
    read_ = 0;
    rows_ = 0;
    measured_ = 0;
    longestRow_ = 0;
    shown_ = 0;
    isCut_ = false;
    std::fill(std::begin(offsets_), std::end(offsets_), 0);
    endResetModel();
    readNew();
}

void BytesModel::readNew()
{
    std::vector<Piece> added;
    int rows = rows_;
    for (; read_ < history_.events().size() && !isCut_; ++read_) {
        const Event &event = history_.events()[read_];
        if (!hasMoved(event))
            continue;
        const QByteArrayView payload = event.payload();
        isCut_ = shown_ + payload.size() > MaxShown || pieces_.size() + added.size() >= MaxPieces;
        if (isCut_)
            break;
        qint64 &offset = offsets_[static_cast<int>(directionOf(event))];
        added.push_back({static_cast<quint32>(read_), rows, offset});
        offset += event.moved();
        shown_ += payload.size();
        rows += 1 + static_cast<int>((payload.size() + bytesPerRow_ - 1) / bytesPerRow_);
    }
    if (added.empty())
        return;
    beginInsertRows({}, rows_, rows - 1);
    pieces_.insert(pieces_.end(), added.begin(), added.end());
    rows_ = rows;
    endInsertRows();
}

/// Measures what was added since, which takes milliseconds for MaxShown bytes: a view that is hidden does not ask.
int BytesModel::longestRow() const
{
    for (; measured_ < pieces_.size(); ++measured_) {
        const QByteArrayView payload = eventOf(pieces_[measured_]).payload();
        for (qsizetype start = 0; start < payload.size(); start += bytesPerRow_) {
            const QByteArrayView row = payload.sliced(start, std::min<qsizetype>(bytesPerRow_, payload.size() - start));
            const auto controls =
                std::count_if(row.begin(), row.end(), [](char byte) { return byte >= 0 && byte < ' '; });
            longestRow_ = std::max(longestRow_, OffsetDigits + 4 + 4 * bytesPerRow_ + 3 * static_cast<int>(controls));
        }
    }
    return longestRow_;
}

const BytesModel::Piece &BytesModel::piece(int row) const
{
    const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), row,
                                        [](int wanted, const Piece &piece) { return wanted < piece.row; });
    return *std::prev(after);
}

const Event &BytesModel::eventOf(const Piece &piece) const
{
    return history_.events()[piece.event];
}

bool BytesModel::isTitle(int row) const
{
    return piece(row).row == row;
}

int BytesModel::rowOfEvent(std::size_t event) const
{
    const auto it = std::lower_bound(pieces_.begin(), pieces_.end(), event,
                                     [](const Piece &piece, std::size_t wanted) { return piece.event < wanted; });
    return it != pieces_.end() && it->event == event ? it->row : -1;
}

int BytesModel::find(const QByteArray &needle, int row) const
{
    if (needle.isEmpty())
        return -1;
    int next = -1;
    int first = -1;
    for (const Direction direction : {Direction::Received, Direction::Sent}) {
        QByteArray whole;
        std::vector<std::pair<qsizetype, const Piece *>> starts; // of the pieces, in whole
        for (const Piece &piece : pieces_) {
            if (directionOf(eventOf(piece)) != direction || eventOf(piece).payload().isEmpty())
                continue;
            starts.emplace_back(whole.size(), &piece);
            whole.append(eventOf(piece).payload());
        }
        auto start = starts.begin();
        for (qsizetype at = whole.indexOf(needle); at >= 0; at = whole.indexOf(needle, at + 1)) {
            while (std::next(start) != starts.end() && std::next(start)->first <= at)
                ++start;
            const int found = start->second->row + 1 + static_cast<int>((at - start->first) / bytesPerRow_);
            if (first < 0 || found < first)
                first = found;
            if (found > row) {
                next = next < 0 ? found : std::min(next, found);
                break;
            }
        }
    }
    return next >= 0 ? next : first;
}

QByteArray BytesModel::bytes(Direction direction) const
{
    QByteArray all;
    for (const Event &event : history_.events()) {
        if (hasMoved(event) && directionOf(event) == direction)
            all.append(event.payload());
    }
    return all;
}

QString BytesModel::omission() const
{
    return isCut_ ? tr("Only the first %1 are shown; saving writes all that are kept.").arg(bytesText(shown_))
                  : history_.omission();
}

QString BytesModel::title(const Piece &piece) const
{
    const Event &event = eventOf(piece);
    const bool received = directionOf(event) == Direction::Received;
    const QString after = durationText(std::chrono::nanoseconds(event.time() - history_.began()));
    if (event.meetsEnd())
        return tr("← End after %1: the peer closed").arg(after);
    const QString text =
        (received ? tr("← Received %1 after %2") : tr("→ Sent %1 after %2")).arg(bytesText(event.moved()), after);
    const qsizetype kept = event.payload().size();
    return kept == event.moved() ? text : text + tr(", %1 of them kept").arg(QLocale().toString(kept));
}

QString BytesModel::line(const Piece &piece, qsizetype start) const
{
    const Event &event = eventOf(piece);
    const QByteArrayView payload = event.payload();
    const qsizetype end = std::min(start + bytesPerRow_, payload.size());
    QString hex = QString::fromLatin1(payload.sliced(start, end - start).toByteArray().toHex(' '));
    const bool isDatagram = event.call() == Call::SendTo || !event.peer().isNull(); // begins with a character
    const bool isOdd = !isDatagram && piece.offset % 2 != 0;
    const qsizetype textStart = characterBoundary(payload, start, encoding_, isOdd);
    const qsizetype textEnd = std::max(textStart, characterBoundary(payload, end, encoding_, isOdd));
    const QString text =
        displaySafe(decodeText(payload.sliced(textStart, textEnd - textStart), encoding_), LineBreaks::Escape);
    return QString::number(piece.offset + start, 16).rightJustified(OffsetDigits, u'0') + u"  "_s
           + hex.leftJustified(bytesPerRow_ * 3 - 1) + u"  "_s + text;
}

int BytesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : rows_;
}

QVariant BytesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || role != Qt::DisplayRole)
        return {};
    const Piece &piece = this->piece(index.row());
    if (piece.row == index.row())
        return title(piece);
    return line(piece, static_cast<qsizetype>(index.row() - piece.row - 1) * bytesPerRow_);
}

} // namespace parley
