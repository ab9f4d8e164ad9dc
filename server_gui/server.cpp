// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/server.h"

#include "server_gui/datagram_service.h"
#include "shared/event_stream.h"
#include "shared/lookup.h"

#include <algorithm>
#include <cerrno>

namespace parley
{

Server::Server(EventStream &events) : events_(events), descriptorLimit_(native::raiseDescriptorLimit())
{
    qRegisterMetaType<Reachability>();
    qRegisterMetaType<LocalNames>();
    qRegisterMetaType<native::DescriptorUse>();
    qRegisterMetaType<KernelView>();
    qRegisterMetaType<std::optional<native::AcceptQueue>>();
    acceptTimer_.setSingleShot(true);
    acceptTimer_.setInterval(AcceptRetry);
    connect(&acceptTimer_, &QTimer::timeout, this, [this] {
        watchListener();
        acceptSome(AcceptsPerTurn);
    });
    queueTimer_.setInterval(QueueInterval);
    connect(&queueTimer_, &QTimer::timeout, this, &Server::tellAcceptQueue);
    recovered_.setSingleShot(true);
    recovered_.setInterval(std::chrono::seconds(1));
    connect(&recovered_, &QTimer::timeout, this, [this] { setStarved(0); });
}

Server::~Server()
{
    closeAll();
}

/// Calls @p command, which may end it, with each open connection of @p numbers.
template <typename Command>
void Server::forEach(const std::vector<quint64> &numbers, Command command)
{
    for (Connection *connection = first_, *next = nullptr; connection; connection = next) {
        next = connection->next;
        if (std::binary_search(numbers.begin(), numbers.end(), connection->number()))
            command(*connection);
    }
}

void Server::send(const std::vector<quint64> &numbers, const std::shared_ptr<Transfer> &transfer)
{
    std::vector<Connection *> free;
    forEach(numbers, [&free](Connection &connection) {
        if (connection.isFree())
            free.push_back(&connection);
    });
    transfer->begin(static_cast<int>(free.size()), static_cast<int>(numbers.size() - free.size()));
    for (Connection *connection : free)
        connection->send(transfer);
}

void Server::cancel(const std::shared_ptr<Transfer> &transfer)
{
    for (Connection *connection = first_, *next = nullptr; connection; connection = next) {
        next = connection->next;
        connection->drop(*transfer);
    }
}

void Server::halfClose(const std::vector<quint64> &numbers)
{
    forEach(numbers, [](Connection &connection) { connection.halfClose(); });
}

void Server::close(const std::vector<quint64> &numbers)
{
    forEach(numbers, [](Connection &connection) { connection.hangUp(); });
}

void Server::reset(const std::vector<quint64> &numbers)
{
    forEach(numbers, [](Connection &connection) { connection.abort(Outcome::Aborted); });
}

void Server::closeAll()
{
    while (first_)
        first_->abort(Outcome::Cancelled);
}

void Server::setLimits(const ServerLimits &limits)
{
    if ((settings_.limits.maxPerPeer > 0) != (limits.maxPerPeer > 0)) {
        perPeer_.clear();
        for (const Connection *connection = first_; connection && limits.maxPerPeer > 0; connection = connection->next)
            ++perPeer_[connection->peer().withPort(0)];
    }
    settings_.limits = limits;
    if (datagrams_)
        datagrams_->setAccess(limits.access);
    limitUnacknowledged();
}

Deadline Server::deadline() const
{
    const bool stays = settings_.behaviour.kind->stays;
    return {settings_.limits.deadline.value_or(stays ? std::chrono::milliseconds(0) : Deadline::Default), stays};
}

/// Those who connect from now on inherit it from the listener.
void Server::limitUnacknowledged()
{
    if (listening_.isOpen() && settings_.endpoint.transport == Transport::Tcp)
        native::setUserTimeout(listening_.get(), static_cast<int>(deadline().length.count()));
}

void Server::listen(const ServerSettings &settings)
{
    if (finishing_)
        return;
    stop();
    setLimits(settings.limits);
    settings_ = settings;
    const Endpoint &endpoint = settings_.endpoint;
    if (endpoint.transport == Transport::Udp && settings.greeting.size() > native::MaxDatagram) {
        closeListener(Outcome::Failed, EMSGSIZE);
        return;
    }
    if (endpoint.transport == Transport::Unix) {
        if (const int error = listenOnPath(); error != 0)
            closeListener(Outcome::Failed, error);
        return;
    }
    if (endpoint.isLiteral()) {
        if (endpoint.literal == Address::any(endpoint.port))
            listenOn({endpoint.literal, Address::ipv4(0, endpoint.port)}); // where the system has no IPv6
        else
            listenOn({endpoint.literal});
        return;
    }
    lookup_ = std::make_unique<Lookup>(endpoint);
    connect(lookup_.get(), &Lookup::finished, this, [this](int error, const std::vector<Address> &addresses) {
        lookup_.release()->deleteLater(); // it is the sender
        Event event;
        event.call = Call::GetAddrInfo;
        event.result = error == 0 ? 0 : -1;
        event.error = error;
        event.bytes = settings_.endpoint.name.toUtf8();
        events_.write(std::move(event));
        if (error != 0) {
            closeListener(Outcome::UnknownHost, error);
            return;
        }
        // IPv4 before IPv6, as a program does that binds an AF_INET socket to gethostname().
        std::vector<Address> candidates = addresses;
        std::stable_partition(candidates.begin(), candidates.end(),
                              [](const Address &address) { return address.family() == Address::Family::IPv4; });
        listenOn(candidates);
    });
}

/// Listens on the first of @p candidates that this computer has.
void Server::listenOn(const std::vector<Address> &candidates)
{
    int error = EADDRNOTAVAIL;
    for (auto it = candidates.begin(); it != candidates.end() && (error == EADDRNOTAVAIL || error == EAFNOSUPPORT);
         ++it)
        error = tryToListen(*it);
    if (error != 0) {
        closeListener(Outcome::Failed, error);
        return;
    }
    Q_EMIT reachable(reachability(native::localAddress(listening_.get()), localAddresses()));
}

/// Returns 0 or the errno of the call that failed.
int Server::tryToListen(const Address &address)
{
    const Transport transport = settings_.endpoint.transport;
    const native::Result made = recordSocket(native::socket(transport, address.family()), address.family());
    listening_ = native::Descriptor(static_cast<int>(made.value));
    if (!made.ok())
        return made.error;
    const int fd = listening_.get();
    const native::Result bound = record(Call::Bind, native::bind(fd, address, transport), address);
    if (!bound.ok())
        return bound.error;
    limitUnacknowledged();
    native::setUnsentLimit(fd, MaxUnsent);
    return serve(native::localAddress(fd));
}

int Server::listenOnPath()
{
    const native::Result made = recordSocket(native::socket(Transport::Unix, {}), Address::Family::Unix);
    listening_ = native::Descriptor(static_cast<int>(made.value));
    if (!made.ok())
        return made.error;
    const int fd = listening_.get();
    const QByteArray &path = settings_.endpoint.path;
    const FolderLock lock(path); // until it listens
    native::Result bound = record(Call::Bind, native::bindUnix(fd, path, settings_.unixMode), {}, path);
    if (bound.error == EADDRINUSE && lock.mayReplace() && UnixFile::removeStale(path))
        bound = record(Call::Bind, native::bindUnix(fd, path, settings_.unixMode), {}, path);
    if (!bound.ok())
        return bound.error;
    unixFile_.emplace(path);
    return serve({});
}

/// Lets the bound socket receive: watched before it is announced, for who is told may connect at once.
int Server::serve(const Address &bound)
{
    const int fd = listening_.get();
    if (settings_.endpoint.transport == Transport::Udp) {
        native::tellLocalAddresses(fd);
        datagrams_ = std::make_unique<DatagramService>(events_, accepted_, denied_, fd, bound, settings_.greeting);
        datagrams_->setAccess(settings_.limits.access);
        const int error = reactor().watch(fd, datagrams_.get(), Reactor::Interest::Read);
        record(Call::GetSockName, {0, error}, bound);
        return error;
    }
    if (!held_) {
        if (const int error = reactor().watch(fd, &listener_, Reactor::Interest::Read); error != 0)
            return error;
        watched_ = true;
    }
    longestBacklog_ = settings_.backlog;
    native::Result listened = native::listen(fd, settings_.backlog);
    if (listened.ok() && unixFile_ && !unixFile_->isInPlace())
        listened = {-1, EADDRINUSE}; // somebody who does not ask for the lock has replaced it
    return record(Call::Listen, listened, bound, settings_.endpoint.path).error;
}

bool Server::isServing(const Event &event)
{
    return event.connection == 0 && event.error == 0 && (event.call == Call::Listen || event.call == Call::GetSockName);
}

void Server::setGreeting(const QByteArray &greeting)
{
    settings_.greeting = greeting;
    if (datagrams_)
        datagrams_->setGreeting(greeting);
}

void Server::setBehaviour(const BehaviourChoice &behaviour)
{
    settings_.behaviour = behaviour;
    limitUnacknowledged();
}

void Server::setBacklog(int backlog)
{
    settings_.backlog = backlog;
    longestBacklog_ = std::max(longestBacklog_, backlog);
    if (!listening_.isOpen() || datagrams_)
        return;
    const int fd = listening_.get();
    const bool isUnix = settings_.endpoint.transport == Transport::Unix;
    record(Call::Listen, native::listen(fd, backlog), isUnix ? Address() : native::localAddress(fd),
           settings_.endpoint.path);
}

void Server::survey()
{
    LocalNames names;
    names.name = localHostName();
    names.interfaces = localAddresses();
    Endpoint self;
    self.name = names.name;
    survey_ = std::make_unique<Lookup>(self);
    connect(survey_.get(), &Lookup::finished, this, [this, names](int, const std::vector<Address> &addresses) mutable {
        survey_.release()->deleteLater(); // it is the sender
        names.addresses = addresses;
        Q_EMIT surveyed(names);
    });
}

void Server::stop()
{
    const bool lookedUp = std::exchange(lookup_, nullptr) != nullptr;
    if (!listening_.isOpen()) {
        if (lookedUp)
            closeListener(Outcome::Complete, 0);
        return;
    }
    // Who waits in the accept queue believes to be connected: closing the listener would reset them all.
    const bool held = std::exchange(held_, false);
    if (!datagrams_)
        acceptSome(std::min(longestBacklog_, MostQueued) + 1); // the kernel takes one more than the backlog
    held_ = held;
    closeListener(Outcome::Complete, 0);
}

void Server::finish()
{
    stop();
    for (Connection *connection = first_, *next = nullptr; connection; connection = next) {
        next = connection->next;
        connection->finish();
    }
    finishing_ = true;
    if (!first_)
        Q_EMIT finished();
}

void Server::holdAccept(bool hold)
{
    held_ = hold;
    released_ = 0;
    if (!listening_.isOpen() || datagrams_)
        return;
    if (hold) { // it is not tried again
        acceptTimer_.stop();
        setStarved(0);
    }
    watchListener();
}

void Server::acceptHeld(int most)
{
    if (!held_ || !listening_.isOpen() || datagrams_)
        return;
    released_ = most;
    watchListener();
}

/// Lets the reactor tell of those who wait, as long as they are to be accepted.
void Server::watchListener()
{
    const bool watch = (!held_ || released_ > 0) && !acceptTimer_.isActive();
    if (watch == watched_)
        return;
    if (!watch)
        reactor().unwatch(listening_.get(), &listener_);
    else if (reactor().watch(listening_.get(), &listener_, Reactor::Interest::Read) != 0) {
        acceptTimer_.start();
        return;
    }
    watched_ = watch;
}

void Server::watchAcceptQueue(bool watch)
{
    if (!watch) {
        queueTimer_.stop();
        return;
    }
    queueTimer_.start();
    tellAcceptQueue();
}

void Server::viewKernel(quint64 connection)
{
    const Connection *found = first_;
    while (found && found->number() != connection)
        found = found->next;
    KernelView view = found ? found->kernelView() : KernelView();
    if (settings_.endpoint.transport == Transport::Udp && datagrams_)
        view.kind = KernelView::Kind::NotTold; // its senders have no connection that could end
    Q_EMIT kernelViewed(connection, view);
}

void Server::tellAcceptQueue()
{
    const bool exists = listening_.isOpen() && !datagrams_;
    Q_EMIT acceptQueueChanged(exists, exists ? native::acceptQueue(listening_.get()) : std::nullopt);
}

void Server::acceptSome(int most)
{
    while (most-- > 0 && listening_.isOpen() && !acceptTimer_.isActive() && (!held_ || released_ > 0)) {
        Address peer;
        const native::Result result = native::accept(listening_.get(), peer);
        if (result.ok() || result.wouldBlock())
            acceptSucceeded();
        if (result.wouldBlock())
            released_ = 0;
        if (held_ && result.ok())
            --released_;
        if (held_ && released_ == 0)
            watchListener();
        if (result.wouldBlock())
            return;
        if (!result.ok()) {
            acceptFailed(result.error);
            continue;
        }
        native::Descriptor socket(static_cast<int>(result.value));
        if (unixFile_)
            peer = native::peerCredentials(socket.get());
        addConnection(std::move(socket), peer);
    }
}

/// Without free descriptors it would have failed, even with nobody waiting (accept(2), EMFILE). It is said to be over
/// only when it has been for a while.
void Server::acceptSucceeded()
{
    failures_ = 0;
    if (starved_ != 0 && !recovered_.isActive())
        recovered_.start();
}

void Server::addConnection(native::Descriptor socket, const Address &peer)
{
    const quint64 number = accepted_.fetch_add(1, std::memory_order_relaxed) + 1;
    Event event;
    event.connection = number;
    event.call = Call::Accept;
    event.result = socket.get();
    event.address = peer;
    event.transport = settings_.endpoint.transport;
    events_.write(std::move(event));
    if (const Outcome outcome = admission(peer); outcome != Outcome::None) {
        turnAway(number, std::move(socket), outcome);
        return;
    }
    open_.fetch_add(1, std::memory_order_relaxed);
    if (settings_.limits.maxPerPeer > 0)
        ++perPeer_[peer.withPort(0)];
    auto *connection = new Connection(*this, number, std::move(socket), peer,
                                      settings_.behaviour.make(settings_.greeting), deadline());
    insert(*connection);
    connection->start();
}

/// None where the peer may stay, or else why not.
Outcome Server::admission(const Address &peer) const
{
    const ServerLimits &limits = settings_.limits;
    if (!limits.access.admits(peer))
        return Outcome::Denied;
    if (open() >= mostConnections())
        return Outcome::OverLimit;
    if (limits.maxPerPeer > 0) {
        const auto it = perPeer_.find(peer.withPort(0));
        if (it != perPeer_.end() && it->second >= limits.maxPerPeer)
            return Outcome::OverLimit;
    }
    return Outcome::None;
}

/// The limit that was asked for, but always so few that there are descriptors to accept and turn away one more.
quint64 Server::mostConnections() const
{
    const int spare = std::min(SpareDescriptors, descriptorLimit_ / 2);
    const int possible = descriptorLimit_ - spare;
    const int asked = settings_.limits.maxConnections;
    return static_cast<quint64>(asked > 0 ? std::min(asked, possible) : possible);
}

void Server::turnAway(quint64 number, native::Descriptor socket, Outcome outcome)
{
    (outcome == Outcome::Denied ? denied_ : overLimit_).fetch_add(1, std::memory_order_relaxed);
    socket.close();
    Event event;
    event.connection = number;
    event.call = Call::Close;
    events_.write(event);
    event.call = Call::End;
    event.outcome = outcome;
    events_.write(std::move(event));
}

void Server::insert(Connection &connection)
{
    connection.next = first_;
    if (first_)
        first_->previous = &connection;
    first_ = &connection;
}

void Server::ended(Connection &connection)
{
    (connection.previous ? connection.previous->next : first_) = connection.next;
    if (connection.next)
        connection.next->previous = connection.previous;
    if (settings_.limits.maxPerPeer > 0) {
        const auto it = perPeer_.find(connection.peer().withPort(0));
        if (it != perPeer_.end() && --it->second <= 0)
            perPeer_.erase(it);
    }
    delete &connection;
    open_.fetch_sub(1, std::memory_order_relaxed);
    if (finishing_ && !first_ && !listening_.isOpen())
        Q_EMIT finished();
}

void Server::acceptFailed(int error)
{
    switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        // Whoever waits stays in the queue, and the listener readable: ask again later, not at once.
        setStarved(error);
        pauseAccepting();
        break;
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
        record(Call::Accept, {-1, error});
        closeListener(Outcome::Failed, error);
        break;
    default:
        // The one connection is gone, or its network is (accept(2), "Error handling"): the others are not. The same
        // again and again is something else, a firewall's EPERM perhaps, and must not keep a core busy.
        if (++failures_ < FailuresInARow) {
            record(Call::Accept, {-1, error});
        } else {
            setStarved(error);
            pauseAccepting();
        }
        break;
    }
}

void Server::pauseAccepting()
{
    acceptTimer_.start();
    watchListener();
}

void Server::setStarved(int error)
{
    recovered_.stop();
    if (std::exchange(starved_, error) == error)
        return;
    if (error != 0)
        record(Call::Accept, {-1, error}); // once, not ten times a second
    Q_EMIT starved(error, error == EMFILE ? native::descriptorUse() : native::DescriptorUse{});
}

void Server::closeListener(Outcome outcome, int error)
{
    acceptTimer_.stop();
    setStarved(0);
    if (listening_.isOpen()) {
        unixFile_.reset(); // while it still listens
        listening_.close();
        reactor().forget(&listener_);
        watched_ = false;
        released_ = 0;
        if (datagrams_)
            reactor().forget(datagrams_.get());
        datagrams_.reset();
        record(Call::Close, {0, 0});
    }
    Event event;
    event.call = Call::End;
    event.outcome = outcome;
    event.error = error;
    events_.write(std::move(event));
}

/// Writes a call of the listener to the stream.
native::Result Server::record(Call call, native::Result result, const Address &address, const QByteArray &path)
{
    Event event;
    event.call = call;
    event.result = result.value;
    event.error = result.error;
    event.address = address;
    event.bytes = path;
    if (call == Call::Listen)
        event.argument = settings_.backlog;
    events_.write(std::move(event));
    return result;
}

native::Result Server::recordSocket(native::Result result, Address::Family family)
{
    Event event;
    event.call = Call::Socket;
    event.result = result.value;
    event.error = result.error;
    event.transport = settings_.endpoint.transport;
    event.family = family;
    events_.write(std::move(event));
    return result;
}

} // namespace parley
