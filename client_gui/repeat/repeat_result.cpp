// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_result.h"

#include "shared/event/ending.h"
#include "shared/message/error_reason.h"
#include "shared/message/error_text.h"
#include "shared/message/message.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <netdb.h>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Repeat)
};

QString numberText(qint64 number)
{
    return QLocale().toString(number);
}

/// The cause in words, and the name to look for.
QString reasonText(int error)
{
    const ErrorReason reason = errorReason(error);
    return reason.remedy.isEmpty() // then the cause has the name
               ? reason.cause
               : QStringLiteral("%1 (%2)").arg(reason.cause, QString::fromLatin1(errorName(error)));
}

QString rateText(double rate)
{
    return QLocale().toString(rate, 'f', rate < 100 && rate != std::floor(rate) ? 1 : 0);
}

} // namespace

QString spanText(std::chrono::milliseconds time)
{
    return Texts::tr("%1 s").arg(
        QLocale().toString(std::chrono::duration<double>(time).count(), 'f', QLocale::FloatingPointShortest));
}

QString RepeatRequest::problem() const
{
    if (endpoint.literal.isBroadcast() || endpoint.literal.isMulticast())
        return Texts::tr("%1 is not one computer: many datagrams are sent to one, whose answers are counted.")
            .arg(endpoint.toString());
    if (endpoint.transport == Transport::Unix && !sources.empty())
        return Texts::tr("Over a Unix socket there is no source address: leave it out.");
    if (isDatagram() && hold.count() > 0)
        return Texts::tr("Over UDP there is no connection to hold open: leave that out.");
    if (exchanges > 0 && send.isEmpty() && !isDatagram())
        return Texts::tr("An exchange sends something and waits for the answer: give a text to send.");
    if (answerBytes > 0 && answers() == 0)
        return Texts::tr("A length is expected of the answers of exchanges only: give their number, too.");
    if (answerBytes > 0 && !expected.isEmpty())
        return Texts::tr("Give either the text or the length of the expected answer, not both.");
    const auto isOther = [this](const Net &net) { return net.family() != sources.front().family(); };
    if (std::any_of(sources.begin(), sources.end(), isOther))
        return Texts::tr("The source addresses are of both families: give either IPv4 or IPv6 addresses.");
    if (endpoint.isLiteral() && !sources.empty() && sources.front().family() != endpoint.literal.family())
        return Texts::tr("The source %1 cannot connect to %2: it is of the other family, IPv4 or IPv6.")
            .arg(sources.front().toString(), endpoint.toString());
    return {};
}

const char *repeatOutcomeName(RepeatOutcome outcome)
{
    switch (outcome) {
    case RepeatOutcome::Complete: return "complete";
    case RepeatOutcome::WrongGreeting: return "wrong-greeting";
    case RepeatOutcome::NeverGreeted: return "never-greeted";
    case RepeatOutcome::Refused: return "refused";
    case RepeatOutcome::TimedOut: return "timed-out";
    case RepeatOutcome::Reset: return "reset";
    case RepeatOutcome::TooLong: return "too-long";
    case RepeatOutcome::LocalLimit: return "local-limit";
    case RepeatOutcome::Unreachable: return "unreachable";
    case RepeatOutcome::Failed: return "failed";
    case RepeatOutcome::ClosedEarly: return "closed-early";
    case RepeatOutcome::ToItself: return "to-itself";
    case RepeatOutcome::Cancelled: return "cancelled";
    case RepeatOutcome::NotStarted: return "not-started";
    }
    Q_UNREACHABLE();
}

QString repeatOutcomeText(RepeatOutcome outcome, const RepeatRequest &request)
{
    const bool asks = request.answers() > 0;
    switch (outcome) {
    case RepeatOutcome::Complete: return outcomeText(Outcome::Complete, ClosedBy::Nobody, request.endpoint.transport);
    case RepeatOutcome::WrongGreeting: return asks ? Texts::tr("wrong answer") : Texts::tr("wrong greeting");
    case RepeatOutcome::NeverGreeted: return asks ? Texts::tr("no answer") : Texts::tr("never greeted");
    case RepeatOutcome::Refused: return outcomeText(Outcome::Refused);
    case RepeatOutcome::TimedOut: return outcomeText(Outcome::TimedOut);
    case RepeatOutcome::Reset: return Texts::tr("reset"); // by the peer: nobody else resets in a run
    case RepeatOutcome::TooLong: return outcomeText(Outcome::LimitReached);
    case RepeatOutcome::LocalLimit: return Texts::tr("local limit");
    case RepeatOutcome::Unreachable: return outcomeText(Outcome::Unreachable);
    case RepeatOutcome::Failed: return outcomeText(Outcome::Failed);
    case RepeatOutcome::ClosedEarly: return Texts::tr("closed early");
    case RepeatOutcome::ToItself: return outcomeText(Outcome::ToItself);
    case RepeatOutcome::Cancelled: return outcomeText(Outcome::Cancelled);
    case RepeatOutcome::NotStarted: return Texts::tr("not started");
    }
    Q_UNREACHABLE();
}

bool isUsual(RepeatOutcome outcome)
{
    return outcome <= RepeatOutcome::Reset || outcome == RepeatOutcome::LocalLimit;
}

void RepeatTimeline::add(std::chrono::nanoseconds when, bool complete, std::chrono::nanoseconds latency)
{
    auto index = static_cast<std::size_t>(std::max<qint64>(when / width_, 0));
    while (index >= MaxIntervals) {
        for (std::size_t i = 0; i < intervals_.size(); ++i) {
            const Interval &later = intervals_[i];
            if (i % 2 == 0) {
                intervals_[i / 2] = later;
                continue;
            }
            Interval &merged = intervals_[i / 2];
            merged.complete += later.complete;
            merged.others += later.others;
            merged.latency.add(later.latency);
        }
        intervals_.resize((intervals_.size() + 1) / 2);
        width_ *= 2;
        index /= 2;
    }
    if (index >= intervals_.size())
        intervals_.resize(index + 1);
    Interval &interval = intervals_[index];
    ++(complete ? interval.complete : interval.others);
    if (complete)
        interval.latency.add(latency);
}

double RepeatResult::rate() const
{
    const double seconds = std::chrono::duration<double>(elapsed).count();
    return seconds > 0 ? static_cast<double>(count(RepeatOutcome::Complete)) / seconds : 0;
}

double RepeatResult::exchangeRate() const
{
    const double seconds = std::chrono::duration<double>(elapsed).count();
    return seconds > 0 ? static_cast<double>(exchange.count()) / seconds : 0;
}

double RepeatResult::progress() const
{
    if (finished)
        return 1;
    if (request.lasting.count() > 0 && !timeIsOver)
        return std::min(std::chrono::duration<double>(elapsed) / request.lasting, 1.0);
    const auto most = static_cast<double>(std::max<qint64>(all(), 1));
    const auto answers = static_cast<double>(std::max<qint64>(request.answers(), 1));
    return std::max(static_cast<double>(ended), static_cast<double>(exchange.count()) / answers) / most;
}

std::chrono::nanoseconds RepeatResult::timeLeft() const
{
    if (!finished && request.lasting.count() > 0 && !timeIsOver)
        return std::max(std::chrono::nanoseconds(request.lasting) - elapsed, std::chrono::nanoseconds(0));
    const double share = progress();
    if (finished || share == 0)
        return {};
    const auto most = static_cast<double>(all());
    const auto soFar = static_cast<double>(elapsed.count());
    double left = soFar / share * (1 - share);
    if (request.rate > 0
        && ended > 0) // the latency does not count, unless the concurrency is too low to reach the rate
        left = std::max((most - static_cast<double>(ended)) / request.rate * 1e9,
                        soFar / static_cast<double>(started) * (most - static_cast<double>(started)));
    return std::chrono::nanoseconds(qRound64(left));
}

QString RepeatResult::detail(RepeatOutcome outcome) const
{
    QStringList parts;
    const auto add = [&parts](const QString &text, qint64 number) {
        if (number > 0)
            parts.append(Texts::tr("%1: %2").arg(text, numberText(number)));
    };
    switch (outcome) {
    case RepeatOutcome::NeverGreeted:
        add(outcomeText(Outcome::NoMessage), count(outcome) - silent);
        add(Texts::tr("silent until the time-out"), silent);
        break;
    case RepeatOutcome::TimedOut:
        add(Texts::tr("not connected"), timedOutConnecting);
        add(request.answers() > 0 ? Texts::tr("a later answer did not come") : Texts::tr("no end of the message"),
            count(outcome) - timedOutConnecting);
        break;
    case RepeatOutcome::Reset: {
        qint64 rest = count(outcome);
        for (const ResetAfter &entry : resetsAfter) {
            add(Texts::tr("after %1").arg(bytesText(entry.bytes)), entry.count);
            rest -= entry.count;
        }
        add(Texts::tr("after other numbers of bytes"), rest);
        break;
    }
    default:
        for (const Error &entry : errors) {
            if (entry.outcome == outcome)
                add(reasonText(entry.error), entry.count);
        }
    }
    return parts.join(QStringLiteral(", "));
}

QString RepeatResult::title() const
{
    const QString endpoint = request.endpoint.toString();
    const bool isOfTime = request.lasting.count() > 0;
    QString text;
    if (request.isDatagram())
        text = isOfTime && !timeIsOver ? Texts::tr("Datagrams to %1").arg(endpoint)
               : all() == 1            ? Texts::tr("1 datagram to %1").arg(endpoint)
                                       : Texts::tr("%1 datagrams to %2").arg(numberText(all()), endpoint);
    else
        text = isOfTime && !timeIsOver ? Texts::tr("Connections to %1").arg(endpoint)
               : all() == 1            ? Texts::tr("1 connection to %1").arg(endpoint)
                                       : Texts::tr("%1 connections to %2").arg(numberText(all()), endpoint);
    if (isOfTime)
        text += Texts::tr(", started for %1").arg(spanText(request.lasting));
    text += Texts::tr(", %1 at a time").arg(numberText(request.concurrency));
    if (request.rate > 0)
        text += Texts::tr(", %1 a second").arg(rateText(request.rate));
    if (request.exchanges > 0)
        text += Texts::tr(", %1 exchanges each").arg(numberText(request.exchanges));
    if (request.hold.count() > 0)
        text += Texts::tr(", each held for %1").arg(durationText(request.hold));
    return text;
}

QString RepeatResult::summary() const
{
    const QString pattern = request.isDatagram()
                                ? Texts::tr("%1 ended in %2: %3 answered a second, at most %4 waiting at once")
                                : Texts::tr("%1 ended in %2: %3 complete a second, at most %4 open at once");
    QString text = pattern.arg(numberText(ended), durationText(elapsed), rateText(rate()), numberText(mostOpen));
    if (request.exchanges > 0)
        text += Texts::tr(", %1 exchanges a second").arg(rateText(exchangeRate()));
    return text;
}

QString RepeatResult::waitingText() const
{
    if (finished || waiting.since < Still)
        return {};
    if (started == 0 && peer.isNull() && request.endpoint.isName())
        return Texts::tr("The name server has not told an address of %1 yet.").arg(request.endpoint.toString());
    QStringList parts;
    const auto add = [this, &parts](qint64 number, const QString &reason) {
        if (number == 0)
            return;
        QString subject = numberText(number);
        if (parts.isEmpty() && request.isDatagram())
            subject = number == 1 ? Texts::tr("1 datagram waits") : Texts::tr("%1 datagrams wait").arg(subject);
        else if (parts.isEmpty())
            subject = number == 1 ? Texts::tr("1 connection waits") : Texts::tr("%1 connections wait").arg(subject);
        parts.append(subject + u' ' + reason);
    };
    add(waiting.toConnect, Texts::tr("for the server to be reached"));
    add(waiting.toSend, Texts::tr("for the server to take what is sent"));
    add(waiting.forFirst,
        request.answers() > 0 ? Texts::tr("for an answer") : Texts::tr("for the server's first byte"));
    add(waiting.forRest, Texts::tr("for the rest of the greeting"));
    add(waiting.forClose, Texts::tr("for the server to close"));
    const bool areAllHeld = parts.isEmpty();
    add(waiting.held, Texts::tr("until they were held open for %1").arg(spanText(request.hold)));
    if (parts.isEmpty())
        return {};
    const QString first = spanText(std::chrono::ceil<std::chrono::seconds>(waiting.firstEnd));
    if (areAllHeld)
        return Texts::tr("%1, the first for %2 more.").arg(parts.join(QStringLiteral(", ")), first);
    return Texts::tr("%1; the time-out of %2 ends them, the first in %3.")
        .arg(parts.join(QStringLiteral(", ")), spanText(request.timeout), first);
}

QString RepeatResult::failure() const
{
    const QString endpoint = request.endpoint.toString();
    if (lookupError == EAI_ADDRFAMILY)
        return Texts::tr("%1 has no address of the same family as the source addresses.").arg(endpoint);
    if (lookupError == EAI_AGAIN)
        return Texts::tr("The host in %1 could not be looked up: the name server did not answer.").arg(endpoint);
    if (lookupError != 0)
        return Texts::tr("The host in %1 is unknown: no address belongs to that name.").arg(endpoint);
    if (allComplete())
        return {};
    const qint64 good = count(RepeatOutcome::Complete);
    if (request.isDatagram() && cancelled)
        return Texts::tr("The run was cancelled: %1 of %2 datagrams to %3 were answered.")
            .arg(numberText(good), numberText(all()), endpoint);
    if (request.isDatagram())
        return Texts::tr("%1 of %2 datagrams to %3 were not answered as expected.")
            .arg(numberText(all() - good), numberText(all()), endpoint);
    if (cancelled)
        return Texts::tr("The run was cancelled: %1 of %2 connections to %3 were complete.")
            .arg(numberText(good), numberText(all()), endpoint);
    return Texts::tr("%1 of %2 connections to %3 were not complete.")
        .arg(numberText(all() - good), numberText(all()), endpoint);
}

QString RepeatResult::advice() const
{
    if (count(RepeatOutcome::ToItself) > 0)
        return Texts::tr("Nothing listens on that port, which is one of this computer's ephemeral ports: TCP connected "
                         "sockets to themselves. Start a server there, or check host and port.");
    for (const Error &entry : errors) {
        const bool isLimit = entry.outcome == RepeatOutcome::LocalLimit;
        if (isLimit && entry.error == EADDRNOTAVAIL)
            return Texts::tr(
                "This computer ran out of ephemeral ports: spread the connections over more source addresses "
                "(--source 127.0.0.0/8 for a server on this computer), or make fewer of them.");
        if (isLimit && (entry.error == EMFILE || entry.error == ENFILE))
            return Texts::tr(
                "This computer ran out of file descriptors: make fewer connections at a time, or raise the limit "
                "(ulimit -n).");
        if (!isLimit && entry.error == EADDRNOTAVAIL)
            return Texts::tr("This computer does not have the source address: give one of its own.");
    }
    return {};
}

} // namespace parley
