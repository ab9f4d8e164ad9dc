// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>

#include <chrono>
#include <optional>

namespace parley::test
{

/// Processor time that a process has used, of all its threads (proc(5), stat).
std::chrono::milliseconds processorTime(qint64 pid);
/// Memory in KiB, by the names of /proc/PID/status: VmRSS, VmHWM; -1 where there is none.
qint64 memory(qint64 pid, QByteArrayView name);
/// The memory of this process in bytes: the resident memory, or the allocated memory if a sanitizer keeps freed memory
/// in quarantine.
qint64 usedMemory();
qsizetype openDescriptors(qint64 pid);
/// Whether SIGSTOP has stopped all its threads.
bool isStopped(qint64 pid);
/// The number that the next descriptor of a process will get.
int nextDescriptor(qint64 pid);
/// The soft limit of descriptors (RLIMIT_NOFILE).
int descriptorLimit(qint64 pid);
/// Sets the soft limit. Returns whether that was allowed.
bool setDescriptorLimit(qint64 pid, int limit);
/// Addresses and ports that a process's network has TCP listeners on, as the kernel writes them: `0100007F:0BB8`.
QList<QByteArray> listeners(qint64 pid);
/// How many connections of the local @p port wait for their peers to read: the peer has no room, everything sent is
/// acknowledged, and more waits. (The kernel's zero window probe timer runs; proc_net_tcp.txt.) Of the calling thread's
/// network, IPv4.
int connectionsWithoutRoom(quint16 port);
/// A counter of /proc/net/netstat, of the calling thread's network: ListenOverflows.
qint64 networkCounter(QByteArrayView name);

/// The lines that parley-server --json has printed so far, connection by connection.
class ServerLog
{
public:
    struct Connection
    {
        QString host;
        int port = 0;
        qint64 accepted = 0; ///< ns
        qint64 ended = 0;    ///< ns
        QString outcome;     ///< empty while it is open
    };

    explicit ServerLog(const QByteArray &lines);

    const QList<Connection> &connections() const { return connections_; }
    /// How many ended with each outcome.
    const QMap<QString, int> &outcomes() const { return outcomes_; }
    int ended(const QString &outcome) const { return outcomes_.value(outcome); }
    int ended() const;
    /// The most that were open at once, those that were turned away not counted.
    int mostOpen() const { return mostOpen_; }

private:
    QList<Connection> connections_;
    QMap<QString, int> outcomes_;
    int mostOpen_ = 0;
};

/// A network of its own, with nothing but the loopback interface, for this thread and the processes that it starts as
/// long as this object lives.
class PrivateNetwork
{
public:
    PrivateNetwork();
    ~PrivateNetwork();
    Q_DISABLE_COPY_MOVE(PrivateNetwork)

    /// False where the system does not allow it.
    bool isThere() const { return isThere_; }
    /// Adds two interfaces, `left` and `right`, with a wire between them; left has 10.7.0.1/24 and fd07::1/64. Returns
    /// once IPv6 groups can be reached: the system adds that route some time after the wire is there.
    bool addWire() const;

private:
    int before_ = -1;
    bool isThere_ = false;
};

} // namespace parley::test
