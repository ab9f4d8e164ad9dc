// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/engine/client_socket.h"
#include "client_gui/engine/datagram_exchange.h"
#include "client_gui/settings/connect_request.h"
#include "shared/event/event.h"
#include "shared/socket/tcp_info.h"
#include "shared/socket/transfer.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <memory>

namespace parley
{

class EventStream;

/// The engine of parley-client: one attempt at a time to connect, and to receive until the peer closes. It writes
/// each call to an EventStream and knows no reader of it. The last event of an attempt is End.
///
/// The peer's FIN decides how the attempt ended. The attempt ends once the output under way is sent, or cannot be.
///
/// A ClientSocket connects. UDP has no connections: there a DatagramExchange asks, and a pause after its answers ends
/// the attempt. To many, a group or a broadcast address, the attempt goes on until the time-out.
///
/// Lives on an I/O thread; commands are called there (IoThread::post()).
class Client : public QObject
{
    Q_OBJECT

public:
    explicit Client(EventStream &events);
    ~Client() override;

    /// Starts attempt @p number, which its events carry as their connection. Cancels one that is under way.
    void connectTo(quint64 number, const ConnectRequest &request);
    /// What wantsMore() has asked for; empty: there is no more. Ignored where nothing was asked for.
    void sendMore(const QByteArray &bytes);
    /// Ends the attempt under way at once.
    void cancel();
    /// Asks the system about an attempt's connection, for kernelViewed().
    void viewKernel(quint64 attempt);

    // Commands of the user to the connection. Nothing happens if there is none, or with UDP.
    /// Sets ConnectRequest::stays and ::staysAfterFin for the attempt under way. If it is not to stay, its time-out
    /// starts now.
    void setStays(bool stays, bool afterFin);
    /// Fails at once while another transfer is under way, or after halfClose().
    void send(const std::shared_ptr<Transfer> &transfer);
    /// Bytes already sent stay sent.
    void cancel(const std::shared_ptr<Transfer> &transfer);
    /// Sends FIN after the output under way, and goes on receiving.
    void halfClose();
    /// Closes at once: the attempt is Closed.
    void close();
    /// Resets at once: the attempt is Aborted.
    void reset();

Q_SIGNALS:
    /// With ConnectRequest::streams: all that was to be sent is with the system. The time-out does not run until
    /// sendMore() is called, because it is not the peer that is waited for.
    void wantsMore();
    void kernelViewed(quint64 attempt, const parley::KernelView &view);

private:
    void connected();
    void askForMore();
    void received();
    void disconnected();
    void connectFailed();
    bool isConnected() const { return socket_.state() == ClientSocket::ConnectedState; }
    bool isWhole() const { return isConnected() && socket_.peerHasClosed(); }
    void limitMessage();
    void endOfMessage();
    void end(Outcome outcome, int error = 0);

    EventStream &events_;
    ClientSocket socket_{events_, this};
    DatagramExchange datagrams_{events_, this};
    std::unique_ptr<RepeatedSend> again_;
    QTimer deadline_{this};
    QTimer resume_{this}; // receiving, once the reader has caught up

    quint64 number_ = 0;
    bool underWay_ = false;
    ConnectRequest request_;
    qint64 received_ = 0;
};

} // namespace parley
