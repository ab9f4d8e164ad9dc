// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <deque>

namespace parley
{

/// Bytes that were received and not read yet, in the pieces in which they came.
class ReceivedBytes
{
public:
    qint64 size() const { return size_; }
    bool contains(char byte) const;
    void append(const QByteArray &piece);
    /// The next piece, or what is unread of it, without a copy; empty where there is none.
    QByteArray take();
    /// Copies at most @p most bytes to @p data, if that is not null. Returns how many.
    qint64 read(char *data, qint64 most);
    void clear();

private:
    std::deque<QByteArray> pieces_;
    qint64 offset_ = 0; // of what is unread, in the first one
    qint64 size_ = 0;
};

} // namespace parley
