// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "shared/socket/local_listeners.h"
#include "shared/ui/limits_dialog.h"
#include "shared/ui/notice_bar.h"
#include "tests/support/failing_call.h"
#include "tests/support/process.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QDeadlineTimer>
#include <QLabel>
#include <QMenu>

#include <cerrno>
#include <linux/capability.h>
#include <memory>
#include <optional>
#include <sys/syscall.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

namespace
{

ClientOptions connectingTo(const QString &host, quint16 port)
{
    ClientOptions options;
    options.transport = Transport::Tcp;
    options.host = host;
    options.port = QString::number(port);
    options.connectAtOnce = true;
    return options;
}

ServerOptions listeningOn(const QString &host, const QString &port)
{
    ServerOptions options;
    options.transport = Transport::Tcp;
    options.host = host;
    options.port = port;
    return options;
}

/// The notice's button.
QPushButton &wayOut(const auto &program)
{
    return *program.child(u"notice"_s).template findChild<QPushButton *>();
}

/// What it says; empty where it does not show.
QString wayOutText(const auto &program)
{
    return wayOut(program).isVisible() ? wayOut(program).text() : QString();
}

void takeWayOut(const auto &program)
{
    QTest::mouseClick(&wayOut(program), Qt::LeftButton);
}

/// Waits for a notice that matches @p text and names a program. The window looks for that among all processes, and
/// gives up after native::ProcessSearch, which may be too short while much else runs: @p button then starts the next
/// search.
bool tellsTheProgram(const auto &program, const QString &button, const QString &text)
{
    constexpr std::chrono::milliseconds given = 3 * native::ProcessSearch;
    QDeadlineTimer search(given);
    const auto isTold = [&] {
        if (search.hasExpired() && !program.notice().isEmpty()) {
            program.click(button);
            search.setRemainingTime(given);
        }
        return matches(program.notice(), text);
    };
    return QTest::qWaitFor(isTold, WindowPatience);
}

/// While this object lives, this thread and those that it starts may not bind ports below 1024, whoever runs the test.
class NoPrivilegedPorts
{
public:
    NoPrivilegedPorts()
    {
        ::syscall(SYS_capget, &header_, usual_.data());
        auto less = usual_;
        less[0].effective &= ~(1U << CAP_NET_BIND_SERVICE);
        ::syscall(SYS_capset, &header_, less.data());
    }
    ~NoPrivilegedPorts() { ::syscall(SYS_capset, &header_, usual_.data()); }
    Q_DISABLE_COPY_MOVE(NoPrivilegedPorts)

private:
    __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> usual_{};
};

const QString Listening = u"Listening on %1 .*"_s;

} // namespace

/// Each failure state as it happens to people: its sentence, and that its button helps.
class TestDiagnosis : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void refusedWhereTheServerIsAtAnotherAddress();
    void refusedWhereAServerIsOnAnotherPort();
    void refusedWhereSeveralServersAre();
    void refusalTakesTwoLines();
    void refusedWithoutAServer();
    void unknownHostOfClient();
    void acceptQueueIsFull();
    void notAcceptedYet();
    void reset();
    void closedWithoutAByte();
    void limits_data();
    void limits();
    void unreachable();
    void noDescriptorLeft();

    void portInUse_data();
    void portInUse();
    void privilegedPort();
    void unknownHostOfServer();
    void foreignAddress();
    void pathInUse();
    void folderMissing();
    void greetingTooLongForADatagram();
    void loopbackOnly();
    void acceptForbidden();
};

/// The classic: the computer's name is 127.0.1.1, and the client tries localhost.
void TestDiagnosis::refusedWhereTheServerIsAtAnotherAddress()
{
    const ServerProcess server(u"127.0.1.1"_s);
    const ClientProgram client(connectingTo(u"127.0.0.1"_s, server.port()));
    const QString expected = u"127.0.0.1:%1 refused the connection: nothing listens on that port there. "
                             "parley-server (process %2) listens on 127.0.1.1:%1."_s.arg(server.port())
                                 .arg(server.pid());
    QVERIFY2(tellsTheProgram(client, u"connect"_s, QRegularExpression::escape(expected)), qPrintable(client.notice()));
    QCOMPARE(wayOutText(client), u"Use 127.0.1.1:%1"_s.arg(server.port()));
    takeWayOut(client);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);
    QCOMPARE(client.field(u"host"_s).text(), u"127.0.1.1"_s);
    QCOMPARE(client.notice(), QString());
}

void TestDiagnosis::refusedWhereAServerIsOnAnotherPort()
{
    const PrivateNetwork network; // others may have servers here
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    const RawSocket kept = RawSocket::bound();
    const ServerProcess server(u"*"_s);
    const ClientProgram client(connectingTo(u"127.0.0.1"_s, kept.localPort()));
    const QString expected =
        u".* parley-server \\(process %2\\) listens on 127\\.0\\.0\\.1:%1\\."_s.arg(server.port()).arg(server.pid());
    QVERIFY2(tellsTheProgram(client, u"connect"_s, expected), qPrintable(client.notice()));
    takeWayOut(client);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);
    QCOMPARE(client.field(u"port"_s).text(), QString::number(server.port()));
}

/// None of several servers is called the right one: the button has them all.
void TestDiagnosis::refusedWhereSeveralServersAre()
{
    const PrivateNetwork network;
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    const RawSocket kept = RawSocket::bound();
    const ServerProcess one;
    const ServerProcess other;
    const ClientProgram client(connectingTo(u"127.0.0.1"_s, kept.localPort()));
    const auto *notice = &client.child<NoticeBar>(u"notice"_s);
    TRY_COMPARE(wayOutText(client), u"Use Another Server"_s);
    const auto says = [&](const ServerProcess &server) {
        return client.notice().contains(
            u"parley-server (process %1) listens on 127.0.0.1:%2, … and 1 more."_s.arg(server.pid())
                .arg(server.port()));
    };
    QVERIFY2(says(one) || says(other), qPrintable(client.notice()));
    QAction *last = notice->findChild<QMenu *>()->actions().last();
    const bool isOther = last->text().startsWith(u"127.0.0.1:%1 – "_s.arg(other.port()));
    last->trigger();
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);
    QCOMPARE(client.field(u"port"_s).text(), QString::number(isOther ? other.port() : one.port()));
    QCOMPARE(client.notice(), QString());
}

/// At the default size, however many there are.
void TestDiagnosis::refusalTakesTwoLines()
{
    const PrivateNetwork network;
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    const RawSocket kept = RawSocket::bound();
    std::vector<std::unique_ptr<ServerProcess>> servers;
    for (int i = 0; i < 6; ++i)
        servers.push_back(std::make_unique<ServerProcess>());
    const ClientProgram client(connectingTo(u"127.0.0.1"_s, kept.localPort()));
    TRY_COMPARE(wayOutText(client), u"Use Another Server"_s);
    TRY_MATCH(client.notice(), u".*, … and 5 more\\."_s);
    QCoreApplication::processEvents();
    for (const QLabel *label : client.child(u"notice"_s).findChildren<QLabel *>()) {
        const int lines = label->heightForWidth(label->width()) / label->fontMetrics().lineSpacing();
        QVERIFY2(label->text().isEmpty() || lines <= 2, qPrintable(u"%1 lines: %2"_s.arg(lines).arg(label->text())));
    }
}

void TestDiagnosis::refusedWithoutAServer()
{
    const PrivateNetwork network;
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    const RawSocket kept = RawSocket::bound();
    const ClientProgram client(connectingTo(u"127.0.0.1"_s, kept.localPort()));
    TRY_COMPARE(client.notice(), u"127.0.0.1:%1 refused the connection: nothing listens on that port there. Start a "
                                 "server there, or check host and port."_s.arg(kept.localPort()));
    QCOMPARE(wayOutText(client), u"Try Again"_s);
    const ServerProgram server(listeningOn(u"127.0.0.1"_s, QString::number(kept.localPort())));
    TRY_MATCH(server.text(u"status"_s), Listening.arg(u".*"_s));
    takeWayOut(client);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);
}

void TestDiagnosis::unknownHostOfClient()
{
    const ServerProcess server(localHostName());
    if (server.port() == 0)
        QSKIP("This computer's name has no address.");
    const ClientProgram client(connectingTo(u"nosuch.invalid"_s, server.port()));
    TRY_MATCH(client.notice(), u"The host in nosuch\\.invalid:\\d+ (is unknown|could not be looked up).*"_s);
    if (!client.notice().contains(u"is unknown"_s)) {
        QCOMPARE(wayOutText(client), u"Try Again"_s);
        QSKIP("No name server answers here.");
    }
    QCOMPARE(wayOutText(client), u"Use %1"_s.arg(localHostName()));
    takeWayOut(client);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);
}

void TestDiagnosis::acceptQueueIsFull()
{
    const RawSocket listener = RawSocket::listening("127.0.0.1", 0);
    const RawSocket first = RawSocket::connectedTo("127.0.0.1", listener.localPort());
    QVERIFY(first.isOpen());
    ClientOptions options = connectingTo(u"127.0.0.1"_s, listener.localPort());
    options.timeout = 300ms;
    const ClientProgram client(options);
    const QString expected =
        u"127.0.0.1:%1 did not answer within 300 ms, the time-out. Perhaps the accept queue is full: 1 "
        "connection waits in the queue until tst_diagnosis (process %2) accepts."_s.arg(listener.localPort())
            .arg(QCoreApplication::applicationPid());
    QVERIFY2(tellsTheProgram(client, u"connect"_s, QRegularExpression::escape(expected)), qPrintable(client.notice()));
    QCOMPARE(wayOutText(client), u"Try Again"_s);
    const RawSocket accepted = listener.accept();
    takeWayOut(client);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send("Here I am."));
    peer.close();
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Here I am."_s);
}

void TestDiagnosis::notAcceptedYet()
{
    const RawSocket listener = RawSocket::listening();
    ClientOptions options = connectingTo(u"127.0.0.1"_s, listener.localPort());
    options.timeout = 300ms;
    const ClientProgram client(options);
    const QString expected =
        u".* Perhaps the connection is not accepted yet: \\d+ connections? waits? in the queue until "
        "tst_diagnosis \\(process \\d+\\) accepts\\."_s;
    QVERIFY2(tellsTheProgram(client, u"connect"_s, expected), qPrintable(client.notice()));
    QCOMPARE(wayOutText(client), u"Try Again"_s);
}

void TestDiagnosis::reset()
{
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(u"127.0.0.1"_s, listener.localPort()));
    listener.accept().reset();
    TRY_MATCH(client.notice(), u".* reset the connection before it had sent a byte\\. .*"_s);
    QCOMPARE(wayOutText(client), u"Try Again"_s);
    takeWayOut(client);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send("Here I am."));
    peer.close();
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Here I am."_s);
}

void TestDiagnosis::closedWithoutAByte()
{
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(u"127.0.0.1"_s, listener.localPort()));
    listener.accept().close();
    TRY_MATCH(client.notice(), u".* closed the connection without sending a byte\\. .*"_s);
    QCOMPARE(wayOutText(client), u"Enter Text to Send"_s);
    takeWayOut(client);
    QCOMPARE(client.window().focusWidget(), &client.field(u"send"_s));
    client.type(u"send"_s, u"Hello"_s);
    client.pressEnter(u"send"_s);
    RawSocket peer = listener.accept();
    QCOMPARE(peer.receive(5), "Hello"_ba);
    peer.close();
    TRY_MATCH(client.notice(), u".* closed the connection without sending a byte\\. .*"_s);
    QCOMPARE(wayOutText(client), u"Try Again"_s); // it has spoken
}

void TestDiagnosis::limits_data()
{
    QTest::addColumn<QString>("notice");
    QTest::newRow("too long") << u".* longer than the limit of 8 bytes\\..*"_s;
    QTest::newRow("too slow") << u".* the end did not come within 300 ms, the time-out\\..*"_s;
}

void TestDiagnosis::limits()
{
    QFETCH(const QString, notice);
    const RawSocket listener = RawSocket::listening();
    ClientOptions options = connectingTo(u"127.0.0.1"_s, listener.localPort());
    const bool slow = notice.contains(u"300 ms"_s);
    if (slow)
        options.timeout = 300ms;
    else
        options.maxBytes = 8;
    const ClientProgram client(options);
    const RawSocket peer = listener.accept();
    QVERIFY(peer.send(slow ? "Hello" : "Hello World!"));
    TRY_MATCH(client.notice(), notice);
    QCOMPARE(wayOutText(client), u"Change Limits…"_s);
    takeWayOut(client);
    auto *dialog = client.window().findChild<LimitsDialog *>();
    QVERIFY(dialog && QTest::qWaitForWindowExposed(dialog));
    dialog->reject();
}

void TestDiagnosis::unreachable()
{
    const PrivateNetwork network; // without a route to anywhere
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    const ClientProgram client(connectingTo(u"198.51.100.1"_s, 3000));
    TRY_COMPARE(
        client.notice(),
        u"198.51.100.1:3000 cannot be reached: no route leads from here to that address. Check the address, and "
        "this computer's network connection."_s);
    QCOMPARE(wayOutText(client), u"Try Again"_s);
    takeWayOut(client);
    TRY_COMPARE(client.rows(u"history"_s), 2);
}

void TestDiagnosis::noDescriptorLeft()
{
    const auto nobody = RawSocket::bound();
    const ClientProgram client(connectingTo(u"127.0.0.1"_s, nobody.localPort()));
    const QString refused = u"127\\.0\\.0\\.1:%1 refused the connection: .*"_s.arg(nobody.localPort());
    TRY_MATCH(client.notice(), refused); // its way out is another server's address, if one listens here

    {
        const FailingCall noDescriptor(FailingCall::Name::Socket, EMFILE);
        client.click(u"connect"_s);
        TRY_COMPARE(client.notice(),
                    u"Connecting to 127.0.0.1:%1 failed: this process has no file descriptor left. Close other "
                    "connections, or raise the limit (ulimit -n)."_s.arg(nobody.localPort()));
        QCOMPARE(wayOutText(client), u"Try Again"_s);
    }
    takeWayOut(client);
    TRY_MATCH(client.notice(), refused);
}

void TestDiagnosis::portInUse_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<QString>("host");
    QTest::newRow("TCP") << Transport::Tcp << u"127.0.0.1"_s;
    QTest::newRow("TCP, every interface") << Transport::Tcp << u"0.0.0.0"_s;
    QTest::newRow("UDP") << Transport::Udp << u"127.0.0.1"_s;
}

void TestDiagnosis::portInUse()
{
    QFETCH(const Transport, transport);
    QFETCH(const QString, host);
    const QStringList kind = transport == Transport::Udp ? QStringList{u"--udp"_s} : QStringList{};
    const ServerProcess other(u"127.0.0.1"_s, kind);
    ServerOptions options = listeningOn(host, QString::number(other.port()));
    options.transport = transport;
    const ServerProgram server(options);
    const QString sentence = u"Cannot listen on %1:%2: the port is in use by parley-server (process %3). Choose "
                             u"another port, or 0 for any free "
                             "one."_s;
    const QString expected = sentence.arg(host).arg(other.port()).arg(other.pid());
    QVERIFY2(tellsTheProgram(server, u"listen"_s, QRegularExpression::escape(expected)), qPrintable(server.notice()));
    QCOMPARE(wayOutText(server), u"Use Another Port"_s);
    takeWayOut(server);
    TRY_MATCH(server.text(u"status"_s), Listening.arg(host + u":\\d+"_s));
    QCOMPARE(server.notice(), QString());
}

void TestDiagnosis::privilegedPort()
{
    const PrivateNetwork network; // where no port below 1024 is in use, or opened to everybody
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    const NoPrivilegedPorts privileges;
    const ServerProgram server(listeningOn(u"127.0.0.1"_s, u"80"_s));
    TRY_COMPARE(server.notice(), u"Cannot listen on 127.0.0.1:80: ports below 1024 are reserved for the administrator. "
                                 "Choose a higher port."_s);
    QCOMPARE(wayOutText(server), u"Use Port 8080"_s);
    takeWayOut(server);
    TRY_MATCH(server.text(u"status"_s), Listening.arg(u"127.0.0.1:8080"_s));
    QCOMPARE(server.field(u"port"_s).text(), u"8080"_s);
}

void TestDiagnosis::unknownHostOfServer()
{
    const ServerProgram server(listeningOn(u"nosuch.invalid"_s, u"0"_s));
    TRY_MATCH(server.notice(), u"Cannot listen on nosuch\\.invalid:0: the (host is unknown|name server did not "
                               "answer)\\. .*"_s);
    if (!server.notice().contains(u"unknown"_s)) {
        QCOMPARE(wayOutText(server), u"Try Again"_s);
        QSKIP("No name server answers here.");
    }
    QCOMPARE(wayOutText(server), u"Listen on 127.0.0.1"_s);
    takeWayOut(server);
    TRY_MATCH(server.text(u"status"_s), Listening.arg(u"127.0.0.1:\\d+"_s));
}

void TestDiagnosis::foreignAddress()
{
    const PrivateNetwork network; // which has the loopback addresses only
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    const ServerProgram server(listeningOn(u"198.51.100.1"_s, u"0"_s));
    TRY_MATCH(server.notice(), u".*: that is not an address of this computer\\. .*"_s);
    QCOMPARE(wayOutText(server), u"Listen on All Interfaces"_s);
    takeWayOut(server);
    TRY_MATCH(server.text(u"status"_s), Listening.arg(u"(\\[::\\]|0\\.0\\.0\\.0):.*"_s));
    QCOMPARE(server.field(u"host"_s).text(), u"*"_s);
}

void TestDiagnosis::pathInUse()
{
    const QString path = scratch().filePath(u"parley.sock"_s);
    const RawSocket other = RawSocket::listeningOn(QFile::encodeName(path));
    ServerOptions options;
    options.transport = Transport::Unix;
    options.path = path;
    const ServerProgram server(options);
    TRY_MATCH(server.notice(), u"Cannot listen on .*: another program serves that socket, .*"_s);
    QCOMPARE(wayOutText(server), u"Use Another Path"_s);
    takeWayOut(server);
    TRY_MATCH(server.text(u"status"_s), u"Listening on .*/parley-2\\.sock .*"_s);

    const ServerProgram third(options);
    TRY_COMPARE(wayOutText(third), u"Use Another Path"_s);
    takeWayOut(third);
    TRY_MATCH(third.notice(), u"Cannot listen on .*/parley-2\\.sock: .*"_s);
    takeWayOut(third);
    TRY_MATCH(third.text(u"status"_s), u"Listening on .*/parley-3\\.sock .*"_s);
}

void TestDiagnosis::folderMissing()
{
    qputenv("TMPDIR", QFile::encodeName(scratch().path()));
    const auto restore = qScopeGuard([] { qunsetenv("TMPDIR"); });
    ServerOptions options;
    options.transport = Transport::Unix;
    options.path = u"/nonexistent/a&b.sock"_s;
    const ServerProgram server(options);
    TRY_MATCH(server.notice(), u"Cannot listen on /nonexistent/a&b\\.sock: its folder does not exist\\. .*"_s);
    const QString endpoint = scratch().filePath(u"a&b.sock"_s);
    QCOMPARE(wayOutText(server).replace(u"&&"_s, u"&"_s), u"Use %1"_s.arg(endpoint));
    takeWayOut(server);
    TRY_MATCH(server.text(u"status"_s), u"Listening on %1 .*"_s.arg(endpoint));
}

void TestDiagnosis::greetingTooLongForADatagram()
{
    ServerOptions options = listeningOn(u"127.0.0.1"_s, u"0"_s);
    options.transport = Transport::Udp;
    options.greeting = QByteArray(70'000, 'a');
    const ServerProgram server(options);
    TRY_MATCH(server.notice(), u".* does not fit into a datagram, .*"_s);
    QCOMPARE(wayOutText(server), u"Use TCP"_s);
    takeWayOut(server);
    TRY_MATCH(server.text(u"status"_s), Listening.arg(u".*"_s));
}

void TestDiagnosis::loopbackOnly()
{
    const ServerProgram server(listeningOn(u"127.0.0.1"_s, u"0"_s));
    TRY_MATCH(server.text(u"reachability"_s), u"Reachable at 127\\.0\\.0\\.1:\\d+, from this computer only\\."_s);
    QVERIFY(server.button(u"everyInterface"_s).isVisible());
    QCOMPARE(server.button(u"everyInterface"_s).text(), u"Listen on All Interfaces"_s);
    server.click(u"everyInterface"_s);
    TRY_MATCH(server.text(u"status"_s), Listening.arg(u"(\\[::\\]|0\\.0\\.0\\.0):.*"_s));
    TRY_COMPARE(server.button(u"everyInterface"_s).isVisible(), false);
}

/// No waiting client is thrown out: the way out is to stop.
void TestDiagnosis::acceptForbidden()
{
    const ServerProgram server(listeningOn(u"127.0.0.1"_s, u"0"_s));
    const quint16 port = portOf(server);
    std::optional<FailingCall> forbidden(std::in_place, FailingCall::Name::Accept4, EPERM);
    auto waiting = RawSocket::connectedTo("127.0.0.1", port);
    TRY_COMPARE(server.notice(),
                u"Accepting connections fails: this user may not do that, or a firewall or a sandbox of this "
                "computer forbids it. It is tried again."_s);
    forbidden.reset(); // once it works again, that is over
    QCOMPARE(waiting.receive(100), "Hello World!");
    TRY_COMPARE(server.notice(), QString());

    forbidden.emplace(FailingCall::Name::Accept4, EPERM);
    waiting = RawSocket::connectedTo("127.0.0.1", port);
    TRY_COMPARE(wayOutText(server), u"Stop Listening"_s);
    takeWayOut(server);
    TRY_MATCH(server.text(u"status"_s), u"Not listening .*"_s);
    TRY_COMPARE(server.notice(), QString());
    TRY_COMPARE(server.button(u"listen"_s).text(), u"Listen"_s);
}

QTEST_MAIN(TestDiagnosis)
#include "tst_diagnosis.moc"
