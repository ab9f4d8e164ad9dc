// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/ui/settings.h"

#include <functional>
#include <vector>

namespace parley
{

/// The fields of a window that are remembered, each value under a key of the settings.
///
/// What the user has changed is saved. What a field started with is saved already, or was given on the command line for
/// this once.
class RememberedFields
{
public:
    /// @p read returns what the fields have now, always with the same keys; or nothing while it is not to be saved, as
    /// when it is wrong. @p usual is what they have where nothing is saved.
    void add(const KeyedTexts &usual, std::function<KeyedTexts()> read);
    /// Takes what the fields have now for what they started with.
    void start();
    /// Saves these keys even where nothing was changed: another window of the program may have saved others meanwhile.
    void saveAlways(const QStringList &keys);
    /// @param all as the settings are written anew.
    void save(Settings &settings, bool all) const;

private:
    struct Group
    {
        KeyedTexts usual;
        std::function<KeyedTexts()> read;
        KeyedTexts initial;
    };

    std::vector<Group> groups_;
};

} // namespace parley
