// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/repeat/repeat_result.h"
#include "shared/ui/remembered_fields.h"

#include <QWidget>

#include <utility>
#include <variant>
#include <vector>

class QDoubleSpinBox;
class QLineEdit;
class QSpinBox;

namespace parley
{

struct ClientOptions;

/// The fields that say what a run is to do, each with its range below it.
class RepeatForm : public QWidget
{
    Q_OBJECT

public:
    explicit RepeatForm(QWidget *parent = nullptr);

    /// The run of which @p one is a single connection; or what is wrong with the fields, in one sentence.
    std::variant<RepeatRequest, QString> request(const ConnectRequest &one) const;

    void restoreSettings(Settings &settings);
    /// Takes what was given on the command line, in place of what was restored.
    void setOptions(const ClientOptions &options);
    /// @param all as the settings are written anew; or else only what the user has changed.
    void saveSettings(Settings &settings, bool all) const;

Q_SIGNALS:
    /// The Enter key was pressed in a field.
    void submitted();

private:
    KeyedTexts values() const;

    QSpinBox *count_;
    QSpinBox *concurrency_;
    QDoubleSpinBox *rate_;
    QDoubleSpinBox *hold_;
    QLineEdit *expected_;
    QLineEdit *source_;
    RememberedFields remembered_;
};

} // namespace parley
