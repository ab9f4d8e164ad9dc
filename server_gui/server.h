// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/connection.h"
#include "shared/endpoint.h"
#include "shared/event.h"
#include "shared/local_addresses.h"
#include "shared/native_socket.h"
#include "shared/reactor.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <chrono>
#include <memory>

namespace parley
{

class Lookup;

/// What to listen on, and how to treat those who connect.
struct ServerSettings
{
    static constexpr int DefaultBacklog = 4096; ///< a burst of connects overflows the 50 that Qt asks for
    static constexpr std::chrono::milliseconds DefaultDeadline{30'000};

    Endpoint endpoint;
    QByteArray greeting;
    int backlog = DefaultBacklog;
    std::chrono::milliseconds deadline = DefaultDeadline; ///< from accept to end
};

/// The engine of parley-server: listens, accepts, greets. It writes each call to an EventStream and knows no
/// reader of it.
///
/// Lives on an I/O thread; commands are called there (IoThread::post()). The counts may be read on any thread.
///
/// What became of a command is told by the listener's events (connection 0): Listen with result 0 once it is
/// listening, End when it has stopped (Complete) or could not listen (UnknownHost, Failed with the errno).
class Server : public QObject, private ConnectionOwner
{
    Q_OBJECT

public:
    explicit Server(EventStream &events);
    ~Server() override;

    void listen(const ServerSettings &settings);
    /// For the connections accepted from now on.
    void setGreeting(const QByteArray &greeting);
    /// Stops listening; connections under way go on.
    void stop();
    /// Stops listening, completes the greetings under way (each has its deadline), then emits finished().
    void finish();

    quint64 accepted() const { return accepted_.load(std::memory_order_relaxed); }
    quint64 open() const { return open_.load(std::memory_order_relaxed); }

Q_SIGNALS:
    /// Where the listening socket can be reached; once for each successful listen().
    void reachable(const parley::Reachability &reachability);
    /// accept() fails for lack of @p error's resource (EMFILE, ENFILE, ENOBUFS, ENOMEM). It is tried again every
    /// AcceptRetry; 0: it works again.
    void starved(int error);
    void finished();

private:
    static constexpr std::chrono::milliseconds AcceptRetry{100};
    static constexpr int AcceptsPerTurn = 64; // so that those already accepted get their turn

    class Listener final : public Reactor::Watcher
    {
    public:
        explicit Listener(Server &server) : server_(server) {}
        void ready(Reactor::Ready) override { server_.acceptSome(AcceptsPerTurn); }

    private:
        Server &server_;
    };

    Reactor &reactor() override { return reactor_; }
    EventStream &events() override { return events_; }
    void ended(Connection &connection) override;

    void listenOn(std::vector<Address> candidates);
    int tryToListen(const Address &address);
    void acceptSome(int most);
    void addConnection(native::Descriptor socket, const Address &peer);
    void insert(Connection &connection);
    void acceptFailed(int error);
    void setStarved(int error);
    void closeListener(Outcome outcome, int error);
    void expireConnections();
    void startDeadlineTimer();
    native::Result record(Call call, native::Result result, const Address &address = {});

    EventStream &events_;
    Reactor reactor_{this};
    ServerSettings settings_;
    std::unique_ptr<Lookup> lookup_;
    Listener listener_{*this};
    native::Descriptor listening_;
    QTimer acceptTimer_{this};
    int starved_ = 0;

    // All connections, in the order of their deadlines, which mostly is the order in which they were accepted.
    Connection *first_ = nullptr;
    Connection *last_ = nullptr;
    QTimer deadlineTimer_{this};
    bool finishing_ = false;

    std::atomic<quint64> accepted_ = 0;
    std::atomic<quint64> open_ = 0;
};

} // namespace parley

Q_DECLARE_METATYPE(parley::Reachability)
