// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/tcp_listener.h"

#include "server_gui/settings/server_settings.h"

#include <cerrno>

namespace parley
{

TcpListener::TcpListener(ListenerOwner &owner, QObject *parent)
    : QTcpServer(parent), StreamListener(owner, Transport::Tcp)
{
}

int TcpListener::open(const Address &address)
{
    if (const int error = makeSocket(address.family()); error != 0)
        return error;
    if (const int error = bind(address); error != 0)
        return error;
    settingsChanged();
    native::setUnsentLimit(descriptor(), MaxUnsent);
    return serve(localAddress(), {});
}

/// Connections from now on inherit these options from the listener.
void TcpListener::settingsChanged()
{
    if (!isOpen())
        return;
    native::setUserTimeout(descriptor(), static_cast<int>(owner_.deadline().length.count()));
    native::setKeepAlive(descriptor(), owner_.settings().limits.keepAlive);
}

void TcpListener::renewBacklog()
{
    setListenBacklogSize(owner_.settings().backlog);
    StreamListener::renewBacklog();
}

/// QTcpServer owns the socket only once it listens.
int TcpListener::descriptor() const
{
    return isListening() ? static_cast<int>(socketDescriptor()) : socket_.get();
}

void TcpListener::closeSocket()
{
    QTcpServer::close();
    socket_.close();
}

/// QTcpServer watches the descriptor that it is given. The pause ends that before the reactor watches the descriptor:
/// it can be watched only once.
int TcpListener::listening()
{
    setListenBacklogSize(owner_.settings().backlog);
    if (!setSocketDescriptor(socket_.get()))
        return EBADF; // QTcpServer has asked the socket only for its kind and address
    socket_.release();
    pauseAccepting();
    return 0;
}

void TcpListener::take(int fd, const Address &peer)
{
    peer_ = peer;
    incomingConnection(fd);
}

void TcpListener::incomingConnection(qintptr descriptor)
{
    owner_.accepted(native::Descriptor(static_cast<int>(descriptor)), std::exchange(peer_, {}));
}

} // namespace parley
