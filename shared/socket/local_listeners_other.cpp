// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/local_listeners.h"

namespace parley::native
{

// POSIX has no way to ask who listens: no listener is known, and messages name no program.
std::vector<LocalListener> localListeners(Transport, const std::atomic<bool> &)
{
    return {};
}

std::vector<Address> waitingPeers(const Address &, const std::atomic<bool> &)
{
    return {};
}

} // namespace parley::native
