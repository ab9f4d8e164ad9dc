// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "shared/address/lookup.h"
#include "shared/ui/appearance.h"
#include "tests/support/portable.h"
#include "tests/support/process.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QFileInfo>
#include <QScopeGuard>
#include <QStandardPaths>
#include <QToolButton>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

namespace
{

ServerOptions listeningOn(const QString &host, Transport transport = Transport::Tcp)
{
    ServerOptions options;
    options.transport = transport;
    if (transport == Transport::Unix)
        options.path = host;
    else
        options.host = host;
    options.port = u"0"_s;
    return options;
}

void choose(const auto &program, const QString &kind)
{
    QComboBox &kinds = program.template child<QComboBox>(u"kind"_s);
    kinds.setFocus();
    for (int i = 0; i < kinds.count() && kinds.currentText() != kind; ++i) {
        const bool further = kinds.findText(kind) > kinds.currentIndex();
        QTest::keyClick(&kinds, further ? Qt::Key_Down : Qt::Key_Up);
    }
}

QStringList visibleFields(const auto &program)
{
    QStringList names;
    for (const QString &name : {u"host"_s, u"port"_s, u"path"_s}) {
        if (program.child(name).isVisible())
            names << name;
    }
    return names;
}

QString received(const ClientProgram &client)
{
    return client.child<MessageView>(u"message"_s).toPlainText();
}

/// The address that @p name resolves to here.
std::vector<Address> addressesOf(const QString &name)
{
    Endpoint endpoint;
    endpoint.name = name;
    std::optional<std::vector<Address>> result;
    Lookup lookup(endpoint);
    QObject::connect(&lookup, &Lookup::finished, &lookup,
                     [&](int, const std::vector<Address> &addresses) { result = addresses; });
    (void)QTest::qWaitFor([&] { return result.has_value(); }, WindowPatience);
    return result.value_or(std::vector<Address>());
}

} // namespace

/// What the windows do with the kinds of endpoints.
class TestEndpointWindows : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void kindChangesTheFields();
    void pastedEndpoint_data();
    void pastedEndpoint();
    void typedEndpoint();
    void pastedEndpointThatIsNone();
    void titleIntoTheOtherWindow();
    void datagrams();
    void unixSocket_data();
    void unixSocket();
    void readableWhileListening_data();
    void readableWhileListening();
    void vocabularyAsTyped_data();
    void vocabularyAsTyped();
    void vocabularyOnceResolved();
    void hintOfTheEmptyTable_data();
    void hintOfTheEmptyTable();
    void hintForAnAbstractName();
    void hostListTellsMeanings();
    void loopbackThatLocalhostDoesNotReach_data();
    void loopbackThatLocalhostDoesNotReach();
    void badPath_data();
    void badPath();
    void settingsSurvive();
    void groups();
    void noAnswerIsNoRefusal();
    void sendFieldTellsWhatNothingMeans();

private:
    QString path(const QString &name = u"window.sock"_s) const { return scratch().filePath(name); }
};

void TestEndpointWindows::kindChangesTheFields()
{
    const auto check = [](const auto &program) {
        const QStringList hostAndPort{u"host"_s, u"port"_s};
        QCOMPARE(program.template child<QComboBox>(u"kind"_s).currentText(), u"TCP"_s);
        QCOMPARE(visibleFields(program), hostAndPort);
        program.type(u"host"_s, u"example.org"_s);
        choose(program, u"Unix socket"_s);
        QCOMPARE(visibleFields(program), QStringList{u"path"_s});
        program.type(u"path"_s, u"/run/example"_s);
        choose(program, u"UDP"_s);
        QCOMPARE(visibleFields(program), hostAndPort);
        choose(program, u"TCP"_s);
        QCOMPARE(visibleFields(program), hostAndPort);
        QCOMPARE(program.field(u"host"_s).text(), u"example.org"_s); // nothing typed is lost
        choose(program, u"Unix socket"_s);
        QCOMPARE(program.field(u"path"_s).text(), u"/run/example"_s);
    };
    check(ServerProgram(notListening()));
    check(ClientProgram(ClientOptions()));
}

void TestEndpointWindows::pastedEndpoint_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QStringList>("fields"); // host and port, or path

    QTest::newRow("host and port") << u"127.0.0.1:4200"_s << u"TCP"_s << QStringList{u"127.0.0.1"_s, u"4200"_s};
    QTest::newRow("Python") << u"('127.0.0.1', 4200)"_s << u"TCP"_s << QStringList{u"127.0.0.1"_s, u"4200"_s};
    QTest::newRow("URL") << u"http://localhost:4200/x"_s << u"TCP"_s << QStringList{u"localhost"_s, u"4200"_s};
    QTest::newRow("https") << u"https://localhost"_s << u"TCP"_s << QStringList{u"localhost"_s, u"443"_s};
    QTest::newRow("IPv6") << u"[::1]:4200"_s << u"TCP"_s << QStringList{u"[::1]"_s, u"4200"_s};
    QTest::newRow("bare IPv6") << u"::1"_s << u"TCP"_s << QStringList{u"::1"_s, u"3000"_s};
    QTest::newRow("UDP") << u"udp://localhost:53"_s << u"UDP"_s << QStringList{u"localhost"_s, u"53"_s};
    QTest::newRow("Unix") << u"unix:/run/x.sock"_s << u"Unix socket"_s << QStringList{u"/run/x.sock"_s};
    QTest::newRow("path") << u"/run/x.sock"_s << u"Unix socket"_s << QStringList{u"/run/x.sock"_s};
    QTest::newRow("vocabulary") << u"AF_INET, SOCK_DGRAM, 0 (UDP), 127.0.0.1, 4200"_s << u"UDP"_s
                                << QStringList{u"127.0.0.1"_s, u"4200"_s};
    QTest::newRow("line of a file") << u"127.0.0.1:4200\n"_s << u"TCP"_s << QStringList{u"127.0.0.1"_s, u"4200"_s};
}

/// One paste fills in all fields, over what was there.
void TestEndpointWindows::pastedEndpoint()
{
    QFETCH(const QString, text);
    QFETCH(const QString, kind);
    QFETCH(const QStringList, fields);
    const auto check = [&](const auto &program) {
        QGuiApplication::clipboard()->setText(text);
        QLineEdit &host = program.field(u"host"_s);
        program.type(u"host"_s, u"127.0.0.1"_s);
        QTest::keyClick(&host, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(&host, Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(program.template child<QComboBox>(u"kind"_s).currentText(), kind);
        QStringList shown;
        for (const QString &name : visibleFields(program))
            shown << program.field(name).text();
        QCOMPARE(shown, fields);
        QVERIFY(program.text(u"vocabulary"_s).startsWith(u"AF_"_s));
    };
    ServerOptions server = notListening();
    server.port = u"3000"_s;
    check(ServerProgram(server));
    check(ClientProgram(ClientOptions()));
}

/// What is typed is taken apart once the field is left, and Enter takes it as it is meant before that.
void TestEndpointWindows::typedEndpoint()
{
    ServerProgram server(listening());
    const QString port = QString::number(portOf(server));
    {
        ClientProgram client((ClientOptions()));
        client.window().activateWindow(); // without a window manager it is not
        QVERIFY(QTest::qWaitForWindowActive(&client.window(), WindowPatience));
        client.type(u"host"_s, u"127.0.0.1:"_s + port);
        QCOMPARE(client.field(u"host"_s).text(), u"127.0.0.1:"_s + port);
        QCOMPARE(client.text(u"vocabulary"_s), u"AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, "_s + port);
        QTest::keyClick(&client.field(u"host"_s), Qt::Key_Tab);
        QCOMPARE(client.field(u"host"_s).text(), u"127.0.0.1"_s);
        QCOMPARE(client.field(u"port"_s).text(), port);
    }
    ClientProgram client((ClientOptions()));
    client.type(u"host"_s, u"tcp://127.0.0.1:"_s + port);
    client.pressEnter(u"host"_s);
    QTRY_COMPARE_WITH_TIMEOUT(received(client), u"Hello World!"_s, WindowPatience);
    QCOMPARE(client.field(u"host"_s).text(), u"127.0.0.1"_s);
    QCOMPARE(client.field(u"port"_s).text(), port);
}

/// The text stays for the user to mend, and one sentence tells the mistake: at once below the fields, and in the notice
/// once it is used.
void TestEndpointWindows::pastedEndpointThatIsNone()
{
    const QString user = u"What stands before the “@” names a user, and nobody logs in here: leave it out."_s;
    ClientProgram client((ClientOptions()));
    QGuiApplication::clipboard()->setText(u"http://me:secret@localhost/"_s);
    QLineEdit &host = client.field(u"host"_s);
    client.type(u"host"_s, QString());
    QTest::keyClick(&host, Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(host.text(), u"http://me:secret@localhost/"_s);
    QCOMPARE(client.text(u"vocabulary"_s), user);
    client.pressEnter(u"host"_s);
    QCOMPARE(client.notice(), user);
    QCOMPARE(client.window().focusWidget(), &host);

    QGuiApplication::clipboard()->setText(u"localhost:65536"_s);
    QTest::keyClick(&host, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(&host, Qt::Key_V, Qt::ControlModifier);
    client.pressEnter(u"host"_s);
    QVERIFY2(client.notice().startsWith(u"“65536” is not a port"_s), qPrintable(client.notice()));
    QCOMPARE(client.window().focusWidget(), &client.field(u"port"_s));
}

void TestEndpointWindows::titleIntoTheOtherWindow()
{
    ServerProgram server(listening());
    QVERIFY(portOf(server) != 0);
    ClientProgram client((ClientOptions()));
    QGuiApplication::clipboard()->setText(server.window().windowTitle());
    QLineEdit &host = client.field(u"host"_s);
    client.type(u"host"_s, QString());
    QTest::keyClick(&host, Qt::Key_V, Qt::ControlModifier);
    client.click(u"connect"_s);
    QTRY_COMPARE_WITH_TIMEOUT(received(client), u"Hello World!"_s, WindowPatience);
}

void TestEndpointWindows::datagrams()
{
    const ServerProgram server(notListening());
    choose(server, u"UDP"_s);
    server.type(u"host"_s, u"127.0.0.1"_s);
    server.type(u"port"_s, u"0"_s);
    server.click(u"listen"_s);
    const QString port = QString::number(portOf(server));
    QVERIFY2(port != u"0"_s, qUtf8Printable(server.notice()));
    TRY_MATCH(server.child(u"connections"_s).accessibleDescription(),
              u"No datagram yet\\.\nClick Send Datagram.*ncat -u 127\\.0\\.0\\.1 "_s + port);

    const ClientProgram client(ClientOptions{});
    choose(client, u"UDP"_s);
    client.type(u"host"_s, u"127.0.0.1"_s);
    client.type(u"port"_s, port);
    client.type(u"send"_s, u"Good morning"_s);
    QCOMPARE(client.button(u"connect"_s).text(), u"Send Datagram"_s);
    QVERIFY(client.button(u"connect"_s).toolTip().startsWith(u"Sends one datagram"_s));
    QCOMPARE(client.child<QPlainTextEdit>(u"message"_s).placeholderText(),
             u"The answer will appear here: start a server, then click Send Datagram."_s);
    client.click(u"connect"_s);
    TRY_COMPARE(received(client), u"Hello World!"_s);
    TRY_MATCH(client.text(u"summary"_s), u"12 bytes in 1 datagram · answered after [0-9.]+ [mµ]?s"_s);
    QCOMPARE(client.notice(), QString());
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"answered 1 of 1 datagrams"_s);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::PeerAddress), u"127.0.0.1"_s);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::PeerPort),
             client.cell(u"history"_s, 0, AttemptModel::LocalPort));
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::Received), u"12"_s);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::Sent), u"12"_s);
    TRY_MATCH(server.text(u"status"_s),
              u"Listening on 127\\.0\\.0\\.1:%1 · datagrams: 1 received, 1 answered"_s.arg(port));
    TRY_COMPARE(client.text(u"status"_s), u"Datagrams: 1, answered: 1"_s);
    QVERIFY(!client.action(u"Send Again"_s).text().isEmpty());

    client.child<QToolButton>(u"details"_s).setChecked(true);
    QCOMPARE(client.text(u"inspected"_s), u"Datagram 1 to 127.0.0.1:"_s + port);
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"answered, 12 bytes"_s);

    client.type(u"send"_s, QString()); // an empty datagram
    client.click(u"connect"_s);
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    TRY_COMPARE(server.cell(u"connections"_s, 1, ConnectionModel::State), u"answered 1 of 1 datagrams"_s);
    QCOMPARE(server.cell(u"connections"_s, 1, ConnectionModel::Received), u"0"_s);
    TRY_COMPARE(client.text(u"status"_s), u"Datagrams: 2, answered: 2"_s); // nothing is sent while one is under way
    client.action(u"Send Again"_s).trigger();
    TRY_COMPARE(client.text(u"status"_s), u"Datagrams: 3, answered: 3"_s);
    server.child<QToolButton>(u"details"_s).setChecked(true);
    server.child<QTableView>(u"connections"_s).selectRow(0);
    TRY_COMPARE(server.text(u"inspected"_s),
                u"Datagrams of sender 1, 127.0.0.1:"_s + client.cell(u"history"_s, 0, AttemptModel::LocalPort));
    choose(client, u"TCP"_s);
    TRY_COMPARE(client.button(u"connect"_s).text(), u"Connect"_s);
}

void TestEndpointWindows::unixSocket_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("reachability");
    QTest::newRow("file") << QString()
                          << u"Reachable at %1, by programs on this computer whose user may write to that file."_s;
#ifdef Q_OS_LINUX
    QTest::newRow("abstract name") << u"@parley-window-%1"_s.arg(::getpid())
                                   << u"Reachable at %1, by every program on this computer."_s;
#endif
}

void TestEndpointWindows::unixSocket()
{
    QFETCH(QString, path);
    QFETCH(const QString, reachability);
    const bool isFile = path.isEmpty();
    if (isFile)
        path = this->path();
    {
        const ServerProgram server(notListening());
        choose(server, u"Unix socket"_s);
        server.type(u"path"_s, path);
        server.click(u"listen"_s);
        TRY_COMPARE(server.text(u"status"_s), u"Listening on "_s + path + u" · 0 open, 0 in total"_s);
        QCOMPARE(server.text(u"reachability"_s), reachability.arg(path));
        QCOMPARE(QFileInfo::exists(path), isFile);

        const ClientProgram client(ClientOptions{});
        choose(client, u"Unix socket"_s);
        client.type(u"path"_s, path);
        client.pressEnter(u"path"_s);
        TRY_COMPARE(received(client), u"Hello World!"_s);
        TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
        QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::RemoteEndpoint), path);
        TRY_COMPARE(server.rows(u"connections"_s), 1);
        TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"complete"_s);
        QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::PeerAddress),
                 IsPortable ? u"pid unknown, uid unknown"_s // POSIX does not tell who connected (SO_PEERCRED, unix(7))
                            : u"pid %1, uid %2"_s.arg(::getpid()).arg(::getuid()));
        QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::PeerPort), QString());
    }
    QVERIFY(!QFileInfo::exists(path));
}

void TestEndpointWindows::readableWhileListening_data()
{
    QTest::addColumn<Appearance>("appearance");
    QTest::newRow("light") << Appearance::Light;
    QTest::newRow("dark") << Appearance::Dark;
}

/// The fields cannot be changed then, and are what one wants to know.
void TestEndpointWindows::readableWhileListening()
{
    QFETCH(const Appearance, appearance);
    const auto system = qScopeGuard([] { applyAppearance(Appearance::System); });
    const ServerProgram server(listening());
    applyAppearance(appearance);
    QWidget *const fields[]{&server.field(u"host"_s), &server.field(u"port"_s), &server.child(u"kind"_s)};
    // How far the letters are from their ground, of 255.
    const auto strength = [](QWidget &field) {
        const QImage picture =
            field.grab(field.rect().adjusted(4, 4, -4, -4)).toImage().convertToFormat(QImage::Format_Grayscale8);
        int least = 255;
        int most = 0;
        for (int y = 0; y < picture.height(); ++y) {
            for (int x = 0; x < picture.width(); ++x) {
                least = std::min(least, qGray(picture.pixel(x, y)));
                most = std::max(most, qGray(picture.pixel(x, y)));
            }
        }
        return most - least;
    };
    const auto strengths = [&] {
        std::vector<int> all;
        for (QWidget *field : fields)
            all.push_back(strength(*field));
        return all;
    };
    QVERIFY(portOf(server) != 0);
    QVERIFY(!fields[0]->isEnabled());
    const std::vector<int> listens = strengths();
    server.click(u"listen"_s);
    TRY_COMPARE(fields[0]->isEnabled(), true);
    if (QWidget *focused = QApplication::focusWidget())
        focused->clearFocus();
    const std::vector<int> stopped = strengths();
    for (std::size_t i = 0; i < listens.size(); ++i)
        QVERIFY2(listens[i] > stopped[i] * 8 / 10,
                 qPrintable(u"%1: %2 and %3"_s.arg(fields[i]->objectName()).arg(listens[i]).arg(stopped[i])));
}

void TestEndpointWindows::vocabularyAsTyped_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("port");
    QTest::addColumn<QString>("vocabulary");
    const QString tcp = u"TCP"_s;
    const QString udp = u"UDP"_s;
    QTest::newRow("IPv4") << tcp << u"127.0.0.1"_s << u"3000"_s << u"AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, 3000"_s;
    QTest::newRow("IPv6") << tcp << u"[::1]"_s << u"3000"_s << u"AF_INET6, SOCK_STREAM, 0 (TCP), ::1, 3000"_s;
    QTest::newRow("integer") << tcp << u"2130706433"_s << u"80"_s << u"AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, 80"_s;
    QTest::newRow("name") << tcp << u"example.org"_s << u"3000"_s
                          << u"AF_UNSPEC, SOCK_STREAM, 0 (TCP), example.org, 3000"_s;
    QTest::newRow("UDP") << udp << u"127.0.0.1"_s << u"3000"_s << u"AF_INET, SOCK_DGRAM, 0 (UDP), 127.0.0.1, 3000"_s;
    QTest::newRow("broadcast") << udp << u"<broadcast>"_s << u"3000"_s
                               << u"AF_INET, SOCK_DGRAM, 0 (UDP), 255.255.255.255, 3000"_s;
    QTest::newRow("group") << udp << u"239.1.2.3%lo"_s << u"3000"_s
                           << u"AF_INET, SOCK_DGRAM, 0 (UDP), 239.1.2.3%lo, 3000"_s;
    QTest::newRow("Unix") << u"Unix socket"_s << u"/run/parley"_s << QString()
                          << u"AF_UNIX, SOCK_STREAM, 0, /run/parley"_s;
    QTest::newRow("no address") << tcp << u"127.1"_s << u"3000"_s << QString();
    QTest::newRow("no port") << tcp << u"127.0.0.1"_s << u"70000"_s << QString();
}

void TestEndpointWindows::vocabularyAsTyped()
{
    QFETCH(const QString, kind);
    QFETCH(const QString, host);
    QFETCH(const QString, port);
    QFETCH(const QString, vocabulary);
    const ClientProgram client(ClientOptions{});
    choose(client, kind);
    if (kind == u"Unix socket"_s) {
        client.type(u"path"_s, host);
    } else {
        client.type(u"host"_s, host);
        client.type(u"port"_s, port);
    }
    QCOMPARE(client.text(u"vocabulary"_s), vocabulary);
    QCOMPARE(client.child(u"vocabulary"_s).accessibleDescription(), vocabulary);
}

void TestEndpointWindows::vocabularyOnceResolved()
{
    const ServerProgram server(listeningOn(u"localhost"_s));
    const QString port = QString::number(portOf(server));
    TRY_COMPARE(server.text(u"vocabulary"_s), u"AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, "_s + port);

    const ClientProgram client(ClientOptions{});
    client.type(u"host"_s, u"localhost"_s);
    client.type(u"port"_s, port);
    QCOMPARE(client.text(u"vocabulary"_s), u"AF_UNSPEC, SOCK_STREAM, 0 (TCP), localhost, "_s + port);
    client.click(u"connect"_s);
    TRY_COMPARE(received(client), u"Hello World!"_s);
    TRY_COMPARE(client.text(u"vocabulary"_s), u"AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, "_s + port);
    client.type(u"host"_s, u"example.org"_s); // what it was before is of no interest any more
    QCOMPARE(client.text(u"vocabulary"_s), u"AF_UNSPEC, SOCK_STREAM, 0 (TCP), example.org, "_s + port);
}

void TestEndpointWindows::hintOfTheEmptyTable_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::newRow("TCP") << Transport::Tcp;
    QTest::newRow("UDP") << Transport::Udp;
    QTest::newRow("Unix") << Transport::Unix;
}

/// `%2` is a part of the address or path, and no place for something else.
void TestEndpointWindows::hintOfTheEmptyTable()
{
    QFETCH(const Transport, transport);
    if (transport == Transport::Unix) {
        const QString path = scratch().filePath(u"%2;%1"_s);
        const ServerProgram server(listeningOn(path, transport));
        TRY_MATCH(server.child(u"connections"_s).accessibleDescription(),
                  u"No connection yet\\.\\n.*:  ncat -U '%1'"_s.arg(QRegularExpression::escape(path)));
        return;
    }
    const PrivateNetwork network;
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    Process ip(u"sh"_s, {u"-c"_s, u"ip link set lo down && ip link set lo name 2x && ip link set 2x up && "
                                  "ip address add fe80::1/64 dev 2x nodad"_s});
    if (ip.exitStatus() != 0)
        QSKIP("The system does not let the interface be named like that.");
    const ServerProgram server(listeningOn(u"fe80::1%2x"_s, transport));
    const QString port = QString::number(portOf(server));
    const QString ncat = transport == Transport::Udp ? u"ncat -u"_s : u"ncat"_s;
    TRY_MATCH(server.child(u"connections"_s).accessibleDescription(),
              u"No (connection|datagram) yet\\.\\n.*:  "_s + ncat + u" fe80::1%2x "_s + port);
}

/// Characters that mean something to socat or to a shell reach the server all the same.
void TestEndpointWindows::hintForAnAbstractName()
{
    if (QStandardPaths::findExecutable(u"socat"_s).isEmpty())
        QSKIP("There is no socat here.");
    const QString name =
        u"@%1-%2:a,b!c\\d'e\"f`g(h)[i]{j}<k>l;id>pwn $(id>pwn)|m#n,fork"_s.arg(QString::number(::getpid()), u"%2"_s);
    const ServerProgram server(listeningOn(name, Transport::Unix));
    const auto hint = [&] { return server.child(u"connections"_s).accessibleDescription(); };
    TRY_MATCH(hint(), u"No connection yet\\.\\n.*:  socat .*"_s);
    Process sh(u"sh"_s, {u"-c"_s, u"cd \"$0\" && "_s + hint().section(u":  "_s, 1), scratch().path()});
    VERIFY(sh.exitStatus() == 0, sh);
    VERIFY(sh.output() == "Hello World!", sh);
    QVERIFY(!QFile::exists(scratch().filePath(u"pwn"_s)));
}

void TestEndpointWindows::hostListTellsMeanings()
{
    const ServerProgram server(notListening(listeningOn(u"example.org"_s)));
    QComboBox &hosts = server.child<QComboBox>(u"host"_s);
    QTRY_VERIFY_WITH_TIMEOUT(hosts.count() > 0, WindowPatience);
    QCOMPARE(server.field(u"host"_s).text(), u"example.org"_s); // filling the list changes nothing

    const QString name = localHostName();
    QStringList own;
    for (const Address &address : addressesOf(name))
        own << QString::fromUtf8(address.host());
    QStringList expected{name
                         + (own.isEmpty() ? u" – this computer's name, which has no address"_s
                                          : u" – this computer's name: "_s + own.join(u", "_s))};
    for (const LocalAddress &local : localAddresses()) {
        const QString host = QString::fromUtf8(local.address.host());
        expected << host
                        + (local.address.isLoopback() ? u" – only this computer"_s
                                                      : u" – everyone who can reach "_s + local.interface);
    }
    expected << u"* – everyone, on every interface, IPv6 and IPv4"_s
             << u"0.0.0.0 – everyone, on every interface, IPv4 only"_s;
    QStringList entries;
    for (int i = 0; i < hosts.count(); ++i)
        entries << hosts.itemText(i);
    QCOMPARE(entries, expected);

    for (int i = 0; i < hosts.count(); ++i) { // one after the other, as a user does it
        hosts.showPopup();
        QTRY_VERIFY(hosts.view()->isVisible());
        hosts.view()->setCurrentIndex(hosts.model()->index(i, 0));
        QTest::keyClick(hosts.view(), Qt::Key_Return);
        QTRY_VERIFY(!hosts.view()->isVisible());
        QCOMPARE(server.field(u"host"_s).text(), entries.at(i).section(u" – "_s, 0, 0));
    }
    server.click(u"listen"_s); // on the last one
    QVERIFY2(portOf(server) != 0, qUtf8Printable(server.notice()));
}

void TestEndpointWindows::loopbackThatLocalhostDoesNotReach_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::newRow("TCP") << Transport::Tcp;
    QTest::newRow("UDP") << Transport::Udp;
}

void TestEndpointWindows::loopbackThatLocalhostDoesNotReach()
{
    QFETCH(const Transport, transport);
    const ServerProgram server(listeningOn(u"127.0.1.1"_s, transport));
    QVERIFY2(portOf(server) != 0, qUtf8Printable(server.notice()));
    TRY_COMPARE(server.notice(), u"This server listens on 127.0.1.1: clients that connect to 127.0.0.1 or localhost "
                                 "will not reach it."_s);
    QPushButton *wayOut = server.child(u"notice"_s).findChild<QPushButton *>();
    QVERIFY(wayOut && wayOut->isVisible());
    QCOMPARE(wayOut->text(), u"Listen on 127.0.0.1"_s);
    QTest::mouseClick(wayOut, Qt::LeftButton);
    TRY_MATCH(server.text(u"status"_s), u"Listening on 127\\.0\\.0\\.1:\\d+ .*"_s);
    QCOMPARE(server.notice(), QString());
    QCOMPARE(server.field(u"host"_s).text(), u"127.0.0.1"_s);
    TRY_MATCH(server.text(u"reachability"_s), u"Reachable at 127\\.0\\.0\\.1:\\d+, from this computer only\\."_s);

    ClientOptions options;
    options.transport = transport;
    options.host = u"localhost"_s;
    options.port = QString::number(portOf(server));
    options.connectAtOnce = true;
    const ClientProgram client(options);
    TRY_COMPARE(received(client), u"Hello World!"_s);
}

void TestEndpointWindows::badPath_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("notice");
    QTest::newRow("empty") << QString() << u"The path is empty: .*"_s;
    QTest::newRow("folder") << u"/tmp/"_s << u"“/tmp/” is a folder: .*"_s;
    QTest::newRow("too long") << QString(108, u'a')
                              << u"“a+…” is too long for a Unix socket: .* 107 bytes, and this one has 108\\."_s;
}

void TestEndpointWindows::badPath()
{
    QFETCH(const QString, path);
    QFETCH(const QString, notice);
    const auto check = [&](const auto &program, const QString &button) {
        choose(program, u"Unix socket"_s);
        program.type(u"path"_s, path);
        program.click(button);
        TRY_MATCH(program.notice(), notice);
        QCOMPARE(program.window().focusWidget(), &program.field(u"path"_s));
        QCOMPARE(program.field(u"path"_s).selectedText(), path);
    };
    check(ServerProgram(notListening()), u"listen"_s);
    check(ClientProgram(ClientOptions()), u"connect"_s);
}

void TestEndpointWindows::settingsSurvive()
{
    const QString path = this->path();
    const auto save = [&](auto program) {
        choose(program, u"Unix socket"_s);
        program.type(u"path"_s, path);
        QVERIFY(program.close());
    };
    const auto check = [&](const auto &program) {
        QCOMPARE(program.template child<QComboBox>(u"kind"_s).currentText(), u"Unix socket"_s);
        QCOMPARE(program.field(u"path"_s).text(), path);
        QCOMPARE(visibleFields(program), QStringList{u"path"_s});
        QCOMPARE(program.notice(), QString());
    };
    save(ServerProgram(notListening()));
    save(ClientProgram(ClientOptions()));
    check(ServerProgram(notListening()));
    check(ClientProgram(ClientOptions()));

    // A host on the command line stands for TCP, whatever kind was used last.
    ClientOptions options;
    options.host = u"localhost"_s;
    options.transport = Transport::Tcp;
    const ClientProgram client(options);
    QCOMPARE(client.child<QComboBox>(u"kind"_s).currentText(), u"TCP"_s);
}

/// Two servers take part in it, and the client lists both answers with their senders.
void TestEndpointWindows::groups()
{
    const PrivateNetwork network;
    if (!network.addWire())
        QSKIP("no network of its own for this test");
    const QString group = u"239.1.2.3%left"_s;
    const ServerProgram server(listeningOn(group, Transport::Udp));
    const QString port = QString::number(portOf(server));
    QVERIFY2(port != u"0"_s, qUtf8Printable(server.notice()));
    TRY_MATCH(server.child(u"connections"_s).accessibleDescription(),
              u"No datagram yet\\.\n.*parley-client --headless --udp 239\\.1\\.2\\.3%left "_s + port);
    ServerOptions options = listeningOn(group, Transport::Udp);
    options.port = port;
    options.greeting = "Good day";
    const ServerProgram other(options);
    TRY_COMPARE(QString::number(portOf(other)), port);

    ClientOptions asking;
    asking.transport = Transport::Udp;
    asking.host = group;
    asking.port = port;
    asking.timeout = 700ms;
    const ClientProgram client(asking);
    client.click(u"connect"_s);
    TRY_MATCH(client.text(u"summary"_s), u"20 bytes in 2 datagrams · collected for .*"_s);
    const QString sender = u"10.7.0.1:%1"_s.arg(port);
    QStringList answers = received(client).split(u'\n');
    answers.sort();
    QCOMPARE(answers, (QStringList{sender, sender, u"Good day"_s, u"Hello World!"_s}));
    QCOMPARE(client.notice(), QString());
}

void TestEndpointWindows::noAnswerIsNoRefusal()
{
    const RawDatagrams silent = RawDatagrams::bound();
    const RawDatagrams refusing = RawDatagrams::refusing();
    ClientOptions options;
    options.transport = Transport::Udp;
    options.host = u"127.0.0.1"_s;
    options.timeout = 300ms;
    const ClientProgram client(options);
    client.type(u"port"_s, QString::number(silent.localPort()));
    client.click(u"connect"_s);
    TRY_COMPARE(client.notice(),
                u"No answer came from 127.0.0.1:%1 within 300 ms, the time-out. A datagram can be lost without a "
                "word, dropped by a firewall, or have no one to answer it."_s.arg(silent.localPort()));
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"timed out"_s);
    client.type(u"port"_s, QString::number(refusing.localPort()));
    client.click(u"connect"_s);
    TRY_MATCH(client.notice(),
              u"127\\.0\\.0\\.1:%1 refused the datagram \\(ICMP port unreachable\\): .*"_s.arg(refusing.localPort()));
    QCOMPARE(client.cell(u"history"_s, 1, AttemptModel::Result), u"refused"_s);
    QCOMPARE(received(client), QString());
}

void TestEndpointWindows::sendFieldTellsWhatNothingMeans()
{
    const ClientProgram client(ClientOptions{});
    const QLineEdit &send = client.field(u"send"_s);
    QCOMPARE(send.placeholderText(), u"Nothing: wait for the server to speak"_s);
    choose(client, u"UDP"_s);
    QCOMPARE(send.placeholderText(), u"Nothing: an empty datagram"_s);
    choose(client, u"Unix socket"_s);
    QCOMPARE(send.placeholderText(), u"Nothing: wait for the server to speak"_s);
}

QTEST_MAIN(TestEndpointWindows)
#include "tst_endpoint_windows.moc"
