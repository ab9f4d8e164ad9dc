// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/client_window.h"

#include "client_gui/history/connect_diagnosis.h"
#include "client_gui/history/history_csv.h"
#include "client_gui/repeat_window/repeat_window.h"
#include "client_gui/window/message_view.h"
#include "client_gui/window/transcript_view.h"
#include "shared/address/endpoint_parts.h"
#include "shared/message/message.h"
#include "shared/ui/appearance.h"
#include "shared/ui/bytes_field.h"
#include "shared/ui/converse_bar.h"
#include "shared/ui/endpoint_form.h"
#include "shared/ui/field_help.h"
#include "shared/ui/file_drop.h"
#include "shared/ui/file_saver.h"
#include "shared/ui/inspector/inspector.h"
#include "shared/ui/inspector/kernel_page.h"
#include "shared/ui/inspector/save_log.h"
#include "shared/ui/keep_alive_fields.h"
#include "shared/ui/limits_dialog.h"
#include "shared/ui/menus.h"
#include "shared/ui/notice_bar.h"
#include "shared/ui/placement.h"
#include "shared/ui/settings.h"
#include "shared/ui/status_label.h"
#include "shared/ui/table_view.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

constexpr double LongestTimeout = 86'400; // seconds; as on the command line

QString secondsText(std::chrono::milliseconds time)
{
    return QString::number(std::chrono::duration<double>(time).count());
}

/// Where a client reaches the server that was started together with it.
SavedEndpoint endpointOfServer()
{
    Settings settings(u"parley-server"_s);
    SavedEndpoint endpoint = settings.endpoint(Endpoint::Use::Listen);
    const auto parsed = endpoint.parse(Endpoint::Use::Listen);
    if (const auto *listening = std::get_if<Endpoint>(&parsed); listening && listening->literal.isAny())
        endpoint.host = u"localhost"_s;
    return endpoint;
}

const QString DefaultTimeout = secondsText(ConnectRequest::DefaultTimeout);

} // namespace

ClientWindow::ClientWindow(const ClientOptions &options) : options_(options), saver_(new FileSaver(this))
{
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->addWidget(buildForm());
    layout->addWidget(notice_ = new NoticeBar);
    inspector_ = new Inspector;
    inspector_->addPage(
        [this] {
            auto *kernel = new KernelPage(inspector_->history());
            connect(kernel, &KernelPage::viewRequested, this, [this](quint64 connection) {
                client_.post([connection](Client &engine) { engine.viewKernel(connection); });
            });
            client_.hear(&Client::kernelViewed, kernel, &KernelPage::showAnswer);
            return kernel;
        },
        tr("Kernel's View"));
    layout->addWidget(inspector_->below(buildResults()), 1);
    setCentralWidget(scrollable(content));
    addToStatusBar(*this, *content, status_ = new StatusLabel(u"status"_s, tr("Status")));
    connect(inspector_, &Inspector::statusMessage, status_, &StatusLabel::showText);
    connect(inspector_, &Inspector::saveRequested, saver_, &FileSaver::ask);
    resize(usualSize(*this, {680, 920})); // with Details, as far as the screen has room
    restoreSettings();
    buildMenus();
    nameComboBoxes(*this);
    showState();
    connect(form_, &EndpointForm::transportChanged, this, &ClientWindow::showState); // not before the menus are there
    connect(&stream_, &EventStream::arrived, this, &ClientWindow::read);
    connect(saver_, &FileSaver::saved, this, [this](const QString &sentence) {
        notice_->clear(NoticeBar::About::Saving);
        status_->showText(sentence);
    });
    connect(saver_, &FileSaver::failed, this, [this](const QString &sentence, const std::function<void()> &askAgain) {
        notice_->showNotice(NoticeBar::About::Saving, sentence, tr("Save Elsewhere…"), askAgain);
    });
    if (options_.isRun()) {
        openRepeat();
        repeat_->setOptions(options_);
    }
    if (options_.connectAtOnce && repeat_)
        repeat_->start();
    else if (options_.connectAtOnce)
        startAttempt();
}

ClientWindow::~ClientWindow() = default;

QWidget *ClientWindow::buildForm()
{
    connect_ = new QPushButton;
    connect_->setObjectName(u"connect"_s);
    connect_->setDefault(true);
    keepWidth(*connect_, {tr("Connect"), tr("Cancel"), tr("Disconnect"), tr("Send Datagram")});
    send_ = new BytesField(u"send"_s, u"sendMode"_s, u"sendEnding"_s); // what send() sends after connecting
    send_->edit()->setAccessibleName(tr("Send"));

    acceptFile(*send_->edit(), [this](const QString &name) {
        const auto read = readWhole(name, ClientOptions::MostFileBytes);
        if (const auto *sentence = std::get_if<QString>(&read))
            notice_->showNotice(NoticeBar::About::Failure, *sentence);
        else
            send_->setBytes(std::get<QByteArray>(read), displaySafe(name, LineBreaks::Escape));
    });

    auto *host = new QLineEdit;
    form_ = new EndpointForm(Endpoint::Use::Connect, host, host, connect_);
    stay_ = new QCheckBox(tr("Stay connecte&d"));
    stay_->setObjectName(u"stay"_s);
    explainField(*stay_, tr("Once connected, neither the time-out nor the longest message ends the connection: talk "
                            "until you disconnect or the server closes."));
    afterFin_ = new QCheckBox(tr("Also after its FIN"));
    afterFin_->setObjectName(u"stayAfterFin"_s);
    explainField(*afterFin_, tr("The server's FIN does not end the connection: go on sending until you disconnect."));
    form_->addRow(tr("&Send:"), send_);
    source_ = new QLineEdit;
    source_->setObjectName(u"source"_s);
    source_->setAccessibleName(tr("From"));
    explainField(*source_, tr("The address of this computer that the connection comes from, as bind() takes it: "
                              "127.0.0.2, or with a port 127.0.0.2:4000 or [::1]:4000. Empty: the system chooses."));
    source_->setPlaceholderText(tr("Any address and port of this computer"));
    auto *from = new QWidget;
    auto *layout = new QHBoxLayout(from);
    layout->setContentsMargins({});
    layout->addWidget(source_, 1);
    layout->addWidget(stay_);
    layout->addWidget(afterFin_);
    from->setFocusProxy(source_);
    form_->addRow(tr("Fro&m:"), from);

    const auto showWhatNothingMeans = [this] {
        send_->setPlaceholder(form_->transport() == Transport::Udp ? tr("Nothing: an empty datagram")
                                                                   : tr("Nothing: wait for the server to speak"));
        stay_->setEnabled(form_->transport() != Transport::Udp);
        afterFin_->setEnabled(stay_->isEnabled() && stay_->isChecked());
        source_->setEnabled(form_->transport() != Transport::Unix);
    };
    const auto changeStay = [this, showWhatNothingMeans] {
        const bool stays = stay_->isChecked();
        client_.post([stays, afterFin = afterFin_->isChecked()](Client &client) { client.setStays(stays, afterFin); });
        history_.setStays(current_, stays);
        showWhatNothingMeans();
        showState();
    };
    connect(stay_, &QCheckBox::toggled, this, changeStay);
    connect(afterFin_, &QCheckBox::toggled, this, changeStay);
    showWhatNothingMeans();
    connect(form_, &EndpointForm::transportChanged, this, showWhatNothingMeans);
    connect(connect_, &QPushButton::clicked, this, &ClientWindow::connectOrCancel);
    connect(form_, &EndpointForm::submitted, this, &ClientWindow::startAttempt);
    for (QLineEdit *edit : {send_->edit(), source_})
        connect(edit, &QLineEdit::returnPressed, this, &ClientWindow::startAttempt);
    return form_;
}

QWidget *ClientWindow::buildResults()
{
    auto *received = new QWidget;
    auto *layout = new QVBoxLayout(received);
    layout->setContentsMargins(0, 0, 0, 4); // the text keeps clear of the splitter's handle
    auto *views = new QTabWidget;
    views->setObjectName(u"messageViews"_s);
    views->setDocumentMode(true);
    views->addTab(message_ = new MessageView, tr("Received"));
    views->addTab(transcript_ = new TranscriptView, tr("Transcript"));
    layout->addWidget(views, 1);
    layout->addWidget(summary_ = new StatusLabel(u"summary"_s, tr("How the message came")));
    layout->addWidget(buildConverse());
    message_->setObjectName(u"message"_s);
    message_->setAccessibleName(tr("Received message"));
    summary_->setTextInteractionFlags(Qt::TextSelectableByMouse);

    table_ = new TableView;
    table_->setObjectName(u"history"_s);
    table_->setAccessibleName(tr("History of attempts"));
    table_->setModel(&history_);
    table_->setPlaceholder(tr("Each attempt will be listed here."));
    QHeaderView *header = table_->horizontalHeader();
    table_->setColumnRoom(AttemptModel::Time, 16);
    table_->setColumnRoom(AttemptModel::LocalPort, 13);
    table_->setColumnRoom(AttemptModel::Duration, 13);
    table_->setColumnRoom(AttemptModel::RemoteEndpoint, 26);
    header->setSectionResizeMode(AttemptModel::Result, QHeaderView::Stretch);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ClientWindow::inspectSelected);

    splitter_ = new QSplitter(Qt::Vertical);
    splitter_->setObjectName(u"splitter"_s);
    splitter_->setChildrenCollapsible(false);
    splitter_->addWidget(received);
    splitter_->addWidget(table_);
    splitter_->setStretchFactor(0, 3);
    splitter_->setStretchFactor(1, 2);
    return splitter_;
}

QWidget *ClientWindow::buildConverse()
{
    converse_ = new ConverseBar;
    if (options_.again.every.count() > 0)
        converse_->setPlan(options_.again);
    connect(converse_, &ConverseBar::send, this, [this](const std::shared_ptr<Transfer> &transfer) {
        client_.post([transfer](Client &client) { client.send(transfer); });
    });
    connect(converse_, &ConverseBar::cancel, this, [this](const std::shared_ptr<Transfer> &transfer) {
        client_.post([transfer](Client &client) { client.cancel(transfer); });
    });
    const auto ending = [this](void (Client::*command)()) {
        return [this, command] { client_.post([command](Client &client) { (client.*command)(); }); };
    };
    connect(converse_, &ConverseBar::halfClose, this, ending(&Client::halfClose));
    connect(converse_, &ConverseBar::close, this, ending(&Client::close));
    connect(converse_, &ConverseBar::reset, this, ending(&Client::reset));
    connect(converse_, &ConverseBar::failed, this,
            [this](const QString &sentence) { notice_->showNotice(NoticeBar::About::Conversation, sentence); });
    return converse_->inPlace(tr("Check Stay connected to talk on a connection, to half-close, close or reset it."));
}

/// Whether the attempt is connected, and stays so until the user ends it.
bool ClientWindow::isTalking(const Attempt *attempt) const
{
    return attempt && attempt->isUnderWay() && attempt->connectedAt >= 0 && !attempt->isDatagram()
           && stay_->isChecked();
}

void ClientWindow::buildMenus()
{
    const Menus menus(*this);
    menus.file->addAction(tr("&Save Log…"), QKeySequence::Save, this,
                          [this] { saveLog(*saver_, stream_, inspector_->history()); });
    saveAction_ = menus.file->addAction(tr("Save &Message As…"), this, &ClientWindow::saveMessage);
    saveAction_->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_S);
    menus.file->addAction(tr("Save &History…"), this, &ClientWindow::saveHistory);
    menus.edit->addAction(table_->copyAction());
    menus.edit->addAction(tr("Select &All"), table_, &QTableView::selectAll);
    QAction *clear = menus.edit->addAction(tr("Clear &List"), this, [this] {
        const Attempt *attempt = history_.find(current_);
        history_.clearBut(attempt && attempt->isUnderWay() ? current_ : 0);
        showState();
    });
    connectAction_ = menus.connection->addAction(QString(), this, &ClientWindow::connectOrCancel);
    connectAction_->setShortcut(Qt::Key_F5);
    menus.connection->addAction(tr("&Repeat…"), Qt::CTRL | Qt::Key_R, this, &ClientWindow::openRepeat);
    menus.connection->addAction(tr("Li&mits…"), this, &ClientWindow::changeLimits);
    menus.connection->addSeparator();
    QAction *ladder = menus.connection->addAction(tr("Show La&dder"), inspector_, &Inspector::showLadder);
    againAction_ = menus.connection->addAction(QString(), this, &ClientWindow::connectAgain);
    menus.connection->addActions(converse_->commands());
    inspector_->fillMenus(menus);
    menus.view->addSeparator();
    addEncodingActions(*menus.view->addMenu(tr("&Text Encoding")), encoding_,
                       [this](TextEncoding encoding) { setEncoding(encoding); });
    addAppearanceActions(*menus.view->addMenu(tr("Appeara&nce")));
    menus.file->addSeparator();
    menus.file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);

    connect(table_, &TableView::statusMessage, status_, &StatusLabel::showText); // its context menu begins with Copy
    connect(table_, &TableView::activated, inspector_, &Inspector::showLadder);
    table_->addActions({ladder, againAction_, clear});
}

/// The selected attempt, or else the latest one; null before the first.
const Attempt *ClientWindow::chosenAttempt() const
{
    const QModelIndexList rows = table_->selectionModel()->selectedRows();
    return history_.find(rows.isEmpty() ? current_ : history_.numberAt(rows.constLast().row()));
}

void ClientWindow::connectAgain()
{
    if (const Attempt *attempt = chosenAttempt())
        form_->setEndpoint(attempt->request.endpoint);
    startAttempt();
}

void ClientWindow::inspectSelected()
{
    const Attempt *attempt = chosenAttempt();
    showAgain();
    if (attempt)
        inspector_->inspect(attempt->number,
                            (attempt->isDatagram() ? tr("Datagram %1 to %2") : tr("Attempt %1 to connect to %2"))
                                .arg(QLocale().toString(attempt->number), attempt->request.endpoint.toString()),
                            attempt->started);
}

void ClientWindow::connectOrCancel()
{
    const Attempt *attempt = history_.find(current_);
    if (isTalking(attempt))
        client_.post([](Client &client) { client.close(); });
    else if (attempt && attempt->isUnderWay() && !attempt->isAnswered())
        client_.post([](Client &client) { client.cancel(); });
    else
        startAttempt();
}

std::variant<ConnectRequest, QString> ClientWindow::request() const
{
    const auto parsed = form_->parse();
    if (const auto *error = std::get_if<EndpointError>(&parsed))
        return error->sentence;
    const auto bytes = send_->bytes();
    if (const auto *error = std::get_if<BytesError>(&bytes))
        return tr("What to send: %1").arg(error->sentence);
    ConnectRequest request{std::get<Endpoint>(parsed), std::get<QByteArray>(bytes), timeout_, maxBytes_,
                           stay_->isChecked()};
    request.staysAfterFin = afterFin_->isChecked();
    request.keepAlive = keepAlive_;
    request.ttl = ttl_;
    request.multicastLoopback = multicastLoopback_;
    if (const QString from = source_->text().trimmed(); !from.isEmpty() && source_->isEnabled()) {
        const auto source = parseSource(from);
        if (const auto *error = std::get_if<EndpointError>(&source))
            return tr("From: %1").arg(error->sentence);
        request.source = std::get<Address>(source);
    }
    return request;
}

void ClientWindow::focusOnMistake()
{
    const auto parsed = form_->parse();
    const auto bytes = send_->bytes();
    if (const auto *wrongEndpoint = std::get_if<EndpointError>(&parsed)) {
        form_->focusOn(wrongEndpoint->part);
    } else if (const auto *wrongBytes = std::get_if<BytesError>(&bytes)) {
        send_->edit()->setFocus();
        send_->edit()->setCursorPosition(static_cast<int>(wrongBytes->position));
    } else {
        source_->setFocus();
        source_->selectAll();
    }
}

void ClientWindow::startAttempt()
{
    if (const Attempt *attempt = history_.find(current_); attempt && attempt->isUnderWay() && !attempt->isAnswered())
        return;
    const auto asked = request();
    const auto *sentence = std::get_if<QString>(&asked);
    isMistaken_ = sentence != nullptr;
    if (sentence) {
        search_.reset(); // its result is about the attempt before
        notice_->showNotice(NoticeBar::About::Failure, *sentence);
        focusOnMistake();
        showState();
        return;
    }
    const auto &request = std::get<ConnectRequest>(asked);
    current_ = history_.add(request);
    client_.post([number = current_, request](Client &client) { client.connectTo(number, request); });
    table_->clearSelection();
    inspectSelected();
    message_->startMessage(maxBytes_);
    transcript_->clear();
    search_.reset();
    notice_->clear();
    showState();
}

void ClientWindow::read(const EventBatch &batch)
{
    inspector_->read(batch);
    for (const Event &event : batch.events) {
        const Attempt *attempt = history_.apply(event);
        if (!attempt || attempt->number != current_)
            continue;
        using Direction = TranscriptView::Direction;
        const auto transcribe = [&](Direction direction) {
            transcript_->add(direction, stream_.wallClock(event.time()), event.sharedPayload(), event.moved(),
                             attempt->isDatagram());
        };
        if ((event.call() == Call::Recv && !event.meetsEnd() && event.errorNumber() == 0)
            || event.call() == Call::RecvFrom)
            transcribe(Direction::Received);
        else if ((event.call() == Call::Send || event.call() == Call::SendTo) && event.errorNumber() == 0)
            transcribe(Direction::Sent);
        if (event.call() == Call::Recv && attempt->isDatagram() && attempt->reads > 1)
            message_->startDatagram();
        if (event.call() == Call::Recv)
            message_->append(event.sharedPayload());
        else if (event.call() == Call::RecvFrom)
            message_->appendDatagram(event.peer(), event.sharedPayload());
        else if (event.call() == Call::Connect
                 && form_->parse() == std::variant<Endpoint, EndpointError>(attempt->request.endpoint))
            form_->showResolved(attempt->request.endpoint, event.peer());
        if (event.call() == Call::End) {
            message_->finishMessage();
            showEnd(*attempt);
        }
    }
    message_->showAppended();
    transcript_->showAdded();
    showState();
}

void ClientWindow::showEnd(const Attempt &attempt)
{
    const ConnectDiagnosis diagnosis = diagnoseConnect(attempt);
    if (diagnosis.failure.isEmpty())
        return;
    showDiagnosis(diagnosis);
    if (!dependsOnListeners(attempt))
        return;
    search_ = std::make_unique<ListenerSearch>(attempt.request.endpoint.transport, attempt.peer);
    connect(search_.get(), &ListenerSearch::finished, this,
            [this, attempt, diagnosis](const std::vector<LocalListener> &listeners) {
                if (const ConnectDiagnosis better = diagnoseConnect(attempt, listeners); better != diagnosis)
                    showDiagnosis(better);
            });
}

void ClientWindow::showDiagnosis(const ConnectDiagnosis &diagnosis)
{
    notice_->clear(NoticeBar::About::Failure); // the earlier text about the same failure
    notice_->clear(NoticeBar::About::Ending);
    const bool isFailure = diagnosis.remedy != ConnectDiagnosis::Remedy::None; // rather than a command of the user
    const NoticeBar::About about = isFailure ? NoticeBar::About::Failure : NoticeBar::About::Ending;
    if (diagnosis.choices.empty()) {
        notice_->showNotice(about, diagnosis.text(), diagnosis.button, [this, diagnosis] { applyRemedy(diagnosis); });
        return;
    }
    std::vector<NoticeBar::Choice> choices;
    for (const ConnectDiagnosis::Choice &choice : diagnosis.choices)
        choices.push_back({choice.endpoint.toString() + u" – "_s + choice.owner,
                           [this, endpoint = choice.endpoint] { connectTo(endpoint); }});
    notice_->showNotice(about, diagnosis.text(), diagnosis.button, choices);
}

void ClientWindow::connectTo(const Endpoint &endpoint)
{
    form_->setEndpoint(endpoint);
    startAttempt();
}

void ClientWindow::applyRemedy(const ConnectDiagnosis &diagnosis)
{
    switch (diagnosis.remedy) {
    case ConnectDiagnosis::Remedy::None: break;
    case ConnectDiagnosis::Remedy::Connect: connectTo(diagnosis.endpoint); break;
    case ConnectDiagnosis::Remedy::EnterText: send_->edit()->setFocus(); break;
    case ConnectDiagnosis::Remedy::EnterSource:
        source_->setFocus();
        source_->selectAll();
        break;
    case ConnectDiagnosis::Remedy::ChangeLimits: changeLimits(); break;
    }
}

void ClientWindow::showState()
{
    const Attempt *attempt = history_.find(current_);
    const bool underWay = attempt && attempt->isUnderWay() && !attempt->isAnswered();
    const bool talks = isTalking(attempt);
    setWindowTitle(attempt ? tr("%1 – Parley Client").arg(attempt->request.endpoint.toString()) : tr("Parley Client"));
    const bool sendsDatagram = form_->transport() == Transport::Udp;
    connect_->setText(talks           ? tr("Disconnect")
                      : underWay      ? tr("Cancel")
                      : sendsDatagram ? tr("Send Datagram")
                                      : tr("Connect"));
    explainField(*connect_,
                 sendsDatagram
                     ? tr("Sends one datagram, and waits for its answer. Connection → Limits… has the time-out.")
                     : tr("Calls socket() and connect(), then recv() until the server closes. Connection → "
                          "Limits… has the time-out."));
    connectAction_->setText(talks           ? tr("Dis&connect")
                            : underWay      ? tr("&Cancel")
                            : sendsDatagram ? tr("Send D&atagram")
                                            : tr("&Connect"));
    showAgain();
    converse_->setPeers(talks ? tr("To %1").arg(attempt->request.endpoint.toString()) : QString(),
                        !talks || !attempt->sendingShut);
    message_->setPlaceholderText(
        !attempt && sendsDatagram ? tr("The answer will appear here: start a server, then click Send Datagram.")
        : !attempt                ? tr("The server's message will appear here: start a server, then click Connect.")
        : underWay                ? tr("Nothing received yet.")
                                  : tr("Nothing was received."));
    saveAction_->setEnabled(!message_->parts().isEmpty() && !underWay);

    QString summary = attempt ? attempt->summary() : QString();
    if (attempt && isMistaken_)
        summary = tr("No attempt was made. The one before: %1").arg(summary);
    if (message_->isCut())
        summary += tr(" · only the first %1 characters are shown").arg(QLocale().toString(message_->shown()));
    if (attempt && attempt->receivedBytes > message_->size()) // the user has stayed connected
        summary += tr(" · only the first %1 are kept").arg(bytesText(message_->size()));
    summary_->showText(summary);
    message_->setAccessibleDescription(summary);

    if (talks)
        status_->showText(attempt->sendingShut ? tr("Connected, half-closed here")
                          : attempt->peerShut  ? tr("Connected, half-closed by the peer: you can still send")
                                               : tr("Connected"));
    else if (underWay)
        status_->showText(attempt->isDatagram()      ? tr("Waiting for an answer…")
                          : attempt->connectedAt < 0 ? tr("Connecting…")
                                                     : tr("Receiving…"));
    else if (history_.total() == 0)
        status_->showText(tr("Ready"));
    else
        status_->showText(history_.counts());
}

/// Says of the chosen attempt what doing it again is.
void ClientWindow::showAgain()
{
    if (!againAction_)
        return; // the window is not complete yet
    const Attempt *attempt = chosenAttempt();
    const bool sends = attempt ? attempt->isDatagram() : form_->transport() == Transport::Udp;
    againAction_->setText(sends ? tr("Send A&gain") : tr("Connect A&gain"));
}

void ClientWindow::saveMessage()
{
    saver_->ask({tr("Save Message As"), u"message.txt"_s, {}}, [this]() -> FileSaver::Writer {
        return [parts = message_->parts()](QIODevice &file) {
            for (const QByteArray &part : parts)
                file.write(part);
        };
    });
}

void ClientWindow::saveHistory()
{
    saver_->ask({tr("Save History"), u"history.csv"_s, tr("Comma-separated values (*.csv)")},
                [this]() -> FileSaver::Writer {
                    return [attempts = history_.attempts(), clock = stream_.wallClock()](QIODevice &file) {
                        writeHistory(file, attempts, clock);
                    };
                });
}

void ClientWindow::changeLimits()
{
    auto *timeout = new QDoubleSpinBox;
    timeout->setDecimals(3);
    timeout->setRange(0.001, LongestTimeout);
    timeout->setSuffix(tr(" s"));
    timeout->setValue(std::chrono::duration<double>(timeout_).count());
    auto *most = new QSpinBox;
    most->setRange(1, static_cast<int>(MaxMessageBytes));
    most->setGroupSeparatorShown(true);
    most->setSuffix(tr(" bytes"));
    most->setValue(static_cast<int>(maxBytes_));
    auto *hops = new QSpinBox;
    hops->setRange(0, ConnectRequest::MostHops);
    hops->setSpecialValueText(tr("The system's: 1 to a group"));
    hops->setValue(ttl_);
    auto *loopback = new QCheckBox(tr("Members on this computer, too"));
    loopback->setChecked(multicastLoopback_);
    const KeepAliveFields keepAlive(keepAlive_);
    auto *dialog = new LimitsDialog(
        this,
        [=, this]() -> QString {
            keepAlive_ = keepAlive.value();
            timeout_ = std::chrono::milliseconds(qRound64(timeout->value() * 1000));
            maxBytes_ = most->value();
            ttl_ = hops->value();
            multicastLoopback_ = loopback->isChecked();
            return {};
        },
        [=] {
            timeout->setValue(std::chrono::duration<double>(ConnectRequest::DefaultTimeout).count());
            most->setValue(static_cast<int>(DefaultMaxMessageBytes));
            hops->setValue(0);
            loopback->setChecked(true);
            keepAlive.setValue(KeepAlive());
        });
    dialog->addLimit(tr("&Time-out:"), timeout, u"timeout"_s,
                     tr("Ends an attempt whose look-up, connect or message takes too long."));
    dialog->addLimit(tr("&Longest message:"), most, u"maxBytes"_s,
                     tr("Keeps a server that sends without end from filling the memory."));
    dialog->addLimit(tr("&Hop limit:"), hops, u"ttl"_s,
                     tr("Keeps a datagram from passing more routers than that (TTL, UDP alone)."));
    dialog->addLimit(tr("&Groups reach:"), loopback, u"multicastLoopback"_s,
                     tr("Keeps a datagram to a group from programs of this computer where it is off."));
    keepAlive.addTo(*dialog);
    dialog->open();
}

void ClientWindow::setEncoding(TextEncoding encoding)
{
    encoding_ = encoding;
    send_->setEncoding(encoding);
    converse_->setEncoding(encoding);
    message_->setEncoding(encoding);
    transcript_->setEncoding(encoding);
    inspector_->setEncoding(encoding);
    if (repeat_)
        repeat_->setEncoding(encoding);
    showState();
}

void ClientWindow::openRepeat()
{
    if (!repeat_) {
        repeat_ = new RepeatWindow(this, [this] { return request(); });
        Settings settings;
        repeat_->restoreSettings(settings);
        repeat_->setEncoding(encoding_);
        tellDamage(settings);
    }
    if (repeat_->isVisible())
        repeat_->raise();
    repeat_->show();
    repeat_->activateWindow();
}

void ClientWindow::rememberFields()
{
    remembered_.add(SavedEndpoint::usual().texts(), [this] {
        return std::holds_alternative<Endpoint>(form_->parse()) ? form_->fields().texts() : KeyedTexts();
    });
    remembered_.add({{u"stay"_s, u"no"_s},
                     {u"stay-after-fin"_s, u"no"_s},
                     {u"encoding"_s, encodingName(TextEncoding::Utf8)},
                     {u"send/mode"_s, u"text"_s},
                     {u"send/ending"_s, BytesField::endings().first()},
                     {u"limits/timeout"_s, DefaultTimeout},
                     {u"limits/max-bytes"_s, QString::number(DefaultMaxMessageBytes)},
                     {u"limits/ttl"_s, u"0"_s},
                     {u"limits/multicast-loopback"_s, u"yes"_s}},
                    [this] {
                        return KeyedTexts{{u"send"_s, send_->line().text},
                                          {u"encoding"_s, encodingName(encoding_)},
                                          {u"send/mode"_s, send_->isHex() ? u"hex"_s : u"text"_s},
                                          {u"send/ending"_s, send_->line().ending},
                                          {u"source"_s, source_->text()},
                                          {u"stay"_s, stay_->isChecked() ? u"yes"_s : u"no"_s},
                                          {u"stay-after-fin"_s, afterFin_->isChecked() ? u"yes"_s : u"no"_s},
                                          {u"limits/timeout"_s, secondsText(timeout_)},
                                          {u"limits/max-bytes"_s, QString::number(maxBytes_)},
                                          {u"limits/ttl"_s, QString::number(ttl_)},
                                          {u"limits/multicast-loopback"_s, multicastLoopback_ ? u"yes"_s : u"no"_s}};
                    });
    remembered_.add(textsOf(KeepAlive()), [this] { return textsOf(keepAlive_); });
    remembered_.start();
    // The endpoint of the window that is closed last is remembered, as a whole.
    if (!options_.host && !options_.port && !options_.path && !options_.transport)
        remembered_.saveAlways(SavedEndpoint::usual().texts().keys());
}

void ClientWindow::restoreSettings()
{
    Settings settings;
    settings.restoreAppearance();
    const SavedEndpoint saved = isOfPair() ? endpointOfServer() : settings.endpoint(Endpoint::Use::Connect);
    form_->setFields({options_.transport.value_or(saved.transport), options_.host.value_or(saved.host),
                      options_.port.value_or(saved.port), options_.path.value_or(saved.path)});
    const auto isMode = [](const QString &text) { return text == u"text" || text == u"hex"; };
    const auto isEnding = [](const QString &text) { return BytesField::endings().contains(text); };
    send_->setLine({settings.text(u"send/mode"_s, u"text"_s, isMode) == u"hex", settings.text(u"send"_s, QString()),
                    settings.text(u"send/ending"_s, BytesField::endings().first(), isEnding)});
    converse_->restore(settings);
    encoding_ = options_.encoding.value_or(settings.encoding());
    send_->setEncoding(encoding_);
    if (options_.send)
        send_->setBytes(*options_.send, options_.sendSource);
    const auto isSource = [](const QString &text) {
        return text.trimmed().isEmpty() || std::holds_alternative<Address>(parseSource(text));
    };
    source_->setText(options_.source.value_or(settings.text(u"source"_s, QString(), isSource)));
    const auto isChoice = [](const QString &text) { return text == u"yes" || text == u"no"; };
    const QSignalBlocker blocker(stay_); // the window is not complete yet
    const QSignalBlocker finBlocker(afterFin_);
    stay_->setChecked(settings.text(u"stay"_s, u"no"_s, isChoice) == u"yes");
    afterFin_->setChecked(settings.text(u"stay-after-fin"_s, u"no"_s, isChoice) == u"yes");
    afterFin_->setEnabled(stay_->isEnabled() && stay_->isChecked());
    const auto isTimeout = [](const QString &text) {
        return text.toDouble() >= 0.001 && text.toDouble() <= LongestTimeout;
    };
    const auto isLimit = [](const QString &text) {
        return text.toLongLong() >= 1 && text.toLongLong() <= MaxMessageBytes;
    };
    timeout_ = options_.timeout.value_or(std::chrono::milliseconds(
        qRound64(settings.text(u"limits/timeout"_s, DefaultTimeout, isTimeout).toDouble() * 1000)));
    maxBytes_ = options_.maxBytes.value_or(
        settings.text(u"limits/max-bytes"_s, QString::number(DefaultMaxMessageBytes), isLimit).toLongLong());
    const auto isHops = [](const QString &text) {
        bool isNumber = false;
        const int hops = text.toInt(&isNumber);
        return isNumber && hops >= 0 && hops <= ConnectRequest::MostHops;
    };
    ttl_ = settings.text(u"limits/ttl"_s, u"0"_s, isHops).toInt();
    if (options_.ttl > 0)
        ttl_ = options_.ttl;
    multicastLoopback_ =
        settings.text(u"limits/multicast-loopback"_s, u"yes"_s, isChoice) == u"yes" && options_.multicastLoopback;
    const KeepAlive savedKeepAlive = readKeepAlive(settings);
    keepAlive_ = options_.keepAlive.value_or(savedKeepAlive);
    rememberFields();
    settings.restoreGeometry(*this);
    if (isOfPair())
        takeHalf(*this, Half::Right);
    settings.restoreColumns(u"history/columns"_s, *table_->horizontalHeader());
    settings.restoreSplitter(u"window/splitter"_s, *splitter_);
    inspector_->restore(settings);
    tellDamage(settings);
}

void ClientWindow::tellDamage(const Settings &settings)
{
    if (!settings.isDamaged())
        return;
    damaged_ = true;
    notice_->showNotice(NoticeBar::About::Damage, settings.damageText());
}

void ClientWindow::saveSettings()
{
    Settings settings;
    if (damaged_) {
        settings.clear(repeat_ ? QString() : u"repeat/"_s); // repeat/ was not read, so it is not known to be damaged
        converse_->save(settings);
    }
    remembered_.save(settings, damaged_);
    if (repeat_)
        repeat_->saveSettings(settings, damaged_);
    settings.saveGeometry(*this);
    settings.saveColumns(u"history/columns"_s, *table_->horizontalHeader());
    settings.saveSplitter(u"window/splitter"_s, *splitter_);
    inspector_->save(settings);
    settings.saveAppearance();
}

void ClientWindow::closeEvent(QCloseEvent *event)
{
    saveSettings();
    QMainWindow::closeEvent(event);
}

} // namespace parley
