// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/engine/client_socket.h"
#include "shared/event/event_stream.h"
#include "shared/loop/reactor.h"
#include "tests/support/event_recorder.h"
#include "tests/support/raw_socket.h"

#include <QCoreApplication>
#include <QMetaEnum>
#include <QPointer>
#include <QTest>
#include <QThread>

#include <future>
#include <memory>

namespace parley::test
{

inline constexpr int Patience = 20'000;            // ms; a guard against deadlocks
inline constexpr qsizetype Much = 8 * 1024 * 1024; // more than the system's buffers hold

using Socket = QAbstractSocket;

inline QString text(Socket::SocketState state)
{
    return QString::fromLatin1(QMetaEnum::fromType<Socket::SocketState>().valueToKey(state));
}

inline QString text(Socket::SocketError error)
{
    return QString::fromLatin1(QMetaEnum::fromType<Socket::SocketError>().valueToKey(error));
}

inline QString text(bool value)
{
    return value ? QStringLiteral("yes") : QStringLiteral("no");
}

/// Writes down what the users of a socket are told.
inline void traceTo(QStringList &trace, const QTcpSocket &socket)
{
    QObject::connect(&socket, &Socket::stateChanged, [&trace](Socket::SocketState state) { trace << text(state); });
    QObject::connect(&socket, &Socket::hostFound, [&trace] { trace << QStringLiteral("hostFound"); });
    QObject::connect(&socket, &Socket::connected, [&trace] { trace << QStringLiteral("connected"); });
    QObject::connect(&socket, &Socket::disconnected, [&trace] { trace << QStringLiteral("disconnected"); });
    QObject::connect(&socket, &Socket::errorOccurred, [&trace](Socket::SocketError error) { trace << text(error); });
    QObject::connect(&socket, &QIODevice::readChannelFinished, [&trace] { trace << QStringLiteral("finished"); });
    QObject::connect(&socket, &QIODevice::aboutToClose, [&trace] { trace << QStringLiteral("aboutToClose"); });
}

inline bool waitForState(const QTcpSocket &socket, Socket::SocketState state)
{
    const bool is = QTest::qWaitFor([&] { return socket.state() == state; }, Patience);
    if (!is)
        qWarning("The socket is in %s", qPrintable(text(socket.state())));
    return is;
}

inline bool waitForBytes(const QTcpSocket &socket, qint64 count)
{
    const bool are = QTest::qWaitFor([&] { return socket.bytesAvailable() >= count; }, Patience);
    if (!are)
        qWarning("There are %lld bytes", socket.bytesAvailable());
    return are;
}

/// On a thread of its own, for a peer that has to work at the same time.
template <typename Work>
auto beside(Work work)
{
    return std::async(std::launch::async, std::move(work));
}

/// A socket of the class, with the events that it writes.
struct Recorded
{
    Recorded() { socket->setNumber(1); }
    ~Recorded() { delete socket; }
    QByteArray calls()
    {
        stream.flush();
        return recorder.calls(1);
    }
    /// To @p server, whose end is returned.
    RawSocket connectTo(const RawSocket &server)
    {
        socket->connectToHost(QStringLiteral("127.0.0.1"), server.localPort());
        RawSocket peer = server.accept();
        return waitForState(*socket, Socket::ConnectedState) ? std::move(peer) : RawSocket();
    }

    EventStream stream{EventStream::AtOnce};
    EventRecorder recorder{stream};
    QPointer<ClientSocket> socket = new ClientSocket(stream);
};

/// Runs the test: on Qt's own dispatcher, or on that of an I/O thread (CMakeLists.txt).
template <typename Test>
int runOnADispatcher(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    int result = -1;
    const auto run = [&] {
        Test test;
        result = QTest::qExec(&test, argc, argv);
    };
    if (!qEnvironmentVariableIsSet("PARLEY_TEST_REACTOR")) {
        run();
        return result;
    }
    const std::unique_ptr<QThread> thread(QThread::create(run));
    Reactor::install(*thread);
    thread->start();
    thread->wait();
    return result;
}

} // namespace parley::test
