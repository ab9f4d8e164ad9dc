// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QMetaType>

#include <optional>

namespace parley::native
{

/// The connections that the system has made and that wait for accept().
struct AcceptQueue
{
    int waiting;
    int backlog; ///< as the system keeps it: at most net.core.somaxconn. One connection more is let in

    bool isFull() const { return waiting > backlog; }
    friend bool operator==(const AcceptQueue &, const AcceptQueue &) = default;
};

/// The queue of a listening TCP socket (TCP_INFO); none where the system does not tell.
std::optional<AcceptQueue> acceptQueue(int fd);

/// What the system knows of a TCP connection (TCP_INFO, tcp(7)); -1 where an older system does not tell. TCP sends
/// bytes in segments, of at most maxSegment bytes each.
struct TcpView
{
    QByteArray state;                  ///< as netstat(8) calls it: `ESTABLISHED`
    qint64 roundTrip = -1;             ///< µs, smoothed
    qint64 roundTripVariance = -1;     ///< µs
    qint64 minRoundTrip = -1;          ///< µs
    qint64 retransmissionTimeout = -1; ///< µs
    qint64 retransmitted = -1;         ///< segments, since the beginning
    qint64 unacknowledged = -1;        ///< segments on their way now
    qint64 congestionWindow = -1;      ///< segments
    qint64 peerWindow = -1;            ///< bytes that the peer has room for
    qint64 maxSegment = -1;            ///< bytes
    qint64 notSent = -1;               ///< bytes that wait in the socket's buffer
    qint64 acknowledged = -1;          ///< bytes, our SYN and FIN among them
    qint64 received = -1;              ///< bytes
    qint64 segmentsSent = -1;
    qint64 segmentsReceived = -1;

    friend bool operator==(const TcpView &, const TcpView &) = default;
};

/// Nothing for sockets other than TCP, and where the system does not tell.
std::optional<TcpView> tcpView(int fd);

/// How many bytes the peer has acknowledged, even after it reset the connection (TCP_INFO, tcp(7)); -1 where the
/// system does not tell, and for sockets other than TCP.
qint64 acknowledgedBytes(int fd);
/// How many sent bytes are not acknowledged yet; our FIN counts as one (SIOCOUTQ, tcp(7)). 0 where the system does
/// not tell.
int unacknowledgedBytes(int fd);

} // namespace parley::native

namespace parley
{

/// An engine's answer to what the system knows of a connection.
struct KernelView
{
    enum class Kind {
        Told,
        NotTold, ///< it is not a TCP connection, or the system does not tell
        Gone     ///< the connection has ended
    };
    Kind kind = Kind::Gone;
    native::TcpView tcp; ///< only where kind is Told
};

/// The kernel's view of the connection's socket.
KernelView kernelView(int fd);

} // namespace parley

Q_DECLARE_METATYPE(parley::KernelView)
