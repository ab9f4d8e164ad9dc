// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/socket/tcp_info.h"

#include <QTimer>
#include <QWidget>

#include <vector>

class QLabel;
class QTreeWidget;

namespace parley
{

class EventHistory;
class StatusLabel;

/// What the system's kernel knows of the watched connection, each value with an explanation. It asks once every
/// Interval while it is visible, and not otherwise. After the connection has ended, the last values stay.
class KernelPage : public QWidget
{
    Q_OBJECT

public:
    static constexpr std::chrono::seconds Interval{1};

    /// @param history tells which connection is watched.
    explicit KernelPage(const EventHistory &history, QWidget *parent = nullptr);

    /// The engine's answer.
    void showAnswer(quint64 connection, const KernelView &view);

Q_SIGNALS:
    /// The page shows @p connection and needs the system's view of it, for showAnswer().
    void viewRequested(quint64 connection);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    struct Row
    {
        QString name;
        QString field; ///< of struct tcp_info, as ss(8) and other programs know it
        QString explanation;
        QString (*value)(const native::TcpView &view);
    };

    static std::vector<Row> rows();
    void inspect(quint64 connection);
    void ask();
    void showValues(const native::TcpView *view);
    void showWhetherLive(bool isLive);
    void explainCurrent();

    quint64 connection_ = 0;
    bool hasValues_ = false;
    QTimer timer_;
    StatusLabel *const state_;
    QTreeWidget *const values_;
    QLabel *const explanation_;
};

} // namespace parley
