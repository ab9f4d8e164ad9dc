// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/repeat/latency_histogram.h"
#include "client_gui/settings/connect_request.h"
#include "shared/address/cidr.h"
#include "shared/address/endpoint.h"

#include <QMetaType>
#include <QString>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <vector>

namespace parley
{

/// What a run of many connections is to do.
struct RepeatRequest
{
    static constexpr qint64 MostConnections = 1'000'000'000;
    static constexpr int MostConcurrency = 10'000;
    static constexpr double LeastRate = 0.001; ///< connections a second
    static constexpr double MostRate = 1'000'000;
    static constexpr int DefaultConcurrency = 1;
    static constexpr qint64 MostExchanges = 1'000'000'000; ///< on a connection

    Endpoint endpoint; ///< over UDP, a connection is a socket that sends a datagram and waits for the answer
    qint64 count = 1;  ///< 1 to MostConnections; without meaning where @ref lasting is above 0
    /// Above 0: connections are started for that long, at most MostConnections. Those under way then are finished.
    std::chrono::milliseconds lasting{0};
    int concurrency = DefaultConcurrency;
    double rate = 0;     ///< connections a second; 0: as fast as it goes
    QByteArray send;     ///< sent after connecting
    QByteArray expected; ///< the greeting, or each answer; empty: any of a byte or more, or of answerBytes
    /// Above 0: on each connection as often @ref send is sent and the answer awaited; then it is complete and closed.
    qint64 exchanges = 0;
    qint64 answerBytes = 0; ///< of an exchange, where nothing is @ref expected; 0: as many as are sent, or any datagram
    std::vector<Net> sources;          ///< addresses to connect from, taking turns
    std::chrono::milliseconds hold{0}; ///< how long a greeted one stays open
    /// Of a connection: connect and receive; of each further exchange on it anew.
    std::chrono::milliseconds timeout = ConnectRequest::DefaultTimeout;
    qint64 maxBytes = DefaultMaxMessageBytes; ///< the longest message

    bool isDatagram() const { return endpoint.transport == Transport::Udp; }
    /// Whether the peer is to hear something first; a datagram may be empty.
    bool sendsFirst() const { return isDatagram() || !send.isEmpty(); }
    /// How many answers complete a connection; 0: it is complete when the peer closes in order.
    qint64 answers() const { return isDatagram() ? std::max<qint64>(exchanges, 1) : exchanges; }

    /// One sentence that says which values do not go together; empty if all is well.
    QString problem() const;
};

/// What became of a connection of a run. Each connection has exactly one outcome.
enum class RepeatOutcome : std::uint8_t {
    Complete, ///< a message of at least a byte, as expected, then the peer closed in order (FIN); with hold: it was
    ///< held for that long, or until the peer closed in order; with exchanges and over UDP: all answers came
    WrongGreeting, ///< closed in order (or held) with a message that is not the expected one; a wrong answer
    NeverGreeted,  ///< connected; then closed in order, or silence until the time-out, without a byte
    Refused,
    TimedOut,    ///< not connected in time, or the message not ended in time
    Reset,       ///< after any number of bytes, also after none
    TooLong,     ///< more bytes than the limit
    LocalLimit,  ///< this computer's: file descriptors, ephemeral ports, memory
    Unreachable, ///< no route to the address
    Failed,      ///< another error of a call of ours
    ClosedEarly, ///< closed in order after a byte or more, before all answers had come
    ToItself,  ///< the ephemeral port was the one to connect to: TCP connected the socket to itself, and nobody listens
    Cancelled, ///< under way when the run was cancelled
    NotStarted, ///< the run ended before
};
inline constexpr std::size_t RepeatOutcomes = static_cast<std::size_t>(RepeatOutcome::NotStarted) + 1;

/// `10 s`, `0.25 s`: as it was asked for.
QString spanText(std::chrono::milliseconds time);

/// `never-greeted`, as JSON and CSV spell it.
const char *repeatOutcomeName(RepeatOutcome outcome);
/// `never greeted`, for people; where the peer is asked, `no answer`.
QString repeatOutcomeText(RepeatOutcome outcome, const RepeatRequest &request);
/// Whether people are told of the outcome even if no connection has it.
bool isUsual(RepeatOutcome outcome);

/// What happened over time, in at most MaxIntervals of equal length. Before there are more, each two become one.
class RepeatTimeline
{
public:
    static constexpr std::size_t MaxIntervals = 600;
    struct Interval
    {
        qint64 complete = 0;
        qint64 others = 0;       ///< those that ended otherwise
        CoarseHistogram latency; ///< of the complete ones
    };

    /// Adds a connection that ended at @p when (since the run's start).
    void add(std::chrono::nanoseconds when, bool complete, std::chrono::nanoseconds latency);

    const std::vector<Interval> &intervals() const { return intervals_; }
    std::chrono::nanoseconds width() const { return width_; }

private:
    std::vector<Interval> intervals_;
    std::chrono::nanoseconds width_ = std::chrono::milliseconds(10);
};

/// The account of a run: what became of its connections, and how long they took.
struct RepeatResult
{
    /// A call's error, and how many connections it ended.
    struct Error
    {
        RepeatOutcome outcome;
        int error;
        qint64 count;
    };
    /// How many connections were reset after so many bytes.
    struct ResetAfter
    {
        qint64 bytes;
        qint64 count;
    };
    /// What the connections under way wait for: how many for each.
    struct Waiting
    {
        qint64 toConnect = 0;
        qint64 toSend = 0;                    ///< for the peer to take what is sent
        qint64 forFirst = 0;                  ///< for the first byte, or for an answer
        qint64 forRest = 0;                   ///< for the rest of the expected greeting
        qint64 forClose = 0;                  ///< the message is there; for the peer to close
        qint64 held = 0;                      ///< for the end of the time to hold them
        std::chrono::nanoseconds since{0};    ///< so long nothing has started, ended or been answered
        std::chrono::nanoseconds firstEnd{0}; ///< from now until the first of them is ended by its time
    };
    /// After so long without anything happening, people are told what is waited for.
    static constexpr std::chrono::seconds Still{1};
    static constexpr std::size_t MaxResetsAfter = 16; ///< distinct counts of bytes; further ones are counted together

    RepeatRequest request;
    Address peer;        ///< null before the name is looked up
    int lookupError = 0; ///< an EAI_ code; then nothing was started

    std::array<qint64, RepeatOutcomes> counts{}; ///< by outcome; once finished they add up to all()
    qint64 started = 0;
    qint64 ended = 0;     ///< of the started ones
    qint64 mostOpen = 0;  ///< connected at once
    qint64 bytes = 0;     ///< received
    qint64 silent = 0;    ///< of NeverGreeted: those that were not closed until the time-out
    qint64 connected = 0; ///< of all connections, whatever became of them
    std::vector<Error> errors;
    std::vector<ResetAfter> resetsAfter;
    qint64 timedOutConnecting = 0;       ///< of TimedOut
    std::chrono::nanoseconds elapsed{0}; ///< since the first one was started, or should have been
    Waiting waiting;
    bool timeIsOver = false; ///< of request.lasting: no more are started
    bool cancelled = false;  ///< the user ended the run
    bool finished = false;

    /// They count from when a connection was started, or with a fixed rate should have been started: a client of a
    /// server that stalls has waited since then (no coordinated omission).
    LatencyHistogram connect;   ///< of all that connected
    LatencyHistogram firstByte; ///< of all that got a byte
    LatencyHistogram complete;  ///< of the complete ones, until the end of the message, or the last answer
    LatencyHistogram exchange;  ///< of each answer, from when the question was begun to be sent
    RepeatTimeline timeline;

    qint64 count(RepeatOutcome outcome) const { return counts[static_cast<std::size_t>(outcome)]; }
    /// How many connections the run makes. A run of a time knows that once the time is over.
    qint64 all() const
    {
        if (request.lasting.count() == 0)
            return request.count;
        return timeIsOver ? started : RepeatRequest::MostConnections;
    }
    qint64 underWay() const { return started - ended; }
    bool allComplete() const { return !cancelled && count(RepeatOutcome::Complete) == all(); }
    /// How much of the run is done, 0 to 1.
    double progress() const;
    /// Complete connections a second.
    double rate() const;
    /// Answers a second.
    double exchangeRate() const;
    /// How much longer it takes at the rate so far; 0 if nobody can tell.
    std::chrono::nanoseconds timeLeft() const;

    /// `after 5 bytes: 1,900, after 0 bytes: 100`; empty if there is nothing more to tell.
    QString detail(RepeatOutcome outcome) const;
    /// `20,000 connections to 127.0.0.1:3000, 64 at a time, 1,000 a second`; `Connections to 127.0.0.1:3000, started
    /// for 10 s, 64 at a time` until it is known how many.
    QString title() const;
    /// `20,000 in 0.53 s, 37,736 complete a second, at most 64 open at once`.
    QString summary() const;
    /// `10 connections wait for the server to close; the time-out of 10 s ends them, the first in 7 s.` Empty as long
    /// as something moves.
    QString waitingText() const;
    /// What went wrong, naming the endpoint; empty if nothing did.
    QString failure() const;
    /// What to do about it; may be empty.
    QString advice() const;
};

/// The account that the engine hands to its readers: it does not change any more.
using RepeatSnapshot = std::shared_ptr<const RepeatResult>;

} // namespace parley

Q_DECLARE_METATYPE(parley::RepeatSnapshot)
