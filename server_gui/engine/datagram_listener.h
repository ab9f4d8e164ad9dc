// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/listener.h"

#include <QByteArray>

#include <chrono>
#include <map>

namespace parley
{

/// Serves a UDP socket: each datagram is answered with the greeting, from the address that it came to. Senders are
/// numbered like connections, each once as long as it is remembered.
///
/// A server that answers can be used against others, because the sender's address is easily forged, and two of them
/// can keep each other busy for ever. Therefore
/// - a greeting that is longer than the datagram that asked for it goes to one peer, to one address whatever its
///   ports, and to all together at most so many times a second (LargerAnswers), after a first burst of as many;
/// - the same datagram over and over, each within LoopPause of the one before, is answered MaxRepeats times.
class DatagramListener final : public Listener
{
public:
    static constexpr std::size_t MaxPeers = 10'000; ///< remembered; the one that was silent longest is forgotten
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

private:
    using Clock = std::chrono::steady_clock;

    /// Lets through so many a second, and at first as many at once.
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
        bool denied = false; // and said so
    };

    void deny(Peer &peer);
    Peer &peerOf(const Address &address);
    bool mayAnswer(const Address &address, Peer &peer, QByteArrayView datagram);
    bool mayAnswerLarger(const Address &address, Peer &peer, Clock::time_point now);

    Address::Form form_ = Address::Form::Plain;
    std::map<Address, Peer> peers_;
    std::map<quint64, Address> uses_; // the peers, the one that was silent longest first
    quint64 lastUse_ = 0;
    std::map<Address, Bucket> addresses_; // without their ports; those that may have less than they could
    Bucket all_{LargerAnswers::InAll, {}};
};

} // namespace parley
