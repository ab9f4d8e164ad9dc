// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_run.h"

#include "shared/address/lookup.h"
#include "shared/event/event.h"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace parley
{

namespace
{

constexpr int StartsPerTurn = 64;                 // the open connections get their turn
constexpr std::chrono::milliseconds RoomRetry{5}; // of the accept queue of a Unix socket
constexpr int ReadsPerTurn = 16;                  // of a connection with more to say than the buffer holds

RepeatOutcome repeatOutcomeOf(int error)
{
    switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:        // epoll_ctl(2): max_user_watches
    case EADDRNOTAVAIL: // connect(2): no ephemeral port is free
    case EAGAIN: return RepeatOutcome::LocalLimit;
    default: break;
    }
    switch (outcomeOf(error)) {
    case Outcome::Refused: return RepeatOutcome::Refused;
    case Outcome::TimedOut: return RepeatOutcome::TimedOut;
    case Outcome::Reset: return RepeatOutcome::Reset;
    case Outcome::Unreachable: return RepeatOutcome::Unreachable;
    default: return RepeatOutcome::Failed;
    }
}

} // namespace

RepeatRun::RepeatRun()
{
    qRegisterMetaType<RepeatSnapshot>();
    native::raiseDescriptorLimit();
    progress_.setInterval(ProgressInterval);
    connect(&progress_, &QTimer::timeout, this, [this] { Q_EMIT progressed(account()); });
    resume_.setSingleShot(true);
    connect(&resume_, &QTimer::timeout, this, &RepeatRun::startMore);
    room_.setInterval(RoomRetry);
    room_.setSingleShot(true);
    room_.setTimerType(Qt::PreciseTimer);
    connect(&room_, &QTimer::timeout, this, &RepeatRun::tryRoom);
    time_.setSingleShot(true);
    time_.setTimerType(Qt::PreciseTimer);
    connect(&time_, &QTimer::timeout, this, &RepeatRun::timeOver);
}

RepeatRun::~RepeatRun()
{
    endAll();
}

void RepeatRun::start(const RepeatRequest &request)
{
    cancel();
    result_ = {};
    result_.request = request;
    underWay_ = true;
    settled_ = false;
    openNow_ = 0;
    answers_ = request.answers();
    answerSize_ = !request.expected.isEmpty()                       ? request.expected.size()
                  : request.answerBytes > 0 || request.isDatagram() ? request.answerBytes
                                                                    : request.send.size();
    pool_ = std::vector<Connection>(static_cast<std::size_t>(std::min<qint64>(request.concurrency, result_.all())));
    firstFree_ = nullptr;
    for (Connection &connection : pool_) {
        connection.run = this;
        connection.nextFree = std::exchange(firstFree_, &connection);
    }
    begun_ = moved_ = Clock::now();
    steps_ = 0;
    progress_.start();
    if (request.endpoint.transport == Transport::Unix) {
        settled_ = true;
        startFirst();
        return;
    }
    if (request.endpoint.isLiteral()) {
        begin({request.endpoint.literal});
        return;
    }
    lookup_ = std::make_unique<Lookup>(request.endpoint);
    connect(lookup_.get(), &Lookup::finished, this, &RepeatRun::lookedUp);
}

void RepeatRun::cancel()
{
    if (!underWay_)
        return;
    result_.cancelled = true;
    result_.timeIsOver = true;
    endAll();
    finish();
}

void RepeatRun::endAll()
{
    const auto now = Clock::now();
    for (Connection &connection : pool_) {
        if (connection.channel)
            end(connection, RepeatOutcome::Cancelled, now);
    }
}

void RepeatRun::lookedUp(int error, const std::vector<Address> &addresses)
{
    lookup_.reset();
    result_.lookupError = error;
    if (error == 0)
        begin(addresses);
    else
        finish();
}

void RepeatRun::begin(const std::vector<Address> &addresses)
{
    const std::vector<Net> &sources = result_.request.sources;
    std::vector<Address> usable;
    std::copy_if(addresses.begin(), addresses.end(), std::back_inserter(usable), [&](const Address &address) {
        return sources.empty() || sources.front().family() == address.family();
    });
    if (usable.empty()) {
        result_.lookupError = EAI_ADDRFAMILY;
        finish();
        return;
    }
    untried_ = Candidates(std::move(usable));
    result_.peer = untried_.take();
    settled_ = untried_.isEmpty();
    startFirst();
}

void RepeatRun::startFirst()
{
    begun_ = paceFrom_ = Clock::now();
    if (result_.request.lasting.count() > 0)
        time_.start(result_.request.lasting);
    startMore();
}

/// No more are started. The run ends when the last one under way has ended.
void RepeatRun::timeOver()
{
    result_.timeIsOver = true;
    pace_.stop();
    startMore();
}

/// The other connections may start: it is known which address is used.
void RepeatRun::settle(Clock::time_point now)
{
    settled_ = true;
    untried_.clear();
    paceFrom_ = now;
}

void RepeatRun::startMore()
{
    const RepeatRequest &request = result_.request;
    const qint64 most = settled_ ? result_.all() : 1;
    for (int i = 0; underWay_ && firstFree_ && result_.started < most; ++i) {
        if (i == StartsPerTurn) {
            resume_.start();
            return;
        }
        const auto now = Clock::now();
        auto due = now;
        if (request.rate > 0) {
            due = paceFrom_
                  + std::chrono::nanoseconds(qRound64(static_cast<double>(result_.started) / request.rate * 1e9));
            if (due > now) {
                if (std::exchange(paceSet_, due) != due)
                    pace_.start(due);
                return;
            }
        }
        startOne(due);
    }
    if (underWay_ && result_.ended == result_.all())
        finish();
}

void RepeatRun::startOne(Clock::time_point due)
{
    Connection &connection = *firstFree_;
    firstFree_ = connection.nextFree;
    ++result_.started;
    connection.due = due;
    connection.sent = 0;
    connection.received = 0;
    connection.answered = 0;
    connection.answerFrom = 0;
    connection.sendError = 0;
    connection.sending = result_.request.sendsFirst();
    connection.awaitsRoom = false;
    connection.connected = false;
    connection.held = false;
    connection.differs = false;
    connection.foreignSource = false;
    timeouts_.set(connection, result_.request.timeout);
    if (const int error = open(connection); error != 0)
        connectEnded(connection, error, Clock::now());
}

/// Begins to connect. Returns 0 or the errno of the call that failed.
int RepeatRun::open(Connection &connection)
{
    const native::Result made = native::socket(result_.request.endpoint.transport, result_.peer.family());
    if (!made.ok())
        return made.error;
    const int fd = static_cast<int>(made.value);
    connection.channel = std::make_unique<PlainChannel>(native::Descriptor(fd));
    if (const std::vector<Net> &sources = result_.request.sources; !sources.empty()) {
        const auto turn = static_cast<quint64>(result_.started - 1);
        const Net &net = sources[turn % sources.size()];
        const native::Result bound = native::bindSource(fd, net.host(turn / sources.size() % net.hosts()));
        connection.foreignSource = bound.error == EADDRNOTAVAIL; // connect means something else by it
        if (!bound.ok())
            return bound.error;
    }
    return reach(connection);
}

int RepeatRun::reach(Connection &connection)
{
    const int fd = connection.channel->descriptor();
    const Endpoint &endpoint = result_.request.endpoint;
    const bool isUnix = endpoint.transport == Transport::Unix;
    const native::Result begun = isUnix ? native::connectUnix(fd, endpoint.path) : native::connect(fd, result_.peer);
    connection.awaitsRoom = isUnix && begun.error == EAGAIN; // a blocking connect would wait (connect(2))
    if (connection.awaitsRoom) {
        if (!room_.isActive())
            room_.start();
        return 0;
    }
    if (!begun.ok() && begun.error != EINPROGRESS)
        return begun.error;
    return Reactor::current().watch(fd, &connection, Reactor::Interest::Edges);
}

void RepeatRun::tryRoom()
{
    for (Connection &connection : pool_) {
        if (!connection.awaitsRoom)
            continue;
        if (const int error = reach(connection); error != 0)
            connectEnded(connection, error, Clock::now());
        if (connection.awaitsRoom)
            break; // there is still no room, for the others neither
    }
    startMore();
}

void RepeatRun::connectionReady(Connection &connection, Reactor::Ready ready)
{
    const auto now = Clock::now();
    if (!connection.connected) {
        const int error = ready.failed ? native::connectError(connection.channel->descriptor()) : 0;
        if (!connectEnded(connection, error, now)) {
            startMore();
            return;
        }
    }
    if (ready.write && connection.sending) {
        sendMore(connection, now);
        if (answers_ > 0 && connection.received > connection.answerFrom)
            answered(connection, now); // it came before the whole question was sent
    }
    if (ready.read && connection.channel)
        receive(connection, ready, now);
    startMore();
}

/// Returns whether it is connected and goes on.
bool RepeatRun::connectEnded(Connection &connection, int error, Clock::time_point now)
{
    const RepeatOutcome outcome = repeatOutcomeOf(error);
    if (error != 0 && triesNext(connection, outcome, now))
        return false;
    const RepeatRequest &request = result_.request;
    if (!settled_ && !request.isDatagram()) // a datagram may still be refused
        settle(now);
    if (error == 0 && request.endpoint.transport != Transport::Unix
        && native::localAddress(connection.channel->descriptor()) == result_.peer) {
        connection.channel->resetOnClose(); // or the port would be taken for a while (TIME_WAIT)
        end(connection, RepeatOutcome::ToItself, now);
        return false;
    }
    if (error == 0 || outcome == RepeatOutcome::Reset) { // only a connected socket can be reset
        connection.connected = true;
        ++result_.connected;
        result_.mostOpen = std::max(result_.mostOpen, ++openNow_);
        result_.connect.add(now - connection.due);
        connection.asked = now;
    }
    if (error != 0)
        failed(connection, error, now);
    return error == 0;
}

/// Whether the run's first connection goes on with the host's next address.
bool RepeatRun::triesNext(Connection &connection, RepeatOutcome outcome, Clock::time_point now)
{
    if (untried_.isEmpty() || (outcome != RepeatOutcome::Refused && outcome != RepeatOutcome::Unreachable))
        return false;
    if (std::exchange(connection.connected, false)) { // of a datagram's socket
        --openNow_;
        --result_.connected;
    }
    connection.channel.reset();
    Reactor::current().forget(&connection);
    connection.sent = 0;
    connection.sendError = 0;
    connection.sending = result_.request.sendsFirst();
    result_.peer = untried_.take();
    if (const int error = open(connection); error != 0)
        connectEnded(connection, error, now);
    return true;
}

void RepeatRun::sendMore(Connection &connection, Clock::time_point now)
{
    const QByteArrayView rest = QByteArrayView(result_.request.send).sliced(connection.sent);
    const native::Result result = connection.channel->send(rest);
    if (result.ok())
        connection.sent += result.value; // all bytes, or as many as there is room for
    else if (!result.wouldBlock())
        connection.sendError = result.error; // bytes that the peer sent before can still be read
    connection.sending = result.wouldBlock() || (result.ok() && connection.sent < result_.request.send.size());
    if (connection.sendError != 0 && result_.request.isDatagram())
        failed(connection, connection.sendError, now);
    else if (connection.sending)
        Reactor::current().rewatch(connection.channel->descriptor(), &connection, Reactor::Interest::Edges);
}

void RepeatRun::receive(Connection &connection, Reactor::Ready ready, Clock::time_point now)
{
    for (int reads = 0; reads < ReadsPerTurn; ++reads) {
        const native::Result result = connection.channel->receive(buffer_);
        const bool isFin = result.ok() && result.value == 0 && !result_.request.isDatagram();
        const bool isOver = isFin || (!result.ok() && !result.wouldBlock());
        if (isOver && connection.sendError != 0) {
            failed(connection, connection.sendError, now); // send() has already consumed SO_ERROR
            return;
        }
        if (result.wouldBlock())
            return;
        if (!result.ok()) {
            failed(connection, result.error, now);
            return;
        }
        if (isFin) {
            peerClosed(connection, now);
            return;
        }
        if (connection.received == 0)
            result_.firstByte.add(now - connection.due);
        const auto size = static_cast<std::size_t>(result.value);
        compare(connection, std::span(buffer_).first(size));
        connection.received += result.value;
        result_.bytes += result.value;
        if (connection.received - connection.answerFrom > result_.request.maxBytes) {
            end(connection, RepeatOutcome::TooLong, now);
            return;
        }
        if (answers_ > 0) {
            if (answered(connection, now)) { // the next answer gets the time of its own turn
                if (connection.channel && (size == buffer_.size() || ready.ended))
                    break;
                return;
            }
        } else if (!connection.held && result_.request.hold.count() > 0 && isGreeted(connection)) {
            hold(connection, now);
        }
        if (size < buffer_.size() && !ready.ended)
            return; // further bytes, or the end, make a new edge (epoll(7), "Questions and answers")
    }
    Reactor::current().rewatch(connection.channel->descriptor(), &connection,
                               Reactor::Interest::Edges); // after the other connections
}

void RepeatRun::compare(Connection &connection, std::span<const char> bytes) const
{
    const QByteArray &expected = result_.request.expected;
    if ((expected.isEmpty() && answers_ == 0) || connection.differs)
        return;
    const qint64 size = answers_ > 0 ? answerSize_ : expected.size();
    const qint64 from = connection.received - connection.answerFrom;
    const qint64 left = size - from;
    const bool isAny = size == 0; // any datagram
    const bool isOfAnotherSize = result_.request.isDatagram() ? std::ssize(bytes) != left : std::ssize(bytes) > left;
    connection.differs =
        connection.held || (!isAny && isOfAnotherSize)
        || (!expected.isEmpty() && std::memcmp(bytes.data(), expected.constData() + from, bytes.size()) != 0);
}

/// Whether the message is there that a held connection waits for.
bool RepeatRun::isGreeted(const Connection &connection) const
{
    return connection.differs || connection.received >= std::max<qint64>(result_.request.expected.size(), 1);
}

/// Whether the answer is there, and the question was sent before.
bool RepeatRun::isAnswered(const Connection &connection) const
{
    return result_.request.isDatagram()
           || (!connection.sending && connection.received - connection.answerFrom == answerSize_);
}

/// Bytes of an answer have come. If it is whole, the next question follows. Returns whether nothing more is to be read
/// in this turn.
bool RepeatRun::answered(Connection &connection, Clock::time_point now)
{
    if (connection.held)
        return false;
    if (connection.differs) {
        end(connection, RepeatOutcome::WrongGreeting, now);
        return true;
    }
    if (!isAnswered(connection))
        return false;
    if (!settled_)
        settle(now);
    result_.exchange.add(now - connection.asked);
    connection.answerFrom = connection.received;
    if (++connection.answered < answers_) {
        connection.asked = now;
        connection.sent = 0;
        connection.sending = true;
        timeouts_.set(connection, result_.request.timeout);
        sendMore(connection, now);
    } else if (result_.request.hold.count() > 0) {
        hold(connection, now);
    } else {
        end(connection, RepeatOutcome::Complete, now);
    }
    return true;
}

void RepeatRun::hold(Connection &connection, Clock::time_point now)
{
    connection.held = true;
    connection.greeted = now;
    timeouts_.set(connection, result_.request.hold);
}

void RepeatRun::peerClosed(Connection &connection, Clock::time_point now)
{
    const bool isWhole = connection.received >= result_.request.expected.size();
    if (connection.received == 0)
        end(connection, RepeatOutcome::NeverGreeted, now);
    else if (answers_ > 0 && !connection.held)
        end(connection, RepeatOutcome::ClosedEarly, now);
    else if (connection.differs || !isWhole)
        end(connection, RepeatOutcome::WrongGreeting, now);
    else
        end(connection, RepeatOutcome::Complete, connection.held ? connection.greeted : now);
}

void RepeatRun::failed(Connection &connection, int error, Clock::time_point now)
{
    const RepeatOutcome outcome = connection.foreignSource ? RepeatOutcome::Failed : repeatOutcomeOf(error);
    if (connection.connected && triesNext(connection, outcome, now)) // a datagram was refused
        return;
    if (outcome == RepeatOutcome::Reset)
        countReset(connection.received);
    else if (outcome == RepeatOutcome::TimedOut && !connection.connected)
        ++result_.timedOutConnecting;
    else if (outcome == RepeatOutcome::LocalLimit || outcome == RepeatOutcome::Unreachable
             || outcome == RepeatOutcome::Failed)
        countError(outcome, error);
    end(connection, outcome, now);
}

void RepeatRun::connectionTimedOut(Connection &connection)
{
    const auto now = Clock::now();
    if (connection.held) {
        end(connection, connection.differs ? RepeatOutcome::WrongGreeting : RepeatOutcome::Complete,
            connection.greeted);
    } else if (connection.connected && connection.received == 0 && connection.answered == 0) {
        ++result_.silent;
        end(connection, RepeatOutcome::NeverGreeted, now);
    } else {
        failed(connection, ETIMEDOUT, now);
    }
    startMore();
}

/// @param now when the message was complete, if it is.
void RepeatRun::end(Connection &connection, RepeatOutcome outcome, Clock::time_point now)
{
    timeouts_.stop(connection);
    connection.awaitsRoom = false;
    if (connection.connected)
        --openNow_;
    if (connection.channel) {
        connection.channel.reset();
        Reactor::current().forget(&connection);
    }
    connection.nextFree = std::exchange(firstFree_, &connection);
    if (!settled_)
        settle(now);
    ++result_.ended;
    ++result_.counts[static_cast<std::size_t>(outcome)];
    const bool complete = outcome == RepeatOutcome::Complete;
    if (complete)
        result_.complete.add(now - connection.due);
    if (outcome != RepeatOutcome::Cancelled) // which says nothing about the peer
        result_.timeline.add(now - begun_, complete, now - connection.due);
}

void RepeatRun::countError(RepeatOutcome outcome, int error)
{
    auto it = std::find_if(result_.errors.begin(), result_.errors.end(),
                           [&](const auto &entry) { return entry.outcome == outcome && entry.error == error; });
    if (it == result_.errors.end())
        it = result_.errors.insert(it, {outcome, error, 0});
    ++it->count;
}

void RepeatRun::countReset(qint64 bytes)
{
    auto it = std::lower_bound(result_.resetsAfter.begin(), result_.resetsAfter.end(), bytes,
                               [](const auto &entry, qint64 value) { return entry.bytes < value; });
    if (it == result_.resetsAfter.end() || it->bytes != bytes) {
        if (result_.resetsAfter.size() == RepeatResult::MaxResetsAfter)
            return;
        it = result_.resetsAfter.insert(it, {bytes, 0});
    }
    ++it->count;
}

void RepeatRun::finish()
{
    underWay_ = false;
    lookup_.reset();
    untried_.clear();
    progress_.stop();
    resume_.stop();
    pace_.stop();
    time_.stop();
    room_.stop();
    result_.timeIsOver = true;
    result_.counts[static_cast<std::size_t>(RepeatOutcome::NotStarted)] = result_.all() - result_.started;
    result_.finished = true;
    Q_EMIT finished(account());
}

/// Looks at each connection: this is for the account, and not for the way of a connection.
RepeatResult::Waiting RepeatRun::waiting(Clock::time_point now)
{
    const qint64 steps = result_.started + result_.connected + result_.ended + result_.exchange.count();
    if (std::exchange(steps_, steps) != steps)
        moved_ = now;
    RepeatResult::Waiting waiting;
    waiting.since = now - moved_;
    auto firstEnd = Clock::time_point::max();
    for (const Connection &connection : pool_) {
        if (!connection.channel)
            continue;
        ++(connection.held                            ? waiting.held
           : !connection.connected                    ? waiting.toConnect
           : connection.sending                       ? waiting.toSend
           : answers_ > 0 || connection.received == 0 ? waiting.forFirst
           : isGreeted(connection)                    ? waiting.forClose
                                                      : waiting.forRest);
        firstEnd = std::min(firstEnd, connection.endsAt());
    }
    if (firstEnd != Clock::time_point::max())
        waiting.firstEnd = std::max<std::chrono::nanoseconds>(firstEnd - now, std::chrono::nanoseconds(0));
    return waiting;
}

RepeatSnapshot RepeatRun::account()
{
    const auto now = Clock::now();
    result_.elapsed = now - begun_;
    result_.waiting = waiting(now);
    return std::make_shared<const RepeatResult>(result_);
}

} // namespace parley
