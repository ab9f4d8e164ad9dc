// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/attempt.h"

#include "shared/native_socket.h"

#include <QCoreApplication>
#include <QLocale>

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

} // namespace parley
