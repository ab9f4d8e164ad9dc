// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

#include <QString>

#include <array>
#include <memory>
#include <span>
#include <variant>

namespace parley
{

/// A whole number that a behaviour can be given. The command line, the window and the settings all follow from it.
struct BehaviourParameter
{
    const char *name; ///< `every`, as the command line and the settings spell it
    const char *unit; ///< of the value: `bytes`, `ms`, or nothing
    qint64 least;
    qint64 most; ///< no more than fits an int
    qint64 usual;
    const char *meaning; ///< in a phrase; untranslated, see behaviourText()

    /// Rather than a number: 1 for yes, 0 for no.
    constexpr bool isSwitch() const { return least == 0 && most == 1; }
};

/// One of the behaviours that can be chosen.
struct BehaviourKind
{
    static constexpr std::size_t MostParameters = 2;
    using Values = std::array<qint64, MostParameters>; ///< in the order of the parameters

    const char *name;        ///< `greet-close`, as the command line and the settings spell it
    const char *title;       ///< in a list; untranslated, see behaviourText()
    const char *description; ///< what the server does, in a phrase; untranslated, too
    bool stays; ///< until the peer leaves: the deadline counts from the last byte either way, not from accept
    std::unique_ptr<Behaviour> (*make)(const QByteArray &greeting, const Values &values);
    std::span<const BehaviourParameter> parameters = {};
};

/// All kinds, the default first.
std::span<const BehaviourKind> behaviours();
/// A text of a kind in the user's language.
QString behaviourText(const char *text);

/// A behaviour with its parameters: `drip`, or `drip:bytes=1,every=100`. Parameters that are not named have their usual
/// values.
struct BehaviourChoice
{
    BehaviourChoice() : BehaviourChoice(behaviours().front()) {}
    explicit BehaviourChoice(const BehaviourKind &chosen);

    /// The choice, or one sentence that names what is wrong with @p text.
    static std::variant<BehaviourChoice, QString> parse(const QString &text);
    /// The text that parse() takes, without the usual values.
    QString toString() const;

    std::unique_ptr<Behaviour> make(const QByteArray &greeting) const { return kind->make(greeting, values); }

    friend bool operator==(const BehaviourChoice &, const BehaviourChoice &) = default;

    const BehaviourKind *kind;
    BehaviourKind::Values values{};
};

} // namespace parley
