// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGlobal>

namespace parley::native
{

/// How many bytes the peer has acknowledged, also after it reset the connection (TCP_INFO, tcp(7)); -1 where the
/// system does not tell, and for sockets other than TCP.
qint64 acknowledgedBytes(int fd);
/// How many bytes that were handed to send wait for their acknowledgement, our FIN counted as one (SIOCOUTQ, tcp(7));
/// 0 where the system does not tell.
int unacknowledgedBytes(int fd);

} // namespace parley::native
