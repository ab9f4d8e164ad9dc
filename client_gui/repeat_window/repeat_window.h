// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/options/client_options.h"
#include "client_gui/repeat/repeat_run.h"
#include "shared/loop/io_thread.h"
#include "shared/ui/file_saver.h"

#include <QDateTime>
#include <QPointer>
#include <QWidget>

#include <deque>
#include <functional>
#include <variant>

class QComboBox;
class QProgressBar;
class QPushButton;
class QStandardItemModel;

namespace parley
{

class LatencyView;
class NoticeBar;
class RepeatForm;
class Settings;
class StatusLabel;
class TableView;
class TimelineView;

/// The client's second window: many connections to the endpoint of the first window, and the account of what became of
/// them. The last MaxRuns accounts are kept, and two of them can be laid over each other.
class RepeatWindow : public QWidget
{
    Q_OBJECT

public:
    static constexpr std::size_t MaxRuns = 10;
    /// The request of one connection of the client's window, or a sentence that says what is wrong with it.
    using Base = std::function<std::variant<ConnectRequest, QString>()>;

    RepeatWindow(QWidget *parent, Base base);

    /// Of the expected text.
    void setEncoding(TextEncoding encoding);
    /// Takes the values of the command line.
    void setOptions(const ClientOptions &options);
    void start();
    void restoreSettings(Settings &settings);
    /// As RepeatForm::saveSettings(); also saves the window's size and place.
    void saveSettings(Settings &settings, bool all) const;

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct StoredRun
    {
        int number;   // from 1
        QString name; // that the user has given; empty: usualName()
        QDateTime started;
        RepeatSnapshot account;

        QString shownName() const { return name.isEmpty() ? usualName() : name; }
        QString usualName() const;
        QString what() const; // in full
    };

    QWidget *buildRequest();
    QWidget *buildResults();
    std::variant<RepeatRequest, QString> request() const;
    void startOrCancel();
    void took(const RepeatSnapshot &account);
    void listRuns();
    void nameRuns();
    void listOthers();
    void rename();
    StoredRun *chosen(const QComboBox &box);
    void showRuns();
    void showAccount(const RepeatSnapshot &shown, const RepeatSnapshot &compared);
    void showLatencies(const RepeatSnapshot &shown, const RepeatSnapshot &compared);
    void showTarget();
    void setUnderWay(bool underWay);
    void tellWaiting(const RepeatResult &account);
    void setCell(QStandardItemModel &model, int row, int column, const QString &text, QPalette::ColorRole role);
    void exportRun(const FileSaver::Kind &kind, QByteArray (*format)(const RepeatResult &));

    const Base base_;
    FileSaver *const saver_;
    std::deque<StoredRun> runs_; // the oldest first
    int made_ = 0;
    bool underWay_ = false;

    RepeatForm *form_ = nullptr;
    StatusLabel *target_ = nullptr;
    QPushButton *start_ = nullptr;
    QPointer<QWidget> edited_; // the field that has the focus back when the run is over
    NoticeBar *notice_ = nullptr;
    QProgressBar *progress_ = nullptr;
    StatusLabel *status_ = nullptr;
    QComboBox *shown_ = nullptr;
    QComboBox *compared_ = nullptr;
    QPushButton *exportCsv_ = nullptr;
    QPushButton *exportJson_ = nullptr;
    QStandardItemModel *account_ = nullptr;
    QStandardItemModel *latency_ = nullptr;
    TableView *accountTable_ = nullptr;
    TableView *latencyTable_ = nullptr;
    LatencyView *histogram_ = nullptr;
    TimelineView *timeline_ = nullptr;
    IoThread<RepeatRun> run_; // the last member, so that it is destroyed first
};

} // namespace parley
