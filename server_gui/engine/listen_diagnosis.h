// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/endpoint.h"
#include "shared/event/event.h"
#include "shared/socket/socket_calls.h"

#include <QString>

namespace parley
{

struct LocalListener;

/// Why the server does not listen, and a way out.
struct ListenDiagnosis
{
    QString text;      ///< cause and advice: one or two sentences for the notice and for stderr
    QString button;    ///< for the notice, a verb: listens on the endpoint below
    Endpoint endpoint; ///< to listen on in place of the failed one; the same one if it is worth another try

    friend bool operator==(const ListenDiagnosis &, const ListenDiagnosis &) = default;
};

/// @param end the listener's End event, with its outcome and error.
/// @param holder the listener that has the port, if the port is in use and its listener is known.
ListenDiagnosis diagnoseListen(const Endpoint &endpoint, const Event &end, const LocalListener *holder = nullptr);

/// With the holder of the port, if it is in use. Waits for the list of this computer's listeners, at most
/// SearchPatience: not for the GUI thread.
/// @param tried what bind() was called with
ListenDiagnosis diagnoseListenFully(const Endpoint &endpoint, const Event &end, const Address &tried);

/// Whether the listeners of this computer may tell who has the port.
bool dependsOnListeners(const Endpoint &endpoint, const Event &end);

/// Says why accept() fails and that it is tried again. The parameters are those of Server::starved().
QString starvedText(int error, native::DescriptorUse descriptors);

} // namespace parley
