// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QWidget>

class QPlainTextEdit;
class QToolButton;

namespace parley
{

class Ladder;

/// Explains one row of a ladder in plain text. Copies a program that does what the whole connection did.
class ExplanationView : public QWidget
{
    Q_OBJECT

public:
    /// @param ladder outlives the view.
    explicit ExplanationView(const Ladder &ladder, QWidget *parent = nullptr);

    /// Explains row @p row; for a negative row, says how to choose one.
    void explain(int row);

Q_SIGNALS:
    /// A sentence for the user that says what became of a command.
    void statusMessage(const QString &text);

private:
    void addCopyAction(const QString &text, const QString &name, QByteArray (*copy)(const struct Exchange &));
    void updateCopying();

    const Ladder &ladder_;
    QPlainTextEdit *const text_;
    QWidget *const copying_;
};

} // namespace parley
