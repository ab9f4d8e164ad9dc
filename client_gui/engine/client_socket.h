// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/engine/received_bytes.h"
#include "shared/address/candidates.h"
#include "shared/address/endpoint.h"
#include "shared/socket/socket_calls.h"
#include "shared/stream/stream_peer.h"

#include <QSocketNotifier>
#include <QTcpSocket>
#include <QTimer>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

class QDeadlineTimer;

namespace parley
{

class EventStream;
class Lookup;

/// A QTcpSocket that makes each system call itself, and writes it to an EventStream. To its users it is a QTcpSocket.
/// Beyond that:
/// - a reset is told from FIN (systemError());
/// - the sending side can be closed alone (closeSending()), and goes on after the peer's FIN until all is sent;
/// - a host's addresses are tried with the families taking turns, the next one NextAddressDelay after the one before
///   or as soon as that has failed, and the first that connects wins (RFC 8305, 4 and 5);
/// - it never connects a second time by itself;
/// - a Unix socket can be the peer (connectToPath()): addresses are then null and ports 0.
///
/// Received bytes are kept as they came, and takeReceived() hands them on without a copy. openMode() says Unbuffered,
/// because QIODevice's buffer is not used. bind() and proxies are not supported.
///
/// As with QSslSocket, the engine below QAbstractSocket is not used, only the public and protected API. Readiness comes
/// from QSocketNotifier, so it works with any event dispatcher. Any slot may close the socket, connect it anew or
/// destroy it. Lives on one thread.
class ClientSocket : public QTcpSocket
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds NextAddressDelay{250};
    /// A Unix socket's connect fails while the accept queue is full; it is tried again after this time.
    static constexpr std::chrono::milliseconds UnixRetry{20};

    explicit ClientSocket(EventStream &events, QObject *parent = nullptr);
    ~ClientSocket() override;

    /// The number that the events of the next connection carry.
    void setNumber(quint64 number) { number_ = number; }
    /// The address that the next connections come from, as ConnectRequest::source.
    void setSource(const Address &source) { source_ = source; }

    // QTcpSocket
    using QTcpSocket::connectToHost;
    void connectToHost(const QString &host, quint16 port, OpenMode mode = ReadWrite,
                       NetworkLayerProtocol protocol = AnyIPProtocol) override;
    void disconnectFromHost() override;
    void close() override;
    /// Does the same as QAbstractSocket::abort(), which is not virtual. Also ends a close() that is still sending.
    void abort();
    /// Not supported: an error.
    bool bind(const QHostAddress &address, quint16 port, BindMode mode) override;
    using QTcpSocket::bind;
    /// While the socket connects: the descriptor for the latest address tried.
    qintptr socketDescriptor() const override;
    /// For a connected socket only.
    bool setSocketDescriptor(qintptr descriptor, SocketState state = ConnectedState,
                             OpenMode mode = ReadWrite) override;
    void setSocketOption(SocketOption option, const QVariant &value) override;
    QVariant socketOption(SocketOption option) override;
    void setReadBufferSize(qint64 size) override;
    qint64 bytesAvailable() const override { return QTcpSocket::bytesAvailable() + input_.size(); }
    qint64 bytesToWrite() const override;
    bool canReadLine() const override { return input_.contains('\n') || QTcpSocket::canReadLine(); }
    void resume() override { setReceiving(true); }
    bool waitForConnected(int msecs = 30'000) override;
    bool waitForReadyRead(int msecs = 30'000) override;
    bool waitForBytesWritten(int msecs = 30'000) override;
    bool waitForDisconnected(int msecs = 30'000) override;

    // Beyond QTcpSocket
    /// For a Tcp or a Unix endpoint.
    void connectToEndpoint(const Endpoint &endpoint, OpenMode mode = ReadWrite);
    /// @p path as Endpoint::path.
    void connectToPath(const QByteArray &path, OpenMode mode = ReadWrite);
    /// As write(), but shares @p bytes instead of copying them.
    void send(const QByteArray &bytes);
    /// Sends @p transfer after the bytes that were written. Only for a transfer that has begun, and while isFree().
    void begin(const std::shared_ptr<Transfer> &transfer);
    /// Whether it is connected, its sending side stays open, and no transfer is under way.
    bool isFree() const;
    /// Gives up the unsent rest of @p transfer, if it is under way.
    void drop(const Transfer &transfer);
    /// While more is expected, the peer's FIN does not end the connection: what is written goes out first.
    void setExpectsMore(bool expectsMore);
    /// FIN follows all that was written. Receiving goes on.
    void closeSending();
    /// Whether the connection goes on after the peer's FIN, until its own FIN is sent. QTcpSocket's does not.
    void setStaysAfterFin(bool stays);
    /// Closes at once, with RST.
    void resetConnection();
    /// The next bytes received, as they came from one call; empty where there are none.
    QByteArray takeReceived();
    /// While false, nothing is received; the system's buffer fills, and the peer has to wait.
    void setReceiving(bool receiving);
    /// The most bytes to receive from now on; -1 for no limit. One byte more is asked for, to tell a longer stream from
    /// one that ends there. If it comes, it is dropped, tooMuchReceived() is emitted, and nothing more is received.
    void setReceiveLimit(qint64 bytes);

    /// The errno that ended the connection, or the attempt to connect: ECONNRESET for a reset, 0 for FIN. Where error()
    /// is HostNotFoundError it is the EAI_ code.
    int systemError() const { return systemError_; }
    /// Whether the attempt has failed because TCP connected the socket to itself: its system had given it the very port
    /// that it connected to, where nobody listens (RFC 9293, 3.5, simultaneous open). The error is ECONNREFUSED.
    bool wasConnectedToItself() const { return connectedToItself_; }
    /// The peer's FIN was received, on this connection or the last one.
    bool peerHasClosed() const { return stream_ && stream_->peerClosed(); }

Q_SIGNALS:
    void tooMuchReceived();

protected:
    qint64 readData(char *data, qint64 most) override;
    qint64 skipData(qint64 most) override;
    qint64 writeData(const char *data, qint64 size) override;

private:
    /// A socket that is connecting to one of the host's addresses.
    struct Attempt
    {
        native::Descriptor socket;
        Address peer;
        std::unique_ptr<QSocketNotifier> writable;
    };
    /// Tells after a signal whether its slots have left the socket as it was: neither destroyed, nor closed, nor
    /// connected anew.
    class Unchanged;

    bool start(const QString &peerName, OpenMode mode);
    void prepare(const QString &peerName, OpenMode mode);
    void lookedUp(NetworkLayerProtocol protocol, int error, std::vector<Address> addresses);
    void tryAll(Candidates candidates);
    void tryNext();
    void tryPath();
    std::unique_ptr<Attempt> openSocket(Transport transport, const Address &peer);
    void attemptReady(Attempt &attempt);
    void attemptFailed(int error);
    void closeAttempt(Attempt &attempt, bool resets = false);
    void connectFailed(SocketError error, const QString &text);
    void connectEnded(Attempt &attempt, int error);
    void won(Attempt &attempt);
    void established(native::Descriptor socket, const Address &peer);

    bool isConnected() const { return stream_ && stream_->isOpen(); }
    qint64 room() const;
    void readable();
    void tellReadyRead();
    void writable();
    void sendSome();
    bool isSending() const;
    bool isDone() const;
    void closedByPeer();
    void resetAfterFin();
    void failed(int error);
    void endWith(SocketError error, const QString &text);
    void watch();
    void enter(SocketState state);
    void fail(SocketError error, const QString &text);
    void finish();
    bool waitUntil(const std::function<bool()> &done, int msecs);
    bool waitOnce(const QDeadlineTimer &deadline);

    EventStream &events_;
    quint64 number_ = 0;
    quint64 life_ = 0; // changes when a connection, or an attempt at one, begins and ends
    std::unique_ptr<Lookup> lookup_;
    QByteArray path_;
    Address source_;
    Candidates candidates_;
    std::vector<std::unique_ptr<Attempt>> attempts_;
    QTimer next_{this};                  // until the next address, or the path once more
    std::unique_ptr<StreamPeer> stream_; // stays after the end, until the next connection
    std::unique_ptr<QSocketNotifier> readable_;
    std::unique_ptr<QSocketNotifier> writable_;
    std::unique_ptr<QSocketNotifier> reset_; // after the peer's FIN, which stays readable for ever
    ReceivedBytes input_;
    QByteArray early_;   // written before it was connected
    qint64 written_ = 0; // not yet reported by bytesWritten()
    qint64 limit_ = -1;  // of StreamPeer::received()
    int systemError_ = 0;
    int sendError_ = 0; // reported after the bytes that the peer sent before
    bool isReceiving_ = true;
    bool staysAfterFin_ = false;
    bool isTelling_ = false; // readyRead() is not emitted recursively
    bool closesWhenConnected_ = false;
    bool expectsMore_ = false;
    bool connectedToItself_ = false;
};

} // namespace parley
