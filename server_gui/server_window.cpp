// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/server_window.h"

#include "server_gui/listen_failure.h"
#include "shared/message.h"
#include "shared/ui/appearance.h"
#include "shared/ui/endpoint_form.h"
#include "shared/ui/notice_bar.h"
#include "shared/ui/settings.h"
#include "shared/ui/status_label.h"
#include "shared/ui/table_view.h"

#include <QAction>
#include <QCloseEvent>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QLocale>
#include <QMenuBar>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

/// The longest greeting that the one-line field lays out without a stall (UTF-16 code units).
constexpr qsizetype MaxEditableGreeting = 4096;

QString listOf(const std::vector<Address> &addresses)
{
    QStringList texts;
    for (const Address &address : addresses) {
        Endpoint endpoint;
        endpoint.literal = address;
        endpoint.port = address.port();
        texts.append(endpoint.toString());
    }
    return texts.join(u", "_s);
}

} // namespace

ServerWindow::ServerWindow(const ServerOptions &options) : options_(options)
{
    Settings settings;
    settings.restoreAppearance();
    const Fields fields = initialFields(settings);
    connect(&stream_, &EventStream::arrived, this, &ServerWindow::read);
    connect(server_.engine(), &Server::reachable, this, &ServerWindow::setReachability);
    connect(server_.engine(), &Server::starved, this, &ServerWindow::setStarved);
    connect(server_.engine(), &Server::finished, this, &QWidget::close);
    if (options_.listenAtOnce)
        listen(fields.host, fields.port);

    setWindowTitle(tr("Parley Server"));
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->addWidget(buildForm(fields));
    layout->addWidget(notice_ = new NoticeBar);
    layout->addWidget(reach_ = new StatusLabel(u"reachability"_s, tr("Where the server can be reached")));
    reach_->setWordWrap(true);
    reach_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(buildTable(), 1);
    setCentralWidget(content);
    addToStatusBar(*this, status_ = new StatusLabel(u"status"_s, tr("Status")));
    resize(860, 520);
    restoreLayout(settings);
    buildMenus();

    clock_.setInterval(std::chrono::seconds(1));
    connect(&clock_, &QTimer::timeout, &connections_, &ConnectionModel::refreshDurations);
    if (!inputError_.isEmpty())
        notice_->showNotice(NoticeBar::Kind::Error, inputError_);
    showState();
}

ServerWindow::~ServerWindow() = default;

ServerWindow::Fields ServerWindow::initialFields(Settings &settings)
{
    const auto isHost = [](const QString &host) {
        return std::holds_alternative<Endpoint>(Endpoint::parse(host, u"0"_s, Endpoint::Use::Listen));
    };
    const auto isPort = [](const QString &port) {
        return std::holds_alternative<Endpoint>(Endpoint::parse(u"*"_s, port, Endpoint::Use::Listen));
    };
    const auto isGreeting = [](const QString &greeting) { return greeting.size() <= MaxEditableGreeting; };
    Fields fields;
    fields.host = options_.host.value_or(settings.text(u"host"_s, localHostName(), isHost));
    fields.port = options_.port.value_or(settings.text(u"port"_s, QString::number(Endpoint::DefaultPort), isPort));
    fields.greeting = settings.text(u"greeting"_s, QString::fromUtf16(DefaultGreeting), isGreeting);
    greeting_ = options_.greeting.value_or(encodeMessage(fields.greeting));
    if (options_.greeting)
        fields.greeting = MessageDecoder::decodeAll(greeting_);
    return fields;
}

QWidget *ServerWindow::buildForm(const Fields &fields)
{
    host_ = new QComboBox;
    host_->setObjectName(u"host"_s);
    host_->setAccessibleName(tr("Host"));
    host_->setToolTip(tr("The name or address to listen on; * for every interface"));
    host_->setEditable(true);
    host_->lineEdit()->setAccessibleName(host_->accessibleName()); // it is what gets the focus
    host_->setInsertPolicy(QComboBox::NoInsert);
    host_->addItems({localHostName(), u"localhost"_s, u"*"_s});
    host_->setEditText(fields.host);
    port_ = new QLineEdit(fields.port);
    port_->setObjectName(u"port"_s);
    port_->setAccessibleName(tr("Port"));
    port_->setToolTip(tr("A number, 0 for any free one, or the name of a service"));
    listen_ = new QPushButton;
    listen_->setObjectName(u"listen"_s);
    keepWidth(*listen_, {tr("Listen"), tr("Stop Listening")});
    greetingEdit_ = new QLineEdit;
    greetingEdit_->setObjectName(u"greeting"_s);
    greetingEdit_->setAccessibleName(tr("Greeting"));
    greetingEdit_->setToolTip(tr("What each client is sent, in UTF-8"));
    greetingEdit_->setMaxLength(MaxEditableGreeting);
    // Bytes that the field would not give back unchanged are sent as they are, until something else is typed.
    if (fields.greeting.size() <= MaxEditableGreeting && encodeMessage(fields.greeting) == greeting_)
        greetingEdit_->setText(fields.greeting);
    else
        greetingEdit_->setPlaceholderText(options_.greetingSource.isEmpty()
                                              ? bytesText(greeting_.size())
                                              : tr("%1 from %2").arg(bytesText(greeting_.size()), options_.greetingSource));

    auto *form = new EndpointForm(host_, port_, listen_);
    form->addRow(tr("&Greeting:"), greetingEdit_);

    connect(listen_, &QPushButton::clicked, this, &ServerWindow::listenOrStop);
    const auto enter = [this] {
        if (state_ == State::Stopped)
            listenOrStop();
    };
    connect(host_->lineEdit(), &QLineEdit::returnPressed, this, enter);
    connect(port_, &QLineEdit::returnPressed, this, enter);
    connect(greetingEdit_, &QLineEdit::textChanged, this, &ServerWindow::greetingEdited);
    return form;
}

QWidget *ServerWindow::buildTable()
{
    table_ = new TableView;
    table_->setObjectName(u"connections"_s);
    table_->setAccessibleName(tr("Connections"));
    table_->setModel(&connections_);
    QHeaderView *header = table_->horizontalHeader();
    const int unit = fontMetrics().averageCharWidth();
    header->resizeSection(ConnectionModel::Number, unit * 10);
    header->resizeSection(ConnectionModel::Time, unit * 16);
    header->resizeSection(ConnectionModel::PeerPort, unit * 12);
    header->resizeSection(ConnectionModel::Sent, unit * 16);
    header->resizeSection(ConnectionModel::Received, unit * 16);
    header->resizeSection(ConnectionModel::Duration, unit * 13);
    header->resizeSection(ConnectionModel::PeerAddress, unit * 24);
    header->setSectionResizeMode(ConnectionModel::State, QHeaderView::Stretch);
    return table_;
}

void ServerWindow::buildMenus()
{
    QMenu *menu = menuBar()->addMenu(tr("&Server"));
    listenAction_ = menu->addAction(QString(), this, &ServerWindow::listenOrStop);
    listenAction_->setShortcut(Qt::CTRL | Qt::Key_L);
    menu->addSeparator();
    menu->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
    addAppearanceActions(*menuBar()->addMenu(tr("&Appearance")));
}

void ServerWindow::listenOrStop()
{
    if (state_ == State::Stopped) {
        notice_->clear();
        listen(host_->currentText(), port_->text());
        if (!inputError_.isEmpty())
            notice_->showNotice(NoticeBar::Kind::Error, inputError_);
    } else {
        server_.post([](Server &server) { server.stop(); });
        setState(State::Stopped);
    }
    showState();
}

void ServerWindow::listen(const QString &host, const QString &port)
{
    const auto parsed = Endpoint::parse(host, port, Endpoint::Use::Listen);
    const auto *error = std::get_if<EndpointError>(&parsed);
    inputError_ = error ? error->sentence : QString();
    if (error) {
        if (QWidget *wrong = error->part == EndpointError::Part::Host ? static_cast<QWidget *>(host_) : port_)
            wrong->setFocus();
        return;
    }
    endpoint_ = std::get<Endpoint>(parsed);
    ServerSettings settings = options_.settings(endpoint_);
    settings.greeting = greeting_;
    server_.post([settings](Server &server) { server.listen(settings); });
    state_ = State::Starting;
}

void ServerWindow::greetingEdited(const QString &text)
{
    greeting_ = encodeMessage(text);
    greetingEdit_->setPlaceholderText(tr("Nothing: close at once"));
    server_.post([greeting = greeting_](Server &server) { server.setGreeting(greeting); });
}

void ServerWindow::read(const EventBatch &batch)
{
    for (const Event &event : batch.events) {
        if (event.connection == 0)
            readListenerEvent(event);
    }
    connections_.read(batch);
    dropped_ += batch.dropped;
    showCounts();
}

void ServerWindow::readListenerEvent(const Event &event)
{
    if (event.call == Call::Listen && event.error == 0) {
        listening_ = event.address;
        setState(State::Listening);
    } else if (event.call == Call::End && event.outcome != Outcome::Complete) {
        setState(State::Stopped);
        notice_->showNotice(NoticeBar::Kind::Error, listenFailure(endpoint_, event));
    }
}

void ServerWindow::setReachability(const Reachability &reachability)
{
    reachability_ = reachability;
    showState();
}

void ServerWindow::setStarved(int error)
{
    if (error != 0)
        notice_->showNotice(NoticeBar::Kind::Warning, starvedText(error));
    else if (!closing_)
        notice_->clear();
}

void ServerWindow::setState(State state)
{
    state_ = state;
    if (state != State::Listening)
        reachability_ = {};
    showState();
}

void ServerWindow::showState()
{
    const bool stopped = state_ == State::Stopped;
    listen_->setText(stopped ? tr("Listen") : tr("Stop Listening"));
    listen_->setDefault(stopped);
    listenAction_->setText(stopped ? tr("&Listen") : tr("Stop &Listening"));
    host_->setEnabled(stopped);
    port_->setEnabled(stopped);
    const bool exposed = !reachability_.others.empty();
    QString reach;
    if (state_ == State::Starting)
        reach = tr("Looking up %1…").arg(endpoint_.host());
    else if (state_ == State::Listening && !exposed)
        reach = tr("Reachable at %1, from this computer only.").arg(listOf(reachability_.here));
    else if (state_ == State::Listening && reachability_.here.empty())
        reach = tr("Reachable at %1, from other computers too unless a firewall stops them.").arg(listOf(reachability_.others));
    else if (state_ == State::Listening)
        reach = tr("Reachable at %1 from this computer, and from others at %2 unless a firewall stops them.")
                    .arg(listOf(reachability_.here), listOf(reachability_.others));
    reach_->showText(reach);
    reach_->setVisible(!reach.isEmpty());
    showPlaceholder();
    showCounts();
}

void ServerWindow::showPlaceholder()
{
    if (state_ == State::Listening) {
        const std::vector<Address> &addresses = reachability_.here.empty() ? reachability_.others : reachability_.here;
        const QString host = addresses.empty() ? endpoint_.host() : QString::fromUtf8(addresses.front().host());
        table_->setPlaceholder(tr("No connection yet.\nClick Connect in Parley Client, or type in a terminal:  ncat %1 %2")
                                   .arg(host)
                                   .arg(listening_.port()));
    } else {
        table_->setPlaceholder(tr("Not listening.\nClick Listen to accept connections."));
    }
}

void ServerWindow::showCounts()
{
    const QLocale locale;
    QString state = closing_                      ? tr("Completing the greetings under way")
                    : state_ == State::Listening ? tr("Listening on %1").arg(QString::fromLatin1(listening_.toPython()))
                    : state_ == State::Starting  ? tr("Starting")
                                                 : tr("Not listening");
    const quint64 open = server_.engine()->open();
    state += tr(" · %1 open, %2 in total").arg(locale.toString(open), locale.toString(server_.engine()->accepted()));
    if (dropped_ > 0)
        state += tr(" · %1 events not shown").arg(locale.toString(dropped_));
    status_->showText(state);
    if (open == 0)
        clock_.stop();
    else if (!clock_.isActive())
        clock_.start();
}

void ServerWindow::restoreLayout(Settings &settings)
{
    settings.restoreGeometry(*this);
    settings.restoreColumns(u"connections/columns"_s, *table_->horizontalHeader());
    if (settings.isDamaged())
        notice_->showNotice(NoticeBar::Kind::Warning, settings.damageText());
}

void ServerWindow::saveSettings()
{
    Settings settings;
    settings.setText(u"host"_s, host_->currentText(), localHostName());
    settings.setText(u"port"_s, port_->text(), QString::number(Endpoint::DefaultPort));
    if (!greetingEdit_->text().isEmpty() || greeting_.isEmpty())
        settings.setText(u"greeting"_s, greetingEdit_->text(), QString::fromUtf16(DefaultGreeting));
    settings.saveGeometry(*this);
    settings.saveColumns(u"connections/columns"_s, *table_->horizontalHeader());
    settings.saveAppearance();
}

void ServerWindow::closeEvent(QCloseEvent *event)
{
    // The first close lets the greetings under way complete, each within its deadline; a second one does not wait.
    if (!closing_ && server_.engine()->open() > 0) {
        finishThenClose();
        event->ignore();
        return;
    }
    saveSettings();
    QMainWindow::closeEvent(event);
}

void ServerWindow::finishThenClose()
{
    closing_ = true;
    server_.post([](Server &server) { server.finish(); });
    listen_->setEnabled(false);
    listenAction_->setEnabled(false);
    notice_->showNotice(NoticeBar::Kind::Information,
                        tr("Completing the greetings under way, then closing."), tr("Close Now"), [this] { close(); });
    setState(State::Stopped);
}

} // namespace parley
