// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/endpoint.h"
#include "shared/event.h"
#include "shared/native_socket.h"

namespace parley
{

/// Why the server does not listen on @p endpoint, and what to do: one or two sentences for the notice and for stderr.
/// @param end the listener's End event, with its outcome and error.
QString listenFailure(const Endpoint &endpoint, const Event &end);

/// Why accept() fails and that it is tried again; as in Server::starved().
QString starvedText(int error, native::DescriptorUse descriptors);

} // namespace parley
