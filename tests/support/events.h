// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"
#include "shared/event/wall_clock.h"

namespace parley::test
{

constexpr qint64 Millisecond = 1'000'000; // ns

inline Event at(qint64 time, Event event)
{
    event.setTime(time);
    return event;
}

/// What the maker of @p call makes of it, for tests that go through several calls: @p bytes are those that it moves, or
/// its host or path.
inline Event made(quint64 connection, Call call, const CallResult &result, const Address &address = {},
                  const QByteArray &bytes = {})
{
    switch (call) {
    case Call::GetAddrInfo: return Event::lookUp(connection, bytes, result.error);
    case Call::Socket: return Event::socket(connection, result, Transport::Tcp, address.family());
    case Call::Bind:
        return bytes.isEmpty() ? Event::bind(connection, result, address) : Event::bind(connection, result, bytes);
    case Call::Listen: return Event::listen(connection, result, address, bytes, 0);
    case Call::Accept: return Event::accept(connection, result, address, Transport::Tcp);
    case Call::Connect:
        return bytes.isEmpty() ? Event::connect(connection, result, address)
                               : Event::connect(connection, result, bytes);
    case Call::GetSockName: return Event::getSockName(connection, result, address);
    case Call::SetSockOpt: return Event::setSockOpt(connection, result, bytes.constData(), 1, address);
    case Call::Send: return Event::send(connection, result, bytes, 0, 0);
    case Call::Recv: return Event::recv(connection, result, bytes, 0, address);
    case Call::SendTo: return Event::sendTo(connection, result, bytes, address);
    case Call::RecvFrom: return Event::recvFrom(connection, result, bytes, 0, address);
    case Call::Shutdown: return Event::shutdown(connection, result);
    case Call::Close: return Event::close(connection, false);
    case Call::End: return Event::end(connection, Outcome::None, result.error, result.value);
    }
    Q_UNREACHABLE();
}

inline Event eventOf(quint64 connection, Call call, qint64 result = 0, qint64 time = 0)
{
    return at(time, made(connection, call, {result, 0}));
}

inline Event acceptedFrom(const Address &peer, quint64 connection, qint64 time = 0)
{
    return at(time, made(connection, Call::Accept, {7, 0}, peer));
}

inline Event accepted(quint64 connection, qint64 time = 0)
{
    const auto port = static_cast<quint16>(60'000 + connection);
    return acceptedFrom(Address::parseIPv4("192.168.0.104", port), connection, time);
}

inline Event failed(quint64 connection, Call call, int error)
{
    return made(connection, call, {-1, error});
}

/// @param delivered bytes that the peer acknowledged.
inline Event ended(quint64 connection, Outcome outcome, int error = 0, qint64 time = 0, qint64 delivered = 0)
{
    return at(time, Event::end(connection, outcome, error, delivered));
}

/// A call that moved all of @p bytes.
inline Event moved(quint64 connection, Call call, const QByteArray &bytes)
{
    return made(connection, call, {bytes.size(), 0}, {}, bytes);
}

inline Event received(quint64 connection, const QByteArray &bytes)
{
    return moved(connection, Call::Recv, bytes);
}

inline Event sent(quint64 connection, const QByteArray &bytes)
{
    return moved(connection, Call::Send, bytes);
}

/// The clock of a stream that began at @p start.
inline WallClock clockFrom(const QDateTime &start)
{
    WallClock clock;
    clock.step(0, start.toMSecsSinceEpoch() * 1'000'000);
    return clock;
}

} // namespace parley::test
