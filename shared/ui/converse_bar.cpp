// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/converse_bar.h"

#include "shared/message/message.h"
#include "shared/ui/field_help.h"
#include "shared/ui/file_drop.h"
#include "shared/ui/placement.h"
#include "shared/ui/repeated_send_dialog.h"
#include "shared/ui/saved_messages_dialog.h"
#include "shared/ui/settings.h"
#include "shared/ui/status_label.h"

#include <QAction>
#include <QFileDialog>
#include <QFontDatabase>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

constexpr std::chrono::milliseconds FirstPoll{10}; // a shorter transfer shows no progress
constexpr std::chrono::milliseconds PollInterval{100};
constexpr qsizetype PreviewedBytes = 24;

} // namespace

ConverseBar::ConverseBar(QWidget *parent)
    : QWidget(parent), hint_(new QLabel), whom_(new QLabel),
      field_(new BytesField(u"converseText"_s, u"converseMode"_s, u"converseEnding"_s)), text_(field_->edit()),
      preview_(new StatusLabel(u"conversePreview"_s, tr("Bytes to be sent"))), progress_(new QProgressBar),
      send_(explainedButton(u"converseSend"_s, tr("Send"), tr("Send the typed line."))),
      messages_(
          explainedButton(u"converseMessages"_s, tr("Messages…"), tr("Save the typed line, and send saved ones."))),
      repeat_(explainedButton(u"converseRepeat"_s, tr("Repeat…"), tr("Send the typed line again and again."))),
      file_(explainedButton(u"converseFile"_s, tr("Send F&ile…"), tr("Send the contents of a file, byte for byte."))),
      cancel_(explainedButton(u"converseCancel"_s, tr("Cancel"), tr("Stop sending; bytes already sent stay sent."))),
      halfClose_(explainedButton(u"converseHalfClose"_s, tr("Half-Cl&ose"), tr("Send FIN, and go on receiving."))),
      close_(explainedButton(u"converseClose"_s, tr("C&lose"), tr("Close in order (FIN)."))),
      reset_(explainedButton(u"converseReset"_s, tr("&Reset"), tr("End at once (RST); unsent bytes are lost.")))
{
    setObjectName(u"converse"_s);
    whom_->setObjectName(u"conversePeers"_s);
    whom_->setTextFormat(Qt::PlainText);
    text_->setAccessibleName(tr("What to send"));
    text_->installEventFilter(this);
    field_->setPlaceholder(tr("Text to send; escapes such as \\n and \\x00 work"));
    preview_->setForegroundRole(QPalette::PlaceholderText);
    preview_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    preview_->setMinimumWidth(1); // a long preview must not widen the window
    progress_->setObjectName(u"converseProgress"_s);
    progress_->setAccessibleName(tr("Progress of sending"));
    progress_->setRange(0, 1000);

    auto *line = new QHBoxLayout;
    line->addWidget(field_, 1);
    line->addWidget(send_);
    line->addWidget(messages_);
    auto *details = new QHBoxLayout;
    details->addWidget(progress_);
    details->addWidget(preview_, 1);
    details->addWidget(cancel_);
    details->addWidget(repeat_);
    details->addWidget(file_);
    details->addWidget(halfClose_);
    details->addWidget(close_);
    details->addWidget(reset_);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(whom_);
    layout->addLayout(line);
    layout->addLayout(details);

    connect(field_, &BytesField::changed, this, &ConverseBar::showPreview);
    connect(text_, &QLineEdit::returnPressed, this, &ConverseBar::sendText);
    connect(send_, &QPushButton::clicked, this, &ConverseBar::sendText);
    connect(file_, &QPushButton::clicked, this, &ConverseBar::askForFile);
    for (QWidget *target : {static_cast<QWidget *>(this), static_cast<QWidget *>(text_)})
        acceptFile(*target, [this](const QString &name) { sendFile(name); });
    connect(repeat_, &QPushButton::clicked, this, &ConverseBar::askAgain);
    connect(messages_, &QPushButton::clicked, this, &ConverseBar::openMessages);
    connect(cancel_, &QPushButton::clicked, this, [this] {
        if (again_) {
            stopAgain();
            return;
        }
        isCancelled_ = true;
        Q_EMIT cancel(transfer_);
    });
    connect(halfClose_, &QPushButton::clicked, this, &ConverseBar::halfClose);
    connect(close_, &QPushButton::clicked, this, &ConverseBar::close);
    connect(reset_, &QPushButton::clicked, this, &ConverseBar::reset);
    addAction(tr("Send &Text"), text_, [this] { text_->setFocus(Qt::ShortcutFocusReason); });
    const std::pair<QString, QPushButton *> buttons[]{{tr("Send Again and Again…"), repeat_},
                                                      {tr("Sa&ved Messages…"), messages_},
                                                      {tr("Send F&ile…"), file_},
                                                      {tr("Half-Cl&ose"), halfClose_},
                                                      {tr("Clos&e"), close_},
                                                      {tr("Re&set"), reset_}};
    for (const auto &[text, button] : buttons)
        connect(addAction(text), &QAction::triggered, button, &QPushButton::click);
    connect(&poll_, &QTimer::timeout, this, &ConverseBar::showProgress);
    hide();
    showPreview();
}

void ConverseBar::setEncoding(TextEncoding encoding)
{
    encoding_ = encoding;
    field_->setEncoding(encoding);
}

void ConverseBar::restore(Settings &settings)
{
    const auto isText = [](const QString &text) { return SavedMessages::fromText(text).has_value(); };
    const auto read = *SavedMessages::fromText(settings.text(u"messages"_s, SavedMessages().toText(), isText));
    saved_ = read.messages;
    if (!read.damaged.isEmpty())
        settings.tellDamage((read.damaged.size() == 1 ? tr("The saved message %1 could not be read and is left out.")
                                                      : tr("The saved messages %1 could not be read and are left out."))
                                .arg(enumerated(read.damaged)));
}

void ConverseBar::save(Settings &settings) const
{
    settings.setText(u"messages"_s, saved_.toText(), SavedMessages().toText());
}

QWidget *ConverseBar::inPlace(const QString &hint)
{
    QSizePolicy kept(QSizePolicy::Preferred, QSizePolicy::Fixed);
    kept.setRetainSizeWhenHidden(true); // nothing moves when it comes and goes
    setSizePolicy(kept);
    hint_->setObjectName(u"converseHint"_s);
    hint_->setText(hint);
    hint_->setWordWrap(true);
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setForegroundRole(QPalette::PlaceholderText);
    auto *place = new QWidget;
    place->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto *layout = new QGridLayout(place);
    layout->setContentsMargins({});
    layout->addWidget(hint_, 0, 0);
    layout->addWidget(this, 0, 0);
    return place;
}

void ConverseBar::appearIf(bool needed)
{
    setVisible(needed);
    hint_->setVisible(!needed);
}

void ConverseBar::setPeers(const QString &whom, bool canSend)
{
    canSend_ = canSend;
    whom_->setText(whom.isEmpty() || canSend ? whom
                                             : tr("%1 · You have sent FIN: you can only receive now.").arg(whom));
    for (QWidget *field :
         {static_cast<QWidget *>(text_), static_cast<QWidget *>(file_), static_cast<QWidget *>(send_),
          static_cast<QWidget *>(repeat_), static_cast<QWidget *>(messages_), static_cast<QWidget *>(halfClose_)})
        field->setToolTip(canSend ? field->whatsThis() : tr("You have sent FIN: you can only receive now."));
    appearIf(!whom.isEmpty() || isBusy());
    showState();
}

void ConverseBar::watch(const std::shared_ptr<Transfer> &transfer)
{
    transfer_ = transfer;
    isCancelled_ = false;
    progress_->setValue(0);
    poll_.start(FirstPoll);
    showState();
}

void ConverseBar::sendText()
{
    const auto parsed = field_->bytes();
    const auto *typed = std::get_if<QByteArray>(&parsed);
    if (const auto *error = std::get_if<BytesError>(&parsed))
        text_->setCursorPosition(static_cast<int>(error->position));
    if (!typed || typed->isEmpty() || !canStart())
        return;
    remember();
    const auto transfer = std::make_shared<Transfer>(*typed);
    sent_ = field_->line();
    text_->clear();
    watch(transfer);
    Q_EMIT send(transfer);
}

/// The typed line, for the Up key.
void ConverseBar::remember()
{
    const Line line = field_->line();
    if (!line.text.isEmpty() && (history_.empty() || history_.back() != line))
        history_.push_back(line);
    if (history_.size() > LongestHistory)
        history_.pop_front();
    recalled_ = history_.size();
}

void ConverseBar::askForFile()
{
    auto *dialog = new QFileDialog(this, tr("Send File"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &ConverseBar::sendFile);
    dialog->open();
    bringInside(*dialog);
}

void ConverseBar::sendFile(const QString &name)
{
    const auto opened = Transfer::ofFile(name);
    const auto *sentence = std::get_if<QString>(&opened);
    if (!canStart() || sentence) {
        Q_EMIT failed(sentence ? *sentence : nothingSent());
        return;
    }
    const auto transfer = std::get<std::shared_ptr<Transfer>>(opened);
    sent_ = {};
    watch(transfer);
    Q_EMIT send(transfer);
}

void ConverseBar::askAgain()
{
    askRepeatedSend(this, plan_, [this](const RepeatedSend::Plan &plan) { sendAgain(plan); });
}

/// The line stays in the field.
void ConverseBar::sendAgain(const RepeatedSend::Plan &plan)
{
    plan_ = plan;
    const auto parsed = field_->bytes();
    const auto *typed = std::get_if<QByteArray>(&parsed);
    if (typed && !typed->isEmpty())
        start({*typed}, plan);
}

void ConverseBar::openMessages()
{
    Settings saved; // another window may have saved some meanwhile
    restore(saved);
    auto *dialog = new SavedMessagesDialog(saved_, field_->line(), encoding_, pause_, this);
    connect(dialog, &SavedMessagesDialog::changed, this, [this](const SavedMessages &messages) {
        saved_ = messages;
        Settings settings;
        save(settings);
    });
    connect(dialog, &SavedMessagesDialog::chosen, this, [this](const BytesField::Line &line) {
        remember();
        field_->setLine(line);
        text_->setFocus();
    });
    connect(dialog, &SavedMessagesDialog::send, this,
            [this](const QByteArrayList &messages, const RepeatedSend::Plan &plan) {
                pause_ = plan.every;
                start(messages, plan);
            });
    dialog->open();
    bringInside(*dialog);
}

bool ConverseBar::canStart() const
{
    return !isBusy() && !whom_->text().isEmpty() && canSend_;
}

QString ConverseBar::nothingSent()
{
    return tr("Nothing was sent: the connection has ended, or something else is just being sent.");
}

/// One after the other.
void ConverseBar::start(const QByteArrayList &messages, const RepeatedSend::Plan &plan)
{
    if (!canStart()) {
        Q_EMIT failed(nothingSent());
        return;
    }
    isSequence_ = messages.size() > 1;
    again_ = std::make_unique<RepeatedSend>(
        messages, plan, [this](const std::shared_ptr<Transfer> &transfer) { Q_EMIT send(transfer); });
    connect(again_.get(), &RepeatedSend::sent, this, &ConverseBar::showAgain);
    connect(again_.get(), &RepeatedSend::ended, this, &ConverseBar::endAgain);
    showAgain();
    again_->start();
}

void ConverseBar::stopAgain()
{
    if (!again_)
        return;
    again_->stop();
    if (again_->current())
        Q_EMIT cancel(again_->current());
    endAgain(true);
}

void ConverseBar::showAgain()
{
    const QLocale locale;
    const QString count = locale.toString(again_->count());
    preview_->setForegroundRole(QPalette::WindowText);
    const qint64 times = again_->plan().times;
    const QString all = locale.toString(times);
    preview_->showText(isSequence_ ? times > 0 ? tr("Sent %1 of %2 messages").arg(count, all)
                                               : tr("Sent %1 messages").arg(count)
                       : times > 0 ? tr("Sent %1 of %2 times").arg(count, all)
                                   : tr("Sent %1 times").arg(count));
    showState();
}

/// @param isWanted it was sent as often as planned, or stopped by the user.
void ConverseBar::endAgain(bool isWanted)
{
    if (!isWanted)
        Q_EMIT failed((isSequence_ ? tr("Sent %1 messages: then a connection had ended, or could send no more.")
                                   : tr("Sent %1 times: then a connection had ended, or could send no more."))
                          .arg(QLocale().toString(again_->count())));
    again_.release()->deleteLater(); // it may have called this
    showState();
    appearIf(!whom_->text().isEmpty());
}

/// The Up and Down keys go through the lines that were sent.
bool ConverseBar::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<const QKeyEvent *>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            recall(key == Qt::Key_Up ? -1 : 1);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void ConverseBar::recall(int step)
{
    if (step < 0 ? recalled_ == 0 : recalled_ == history_.size())
        return;
    if (recalled_ == history_.size())
        draft_ = field_->line();
    recalled_ = step < 0 ? recalled_ - 1 : recalled_ + 1;
    field_->setLine(recalled_ == history_.size() ? draft_ : history_[recalled_]);
}

void ConverseBar::showPreview()
{
    if (!isBusy()) {
        const auto parsed = field_->bytes();
        const auto *error = std::get_if<BytesError>(&parsed);
        const QByteArray typed = error ? QByteArray() : std::get<QByteArray>(parsed);
        preview_->setForegroundRole(error ? QPalette::WindowText : QPalette::PlaceholderText);
        preview_->showText(error ? error->sentence
                           : typed.isEmpty()
                               ? QString()
                               : tr("%1: %2").arg(bytesText(typed.size()), hexText(typed, PreviewedBytes)));
    }
    showState();
}

void ConverseBar::showProgress()
{
    const Transfer::Progress progress = transfer_->progress();
    if (progress.isFinished) {
        finish(progress);
        return;
    }
    poll_.start(PollInterval);
    isSlow_ = true;
    const QString whom = progress.connections == 1 ? tr("1 connection")
                                                   : tr("%1 connections").arg(QLocale().toString(progress.connections));
    preview_->setForegroundRole(QPalette::WindowText);
    preview_->showText(tr("Sent %1 of %2 to %3").arg(bytesText(progress.sent), bytesText(progress.total), whom));
    if (progress.total > 0)
        progress_->setValue(
            static_cast<int>(1000.0 * static_cast<double>(progress.sent) / static_cast<double>(progress.total)));
    showState();
}

void ConverseBar::finish(const Transfer::Progress &progress)
{
    poll_.stop();
    transfer_.reset();
    isSlow_ = false;
    if (!isCancelled_ && (progress.failed > 0 || progress.connections == 0)) {
        Q_EMIT failed(progress.failed == 0 ? tr("Nothing was sent: the connection has ended.")
                      : progress.connections == 0
                          ? tr("Nothing was sent: FIN was sent before, or something else is just being sent.")
                          : tr("Sent %1 of %2: not all connections took it all.")
                                .arg(bytesText(progress.sent), bytesText(progress.total)));
    }
    if (progress.sent == 0 && !sent_.text.isEmpty() && text_->text().isEmpty()) {
        field_->setLine(sent_); // what nobody got is not lost
    }
    showPreview();
    appearIf(!whom_->text().isEmpty());
}

void ConverseBar::showState()
{
    const auto parsed = field_->bytes();
    const auto *typed = std::get_if<QByteArray>(&parsed);
    const bool hasPeers = !whom_->text().isEmpty();
    text_->setEnabled(canSend_);
    send_->setEnabled(hasPeers && canSend_ && !isBusy() && typed && !typed->isEmpty());
    repeat_->setEnabled(send_->isEnabled());
    file_->setEnabled(hasPeers && canSend_ && !isBusy());
    messages_->setEnabled(file_->isEnabled());
    halfClose_->setEnabled(hasPeers && canSend_);
    for (QPushButton *ending : {close_, reset_})
        ending->setEnabled(hasPeers);
    const QList<QAction *> actions = commands();
    const QWidget *const of[]{text_,      repeat_, messages_, file_,
                              halfClose_, close_,  reset_}; // in the order of the commands
    for (qsizetype i = 0; i < actions.size(); ++i)
        actions.at(i)->setEnabled(hasPeers && of[i]->isEnabled());
    progress_->setVisible(isSlow_);
    const bool canStop = isSlow_ || again_;
    cancel_->setVisible(canStop);
    repeat_->setVisible(!canStop);
    file_->setVisible(!canStop);
}

} // namespace parley
