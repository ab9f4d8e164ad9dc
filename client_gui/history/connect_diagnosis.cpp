// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/connect_diagnosis.h"

#include "client_gui/history/attempt.h"
#include "shared/message/error_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <cerrno>
#include <netdb.h>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(ConnectDiagnosis)
};

/// The attempt ended while its host was looked up.
bool isLookUp(const Attempt &attempt)
{
    return attempt.request.endpoint.isName() && !attempt.lookedUp;
}

/// What the source has to do with the failure, and what helps; empty where it is something else.
std::pair<QString, QString> sourceFailure(const Attempt &attempt)
{
    const Address &source = attempt.request.source;
    if (source.isNull() || attempt.outcome != Outcome::Failed)
        return {};
    const QString endpoint = attempt.request.endpoint.toString();
    const QString from = QString::fromLatin1(source.toPython());
    const QString other = Texts::tr("Give another source, or none: the system then chooses it.");
    if (attempt.error == EAFNOSUPPORT)
        return {(source.family() == Address::Family::IPv4
                     ? Texts::tr("%1 has no IPv4 address, and the source %2 is one.")
                     : Texts::tr("%1 has no IPv6 address, and the source %2 is one."))
                    .arg(endpoint, QString::fromLatin1(source.host())),
                other};
    if (attempt.bindError == 0 && attempt.error == EADDRNOTAVAIL && source.port() != 0)
        return {Texts::tr("%1 cannot be connected from %2: a connection between the two was there a moment ago, and "
                          "its port is kept for a while (TIME_WAIT).")
                    .arg(endpoint, from),
                Texts::tr("Wait a minute, or give another port.")};
    if (attempt.bindError == 0 && attempt.error == EINVAL && source.isLoopback())
        return {Texts::tr("%1 cannot be reached from %2, which is for connections within this computer.")
                    .arg(endpoint, QString::fromLatin1(source.host())),
                other};
    if (attempt.bindError == 0 || attempt.bindError != attempt.error)
        return {};
    switch (attempt.error) {
    case EADDRNOTAVAIL:
        return {Texts::tr("%1 is not an address of this computer, so nothing can be sent from it.")
                    .arg(QString::fromLatin1(source.host())),
                other};
    case EADDRINUSE: return {Texts::tr("The source %1 is in use: another socket has that port.").arg(from), other};
    case EACCES:
        return {
            Texts::tr("This user may not send from %1: ports below 1024 need a privilege on many systems.").arg(from),
            Texts::tr("Give a port of 1024 or above, or none.")};
    default: return {Texts::tr("The source %1 cannot be used: %2.").arg(from, errorText(attempt.error)), other};
    }
}

QString failureOf(const Attempt &attempt)
{
    if (const QString failure = sourceFailure(attempt).first; !failure.isEmpty())
        return failure;
    const QString endpoint = attempt.request.endpoint.toString();
    const QString timeout = durationText(attempt.request.timeout);
    if (attempt.isDatagram() && attempt.outcome == Outcome::LimitReached)
        return Texts::tr("A datagram from %1 was cut: it is longer than the limit of %2.")
            .arg(endpoint, bytesText(attempt.request.maxBytes));
    if (attempt.isDatagram() && attempt.outcome == Outcome::TimedOut && attempt.connectedAt >= 0)
        return Texts::tr("No answer came from %1 within %2.").arg(endpoint, timeout);
    if (attempt.isDatagram() && attempt.outcome == Outcome::Refused)
        return Texts::tr("%1 refused the datagram (ICMP port unreachable): nothing listens on that port there.")
            .arg(endpoint);
    if (attempt.request.endpoint.transport == Transport::Unix && attempt.outcome == Outcome::Refused) {
        return attempt.error == ENOENT ? Texts::tr("There is no socket %1.").arg(endpoint)
                                       : Texts::tr("%1 refused the connection: its server has ended.").arg(endpoint);
    }
    if (attempt.isDatagram() && attempt.outcome == Outcome::Cancelled)
        return Texts::tr("The wait for answers from %1 was cancelled.").arg(endpoint);
    if (attempt.isDatagram() && attempt.outcome == Outcome::Failed)
        return Texts::tr("Sending a datagram to %1 failed: %2.").arg(endpoint, errorText(attempt.error));
    if (attempt.isIncomplete() && attempt.request.stays) { // a conversation has no message that could be incomplete
        const QString bytes = bytesText(attempt.receivedBytes);
        switch (attempt.outcome) {
        case Outcome::Reset: return Texts::tr("%1 reset the connection after %2.").arg(endpoint, bytes);
        case Outcome::TimedOut:
            return Texts::tr("%1 answers no more: the connection timed out after %2.").arg(endpoint, bytes);
        case Outcome::Cancelled: return Texts::tr("The connection to %1 was cancelled after %2.").arg(endpoint, bytes);
        default:
            return Texts::tr("The connection to %1 failed after %2: %3.")
                .arg(endpoint, bytes, errorText(attempt.error));
        }
    }
    if (attempt.isIncomplete()) {
        const QString incomplete = Texts::tr("The message from %1 is incomplete: ").arg(endpoint);
        const QString bytes = bytesText(attempt.receivedBytes);
        switch (attempt.outcome) {
        case Outcome::Reset: return incomplete + Texts::tr("the connection was reset after %1.").arg(bytes);
        case Outcome::TimedOut:
            return incomplete + Texts::tr("after %1 the end did not come within %2.").arg(bytes, timeout);
        case Outcome::LimitReached:
            return incomplete
                   + Texts::tr("it is longer than the limit of %1.").arg(bytesText(attempt.request.maxBytes));
        case Outcome::Cancelled: return incomplete + Texts::tr("it was cancelled after %1.").arg(bytes);
        default: return incomplete + Texts::tr("%1 after %2.").arg(errorText(attempt.error), bytes);
        }
    }
    switch (attempt.outcome) {
    case Outcome::None:
    case Outcome::Complete:
    case Outcome::Closed:
    case Outcome::Aborted:
    case Outcome::Denied: // of servers
    case Outcome::OverLimit:
    case Outcome::LimitReached: return {}; // the limit is at least a byte, so the message is incomplete
    case Outcome::NoMessage: return Texts::tr("%1 closed the connection without sending a byte.").arg(endpoint);
    case Outcome::Reset:
        return attempt.connectedAt < 0 ? Texts::tr("%1 reset the connection while it was being made.").arg(endpoint)
                                       : Texts::tr("%1 reset the connection before it had sent a byte.").arg(endpoint);
    case Outcome::TimedOut:
        if (attempt.connectedAt >= 0)
            return Texts::tr("%1 accepted the connection but sent nothing within %2.").arg(endpoint, timeout);
        if (isLookUp(attempt))
            return Texts::tr("The look-up of the host in %1 had no answer within %2.").arg(endpoint, timeout);
        return Texts::tr("%1 did not answer within %2.")
            .arg(endpoint,
                 attempt.error == ETIMEDOUT ? durationText(std::chrono::nanoseconds(attempt.duration())) : timeout);
    case Outcome::Cancelled: return Texts::tr("Connecting to %1 was cancelled.").arg(endpoint);
    case Outcome::Refused:
        return Texts::tr("%1 refused the connection: nothing listens on that port there.").arg(endpoint);
    case Outcome::ToItself:
        return Texts::tr("Nothing listens on %1. The system chose that same port for this end, and TCP connected the "
                         "socket to itself.")
            .arg(endpoint);
    case Outcome::Unreachable:
        return Texts::tr("%1 cannot be reached: %2.").arg(endpoint, errorText(attempt.error).toLower());
    case Outcome::UnknownHost:
        return attempt.error == EAI_AGAIN
                   ? Texts::tr("The host in %1 could not be looked up: the name server did not answer.").arg(endpoint)
                   : Texts::tr("The host in %1 is unknown: no address belongs to that name.").arg(endpoint);
    case Outcome::Failed: return Texts::tr("Connecting to %1 failed: %2.").arg(endpoint, errorText(attempt.error));
    }
    Q_UNREACHABLE();
}

QString adviceOn(const Attempt &attempt)
{
    if (const QString advice = sourceFailure(attempt).second; !advice.isEmpty())
        return advice;
    if (attempt.isDatagram() && attempt.outcome == Outcome::LimitReached)
        return Texts::tr("Raise the limit (--max-bytes) to take longer datagrams.");
    if (attempt.isDatagram() && attempt.outcome == Outcome::TimedOut && attempt.connectedAt >= 0)
        return Texts::tr("A datagram can be lost without a word, dropped by a firewall, or have no one to answer it.");
    if (attempt.isIncomplete()) {
        switch (attempt.outcome) {
        case Outcome::TimedOut:
            if (attempt.request.stays)
                return Texts::tr("Check the network, and whether the server still runs.");
            return Texts::tr("Allow more time, or look at why the server does not close.");
        case Outcome::LimitReached: return Texts::tr("Raise the limit (--max-bytes) to take longer messages.");
        case Outcome::Reset:
            return Texts::tr("The server ended abnormally, or closed without reading everything you had sent.");
        default: return {};
        }
    }
    switch (attempt.outcome) {
    case Outcome::NoMessage: return Texts::tr("Perhaps it expects the client to speak first, or sends no greeting.");
    case Outcome::Reset: return Texts::tr("Perhaps the server ended, or turns away clients from here.");
    case Outcome::TimedOut:
        if (attempt.connectedAt >= 0)
            return Texts::tr("Perhaps it is busy, or expects the client to speak first.");
        if (isLookUp(attempt))
            return Texts::tr(
                "Perhaps the name server does not answer. Try again, or give an address such as 127.0.0.1.");
        return Texts::tr(
            "Perhaps a firewall drops the connection, the accept queue there is full, or the computer is off. "
            "Check host and port.");
    case Outcome::Refused:
    case Outcome::ToItself:
        return attempt.request.endpoint.transport == Transport::Unix
                   ? Texts::tr("Start a server there, or check the path.")
                   : Texts::tr("Start a server there, or check host and port.");
    case Outcome::Unreachable: return Texts::tr("Check the address, and this computer's network connection.");
    case Outcome::UnknownHost: return Texts::tr("Check its spelling, or give an address such as 127.0.0.1.");
    case Outcome::Failed:
        return attempt.error == EMFILE || attempt.error == ENFILE
                   ? Texts::tr("No file descriptor is left for a socket: close other connections or programs first.")
                   : QString();
    default: return {};
    }
}

/// The protocol decides who speaks first. If neither side did, it may be this side's turn.
bool isSilent(const Attempt &attempt)
{
    const bool silent =
        attempt.outcome == Outcome::NoMessage || (attempt.outcome == Outcome::TimedOut && attempt.connectedAt >= 0);
    return silent && attempt.receivedBytes == 0 && attempt.request.send.isEmpty() && !attempt.isDatagram();
}

/// The endpoint where a user who mistyped a host most likely finds a server.
Endpoint onThisComputer(Endpoint endpoint)
{
    const QString own = localHostName();
    if (endpoint.name == own) { // this computer's name has no address
        endpoint.name.clear();
        endpoint.literal = Address::ipv4(0x7f000001, endpoint.port); // INADDR_LOOPBACK
    } else {
        endpoint.name = own;
    }
    return endpoint;
}

QString waitingText(int count)
{
    return count == 1 ? Texts::tr("1 connection waits in the queue")
                      : Texts::tr("%1 connections wait in the queue").arg(QLocale().toString(count));
}

/// Adds advice that follows from the listeners.
void refine(ConnectDiagnosis &diagnosis, const Attempt &attempt, const std::vector<LocalListener> &listeners)
{
    if (attempt.outcome == Outcome::Refused || attempt.outcome == Outcome::ToItself) {
        const LocalListener *meant = listenerMeantBy(listeners, attempt.peer);
        if (!meant)
            return;
        const Address there = reachableAddress(*meant, attempt.peer);
        if (there == attempt.peer)
            return; // it has just begun to listen
        diagnosis.endpoint.name.clear();
        diagnosis.endpoint.literal = there;
        diagnosis.endpoint.port = there.port();
        diagnosis.advice = Texts::tr("%1 listens on %2.").arg(meant->owner(), QString::fromLatin1(there.toPython()));
        diagnosis.button = Texts::tr("Use %1").arg(QString::fromLatin1(there.toPython()));
    } else if (const LocalListener *listener = listenerAt(listeners, attempt.peer); listener && listener->waiting > 0) {
        diagnosis.remedy = ConnectDiagnosis::Remedy::Connect;
        diagnosis.button = Texts::tr("Try Again");
        diagnosis.advice =
            (attempt.connectedAt < 0 ? Texts::tr("Perhaps the accept queue is full: %1 until %2 accepts.")
                                     : Texts::tr("Perhaps the connection is not accepted yet: %1 until %2 accepts."))
                .arg(waitingText(listener->waiting), listener->owner());
    }
}

} // namespace

bool dependsOnListeners(const Attempt &attempt)
{
    if (attempt.request.endpoint.transport == Transport::Unix || attempt.peer.isNull())
        return false;
    return attempt.outcome == Outcome::Refused || attempt.outcome == Outcome::ToItself
           || (attempt.outcome == Outcome::TimedOut && attempt.receivedBytes == 0 && !attempt.isDatagram());
}

ConnectDiagnosis diagnoseConnect(const Attempt &attempt, const std::vector<LocalListener> &listeners)
{
    using Remedy = ConnectDiagnosis::Remedy;
    ConnectDiagnosis diagnosis;
    diagnosis.failure = failureOf(attempt);
    diagnosis.advice = adviceOn(attempt);
    if (diagnosis.failure.isEmpty() || attempt.outcome == Outcome::Cancelled)
        return diagnosis;
    diagnosis.remedy = Remedy::Connect;
    diagnosis.button = Texts::tr("Try Again");
    diagnosis.endpoint = attempt.request.endpoint;
    if (!sourceFailure(attempt).first.isEmpty()) {
        diagnosis.remedy = Remedy::EnterSource;
        diagnosis.button = Texts::tr("Enter Another Source");
    } else if (isSilent(attempt)) {
        diagnosis.remedy = Remedy::EnterText;
        diagnosis.button = Texts::tr("Enter Text to Send");
    } else if (attempt.outcome == Outcome::LimitReached
               || (attempt.outcome == Outcome::TimedOut && attempt.isIncomplete())) {
        diagnosis.remedy = Remedy::ChangeLimits;
        diagnosis.button = Texts::tr("Change Limits…");
    } else if (attempt.outcome == Outcome::UnknownHost && attempt.error != EAI_AGAIN) {
        diagnosis.endpoint = onThisComputer(attempt.request.endpoint);
        diagnosis.button = Texts::tr("Use %1").arg(diagnosis.endpoint.host());
    }
    if (dependsOnListeners(attempt))
        refine(diagnosis, attempt, listeners);
    return diagnosis;
}

} // namespace parley
