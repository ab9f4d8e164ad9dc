// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/tcp_info.h"

// POSIX has no way to ask TCP: every answer is the one for "the system does not tell".
namespace parley::native
{

std::optional<AcceptQueue> acceptQueue(int)
{
    return std::nullopt;
}

std::optional<TcpView> tcpView(int)
{
    return std::nullopt;
}

qint64 acknowledgedBytes(int)
{
    return -1;
}

int unacknowledgedBytes(int)
{
    return 0;
}

} // namespace parley::native
