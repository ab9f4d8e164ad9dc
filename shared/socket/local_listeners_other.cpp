// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/local_listeners.h"

namespace parley::native
{

// POSIX has no way to ask who listens: nobody is known, and messages do without a culprit's name.
std::vector<LocalListener> localListeners(Transport, const std::atomic<bool> &)
{
    return {};
}

} // namespace parley::native
