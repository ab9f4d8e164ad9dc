// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/remembered_fields.h"

namespace parley
{

void RememberedFields::add(const KeyedTexts &usual, std::function<KeyedTexts()> read)
{
    groups_.push_back({usual, std::move(read), {}});
}

void RememberedFields::start()
{
    for (Group &group : groups_)
        group.initial = group.read();
}

void RememberedFields::saveAlways(const QStringList &keys)
{
    for (Group &group : groups_) {
        for (const QString &key : keys)
            group.initial.remove(key);
    }
}

void RememberedFields::save(Settings &settings, bool all) const
{
    for (const Group &group : groups_) {
        const KeyedTexts texts = group.read();
        for (auto text = texts.begin(); text != texts.end(); ++text) {
            if (all || !group.initial.contains(text.key()) || group.initial.value(text.key()) != text.value())
                settings.setText(text.key(), text.value(), group.usual.value(text.key()));
        }
    }
}

} // namespace parley
