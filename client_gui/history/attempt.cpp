// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/attempt.h"

#include "shared/message/error_text.h"

#include <QCoreApplication>
#include <QLocale>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Attempt)
};

} // namespace

void Attempt::apply(const Event &event)
{
    switch (event.call()) {
    case Call::GetAddrInfo: lookedUp = event.errorNumber() == 0; break;
    case Call::Connect:
        peer = event.peer();
        if (event.errorNumber() == 0)
            connectedAt = event.time();
        break;
    case Call::GetSockName: local = event.local(); break;
    case Call::Shutdown: sendingShut = event.errorNumber() == 0; break;
    case Call::SendTo:
        peer = event.peer();
        connectedAt = event.time(); // as far as datagrams can be
        break;
    case Call::Recv:
    case Call::RecvFrom:
        receivedBytes += event.payload().size();
        if (!event.payload().isEmpty() || (isDatagram() && event.errorNumber() == 0))
            ++reads;
        break;
    case Call::End:
        ended = event.time();
        outcome = event.outcome();
        error = event.errorNumber();
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
    case Outcome::None:
        return connectedAt < 0 ? Texts::tr("connecting…")
               : sendingShut   ? Texts::tr("half-closed here")
                               : Texts::tr("receiving…");
    case Outcome::Complete: return Texts::tr("complete, %1").arg(bytesText(receivedBytes));
    case Outcome::NoMessage: return Texts::tr("closed without a byte");
    case Outcome::LimitReached: return Texts::tr("cut at %1").arg(bytesText(receivedBytes));
    case Outcome::Closed: text = Texts::tr("disconnected"); break;
    case Outcome::Aborted: text = Texts::tr("reset here"); break;
    case Outcome::Reset: text = Texts::tr("reset"); break;
    case Outcome::TimedOut: text = Texts::tr("timed out"); break;
    case Outcome::Cancelled: text = Texts::tr("cancelled"); break;
    case Outcome::Refused: return Texts::tr("refused");
    case Outcome::Unreachable: text = Texts::tr("unreachable"); break;
    case Outcome::UnknownHost: return Texts::tr("unknown host");
    case Outcome::Denied:
    case Outcome::OverLimit: break; // of servers
    case Outcome::Failed: text = errorText(error); break;
    }
    return receivedBytes > 0 ? Texts::tr("%1 after %2").arg(text, bytesText(receivedBytes)) : text;
}

QString Attempt::summary() const
{
    QString text;
    if (isDatagram() && reads > 0) {
        const QString bytes = bytesText(receivedBytes);
        text = reads == 1 ? Texts::tr("%1 in 1 datagram").arg(bytes)
                          : Texts::tr("%1 in %2 datagrams").arg(bytes, QLocale().toString(reads));
    } else if (receivedBytes > 0) {
        const QString bytes = bytesText(receivedBytes);
        text = reads == 1 ? Texts::tr("%1 in 1 read").arg(bytes)
                          : Texts::tr("%1 in %2 reads").arg(bytes, QLocale().toString(reads));
    }
    const QString after = durationText(std::chrono::nanoseconds(duration()));
    QString ending;
    switch (outcome) {
    case Outcome::None:
        ending = connectedAt < 0 ? Texts::tr("connecting to %1…").arg(request.endpoint.toString())
                 : sendingShut   ? Texts::tr("half-closed here, receiving…")
                                 : Texts::tr("receiving…");
        break;
    case Outcome::Complete:
    case Outcome::NoMessage:
        if (isDatagram()) {
            ending =
                isBroadcast() ? Texts::tr("collected for %1").arg(after) : Texts::tr("answered after %1").arg(after);
            break;
        }
        ending = Texts::tr("closed by the server after %1").arg(after);
        break;
    case Outcome::Closed: ending = Texts::tr("disconnected after %1").arg(after); break;
    case Outcome::Aborted: ending = Texts::tr("reset here after %1").arg(after); break;
    case Outcome::Reset: ending = Texts::tr("reset by the server after %1").arg(after); break;
    case Outcome::TimedOut: ending = Texts::tr("timed out after %1").arg(after); break;
    case Outcome::Cancelled: ending = Texts::tr("cancelled after %1").arg(after); break;
    case Outcome::LimitReached: ending = Texts::tr("cut at the limit after %1").arg(after); break;
    case Outcome::Refused: ending = Texts::tr("refused after %1").arg(after); break;
    case Outcome::Unreachable: ending = Texts::tr("unreachable after %1").arg(after); break;
    case Outcome::UnknownHost: ending = Texts::tr("unknown host after %1").arg(after); break;
    case Outcome::Denied:
    case Outcome::OverLimit: break; // of servers
    case Outcome::Failed: ending = Texts::tr("failed after %1").arg(after); break;
    }
    return text.isEmpty() ? ending : text + QStringLiteral(" · ") + ending;
}

} // namespace parley
