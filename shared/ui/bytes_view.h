// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/bytes_model.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;

namespace parley
{

class StatusLabel;

/// Shows the bytes of a connection, with a line to find some. Its actions (find, copy, save) are also its context menu;
/// their shortcuts hold only while it has the focus.
class BytesView : public QWidget
{
    Q_OBJECT

public:
    /// @param model outlives the view.
    explicit BytesView(BytesModel &model, QWidget *parent = nullptr);

    /// Goes to the bytes that event number @p event moved, if it did.
    void goToEvent(std::size_t event);

    /// Writes all that is kept of @p direction into @p fileName. Returns what went wrong; empty if nothing did.
    QString save(BytesModel::Direction direction, const QString &fileName) const;

Q_SIGNALS:
    /// The current row is one of event number @p event.
    void eventChosen(std::size_t event);
    /// For the user: what became of a command.
    void said(const QString &text);

protected:
    bool eventFilter(QObject *object, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class Delegate;

    void addActions();
    void openFind();
    void closeFind();
    void findNext();
    void copy();
    void saveAs(BytesModel::Direction direction);
    void fit();
    void showOmission();

    BytesModel &model_;
    QListView *const list_;
    QLabel *const omission_;
    QWidget *const findBar_;
    QLineEdit *const needle_;
    StatusLabel *const found_;
};

} // namespace parley
