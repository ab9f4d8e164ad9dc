// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/socket/socket_calls.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>

namespace parley::test
{

inline constexpr int Patience =
    30'000; // ms; QTRY_ waits thrice as long before it tells a failure, within ctest's limit

inline bool waitFor(int fd, short events)
{
    pollfd waiting{fd, events, 0};
    return ::poll(&waiting, 1, Patience) == 1;
}

inline const Address Loopback = Address::ipv4(INADDR_LOOPBACK, 0);

inline native::Descriptor newSocket(const Address &address)
{
    return native::Descriptor(static_cast<int>(native::socket(Transport::Tcp, address.family()).value));
}

/// A socket that listens on a free port.
struct Listener
{
    explicit Listener(const Address &where) : socket(newSocket(where))
    {
        if (native::bind(socket.get(), where, Transport::Tcp).ok() && native::listen(socket.get(), 16).ok())
            address = native::localAddress(socket.get());
    }
    bool isOpen() const { return !address.isNull(); }

    native::Descriptor socket;
    Address address;
};

/// Both ends of one connection.
struct Pair
{
    explicit Pair(const Listener &listener, const Address &to)
        : client(newSocket(to)), connecting(native::connect(client.get(), to)),
          connected(waitFor(client.get(), POLLOUT) && native::pendingError(client.get()) == 0
                    && waitFor(listener.socket.get(), POLLIN))
    {
        server = native::Descriptor(static_cast<int>(native::accept(listener.socket.get(), peer).value));
    }
    explicit Pair(const Listener &listener) : Pair(listener, listener.address) {}

    native::Descriptor client;
    native::Result connecting;
    bool connected;
    Address peer; // of the server's end
    native::Descriptor server;
};

/// A descriptor that is readable from the start, and stays so.
inline native::Descriptor readable()
{
    return native::Descriptor(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
}

} // namespace parley::test
