// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <utility>

/// For tests that need IPv6 on some of their rows: containers often have none.
#define SKIP_WITHOUT_IPV6(isNeeded)                                                                          \
    if ((isNeeded) && !parley::test::RawSocket::bound("::1").isOpen())                                       \
    QSKIP("This computer has no IPv6.")

namespace parley::test {

/// A blocking TCP socket made of the system's calls alone, so that the test decides what the other end of a
/// connection sees. No call waits longer than Patience; where one fails, what comes after it fails too.
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
    /// With @p source as its own address.
    static RawSocket connectedFrom(const char *source, const char *address, quint16 port,
                                   int receiveBuffer = 0);

    RawSocket() = default;
    RawSocket(RawSocket &&other) noexcept { *this = std::move(other); }
    RawSocket &operator=(RawSocket &&other) noexcept;
    ~RawSocket() { close(); }

    bool isOpen() const { return fd_ >= 0; }
    quint16 localPort() const;

    RawSocket accept() const;
    bool send(QByteArrayView bytes) const;
    /// Closes the sending side only.
    void shutdownSending() const;
    /// Each send() goes out at once (TCP_NODELAY).
    void sendAtOnce() const;
    /// At most @p most bytes; fewer only if the peer sends no more.
    QByteArray receive(qsizetype most);
    /// How many bytes have come that were not received yet.
    qsizetype waiting() const;
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

} // namespace parley::test
