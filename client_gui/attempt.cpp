// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/attempt.h"

#include "shared/native_socket.h"

#include <QCoreApplication>
#include <QLocale>

#include <cerrno>
#include <netdb.h>

namespace parley
{

namespace
{

QString tr(const char *text)
{
    return QCoreApplication::translate("Attempt", text);
}

} // namespace

void Attempt::apply(const Event &event)
{
    switch (event.call) {
    case Call::GetAddrInfo: lookedUp = event.error == 0; break;
    case Call::Connect:
        peer = event.address;
        if (event.error == 0)
            connectedAt = event.time;
        break;
    case Call::GetSockName: local = event.address; break;
    case Call::SendTo:
        peer = event.address;
        connectedAt = event.time; // as far as datagrams can be
        break;
    case Call::Recv:
    case Call::RecvFrom:
        receivedBytes += event.payload().size();
        if (!event.payload().isEmpty() || (isDatagram() && event.error == 0))
            ++reads;
        break;
    case Call::End:
        ended = event.time;
        outcome = event.outcome;
        error = event.error;
        break;
    default: break;
    }
}

bool Attempt::isDatagram() const
{
    return request.endpoint.transport == Transport::Udp;
}

bool Attempt::isBroadcast() const
{
    return request.endpoint.literal.isBroadcast();
}

bool Attempt::isIncomplete() const
{
    const bool asWanted = outcome == Outcome::Complete || outcome == Outcome::Closed || outcome == Outcome::Aborted;
    return receivedBytes > 0 && !isUnderWay() && !asWanted;
}

QString Attempt::resultText() const
{
    QString text;
    switch (outcome) {
    case Outcome::None: return connectedAt < 0 ? tr("connecting…") : tr("receiving…");
    case Outcome::Complete: return tr("complete, %1").arg(bytesText(receivedBytes));
    case Outcome::NoMessage: return tr("closed without a byte");
    case Outcome::LimitReached: return tr("cut at %1").arg(bytesText(receivedBytes));
    case Outcome::Closed: text = tr("disconnected"); break;
    case Outcome::Aborted: text = tr("reset here"); break;
    case Outcome::Reset: text = tr("reset"); break;
    case Outcome::TimedOut: text = tr("timed out"); break;
    case Outcome::Cancelled: text = tr("cancelled"); break;
    case Outcome::Refused: return tr("refused");
    case Outcome::Unreachable: text = tr("unreachable"); break;
    case Outcome::UnknownHost: return tr("unknown host");
    case Outcome::Denied:
    case Outcome::OverLimit: break; // of servers
    case Outcome::Failed: text = native::errorText(error); break;
    }
    return receivedBytes > 0 ? tr("%1 after %2").arg(text, bytesText(receivedBytes)) : text;
}

QString Attempt::summary() const
{
    QString text;
    if (isDatagram() && reads > 0) {
        const QString bytes = bytesText(receivedBytes);
        text = reads == 1 ? tr("%1 in 1 datagram").arg(bytes)
                          : tr("%1 in %2 datagrams").arg(bytes, QLocale().toString(reads));
    } else if (receivedBytes > 0) {
        const QString bytes = bytesText(receivedBytes);
        text = reads == 1 ? tr("%1 in 1 read").arg(bytes) : tr("%1 in %2 reads").arg(bytes, QLocale().toString(reads));
    }
    const QString after = durationText(std::chrono::nanoseconds(duration()));
    QString ending;
    switch (outcome) {
    case Outcome::None:
        ending = connectedAt < 0 ? tr("connecting to %1…").arg(request.endpoint.toString()) : tr("receiving…");
        break;
    case Outcome::Complete:
    case Outcome::NoMessage:
        if (isDatagram()) {
            ending = isBroadcast() ? tr("collected for %1").arg(after) : tr("answered after %1").arg(after);
            break;
        }
        ending = tr("closed by the server after %1").arg(after);
        break;
    case Outcome::Closed: ending = tr("disconnected after %1").arg(after); break;
    case Outcome::Aborted: ending = tr("reset here after %1").arg(after); break;
    case Outcome::Reset: ending = tr("reset by the server after %1").arg(after); break;
    case Outcome::TimedOut: ending = tr("timed out after %1").arg(after); break;
    case Outcome::Cancelled: ending = tr("cancelled after %1").arg(after); break;
    case Outcome::LimitReached: ending = tr("cut at the limit after %1").arg(after); break;
    case Outcome::Refused: ending = tr("refused after %1").arg(after); break;
    case Outcome::Unreachable: ending = tr("unreachable after %1").arg(after); break;
    case Outcome::UnknownHost: ending = tr("unknown host after %1").arg(after); break;
    case Outcome::Denied:
    case Outcome::OverLimit: break; // of servers
    case Outcome::Failed: ending = tr("failed after %1").arg(after); break;
    }
    return text.isEmpty() ? ending : text + QStringLiteral(" · ") + ending;
}

QString Attempt::failure() const
{
    const QString endpoint = request.endpoint.toString();
    const QString timeout = durationText(request.timeout);
    if (isDatagram() && outcome == Outcome::LimitReached)
        return tr("A datagram from %1 was cut: it is longer than the limit of %2.")
            .arg(endpoint, bytesText(request.maxBytes));
    if (isDatagram() && outcome == Outcome::TimedOut && connectedAt >= 0)
        return tr("No answer came from %1 within %2.").arg(endpoint, timeout);
    if (isDatagram() && outcome == Outcome::Refused)
        return tr("%1 refused the datagram (ICMP port unreachable): nothing listens on that port there.").arg(endpoint);
    if (request.endpoint.transport == Transport::Unix && outcome == Outcome::Refused) {
        return error == ENOENT ? tr("There is no socket %1.").arg(endpoint)
                               : tr("%1 refused the connection: its server has ended.").arg(endpoint);
    }
    if (isIncomplete()) {
        const QString incomplete = tr("The message from %1 is incomplete: ").arg(endpoint);
        const QString bytes = bytesText(receivedBytes);
        switch (outcome) {
        case Outcome::Reset: return incomplete + tr("the connection was reset after %1.").arg(bytes);
        case Outcome::TimedOut: return incomplete + tr("after %1 the end did not come within %2.").arg(bytes, timeout);
        case Outcome::LimitReached: return incomplete + tr("it is longer than the limit of %1.").arg(bytes);
        case Outcome::Cancelled: return incomplete + tr("it was cancelled after %1.").arg(bytes);
        default: return incomplete + tr("%1 after %2.").arg(native::errorText(error), bytes);
        }
    }
    switch (outcome) {
    case Outcome::None:
    case Outcome::Complete:
    case Outcome::Closed:
    case Outcome::Aborted:
    case Outcome::Denied: // of servers
    case Outcome::OverLimit:
    case Outcome::LimitReached: return {}; // the limit is at least a byte, so there it is incomplete
    case Outcome::NoMessage: return tr("%1 closed the connection without sending a byte.").arg(endpoint);
    case Outcome::Reset:
        return connectedAt < 0 ? tr("%1 reset the connection while it was being made.").arg(endpoint)
                               : tr("%1 reset the connection before it had sent a byte.").arg(endpoint);
    case Outcome::TimedOut:
        if (connectedAt >= 0)
            return tr("%1 accepted the connection but sent nothing within %2.").arg(endpoint, timeout);
        if (!request.endpoint.isLiteral() && !lookedUp)
            return tr("The look-up of the host in %1 had no answer within %2.").arg(endpoint, timeout);
        return tr("%1 did not answer within %2.")
            .arg(endpoint, error == ETIMEDOUT ? durationText(std::chrono::nanoseconds(duration())) : timeout);
    case Outcome::Cancelled: return tr("Connecting to %1 was cancelled.").arg(endpoint);
    case Outcome::Refused: return tr("%1 refused the connection: nothing listens on that port there.").arg(endpoint);
    case Outcome::Unreachable: return tr("%1 cannot be reached: %2.").arg(endpoint, native::errorText(error).toLower());
    case Outcome::UnknownHost:
        return error == EAI_AGAIN
                   ? tr("The host in %1 could not be looked up: the name server did not answer.").arg(endpoint)
                   : tr("The host in %1 is unknown: no address belongs to that name.").arg(endpoint);
    case Outcome::Failed: return tr("Connecting to %1 failed: %2.").arg(endpoint, native::errorText(error));
    }
    Q_UNREACHABLE();
}

QString Attempt::advice() const
{
    if (isDatagram() && outcome == Outcome::LimitReached)
        return tr("Raise the limit (--max-bytes) to take longer ones.");
    if (isDatagram() && outcome == Outcome::TimedOut && connectedAt >= 0)
        return tr("A datagram can be lost without a word, dropped by a firewall, or have no one to answer it.");
    if (isIncomplete()) {
        switch (outcome) {
        case Outcome::TimedOut: return tr("Allow more time, or look at why the server does not close.");
        case Outcome::LimitReached: return tr("Raise the limit (--max-bytes) to take longer messages.");
        case Outcome::Reset: return tr("The server ended abnormally, or closed with bytes of ours unread.");
        default: return {};
        }
    }
    switch (outcome) {
    case Outcome::NoMessage: return tr("Perhaps it expects the client to speak first, or sends no greeting.");
    case Outcome::Reset: return tr("Perhaps the server ended, or turns away clients from here.");
    case Outcome::TimedOut:
        if (connectedAt >= 0)
            return tr("Perhaps it is busy, or expects the client to speak first.");
        return tr("Perhaps a firewall drops the connection, or the computer is off. Check host and port.");
    case Outcome::Refused:
        return request.endpoint.transport == Transport::Unix ? tr("Start a server there, or check the path.")
                                                             : tr("Start a server there, or check host and port.");
    case Outcome::Unreachable: return tr("Check the address, and this computer's network connection.");
    case Outcome::UnknownHost: return tr("Check its spelling, or give an address such as 127.0.0.1.");
    default: return {};
    }
}

} // namespace parley
