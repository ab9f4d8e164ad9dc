// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QWidget>

class QGridLayout;
class QLineEdit;
class QPushButton;

namespace parley
{

/// The upper part of both windows: host, port and the button in a row, and below them rows across the whole width.
class EndpointForm : public QWidget
{
    Q_OBJECT

public:
    /// Takes over the three widgets.
    EndpointForm(QWidget *host, QLineEdit *port, QPushButton *button);

    /// @param label with its mnemonic.
    void addRow(const QString &label, QWidget *field);

private:
    QGridLayout *const grid_;
};

/// Keeps a button that changes its text as wide as the widest of @p texts needs.
void keepWidth(QPushButton &button, const QStringList &texts);

} // namespace parley
