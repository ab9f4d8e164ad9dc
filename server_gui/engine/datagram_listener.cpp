// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/datagram_listener.h"

#include "server_gui/settings/server_settings.h"
#include "shared/event/event_stream.h"

#include <QHashFunctions>

#include <algorithm>
#include <array>
#include <cerrno>

namespace parley
{

/// A greeting goes as one datagram.
int DatagramListener::check() const
{
    return owner_.settings().greeting.size() > native::MaxDatagram ? EMSGSIZE : 0;
}

/// UDP has no listen(): getsockname() says that the socket receives. It is watched before that is announced.
int DatagramListener::open(const Address &address)
{
    if (const int error = makeSocket(address.family()); error != 0)
        return error;
    interface_ = 0;
    if (const int error = address.isMulticast() ? join(address) : bind(address); error != 0)
        return error;
    const Address bound = localAddress();
    if (const int ttl = owner_.settings().limits.ttl; ttl > 0) {
        if (const int error = set(native::DatagramOption::Hops, bound, ttl); error != 0)
            return error;
        if (bound == Address::any(bound.port())) // dual stack
            set(native::DatagramOption::Hops, Address::ipv4(0, 0), ttl);
    }
    form_ = bound == Address::any(bound.port()) ? Address::Form::Mapped : Address::Form::Plain;
    native::tellLocalAddresses(descriptor());
    const int error = owner_.reactor().watch(descriptor(), this, Reactor::Interest::Read);
    owner_.events().write(Event::getSockName(0, {0, error}, bound));
    return error;
}

/// Binds to the group, so that nothing else is heard, and takes part in it. Returns 0 or an errno.
int DatagramListener::join(const Address &address)
{
    Address group = address;
    if (group.family() == Address::Family::IPv6 && group.scope() == 0) {
        const native::Result found = native::defaultInterface();
        if (!found.ok())
            return found.error;
        group = group.withScope(static_cast<std::uint32_t>(found.value));
    }
    interface_ = group.family() == Address::Family::IPv6 ? group.scope() : 0;
    native::shareGroup(descriptor());
    const int error = bind(group);
    return error != 0 ? error : set(native::DatagramOption::Membership, group);
}

/// setsockopt(), recorded. Returns 0 or an errno.
int DatagramListener::set(native::DatagramOption option, const Address &address, int value)
{
    const native::Result result = native::setDatagramOption(descriptor(), option, address, value);
    const bool isAboutGroup = option == native::DatagramOption::Membership;
    owner_.events().write(Event::setSockOpt(0, result, native::optionName(option, address.family()), value,
                                            isAboutGroup ? address : Address()));
    return result.error;
}

void DatagramListener::close()
{
    Listener::close();
    forgetSenders();
    addresses_.clear();
}

void DatagramListener::forgetSenders()
{
    peers_.clear();
    uses_.clear();
}

void DatagramListener::ready(Reactor::Ready)
{
    constexpr int datagramsPerTurn = 64;
    std::array<char, 64 * 1024> buffer; // the longest datagram there is
    EventStream &events = owner_.events();
    for (int i = 0; i < datagramsPerTurn; ++i) {
        native::DatagramPath path;
        const native::Result received = native::receiveFrom(descriptor(), buffer, path);
        if (received.wouldBlock())
            return;
        if (!received.ok())
            continue; // an error about an earlier answer, which this call fetches
        if (interface_ != 0 && path.local.scope() != 0 && path.local.scope() != interface_)
            continue; // another program takes part in the group there, and the system asks no further
        owner_.countDatagram();
        Peer &peer = peerOf(path.peer);
        const QByteArray datagram(buffer.data(), received.value);
        const QByteArray kept = events.isCrowded() ? QByteArray() : datagram; // the bytes of a flood are not kept
        events.write(Event::recvFrom(peer.number, received, kept, buffer.size(), path.peer));
        if (!owner_.settings().limits.access.admits(path.peer)) {
            deny(peer);
            continue;
        }
        if (!mayAnswer(path.peer, peer, datagram))
            continue;
        const QByteArray &greeting = owner_.settings().greeting;
        const native::Result sent = native::sendTo(descriptor(), greeting, path, form_);
        if (sent.ok())
            owner_.countAnswer();
        events.write(Event::sendTo(peer.number, sent, greeting, path.peer));
    }
}

DatagramListener::Peer &DatagramListener::peerOf(const Address &address)
{
    auto it = peers_.find(address);
    if (it == peers_.end()) {
        if (peers_.size() >= MaxPeers) {
            peers_.erase(uses_.begin()->second);
            uses_.erase(uses_.begin());
        }
        it = peers_.emplace(address, Peer()).first;
        it->second.number = owner_.nextNumber();
    } else {
        uses_.erase(it->second.lastUse);
    }
    it->second.lastUse = ++lastUse_;
    uses_.emplace(lastUse_, address);
    return it->second;
}

/// Reported once for a sender, and counted once.
void DatagramListener::deny(Peer &peer)
{
    if (std::exchange(peer.denied, true))
        return;
    owner_.countDenied();
    owner_.events().write(Event::end(peer.number, Outcome::Denied, 0));
}

bool DatagramListener::mayAnswer(const Address &address, Peer &peer, QByteArrayView datagram)
{
    const auto now = Clock::now();
    const auto silence = now - std::exchange(peer.lastSeen, now);
    const std::size_t hash = qHash(datagram, 1);
    peer.repeats = hash == std::exchange(peer.lastDatagram, hash) && silence < LoopPause ? peer.repeats + 1 : 0;
    if (peer.repeats >= MaxRepeats)
        return false;
    return owner_.settings().greeting.size() <= datagram.size() || mayAnswerLarger(address, peer, now);
}

bool DatagramListener::mayAnswerLarger(const Address &address, Peer &peer, Clock::time_point now)
{
    if (addresses_.size() >= MaxPeers) {
        // An address that was not answered for a while may have as many answers as a new one: it need not be
        // remembered.
        for (auto it = addresses_.begin(); it != addresses_.end();) {
            it->second.fill(LargerAnswers::PerAddress, now);
            it = it->second.left >= LargerAnswers::PerAddress ? addresses_.erase(it) : std::next(it);
        }
        if (addresses_.size() >= MaxPeers)
            return false;
    }
    Bucket &ofAddress =
        addresses_.try_emplace(address.withPort(0), Bucket{LargerAnswers::PerAddress, now}).first->second;
    peer.largerAnswers.fill(LargerAnswers::PerPeer, now);
    ofAddress.fill(LargerAnswers::PerAddress, now);
    all_.fill(LargerAnswers::InAll, now);
    if (peer.largerAnswers.left < 1 || ofAddress.left < 1 || all_.left < 1)
        return false;
    for (Bucket *bucket : {&peer.largerAnswers, &ofAddress, &all_})
        bucket->left -= 1;
    return true;
}

void DatagramListener::Bucket::fill(int perSecond, Clock::time_point now)
{
    const double seconds = std::chrono::duration<double>(now - filled).count();
    left = std::min<double>(perSecond, left + seconds * perSecond);
    filled = now;
}

} // namespace parley
