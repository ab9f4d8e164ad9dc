// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/received_bytes.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace parley
{

bool ReceivedBytes::contains(char byte) const
{
    qint64 from = offset_;
    return std::any_of(pieces_.begin(), pieces_.end(),
                       [&](const QByteArray &piece) { return piece.indexOf(byte, std::exchange(from, 0)) >= 0; });
}

void ReceivedBytes::append(const QByteArray &piece)
{
    pieces_.push_back(piece);
    size_ += piece.size();
}

QByteArray ReceivedBytes::take()
{
    if (pieces_.empty())
        return {};
    QByteArray piece = pieces_.front();
    if (const qint64 taken = std::exchange(offset_, 0); taken > 0)
        piece = piece.sliced(taken);
    pieces_.pop_front();
    size_ -= piece.size();
    return piece;
}

qint64 ReceivedBytes::read(char *data, qint64 most)
{
    qint64 count = 0;
    while (count < most && !pieces_.empty()) {
        const QByteArray &piece = pieces_.front();
        const qint64 part = std::min(most - count, piece.size() - offset_);
        if (data)
            std::memcpy(data + count, piece.constData() + offset_, static_cast<std::size_t>(part));
        count += part;
        offset_ += part;
        if (offset_ == piece.size()) {
            pieces_.pop_front();
            offset_ = 0;
        }
    }
    size_ -= count;
    return count;
}

void ReceivedBytes::clear()
{
    pieces_.clear();
    offset_ = 0;
    size_ = 0;
}

} // namespace parley
