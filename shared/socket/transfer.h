// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>

#include <atomic>
#include <memory>
#include <variant>

namespace parley
{

/// What a user sends on one or many connections: bytes, or a file. The connections share it, and each takes it piece by
/// piece at the pace of its peer. So it costs the same memory for any length and any number of connections.
///
/// Made on any thread and then given to an engine; progress() may be asked on any thread.
class Transfer
{
public:
    static constexpr qint64 Piece = 64 * 1024; ///< bytes

    struct Progress
    {
        qint64 sent = 0;     ///< bytes, on all connections together
        qint64 total = 0;    ///< bytes, on all connections together, those that failed included
        int connections = 0; ///< those that it goes to
        int failed = 0;      ///< connections that were not free, or ended before they had it all
        bool isFinished = false;
    };

    explicit Transfer(const QByteArray &bytes) : bytes_(bytes), size_(bytes.size()) {}
    /// The file with its present length, or one sentence that says why it cannot be sent.
    static std::variant<std::shared_ptr<Transfer>, QString> ofFile(const QString &name);

    Progress progress() const;

    // Below: I/O thread only.
    /// The bytes to send from @p offset on, at most a Piece of a file. Empty at the end, or if the file cannot be read
    /// any more.
    QByteArray piece(qint64 offset);
    qint64 size() const { return size_; }
    /// Starts on @p connections; @p failed more could not accept it.
    void begin(int connections, int failed);

private:
    friend class TransferPart;

    Transfer() = default;

    const QByteArray bytes_;
    QFile file_;
    qint64 size_ = 0;
    std::atomic<qint64> sent_ = 0;
    std::atomic<int> connections_ = -1; // -1: not begun
    std::atomic<int> open_ = 0;
    std::atomic<int> failed_ = 0;
};

/// One connection's part of a transfer. Destroying it before the end gives the rest up.
class TransferPart
{
public:
    explicit TransferPart(std::shared_ptr<Transfer> transfer) : transfer_(std::move(transfer)) {}
    ~TransferPart();
    Q_DISABLE_COPY_MOVE(TransferPart)

    bool isOf(const Transfer &transfer) const { return transfer_.get() == &transfer; }
    bool isDone() const { return offset_ == transfer_->size(); }
    /// The bytes to send next; empty if the transfer is done or cannot go on.
    QByteArray next() const { return transfer_->piece(offset_); }
    void sent(qint64 count);

private:
    const std::shared_ptr<Transfer> transfer_;
    qint64 offset_ = 0;
};

} // namespace parley
