// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QCheckBox>
#include <QElapsedTimer>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QProgressBar>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTabWidget>

#include <future>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

ServerOptions holding(const QString &behaviour = u"greet-hold"_s)
{
    ServerOptions options;
    options.host = u"127.0.0.1"_s;
    options.port = u"0"_s;
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(behaviour));
    return options;
}

ClientOptions connecting(quint16 port)
{
    ClientOptions options;
    options.host = u"127.0.0.1"_s;
    options.port = QString::number(port);
    return options;
}

/// Clients that have been greeted.
std::vector<RawSocket> heldBy(const ServerProgram &server, int count, int receiveBuffer = 0)
{
    const quint16 port = portOf(server);
    std::vector<RawSocket> clients;
    for (int i = 0; i < count; ++i) {
        clients.push_back(RawSocket::connectedTo("127.0.0.1", port, receiveBuffer));
        if (clients.back().receive(12) != "Hello World!")
            qFatal("There is no greeting");
    }
    return clients;
}

void select(const ServerProgram &server, const std::vector<int> &rows)
{
    auto &table = server.child<QTableView>(u"connections"_s);
    table.clearSelection();
    for (const int row : rows)
        table.selectionModel()->select(table.model()->index(row, 0),
                                       QItemSelectionModel::Select | QItemSelectionModel::Rows);
}

/// Chooses @p name in the dialog that the button opens.
template <typename Window>
void sendFile(const Program<Window> &program, const QString &name)
{
    program.click(u"converseFile"_s);
    auto *dialog = program.window().template findChild<QFileDialog *>();
    if (!dialog)
        qFatal("There is no dialog");
    Q_EMIT dialog->fileSelected(name);
    dialog->close();
}

/// Runs @p work on another thread; meanwhile the windows live, and the longest time that they did not is @p pause.
template <typename Work>
auto beside(Work work, qint64 &pause)
{
    auto future = std::async(std::launch::async, work);
    QElapsedTimer turn;
    turn.start();
    pause = 0;
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
        pause = std::max(pause, turn.restart());
    }
    return future.get();
}

} // namespace

/// Behaviours chosen and connections talked on, in the windows.
class TestConverseWindows : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void behaviourParameters();
    void behaviourIsRemembered();
    void behaviourNotForDatagrams();
    void serverTalks();
    void serverPreviews();
    void serverRecalls();
    void serverSendsToNobody();
    void serverEnds();
    void serverSends100MB();
    void clientTalks();
    void clientStays();
    void clientKeepsTheBeginning();
    void clientSends100MB();
    void serverHalfCloses();
    void clientHalfCloses();
    void sendsAgain();
    void sendsAgainToTheSame();
    void goesOnAfterFin();
    void transcript();

private:
    QString largeFile();
};

void TestConverseWindows::behaviourParameters()
{
    ServerOptions options = holding();
    options.listenAtOnce = false;
    const ServerProgram server(options);
    auto &choice = server.child<QComboBox>(u"behaviour"_s);
    QCOMPARE(choice.count(), static_cast<int>(behaviours().size()));
    // Only the fields that the chosen one has.
    QVERIFY(!server.child(u"behaviourRanges"_s).isVisible());
    QVERIFY(!server.window().findChild<QSpinBox *>(u"behaviourBytes"_s));
    choice.setCurrentIndex(choice.findData(u"drip"_s));
    auto &bytes = server.child<QSpinBox>(u"behaviourBytes"_s);
    auto &every = server.child<QSpinBox>(u"behaviourEvery"_s);
    QVERIFY(bytes.isVisible() && every.isVisible());
    QCOMPARE(bytes.text(), u"1"_s);
    QCOMPARE(every.text(), u"100 ms"_s);
    QCOMPARE(every.toolTip(), u"Time from one piece to the next: 1 to 3,600,000 ms"_s);
    QCOMPARE(server.child<QLabel>(u"behaviourRanges"_s).text(),
             u"Bytes at a time: 1 to 1,048,576 bytes · Time from one piece to the next: 1 to 3,600,000 ms"_s);
    bytes.setValue(5);
    every.setValue(3'600'000);
    server.click(u"listen"_s);
    auto dripped = RawSocket::connectedTo("127.0.0.1", portOf(server));
    QCOMPARE(dripped.receive(5), "Hello");

    // While it listens, too: for those that are accepted once the server knows.
    choice.setCurrentIndex(choice.findData(u"reset"_s));
    QVERIFY(server.child<QSpinBox>(u"behaviourAfter"_s).isVisible());
    QVERIFY(!every.isVisible());
    const quint16 port = portOf(server);
    std::vector<RawSocket> others;
    const auto isReset = [&] {
        others.push_back(RawSocket::connectedTo("127.0.0.1", port));
        const int row = static_cast<int>(others.size());
        return others.back().receive(5) == "Hello"
               && QTest::qWaitFor(
                   [&] {
                       return server.cell(u"connections"_s, row, ConnectionModel::State) == u"reset here after 5 bytes";
                   },
                   500);
    };
    QTRY_VERIFY_WITH_TIMEOUT(isReset(), WindowPatience);
    QVERIFY(!others.back().isAtEnd());
    QCOMPARE(dripped.waiting(), 0);
    choice.setCurrentIndex(choice.findData(u"drip"_s)); // what it was told is kept
    QCOMPARE(bytes.value(), 5);
    QCOMPARE(every.value(), 3'600'000);
}

void TestConverseWindows::behaviourIsRemembered()
{
    ServerOptions options; // without a host and a port, which are saved beside it
    options.listenAtOnce = false;
    {
        ServerProgram server(options);
        auto &choice = server.child<QComboBox>(u"behaviour"_s);
        choice.setCurrentIndex(choice.findData(u"random"_s));
        server.child<QSpinBox>(u"behaviourSeed"_s).setValue(42);
        QVERIFY(server.close());
    }
    {
        const ServerProgram server(options);
        QCOMPARE(server.child<QComboBox>(u"behaviour"_s).currentData().toString(), u"random"_s);
        QCOMPARE(server.child<QSpinBox>(u"behaviourSeed"_s).value(), 42);
        QCOMPARE(server.child<QSpinBox>(u"behaviourBytes"_s).value(), 1024);
    }
    {
        QSettings settings(QSettings::IniFormat, QSettings::UserScope, u"Parley"_s, u"parley-server"_s);
        settings.setValue(u"behaviour"_s, u"random:seed=-1"_s);
    }
    const ServerProgram server(options);
    QCOMPARE(server.child<QComboBox>(u"behaviour"_s).currentData().toString(), u"greet-close"_s);
    TRY_MATCH(server.notice(), u"Some of the saved settings could not be read.*"_s);
}

void TestConverseWindows::behaviourNotForDatagrams()
{
    ServerOptions options = holding();
    options.listenAtOnce = false;
    const ServerProgram server(options);
    auto &kind = server.child<QComboBox>(u"kind"_s);
    QVERIFY(server.child(u"behaviour"_s).isEnabled());
    kind.setCurrentIndex(kind.findText(u"UDP"_s));
    QVERIFY(!server.child(u"behaviour"_s).isEnabled());
}

void TestConverseWindows::serverTalks()
{
    const ServerProgram server(holding());
    std::vector<RawSocket> clients = heldBy(server, 3);
    TRY_COMPARE(server.rows(u"connections"_s), 3);
    QVERIFY(!server.child(u"converse"_s).isVisible());
    select(server, {1});
    TRY_COMPARE(server.text(u"conversePeers"_s), u"To connection 2"_s);
    server.type(u"converseText"_s, u"Grüße\\x21"_s);
    server.child<QComboBox>(u"converseEnding"_s).setCurrentIndex(2);
    server.click(u"converseSend"_s);
    QCOMPARE(clients[1].receive(10), "Grüße!\r\n");

    server.child<QTableView>(u"connections"_s).selectAll();
    TRY_COMPARE(server.text(u"conversePeers"_s), u"To 3 connections"_s);
    QTRY_COMPARE(server.field(u"converseText"_s).text(), QString());
    server.child<QComboBox>(u"converseMode"_s).setCurrentIndex(1);
    QVERIFY(!server.child(u"converseEnding"_s).isEnabled());
    server.type(u"converseText"_s, u"00 ff"_s);
    QTRY_VERIFY(server.button(u"converseSend"_s).isEnabled());
    server.pressEnter(u"converseText"_s);
    for (RawSocket &client : clients)
        QCOMPARE(client.receive(2), QByteArray("\0\xff", 2));
    TRY_COMPARE(server.cell(u"connections"_s, 1, ConnectionModel::Sent), u"24"_s);

    clients.clear();
    QTRY_VERIFY_WITH_TIMEOUT(!server.child(u"converse"_s).isVisible(), WindowPatience);
}

void TestConverseWindows::serverPreviews()
{
    const ServerProgram server(holding());
    const std::vector<RawSocket> clients = heldBy(server, 1);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    select(server, {0});
    QTRY_VERIFY(server.child(u"converse"_s).isVisible());
    QVERIFY(!server.button(u"converseSend"_s).isEnabled());
    server.type(u"converseText"_s, u"\\u00e9\\n"_s);
    QCOMPARE(server.text(u"conversePreview"_s), u"3 bytes: c3 a9 0a"_s);
    QCOMPARE(server.child(u"conversePreview"_s).accessibleDescription(), u"3 bytes: c3 a9 0a"_s);
    QVERIFY(server.button(u"converseSend"_s).isEnabled());
    server.type(u"converseText"_s, u"ab\\x1"_s);
    QCOMPARE(server.text(u"conversePreview"_s), u"\\x takes 2 hexadecimal digits."_s);
    QVERIFY(!server.button(u"converseSend"_s).isEnabled());
    server.pressEnter(u"converseText"_s);
    QCOMPARE(server.field(u"converseText"_s).cursorPosition(), 2);
    QCOMPARE(server.field(u"converseText"_s).text(), u"ab\\x1"_s);
}

void TestConverseWindows::serverRecalls()
{
    const ServerProgram server(holding());
    std::vector<RawSocket> clients = heldBy(server, 1);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    select(server, {0});
    QTRY_VERIFY(server.child(u"converse"_s).isVisible());
    QLineEdit &text = server.field(u"converseText"_s);
    for (const QString &said : {u"one"_s, u"two"_s, u"two"_s}) {
        server.type(u"converseText"_s, said);
        QTRY_VERIFY(server.button(u"converseSend"_s).isEnabled());
        server.pressEnter(u"converseText"_s);
        QCOMPARE(clients[0].receive(3), said.toUtf8());
    }
    server.type(u"converseText"_s, u"dra"_s);
    const auto press = [&text](Qt::Key key) {
        QTest::keyClick(&text, key);
        return text.text();
    };
    QCOMPARE(press(Qt::Key_Up), u"two"_s);
    QCOMPARE(press(Qt::Key_Up), u"one"_s);
    QCOMPARE(press(Qt::Key_Up), u"one"_s);
    QCOMPARE(press(Qt::Key_Down), u"two"_s);
    QCOMPARE(press(Qt::Key_Down), u"dra"_s);
    QCOMPARE(press(Qt::Key_Down), u"dra"_s);

    // What was typed as digits comes back as digits: as a text it would be other bytes.
    auto &mode = server.child<QComboBox>(u"converseMode"_s);
    mode.setCurrentIndex(1);
    server.type(u"converseText"_s, u"0a 0a"_s);
    QTRY_VERIFY(server.button(u"converseSend"_s).isEnabled());
    server.pressEnter(u"converseText"_s);
    QCOMPARE(clients[0].receive(2), "\n\n");
    QCOMPARE(press(Qt::Key_Up), u"0a 0a"_s);
    QCOMPARE(press(Qt::Key_Up), u"two"_s);
    QCOMPARE(mode.currentIndex(), 0);
    QCOMPARE(press(Qt::Key_Down), u"0a 0a"_s);
    QCOMPARE(mode.currentIndex(), 1);
}

/// The last peer leaves while the file is being chosen: the bar must not look as if the file had been sent.
void TestConverseWindows::serverSendsToNobody()
{
    const ServerProgram server(holding());
    std::vector<RawSocket> clients = heldBy(server, 1);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    select(server, {0});
    QTRY_VERIFY(server.child(u"converse"_s).isVisible());
    server.click(u"converseFile"_s);
    clients.clear();
    QTRY_VERIFY(!server.button(u"converseReset"_s).isEnabled());
    auto *dialog = server.window().findChild<QFileDialog *>();
    QVERIFY(dialog);
    Q_EMIT dialog->fileSelected(largeFile());
    dialog->close();
    TRY_MATCH(server.notice(), u"Nothing was sent: .*"_s);
    QTRY_VERIFY(!server.child(u"converse"_s).isVisible());
}

void TestConverseWindows::serverEnds()
{
    const ServerProgram server(holding());
    std::vector<RawSocket> clients = heldBy(server, 4);
    TRY_COMPARE(server.rows(u"connections"_s), 4);
    const auto end = [&server](int row, const QString &button) {
        select(server, {row});
        TRY_COMPARE(server.text(u"conversePeers"_s), u"To connection %1"_s.arg(row + 1));
        server.click(button);
    };
    end(0, u"converseHalfClose"_s);
    QVERIFY(clients[0].isAtEnd());
    end(1, u"converseClose"_s);
    QVERIFY(clients[1].isAtEnd());
    end(2, u"converseReset"_s);
    QVERIFY(!clients[2].isAtEnd());
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"half-closed here"_s);
    TRY_COMPARE(server.cell(u"connections"_s, 2, ConnectionModel::State), u"reset here after 12 bytes"_s);
    TRY_COMPARE(server.cell(u"connections"_s, 3, ConnectionModel::State), u"open"_s);
    clients[1].close();
    TRY_COMPARE(server.cell(u"connections"_s, 1, ConnectionModel::State), u"complete"_s);
}

QString TestConverseWindows::largeFile()
{
    QFile file(scratch().filePath(u"large"_s));
    if (!file.open(QIODevice::WriteOnly) || !file.resize(100'000'000)) // a hole
        qFatal("Cannot make a file");
    return file.fileName();
}

void TestConverseWindows::serverSends100MB()
{
    const ServerProgram server(holding());
    std::vector<RawSocket> clients = heldBy(server, 2, 65'536);
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    server.child<QTableView>(u"connections"_s).selectAll();
    TRY_COMPARE(server.text(u"conversePeers"_s), u"To 2 connections"_s);
    sendFile(server, largeFile());
    // Nobody reads yet.
    QTRY_VERIFY(server.child(u"converseProgress"_s).isVisible());
    QVERIFY(server.button(u"converseCancel"_s).isVisible());
    QVERIFY(!server.button(u"converseSend"_s).isEnabled());
    TRY_MATCH(server.text(u"conversePreview"_s), u"Sent [1-9][0-9,]* bytes of 200,000,000 bytes to 2 connections"_s);

    qint64 pause = 0;
    const auto received = beside(
        [&clients] { return clients[0].receive(50'000'000).size() + clients[0].receive(50'000'000).size(); }, pause);
    QCOMPARE(received, 100'000'000);
    qInfo("longest pause of the event loop: %lld ms", pause);
    QTRY_VERIFY(server.child<QProgressBar>(u"converseProgress"_s).value() >= 500);

    server.click(u"converseCancel"_s); // the other one has not read
    QTRY_VERIFY(!server.child(u"converseProgress"_s).isVisible());
    QCOMPARE(server.notice(), QString());
    server.type(u"converseText"_s, u"x"_s);
    QVERIFY(server.button(u"converseSend"_s).isEnabled());
}

void TestConverseWindows::clientTalks()
{
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connecting(listener.localPort()));
    QVERIFY(!client.child<QCheckBox>(u"stay"_s).isChecked());
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.click(u"connect"_s);
    RawSocket server = listener.accept();
    TRY_COMPARE(client.button(u"connect"_s).text(), u"Disconnect"_s);
    TRY_COMPARE(client.text(u"conversePeers"_s), u"To 127.0.0.1:%1"_s.arg(listener.localPort()));
    TRY_COMPARE(client.text(u"status"_s), u"Connected"_s);
    client.type(u"converseText"_s, u"GET / HTTP/1.0\\r\\n\\r\\n"_s);
    client.click(u"converseSend"_s);
    QCOMPARE(server.receive(18), "GET / HTTP/1.0\r\n\r\n");
    QVERIFY(server.send("HTTP/1.0 200 OK"));
    TRY_COMPARE(client.child(u"message"_s).property("plainText").toString(), u"HTTP/1.0 200 OK"_s);
    client.click(u"converseHalfClose"_s);
    QVERIFY(server.isAtEnd());
    QVERIFY(server.send("\n"));
    client.click(u"connect"_s);
    TRY_COMPARE(client.button(u"connect"_s).text(), u"Connect"_s);
    QVERIFY(!client.child(u"converse"_s).isVisible());
    QCOMPARE(client.notice(), QString());
    TRY_MATCH(client.text(u"summary"_s), u".*closed here after .*"_s);
}

/// It is remembered, and holds from now on where it is chosen while an attempt is under way.
void TestConverseWindows::clientStays()
{
    const RawSocket listener = RawSocket::listening();
    ClientOptions options = connecting(listener.localPort());
    options.timeout = std::chrono::milliseconds(1500);
    {
        ClientProgram client(options);
        client.click(u"connect"_s);
        RawSocket server = listener.accept();
        TRY_COMPARE(client.text(u"status"_s), u"Receiving…"_s);
        QElapsedTimer waited;
        waited.start();
        client.child<QCheckBox>(u"stay"_s).click();
        TRY_COMPARE(client.text(u"status"_s), u"Connected"_s);
        QTRY_VERIFY(waited.hasExpired(2000));
        QCOMPARE(client.text(u"status"_s), u"Connected"_s);
        client.click(u"converseReset"_s);
        QVERIFY(!server.isAtEnd());
        TRY_COMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"reset here"_s);
        QVERIFY(client.close());
    }
    const ClientProgram client(options);
    QVERIFY(client.child<QCheckBox>(u"stay"_s).isChecked());

    // A connection that is not to stay any more gets its time-out again.
    client.click(u"connect"_s);
    const RawSocket server = listener.accept();
    TRY_COMPARE(client.text(u"status"_s), u"Connected"_s);
    client.child<QCheckBox>(u"stay"_s).click();
    QVERIFY(!client.child(u"converse"_s).isVisible());
    TRY_COMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"timed out"_s);
}

/// While the user stays connected, the longest message limits how much is kept, not how long the connection lasts.
void TestConverseWindows::clientKeepsTheBeginning()
{
    const RawSocket listener = RawSocket::listening();
    ClientOptions options = connecting(listener.localPort());
    options.maxBytes = 1000;
    const ClientProgram client(options);
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.click(u"connect"_s);
    RawSocket server = listener.accept();
    QTRY_VERIFY(client.child(u"converse"_s).isVisible());
    QVERIFY(server.send(QByteArray(900, 'a')));
    QVERIFY(server.send(QByteArray(900, 'b')));
    TRY_MATCH(client.text(u"summary"_s), u"1,800 bytes in .* only the first 1,000 bytes are kept"_s);
    QCOMPARE(client.child<MessageView>(u"message"_s).parts().join(), QByteArray(900, 'a') + QByteArray(100, 'b'));
    QCOMPARE(client.text(u"status"_s), u"Connected"_s);
    server.close();
    TRY_COMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"complete, 1,800 bytes"_s);
    QCOMPARE(client.notice(), QString());
}

void TestConverseWindows::clientSends100MB()
{
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connecting(listener.localPort()));
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.click(u"connect"_s);
    RawSocket server = listener.accept();
    QTRY_VERIFY(client.child(u"converse"_s).isVisible());
    sendFile(client, largeFile());
    QTRY_VERIFY(client.child(u"converseProgress"_s).isVisible());
    qint64 pause = 0;
    QCOMPARE(beside([&server] { return server.receive(40'000'000).size(); }, pause), 40'000'000);
    qInfo("longest pause of the event loop: %lld ms", pause);
    TRY_MATCH(client.text(u"conversePreview"_s),
              u"Sent [4-9][0-9],[0-9,]* bytes of 100,000,000 bytes to 1 connection"_s);
    client.click(u"converseCancel"_s);
    QTRY_VERIFY(!client.child(u"converseProgress"_s).isVisible());
    QVERIFY(client.child(u"converse"_s).isVisible());
}

/// What can still be done is enabled, and the rest says why not.
void TestConverseWindows::serverHalfCloses()
{
    const ServerProgram server(holding());
    const std::vector<RawSocket> clients = heldBy(server, 2);
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    select(server, {0});
    TRY_COMPARE(server.text(u"conversePeers"_s), u"To connection 1"_s);
    server.type(u"converseText"_s, u"not lost"_s);
    server.click(u"converseHalfClose"_s);
    TRY_COMPARE(server.text(u"conversePeers"_s), u"To connection 1 · You have sent FIN: you can only receive now."_s);
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"half-closed here"_s);
    for (const QString &name :
         {u"converseSend"_s, u"converseRepeat"_s, u"converseMessages"_s, u"converseFile"_s, u"converseHalfClose"_s}) {
        QVERIFY2(!server.button(name).isEnabled(), qPrintable(name));
        QCOMPARE(server.button(name).toolTip(), u"You have sent FIN: you can only receive now."_s);
    }
    QVERIFY(server.button(u"converseClose"_s).isEnabled() && server.button(u"converseReset"_s).isEnabled());
    QCOMPARE(server.field(u"converseText"_s).text(), u"not lost"_s);
    select(server, {0, 1}); // the other one still takes it
    TRY_COMPARE(server.button(u"converseSend"_s).isEnabled(), true);
}

void TestConverseWindows::clientHalfCloses()
{
    const auto listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.click(u"connect"_s);
    auto peer = listener.accept();
    TRY_COMPARE(client.text(u"status"_s), u"Connected"_s);
    client.click(u"converseHalfClose"_s);
    QVERIFY(peer.isAtEnd());
    TRY_COMPARE(client.text(u"status"_s), u"Connected, half-closed here"_s);
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"half-closed here"_s);
    QVERIFY(!client.button(u"converseHalfClose"_s).isEnabled());
    QVERIFY(!client.field(u"converseText"_s).isEnabled());
    QVERIFY(peer.send("still heard"));
    TRY_COMPARE(client.child<QPlainTextEdit>(u"message"_s).toPlainText(), u"still heard"_s);
}

/// The same bytes at an interval, as often as chosen or until stopped.
void TestConverseWindows::sendsAgain()
{
    const auto listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.click(u"connect"_s);
    auto peer = listener.accept();
    TRY_MATCH(client.text(u"conversePeers"_s), u"To .*"_s);
    QVERIFY(!client.button(u"converseRepeat"_s).isEnabled()); // nothing to send
    client.type(u"converseText"_s, u"ping "_s);
    const auto start = [&client](int times) {
        client.click(u"converseRepeat"_s);
        auto &dialog = client.child<QDialog>(u"sendAgain"_s);
        dialog.findChild<QSpinBox *>(u"sendEvery"_s)->setValue(5);
        dialog.findChild<QSpinBox *>(u"sendTimes"_s)->setValue(times);
        pressButton(dialog, u"Start Sending"_s);
    };
    start(3);
    QTRY_COMPARE_WITH_TIMEOUT(peer.waiting(), 15, WindowPatience);
    QCOMPARE(peer.receive(15), "ping ping ping ");
    TRY_COMPARE(client.text(u"conversePreview"_s), u"Sent 3 of 3 times"_s);
    TRY_COMPARE(client.button(u"converseSend"_s).isEnabled(), true);
    QCOMPARE(client.field(u"converseText"_s).text(), u"ping "_s);

    start(0);
    QTRY_VERIFY_WITH_TIMEOUT(peer.waiting() >= 50, WindowPatience);
    QVERIFY(!client.button(u"converseSend"_s).isEnabled());
    client.click(u"converseCancel"_s);
    TRY_COMPARE(client.button(u"converseSend"_s).isEnabled(), true);
    TRY_MATCH(client.text(u"conversePreview"_s), u"Sent [0-9,]+ times"_s);
    QCOMPARE(client.notice(), QString());

    const qsizetype before = peer.waiting();
    start(0);
    QTRY_VERIFY_WITH_TIMEOUT(peer.waiting() > before, WindowPatience);
    peer.reset();
    TRY_MATCH(client.cell(u"history"_s, 0, AttemptModel::Result), u"reset by the peer.*"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!client.button(u"converseCancel"_s).isVisible(), WindowPatience);
}

/// What began with one connection does not go on with another.
void TestConverseWindows::sendsAgainToTheSame()
{
    const ServerProgram server(holding());
    const std::vector<RawSocket> clients = heldBy(server, 2);
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    select(server, {0});
    TRY_COMPARE(server.text(u"conversePeers"_s), u"To connection 1"_s);
    server.type(u"converseText"_s, u"ping"_s);
    server.click(u"converseRepeat"_s);
    auto &dialog = server.child<QDialog>(u"sendAgain"_s);
    dialog.findChild<QSpinBox *>(u"sendEvery"_s)->setValue(500);
    dialog.findChild<QSpinBox *>(u"sendTimes"_s)->setValue(0);
    pressButton(dialog, u"Start Sending"_s);
    QTRY_COMPARE_WITH_TIMEOUT(clients[0].waiting(), 4, WindowPatience);
    QVERIFY(server.button(u"converseCancel"_s).isVisible());
    select(server, {1});
    TRY_COMPARE(server.text(u"conversePeers"_s), u"To connection 2"_s);
    TRY_COMPARE(server.button(u"converseSend"_s).isEnabled(), true);
    QVERIFY(!server.button(u"converseCancel"_s).isVisible());
    QCOMPARE(clients[1].waiting(), 0);
}

/// Both sides can choose that the other one's FIN does not end the conversation. It is remembered.
void TestConverseWindows::goesOnAfterFin()
{
    ServerProgram server(holding());
    auto &choice = server.child<QComboBox>(u"behaviour"_s);
    QCOMPARE(choice.currentData(), u"greet-hold"_s);
    auto &goesOn = server.child<QCheckBox>(u"behaviourStay"_s);
    QCOMPARE(goesOn.text(), u"Go on sending after the peer's FIN"_s);
    goesOn.click();
    ClientProgram client(connectingTo(portOf(server)));
    auto &afterFin = client.child<QCheckBox>(u"stayAfterFin"_s);
    QVERIFY(!afterFin.isEnabled()); // without staying at all it means nothing
    client.child<QCheckBox>(u"stay"_s).click();
    afterFin.click();
    client.click(u"connect"_s);
    TRY_COMPARE(client.text(u"status"_s), u"Connected"_s);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    client.click(u"converseHalfClose"_s);
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"half-closed by the peer"_s);
    select(server, {0});
    TRY_COMPARE(server.text(u"conversePeers"_s), u"To connection 1"_s);
    server.type(u"converseText"_s, u"Bye"_s);
    server.click(u"converseSend"_s);
    TRY_COMPARE(client.child<QPlainTextEdit>(u"message"_s).toPlainText(), u"Hello World!Bye"_s);
    server.click(u"converseClose"_s);
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"complete"_s);

    // The other way round, with a server of somebody else.
    const auto listener = RawSocket::listening();
    client.child<QLineEdit>(u"port"_s).setText(QString::number(listener.localPort()));
    TRY_COMPARE(client.button(u"connect"_s).text(), u"Connect"_s);
    client.click(u"connect"_s);
    auto peer = listener.accept();
    peer.shutdownSending();
    TRY_COMPARE(client.text(u"status"_s), u"Connected, half-closed by the peer: you can still send"_s);
    QCOMPARE(client.cell(u"history"_s, 1, AttemptModel::Result), u"half-closed by the peer"_s);
    client.type(u"converseText"_s, u"Wait"_s);
    client.pressEnter(u"converseText"_s);
    QCOMPARE(peer.receive(4), "Wait");
    client.click(u"connect"_s);
    QVERIFY(peer.isAtEnd());
    TRY_COMPARE(client.cell(u"history"_s, 1, AttemptModel::Result), u"closed by both"_s);
    QVERIFY(server.close() && client.close());

    const ServerProgram nextServer(holding());
    const ClientProgram nextClient(connectingTo(listener.localPort()));
    QVERIFY(nextClient.child<QCheckBox>(u"stayAfterFin"_s).isChecked());
}

/// What was sent and received, in order, with direction, time and size; the received bytes alone stay beside it.
void TestConverseWindows::transcript()
{
    const auto listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.click(u"connect"_s);
    auto peer = listener.accept();
    TRY_COMPARE(client.text(u"status"_s), u"Connected"_s);
    QVERIFY(peer.send("Who is it?"));
    auto &message = client.child<QPlainTextEdit>(u"message"_s);
    TRY_COMPARE(message.toPlainText(), u"Who is it?"_s);
    client.type(u"converseText"_s, u"Me"_s);
    client.pressEnter(u"converseText"_s);
    QCOMPARE(peer.receive(2), "Me");
    QVERIFY(peer.send("Ah\nso"));
    TRY_COMPARE(message.toPlainText(), u"Who is it?Ah\nso"_s);

    client.child<QTabWidget>(u"messageViews"_s).setCurrentIndex(1);
    const auto &transcript = client.child<QPlainTextEdit>(u"transcript"_s);
    const QString time = u"\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d"_s;
    TRY_MATCH(transcript.toPlainText(), u"← Received 10 bytes at %1\n  Who is it\\?\n→ Sent 2 bytes at %1\n  Me\n"
                                        "← Received 5 bytes at %1\n  Ah\n  so"_s.arg(time));
    client.child<QComboBox>(u"transcriptForm"_s).setCurrentIndex(1);
    TRY_MATCH(transcript.toPlainText(), u".*\n  4d 65\n.*"_s.replace(u".*"_s, u"[\\s\\S]*"_s));
    QVERIFY(peer.send("!")); // goes on while it is seen
    TRY_MATCH(transcript.toPlainText(), u"[\\s\\S]*← Received 1 byte at %1\n  21"_s.arg(time));

    client.click(u"connect"_s); // and the next attempt begins anew
    TRY_COMPARE(client.button(u"connect"_s).text(), u"Connect"_s);
    client.click(u"connect"_s);
    TRY_COMPARE(transcript.toPlainText(), QString());
}

QTEST_MAIN(TestConverseWindows)
#include "tst_converse_windows.moc"
