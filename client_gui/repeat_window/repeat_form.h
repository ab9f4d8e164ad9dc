// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/repeat/repeat_result.h"
#include "shared/ui/remembered_fields.h"

#include <QWidget>

#include <optional>
#include <utility>
#include <variant>
#include <vector>

class QDoubleSpinBox;
class QLineEdit;
class QSpinBox;

namespace parley
{

struct ClientOptions;

/// The fields of a run, each with its range below it.
class RepeatForm : public QWidget
{
    Q_OBJECT

public:
    explicit RepeatForm(QWidget *parent = nullptr);

    /// Of the expected text. Bytes of the command line stay, and are shown anew.
    void setEncoding(TextEncoding encoding);
    /// A run whose connections are like @p one, or one sentence that says what is wrong with the fields.
    std::variant<RepeatRequest, QString> request(const ConnectRequest &one) const;

    void restoreSettings(Settings &settings);
    /// Takes the values of the command line in place of the restored ones.
    void setOptions(const ClientOptions &options);
    /// @param all true: the settings are written anew; false: only the user's changes are saved.
    void saveSettings(Settings &settings, bool all) const;

Q_SIGNALS:
    /// The Enter key was pressed in a field.
    void submitted();

private:
    KeyedTexts values() const;

    TextEncoding encoding_ = TextEncoding::Utf8;
    std::optional<QByteArray> givenExpected_; // of the command line, and not edited since
    QSpinBox *count_;
    QDoubleSpinBox *lasting_;
    QSpinBox *concurrency_;
    QDoubleSpinBox *rate_;
    QDoubleSpinBox *hold_;
    QSpinBox *exchanges_;
    QSpinBox *answerBytes_;
    QLineEdit *expected_;
    QLineEdit *source_;
    RememberedFields remembered_;
};

} // namespace parley
