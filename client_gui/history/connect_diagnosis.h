// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/endpoint.h"
#include "shared/message/error_reason.h"
#include "shared/socket/local_listeners.h"

#include <QString>

#include <vector>

namespace parley
{

struct Attempt;

/// What went wrong with an attempt to connect, and a way out.
struct ConnectDiagnosis
{
    /// The action of the notice's button.
    enum class Remedy {
        None,
        Connect,     ///< connects to the endpoint below
        EnterText,   ///< puts the focus where the text to send is entered
        EnterSource, ///< puts the focus where the address to connect from is entered
        ChangeLimits ///< opens the dialog of the time-out and the longest message
    };

    QString failure; ///< names the endpoint; empty if nothing went wrong
    QString advice;  ///< what to try next; may be empty
    Remedy remedy = Remedy::None;
    QString button;    ///< a verb
    Endpoint endpoint; ///< Remedy::Connect: to connect to in place of the failed one, or once more

    struct Choice
    {
        QString owner; ///< who listens there
        Endpoint endpoint;

        friend bool operator==(const Choice &, const Choice &) = default;
    };
    /// Remedy::Connect: where several servers may have been meant, all of them, the likeliest first, at most
    /// MaxChoices. Empty where there is only one endpoint to offer.
    std::vector<Choice> choices;
    static constexpr std::size_t MaxChoices = 8;

    /// For the notice and for stderr.
    QString text() const { return (failure + u' ' + advice).trimmed(); }

    friend bool operator==(const ConnectDiagnosis &, const ConnectDiagnosis &) = default;
};

/// What the errno of an attempt means that ended as Failed, Unreachable or Refused.
ErrorReason reasonOf(const Attempt &attempt);

/// @param listeners the listeners of this computer, if they were looked for.
ConnectDiagnosis diagnoseConnect(const Attempt &attempt, const std::vector<LocalListener> &listeners = {});

/// With the listeners of this computer where they may tell more. Waits for their list, at most SearchPatience: not for
/// the GUI thread.
ConnectDiagnosis diagnoseConnectFully(const Attempt &attempt);

/// Whether the listeners of this computer may tell more.
bool dependsOnListeners(const Attempt &attempt);

} // namespace parley
