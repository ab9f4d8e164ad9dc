// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/saved_messages.h"

#include "shared/message/quoted.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(SavedMessages)
};

std::optional<SavedMessage> messageOf(const QJsonValue &value)
{
    const QJsonObject object = value.toObject();
    const QString mode = object.value(u"mode"_s).toString();
    const SavedMessage message{
        object.value(u"name"_s).toString(),
        {mode == u"hex", object.value(u"text"_s).toString(), object.value(u"ending"_s).toString()}};
    if ((mode != u"text" && mode != u"hex") || !BytesField::endings().contains(message.line.ending))
        return std::nullopt;
    return message;
}

} // namespace

QString SavedMessages::toText() const
{
    QJsonArray array;
    for (const SavedMessage &message : messages_)
        array.append(QJsonObject{{u"name"_s, message.name},
                                 {u"mode"_s, message.line.isHex ? u"hex"_s : u"text"_s},
                                 {u"text"_s, message.line.text},
                                 {u"ending"_s, message.line.ending}});
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

std::optional<SavedMessages::Read> SavedMessages::fromText(const QString &text)
{
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
    if (!document.isArray())
        return std::nullopt;
    Read read;
    int place = 0;
    for (const QJsonValue &value : document.array()) {
        ++place;
        const auto message = messageOf(value);
        if (message && read.messages.find(message->name) < 0 && read.messages.problem(*message).isEmpty()) {
            read.messages.put(*message);
            continue;
        }
        const QString name = value.toObject().value(u"name"_s).toString();
        read.damaged.append(name.isEmpty() ? Texts::tr("number %1").arg(QLocale().toString(place)) : quoted(name));
    }
    return read;
}

int SavedMessages::find(const QString &name) const
{
    const auto found = std::find_if(messages_.begin(), messages_.end(),
                                    [&name](const SavedMessage &message) { return message.name == name; });
    return found == messages_.end() ? -1 : static_cast<int>(found - messages_.begin());
}

QString SavedMessages::problem(const SavedMessage &message) const
{
    if (message.name.isEmpty())
        return Texts::tr("Give the message a name.");
    if (message.name.size() > LongestName)
        return Texts::tr("The name is longer than %1 characters: give a shorter one.")
            .arg(QLocale().toString(LongestName));
    if (message.line.text.isEmpty() || message.line.text.size() > BytesField::LongestText)
        return Texts::tr("There is no line to save: type one of at most %1 characters.")
            .arg(QLocale().toString(BytesField::LongestText));
    if (find(message.name) < 0 && messages_.size() == Most)
        return Texts::tr("There are %1 messages, the most that are kept: delete one.").arg(QLocale().toString(Most));
    return {};
}

void SavedMessages::put(const SavedMessage &message)
{
    if (const int position = find(message.name); position >= 0)
        messages_[static_cast<std::size_t>(position)] = message;
    else
        messages_.push_back(message);
}

void SavedMessages::remove(int position)
{
    messages_.erase(messages_.begin() + position);
}

void SavedMessages::move(int from, int to)
{
    const SavedMessage moved = messages_.at(static_cast<std::size_t>(from));
    remove(from);
    messages_.insert(messages_.begin() + to, moved);
}

} // namespace parley
