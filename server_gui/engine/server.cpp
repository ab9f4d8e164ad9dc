// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/server.h"

#include "shared/address/lookup.h"
#include "shared/event/event_stream.h"

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
    queueTimer_.setInterval(QueueInterval);
    connect(&queueTimer_, &QTimer::timeout, this, &Server::tellAcceptQueue);
}

Server::~Server()
{
    closeAll();
}

/// Calls @p command with each open connection of @p numbers. The command may end the connection.
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
    settingsChanged();
}

Deadline Server::deadline() const
{
    const bool stays = settings_.behaviour.kind->stays;
    return {settings_.limits.deadline.value_or(stays ? std::chrono::milliseconds(0) : Deadline::Default), stays};
}

void Server::settingsChanged()
{
    if (listener_)
        listener_->settingsChanged();
}

void Server::listen(const ServerSettings &settings)
{
    if (finishing_)
        return;
    stop();
    setLimits(settings.limits);
    settings_ = settings;
    listener_ = Listener::make(*this, this);
    listener_->hold(held_);
    const Endpoint &endpoint = settings_.endpoint;
    if (const int error = listener_->check(); error != 0)
        closeListener(Outcome::Failed, error);
    else if (endpoint.transport == Transport::Unix)
        listenOn(Candidates({Address()}));
    else if (!endpoint.isLiteral())
        lookUp(endpoint);
    else if (endpoint.literal == Address::any(endpoint.port))
        listenOn(Candidates({endpoint.literal, Address::ipv4(0, endpoint.port)})); // where the system has no IPv6
    else
        listenOn(Candidates({endpoint.literal}));
}

void Server::lookUp(const Endpoint &endpoint)
{
    lookup_ = std::make_unique<Lookup>(endpoint);
    connect(lookup_.get(), &Lookup::finished, this,
            [this, began = events_.now()](int error, const std::vector<Address> &addresses) {
                lookup_.reset();
                events_.write(Event::lookUp(0, settings_.endpoint.name.toUtf8(), error, events_.now() - began));
                if (error != 0) {
                    closeListener(Outcome::UnknownHost, error);
                    return;
                }
                // IPv4 before IPv6, as a program does that binds an AF_INET socket to gethostname().
                listenOn(Candidates::preferring(Address::Family::IPv4, addresses));
            });
}

/// Listens on the first of @p candidates that this computer has.
void Server::listenOn(Candidates candidates)
{
    int error = EADDRNOTAVAIL;
    while (!candidates.isEmpty() && (error == EADDRNOTAVAIL || error == EAFNOSUPPORT))
        error = listener_->open(candidates.take());
    if (error != 0) {
        closeListener(Outcome::Failed, error);
        return;
    }
    if (const Address listening = listener_->localAddress(); !listening.isNull())
        Q_EMIT reachable(reachability(listening, localAddresses()));
}

bool Server::isServing(const Event &event)
{
    return event.connection() == 0 && event.errorNumber() == 0
           && (event.call() == Call::Listen || event.call() == Call::GetSockName);
}

void Server::setGreeting(const QByteArray &greeting)
{
    settings_.greeting = greeting;
}

void Server::setBehaviour(const BehaviourChoice &behaviour)
{
    settings_.behaviour = behaviour;
    settingsChanged();
}

void Server::setBacklog(int backlog)
{
    settings_.backlog = backlog;
    if (listener_)
        listener_->renewBacklog();
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
        survey_.reset();
        names.addresses = addresses;
        Q_EMIT surveyed(names);
    });
}

void Server::stop()
{
    const bool lookedUp = std::exchange(lookup_, nullptr) != nullptr;
    if (isListening())
        listener_->acceptWaiting(); // waiting clients believe they are connected; closing the listener would reset them
    if (lookedUp || isListening())
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
    if (listener_)
        listener_->hold(hold);
}

void Server::forgetSenders()
{
    if (listener_)
        listener_->forgetSenders();
}

void Server::acceptHeld(int most)
{
    if (listener_)
        listener_->release(most);
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
    if (!found && isListening() && !listener_->accepts())
        view.kind = KernelView::Kind::NotTold; // senders of datagrams have no connection that could end
    Q_EMIT kernelViewed(connection, view);
}

void Server::tellAcceptQueue()
{
    const bool exists = listener_ && listener_->accepts();
    Q_EMIT acceptQueueChanged(exists, exists ? listener_->acceptQueue() : std::nullopt);
}

void Server::accepted(native::Descriptor socket, const Address &peer)
{
    const quint64 number = nextNumber();
    connections_.fetch_add(1, std::memory_order_relaxed);
    events_.write(Event::accept(number, {socket.get(), 0}, peer, settings_.endpoint.transport));
    if (const Refusal refusal = admission(peer); refusal.outcome != Outcome::None) {
        turnAway(number, std::move(socket), refusal);
        return;
    }
    open_.fetch_add(1, std::memory_order_relaxed);
    if (settings_.limits.maxPerPeer > 0)
        ++perPeer_[peer.withPort(0)];
    auto *connection = new Connection(*this, number, std::make_unique<PlainChannel>(std::move(socket)), peer,
                                      settings_.behaviour.make(settings_.greeting), deadline());
    insert(*connection);
    connection->start();
}

void Server::acceptStarves(int error)
{
    Q_EMIT starved(error, error == EMFILE ? native::descriptorUse() : native::DescriptorUse{});
}

Server::Refusal Server::admission(const Address &peer) const
{
    const ServerLimits &limits = settings_.limits;
    if (!limits.access.admits(peer))
        return {Outcome::Denied, {}};
    if (const quint64 most = mostConnections(); open() >= most)
        return {Outcome::OverLimit, {Limit::Kind::Connections, static_cast<qint64>(most)}};
    if (limits.maxPerPeer > 0) {
        const auto it = perPeer_.find(peer.withPort(0));
        if (it != perPeer_.end() && it->second >= limits.maxPerPeer)
            return {Outcome::OverLimit, {Limit::Kind::PerPeer, limits.maxPerPeer}};
    }
    return {};
}

/// The limit that was asked for, or fewer: there must be descriptors left to accept and turn away one more.
quint64 Server::mostConnections() const
{
    const int spare = std::min(SpareDescriptors, descriptorLimit_ / 2);
    const int possible = descriptorLimit_ - spare;
    const int asked = settings_.limits.maxConnections;
    return static_cast<quint64>(asked > 0 ? std::min(asked, possible) : possible);
}

void Server::turnAway(quint64 number, native::Descriptor socket, const Refusal &refusal)
{
    (refusal.outcome == Outcome::Denied ? denied_ : overLimit_).fetch_add(1, std::memory_order_relaxed);
    socket.close();
    events_.write(Event::close(number, false));
    Event end = Event::end(number, refusal.outcome, 0);
    end.setLimit(refusal.limit);
    events_.write(end);
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
    const auto bury = [this] { dead_.clear(); };
    if (dead_.empty()) // a connection that has ended may still be on the stack
        QMetaObject::invokeMethod(this, bury, Qt::QueuedConnection);
    dead_.emplace_back(&connection);
    open_.fetch_sub(1, std::memory_order_relaxed);
    if (finishing_ && !first_ && !isListening())
        Q_EMIT finished();
}

void Server::closeListener(Outcome outcome, int error)
{
    listener_->close();
    events_.write(Event::end(0, outcome, error));
}

} // namespace parley
