// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/connection.h"
#include "shared/address/address.h"
#include "shared/address/transport.h"
#include "shared/loop/reactor.h"
#include "shared/socket/socket_calls.h"
#include "shared/socket/tcp_info.h"

#include <memory>
#include <optional>

class QObject;

namespace parley
{

class EventStream;
struct ServerSettings;

/// What a listener needs of its server.
class ListenerOwner
{
public:
    virtual Reactor &reactor() = 0;
    virtual EventStream &events() = 0;
    /// The settings as they are now: a greeting or an access list may change while the listener is open.
    virtual const ServerSettings &settings() const = 0;
    virtual Deadline deadline() const = 0;

    /// A number for a new connection, or for a new sender of datagrams.
    virtual quint64 nextNumber() = 0;
    /// The access list has turned away a sender of datagrams.
    virtual void countDenied() = 0;
    /// A datagram has come, and it was answered.
    virtual void countDatagram() = 0;
    virtual void countAnswer() = 0;
    /// accept() has returned @p socket and its @p peer.
    virtual void accepted(native::Descriptor socket, const Address &peer) = 0;
    /// accept() lacks the resource that @p error names; 0: it works again.
    virtual void acceptStarves(int error) = 0;
    /// The listener cannot go on, and is to be closed.
    virtual void listenerFailed(int error) = 0;

protected:
    ~ListenerOwner() = default;
};

/// The one socket that a server listens on. Makes, binds and closes the socket, and writes each call to the event
/// stream as connection 0. A StreamListener accepts connections; a DatagramListener answers datagrams.
///
/// Lives on the I/O thread. close() closes it for good; it is to be destroyed in a later turn of the loop.
class Listener : public Reactor::Watcher
{
public:
    /// A closed listener for the transport of the owner's settings. @p parent is for a TCP listener, which is a
    /// QTcpServer.
    static std::unique_ptr<Listener> make(ListenerOwner &owner, QObject *parent);
    virtual ~Listener() = default;
    Q_DISABLE_COPY_MOVE(Listener)

    /// 0 if the settings can be served at all, or else the errno that says why not. Makes no call.
    virtual int check() const { return 0; }
    /// Makes the socket, binds it to @p address (Unix sockets: to the path of the settings) and lets it receive.
    /// Returns 0 or the errno of the call that failed. It may be called again, with another address, after a failure.
    virtual int open(const Address &address) = 0;
    virtual bool isOpen() const { return descriptor() >= 0; }
    /// Connections that were accepted go on. Does nothing where no socket is open.
    virtual void close();

    /// getsockname(2); null for Unix sockets.
    virtual Address localAddress() const { return native::localAddress(descriptor()); }
    /// The owner's settings or deadline have changed.
    virtual void settingsChanged() {}

    /// The next datagram of a sender gets a new number. Only for datagrams.
    virtual void forgetSenders() {}

    // Only for sockets that accept.
    /// Whether it is open and accepts.
    virtual bool accepts() const { return false; }
    /// Takes over the backlog of the settings, by calling listen() once more.
    virtual void renewBacklog() {}
    virtual void hold(bool) {}
    virtual void release(int) {}
    virtual void acceptWaiting() {}
    virtual std::optional<native::AcceptQueue> acceptQueue() const { return std::nullopt; }

protected:
    Listener(ListenerOwner &owner, Transport transport) : owner_(owner), transport_(transport) {}

    /// The open socket, whichever object owns it; -1 for none.
    virtual int descriptor() const { return socket_.get(); }
    virtual void closeSocket() { socket_.close(); }
    /// socket(), recorded. Returns 0 or an errno.
    int makeSocket(Address::Family family);
    /// bind(), recorded. Returns 0 or an errno.
    int bind(const Address &address);

    ListenerOwner &owner_;
    const Transport transport_;
    native::Descriptor socket_;
};

} // namespace parley
