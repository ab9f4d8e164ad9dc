// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviour.h"

#include <QString>

#include <memory>
#include <span>

namespace parley
{

/// One of the behaviours that can be chosen.
struct BehaviourKind
{
    const char *name;        ///< `greet-close`, as the command line and the settings spell it
    const char *title;       ///< in a list; untranslated, see behaviourText()
    const char *description; ///< what the peer sees, in a phrase; likewise
    bool stays; ///< until the peer leaves: its deadline counts from the last byte either way, not from accept
    std::unique_ptr<Behaviour> (*make)(const QByteArray &greeting);
};

/// All of them, the default first.
std::span<const BehaviourKind> behaviours();
/// Null where there is none of that name.
const BehaviourKind *findBehaviour(QStringView name);
/// Their names, for a sentence: `greet-close, greet-hold`.
QString behaviourNames();
/// A title or a description in the user's language.
QString behaviourText(const char *text);

} // namespace parley
