// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <optional>
#include <utility>
#include <vector>

/// For tests that need IPv6 on some of their rows: containers often have none.
#define SKIP_WITHOUT_IPV6(isNeeded)                                                                                    \
    if ((isNeeded) && !parley::test::RawSocket::bound("::1").isOpen())                                                 \
    QSKIP("This computer has no IPv6.")

namespace parley::test
{

/// A blocking stream socket, TCP or Unix, made of the system's calls alone, so that the test decides what the
/// other end of a connection sees. No call waits longer than Patience; where one fails, what comes after it
/// fails too.
class RawSocket
{
public:
    /// Bound to @p address and a port that the system chose. Until listen() it only keeps that port:
    /// connecting to it is refused, and another program that sets SO_REUSEADDR may listen there.
    static RawSocket bound(const char *address = "127.0.0.1");
    /// @param backlog 0 leaves room for one connection that nobody accepts.
    static RawSocket listening(const char *address = "127.0.0.1", int backlog = LongestBacklog);
    /// @param receiveBuffer in bytes; 0 leaves it to the system.
    static RawSocket connectedTo(const char *address, quint16 port, int receiveBuffer = 0);
    /// @param backlog of 0: one connection waits, and connecting by a second one would block.
    static RawSocket listeningOn(const QByteArray &path, int backlog = 16);
    static RawSocket connectedTo(const QByteArray &path);
    /// With @p source as its own address.
    static RawSocket connectedFrom(const char *source, const char *address, quint16 port, int receiveBuffer = 0);

    RawSocket() = default;
    RawSocket(RawSocket &&other) noexcept { *this = std::move(other); }
    RawSocket &operator=(RawSocket &&other) noexcept;
    ~RawSocket() { close(); }

    bool isOpen() const { return fd_ >= 0; }
    quint16 localPort() const;
    /// 0 where the peer has reset.
    quint16 peerPort() const;

    RawSocket accept() const;
    bool send(QByteArrayView bytes) const;
    /// Sends until the peer takes nothing for a third of a second, but at most @p most bytes. Returns how many.
    qint64 flood(qint64 most) const;
    /// Closes the sending side only.
    void shutdownSending() const;
    /// Each send() goes out at once (TCP_NODELAY).
    void sendAtOnce() const;
    /// At most @p most bytes; fewer only if the peer sends no more.
    QByteArray receive(qsizetype most);
    /// How many bytes have come that were not received yet.
    qsizetype waiting() const;
    /// Waits until the connection was reset, and leaves the bytes that have come; false if it was not reset.
    bool awaitsReset() const;
    /// Whether the peer closed in order (FIN, no RST) and all it sent was received.
    bool isAtEnd();
    void close();
    /// Closes with RST.
    void reset();

private:
    static constexpr int LongestBacklog = 4096;

    explicit RawSocket(int fd);

    int fd_ = -1;
    bool failed_ = false; ///< receive() ended with an error
};

/// A blocking UDP socket of the system's calls alone. No call waits longer than Patience.
class RawDatagrams
{
public:
    /// Bound to @p address and a port that the system chose; takes datagrams from everyone.
    static RawDatagrams bound(const char *address = "127.0.0.1");
    /// Takes only the answers of that peer, and learns of its refusals.
    static RawDatagrams connectedTo(const char *address, quint16 port);
    /// Has a port, and takes nothing: datagrams to it are refused (ICMP).
    static RawDatagrams refusing(const char *address = "127.0.0.1");

    RawDatagrams() = default;
    RawDatagrams(RawDatagrams &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    RawDatagrams &operator=(RawDatagrams &&) = delete;
    ~RawDatagrams();

    bool isOpen() const { return fd_ >= 0; }
    int fd() const { return fd_; }
    quint16 localPort() const;

    /// To the peer of a connected one.
    bool send(QByteArrayView datagram) const;
    /// Sends to the sender of the datagram that receive() returned last.
    bool answer(QByteArrayView datagram) const;
    /// None if nothing comes.
    std::optional<QByteArray> receive();
    /// Of the datagram that receive() returned last: its socket address, as the system's calls take it.
    const QByteArray &sender() const { return sender_; }

private:
    explicit RawDatagrams(int fd) : fd_(fd) {}

    int fd_ = -1;
    QByteArray sender_;
};

/// Clients of 127.0.0.1, connected one after the other.
inline std::vector<RawSocket> connectedClients(quint16 port, int count)
{
    std::vector<RawSocket> clients;
    for (int i = 0; i < count; ++i)
        clients.push_back(RawSocket::connectedTo("127.0.0.1", port));
    return clients;
}

} // namespace parley::test
