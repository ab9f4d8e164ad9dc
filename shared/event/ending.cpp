// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/ending.h"

#include "shared/message/message.h"

#include <QCoreApplication>
#include <QLocale>

#include <array>
#include <chrono>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Ending)
};

struct Ending
{
    const char *name;
    const char *words;
};

// In the order of Outcome.
constexpr std::array Endings{
    Ending{"open", QT_TRANSLATE_NOOP("Ending", "open")},
    Ending{"complete", QT_TRANSLATE_NOOP("Ending", "complete")},
    Ending{"closed", QT_TRANSLATE_NOOP("Ending", "closed here")},
    Ending{"aborted", QT_TRANSLATE_NOOP("Ending", "reset here")},
    Ending{"no-message", QT_TRANSLATE_NOOP("Ending", "closed without a byte")},
    Ending{"reset", QT_TRANSLATE_NOOP("Ending", "reset by the peer")},
    Ending{"timed-out", QT_TRANSLATE_NOOP("Ending", "timed out")},
    Ending{"cancelled", QT_TRANSLATE_NOOP("Ending", "cancelled")},
    Ending{"limit-reached", QT_TRANSLATE_NOOP("Ending", "too long")},
    Ending{"refused", QT_TRANSLATE_NOOP("Ending", "refused")},
    Ending{"denied", QT_TRANSLATE_NOOP("Ending", "denied")},
    Ending{"over-limit", QT_TRANSLATE_NOOP("Ending", "over the limit")},
    Ending{"unreachable", QT_TRANSLATE_NOOP("Ending", "unreachable")},
    Ending{"unknown-host", QT_TRANSLATE_NOOP("Ending", "unknown host")},
    Ending{"failed", QT_TRANSLATE_NOOP("Ending", "failed")},
    Ending{"to-itself", QT_TRANSLATE_NOOP("Ending", "to itself")},
};

const Ending &endingOf(Outcome outcome)
{
    return Endings[static_cast<std::size_t>(outcome)];
}

} // namespace

const char *outcomeName(Outcome outcome)
{
    return endingOf(outcome).name;
}

const char *endingWords(Outcome outcome, ClosedBy closedBy, Transport transport)
{
    if (outcome == Outcome::Complete && transport == Transport::Udp)
        return QT_TRANSLATE_NOOP("Ending", "answered");
    if (outcome == Outcome::Closed && closedBy == ClosedBy::Both)
        return QT_TRANSLATE_NOOP("Ending", "closed by both");
    if (outcome == Outcome::Closed && closedBy == ClosedBy::Peer)
        return QT_TRANSLATE_NOOP("Ending", "closed by the peer");
    return endingOf(outcome).words;
}

QString outcomeText(Outcome outcome, ClosedBy closedBy, Transport transport)
{
    return QCoreApplication::translate("Ending", endingWords(outcome, closedBy, transport));
}

const char *limitName(Limit::Kind kind)
{
    switch (kind) {
    case Limit::Kind::None: return nullptr;
    case Limit::Kind::Deadline: return "deadline";
    case Limit::Kind::Idle: return "idle";
    case Limit::Kind::AfterFin: return "after-fin";
    case Limit::Kind::TimeOut: return "timeout";
    case Limit::Kind::MessageLength: return "max-bytes";
    case Limit::Kind::Connections: return "max-connections";
    case Limit::Kind::PerPeer: return "max-per-peer";
    }
    Q_UNREACHABLE();
}

QString limitText(const Limit &limit)
{
    const QString time = durationText(std::chrono::milliseconds(limit.value));
    const QString count = QLocale().toString(limit.value);
    switch (limit.kind) {
    case Limit::Kind::None: return {};
    case Limit::Kind::Deadline: return Texts::tr("the deadline of %1 since accept").arg(time);
    case Limit::Kind::Idle: return Texts::tr("the deadline of %1 since the last byte or FIN").arg(time);
    case Limit::Kind::AfterFin: return Texts::tr("%1 after FIN, as there is no deadline").arg(time);
    case Limit::Kind::TimeOut: return Texts::tr("the time-out of %1").arg(time);
    case Limit::Kind::MessageLength: return Texts::tr("the limit of %1").arg(bytesText(limit.value));
    case Limit::Kind::Connections: return Texts::tr("at most %1 at once").arg(count);
    case Limit::Kind::PerPeer: return Texts::tr("at most %1 at once from one address").arg(count);
    }
    Q_UNREACHABLE();
}

} // namespace parley
