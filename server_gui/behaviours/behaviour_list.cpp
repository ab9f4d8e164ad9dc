// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/behaviours/behaviour_list.h"

#include "server_gui/behaviours/delay.h"
#include "server_gui/behaviours/discard.h"
#include "server_gui/behaviours/drip.h"
#include "server_gui/behaviours/echo.h"
#include "server_gui/behaviours/greet_close.h"
#include "server_gui/behaviours/greet_hold.h"
#include "server_gui/behaviours/half_close.h"
#include "server_gui/behaviours/random.h"
#include "server_gui/behaviours/reset.h"
#include "server_gui/behaviours/silent.h"
#include "server_gui/behaviours/stall.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

using Values = BehaviourKind::Values;

template <typename Kind>
std::unique_ptr<Behaviour> make(const QByteArray &greeting, const Values &)
{
    if constexpr (std::is_default_constructible_v<Kind>)
        return std::make_unique<Kind>();
    else
        return std::make_unique<Kind>(greeting);
}

std::unique_ptr<Behaviour> makeHold(const QByteArray &greeting, const Values &values)
{
    return std::make_unique<GreetHold>(greeting, values[0] != 0);
}

std::unique_ptr<Behaviour> makeDrip(const QByteArray &greeting, const Values &values)
{
    return std::make_unique<Drip>(greeting, values[0], std::chrono::milliseconds(values[1]));
}

std::unique_ptr<Behaviour> makeDelay(const QByteArray &greeting, const Values &values)
{
    return std::make_unique<Delay>(greeting, std::chrono::milliseconds(values[0]));
}

std::unique_ptr<Behaviour> makeReset(const QByteArray &greeting, const Values &values)
{
    return std::make_unique<Reset>(greeting, values[0]);
}

std::unique_ptr<Behaviour> makeRandom(const QByteArray &, const Values &values)
{
    return std::make_unique<Random>(values[0], static_cast<quint64>(values[1]));
}

constexpr qint64 Hour = 3'600'000; // ms
constexpr qint64 MiB = 1024 * 1024;

constexpr std::array hold{
    BehaviourParameter{"stay", "", 0, 1, 0, QT_TRANSLATE_NOOP("Behaviours", "go on sending after the peer's FIN")},
};
constexpr std::array drip{
    BehaviourParameter{"bytes", "bytes", 1, MiB, 1, QT_TRANSLATE_NOOP("Behaviours", "bytes at a time")},
    BehaviourParameter{"every", "ms", 1, Hour, 100, QT_TRANSLATE_NOOP("Behaviours", "time from one piece to the next")},
};
constexpr std::array delay{
    BehaviourParameter{"after", "ms", 1, Hour, 1000,
                       QT_TRANSLATE_NOOP("Behaviours", "time from accept to the greeting")},
};
constexpr std::array reset{
    BehaviourParameter{"after", "bytes", 0, 16 * MiB, 5,
                       QT_TRANSLATE_NOOP("Behaviours", "bytes of the greeting before the reset")},
};
constexpr std::array garbage{
    BehaviourParameter{"bytes", "bytes", 1, 1024 * MiB, 1024, QT_TRANSLATE_NOOP("Behaviours", "bytes in all")},
    BehaviourParameter{"seed", "", 0, std::numeric_limits<int>::max(), 1,
                       QT_TRANSLATE_NOOP("Behaviours", "the same seed makes the same bytes")},
};

constexpr std::array kinds{
    BehaviourKind{"greet-close", QT_TRANSLATE_NOOP("Behaviours", "Greet and close"),
                  QT_TRANSLATE_NOOP("Behaviours", "send the greeting, then close"), false, make<GreetClose>},
    BehaviourKind{"greet-hold", QT_TRANSLATE_NOOP("Behaviours", "Greet and hold"),
                  QT_TRANSLATE_NOOP("Behaviours", "send the greeting, then stay until the peer leaves"), true, makeHold,
                  hold},
    BehaviourKind{"echo", QT_TRANSLATE_NOOP("Behaviours", "Echo"),
                  QT_TRANSLATE_NOOP("Behaviours", "send back what the peer sends"), true, make<Echo>},
    BehaviourKind{"silent", QT_TRANSLATE_NOOP("Behaviours", "Silent"),
                  QT_TRANSLATE_NOOP("Behaviours", "accept, then neither send nor read"), true, make<Silent>},
    BehaviourKind{"drip", QT_TRANSLATE_NOOP("Behaviours", "Drip"),
                  QT_TRANSLATE_NOOP("Behaviours", "send the greeting a few bytes at a time, then close"), true,
                  makeDrip, drip},
    BehaviourKind{"delay", QT_TRANSLATE_NOOP("Behaviours", "Delay"),
                  QT_TRANSLATE_NOOP("Behaviours", "send the greeting after a while, then close"), true, makeDelay,
                  delay},
    BehaviourKind{"stall", QT_TRANSLATE_NOOP("Behaviours", "Stall"),
                  QT_TRANSLATE_NOOP("Behaviours", "send half of the greeting, then nothing more"), true, make<Stall>},
    BehaviourKind{"reset", QT_TRANSLATE_NOOP("Behaviours", "Reset"),
                  QT_TRANSLATE_NOOP("Behaviours", "send the beginning of the greeting, then RST"), false, makeReset,
                  reset},
    BehaviourKind{"half-close", QT_TRANSLATE_NOOP("Behaviours", "Half-close"),
                  QT_TRANSLATE_NOOP("Behaviours", "send the greeting and FIN, then read until the peer leaves"), true,
                  make<HalfClose>},
    BehaviourKind{"discard", QT_TRANSLATE_NOOP("Behaviours", "Discard"),
                  QT_TRANSLATE_NOOP("Behaviours", "read everything, answer nothing"), true, make<Discard>},
    BehaviourKind{"random", QT_TRANSLATE_NOOP("Behaviours", "Random"),
                  QT_TRANSLATE_NOOP("Behaviours", "send reproducible random bytes, then close"), false, makeRandom,
                  garbage},
};

template <typename Range>
QString namesOf(const Range &range)
{
    QStringList names;
    for (const auto &named : range)
        names.append(QLatin1StringView(named.name));
    return names.join(u", "_s);
}

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(BehaviourChoice)
};

} // namespace

std::span<const BehaviourKind> behaviours()
{
    return kinds;
}

QString behaviourText(const char *text)
{
    return QCoreApplication::translate("Behaviours", text);
}

BehaviourChoice::BehaviourChoice(const BehaviourKind &chosen) : kind(&chosen)
{
    std::transform(chosen.parameters.begin(), chosen.parameters.end(), values.begin(),
                   [](const BehaviourParameter &parameter) { return parameter.usual; });
}

std::variant<BehaviourChoice, QString> BehaviourChoice::parse(const QString &text)
{
    const auto isNamed = [](const QString &name) {
        return [&name](const auto &named) { return name == QLatin1StringView(named.name); };
    };
    const qsizetype colon = text.indexOf(u':');
    const QString name = text.first(colon < 0 ? text.size() : colon);
    const auto kind = std::find_if(kinds.begin(), kinds.end(), isNamed(name));
    if (kind == kinds.end())
        return Texts::tr("“%1” is not a behaviour: give one of %2.").arg(name, namesOf(kinds));

    BehaviourChoice choice(*kind);
    if (colon < 0)
        return choice;
    if (kind->parameters.empty())
        return Texts::tr("“%1”: %2 has no parameters.").arg(text, name);
    for (const QString &part : text.sliced(colon + 1).split(u',')) {
        const qsizetype equals = part.indexOf(u'=');
        const QString key = part.first(equals < 0 ? part.size() : equals);
        const auto parameter = std::find_if(kind->parameters.begin(), kind->parameters.end(), isNamed(key));
        if (equals < 0 || parameter == kind->parameters.end())
            return Texts::tr("“%1”: the parameters of %2 are %3, each with = and a number.")
                .arg(part, name, namesOf(kind->parameters));
        bool isNumber = false;
        const qint64 value = part.sliced(equals + 1).toLongLong(&isNumber);
        if (!isNumber || value < parameter->least || value > parameter->most)
            return Texts::tr("“%1”: give a whole number from %2 to %3%4.")
                .arg(part, QString::number(parameter->least), QString::number(parameter->most),
                     *parameter->unit ? u" ("_s + QLatin1StringView(parameter->unit) + u')' : QString());
        choice.values[static_cast<std::size_t>(parameter - kind->parameters.begin())] = value;
    }
    return choice;
}

QString BehaviourChoice::toString() const
{
    QStringList parts;
    for (std::size_t i = 0; i < kind->parameters.size(); ++i) {
        if (values[i] != kind->parameters[i].usual)
            parts.append(QLatin1StringView(kind->parameters[i].name) + u'=' + QString::number(values[i]));
    }
    const QString name = QLatin1StringView(kind->name);
    return parts.isEmpty() ? name : name + u':' + parts.join(u',');
}

} // namespace parley
