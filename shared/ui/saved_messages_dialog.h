// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/socket/repeated_send.h"
#include "shared/ui/saved_messages.h"

#include <QDialog>

class QLineEdit;
class QPushButton;
class QSpinBox;
class QStandardItemModel;

namespace parley
{

class StatusLabel;
class TableView;

/// Saves the line that is typed under a name, and sends saved messages one after the other: those that are selected, or
/// else all. To be opened with open(); it deletes itself.
class SavedMessagesDialog : public QDialog
{
    Q_OBJECT

public:
    /// @param typed the line in the field, which can be saved.
    /// @param every the pause that the field begins with.
    SavedMessagesDialog(const SavedMessages &messages, const BytesField::Line &typed, TextEncoding encoding,
                        std::chrono::milliseconds every, QWidget *parent);

Q_SIGNALS:
    void changed(const parley::SavedMessages &messages);
    /// To be put into the field.
    void chosen(const parley::BytesField::Line &line);
    /// @p plan counts single messages.
    void send(const QByteArrayList &messages, const parley::RepeatedSend::Plan &plan);

private:
    void build();
    /// In the order of the list.
    QList<int> selected() const;
    void save();
    void remove();
    void move(int step);
    void sendSelected();
    void showAll(const QList<int> &selection);
    void showState();

    SavedMessages messages_;
    const BytesField::Line typed_;
    const TextEncoding encoding_;

    QLineEdit *const name_;
    QPushButton *const save_;
    QStandardItemModel *const shown_; // name and message of each
    TableView *const list_;
    QPushButton *const choose_;
    QPushButton *const delete_;
    QPushButton *const up_;
    QPushButton *const down_;
    QSpinBox *const every_;
    QSpinBox *const rounds_;
    StatusLabel *const problem_;
    QPushButton *send_ = nullptr;
};

} // namespace parley
