// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/connection.h"
#include "server_gui/engine/listener.h"
#include "server_gui/settings/server_settings.h"
#include "shared/address/candidates.h"
#include "shared/address/local_addresses.h"
#include "shared/event/event.h"
#include "shared/socket/socket_calls.h"
#include "shared/socket/tcp_info.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>

namespace parley
{

class Lookup;

/// The engine of parley-server: listens, accepts and greets, or answers datagrams. It writes each call to an
/// EventStream and knows no reader of it.
///
/// It looks up where to listen, and has a listener that knows how. It admits connections or turns them away, keeps the
/// open ones, and passes commands on to them.
///
/// Lives on an I/O thread; commands are called there (IoThread::post()). The counts may be read on any thread.
///
/// The listener's events (connection 0) tell what became of a command. Once it listens, there is one for which
/// isServing() holds, after its Bind; without a Bind before it, it tells of setBacklog(). End says that it has stopped
/// (Complete) or could not listen (UnknownHost, or Failed with the errno).
class Server : public QObject, private ConnectionOwner, private ListenerOwner
{
    Q_OBJECT

public:
    explicit Server(EventStream &events);
    ~Server() override;

    void listen(const ServerSettings &settings);
    /// Applies to connections accepted from now on.
    void setGreeting(const QByteArray &greeting);
    void setBehaviour(const BehaviourChoice &behaviour);
    /// Calls listen() once more, if it listens. The system then lets in no more than that; clients that wait stay.
    void setBacklog(int backlog);
    /// Applies to connections accepted from now on; the access list also applies to datagrams.
    void setLimits(const ServerLimits &limits);
    // Commands of the user to connections, by their numbers in ascending order. Ended connections are left out.
    /// Sends @p transfer on each connection whose sending side is open. It fails where another transfer is under way.
    void send(const std::vector<quint64> &numbers, const std::shared_ptr<Transfer> &transfer);
    /// Ends @p transfer where it is under way. Bytes already sent stay sent.
    void cancel(const std::shared_ptr<Transfer> &transfer);
    /// Sends FIN after the output under way, and goes on reading.
    void halfClose(const std::vector<quint64> &numbers);
    /// Sends FIN after the output under way, and ends once the peer has closed too, or at the deadline.
    void close(const std::vector<quint64> &numbers);
    /// Sends RST at once, and drops what is unsent.
    void reset(const std::vector<quint64> &numbers);
    /// Resets all connections.
    void closeAll();
    /// Stops listening; connections under way go on.
    void stop();
    /// While accept is held, the socket goes on listening, and clients that connect wait in its accept queue until
    /// acceptHeld() lets them in. It stays held over listen(). stop() and finish() accept the clients that wait.
    void holdAccept(bool hold);
    /// Accepts @p most of the clients that wait, or fewer if fewer wait.
    void acceptHeld(int most);
    /// The next datagram of each sender gets a new number, as if none had come before.
    void forgetSenders();
    /// acceptQueueChanged() tells of the queue, at most every QueueInterval.
    void watchAcceptQueue(bool watch);
    /// Asks the system about a connection, for kernelViewed().
    void viewKernel(quint64 connection);
    /// Finds out this computer's name and addresses, for surveyed().
    void survey();
    /// Stops listening, completes the connections under way (each has its deadline), then emits finished().
    void finish();

    quint64 accepted() const { return accepted_.load(std::memory_order_relaxed); }
    quint64 open() const { return open_.load(std::memory_order_relaxed); }
    quint64 denied() const { return denied_.load(std::memory_order_relaxed); }
    quint64 overLimit() const { return overLimit_.load(std::memory_order_relaxed); }
    /// Of those that were accepted(): without the senders of datagrams.
    quint64 connections() const { return connections_.load(std::memory_order_relaxed); }
    quint64 datagrams() const { return datagrams_.load(std::memory_order_relaxed); }
    quint64 answered() const { return answered_.load(std::memory_order_relaxed); }

    /// Whether @p event says that the server listens from now on: Listen, or GetSockName for UDP, which has no
    /// listen(). Its address is the listener's, and its bytes are the path of a Unix socket.
    static bool isServing(const Event &event);

    static constexpr std::chrono::milliseconds QueueInterval{250};

Q_SIGNALS:
    void surveyed(const parley::LocalNames &names);
    /// Where the listening socket can be reached; once for each successful listen().
    void reachable(const parley::Reachability &reachability);
    /// accept() fails for lack of the resource that @p error names (EMFILE, ENFILE, ENOBUFS, ENOMEM), or again and
    /// again for another reason. It is tried again every StreamListener::AcceptRetry. 0: it works again.
    void starved(int error, parley::native::DescriptorUse descriptors);
    /// @p exists: there is a socket that accepts. @p queue: none where the system does not tell, as for Unix sockets.
    void acceptQueueChanged(bool exists, std::optional<parley::native::AcceptQueue> queue);
    void kernelViewed(quint64 connection, const parley::KernelView &view);
    void finished();

private:
    static constexpr int SpareDescriptors = 64; // for the window, look-ups and files

    Reactor &reactor() override { return Reactor::current(); }
    Timeouts &timeouts() override { return timeouts_; }
    EventStream &events() override { return events_; }
    void ended(Connection &connection) override;
    const ServerSettings &settings() const override { return settings_; }
    Deadline deadline() const override;
    quint64 nextNumber() override { return accepted_.fetch_add(1, std::memory_order_relaxed) + 1; }
    void countDenied() override { denied_.fetch_add(1, std::memory_order_relaxed); }
    void countDatagram() override { datagrams_.fetch_add(1, std::memory_order_relaxed); }
    void countAnswer() override { answered_.fetch_add(1, std::memory_order_relaxed); }
    void accepted(native::Descriptor socket, const Address &peer) override;
    void acceptStarves(int error) override;
    void listenerFailed(int error) override { closeListener(Outcome::Failed, error); }

    template <typename Command>
    void forEach(const std::vector<quint64> &numbers, Command command);
    void lookUp(const Endpoint &endpoint);
    void listenOn(Candidates candidates);
    bool isListening() const { return listener_ && listener_->isOpen(); }
    /// Why a peer is turned away; the outcome is None for one that may stay.
    struct Refusal
    {
        Outcome outcome = Outcome::None;
        Limit limit;
    };
    Refusal admission(const Address &peer) const;
    void turnAway(quint64 number, native::Descriptor socket, const Refusal &refusal);
    quint64 mostConnections() const;
    void tellAcceptQueue();
    void insert(Connection &connection);
    void settingsChanged();
    void closeListener(Outcome outcome, int error);

    EventStream &events_;
    Timeouts timeouts_{this};
    ServerSettings settings_;
    std::unique_ptr<Lookup> lookup_;
    std::unique_ptr<Lookup> survey_;
    std::unique_ptr<Listener> listener_; // a closed one stays until the next listen()
    bool held_ = false;                  // accept
    QTimer queueTimer_{this};            // while the accept queue is watched

    Connection *first_ = nullptr;                   // the newest open connection
    std::vector<std::unique_ptr<Connection>> dead_; // until this turn of the loop is over
    std::map<Address, int> perPeer_;                // open connections of each address, counted while there is a limit
    const int descriptorLimit_;
    bool finishing_ = false;

    std::atomic<quint64> accepted_ = 0;
    std::atomic<quint64> open_ = 0;
    std::atomic<quint64> denied_ = 0;
    std::atomic<quint64> overLimit_ = 0;
    std::atomic<quint64> connections_ = 0;
    std::atomic<quint64> datagrams_ = 0;
    std::atomic<quint64> answered_ = 0;
};

} // namespace parley

Q_DECLARE_METATYPE(parley::Reachability)
Q_DECLARE_METATYPE(parley::LocalNames)
Q_DECLARE_METATYPE(parley::native::DescriptorUse)
Q_DECLARE_METATYPE(std::optional<parley::native::AcceptQueue>)
