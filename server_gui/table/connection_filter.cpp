// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_filter.h"

#include <QHashFunctions>
#include <QLocale>

#include <algorithm>
#include <array>
#include <charconv>

namespace parley
{

namespace
{

QByteArray folded(const QString &text)
{
    return text.toCaseFolded().toUtf8();
}

/// The decimal digits of a number, without allocation, because a filter needs them a million times.
class Digits
{
public:
    explicit Digits(quint64 number) : end_(std::to_chars(text_.begin(), text_.end(), number).ptr) {}
    bool contains(QByteArrayView digits) const { return QByteArrayView(text_.data(), end_).contains(digits); }

private:
    std::array<char, 20> text_; // 2^64 has 20
    const char *const end_;
};

} // namespace

ConnectionFilter::ConnectionFilter(const QString &text)
{
    const QLocale locale;
    const QStringList words = text.simplified().split(u' ', Qt::SkipEmptyParts);
    for (const QString &word : words.first(std::min<qsizetype>(words.size(), MaxWords))) {
        const bool isPlain = std::ranges::all_of(word, [](QChar c) { return c >= u'0' && c <= u'9'; });
        bool isGrouped = word.contains(locale.groupSeparator());
        const quint64 number = isGrouped ? locale.toULongLong(word, &isGrouped) : 0;
        const QByteArray digits = isPlain ? word.toLatin1() : isGrouped ? QByteArray::number(number) : QByteArray();
        words_.push_back({folded(word), digits});
    }
    progresses_.fill({{}, wordsIn(ConnectionRecord::Progress().text())});
}

ConnectionFilter::WordSet ConnectionFilter::wordsIn(const QString &text) const
{
    const QByteArray where = folded(text);
    WordSet found = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
        if (where.contains(words_[i].text))
            found |= WordSet(1) << i;
    }
    return found;
}

ConnectionFilter::WordSet ConnectionFilter::wordsIn(const ConnectionRecord::Progress &progress)
{
    const std::size_t hash = qHashMulti(0, static_cast<int>(progress.outcome), progress.sendingShut, progress.peerShut,
                                        progress.asked, progress.answered, progress.delivered);
    auto &found = progresses_[hash % progresses_.size()];
    if (found.value != progress)
        found = {progress, wordsIn(progress.text())};
    return found.words;
}

ConnectionFilter::WordSet ConnectionFilter::wordsIn(const Address &host)
{
    auto &found = hosts_[qHashBits(host.bytes().data(), host.bytes().size()) % hosts_.size()];
    if (found.value != host)
        found = {host, wordsIn(QString::fromUtf8(host.host()))};
    return found.words;
}

bool ConnectionFilter::matches(const ConnectionRecord &record)
{
    const WordSet found = wordsIn(record.progress) | wordsIn(record.peer.withPort(0));
    const Digits number(record.number);
    const Digits port(record.peer.port());
    const bool hasPort = record.peer.family() != Address::Family::Unix;
    for (std::size_t i = 0; i < words_.size(); ++i) {
        if (found >> i & 1)
            continue;
        const QByteArray &digits = words_[i].digits;
        if (digits.isEmpty() || !(number.contains(digits) || (hasPort && port.contains(digits))))
            return false;
    }
    return true;
}

} // namespace parley
