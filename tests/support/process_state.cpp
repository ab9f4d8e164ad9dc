// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process_state.h"

#include "tests/support/sanitizer.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <fcntl.h>
#include <malloc.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

// Declared in sanitizer/allocator_interface.h, which comes with clang only.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();

using namespace Qt::StringLiterals;

namespace parley::test
{

namespace
{

QByteArray contents(const QString &name)
{
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString ofProcess(qint64 pid, const QString &name)
{
    return u"/proc/%1/%2"_s.arg(pid).arg(name);
}

QList<int> descriptors(qint64 pid)
{
    QList<int> numbers;
    const QStringList names =
        QDir(ofProcess(pid, u"fd"_s)).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System);
    for (const QString &name : names)
        numbers.append(name.toInt());
    return numbers;
}

} // namespace

bool isStopped(qint64 pid)
{
    const QDir threads(ofProcess(pid, u"task"_s));
    const QStringList names = threads.entryList(QDir::NoDotAndDotDot | QDir::Dirs);
    return !names.isEmpty() && std::all_of(names.begin(), names.end(), [&threads](const QString &name) {
        const QByteArray stat = contents(threads.filePath(name + u"/stat"_s));
        return stat.mid(stat.lastIndexOf(')') + 2).startsWith('T');
    });
}

std::chrono::milliseconds processorTime(qint64 pid)
{
    const QByteArray stat = contents(ofProcess(pid, u"stat"_s));
    // The name of the program, in brackets, may hold blanks.
    const QList<QByteArray> fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    const qint64 ticks = fields.value(11).toLongLong() + fields.value(12).toLongLong();
    return std::chrono::milliseconds(ticks * 1000 / ::sysconf(_SC_CLK_TCK));
}

qint64 memory(qint64 pid, QByteArrayView name)
{
    for (const QByteArray &line : contents(ofProcess(pid, u"status"_s)).split('\n')) {
        if (line.startsWith(name))
            return line.mid(name.size() + 1).chopped(3).trimmed().toLongLong();
    }
    return -1;
}

qint64 usedMemory()
{
    if constexpr (IsSanitized)
        return static_cast<qint64>(__sanitizer_get_current_allocated_bytes());
    ::malloc_trim(0);
    return memory(::getpid(), "VmRSS") * 1024;
}

qsizetype openDescriptors(qint64 pid)
{
    return descriptors(pid).size();
}

int nextDescriptor(qint64 pid)
{
    const QList<int> used = descriptors(pid);
    int next = 0;
    while (used.contains(next))
        ++next;
    return next;
}

int descriptorLimit(qint64 pid)
{
    rlimit limit{};
    return ::prlimit(static_cast<pid_t>(pid), RLIMIT_NOFILE, nullptr, &limit) == 0 ? static_cast<int>(limit.rlim_cur)
                                                                                   : -1;
}

bool setDescriptorLimit(qint64 pid, int limit)
{
    rlimit both{};
    if (::prlimit(static_cast<pid_t>(pid), RLIMIT_NOFILE, nullptr, &both) != 0)
        return false;
    both.rlim_cur = static_cast<rlim_t>(limit);
    return ::prlimit(static_cast<pid_t>(pid), RLIMIT_NOFILE, &both, nullptr) == 0;
}

QList<QByteArray> listeners(qint64 pid)
{
    QList<QByteArray> found;
    for (const QString &name : {u"net/tcp"_s, u"net/tcp6"_s}) {
        for (const QByteArray &line : contents(ofProcess(pid, name)).split('\n')) {
            const QList<QByteArray> fields = line.simplified().split(' ');
            if (fields.value(3) == "0A") // TCP_LISTEN
                found.append(fields.at(1));
        }
    }
    return found;
}

int connectionsWithoutRoom(quint16 port)
{
    int found = 0;
    const QByteArray own = ':' + QByteArray::number(port, 16).toUpper().rightJustified(4, '0');
    for (const QByteArray &line : contents(u"/proc/thread-self/net/tcp"_s).split('\n')) {
        const QList<QByteArray> fields = line.simplified().split(' ');
        found += fields.value(1).endsWith(own) && fields.value(5).startsWith("04:") ? 1 : 0;
    }
    return found;
}

qint64 networkCounter(QByteArrayView name)
{
    const QList<QByteArray> lines = contents(u"/proc/thread-self/net/netstat"_s).split('\n');
    for (qsizetype i = 0; i + 1 < lines.size(); i += 2) { // names, then values
        const qsizetype at = lines.at(i).split(' ').indexOf(name);
        if (at > 0)
            return lines.at(i + 1).split(' ').value(at).toLongLong();
    }
    return -1;
}

ServerLog::ServerLog(const QByteArray &lines)
{
    int open = 0;
    const qsizetype whole = lines.lastIndexOf('\n');
    QMap<int, qsizetype> rows;
    QList<QJsonObject> events;
    for (const QByteArray &line : lines.first(qMax<qsizetype>(whole, 0)).split('\n')) {
        // Most of the lines are neither: a quick look spares the parser.
        if (line.contains(R"("call":"accept")") || line.contains(R"("call":"end")"))
            events.append(QJsonDocument::fromJson(line).object());
    }
    for (const QJsonObject &event : events) {
        const int number = event.value(u"connection"_s).toInt();
        const qint64 time = event.value(u"ns"_s).toInteger();
        if (number == 0)
            continue;
        if (event.value(u"call"_s) == u"accept"_s) {
            rows.insert(number, connections_.size());
            const QJsonArray peer = event.value(u"peer"_s).toArray();
            connections_.append({peer.at(0).toString(), peer.at(1).toInt(), time, 0, {}});
        } else if (rows.contains(number)) {
            Connection &connection = connections_[rows.value(number)];
            connection.ended = time;
            connection.outcome = event.value(u"outcome"_s).toString();
            ++outcomes_[connection.outcome];
        }
    }
    QList<std::pair<qint64, int>> changes;
    for (const Connection &connection : connections_) {
        if (connection.outcome == u"over-limit"_s || connection.outcome == u"denied"_s)
            continue;
        changes.append({connection.accepted, 1});
        if (!connection.outcome.isEmpty())
            changes.append({connection.ended, -1});
    }
    std::sort(changes.begin(), changes.end());
    for (const auto &[time, change] : changes) {
        open += change;
        mostOpen_ = std::max(mostOpen_, open);
    }
}

int ServerLog::ended() const
{
    return std::accumulate(outcomes_.begin(), outcomes_.end(), 0);
}

PrivateNetwork::PrivateNetwork() : before_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC))
{
    if (before_ < 0 || ::unshare(CLONE_NEWNET) != 0)
        return;
    isThere_ = true;
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    ::ioctl(fd, SIOCSIFFLAGS, &request);
    ::close(fd);
}

bool PrivateNetwork::addWire() const
{
    return isThere_
           && std::system("timeout 20 sh -ec '"
                          "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad; "
                          "ip link add left type veth peer name right; ip address add 10.7.0.1/24 dev left; "
                          "ip -6 address add fd07::1/64 dev left nodad; ip link set left up; ip link set right up; "
                          "until ip -6 route show table local dev left | grep -q ff00; do sleep 0.02; done'")
                  == 0;
}

PrivateNetwork::~PrivateNetwork()
{
    if (isThere_ && ::setns(before_, CLONE_NEWNET) != 0)
        qFatal("Cannot return to the first network");
    ::close(before_);
}

} // namespace parley::test
