// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/settings/connect_request.h"
#include "shared/event/event.h"
#include "shared/loop/reactor.h"
#include "shared/socket/socket_calls.h"
#include "shared/socket/tcp_info.h"
#include "shared/socket/transfer.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <memory>
#include <vector>

namespace parley
{

class EventStream;
class Lookup;

/// The engine of parley-client: one attempt at a time to connect, and to receive until the peer closes. It writes
/// each call to an EventStream and knows no reader of it; the last event of an attempt is End.
///
/// The peer's FIN decides how the attempt ended. It ends once what is being sent then is sent, or cannot be.
///
/// The addresses of a host are tried in the system's order with the families taking turns, the next one
/// NextAddressDelay after the one before it or as soon as that has failed; the first that connects wins (RFC 8305,
/// 4 and 5).
///
/// With UDP there is nothing to connect to: one datagram is sent, and the first that comes back ends the attempt; to
/// `<broadcast>`, all that come back until the time-out are its answers (RecvFrom). A refusal (ICMP) moves on to the
/// host's next address.
///
/// Lives on an I/O thread; commands are called there (IoThread::post()).
class Client : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds NextAddressDelay{250};
    /// A Unix socket's connect fails while the accept queue is full, and is tried again after this time.
    static constexpr std::chrono::milliseconds UnixRetry{20};

    explicit Client(EventStream &events);
    ~Client() override;

    /// Starts attempt @p number, which its events carry as their connection. Cancels one that is under way.
    void connectTo(quint64 number, const ConnectRequest &request);
    /// Ends the attempt under way at once.
    void cancel();
    /// Asks the system about an attempt's connection, for kernelViewed().
    void viewKernel(quint64 attempt);

    // What the user asks of the connection; nothing happens where there is none, or with UDP.
    /// As ConnectRequest::stays, for the attempt under way. One that is to stay no longer has its time-out from now on.
    void setStays(bool stays);
    /// Fails at once while another transfer is under way, or after halfClose().
    void send(const std::shared_ptr<Transfer> &transfer);
    /// What was sent of it stays sent.
    void cancel(const std::shared_ptr<Transfer> &transfer);
    /// Sends FIN after what is under way, and goes on receiving.
    void halfClose();
    /// Closes at once: the attempt is Closed.
    void close();
    /// Resets at once: the attempt is Aborted.
    void reset();

Q_SIGNALS:
    void kernelViewed(quint64 attempt, const parley::KernelView &view);

private:
    /// A socket that is connecting, or has connected, to one of the host's addresses.
    class Socket final : public Reactor::Watcher
    {
    public:
        Socket(Client &client, native::Descriptor descriptor, const Address &peer)
            : client_(client), descriptor_(std::move(descriptor)), peer_(peer)
        {
        }
        void ready(Reactor::Ready ready) override { client_.socketReady(*this, ready); }
        int fd() const { return descriptor_.get(); }
        const Address &peer() const { return peer_; }

    private:
        Client &client_;
        native::Descriptor descriptor_;
        const Address peer_;
    };

    void lookedUp(int error, const std::vector<Address> &addresses);
    void tryNextAddress();
    void tryPath();
    Socket *openSocket(const Address &peer);
    void broadcast(Socket &socket);
    void socketReady(Socket &socket, Reactor::Ready ready);
    void connectEnded(Socket &socket, int error);
    void connectFailed(int error);
    void connected(Socket &socket);
    bool canConverse() const { return connected_ && !isDatagram(); }
    bool isSending() const { return !isSent_ || part_ || sendsFin_ != sentFin_; }
    void watch();
    bool sendMore();
    bool sendFailed(int error);
    bool sendPart();
    bool receive();
    void endOfMessage();
    void receiveDatagram();
    bool isDatagram() const { return request_.endpoint.transport == Transport::Udp; }
    void close(Socket &socket);
    void end(Outcome outcome, int error = 0);
    void record(Call call, native::Result result, const Address &address = {});
    Event event(Call call, native::Result result) const;

    EventStream &events_;
    QTimer deadline_{this};
    QTimer nextAddress_{this};
    QTimer resume_{this}; // receiving, once the reader has caught up

    quint64 number_ = 0;
    bool underWay_ = false;
    ConnectRequest request_;
    std::unique_ptr<Lookup> lookup_;
    std::vector<Address> addresses_; // not tried yet, the next one last
    std::vector<std::unique_ptr<Socket>> sockets_;
    Socket *connected_ = nullptr; // the one of sockets_ that won
    int connectError_ = 0;        // the most telling one so far
    qint64 sent_ = 0;
    qint64 received_ = 0;
    bool isSent_ = false;                // all of it; a datagram may be empty
    std::unique_ptr<TransferPart> part_; // what the user sends after it
    bool sendsFin_ = false;              // once all that is sent
    bool sentFin_ = false;
    bool peerClosed_ = false;
    bool resets_ = false;    // instead of closing in order
    bool hasAnswer_ = false; // a datagram came back
};

} // namespace parley
