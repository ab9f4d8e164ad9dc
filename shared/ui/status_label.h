// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QLabel>
#include <QLayout>
#include <QMainWindow>
#include <QStatusBar>

namespace parley
{

/// A line of plain text that tells a state. A screen reader gets the text as the description, because a QLabel's
/// accessible name would hide it.
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
    }

    void showText(const QString &text)
    {
        setText(text);
        setAccessibleDescription(text);
    }
};

/// Makes @p label the text of @p window's status bar, in line with what is above it in @p content.
inline void addToStatusBar(QMainWindow &window, const QWidget &content, StatusLabel *label)
{
    QStatusBar *bar = window.statusBar();
    bar->addWidget(label, 1);
    bar->setSizeGripEnabled(false); // the window's frame has one
    constexpr int own = 2;          // QStatusBar::reformat() leaves as much at the left by itself
    bar->setContentsMargins(content.layout()->contentsMargins().left() - own, 0, 0, 0);
}

} // namespace parley
