// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/behaviours.h"

#include "server_gui/behaviours/greet_close.h"
#include "server_gui/behaviours/greet_hold.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

template <typename Kind>
std::unique_ptr<Behaviour> make(const QByteArray &greeting)
{
    return std::make_unique<Kind>(greeting);
}

constexpr std::array kinds{
    BehaviourKind{"greet-close", QT_TRANSLATE_NOOP("Behaviours", "Greet and close"),
                  QT_TRANSLATE_NOOP("Behaviours", "send the greeting, then close"), false, make<GreetClose>},
    BehaviourKind{"greet-hold", QT_TRANSLATE_NOOP("Behaviours", "Greet and hold"),
                  QT_TRANSLATE_NOOP("Behaviours", "send the greeting, then stay until the peer leaves"), true,
                  make<GreetHold>},
};

} // namespace

std::span<const BehaviourKind> behaviours()
{
    return kinds;
}

const BehaviourKind *findBehaviour(QStringView name)
{
    const auto it = std::find_if(kinds.begin(), kinds.end(),
                                 [name](const BehaviourKind &kind) { return name == QLatin1StringView(kind.name); });
    return it == kinds.end() ? nullptr : &*it;
}

QString behaviourNames()
{
    QStringList names;
    for (const BehaviourKind &kind : kinds)
        names.append(QLatin1StringView(kind.name));
    return names.join(u", "_s);
}

QString behaviourText(const char *text)
{
    return QCoreApplication::translate("Behaviours", text);
}

} // namespace parley
