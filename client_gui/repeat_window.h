// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/client_options.h"
#include "client_gui/repeat_run.h"
#include "shared/io_thread.h"

#include <QWidget>

#include <deque>
#include <functional>
#include <variant>

class QComboBox;
class QDoubleSpinBox;
class QGridLayout;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QStandardItemModel;

namespace parley
{

class LatencyView;
class NoticeBar;
class Settings;
class StatusLabel;
class TableView;
class TimelineView;

/// The client's second window: many connections to the endpoint of the first, and the account of what became of them.
/// The last MaxRuns accounts are kept, and two of them can be laid over each other.
class RepeatWindow : public QWidget
{
    Q_OBJECT

public:
    static constexpr std::size_t MaxRuns = 10;
    /// What one connection of the client's window would be; or a sentence where that is wrong.
    using Base = std::function<std::variant<ConnectRequest, QString>()>;

    RepeatWindow(QWidget *parent, Base base);

    /// Takes what was given on the command line.
    void setOptions(const ClientOptions &options);
    void start();
    void restoreSettings(Settings &settings);
    void saveSettings(Settings &settings) const;

protected:
    void changeEvent(QEvent *event) override;

private:
    struct StoredRun
    {
        QString name;
        RepeatSnapshot account;
    };

    QWidget *buildFields();
    QWidget *buildResults();
    QWidget *addField(QGridLayout &grid, int row, int column, const QString &label, QWidget *field,
                      const QString &objectName, const QString &range);
    std::variant<RepeatRequest, QString> request() const;
    void startOrCancel();
    void took(const RepeatSnapshot &account);
    void listRuns();
    void showRuns();
    void showAccount(const RepeatSnapshot &shown, const RepeatSnapshot &compared);
    void showLatencies(const RepeatSnapshot &shown, const RepeatSnapshot &compared);
    void showTarget();
    void setUnderWay(bool underWay);
    void exportRun();

    const Base base_;
    std::deque<StoredRun> runs_; // the oldest first
    int made_ = 0;
    bool underWay_ = false;

    QSpinBox *count_ = nullptr;
    QSpinBox *concurrency_ = nullptr;
    QDoubleSpinBox *rate_ = nullptr;
    QDoubleSpinBox *hold_ = nullptr;
    QLineEdit *expected_ = nullptr;
    QLineEdit *source_ = nullptr;
    QWidget *fields_ = nullptr;
    StatusLabel *target_ = nullptr;
    QPushButton *start_ = nullptr;
    NoticeBar *notice_ = nullptr;
    QProgressBar *progress_ = nullptr;
    StatusLabel *status_ = nullptr;
    QComboBox *shown_ = nullptr;
    QComboBox *compared_ = nullptr;
    QPushButton *export_ = nullptr;
    QStandardItemModel *account_ = nullptr;
    QStandardItemModel *latency_ = nullptr;
    TableView *accountTable_ = nullptr;
    TableView *latencyTable_ = nullptr;
    LatencyView *histogram_ = nullptr;
    TimelineView *timeline_ = nullptr;
    IoThread<RepeatRun> run_; // last: taken down first
};

} // namespace parley
