// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/table/connection_record.h"

#include <QByteArray>
#include <QString>

#include <array>
#include <vector>

namespace parley
{

/// Words between blanks, each of which has to occur in the number, the peer's address, its port or the state of a
/// connection as the table shows them, in upper or lower case. Without a word everything matches.
///
/// Remembers its last results, because many connections are alike. Each thread needs a copy of its own.
class ConnectionFilter
{
public:
    static constexpr int MaxWords = 32; ///< those after them are ignored

    explicit ConnectionFilter(const QString &text = {});

    bool isEmpty() const { return words_.empty(); }
    bool matches(const ConnectionRecord &record);

private:
    using WordSet = quint32; // a bit for each word

    struct Word
    {
        QByteArray text;   // case-folded UTF-8
        QByteArray digits; // of a number, without group separators, which ports and numbers do not have; or empty
    };

    /// The words that were found in the texts of the last values.
    template <typename Value>
    struct Found
    {
        Value value;
        WordSet words = 0;
    };
    template <typename Value>
    using Cache = std::array<Found<Value>, 64>;

    WordSet wordsIn(const QString &text) const;
    WordSet wordsIn(const ConnectionRecord::Progress &progress);
    WordSet wordsIn(const Address &host);

    std::vector<Word> words_;
    Cache<ConnectionRecord::Progress> progresses_;
    Cache<Address> hosts_;
};

} // namespace parley
