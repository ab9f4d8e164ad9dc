// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/listener.h"
#include "shared/socket/datagram_options.h"

#include <QByteArray>

#include <chrono>
#include <map>

namespace parley
{

/// Serves a UDP socket: each datagram is answered with the greeting, from the address that it came to. Senders are
/// numbered as connections are. A sender keeps its number as long as it is remembered. At a group's address (multicast)
/// it takes part in the group, and answers from an address of its own.
///
/// A server that answers can be used against others, because the sender's address is easily forged. Two such servers
/// can keep each other busy for ever. Therefore
/// - a greeting that is longer than the datagram that asked for it is limited (LargerAnswers): so many a second go to
///   one peer, to one address whatever its ports, and to all together, after a first burst of as many;
/// - the same datagram over and over, each within LoopPause of the one before, is answered MaxRepeats times.
class DatagramListener final : public Listener
{
public:
    static constexpr std::size_t MaxPeers = 10'000; ///< remembered; the peer that was silent longest is forgotten
    struct LargerAnswers
    {
        static constexpr int PerPeer = 10;
        static constexpr int PerAddress = 100;
        static constexpr int InAll = 1'000;
    };
    static constexpr int MaxRepeats = 10'000;
    static constexpr std::chrono::seconds LoopPause{1};

    explicit DatagramListener(ListenerOwner &owner) : Listener(owner, Transport::Udp) {}

    int check() const override;
    int open(const Address &address) override;
    void close() override;
    void ready(Reactor::Ready ready) override;
    void forgetSenders() override;

private:
    int join(const Address &group);
    int set(native::DatagramOption option, const Address &address, int value = 1);

    using Clock = std::chrono::steady_clock;

    /// Lets through a number of answers a second, and as many at once at first.
    struct Bucket
    {
        double left;
        Clock::time_point filled;

        void fill(int perSecond, Clock::time_point now);
    };

    struct Peer
    {
        quint64 number = 0;
        quint64 lastUse = 0; // the key in uses_
        Clock::time_point lastSeen;
        Bucket largerAnswers{LargerAnswers::PerPeer, {}};
        std::size_t lastDatagram = 0; // hash
        int repeats = 0;
        bool denied = false; // and reported as that
    };

    void deny(Peer &peer);
    Peer &peerOf(const Address &address);
    bool mayAnswer(const Address &address, Peer &peer, QByteArrayView datagram);
    bool mayAnswerLarger(const Address &address, Peer &peer, Clock::time_point now);

    Address::Form form_ = Address::Form::Plain;
    std::uint32_t interface_ = 0; // of an IPv6 group; 0 where the system lets through what is for this socket alone
    std::map<Address, Peer> peers_;
    std::map<quint64, Address> uses_; // the peers, the longest silent one first
    quint64 lastUse_ = 0;
    std::map<Address, Bucket> addresses_; // without their ports; only those whose bucket is not full
    Bucket all_{LargerAnswers::InAll, {}};
};

} // namespace parley
