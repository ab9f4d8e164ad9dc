// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace parley
{

/// Writes lines to a file descriptor (stdout) from a thread of its own, so that a reader that is slow, stopped or
/// gone, or a disk that is full, never holds up the thread that has the lines.
///
/// The bytes that wait are bounded; further lines are dropped and counted.
class LineWriter
{
public:
    static constexpr qsizetype MaxPendingBytes = 16 * 1024 * 1024; ///< unless told otherwise

    /// How many bytes one write(2) is given.
    enum class Piece : std::uint8_t {
        Counted, ///< a pipe takes them wholly or not at all (pipe(7)), so it is known which lines a stalled reader
                 ///< misses
        Large,   ///< as many as there are, for a reader who wants them fast
    };
    /// @param failed called once, on the writer's thread, with the errno of the first write that fails. It must not
    /// call the writer.
    LineWriter(int fd, std::function<void(int error)> failed, qsizetype maxPendingBytes = MaxPendingBytes,
               Piece piece = Piece::Counted);
    /// Gives up lines that are not written yet; see finish().
    ~LineWriter();

    /// Queues @p lines (whole lines with their line feeds), all of them or none. Never blocks. Many bytes are shared
    /// rather than copied. Thread-safe.
    void write(const QByteArray &lines);
    /// Waits until all is written, for @p patience at the longest. Returns whether every line was written.
    bool finish(std::chrono::milliseconds patience);
    /// How many lines were dropped or could not be written.
    qint64 lostLines() const;
    /// How many lines are not written yet, one that is partly written included.
    qint64 waitingLines() const;

private:
    struct Shared;
    static void run(const std::shared_ptr<Shared> &shared);

    std::shared_ptr<Shared> shared_;
};

} // namespace parley
