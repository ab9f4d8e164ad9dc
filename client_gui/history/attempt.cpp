// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/attempt.h"

#include "client_gui/history/connect_diagnosis.h"

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
    case Call::Bind: bindError = event.errorNumber(); break;
    case Call::Connect:
        peer = event.peer();
        if (event.errorNumber() == 0)
            connectedAt = event.time();
        break;
    case Call::GetSockName: local = event.local(); break;
    case Call::Shutdown: sendingShut = event.errorNumber() == 0; break;
    case Call::SendTo:
        peer = event.peer();
        collects = true;
        if (event.errorNumber() == 0)
            connectedAt = event.time(); // as far as datagrams can be
        break;
    case Call::Recv:
    case Call::RecvFrom:
        receivedBytes += event.payload().size();
        if (!event.payload().isEmpty() || (isDatagram() && event.errorNumber() == 0))
            ++reads;
        peerShut = peerShut || (!isDatagram() && event.payload().isEmpty() && event.errorNumber() == 0);
        if (isDatagram() && event.errorNumber() == 0 && answeredAt < 0)
            answeredAt = event.time();
        break;
    case Call::End:
        ended = event.time();
        outcome = event.outcome();
        error = event.errorNumber();
        closedBy = event.closedBy();
        break;
    default: break;
    }
}

bool Attempt::isDatagram() const
{
    return request.endpoint.transport == Transport::Udp;
}

bool Attempt::isIncomplete() const
{
    const bool asWanted = outcome == Outcome::Complete || outcome == Outcome::Closed || outcome == Outcome::Aborted;
    return receivedBytes > 0 && !isUnderWay() && !asWanted;
}

/// What is known of the outcome: an answer is one, whatever comes after it.
Outcome Attempt::knownOutcome() const
{
    return isUnderWay() && isAnswered() ? Outcome::Complete : outcome;
}

QString Attempt::resultText() const
{
    const Outcome known = knownOutcome();
    if (known == Outcome::None && isDatagram())
        return connectedAt < 0 ? Texts::tr("sending…") : Texts::tr("waiting for an answer…");
    if (known == Outcome::None)
        return connectedAt < 0 ? Texts::tr("connecting…")
               : sendingShut   ? Texts::tr("half-closed here")
               : peerShut      ? Texts::tr("half-closed by the peer")
               : request.stays ? Texts::tr("connected") // perhaps nobody says anything for long
                               : Texts::tr("receiving…");
    QString text = outcomeText(known, closedBy, request.endpoint.transport);
    if (known == Outcome::Complete)
        return Texts::tr("%1, %2").arg(text, bytesText(receivedBytes));
    if (receivedBytes > 0)
        text = Texts::tr("%1 after %2").arg(text, bytesText(receivedBytes));
    return outcome == Outcome::Failed ? Texts::tr("%1: %2").arg(text, reasonOf(*this).cause) : text;
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
    const Outcome known = knownOutcome();
    const bool tellsAnswer = known == Outcome::Complete && isAnswered();
    const QString after = durationText(std::chrono::nanoseconds(tellsAnswer ? answeredAt - started : duration()));
    QString ending;
    if (known == Outcome::None && connectedAt < 0 && !isDatagram())
        ending = Texts::tr("connecting to %1…").arg(request.endpoint.toString());
    else if (known == Outcome::None && sendingShut)
        ending = Texts::tr("half-closed here, receiving…");
    else if (known == Outcome::None)
        ending = resultText();
    else if (known == Outcome::Complete && collects)
        ending = Texts::tr("collected for %1").arg(after);
    else
        ending = Texts::tr("%1 after %2").arg(outcomeText(known, closedBy, request.endpoint.transport), after);
    return text.isEmpty() ? ending : text + QStringLiteral(" · ") + ending;
}

} // namespace parley
