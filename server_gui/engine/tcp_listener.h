// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/stream_listener.h"

#include <QTcpServer>

namespace parley
{

/// A TCP listener. It is a QTcpServer, which owns the listening socket and tells the truth about it: isListening(),
/// serverAddress(), serverPort(), socketDescriptor().
///
/// The calls are ours. socket(), bind() and listen() are recorded, and the descriptor is handed over once it listens.
/// accept4() tells the peer with the descriptor, and incomingConnection() takes both. QTcpServer's own loop over accept
/// is paused for good: it does not ask for the peer, accepts without end, and sticks at its first error
/// (qtcpserver.cpp, Qt 6.4). Connections stay descriptors: nothing is pending, and nextPendingConnection() returns
/// null.
class TcpListener final : public QTcpServer, public StreamListener
{
    Q_OBJECT

public:
    TcpListener(ListenerOwner &owner, QObject *parent);

    int open(const Address &address) override;
    void close() override { StreamListener::close(); } // not QTcpServer's, which nobody would hear of
    void settingsChanged() override;
    void renewBacklog() override;

protected:
    int descriptor() const override;
    void closeSocket() override;
    int listening() override;
    void take(int fd, const Address &peer) override;
    void incomingConnection(qintptr descriptor) override;

private:
    static constexpr int MaxUnsent = 256 * 1024; // bytes that the system holds for a peer that does not read

    Address peer_; // of the descriptor that incomingConnection() is about to be given
};

} // namespace parley
