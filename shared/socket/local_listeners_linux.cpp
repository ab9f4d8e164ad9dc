// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/message.h"
#include "shared/socket/local_listeners.h"

#include <QByteArray>
#include <QFile>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <memory>
#include <unistd.h>
#include <unordered_map>

namespace parley::native
{

namespace
{

using Inode = quint64; // of a socket

struct CloseFolder
{
    void operator()(DIR *folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

/// Reads `0100007F:0BB8`: the words of the address as they are in memory, each printed as a number (tcp4_seq_show() and
/// tcp6_seq_show() of the kernel), and the port.
Address parseAddress(QByteArrayView text)
{
    const qsizetype colon = text.indexOf(':');
    if (colon != 8 && colon != 32)
        return {};
    const std::uint16_t port = text.sliced(colon + 1).toByteArray().toUShort(nullptr, 16);
    std::array<std::uint8_t, 16> bytes{};
    for (qsizetype at = 0; at < colon; at += 8) {
        const std::uint32_t word = text.sliced(at, 8).toByteArray().toUInt(nullptr, 16);
        std::memcpy(bytes.data() + at / 2, &word, sizeof word);
    }
    if (colon == 32)
        return Address::ipv6(bytes, port);
    return Address::ipv4(static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16
                             | static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3],
                         port);
}

/// Fields of a line of these tables.
enum Field { Number, Local, Remote, State, Queues, Timer, Retransmits, User, Timeout, InodeNumber, Fields };

constexpr QByteArrayView TcpListen = "0A";      // TCP_LISTEN
constexpr QByteArrayView UdpUnconnected = "07"; // TCP_CLOSE: bound, and connected to nobody

/// Reads one of the kernel's tables (proc(5), /proc/net/tcp). In those of TCP, listeners come first.
void readTable(const char *name, QByteArrayView state, const std::atomic<bool> &cancelled,
               std::vector<LocalListener> &listeners, std::unordered_map<Inode, std::size_t> &inodes)
{
    QFile file(QString::fromLatin1("/proc/thread-self/net/") + QString::fromLatin1(name)); // this thread's network
    if (!file.open(QIODevice::ReadOnly))
        return;
    file.readLine(); // the titles of the columns
    while (listeners.size() < MaxListeners && !cancelled) {
        const QList<QByteArray> fields = file.readLine().simplified().split(' ');
        if (fields.size() < Fields)
            return;
        if (fields.at(State) != state) {
            if (state == TcpListen)
                return;
            continue;
        }
        LocalListener listener;
        listener.address = parseAddress(fields.at(Local));
        listener.waiting = fields.at(Queues).split(':').value(1).toInt(nullptr, 16);
        listener.isOwn = fields.at(User).toUInt() == ::geteuid();
        if (listener.address.isNull())
            continue;
        inodes.emplace(fields.at(InodeNumber).toULongLong(), listeners.size());
        listeners.push_back(listener);
    }
}

/// Looks for `socket:[INODE]` among the descriptors of every process that this user may look into.
void findProcesses(std::vector<LocalListener> &listeners, std::unordered_map<Inode, std::size_t> &inodes,
                   const std::atomic<bool> &cancelled)
{
    const auto end = std::chrono::steady_clock::now() + ProcessSearch;
    const Folder processes(::opendir("/proc"));
    while (const dirent *entry = processes ? ::readdir(processes.get()) : nullptr) {
        const qint32 process = std::atoi(entry->d_name);
        const QByteArray path = QByteArray("/proc/") + entry->d_name;
        const Folder descriptors(process > 0 ? ::opendir((path + "/fd").constData()) : nullptr);
        while (const dirent *descriptor = descriptors ? ::readdir(descriptors.get()) : nullptr) {
            if (inodes.empty() || cancelled || std::chrono::steady_clock::now() > end)
                return;
            std::array<char, 64> target{};
            const QByteArray link = path + "/fd/" + descriptor->d_name;
            if (::readlink(link.constData(), target.data(), target.size() - 1) <= 0
                || std::strncmp(target.data(), "socket:[", 8) != 0)
                continue;
            const auto found = inodes.find(std::strtoull(target.data() + 8, nullptr, 10));
            if (found == inodes.end())
                continue;
            LocalListener &listener = listeners[found->second];
            inodes.erase(found);
            QFile name(QString::fromLatin1(path) + QStringLiteral("/comm"));
            if (!name.open(QIODevice::ReadOnly))
                continue; // it has just ended
            listener.process = process;
            listener.program = displaySafe(MessageDecoder::decodeAll(name.readLine().trimmed()), LineBreaks::Escape);
        }
    }
}

} // namespace

std::vector<LocalListener> localListeners(Transport transport, const std::atomic<bool> &cancelled)
{
    std::vector<LocalListener> listeners;
    std::unordered_map<Inode, std::size_t> inodes;
    const bool udp = transport == Transport::Udp;
    const QByteArrayView state = udp ? UdpUnconnected : TcpListen;
    for (const char *table : udp ? std::array{"udp", "udp6"} : std::array{"tcp", "tcp6"})
        readTable(table, state, cancelled, listeners, inodes);
    findProcesses(listeners, inodes, cancelled);
    return listeners;
}

std::vector<Address> waitingPeers(const Address &listener, const std::atomic<bool> &cancelled)
{
    std::vector<Address> peers;
    for (const char *table : {"tcp", "tcp6"}) {
        QFile file(QString::fromLatin1("/proc/thread-self/net/") + QString::fromLatin1(table));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        file.readLine(); // the titles of the columns
        while (peers.size() < MaxWaitingPeers && !cancelled) {
            const QList<QByteArray> fields = file.readLine().simplified().split(' ');
            if (fields.size() < Fields)
                break;
            // TCP_ESTABLISHED, or TCP_CLOSE_WAIT where the peer has sent FIN; a socket has an inode once it is
            // accepted.
            const bool isMade = fields.at(State) == "01" || fields.at(State) == "08";
            if (!isMade || fields.at(InodeNumber) != "0")
                continue;
            const Address local = parseAddress(fields.at(Local));
            if (local.port() == listener.port() && (listener.isAny() || local.withPort(0) == listener.withPort(0)))
                peers.push_back(parseAddress(fields.at(Remote)));
        }
    }
    return peers;
}

} // namespace parley::native
