// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QList>
#include <QRegularExpression>

// What a program printed.

namespace parley::test
{

/// One line with its line feed, and neither an empty one nor blanks around it.
inline bool isOneLine(const QByteArray &text)
{
    return text.size() > 1 && text.count('\n') == 1 && text == text.trimmed() + '\n';
}

inline bool matches(const QByteArray &text, const QString &pattern)
{
    return QRegularExpression(pattern).match(QString::fromUtf8(text)).hasMatch();
}

/// The port in `Listening on ('…', PORT)`; empty where there is none.
inline QString portIn(const QByteArray &announcement)
{
    static const QRegularExpression pattern(QStringLiteral(R"(^Listening on \('[^']*', (\d+)(?:, \d+, \d+)?\)$)"));
    return pattern.match(QString::fromUtf8(announcement)).captured(1);
}

/// The lines of JSON Lines as objects; one that is none is an empty object.
inline QList<QJsonObject> jsonObjects(const QByteArray &lines)
{
    QList<QJsonObject> objects;
    for (const QByteArray &line : lines.chopped(lines.endsWith('\n') ? 1 : 0).split('\n'))
        objects << QJsonDocument::fromJson(line).object();
    return objects;
}

/// The first event of @p call in JSON Lines; an empty object if there is none.
inline QJsonObject firstEvent(const QByteArray &lines, const QString &call)
{
    for (const QByteArray &line : lines.split('\n')) {
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        if (object.value(QStringLiteral("call")) == call)
            return object;
    }
    return {};
}

} // namespace parley::test
