// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/inspect/bytes_model.h"
#include "shared/ui/file_saver.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;

namespace parley
{

class StatusLabel;

/// Shows the bytes of a connection, with a line to find some. Its actions (find, copy, save) are also its context menu.
/// Their shortcuts work only while it has the focus.
class BytesView : public QWidget
{
    Q_OBJECT

public:
    /// @param model outlives the view.
    explicit BytesView(BytesModel &model, QWidget *parent = nullptr);

    /// The least width that has room for sixteen bytes a row.
    int wideWidth() const;
    /// Goes to the bytes that event number @p event moved, if it moved any.
    void goToEvent(std::size_t event);

Q_SIGNALS:
    /// The user has triggered an action of this view, which another page may hide.
    void showRequested();
    /// The current row belongs to event number @p event.
    void eventChosen(std::size_t event);
    /// The user wants to save all kept bytes of one direction.
    void saveRequested(const parley::FileSaver::Kind &kind, const parley::FileSaver::Snapshot &snapshot);

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
    void save(BytesModel::Direction direction);
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
