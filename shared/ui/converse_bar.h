// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/socket/repeated_send.h"
#include "shared/socket/transfer.h"
#include "shared/ui/saved_messages.h"

#include <QTimer>
#include <QWidget>

#include <deque>
#include <memory>

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace parley
{

class Settings;
class StatusLabel;

/// Where the user talks on open connections: sends text with escapes, or hexadecimal bytes, with a preview of the bytes
/// on the wire; or sends a file, which can be dropped on it too; or ends the connections. It is hidden while there is
/// nobody to talk to; its place says then what to do.
///
/// One transfer at a time, or one line again and again. While it is under way, its progress takes the preview's place,
/// and it can be cancelled.
class ConverseBar : public QWidget
{
    Q_OBJECT

public:
    static constexpr std::size_t LongestHistory = 100; ///< entries; the oldest leave

    explicit ConverseBar(QWidget *parent = nullptr);

    /// The bar in its place, which keeps its size. To be called once.
    /// @param hint is shown there while there is nobody to talk to.
    QWidget *inPlace(const QString &hint);

    /// @param whom `connection 3`, `3 connections`; empty: there is nobody, and the bar hides.
    /// @param canSend FIN was not sent yet. After it, one can only receive.
    void setPeers(const QString &whom, bool canSend = true);
    /// Of the text that is typed.
    void setEncoding(TextEncoding encoding);
    /// The saved messages. They are saved as soon as the user changes them, so save() is for settings written anew.
    void restore(Settings &settings);
    void save(Settings &settings) const;
    /// What the buttons do, for menus.
    QList<QAction *> commands() const { return actions(); }
    /// No further sending of a line begins: it would go to others than it began with.
    void stopAgain();
    /// What the dialog of repeated sending begins with.
    void setPlan(const RepeatedSend::Plan &plan) { plan_ = plan; }
    /// Shows the progress of @p transfer until it is finished.
    void watch(const std::shared_ptr<Transfer> &transfer);

Q_SIGNALS:
    void send(const std::shared_ptr<parley::Transfer> &transfer);
    void cancel(const std::shared_ptr<parley::Transfer> &transfer);
    void halfClose();
    void close();
    void reset();
    /// A file cannot be sent, in one sentence.
    void failed(const QString &sentence);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    using Line = BytesField::Line;

    void sendText();
    void remember();
    void askForFile();
    void sendFile(const QString &name);
    static QString nothingSent();
    void askAgain();
    void sendAgain(const RepeatedSend::Plan &plan);
    void openMessages();
    void start(const QByteArrayList &messages, const RepeatedSend::Plan &plan);
    bool canStart() const;
    void showAgain();
    void endAgain(bool isWanted);
    bool isBusy() const { return transfer_ || again_; }
    void recall(int step);
    void showPreview();
    void showProgress();
    void finish(const Transfer::Progress &progress);
    void showState();
    void appearIf(bool needed);

    QLabel *const hint_; // in the bar's place
    QLabel *whom_;
    BytesField *field_;
    QLineEdit *text_; // of the field
    StatusLabel *preview_;
    QProgressBar *progress_;
    QPushButton *send_;
    QPushButton *messages_;
    QPushButton *repeat_;
    QPushButton *file_;
    QPushButton *cancel_;
    QPushButton *halfClose_;
    QPushButton *close_;
    QPushButton *reset_;

    std::deque<Line> history_;           // the latest last
    std::size_t recalled_ = 0;           // the entry that the field shows; the history's size: a new line
    Line draft_{};                       // the new line, kept while an entry is recalled
    std::shared_ptr<Transfer> transfer_; // under way
    std::unique_ptr<RepeatedSend> again_;
    bool isSequence_ = false; // of saved messages, in place of one line
    SavedMessages saved_;
    TextEncoding encoding_ = TextEncoding::Utf8;
    std::chrono::milliseconds pause_{0}; // between saved messages
    RepeatedSend::Plan plan_{std::chrono::seconds(1), 10};
    bool isSlow_ = false; // its progress is worth showing
    bool isCancelled_ = false;
    bool canSend_ = true;
    Line sent_{}; // of the transfer under way; empty for a file
    QTimer poll_;
};

} // namespace parley
