// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/connect_diagnosis.h"

#include "client_gui/history/attempt.h"
#include "shared/socket/socket_calls.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
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

/// The group whose interface is the cause; null where there is none.
Address groupWithoutInterface(const Attempt &attempt)
{
    const Address &group = attempt.peer.isNull() ? attempt.request.endpoint.literal : attempt.peer;
    const int error = attempt.error;
    const bool isLost = error == ENETUNREACH || error == ENODEV
                        || (group.scope() != 0 && (error == ENETDOWN || error == EADDRNOTAVAIL || error == EINVAL));
    return isLost && group.isMulticast() ? group : Address();
}

/// Of a Unix socket.
QString refusedText(const QString &endpoint, int error)
{
    switch (error) {
    case ENOENT: return Texts::tr("There is no socket %1.").arg(endpoint);
    case ENOTSOCK: return Texts::tr("%1 is a regular file, not a socket.").arg(endpoint);
    case EISDIR: return Texts::tr("%1 is a folder, not a socket.").arg(endpoint);
    case ENXIO: return Texts::tr("%1 is a pipe or a device, not a socket.").arg(endpoint);
    default: return Texts::tr("%1 refused the connection: its server has ended.").arg(endpoint);
    }
}

/// The peer acknowledged neither bytes nor probes of the connection any more.
bool hasVanished(const Attempt &attempt)
{
    return attempt.connectedAt >= 0 && attempt.outcome == Outcome::TimedOut && attempt.error == ETIMEDOUT
           && !attempt.isDatagram();
}

/// What the source has to do with the failure, and what helps; empty where it is something else.
std::pair<QString, QString> sourceFailure(const Attempt &attempt)
{
    const Address &source = attempt.request.source;
    if (source.isNull() || attempt.outcome != Outcome::Failed)
        return {};
    const QString endpoint = attempt.request.endpoint.toString();
    const QString from = QString::fromUtf8(source.toString());
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
    default: return {Texts::tr("The source %1 cannot be used: %2.").arg(from, errorReason(attempt.error).cause), other};
    }
}

QString failureOf(const Attempt &attempt)
{
    if (const QString failure = sourceFailure(attempt).first; !failure.isEmpty())
        return failure;
    const QString endpoint = attempt.request.endpoint.toString();
    if (const Address group = groupWithoutInterface(attempt); !group.isNull())
        return group.scope() == 0
                   ? Texts::tr("%1 cannot be reached: no route tells by which interface.").arg(endpoint)
                   : Texts::tr("%1 cannot be reached: the interface %2 is down, or carries no groups of that family.")
                         .arg(endpoint, QString::fromLocal8Bit(group.interface()));
    const QString timeout = durationText(attempt.request.timeout);
    if (attempt.isDatagram() && attempt.outcome == Outcome::LimitReached)
        return Texts::tr("A datagram from %1 was cut: it is longer than the limit of %2.")
            .arg(endpoint, bytesText(attempt.request.maxBytes));
    if (attempt.isDatagram() && attempt.outcome == Outcome::TimedOut && attempt.connectedAt >= 0)
        return Texts::tr("No answer came from %1 within %2, the time-out.").arg(endpoint, timeout);
    if (attempt.isDatagram() && attempt.outcome == Outcome::Refused)
        return Texts::tr("%1 refused the datagram (ICMP port unreachable): nothing listens on that port there.")
            .arg(endpoint);
    if (attempt.request.endpoint.transport == Transport::Unix && attempt.outcome == Outcome::Refused)
        return refusedText(endpoint, attempt.error);
    if (attempt.isDatagram() && attempt.outcome == Outcome::Cancelled)
        return Texts::tr("The wait for answers from %1 was cancelled.").arg(endpoint);
    if (attempt.isDatagram() && attempt.outcome == Outcome::Failed)
        return Texts::tr("Sending a datagram to %1 failed: %2.").arg(endpoint, reasonOf(attempt).cause);
    if (hasVanished(attempt))
        return Texts::tr("%1 answers no more: the connection timed out after %2.")
            .arg(endpoint, bytesText(attempt.receivedBytes));
    if (attempt.isIncomplete() && attempt.request.stays) { // a conversation has no message that could be incomplete
        const QString bytes = bytesText(attempt.receivedBytes);
        switch (attempt.outcome) {
        case Outcome::Reset: return Texts::tr("%1 reset the connection after %2.").arg(endpoint, bytes);
        case Outcome::Cancelled: return Texts::tr("The connection to %1 was cancelled after %2.").arg(endpoint, bytes);
        default:
            return Texts::tr("The connection to %1 failed after %2: %3.").arg(endpoint, bytes, reasonOf(attempt).cause);
        }
    }
    if (attempt.isIncomplete()) {
        const QString incomplete = Texts::tr("The message from %1 is incomplete: ").arg(endpoint);
        const QString bytes = bytesText(attempt.receivedBytes);
        switch (attempt.outcome) {
        case Outcome::Reset: return incomplete + Texts::tr("the connection was reset after %1.").arg(bytes);
        case Outcome::TimedOut:
            return incomplete + Texts::tr("after %1 the end did not come within %2, the time-out.").arg(bytes, timeout);
        case Outcome::LimitReached:
            return incomplete
                   + Texts::tr("it is longer than the limit of %1.").arg(bytesText(attempt.request.maxBytes));
        case Outcome::Cancelled: return incomplete + Texts::tr("it was cancelled after %1.").arg(bytes);
        default: return incomplete + Texts::tr("after %1, %2.").arg(bytes, reasonOf(attempt).cause);
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
            return Texts::tr("%1 accepted the connection but sent nothing within %2, the time-out.")
                .arg(endpoint, timeout);
        if (isLookUp(attempt))
            return Texts::tr("The look-up of the host in %1 had no answer within %2, the time-out.")
                .arg(endpoint, timeout);
        return attempt.error == ETIMEDOUT // the system's
                   ? Texts::tr("%1 did not answer within %2.")
                         .arg(endpoint, durationText(std::chrono::nanoseconds(attempt.duration())))
                   : Texts::tr("%1 did not answer within %2, the time-out.").arg(endpoint, timeout);
    case Outcome::Cancelled: return Texts::tr("Connecting to %1 was cancelled.").arg(endpoint);
    case Outcome::Refused:
        return Texts::tr("%1 refused the connection: nothing listens on that port there.").arg(endpoint);
    case Outcome::ToItself:
        return Texts::tr("Nothing listens on %1. The system chose that same port for this end, and TCP connected the "
                         "socket to itself.")
            .arg(endpoint);
    case Outcome::Unreachable: return Texts::tr("%1 cannot be reached: %2.").arg(endpoint, reasonOf(attempt).cause);
    case Outcome::UnknownHost:
        return (attempt.error == EAI_NONAME ? Texts::tr("The host in %1 is unknown: %2.")
                                            : Texts::tr("The host in %1 could not be looked up: %2."))
            .arg(endpoint, lookUpReason(attempt.error).cause);
    case Outcome::Failed: return Texts::tr("Connecting to %1 failed: %2.").arg(endpoint, reasonOf(attempt).cause);
    }
    Q_UNREACHABLE();
}

QString adviceOn(const Attempt &attempt)
{
    if (const QString advice = sourceFailure(attempt).second; !advice.isEmpty())
        return advice;
    if (const Address group = groupWithoutInterface(attempt); !group.isNull())
        return group.scope() == 0 ? Texts::tr("Name the interface, such as %1.")
                                        .arg(attempt.request.endpoint.host() + QStringLiteral("%eth0"))
                                  : Texts::tr("Bring it up, or name another one.");
    if (attempt.isDatagram() && attempt.outcome == Outcome::LimitReached)
        return Texts::tr("Raise the limit (--max-bytes) to take longer datagrams.");
    if (attempt.isDatagram() && attempt.outcome == Outcome::TimedOut && attempt.connectedAt >= 0)
        return Texts::tr("A datagram can be lost without a word, dropped by a firewall, or have no one to answer it.");
    if (hasVanished(attempt))
        return Texts::tr("Check the network, and whether the server still runs.");
    if (attempt.isIncomplete()) {
        switch (attempt.outcome) {
        case Outcome::TimedOut: return Texts::tr("Allow more time, or look at why the server does not close.");
        case Outcome::LimitReached: return Texts::tr("Raise the limit (--max-bytes) to take longer messages.");
        case Outcome::Reset:
            return Texts::tr("The server ended abnormally, or closed without reading everything you had sent.");
        case Outcome::Failed: return reasonOf(attempt).remedy;
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
        if (attempt.error == ENOTSOCK || attempt.error == EISDIR || attempt.error == ENXIO)
            return Texts::tr("Give the path of a server's socket.");
        return attempt.request.endpoint.transport == Transport::Unix
                   ? Texts::tr("Start a server there, or check the path.")
                   : Texts::tr("Start a server there, or check host and port.");
    case Outcome::UnknownHost: return lookUpReason(attempt.error).remedy;
    case Outcome::Unreachable:
    case Outcome::Failed: return reasonOf(attempt).remedy;
    default: return {};
    }
}

/// The protocol decides who speaks first. If neither side did, it may be this side's turn.
bool isSilent(const Attempt &attempt)
{
    const bool silent = attempt.outcome == Outcome::NoMessage
                        || (attempt.outcome == Outcome::TimedOut && attempt.connectedAt >= 0 && !hasVanished(attempt));
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

/// Where the servers are that somebody may have meant who was refused.
std::vector<ConnectDiagnosis::Choice> choicesFor(const Attempt &attempt, const std::vector<LocalListener> &listeners)
{
    std::vector<ConnectDiagnosis::Choice> choices;
    for (const LocalListener &listener : listenersMeantBy(listeners, attempt.peer)) {
        Endpoint endpoint = attempt.request.endpoint;
        endpoint.name.clear();
        endpoint.literal = reachableAddress(listener, attempt.peer);
        endpoint.port = endpoint.literal.port();
        if (endpoint.literal == attempt.peer)
            return {}; // it has just begun to listen
        const bool isKnown = std::any_of(choices.begin(), choices.end(), [&](const ConnectDiagnosis::Choice &known) {
            return known.endpoint == endpoint;
        });
        if (!isKnown)
            choices.push_back({listener.owner(), endpoint});
    }
    return choices;
}

/// The sentence names one of several, so that the notice stays short; the button has the others.
void offer(ConnectDiagnosis &diagnosis, std::vector<ConnectDiagnosis::Choice> choices)
{
    if (choices.empty())
        return;
    const ConnectDiagnosis::Choice &likeliest = choices.front();
    diagnosis.endpoint = likeliest.endpoint;
    if (choices.size() == 1) {
        diagnosis.advice = Texts::tr("%1 listens on %2.").arg(likeliest.owner, likeliest.endpoint.toString());
        diagnosis.button = Texts::tr("Use %1").arg(diagnosis.endpoint.toString());
        return;
    }
    diagnosis.advice = Texts::tr("%1 listens on %2, … and %3 more.")
                           .arg(likeliest.owner, likeliest.endpoint.toString(),
                                QLocale().toString(static_cast<qulonglong>(choices.size() - 1)));
    diagnosis.button = Texts::tr("Use Another Server");
    choices.resize(std::min(choices.size(), ConnectDiagnosis::MaxChoices));
    diagnosis.choices = std::move(choices);
}

/// Adds advice that follows from the listeners.
void refine(ConnectDiagnosis &diagnosis, const Attempt &attempt, const std::vector<LocalListener> &listeners)
{
    if (attempt.outcome == Outcome::Refused || attempt.outcome == Outcome::ToItself) {
        offer(diagnosis, choicesFor(attempt, listeners));
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

ErrorReason reasonOf(const Attempt &attempt)
{
    const bool isUnix = attempt.request.endpoint.transport == Transport::Unix;
    const Address &peer = attempt.peer.isNull() ? attempt.request.endpoint.literal : attempt.peer;
    const bool isIPv6 = peer.family() == Address::Family::IPv6;
    switch (attempt.error) {
    case EACCES:
        if (isUnix)
            return {
                Texts::tr("this user may not connect there: the socket's file, or a folder on the way, forbids it"),
                Texts::tr("Ask whoever started the server (parley-server has --unix-mode), or choose another path.")};
        break;
    case EADDRNOTAVAIL:
        return isIPv6 ? ErrorReason{Texts::tr("this computer has no IPv6 address to do that from"),
                                    Texts::tr("Switch IPv6 on here, or give an IPv4 address.")}
                      : ErrorReason{Texts::tr("no port of this computer is free for that peer"),
                                    Texts::tr("Wait until other connections to it have ended.")};
    case EAFNOSUPPORT:
        if (isIPv6)
            return {Texts::tr("this computer has no IPv6, or it is switched off"),
                    Texts::tr("Switch IPv6 on here, or give an IPv4 address.")};
        break;
    case EMSGSIZE:
        return {Texts::tr("%1 do not fit into a datagram, which holds %2 over IPv4")
                    .arg(bytesText(attempt.request.send.size()), bytesText(native::MaxDatagram)),
                Texts::tr("Send less, or use TCP.")};
    default: break;
    }
    return errorReason(attempt.error);
}

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

ConnectDiagnosis diagnoseConnectFully(const Attempt &attempt)
{
    if (!dependsOnListeners(attempt))
        return diagnoseConnect(attempt);
    return diagnoseConnect(attempt, findListeners(attempt.request.endpoint.transport, attempt.peer));
}

} // namespace parley
