// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/server.h"
#include "shared/loop/io_thread.h"

#include <QWidget>

class QPushButton;
class QSpinBox;

namespace parley
{

class StatusLabel;

/// How many connections wait in the server's accept queue, how many may, and the buttons that let them in while accept
/// is held. It is there while accept is held, while it fails for lack of resources, or as long as the user wants it;
/// the engine is asked no longer than that.
class AcceptQueueBar : public QWidget
{
    Q_OBJECT

public:
    AcceptQueueBar(IoThread<Server> &server, int backlog, QWidget *parent = nullptr);

    /// For the window's menus: holds accept; shows the bar in any case.
    QAction *holdAction() const { return holdAction_; }
    QAction *showAction() const { return showAction_; }
    /// What the queue is to hold, from now on and of each listener to come.
    int backlog() const;

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void hold(bool hold);
    void appearIfWanted();
    void showQueue(bool exists, std::optional<native::AcceptQueue> queue);
    QString queueText(std::optional<native::AcceptQueue> queue) const;

    IoThread<Server> &server_;
    QAction *const holdAction_;
    QAction *const showAction_;
    StatusLabel *const label_;
    QSpinBox *const backlog_;
    QPushButton *const acceptOne_;
    QPushButton *const acceptAll_;
    bool starved_ = false;
};

} // namespace parley
