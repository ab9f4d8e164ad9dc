// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/datagram_exchange.h"

#include "client_gui/settings/connect_request.h"
#include "shared/address/local_addresses.h"
#include "shared/address/lookup.h"
#include "shared/event/event_stream.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace parley
{

DatagramExchange::DatagramExchange(EventStream &events, QObject *parent) : QObject(parent), events_(events)
{
    quiet_.setSingleShot(true);
    quiet_.setInterval(AnswerPause);
    connect(&quiet_, &QTimer::timeout, this, [this] { Q_EMIT ended(Outcome::Complete, 0); });
}

DatagramExchange::~DatagramExchange()
{
    stop();
}

void DatagramExchange::start(quint64 number, const ConnectRequest &request)
{
    number_ = number;
    request_ = request;
    left_ = request.maxBytes;
    error_ = 0;
    const Endpoint &endpoint = request_.endpoint;
    if (endpoint.isLiteral()) {
        candidates_ = Candidates({endpoint.literal});
        tryNext();
        return;
    }
    lookup_ = std::make_unique<Lookup>(endpoint);
    connect(
        lookup_.get(), &Lookup::finished, this,
        [this, name = endpoint.name.toUtf8(), began = events_.now()](int error, const std::vector<Address> &addresses) {
            lookup_.reset();
            events_.write(Event::lookUp(number_, name, error, events_.now() - began));
            if (error != 0) {
                Q_EMIT ended(Outcome::UnknownHost, error);
                return;
            }
            candidates_ = Candidates::inTurns(addresses);
            tryNext();
        });
}

void DatagramExchange::stop()
{
    lookup_.reset();
    quiet_.stop();
    candidates_.clear();
    close();
    hasAnswer_ = false;
    collects_ = false;
}

void DatagramExchange::tryNext()
{
    peer_ = takeFor(request_.source, candidates_);
    if (peer_.isNull()) { // no call would succeed
        refused(error_ == 0 ? EAFNOSUPPORT : 0);
        return;
    }
    collects_ = peer_.isMulticast() || peer_.isBroadcast() || isNetBroadcast(peer_);
    int error = open();
    if (error == 0)
        error = prepare();
    if (error == 0)
        error = collects_ ? askMany() : connectAndAsk();
    if (error != 0)
        refused(error);
}

/// Returns 0 or the errno of the call that failed.
int DatagramExchange::open()
{
    const native::Result made = native::socket(Transport::Udp, peer_.family());
    events_.write(Event::socket(number_, made, Transport::Udp, peer_.family()));
    socket_ = native::Descriptor(made.ok() ? static_cast<int>(made.value) : -1);
    if (!made.ok() || request_.source.isNull())
        return made.error;
    const Address source = sourceFor(peer_, request_.source);
    const native::Result bound = native::bindSource(socket_.get(), source);
    events_.write(Event::bind(number_, bound, source));
    return bound.error;
}

/// Sets the options that the peer's address and the request ask for. Returns 0 or an errno.
int DatagramExchange::prepare()
{
    const bool isGroup = peer_.isMulticast();
    if (isGroup && peer_.family() == Address::Family::IPv6 && peer_.scope() == 0) {
        const native::Result found = native::defaultInterface();
        if (!found.ok())
            return found.error;
        peer_ = peer_.withScope(static_cast<std::uint32_t>(found.value));
    }
    int error = 0;
    if (isGroup && peer_.scope() != 0)
        error = set(native::DatagramOption::GroupInterface);
    else if (collects_ && !isGroup)
        error = set(native::DatagramOption::Broadcast);
    if (error == 0 && request_.ttl > 0)
        error = set(isGroup ? native::DatagramOption::GroupHops : native::DatagramOption::Hops, request_.ttl);
    if (error == 0 && isGroup && !request_.multicastLoopback)
        error = set(native::DatagramOption::GroupLoopback, 0);
    return error;
}

/// setsockopt(), recorded. Returns 0 or an errno.
int DatagramExchange::set(native::DatagramOption option, int value)
{
    const native::Result result = native::setDatagramOption(socket_.get(), option, peer_, value);
    const bool isAboutGroup = option == native::DatagramOption::GroupInterface;
    events_.write(Event::setSockOpt(number_, result, native::optionName(option, peer_.family()), value,
                                    isAboutGroup ? peer_ : Address()));
    return result.error;
}

/// The address does not answer. Tries the next one.
void DatagramExchange::refused(int error)
{
    close();
    error_ = moreTelling(error_, error);
    if (candidates_.isEmpty())
        Q_EMIT ended(outcomeOf(error_), error_);
    else
        tryNext();
}

/// Returns 0 or the errno of connect().
int DatagramExchange::connectAndAsk()
{
    const native::Result connected = native::connect(socket_.get(), peer_);
    events_.write(Event::connect(number_, connected, peer_));
    if (!connected.ok())
        return connected.error;
    listen();
    ask();
    return 0;
}

/// Does not connect the socket: that would let through the answers of one peer only, and to a group or a broadcast none
/// at all. Returns 0 or an errno.
int DatagramExchange::askMany()
{
    const native::Result sent = native::sendTo(socket_.get(), request_.send, {peer_, {}});
    events_.write(Event::sendTo(number_, sent, request_.send, peer_));
    if (sent.ok())
        listen();
    return sent.error;
}

void DatagramExchange::ask()
{
    writable_.reset();
    const native::Result sent = native::send(socket_.get(), request_.send);
    if (sent.wouldBlock()) {
        writable_ = std::make_unique<QSocketNotifier>(socket_.get(), QSocketNotifier::Write);
        connect(writable_.get(), &QSocketNotifier::activated, this, &DatagramExchange::ask);
        return;
    }
    events_.write(Event::send(number_, sent, request_.send, 0, request_.send.size()));
    if (!sent.ok())
        Q_EMIT ended(outcomeOf(sent.error), sent.error);
}

void DatagramExchange::listen()
{
    events_.write(Event::getSockName(number_, {0, 0}, native::localAddress(socket_.get())));
    readable_ = std::make_unique<QSocketNotifier>(socket_.get(), QSocketNotifier::Read);
    connect(readable_.get(), &QSocketNotifier::activated, this, &DatagramExchange::receive);
}

void DatagramExchange::receive()
{
    std::array<char, 64 * 1024> buffer;
    native::DatagramPath path;
    const native::Result result = native::receiveFrom(socket_.get(), buffer, path);
    if (result.wouldBlock())
        return;
    const qint64 kept = std::min(result.value, left_);
    const QByteArray bytes = kept > 0 ? QByteArray(buffer.data(), kept) : QByteArray();
    events_.write(collects_ ? Event::recvFrom(number_, result, bytes, std::ssize(buffer), path.peer)
                            : Event::recv(number_, result, bytes, std::ssize(buffer), path.peer));
    if (!result.ok() && hasAnswer_)
        return; // it was answered, whatever comes after that
    if (!result.ok()) {
        refused(result.error);
        return;
    }
    left_ -= kept;
    hasAnswer_ = true;
    if (kept < result.value)
        Q_EMIT ended(Outcome::LimitReached, 0);
    else if (!collects_)
        quiet_.start();
}

void DatagramExchange::close()
{
    readable_.reset(); // the notifiers go before their descriptor
    writable_.reset();
    if (!socket_.isOpen())
        return;
    socket_.close();
    events_.write(Event::close(number_, false));
}

} // namespace parley
