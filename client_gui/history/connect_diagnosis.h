// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/endpoint.h"
#include "shared/socket/local_listeners.h"

#include <QString>

#include <vector>

namespace parley
{

struct Attempt;

/// What went wrong with an attempt to connect, and a way out.
struct ConnectDiagnosis
{
    /// What the notice's button does.
    enum class Remedy {
        None,
        Connect,     ///< connects to the endpoint below
        EnterText,   ///< puts the focus where the text to send is entered
        ChangeLimits ///< opens the dialog of the time-out and the longest message
    };

    QString failure; ///< with the endpoint in it; empty if nothing went wrong
    QString advice;  ///< what to try next; may be empty
    Remedy remedy = Remedy::None;
    QString button;  ///< a verb
    Endpoint useful; ///< Remedy::Connect: the one to connect to in place of the one that failed, or once more

    /// For the notice and for stderr.
    QString text() const { return (failure + u' ' + advice).trimmed(); }

    friend bool operator==(const ConnectDiagnosis &, const ConnectDiagnosis &) = default;
};

/// @param listeners what listens on this computer, where that was looked for.
ConnectDiagnosis diagnoseConnect(const Attempt &attempt, const std::vector<LocalListener> &listeners = {});

/// Whether it may tell more to know what listens on this computer.
bool dependsOnListeners(const Attempt &attempt);

} // namespace parley
