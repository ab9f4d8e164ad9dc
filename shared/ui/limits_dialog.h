// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QDialog>

#include <functional>

class QGridLayout;
class QScrollArea;

namespace parley
{

class NoticeBar;

/// The one place for a window's limits. Each has a field, and below it a line that says what it protects from. The
/// dialog stays open while a value is wrong, and its notice names that value.
class LimitsDialog : public QDialog
{
    Q_OBJECT

public:
    /// @param apply takes over all of the fields' values or none; returns a sentence if one is wrong.
    /// @param restore puts the defaults into the fields, where they wait to be applied.
    LimitsDialog(QWidget *parent, std::function<QString()> apply, const std::function<void()> &restore);

    /// @param label with its mnemonic. @param objectName for @p field.
    void addLimit(const QString &label, QWidget *field, const QString &objectName, const QString &meaning);

    void accept() override;

protected:
    void showEvent(QShowEvent *event) override;

private:
    const std::function<QString()> apply_;
    QGridLayout *const grid_;
    QScrollArea *const fields_; // where the screen is too small for all
    NoticeBar *const notice_;
};

} // namespace parley
