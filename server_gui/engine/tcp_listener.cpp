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

/// Those who connect from now on inherit it from the listener.
void TcpListener::settingsChanged()
{
    if (isOpen())
        native::setUserTimeout(descriptor(), static_cast<int>(owner_.deadline().length.count()));
}

void TcpListener::renewBacklog()
{
    setListenBacklogSize(owner_.settings().backlog);
    StreamListener::renewBacklog();
}

/// Until the socket listens it is not QTcpServer's.
int TcpListener::descriptor() const
{
    return isListening() ? static_cast<int>(socketDescriptor()) : socket_.get();
}

void TcpListener::closeSocket()
{
    QTcpServer::close();
    socket_.close();
}

/// QTcpServer watches what it is given. The pause takes that back before the reactor watches the descriptor, which it
/// can do only once.
int TcpListener::listening()
{
    setListenBacklogSize(owner_.settings().backlog);
    if (!setSocketDescriptor(socket_.get()))
        return EBADF; // it asks the socket for its kind and address, no more
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
