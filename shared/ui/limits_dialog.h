// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QDialog>

#include <functional>

class QGridLayout;

namespace parley
{

class NoticeBar;

/// The one place of a window's limits: each with its field and, below it, what it protects from. Values that cannot be
/// taken keep the dialog open and are named in its notice.
class LimitsDialog : public QDialog
{
    Q_OBJECT

public:
    /// @param apply takes the fields' values over, all or none; returns a sentence where one cannot be taken.
    LimitsDialog(QWidget *parent, std::function<QString()> apply);

    /// @param label with its mnemonic. @param objectName for @p field.
    void addLimit(const QString &label, QWidget *field, const QString &objectName, const QString &meaning);

    void accept() override;

protected:
    void showEvent(QShowEvent *event) override;

private:
    const std::function<QString()> apply_;
    QGridLayout *const grid_;
    NoticeBar *const notice_;
};

} // namespace parley
