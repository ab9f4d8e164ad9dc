// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QHash>

#include <algorithm>

namespace parley
{

/// How much memory a number of byte arrays keep alive. Arrays that share their bytes count once, whoever else shares
/// them. Each counts with all memory that was allocated for it, even if only a part is used.
///
/// A counted array must not change.
class HeldBytes
{
public:
    /// What adding @p bytes would add to size().
    qint64 cost(const QByteArray &bytes) const { return isSmall(bytes) || !contains(bytes) ? sizeOf(bytes) : 0; }
    /// Whether leaving @p bytes out would save nothing: they are counted already, or they are few and held elsewhere,
    /// too.
    bool isShared(const QByteArray &bytes) const { return isSmall(bytes) ? !bytes.isDetached() : contains(bytes); }
    void add(const QByteArray &bytes)
    {
        if (isSmall(bytes) || ++holders_[bytes.constData()] == 1)
            size_ += sizeOf(bytes);
    }
    /// Takes back one add().
    void remove(const QByteArray &bytes)
    {
        if (!isSmall(bytes)) {
            const auto it = holders_.find(bytes.constData());
            if (--it.value() > 0)
                return;
            holders_.erase(it);
        }
        size_ -= sizeOf(bytes);
    }
    void clear()
    {
        holders_.clear();
        size_ = 0;
    }
    qint64 size() const { return size_; } ///< bytes

private:
    bool contains(const QByteArray &bytes) const { return holders_.contains(bytes.constData()); }
    static qint64 sizeOf(const QByteArray &bytes) { return std::max(bytes.capacity(), bytes.size()); }
    /// Not worth looking up: each counts.
    static bool isSmall(const QByteArray &bytes) { return sizeOf(bytes) <= 256; }

    QHash<const char *, int> holders_; // how many hold the bytes that begin there
    qint64 size_ = 0;
};

} // namespace parley
