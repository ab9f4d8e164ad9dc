// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/ui/bytes_field.h"

#include <vector>

namespace parley
{

/// A line that was typed, kept under a name.
struct SavedMessage
{
    QString name;
    BytesField::Line line;

    friend bool operator==(const SavedMessage &, const SavedMessage &) = default;
};

/// The saved messages of a window, each name once, in the order in which they are sent.
class SavedMessages
{
public:
    static constexpr std::size_t Most = 100;     ///< messages
    static constexpr qsizetype LongestName = 80; ///< UTF-16 code units

    struct Read;

    /// As the settings keep them (JSON), and back; nothing of a text that is damaged as a whole.
    QString toText() const;
    static std::optional<Read> fromText(const QString &text);

    const std::vector<SavedMessage> &all() const { return messages_; }
    /// The position of @p name; -1 if there is none.
    int find(const QString &name) const;
    /// Why @p message cannot be kept, in one sentence; empty if it can.
    QString problem(const SavedMessage &message) const;
    /// Takes the place of the one of the same name, or comes last. @p message has no problem().
    void put(const SavedMessage &message);
    void remove(int position);
    /// @p from and @p to are positions of messages.
    void move(int from, int to);

private:
    std::vector<SavedMessage> messages_;
};

/// What could be read.
struct SavedMessages::Read
{
    SavedMessages messages;
    QStringList damaged; ///< those that are left out, as a sentence names them: by name, or else by place
};

} // namespace parley
