// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address.h"
#include "shared/native_socket.h"
#include "shared/net.h"
#include "shared/reactor.h"

#include <QByteArray>

#include <atomic>
#include <chrono>
#include <map>

namespace parley
{

class EventStream;

/// Serves a UDP socket: each datagram is answered with the greeting, from the address that it came to. Senders are
/// numbered like connections, each once as long as it is remembered.
///
/// A server that answers can be used against others, because the sender's address is easily forged, and two of them
/// can keep each other busy for ever. Therefore
/// - a greeting that is longer than the datagram that asked for it goes to one peer LargerAnswersPerSecond times at
///   the most, after a first burst of as many;
/// - the same datagram over and over, each within LoopPause of the one before, is answered MaxRepeats times.
///
/// Lives on the I/O thread.
class DatagramService final : public Reactor::Watcher
{
public:
    static constexpr std::size_t MaxPeers = 10'000; ///< remembered; the one that was silent longest is forgotten
    static constexpr int LargerAnswersPerSecond = 10;
    static constexpr int MaxRepeats = 10'000;
    static constexpr std::chrono::seconds LoopPause{1};

    /// @param numbers the last number given to a connection or sender.
    /// @param fd bound to @p bound, owned by the caller.
    DatagramService(EventStream &events, std::atomic<quint64> &numbers, int fd, const Address &bound,
                    const QByteArray &greeting);

    void setGreeting(const QByteArray &greeting) { greeting_ = greeting; }
    void setAccess(const AccessList &access) { access_ = access; }
    void ready(Reactor::Ready ready) override;

private:
    using Clock = std::chrono::steady_clock;

    struct Peer
    {
        quint64 number = 0;
        quint64 lastUse = 0; // the key in uses_
        Clock::time_point lastSeen;
        double largerAnswers = LargerAnswersPerSecond; // that it may still have
        std::size_t lastDatagram = 0;                  // hash
        int repeats = 0;
    };

    Peer &peerOf(const Address &address);
    bool mayAnswer(Peer &peer, QByteArrayView datagram) const;

    EventStream &events_;
    std::atomic<quint64> &numbers_;
    const int fd_;
    const Address::Form form_;
    QByteArray greeting_;
    AccessList access_;
    std::map<Address, Peer> peers_;
    std::map<quint64, Address> uses_; // the peers, the one that was silent longest first
    quint64 lastUse_ = 0;
};

} // namespace parley
