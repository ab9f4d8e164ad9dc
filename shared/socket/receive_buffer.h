// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace parley
{

/// The memory that recv(2) writes to. One buffer serves many sockets, one after the other. It grows while they fill it.
/// Bytes that fill half of it are handed out without a copy. Their memory is used again once nobody keeps them, because
/// new memory costs a page fault for every 4 KiB, which is more than the call itself. It is given back when bytes come
/// in small pieces.
///
/// Lives on one thread.
class ReceiveBuffer
{
public:
    static constexpr qsizetype Usual = 64 * 1024; ///< bytes
    static constexpr qsizetype Large = 256 * 1024;
    static constexpr std::size_t MostLent = 16; ///< buffers whose return is watched

    /// Room for at most @p most bytes (1 or more); valid until the next call.
    std::span<char> room(qint64 most = Large)
    {
        if (!bytes_.isDetached() || bytes_.capacity() < size_)
            change();
        bytes_.resize(size_);
        return {bytes_.data(), static_cast<std::size_t>(std::min<qint64>(most, size_))};
    }
    /// The first @p count bytes of the room (0 or more).
    QByteArray take(qint64 count)
    {
        const bool wasFilled = count == bytes_.size();
        if (count < bytes_.size() / 2) { // a few bytes must not hold on to so much memory
            if (std::exchange(size_, Usual) == Large)
                lent_ = {};
            return {bytes_.constData(), count};
        }
        size_ = wasFilled ? Large : size_;
        bytes_.resize(count);
        return bytes_;
    }

private:
    /// Takes memory that nobody else holds: what was lent and has come back, or new.
    void change()
    {
        const auto returned = std::find_if(lent_.begin(), lent_.end(), [this](const QByteArray &lent) {
            return lent.isDetached() && lent.capacity() >= size_;
        });
        if (returned != lent_.end()) {
            std::swap(bytes_, *returned);
            // A copy synchronises with the thread that let go of it last, which isDetached() does not.
            [[maybe_unused]] const QByteArray acquired = bytes_;
        } else {
            lent_[oldest_] = std::exchange(bytes_, QByteArray(size_, Qt::Uninitialized));
            oldest_ = (oldest_ + 1) % lent_.size();
        }
    }

    QByteArray bytes_;
    qsizetype size_ = Usual;
    std::array<QByteArray, MostLent> lent_;
    std::size_t oldest_ = 0; // of those lent
};

} // namespace parley
