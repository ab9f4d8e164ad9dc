// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/engine/client.h"
#include "shared/event/event_stream.h"
#include "shared/loop/io_thread.h"
#include "shared/message/error_text.h"
#include "shared/socket/socket_calls.h"
#include "tests/support/event_recorder.h"
#include "tests/support/raw_socket.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <cstdlib>
#include <future>
#include <thread>

namespace parley::test
{

inline constexpr int Patience = 20'000; // ms; a guard against deadlocks

/// A client engine on its thread, with all it tells.
struct ClientFixture
{
    explicit ClientFixture(quint16 port, const QString &host = QStringLiteral("127.0.0.1"),
                           Transport transport = Transport::Tcp)
    {
        request.endpoint =
            std::get<Endpoint>(Endpoint::parse(host, QString::number(port), Endpoint::Use::Connect, transport));
    }
    /// @param path of a Unix socket.
    explicit ClientFixture(const QByteArray &path)
    {
        request.endpoint = std::get<Endpoint>(Endpoint::parseUnix(QFile::decodeName(path)));
    }

    void connectNow(quint64 number = 1)
    {
        client.post([this, number](Client &engine) { engine.connectTo(number, request); });
    }
    bool waitForEnd(quint64 number = 1)
    {
        return QTest::qWaitFor([&] { return recorder.outcome(number) != Outcome::None; }, Patience);
    }
    QByteArray message(quint64 number = 1) const
    {
        QByteArray bytes;
        for (const Event &event : recorder.events) {
            if (event.connection() == number && event.call() == Call::Recv)
                bytes += event.payload();
        }
        return bytes;
    }

    ConnectRequest request;
    EventStream stream;
    EventRecorder recorder{stream};
    IoThread<Client> client{stream};
};

/// A network that only this test has, with a file of host names of its own: the test reaches and disturbs nobody
/// else.
class NetworkWithNames
{
public:
    NetworkWithNames()
    {
        std::thread([this] {
            if (::unshare(CLONE_FS | CLONE_NEWNET | CLONE_NEWNS) != 0) {
                error_ = errno;
                return;
            }
            // Broadcasts stay on the loopback interface.
            const QByteArray setUp = "mount --make-rprivate / && mount --bind " + hostsFile()
                                     + " /etc/hosts && "
                                       "ip link set lo up && "
                                       "ip route add broadcast 255.255.255.255 dev lo src 127.0.0.1";
            if (std::system(setUp.constData()) != 0) {
                error_ = ENOTSUP;
                return;
            }
            network_ = native::Descriptor(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
            files_ = native::Descriptor(::open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC));
        }).join();
    }

    /// 0, or the errno that says why there is no such network.
    int error() const { return error_; }
    /// Moves the calling thread into it, and the threads that it starts from now on.
    bool enter() const
    {
        return ::unshare(CLONE_FS) == 0 && ::setns(network_.get(), CLONE_NEWNET) == 0
               && ::setns(files_.get(), CLONE_NEWNS) == 0;
    }
    /// A socket that stays in the network.
    RawDatagrams bound(const char *address) const
    {
        const auto bind = [=, this] { return enter() ? RawDatagrams::bound(address) : RawDatagrams(); };
        return std::async(std::launch::async, bind).get();
    }

private:
    /// A name with two addresses.
    QByteArray hostsFile()
    {
        QFile file(folder_.filePath(QStringLiteral("hosts")));
        if (file.open(QIODevice::WriteOnly))
            file.write("127.0.0.1 localhost\n127.0.0.2 two.example\n127.0.0.3 two.example\n");
        return QFile::encodeName(file.fileName());
    }

    const QTemporaryDir folder_;
    native::Descriptor network_;
    native::Descriptor files_;
    int error_ = 0;
};

#define SKIP_WITHOUT(network)                                                                                          \
    if ((network).error() != 0)                                                                                        \
    QSKIP(qPrintable(QStringLiteral("no private network: ") + parley::errorText((network).error())))

} // namespace parley::test
