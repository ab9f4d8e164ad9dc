// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/line_writer.h"

#include <algorithm>
#include <cerrno>
#include <climits>
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

    mutable std::mutex mutex;
    std::condition_variable changed;
    QByteArray pending;
    QByteArray current;    // what is being written; empty if nothing is
    qsizetype written = 0; // of it
    qint64 lostLines = 0;
    bool ended = false;
    bool reported = false;

    qint64 unwrittenLines() const { return QByteArrayView(current).sliced(written).count('\n'); }
};

LineWriter::LineWriter(int fd, std::function<void(int)> failed, qsizetype maxPendingBytes)
    : shared_(std::make_shared<Shared>())
{
    shared_->fd = fd;
    shared_->failed = std::move(failed);
    shared_->maxPendingBytes = maxPendingBytes;
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
    const std::lock_guard lock(shared_->mutex);
    const qsizetype waiting = shared_->pending.size() + shared_->current.size() - shared_->written;
    if (waiting + lines.size() > shared_->maxPendingBytes) {
        shared_->lostLines += lines.count('\n');
        return;
    }
    shared_->pending += lines;
    shared_->changed.notify_all();
}

bool LineWriter::finish(std::chrono::milliseconds patience)
{
    std::unique_lock lock(shared_->mutex);
    const bool idle = shared_->changed.wait_for(
        lock, patience, [this] { return shared_->pending.isEmpty() && shared_->current.isEmpty(); });
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
    return shared_->unwrittenLines() + shared_->pending.count('\n');
}

void LineWriter::run(const std::shared_ptr<Shared> &shared)
{
    std::unique_lock lock(shared->mutex);
    for (;;) {
        shared->changed.wait(lock, [&] { return shared->ended || !shared->pending.isEmpty(); });
        if (shared->ended)
            return;
        shared->current = std::exchange(shared->pending, {});
        shared->written = 0;
        int error = 0;
        while (error == 0 && shared->written < shared->current.size()) {
            // A pipe takes a piece of this size wholly or not at all (pipe(7)), so it is known which lines a stalled
            // reader misses.
            const QByteArrayView rest = QByteArrayView(shared->current).sliced(shared->written);
            const QByteArrayView piece = rest.first(std::min<qsizetype>(rest.size(), PIPE_BUF));
            lock.unlock();
            qsizetype done = 0;
            error = writeAll(shared->fd, piece, done);
            lock.lock();
            shared->written += done;
        }
        if (error != 0) {
            shared->lostLines += shared->unwrittenLines();
            if (shared->failed && !std::exchange(shared->reported, true))
                shared->failed(error);
        }
        shared->current.clear();
        shared->written = 0;
        shared->changed.notify_all();
    }
}

} // namespace parley
