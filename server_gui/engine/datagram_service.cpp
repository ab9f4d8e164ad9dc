// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/datagram_service.h"

#include "shared/event/event_stream.h"

#include <QHashFunctions>

#include <algorithm>
#include <array>

namespace parley
{

DatagramService::DatagramService(EventStream &events, std::atomic<quint64> &numbers, std::atomic<quint64> &denied,
                                 int fd, const Address &bound, const QByteArray &greeting)
    : events_(events), numbers_(numbers), denied_(denied), fd_(fd),
      form_(bound == Address::any(bound.port()) ? Address::Form::Mapped : Address::Form::Plain), greeting_(greeting)
{
}

void DatagramService::ready(Reactor::Ready)
{
    constexpr int datagramsPerTurn = 64;
    std::array<char, 64 * 1024> buffer;
    for (int i = 0; i < datagramsPerTurn; ++i) {
        native::DatagramPath path;
        const native::Result received = native::receiveFrom(fd_, buffer, path);
        if (received.wouldBlock())
            return;
        if (!received.ok())
            continue; // an error about an earlier answer, which is fetched with this
        Peer &peer = peerOf(path.peer);
        const QByteArray datagram(buffer.data(), received.value); // the buffer holds the longest there is
        Event event;
        event.connection = peer.number;
        event.call = Call::RecvFrom;
        event.result = received.value;
        event.argument = static_cast<int>(buffer.size());
        if (!events_.isCrowded()) // what a flood says is counted, but not kept
            event.bytes = datagram;
        event.address = path.peer;
        events_.write(event);
        if (!access_.admits(path.peer)) {
            deny(peer);
            continue;
        }
        if (!mayAnswer(path.peer, peer, datagram))
            continue;
        const native::Result sent = native::sendTo(fd_, greeting_, path, form_);
        event.call = Call::SendTo;
        event.result = sent.value;
        event.argument = 0;
        event.error = sent.error;
        event.bytes = greeting_;
        events_.write(std::move(event));
    }
}

DatagramService::Peer &DatagramService::peerOf(const Address &address)
{
    auto it = peers_.find(address);
    if (it == peers_.end()) {
        if (peers_.size() >= MaxPeers) {
            peers_.erase(uses_.begin()->second);
            uses_.erase(uses_.begin());
        }
        it = peers_.emplace(address, Peer()).first;
        it->second.number = numbers_.fetch_add(1, std::memory_order_relaxed) + 1;
    } else {
        uses_.erase(it->second.lastUse);
    }
    it->second.lastUse = ++lastUse_;
    uses_.emplace(lastUse_, address);
    return it->second;
}

/// Said once for a sender, and counted once.
void DatagramService::deny(Peer &peer)
{
    if (std::exchange(peer.denied, true))
        return;
    denied_.fetch_add(1, std::memory_order_relaxed);
    Event event;
    event.connection = peer.number;
    event.outcome = Outcome::Denied;
    events_.write(std::move(event));
}

bool DatagramService::mayAnswer(const Address &address, Peer &peer, QByteArrayView datagram)
{
    const auto now = Clock::now();
    const auto silence = now - std::exchange(peer.lastSeen, now);
    const std::size_t hash = qHash(datagram, 1);
    peer.repeats = hash == std::exchange(peer.lastDatagram, hash) && silence < LoopPause ? peer.repeats + 1 : 0;
    if (peer.repeats >= MaxRepeats)
        return false;
    return greeting_.size() <= datagram.size() || mayAnswerLarger(address, peer, now);
}

bool DatagramService::mayAnswerLarger(const Address &address, Peer &peer, Clock::time_point now)
{
    if (addresses_.size() >= MaxPeers) {
        // Those that have not been answered for a while may have as much as strangers.
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

void DatagramService::Bucket::fill(int perSecond, Clock::time_point now)
{
    const double seconds = std::chrono::duration<double>(now - filled).count();
    left = std::min<double>(perSecond, left + seconds * perSecond);
    filled = now;
}

} // namespace parley
