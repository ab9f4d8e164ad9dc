// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/stream_listener.h"

#include <QTcpServer>

namespace parley
{

/// A TCP listener. It is a QTcpServer that owns the listening socket; isListening(), serverAddress(), serverPort() and
/// socketDescriptor() tell the truth.
///
/// The calls are ours. socket(), bind() and listen() are recorded, and QTcpServer gets the descriptor once it listens.
/// accept4() returns the descriptor together with the peer, and incomingConnection() takes both. QTcpServer's own loop
/// over accept is paused for good: it does not ask for the peer, accepts without end, and sticks at its first error
/// (qtcpserver.cpp, Qt 6.4). Connections stay descriptors: nothing is pending, and nextPendingConnection() returns
/// null.
class TcpListener final : public QTcpServer, public StreamListener
{
    Q_OBJECT

public:
    TcpListener(ListenerOwner &owner, QObject *parent);

    int open(const Address &address) override;
    void close() override { StreamListener::close(); } // QTcpServer's close() would write no event
    void settingsChanged() override;
    void renewBacklog() override;

protected:
    int descriptor() const override;
    void closeSocket() override;
    int listening() override;
    void take(int fd, const Address &peer) override;
    void incomingConnection(qintptr descriptor) override;

private:
    static constexpr int MaxUnsent = 256 * 1024; // bytes; the system holds them for a peer that does not read

    Address peer_; // of the descriptor that incomingConnection() gets next
};

} // namespace parley
