// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/listener.h"

#include "server_gui/engine/datagram_listener.h"
#include "server_gui/engine/tcp_listener.h"
#include "server_gui/engine/unix_listener.h"
#include "server_gui/settings/server_settings.h"
#include "shared/event/event_stream.h"

namespace parley
{

std::unique_ptr<Listener> Listener::make(ListenerOwner &owner, QObject *parent)
{
    switch (owner.settings().endpoint.transport) {
    case Transport::Tcp: return std::make_unique<TcpListener>(owner, parent);
    case Transport::Udp: return std::make_unique<DatagramListener>(owner);
    case Transport::Unix: return std::make_unique<UnixListener>(owner);
    }
    Q_UNREACHABLE();
}

void Listener::close()
{
    if (!isOpen())
        return;
    closeSocket();
    owner_.reactor().forget(this);
    owner_.events().write(Event::close(0, false));
}

int Listener::makeSocket(Address::Family family)
{
    const native::Result made = native::socket(transport_, family);
    owner_.events().write(Event::socket(0, made, transport_, family));
    socket_ = native::Descriptor(static_cast<int>(made.value));
    return made.error;
}

int Listener::bind(const Address &address)
{
    const native::Result bound = native::bind(socket_.get(), address, transport_);
    owner_.events().write(Event::bind(0, bound, address));
    return bound.error;
}

} // namespace parley
