// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/byte_channel.h"

#include "shared/socket/tcp_info.h"

#include <algorithm>

namespace parley
{

native::Result PlainChannel::shutdownSending()
{
    sentFin_ = true;
    return native::shutdownSending(descriptor());
}

qint64 PlainChannel::acknowledged(qint64 sent) const
{
    const qint64 acknowledged = native::acknowledgedBytes(descriptor());
    return acknowledged < 0 ? sent : std::min(acknowledged, sent); // SYN and FIN count as a byte each
}

bool PlainChannel::isAcknowledged() const
{
    const int fin = sentFin_ ? 1 : 0; // the system counts it as a byte
    return native::unacknowledgedBytes(descriptor()) <= fin;
}

} // namespace parley
