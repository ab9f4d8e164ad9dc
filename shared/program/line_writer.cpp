// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/line_writer.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <deque>
#include <poll.h>
#include <unistd.h>

namespace parley
{

namespace
{

void waitUntilWritable(int fd)
{
    pollfd waiting{fd, POLLOUT, 0};
    ::poll(&waiting, 1, -1);
}

/// Writes all of @p bytes, however long that takes. Returns 0, or the errno that stopped it; @p done says how many
/// bytes were written.
int writeAll(int fd, QByteArrayView bytes, qsizetype &done)
{
    int error = 0;
    while (done < bytes.size() && error == 0) {
        const ssize_t count = ::write(fd, bytes.data() + done, static_cast<std::size_t>(bytes.size() - done));
        if (count >= 0)
            done += count;
        else if (errno == EAGAIN) // whoever shares the pipe or terminal with us made it non-blocking
            waitUntilWritable(fd);
        else if (errno != EINTR)
            error = errno;
    }
    return error;
}

} // namespace

/// Outlives the writer: a thread that hangs in write(2) cannot be ended, and must not hold up the program's exit.
struct LineWriter::Shared
{
    int fd = -1;
    std::function<void(int)> failed;
    qsizetype maxPendingBytes = 0;
    qsizetype mostAtOnce = 0; // bytes

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::deque<QByteArray> pending; // from the first, which is being written
    qsizetype pendingBytes = 0;     // of all of them, less what is written
    qsizetype written = 0;          // of the first
    qint64 lostLines = 0;
    bool ended = false;
    bool reported = false;

    qint64 unwrittenLines() const
    {
        qint64 lines = 0;
        for (const QByteArray &part : pending)
            lines += part.count('\n');
        return pending.empty() ? 0 : lines - QByteArrayView(pending.front()).first(written).count('\n');
    }
    void forget()
    {
        pending.clear();
        pendingBytes = 0;
        written = 0;
    }
};

LineWriter::LineWriter(int fd, std::function<void(int)> failed, qsizetype maxPendingBytes, Piece piece)
    : shared_(std::make_shared<Shared>())
{
    shared_->fd = fd;
    shared_->failed = std::move(failed);
    shared_->maxPendingBytes = maxPendingBytes;
    shared_->mostAtOnce = piece == Piece::Large ? maxPendingBytes : PIPE_BUF;
    std::thread([shared = shared_] { run(shared); }).detach();
}

LineWriter::~LineWriter()
{
    const std::lock_guard lock(shared_->mutex);
    shared_->ended = true;
    shared_->failed = nullptr;
    shared_->changed.notify_all();
}

void LineWriter::write(const QByteArray &lines)
{
    if (lines.isEmpty())
        return;
    const std::lock_guard lock(shared_->mutex);
    if (shared_->pendingBytes + lines.size() > shared_->maxPendingBytes) {
        shared_->lostLines += lines.count('\n');
        return;
    }
    constexpr qsizetype few = 64 * 1024; // bytes: joining them costs less than another write
    std::deque<QByteArray> &pending = shared_->pending;
    // The first is being written, and must not move.
    if (pending.size() > 1 && pending.back().size() + lines.size() <= few)
        pending.back() += lines;
    else
        pending.push_back(lines);
    shared_->pendingBytes += lines.size();
    shared_->changed.notify_all();
}

bool LineWriter::finish(std::chrono::milliseconds patience)
{
    std::unique_lock lock(shared_->mutex);
    const bool idle = shared_->changed.wait_for(lock, patience, [this] { return shared_->pending.empty(); });
    return idle && shared_->lostLines == 0;
}

qint64 LineWriter::lostLines() const
{
    const std::lock_guard lock(shared_->mutex);
    return shared_->lostLines;
}

qint64 LineWriter::waitingLines() const
{
    const std::lock_guard lock(shared_->mutex);
    return shared_->unwrittenLines();
}

void LineWriter::run(const std::shared_ptr<Shared> &shared)
{
    std::unique_lock lock(shared->mutex);
    for (;;) {
        shared->changed.wait(lock, [&] { return shared->ended || !shared->pending.empty(); });
        if (shared->ended)
            return;
        const QByteArrayView rest = QByteArrayView(shared->pending.front()).sliced(shared->written);
        const QByteArrayView piece = rest.first(std::min(rest.size(), shared->mostAtOnce));
        lock.unlock();
        qsizetype done = 0;
        const int error = writeAll(shared->fd, piece, done);
        lock.lock();
        shared->written += done;
        shared->pendingBytes -= done;
        if (error != 0) {
            shared->lostLines += shared->unwrittenLines();
            shared->forget();
            if (shared->failed && !std::exchange(shared->reported, true))
                shared->failed(error);
        } else if (done == rest.size()) {
            shared->pending.pop_front();
            shared->written = 0;
        }
        if (shared->pending.empty())
            shared->changed.notify_all();
    }
}

} // namespace parley
