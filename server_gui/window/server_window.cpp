// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/server_window.h"

#include "server_gui/engine/listen_diagnosis.h"
#include "server_gui/table/connections_csv.h"
#include "server_gui/window/accept_queue_bar.h"
#include "server_gui/window/behaviour_editor.h"
#include "server_gui/window/connections_pane.h"
#include "server_gui/window/greeting_field.h"
#include "server_gui/window/limits_editor.h"
#include "shared/inspect/copy_as_text.h"
#include "shared/message/message.h"
#include "shared/socket/local_listeners.h"
#include "shared/ui/appearance.h"
#include "shared/ui/converse_bar.h"
#include "shared/ui/endpoint_form.h"
#include "shared/ui/field_help.h"
#include "shared/ui/file_drop.h"
#include "shared/ui/file_saver.h"
#include "shared/ui/inspector/inspector.h"
#include "shared/ui/inspector/kernel_page.h"
#include "shared/ui/inspector/save_log.h"
#include "shared/ui/menus.h"
#include "shared/ui/notice_bar.h"
#include "shared/ui/placement.h"
#include "shared/ui/status_label.h"
#include "shared/ui/table_view.h"

#include <QAbstractItemView>
#include <QAction>
#include <QCloseEvent>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStatusBar>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

using About = NoticeBar::About;

/// How long the status line says what was saved (ms); after that it shows the counts again.
constexpr int SavedFor = 10'000;

/// socat(1) gives a meaning to some characters of an address, and to none after a backslash.
QByteArray socatCommand(const QByteArray &abstractName)
{
    QByteArray name;
    for (const char c : abstractName) {
        if (QByteArrayView("\\\"'`,:!()[]{}<>").contains(c))
            name += '\\';
        name += c;
    }
    return "socat - " + shellWord("ABSTRACT-CONNECT:" + name);
}

QString textOf(const Address &address)
{
    return QString::fromUtf8(address.toString());
}

QString listOf(const std::vector<Address> &addresses)
{
    QStringList texts;
    for (const Address &address : addresses)
        texts.append(textOf(address));
    return enumerated(texts);
}

} // namespace

ServerWindow::ServerWindow(const ServerOptions &options) : options_(options), saver_(new FileSaver(this))
{
    Settings settings;
    const SavedEndpoint endpoint = initialFields(settings);
    limits_ = options_.limits(readLimits(settings));
    connect(&stream_, &EventStream::arrived, this, &ServerWindow::read);
    server_.hear(&Server::reachable, this, &ServerWindow::setReachability);
    server_.hear(&Server::starved, this, &ServerWindow::setStarved);
    server_.hear(&Server::finished, this, &QWidget::close);
    server_.hear(&Server::surveyed, this, &ServerWindow::setLocalNames);
    if (options_.listenAtOnce)
        listen(endpoint.parse(Endpoint::Use::Listen));
    server_.post([](Server &server) { server.survey(); });

    settings.restoreAppearance();
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->addWidget(buildForm(endpoint));
    layout->addWidget(notice_ = new NoticeBar);
    layout->addLayout(buildReach());
    layout->addWidget(acceptQueue_ = new AcceptQueueBar(server_, options_.backlog));
    inspector_ = new Inspector;
    inspector_->addPage(
        [this] {
            auto *kernel = new KernelPage(inspector_->history());
            connect(kernel, &KernelPage::viewRequested, this, [this](quint64 connection) {
                server_.post([connection](Server &engine) { engine.viewKernel(connection); });
            });
            server_.hear(&Server::kernelViewed, kernel, &KernelPage::showAnswer);
            return kernel;
        },
        tr("Kernel's View"));
    layout->addWidget(inspector_->below(buildConnections()), 1);
    connect(acceptQueue_, &AcceptQueueBar::waitingChanged, pane_, &ConnectionsPane::setWaiting);
    layout->addWidget(buildConverse());
    setCentralWidget(scrollable(content));
    addToStatusBar(*this, *content, status_ = new StatusLabel(u"status"_s, tr("Status")));
    connect(inspector_, &Inspector::statusMessage, status_, &StatusLabel::showText);
    connect(inspector_, &Inspector::saveRequested, saver_, &FileSaver::ask);
    resize(usualSize(*this, {960, 920})); // with Details, as far as the screen has room
    rememberFields();
    restoreLayout(settings);
    buildMenus();
    nameComboBoxes(*this);
    connect(saver_, &FileSaver::saved, this, [this](const QString &sentence) {
        notice_->clear(About::Saving);
        statusBar()->showMessage(sentence, SavedFor);
    });
    connect(saver_, &FileSaver::failed, this, [this](const QString &sentence, const std::function<void()> &askAgain) {
        notice_->showNotice(About::Saving, sentence, tr("Save Elsewhere…"), askAgain);
    });

    clock_.setInterval(std::chrono::seconds(1));
    connect(&clock_, &QTimer::timeout, this, [this] {
        connections_.refreshDurations();
        showCounts();
    });
    if (!inputError_.isEmpty())
        notice_->showNotice(About::Failure, inputError_);
    showState();
}

ServerWindow::~ServerWindow()
{
    hide(); // widgets disconnect from the engine here: it is destroyed before them
}

SavedEndpoint ServerWindow::initialFields(Settings &settings)
{
    encoding_ = options_.encoding.value_or(settings.encoding());
    const auto isGreeting = [](const QString &greeting) { return greeting.size() <= GreetingField::LongestGreeting; };
    greeting_ = new GreetingField(encoding_);
    if (options_.greeting)
        greeting_->setGiven(*options_.greeting, options_.greetingSource);
    else
        greeting_->setText(settings.text(u"greeting"_s, QString::fromUtf16(DefaultGreeting), isGreeting));
    const auto isBehaviour = [](const QString &text) {
        return std::holds_alternative<BehaviourChoice>(BehaviourChoice::parse(text));
    };
    const QString saved = settings.text(u"behaviour"_s, BehaviourChoice().toString(), isBehaviour);
    behaviour_ = options_.behaviour.value_or(std::get<BehaviourChoice>(BehaviourChoice::parse(saved)));

    const SavedEndpoint endpoint = settings.endpoint(Endpoint::Use::Listen);
    return {options_.transport.value_or(endpoint.transport), options_.host.value_or(endpoint.host),
            options_.port.value_or(endpoint.port), options_.path.value_or(endpoint.path)};
}

QWidget *ServerWindow::buildForm(const SavedEndpoint &endpoint)
{
    host_ = new QComboBox;
    host_->setEditable(true);
    host_->lineEdit()->setAccessibleName(tr("Host")); // the line edit gets the focus
    host_->setInsertPolicy(QComboBox::NoInsert);
    host_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    host_->setMinimumContentsLength(6);
    host_->setCompleter(nullptr); // a completer would write the meaning into the field
    connect(host_, &QComboBox::activated, this,
            [this](int index) { host_->setEditText(host_->itemData(index).toString()); });
    listen_ = new QPushButton;
    listen_->setObjectName(u"listen"_s);
    keepWidth(*listen_, {tr("Listen"), tr("Stop Listening")});
    acceptFile(*greeting_, [this](const QString &name) {
        const auto read = readWhole(name, MaxGreetingBytes);
        if (const auto *problem = std::get_if<QString>(&read))
            notice_->showNotice(About::Failure, *problem);
        else
            greeting_->setGiven(std::get<QByteArray>(read), displaySafe(name, LineBreaks::Escape));
    });
    form_ = new EndpointForm(Endpoint::Use::Listen, host_, host_->lineEdit(), listen_);
    form_->setFields(endpoint);
    form_->addRow(tr("&Greeting:"), greeting_);
    form_->addRow(tr("&Behaviour:"), buildBehaviours());

    connect(listen_, &QPushButton::clicked, this, &ServerWindow::listenOrStop);
    connect(form_, &EndpointForm::submitted, this, [this] {
        if (listener_.state() == State::Stopped)
            listenOrStop();
    });
    connect(greeting_, &GreetingField::changed, this, [this] {
        showGreetingProblem();
        server_.post([greeting = greeting_->greeting()](Server &server) { server.setGreeting(greeting); });
    });
    return form_;
}

QLayout *ServerWindow::buildReach()
{
    reach_ = new StatusLabel(u"reachability"_s, tr("Where the server can be reached"));
    reach_->setWordWrap(true);
    reach_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    everyInterface_ = new QPushButton(tr("Listen on All Interfaces"));
    everyInterface_->setObjectName(u"everyInterface"_s);
    explainField(*everyInterface_, tr("Listens on *, so that other computers can connect too."));
    connect(everyInterface_, &QPushButton::clicked, this, [this] {
        Endpoint endpoint = endpoint_;
        endpoint.name.clear();
        endpoint.literal = Address::any(endpoint.port);
        listenInstead(endpoint);
    });
    QSizePolicy kept = reach_->sizePolicy();
    kept.setRetainSizeWhenHidden(true); // nothing moves when the sentence or the button comes and goes
    reach_->setSizePolicy(kept);
    reach_->setMinimumHeight(everyInterface_->sizeHint().height());
    auto *layout = new QHBoxLayout;
    layout->addWidget(reach_, 1);
    layout->addWidget(everyInterface_);
    return layout;
}

QWidget *ServerWindow::buildBehaviours()
{
    behaviourEditor_ = new BehaviourEditor(behaviour_);
    connect(behaviourEditor_, &BehaviourEditor::changed, this, [this](const BehaviourChoice &behaviour) {
        behaviour_ = behaviour;
        server_.post([behaviour](Server &server) { server.setBehaviour(behaviour); });
    });
    const auto showWhetherItApplies = [this] {
        const bool isDatagram = form_->transport() == Transport::Udp;
        behaviourEditor_->setEnabled(!isDatagram);
        behaviourEditor_->setToolTip(isDatagram ? tr("Datagrams are always answered with the greeting") : QString());
    };
    showWhetherItApplies();
    connect(form_, &EndpointForm::transportChanged, this, showWhetherItApplies);
    return behaviourEditor_;
}

QWidget *ServerWindow::buildConnections()
{
    pane_ = new ConnectionsPane(connections_, stream_);
    connect(pane_, &ConnectionsPane::watchedChanged, this, &ServerWindow::inspectWatched);
    inspectWatched();
    return pane_;
}

/// The bar that talks to the selected open connections.
QWidget *ServerWindow::buildConverse()
{
    using Numbers = std::vector<quint64>;
    converse_ = new ConverseBar;
    connect(converse_, &ConverseBar::send, this, [this](const std::shared_ptr<Transfer> &transfer) {
        server_.post([numbers = pane_->openSelection(), transfer](Server &server) { server.send(numbers, transfer); });
    });
    connect(converse_, &ConverseBar::cancel, this, [this](const std::shared_ptr<Transfer> &transfer) {
        server_.post([transfer](Server &server) { server.cancel(transfer); });
    });
    const auto ending = [this](void (Server::*command)(const Numbers &)) {
        return [this, command] {
            server_.post([command, numbers = pane_->openSelection()](Server &server) { (server.*command)(numbers); });
        };
    };
    connect(converse_, &ConverseBar::halfClose, this, ending(&Server::halfClose));
    connect(converse_, &ConverseBar::close, this, ending(&Server::close));
    connect(converse_, &ConverseBar::reset, this, ending(&Server::reset));
    connect(converse_, &ConverseBar::failed, this,
            [this](const QString &sentence) { notice_->showNotice(About::Conversation, sentence); });

    selection_.setSingleShot(true);
    selection_.setInterval(std::chrono::milliseconds(100)); // a million rows may be selected
    connect(&selection_, &QTimer::timeout, this, &ServerWindow::showPeers);
    connect(pane_, &ConnectionsPane::selectionChanged, &selection_, qOverload<>(&QTimer::start));
    return converse_->inPlace(tr("Select an open connection to talk on it, to half-close, close or reset it."));
}

void ServerWindow::showPeers()
{
    const std::vector<quint64> numbers = pane_->openSelection();
    if (numbers != peers_)
        converse_->stopAgain();
    peers_ = numbers;
    const QLocale locale;
    converse_->setPeers(numbers.empty()       ? QString()
                        : numbers.size() == 1 ? tr("To connection %1").arg(locale.toString(numbers.front()))
                                              : tr("To %1 connections").arg(locale.toString(numbers.size())),
                        numbers.empty() || pane_->canSendToSelection());
}

void ServerWindow::buildMenus()
{
    const Menus menus(*this);
    menus.file->addAction(tr("&Save Log…"), QKeySequence::Save, this,
                          [this] { saveLog(*saver_, stream_, inspector_->history()); });
    menus.file->addAction(tr("Save &Connections…"), Qt::CTRL | Qt::SHIFT | Qt::Key_S, this,
                          &ServerWindow::saveConnections);
    pane_->addActions(*menus.edit, *menus.view);
    QAction *clear = menus.edit->addAction(tr("Clear &List"), this, [this] {
        server_.post([](Server &server) { server.forgetSenders(); });
        connections_.clearEnded();
    });
    listenAction_ = menus.connection->addAction(QString(), this, &ServerWindow::listenOrStop);
    listenAction_->setShortcut(Qt::CTRL | Qt::Key_L);
    menus.connection->addAction(acceptQueue_->holdAction());
    menus.connection->addAction(tr("Li&mits…"), this, &ServerWindow::changeLimits);
    menus.connection->addSeparator();
    QAction *ladder = menus.connection->addAction(tr("Show La&dder"), inspector_, &Inspector::showLadder);
    menus.connection->addActions(converse_->commands());
    menus.view->addSeparator();
    inspector_->fillMenus(menus);
    menus.view->addAction(acceptQueue_->showAction());
    menus.view->addAction(tr("Ne&west Connection"), pane_, &ConnectionsPane::showNewest);
    menus.view->addAction(tr("&Listener"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), pane_,
                          &ConnectionsPane::showListener);
    menus.view->addSeparator();
    addEncodingActions(*menus.view->addMenu(tr("&Text Encoding")), encoding_,
                       [this](TextEncoding encoding) { setEncoding(encoding); });
    addAppearanceActions(*menus.view->addMenu(tr("Appeara&nce")));
    menus.file->addSeparator();
    menus.file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);

    TableView &table = pane_->table(); // its context menu begins with Copy
    connect(&table, &TableView::statusMessage, this,
            [this](const QString &text) { statusBar()->showMessage(text, SavedFor); });
    connect(&table, &TableView::activated, inspector_, &Inspector::showLadder);
    table.addAction(ladder);
    table.addActions(converse_->commands());
    table.addAction(clear);
}

void ServerWindow::inspectWatched()
{
    const quint64 number = pane_->watched();
    if (number == 0) {
        inspector_->inspect(0, tr("Listener"));
        return;
    }
    const ConnectionStore &records = connections_.records();
    const int row = records.find(number);
    if (row < 0)
        return;
    const ConnectionRecord record = records.at(row);
    inspector_->inspect(number,
                        (record.progress.asked > 0 ? tr("Datagrams of sender %1, %2") : tr("Connection %1 with %2"))
                            .arg(QLocale().toString(number), textOf(record.peer)));
}

void ServerWindow::listenOrStop()
{
    if (closing_)
        return;
    if (listener_.state() == State::Stopped) {
        notice_->clear();
        showGreetingProblem();
        listen(form_->parse());
        if (!inputError_.isEmpty())
            notice_->showNotice(About::Failure, inputError_);
    } else {
        stopListening();
        notice_->clear(About::Advice);
        listenerChanged();
    }
    showState();
}

void ServerWindow::listen(const std::variant<Endpoint, EndpointError> &parsed)
{
    const auto *error = std::get_if<EndpointError>(&parsed);
    inputError_ = error ? error->sentence : QString();
    if (error) {
        if (form_)
            form_->focusOn(error->part);
        return;
    }
    endpoint_ = std::get<Endpoint>(parsed);
    search_.reset();
    ServerSettings settings = options_.settings(endpoint_);
    settings.behaviour = behaviour_;
    settings.greeting = greeting_->greeting();
    settings.limits = limits_;
    if (acceptQueue_) // the window listens before it is built
        settings.backlog = acceptQueue_->backlog();
    server_.post([settings](Server &server) { server.listen(settings); });
    listener_.listenAsked();
}

void ServerWindow::showGreetingProblem()
{
    const QString problem = greeting_->problem();
    if (problem.isEmpty())
        notice_->clear(About::Greeting);
    else
        notice_->showNotice(About::Greeting, problem);
}

void ServerWindow::setEncoding(TextEncoding encoding)
{
    encoding_ = encoding;
    converse_->setEncoding(encoding);
    inspector_->setEncoding(encoding);
    greeting_->setEncoding(encoding);
}

void ServerWindow::read(const EventBatch &batch)
{
    inspector_->read(batch);
    for (const Event &event : batch.events) {
        if (event.connection() == 0)
            readListenerEvent(event);
    }
    connections_.read(batch);
    showLimit(batch);
    if (!pane_->selection().empty() && !selection_.isActive())
        selection_.start();
    dropped_ += batch.dropped;
    showCounts();
}

/// The latest one of a selected connection: of others there may be thousands.
void ServerWindow::showLimit(const EventBatch &batch)
{
    const std::vector<quint64> &selected = pane_->selection();
    const auto found = std::find_if(batch.events.rbegin(), batch.events.rend(), [&selected](const Event &event) {
        return event.limit().kind != Limit::Kind::None
               && std::binary_search(selected.begin(), selected.end(), event.connection());
    });
    if (found == batch.events.rend())
        return;
    const Event &event = *found;
    notice_->showNotice(
        About::Ending,
        tr("Connection %1 %2: %3.")
            .arg(QLocale().toString(event.connection()), outcomeText(event.outcome()), limitText(event.limit())),
        tr("Change Limits…"), [this] { changeLimits(); });
}

void ServerWindow::readListenerEvent(const Event &event)
{
    const State before = listener_.state();
    listener_.read(event);
    const State state = listener_.state();
    if (state == before)
        return;
    listenerChanged();
    if (state == State::Listening) {
        form_->showResolved(endpoint_, listener_.address());
        adviseOnLoopback();
    } else if (state == State::Stopped && event.outcome() != Outcome::Complete) {
        showFailure(event);
    }
}

/// The search for the program that has the port takes a while. Until it ends, the notice says the rest.
void ServerWindow::showFailure(const Event &end)
{
    const auto show = [this](const ListenDiagnosis &diagnosis) {
        notice_->showNotice(About::Failure, diagnosis.text, diagnosis.button,
                            [this, endpoint = diagnosis.endpoint] { listenInstead(endpoint); });
    };
    const ListenDiagnosis first = diagnoseListen(endpoint_, end);
    show(first);
    if (!dependsOnListeners(endpoint_, end))
        return;
    search_ = std::make_unique<ListenerSearch>(endpoint_.transport, listener_.tried());
    connect(search_.get(), &ListenerSearch::finished, this,
            [this, end, first, show](const std::vector<LocalListener> &listeners) {
                const ListenDiagnosis second = diagnoseListen(endpoint_, end, listenerAt(listeners, listener_.tried()));
                if (second != first)
                    show(second);
            });
}

void ServerWindow::setReachability(const Reachability &reachability)
{
    reachability_ = reachability;
    showState();
}

void ServerWindow::setLocalNames(const LocalNames &names)
{
    localNames_ = names;
    const QString typed = host_->currentText();
    const QSignalBlocker blocker(host_);
    const QSignalBlocker editBlocker(host_->lineEdit()); // keep the text and its resolved address
    host_->clear();
    const auto add = [this](const QString &host, const QString &meaning) {
        host_->addItem(host + u" – "_s + meaning, host);
    };
    QStringList own;
    for (const Address &address : names.addresses)
        own.append(QString::fromUtf8(address.host()));
    add(names.name, own.isEmpty() ? tr("this computer's name, which has no address")
                                  : tr("this computer's name: %1").arg(enumerated(own)));
    for (const LocalAddress &local : names.interfaces) {
        add(QString::fromUtf8(local.address.host()), local.address.isLoopback()
                                                         ? tr("only this computer")
                                                         : tr("everyone who can reach %1").arg(local.interface));
    }
    add(u"*"_s, tr("everyone, on every interface, IPv6 and IPv4"));
    add(u"0.0.0.0"_s, tr("everyone, on every interface, IPv4 only"));
    host_->setEditText(typed);
    host_->view()->setMinimumWidth(host_->view()->sizeHintForColumn(0) + fontMetrics().averageCharWidth() * 4);
    showState();
}

/// On Debian a computer's name is 127.0.1.1: a user who tries 127.0.0.1 or localhost is refused, and wonders.
void ServerWindow::adviseOnLoopback()
{
    const Address usual = Address::ipv4(0x7f000001, listener_.address().port()); // INADDR_LOOPBACK
    if (listener_.address().family() != Address::Family::IPv4 || !listener_.address().isLoopback()
        || listener_.address() == usual)
        return;
    const QString there = QString::fromUtf8(listener_.address().host());
    notice_->showNotice(
        About::Advice,
        endpoint_.isName()
            ? tr("%1 is %2 here: clients that connect to 127.0.0.1 or localhost will not reach this server.")
                  .arg(endpoint_.host(), there)
            : tr("This server listens on %1: clients that connect to 127.0.0.1 or localhost will not reach it.")
                  .arg(there),
        tr("Listen on 127.0.0.1"), [this] {
            Endpoint endpoint = endpoint_;
            endpoint.name.clear();
            endpoint.literal = Address::ipv4(0x7f000001, endpoint.port);
            listenInstead(endpoint);
        });
}

void ServerWindow::listenInstead(const Endpoint &endpoint)
{
    if (closing_)
        return;
    form_->setEndpoint(endpoint);
    notice_->clear();
    showGreetingProblem();
    stopListening();
    listen(form_->parse());
    showState();
}

void ServerWindow::setStarved(int error, native::DescriptorUse descriptors)
{
    if (error == 0) {
        notice_->clear(About::Starvation);
        return;
    }
    const bool isFull = error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
    notice_->showNotice(About::Starvation, starvedText(error, descriptors),
                        isFull ? tr("Close All") : tr("Stop Listening"), [this, isFull] {
                            if (isFull)
                                server_.post([](Server &server) { server.closeAll(); });
                            else if (listener_.state() == State::Listening)
                                listenOrStop();
                        });
}

void ServerWindow::stopListening()
{
    server_.post([](Server &server) { server.stop(); });
    listener_.stopAsked();
}

void ServerWindow::listenerChanged()
{
    if (listener_.state() != State::Listening)
        reachability_ = {};
    showState();
}

void ServerWindow::showState()
{
    const bool stopped = listener_.state() == State::Stopped;
    listen_->setEnabled(listener_.state() != State::Stopping && !closing_);
    listenAction_->setEnabled(listen_->isEnabled());
    listen_->setText(stopped ? tr("Listen") : tr("Stop Listening"));
    listen_->setDefault(stopped);
    explainField(*listen_, stopped ? tr("Calls socket(), bind() and listen(): from then on clients can connect.")
                                   : tr("Closes the listening socket. The connections go on."));
    listenAction_->setText(stopped ? tr("&Listen") : tr("Stop &Listening"));
    form_->setFieldsEnabled(stopped && !closing_);
    setWindowTitle(listener_.state() == State::Listening ? tr("%1 – Parley Server").arg(listeningAt())
                                                         : tr("Parley Server"));
    acceptQueue_->setListener(listener_.state() == State::Listening ? listener_.address() : Address());
    const QString reach = reachText();
    reach_->showText(reach);
    reach_->setVisible(!reach.isEmpty());
    everyInterface_->setVisible(listener_.state() == State::Listening && !reachability_.here.empty()
                                && reachability_.others.empty());
    showPlaceholder();
    showCounts();
}

/// As a user types it. The port is the one that the system chose for 0.
QString ServerWindow::listeningAt() const
{
    Endpoint endpoint = endpoint_;
    if (endpoint.transport != Transport::Unix && !listener_.address().isNull())
        endpoint.port = listener_.address().port();
    return endpoint.toString();
}

QString ServerWindow::reachText() const
{
    if (listener_.state() == State::Starting)
        return endpoint_.isName() ? tr("Looking up %1…").arg(endpoint_.host()) : QString();
    if (listener_.state() == State::Stopped) {
        QStringList own;
        for (const Address &address : localNames_.addresses)
            own.append(QString::fromUtf8(address.host()));
        return own.isEmpty() ? QString()
                             : tr("This computer's name is %1 (%2).").arg(localNames_.name, enumerated(own));
    }
    if (listener_.state() == State::Stopping)
        return {};
    if (endpoint_.transport == Transport::Unix) {
        return (endpoint_.path.startsWith('@')
                    ? tr("Reachable at %1, by every program on this computer.")
                    : tr("Reachable at %1, by programs on this computer whose user may write to that file."))
            .arg(endpoint_.toString());
    }
    const QString here = listOf(reachability_.here);
    const QString others = listOf(reachability_.others);
    if (others.isEmpty())
        return tr("Reachable at %1, from this computer only.").arg(here);
    if (here.isEmpty())
        return tr("Reachable at %1, from other computers too unless a firewall stops them.").arg(others);
    return tr("Listening on every interface. Reachable at %1 from this computer, and from others at %2 unless a "
              "firewall stops them.")
        .arg(here, others);
}

void ServerWindow::showPlaceholder()
{
    if (listener_.state() == State::Listening && endpoint_.transport == Transport::Unix) {
        const QByteArray &path = endpoint_.path;
        pane_->setPlaceholder(tr("No connection yet.\nClick Connect in Parley Client, or type in a terminal:  %1")
                                  .arg(QString::fromLatin1(path.startsWith('@') ? socatCommand(path.sliced(1))
                                                                                : "ncat -U " + shellPath(path))));
    } else if (listener_.state() == State::Listening && endpoint_.transport == Transport::Udp) {
        const bool isGroup = listener_.address().isMulticast(); // of which ncat hears no answer
        const QByteArray host =
            reachability_.here.empty() ? endpoint_.host().toUtf8() : reachability_.here.front().host();
        pane_->setPlaceholder(
            tr("No datagram yet.\nClick Send Datagram in Parley Client, or type in a terminal:  %1 %2 %3")
                .arg(isGroup ? u"parley-client --headless --udp"_s : u"ncat -u"_s, QString::fromLatin1(shellWord(host)),
                     QString::number(listener_.address().port())));
    } else if (listener_.state() == State::Listening) {
        const std::vector<Address> &addresses = reachability_.here.empty() ? reachability_.others : reachability_.here;
        const QByteArray host = addresses.empty() ? endpoint_.host().toUtf8() : addresses.front().host();
        pane_->setPlaceholder(
            tr("No connection yet.\nClick Connect in Parley Client, or type in a terminal:  ncat %1 %2")
                .arg(QString::fromLatin1(shellWord(host)), QString::number(listener_.address().port())));
    } else {
        pane_->setPlaceholder(tr("Not listening.\nClick Listen to accept connections."));
    }
}

void ServerWindow::showCounts()
{
    const QLocale locale;
    QString state = closing_ ? tr("Completing the greetings under way")
                    : listener_.state() == State::Listening
                        ? tr("Listening on %1")
                              .arg(listener_.address().isNull() ? endpoint_.toString() : textOf(listener_.address()))
                    : listener_.state() == State::Starting ? tr("Starting")
                                                           : tr("Not listening");
    const Server &engine = *server_.engine();
    const quint64 open = engine.open();
    const quint64 connections = engine.connections();
    const bool hearsDatagrams = endpoint_.transport == Transport::Udp || engine.datagrams() > 0;
    if (endpoint_.transport != Transport::Udp || connections > 0)
        state += tr(" · %1 open, %2 in total").arg(locale.toString(open), locale.toString(connections));
    if (hearsDatagrams)
        state += tr(" · datagrams: %1 received, %2 answered")
                     .arg(locale.toString(engine.datagrams()), locale.toString(engine.answered()));
    if (const quint64 turned = server_.engine()->denied(); turned > 0)
        state += tr(" · %1 denied").arg(locale.toString(turned));
    if (const quint64 turned = server_.engine()->overLimit(); turned > 0)
        state += tr(" · %1 over the limit").arg(locale.toString(turned));
    if (const quint64 removed = connections_.removedRows(); removed > 0)
        state += tr(" · %1 no longer listed").arg(locale.toString(removed));
    if (dropped_ > 0)
        state += tr(" · %1 events not shown").arg(locale.toString(dropped_));
    status_->showText(state);
    if (open == 0)
        clock_.stop();
    else if (!clock_.isActive())
        clock_.start();
}

void ServerWindow::rememberFields()
{
    remembered_.add(SavedEndpoint::usual().texts(), [this] {
        return std::holds_alternative<Endpoint>(form_->parse()) ? form_->fields().texts() : KeyedTexts();
    });
    const KeyedTexts greeting{{u"greeting"_s, QString::fromUtf16(DefaultGreeting)}};
    remembered_.add(greeting, [this] {
        return greeting_->isGiven() ? KeyedTexts() : KeyedTexts{{u"greeting"_s, greeting_->text()}};
    });
    const KeyedTexts encoding{{u"encoding"_s, encodingName(TextEncoding::Utf8)}};
    remembered_.add(encoding, [this] { return KeyedTexts{{u"encoding"_s, encodingName(encoding_)}}; });
    const KeyedTexts behaviour{{u"behaviour"_s, BehaviourChoice().toString()}};
    remembered_.add(behaviour, [this] { return KeyedTexts{{u"behaviour"_s, behaviour_.toString()}}; });
    remembered_.add(textsOf(ServerLimits()), [this] { return textsOf(limits_); });
    remembered_.start();
    // The endpoint of the window that is closed last is remembered, as a whole.
    if (!options_.host && !options_.port && !options_.path && !options_.transport)
        remembered_.saveAlways(SavedEndpoint::usual().texts().keys());
}

void ServerWindow::restoreLayout(Settings &settings)
{
    settings.restoreGeometry(*this);
    if (isOfPair())
        takeHalf(*this, Half::Left);
    settings.restoreColumns(u"connections/columns"_s, pane_->header());
    inspector_->restore(settings);
    converse_->restore(settings);
    damaged_ = settings.isDamaged();
    if (damaged_)
        notice_->showNotice(About::Damage, settings.damageText());
}

void ServerWindow::saveSettings()
{
    Settings settings;
    if (damaged_) {
        settings.clear();
        converse_->save(settings);
    }
    remembered_.save(settings, damaged_);
    settings.saveGeometry(*this);
    settings.saveColumns(u"connections/columns"_s, pane_->header());
    inspector_->save(settings);
    settings.saveAppearance();
}

void ServerWindow::saveConnections()
{
    saver_->ask({tr("Save Connections"), u"connections.csv"_s, tr("Comma-separated values (*.csv)")},
                [this]() -> FileSaver::Writer {
                    return [records = connections_.records(), clock = stream_.wallClock()](QIODevice &file) {
                        writeConnections(file, records, clock);
                    };
                });
}

void ServerWindow::changeLimits()
{
    editLimits(this, limits_, behaviour_, [this](const ServerLimits &limits) {
        limits_ = limits;
        server_.post([limits](Server &server) { server.setLimits(limits); });
    });
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
    notice_->showNotice(About::Closing, tr("Completing the greetings under way, then closing."), tr("Close Now"),
                        [this] { close(); });
    listener_.stopAsked();
    listenerChanged();
}

} // namespace parley
