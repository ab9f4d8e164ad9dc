// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/engine/client.h"
#include "client_gui/history/attempt_model.h"
#include "client_gui/options/client_options.h"
#include "shared/event/event_stream.h"
#include "shared/loop/io_thread.h"
#include "shared/ui/remembered_fields.h"

#include <QMainWindow>

#include <memory>

class QCheckBox;
class QLineEdit;
class QPushButton;
class QSplitter;

namespace parley
{

class BytesField;
class ConverseBar;
struct ConnectDiagnosis;
class EndpointForm;
class FileSaver;
class Inspector;
class ListenerSearch;
class MessageView;
class NoticeBar;
class RepeatWindow;
class StatusLabel;
class TableView;
class TranscriptView;

/// The window of parley-client.
class ClientWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit ClientWindow(const ClientOptions &options);
    ~ClientWindow() override;

    const AttemptModel &history() const { return history_; }

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void buildMenus();
    void inspectSelected();
    QWidget *buildForm();
    QWidget *buildResults();
    QWidget *buildConverse();
    bool isTalking(const Attempt *attempt) const;
    void rememberFields();
    void restoreSettings();
    void tellDamage(const Settings &settings);
    void saveSettings();

    /// What the fields ask for, or the sentence about a mistake in one of them.
    std::variant<ConnectRequest, QString> request() const;
    void focusOnMistake();
    void connectOrCancel();
    void startAttempt();
    void connectTo(const Endpoint &endpoint);
    const Attempt *chosenAttempt() const;
    void connectAgain();
    void read(const EventBatch &batch);
    void showState();
    void showAgain();
    void showEnd(const Attempt &attempt);
    void showDiagnosis(const ConnectDiagnosis &diagnosis);
    void applyRemedy(const ConnectDiagnosis &diagnosis);
    void saveMessage();
    void saveHistory();
    void changeLimits();
    void setEncoding(TextEncoding encoding);
    void openRepeat();

    const ClientOptions options_;
    EventStream stream_;
    AttemptModel history_{stream_};
    IoThread<Client> client_{stream_}; // after the stream it writes to: taken down first
    std::chrono::milliseconds timeout_ = ConnectRequest::DefaultTimeout;
    qint64 maxBytes_ = DefaultMaxMessageBytes;
    int ttl_ = 0; // as ConnectRequest::ttl
    bool multicastLoopback_ = true;
    KeepAlive keepAlive_;
    TextEncoding encoding_ = TextEncoding::Utf8;
    bool damaged_ = false; // the settings that were read; closing writes all of them anew
    RememberedFields remembered_;
    quint64 current_ = 0;     // the attempt that the message view shows; 0 before the first
    bool isMistaken_ = false; // the fields, when the latest attempt was asked for: it was not made

    FileSaver *const saver_;
    std::unique_ptr<ListenerSearch> search_; // for a server on this computer, after a refusal

    EndpointForm *form_ = nullptr;
    BytesField *send_ = nullptr;
    QLineEdit *source_ = nullptr;
    QCheckBox *stay_ = nullptr;
    QCheckBox *afterFin_ = nullptr;
    QPushButton *connect_ = nullptr;
    NoticeBar *notice_ = nullptr;
    QSplitter *splitter_ = nullptr;
    StatusLabel *summary_ = nullptr;
    MessageView *message_ = nullptr;
    TranscriptView *transcript_ = nullptr;
    ConverseBar *converse_ = nullptr;
    TableView *table_ = nullptr;
    Inspector *inspector_ = nullptr;
    StatusLabel *status_ = nullptr;
    QAction *connectAction_ = nullptr;
    QAction *againAction_ = nullptr;
    QAction *saveAction_ = nullptr;
    RepeatWindow *repeat_ = nullptr; // once it was opened
};

} // namespace parley
