// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/server.h"
#include "shared/loop/io_thread.h"
#include "shared/socket/local_listeners.h"

#include <QStringList>
#include <QWidget>

#include <memory>

class QPushButton;
class QSpinBox;

namespace parley
{

class QueueBoxes;
class StatusLabel;

/// Shows how many connections wait in the server's accept queue and how many may, with the buttons that let them in
/// while accept is held. It is visible while accept is held or fails for lack of resources, or as long as the user
/// wants it. The engine is asked only while it is visible.
class AcceptQueueBar : public QWidget
{
    Q_OBJECT

public:
    AcceptQueueBar(IoThread<Server> &server, int backlog, QWidget *parent = nullptr);

    /// Actions for the window's menus: one holds accept, the other keeps the bar visible.
    QAction *holdAction() const { return holdAction_; }
    QAction *showAction() const { return showAction_; }
    /// Tells where the server listens; null where it does not.
    void setListener(const Address &listener) { listener_ = listener; }
    /// The queue's length that the user wants, for this listener and later ones.
    int backlog() const;

Q_SIGNALS:
    /// The peers that wait have changed, each as a line for people.
    void waitingChanged(const QStringList &peers);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void hold(bool hold);
    void appearIfWanted();
    void findPeers(int waiting);
    void showQueue(bool exists, std::optional<native::AcceptQueue> queue);
    QString queueText(std::optional<native::AcceptQueue> queue) const;

    IoThread<Server> &server_;
    QAction *const holdAction_;
    QAction *const showAction_;
    StatusLabel *const label_;
    QSpinBox *const backlog_;
    QueueBoxes *const boxes_;
    QPushButton *const hold_;
    QPushButton *const acceptOne_;
    QPushButton *const acceptAll_;
    bool starved_ = false;
    Address listener_;
    int waiting_ = 0; // as it was last told
    std::unique_ptr<WaitingSearch> search_;
};

} // namespace parley
