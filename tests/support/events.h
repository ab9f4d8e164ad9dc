// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"

namespace parley::test
{

constexpr qint64 Millisecond = 1'000'000; // ns

inline Event eventOf(quint64 connection, Call call, qint64 result = 0, qint64 time = 0)
{
    Event event;
    event.connection = connection;
    event.call = call;
    event.result = result;
    event.time = time;
    return event;
}

inline Event acceptedFrom(const Address &peer, quint64 connection, qint64 time = 0)
{
    Event event = eventOf(connection, Call::Accept, 7, time);
    event.address = peer;
    return event;
}

inline Event accepted(quint64 connection, qint64 time = 0)
{
    const auto port = static_cast<quint16>(60'000 + connection);
    return acceptedFrom(Address::parseIPv4("192.168.0.104", port), connection, time);
}

inline Event failed(quint64 connection, Call call, int error)
{
    Event event = eventOf(connection, call, -1);
    event.error = error;
    return event;
}

/// @param delivered bytes that the peer acknowledged.
inline Event ended(quint64 connection, Outcome outcome, int error = 0, qint64 time = 0, qint64 delivered = 0)
{
    Event event = eventOf(connection, Call::End, delivered, time);
    event.outcome = outcome;
    event.error = error;
    return event;
}

inline Event received(quint64 connection, const QByteArray &bytes)
{
    Event event = eventOf(connection, Call::Recv, bytes.size());
    event.bytes = bytes;
    return event;
}

} // namespace parley::test
