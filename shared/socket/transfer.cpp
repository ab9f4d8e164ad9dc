// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/transfer.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <limits>

namespace parley
{

std::variant<std::shared_ptr<Transfer>, QString> Transfer::ofFile(const QString &name)
{
    if (!QFileInfo(name).isFile()) // opening a FIFO would wait for its writer
        return QCoreApplication::translate("Transfer", "Cannot send %1: it is not a file.").arg(name);
    std::shared_ptr<Transfer> transfer(new Transfer);
    transfer->file_.setFileName(name);
    if (!transfer->file_.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return QCoreApplication::translate("Transfer", "Cannot send %1: %2.").arg(name, transfer->file_.errorString());
    transfer->size_ = transfer->file_.size();
    return transfer;
}

Transfer::Progress Transfer::progress() const
{
    Progress progress;
    const int connections = connections_.load(std::memory_order_acquire);
    progress.connections = std::max(connections, 0);
    progress.failed = failed_.load(std::memory_order_relaxed);
    progress.isFinished = connections >= 0 && open_.load(std::memory_order_acquire) == 0;
    progress.sent = sent_.load(std::memory_order_relaxed);
    constexpr qint64 most = std::numeric_limits<qint64>::max(); // a sparse file may be as long as that
    const bool fits = progress.connections == 0 || size_ <= most / progress.connections;
    progress.total = fits ? size_ * progress.connections : most;
    return progress;
}

QByteArray Transfer::piece(qint64 offset)
{
    if (!file_.isOpen())
        return offset == 0 ? bytes_ : bytes_.sliced(offset);
    if (offset >= size_ || !file_.seek(offset))
        return {};
    QByteArray bytes(std::min(Piece, size_ - offset), Qt::Uninitialized); // read(count) would allocate twice as much
    bytes.truncate(std::max<qint64>(file_.read(bytes.data(), bytes.size()), 0));
    return bytes;
}

void Transfer::begin(int connections, int failed)
{
    open_.store(connections, std::memory_order_relaxed);
    failed_.store(failed, std::memory_order_relaxed);
    connections_.store(connections, std::memory_order_release);
}

TransferPart::~TransferPart()
{
    if (!isDone())
        transfer_->failed_.fetch_add(1, std::memory_order_relaxed);
    transfer_->open_.fetch_sub(1, std::memory_order_release);
}

void TransferPart::sent(qint64 count)
{
    offset_ += count;
    transfer_->sent_.fetch_add(count, std::memory_order_relaxed);
}

} // namespace parley
