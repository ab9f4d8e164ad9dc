// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGlobal>

namespace parley::test
{

/// As long as it lives, a call of the system fails in every thread of this process, and nothing is done.
///
/// A lowered limit is no way to have a call fail: it holds for all that the process does, and a number below it that
/// another thread gives back lets the call succeed.
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
