// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGlobal>

#include <cerrno>

namespace parley
{

/// What a system call returned; @ref error is its errno, 0 if it succeeded.
struct CallResult
{
    qint64 value = -1;
    int error = 0;

    bool ok() const { return error == 0; }
    /// The call would block (EAGAIN, EINPROGRESS): nothing happened yet, wait until the socket is ready.
    bool wouldBlock() const { return error == EAGAIN || error == EINPROGRESS; } // EWOULDBLOCK is EAGAIN where Qt runs
};

} // namespace parley
