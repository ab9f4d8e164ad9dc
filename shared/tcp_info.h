// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGlobal>

#include <optional>

namespace parley::native
{

/// Connections that the system has made, and that accept has not been called for yet.
struct AcceptQueue
{
    int waiting;
    int backlog; ///< as the system keeps it: at most net.core.somaxconn. One more than that is let in

    bool isFull() const { return waiting > backlog; }
    friend bool operator==(const AcceptQueue &, const AcceptQueue &) = default;
};

/// That of a listening TCP socket (TCP_INFO); none where the system does not tell.
std::optional<AcceptQueue> acceptQueue(int fd);

/// How many bytes the peer has acknowledged, also after it reset the connection (TCP_INFO, tcp(7)); -1 where the
/// system does not tell, and for sockets other than TCP.
qint64 acknowledgedBytes(int fd);
/// How many bytes that were handed to send wait for their acknowledgement, our FIN counted as one (SIOCOUTQ, tcp(7));
/// 0 where the system does not tell.
int unacknowledgedBytes(int fd);

} // namespace parley::native
