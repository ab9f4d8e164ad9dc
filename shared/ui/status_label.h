// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QLabel>

namespace parley
{

/// A line of plain text that tells a state. A screen reader gets the text as the description: a QLabel's accessible
/// name would hide it.
class StatusLabel : public QLabel
{
    Q_OBJECT

public:
    explicit StatusLabel(const QString &objectName, const QString &accessibleName, QWidget *parent = nullptr)
        : QLabel(parent)
    {
        setObjectName(objectName);
        setAccessibleName(accessibleName);
        setTextFormat(Qt::PlainText);
        setContentsMargins(2, 0, 2, 0);
    }

    void showText(const QString &text)
    {
        setText(text);
        setAccessibleDescription(text);
    }
};

} // namespace parley
