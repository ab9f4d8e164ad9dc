// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>

namespace parley
{

/// Why a call for a socket failed, and what helps.
struct ErrorReason
{
    QString cause;  ///< goes on after a colon, without a full stop: `this process has no file descriptor left`
    QString remedy; ///< a sentence; empty for an error that the man pages of the calls do not name
};

/// What @p error, an errno of socket(2), bind(2), listen(2), connect(2), accept(2), send(2), recv(2) or setsockopt(2),
/// means where the call does not say more. Where it does, the diagnosis of the call says it in its own words.
ErrorReason errorReason(int error);

/// The same for an EAI_ code of getaddrinfo(3).
ErrorReason lookUpReason(int error);

} // namespace parley
