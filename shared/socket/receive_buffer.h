// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <algorithm>
#include <span>

namespace parley
{

/// The memory that recv(2) writes to. One buffer serves many sockets, one after the other. It grows while they fill it.
/// Bytes that fill half of it are handed out without a copy. If nobody has kept them, the same memory is used again.
///
/// Lives on one thread.
class ReceiveBuffer
{
public:
    static constexpr qsizetype Usual = 64 * 1024; ///< bytes
    static constexpr qsizetype Large = 256 * 1024;

    /// Room for at most @p most bytes (1 or more); valid until the next call.
    std::span<char> room(qint64 most = Large)
    {
        if (!bytes_.isDetached() || bytes_.capacity() < size_)
            bytes_ = QByteArray(size_, Qt::Uninitialized);
        bytes_.resize(size_);
        return {bytes_.data(), static_cast<std::size_t>(std::min<qint64>(most, size_))};
    }
    /// The first @p count bytes of the room (0 or more).
    QByteArray take(qint64 count)
    {
        const bool wasFilled = count == bytes_.size();
        if (count < bytes_.size() / 2) { // a few bytes must not hold on to so much memory
            size_ = Usual;
            return {bytes_.constData(), count};
        }
        size_ = wasFilled ? Large : size_;
        bytes_.resize(count);
        return bytes_;
    }

private:
    QByteArray bytes_;
    qsizetype size_ = Usual;
};

} // namespace parley
