// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QWidget>

class QPlainTextEdit;
class QToolButton;

namespace parley
{

class Ladder;

/// Explains one row of a ladder in plain text, and copies what the whole connection did as a program.
class ExplanationView : public QWidget
{
    Q_OBJECT

public:
    /// @param ladder outlives the view.
    explicit ExplanationView(const Ladder &ladder, QWidget *parent = nullptr);

    /// Row @p row; of a negative one, how to choose one.
    void explain(int row);

Q_SIGNALS:
    /// For the user: what became of a command.
    void said(const QString &text);

private:
    void addCopyAction(const QString &text, const QString &name, QByteArray (*copy)(const struct Exchange &));
    void updateCopying();

    const Ladder &ladder_;
    QPlainTextEdit *const text_;
    QWidget *const copying_;
};

} // namespace parley
