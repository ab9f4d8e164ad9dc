// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGlobal>

namespace parley::test
{

/// While this object lives, a system call fails in every thread of this process without doing anything.
///
/// A lowered limit would not do: it holds for everything in the process, and the call succeeds once another thread
/// frees a number below the limit.
class FailingCall
{
public:
    enum class Name { Socket, Accept4 };

    /// @param error the errno that it leaves.
    FailingCall(Name name, int error);
    ~FailingCall();
    Q_DISABLE_COPY_MOVE(FailingCall)

private:
    const Name name_;
};

} // namespace parley::test
