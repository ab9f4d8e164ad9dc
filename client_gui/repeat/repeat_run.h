// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/repeat/repeat_result.h"
#include "shared/address/candidates.h"
#include "shared/loop/precise_timer.h"
#include "shared/loop/reactor.h"
#include "shared/loop/timeouts.h"
#include "shared/socket/byte_channel.h"

#include <QObject>
#include <QTimer>

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace parley
{

class Lookup;

/// Makes many connections as a load on a server, up to `concurrency` at a time, and counts what becomes of each. It
/// writes no events: a single call is not worth telling where there are a hundred thousand a second.
///
/// The host is looked up once. If it has several addresses, the run's first connection decides: it takes the first
/// address that neither refuses nor is unreachable. The other connections start when that is known.
///
/// Lives on an I/O thread; commands are called there (IoThread::post()).
class RepeatRun : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds ProgressInterval{100};

    RepeatRun();
    ~RepeatRun() override;

    /// Starts a run. Cancels one that is under way.
    void start(const RepeatRequest &request);
    /// Ends the run at once; it finishes with the account so far.
    void cancel();

Q_SIGNALS:
    /// The account so far, every ProgressInterval.
    void progressed(const parley::RepeatSnapshot &account);
    /// The whole account; always the last signal of a run.
    void finished(const parley::RepeatSnapshot &account);

private:
    using Clock = PreciseTimer::Clock;

    struct Connection final : Reactor::Watcher, Timeouts::Timed
    {
        void ready(Reactor::Ready ready) override { run->connectionReady(*this, ready); }
        void timedOut() override { run->connectionTimedOut(*this); }

        RepeatRun *run = nullptr;
        Connection *nextFree = nullptr;
        std::unique_ptr<ByteChannel> channel; // while it is in use
        Clock::time_point due;                // when it was started, or should have been
        Clock::time_point greeted;            // for hold: when the message was there
        Clock::time_point asked;              // where answers are awaited: when the question was begun to be sent
        qint64 sent = 0;                      // of what is to be sent
        qint64 received = 0;
        qint64 answered = 0;   // how often
        qint64 answerFrom = 0; // received before the answer that is awaited
        int sendError = 0;
        bool sending = false;    // not all is sent
        bool awaitsRoom = false; // in the accept queue of a Unix socket
        bool connected = false;
        bool held = false;
        bool differs = false;       // from the expected greeting
        bool foreignSource = false; // this computer does not have the address to connect from
    };

    void lookedUp(int error, const std::vector<Address> &addresses);
    void begin(const std::vector<Address> &addresses);
    void startFirst();
    void endAll();
    void settle(Clock::time_point now);
    void startMore();
    void timeOver();
    void startOne(Clock::time_point due);
    int open(Connection &connection);
    int reach(Connection &connection);
    void tryRoom();
    bool triesNext(Connection &connection, RepeatOutcome outcome, Clock::time_point now);
    void connectionReady(Connection &connection, Reactor::Ready ready);
    bool connectEnded(Connection &connection, int error, Clock::time_point now);
    void sendMore(Connection &connection, Clock::time_point now);
    void receive(Connection &connection, Reactor::Ready ready, Clock::time_point now);
    void compare(Connection &connection, std::span<const char> bytes) const;
    bool isGreeted(const Connection &connection) const;
    bool isAnswered(const Connection &connection) const;
    bool answered(Connection &connection, Clock::time_point now);
    void hold(Connection &connection, Clock::time_point now);
    void peerClosed(Connection &connection, Clock::time_point now);
    void failed(Connection &connection, int error, Clock::time_point now);
    void connectionTimedOut(Connection &connection);
    void end(Connection &connection, RepeatOutcome outcome, Clock::time_point now);
    void countError(RepeatOutcome outcome, int error);
    void countReset(qint64 bytes);
    void finish();
    RepeatResult::Waiting waiting(Clock::time_point now);
    RepeatSnapshot account();

    PreciseTimer pace_{[this] { startMore(); }}; // with a fixed rate: the next start
    Timeouts timeouts_{this};
    QTimer progress_{this};
    QTimer resume_{this}; // starts more, after a turn of the loop
    QTimer time_{this};   // of a run that lasts for a time
    QTimer room_{this};   // until an accept queue that was full is tried again
    std::unique_ptr<Lookup> lookup_;

    bool underWay_ = false;
    bool settled_ = false; // it is known which address is used
    Candidates untried_;   // until then
    Clock::time_point begun_;
    Clock::time_point paceFrom_;   // with a fixed rate: when the first one was due
    Clock::time_point paceSet_;    // the time that the timer is set to
    std::vector<Connection> pool_; // never resized while it is in use: the reactor knows their addresses
    Connection *firstFree_ = nullptr;
    qint64 openNow_ = 0;
    qint64 steps_ = 0;        // that were made when the account was last handed out
    Clock::time_point moved_; // when they were last found to be more
    qint64 answers_ = 0;      // as the request's
    qint64 answerSize_ = 0;   // in bytes; 0: any datagram
    RepeatResult result_;
    std::array<char, 64 * 1024> buffer_;
};

} // namespace parley
