// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "shared/ui/limits_dialog.h"
#include "shared/ui/notice_bar.h"
#include "tests/support/failing_call.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QProxyStyle>
#include <QScopeGuard>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTimer>
#include <QToolButton>

#include <future>
#include <optional>
#include <time.h>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

namespace
{

/// The dialog that the window's Limits… opens.
LimitsDialog &openLimits(const auto &program)
{
    program.action(u"Limits…"_s).trigger();
    auto *dialog = program.window().template findChild<LimitsDialog *>();
    if (!dialog || !QTest::qWaitForWindowExposed(dialog))
        qFatal("There is no dialog");
    return *dialog;
}

void applyLimits(LimitsDialog &dialog)
{
    pressButton(dialog, u"Apply Limits"_s);
}

/// Tells how long the event loop was away at the most: ms of this thread's time on a processor, in which other programs
/// have no part.
class Heartbeat
{
public:
    Heartbeat()
    {
        QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] {
            const qint64 now = used();
            longest_ = std::max(longest_, now - std::exchange(before_, now));
            ++count_;
        });
        timer_.start(10);
    }
    qint64 longest() const { return longest_; }
    int count() const { return count_; }

private:
    static qint64 used()
    {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
    }

    QTimer timer_;
    qint64 before_ = used();
    qint64 longest_ = 0;
    int count_ = 0;
};

} // namespace

class TestLimitsWindow : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void serverTakesLimits();
    void serverRefusesABadNet();
    void serverShowsTheLimitThatHolds();
    void serverNamesTheLimit();
    void serverRemembersLimits();
    void allLimitsAreInSight();
    void serverTakesAHopLimit();
    void damagedLimits();
    void restoresDefaults();
    void buttonsHaveNoIcons();
    void clientTakesLimits();
    void countsWhoWasTurnedAway();
    void starved();
    void hostileBytes_data();
    void hostileBytes();
};

void TestLimitsWindow::serverTakesLimits()
{
    ServerProgram server(listening());
    QTRY_VERIFY_WITH_TIMEOUT(portOf(server) != 0, WindowPatience);
    LimitsDialog &dialog = openLimits(server);
    QCOMPARE(dialog.findChild<QSpinBox *>(u"maxConnections"_s)->value(), 0);
    QCOMPARE(dialog.findChild<QDoubleSpinBox *>(u"deadline"_s)->value(), 30.0);
    dialog.findChild<QSpinBox *>(u"maxPerPeer"_s)->setValue(1);
    dialog.findChild<QLineEdit *>(u"deny"_s)->setText(u"127.0.0.7, 10.0.0.0/8"_s);
    applyLimits(dialog);
    QVERIFY(!dialog.isVisible());

    // They hold for the next connection, without listening anew.
    RawSocket first = RawSocket::connectedTo("127.0.0.1", portOf(server));
    QCOMPARE(first.receive(100), "Hello World!");
    QCOMPARE(RawSocket::connectedTo("127.0.0.1", portOf(server)).receive(100), "");
    QCOMPARE(RawSocket::connectedFrom("127.0.0.7", "127.0.0.1", portOf(server)).receive(100), "");
    QCOMPARE(RawSocket::connectedFrom("127.0.0.8", "127.0.0.1", portOf(server)).receive(100), "Hello World!");
}

/// Where no deadline is set, the dialog says what holds all the same.
void TestLimitsWindow::serverShowsTheLimitThatHolds()
{
    for (const auto &[behaviour, value, meaning] :
         {std::tuple{u"silent"_s, u"No limit; after FIN 30 s"_s, u"closed its own side and waits in vain is reset"_s},
          {u"greet-hold:stay=1"_s, u"No limit; after Close 30 s"_s, u"one that you have closed"_s},
          {u"greet-close"_s, u"No limit"_s, u"does not close."_s}}) {
        ServerOptions options = listening();
        options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(behaviour));
        options.deadline = 0s;
        ServerProgram server(options);
        LimitsDialog &dialog = openLimits(server);
        auto *deadline = dialog.findChild<QDoubleSpinBox *>(u"deadline"_s);
        QCOMPARE(deadline->text(), value);
        QVERIFY2(deadline->accessibleDescription().contains(meaning), qPrintable(deadline->accessibleDescription()));
    }
}

/// A limit that ends the connection which the user looks at is named.
void TestLimitsWindow::serverNamesTheLimit()
{
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"silent"_s));
    options.deadline = 1s;
    ServerProgram server(options);
    QTRY_VERIFY_WITH_TIMEOUT(portOf(server) != 0, WindowPatience);
    RawSocket other = RawSocket::connectedTo("127.0.0.1", portOf(server));
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"timed out after 0 bytes"_s);
    QCOMPARE(server.notice(), QString()); // nobody looked at it
    const quint16 port = portOf(server);
    // The deadline may pass before the row is selected: then the next one is tried.
    for (int row = 1; row < 10 && server.notice().isEmpty(); ++row) {
        RawSocket peer = RawSocket::connectedTo("127.0.0.1", port);
        TRY_COMPARE(server.rows(u"connections"_s), row + 1);
        server.child<QTableView>(u"connections"_s).selectRow(row);
        TRY_COMPARE(server.cell(u"connections"_s, row, ConnectionModel::State), u"timed out after 0 bytes"_s);
    }
    TRY_MATCH(server.notice(), u"Connection \\d+ timed out: the deadline of 1.00 s since the last byte or FIN\\."_s);
    pressButton(server.child<NoticeBar>(u"notice"_s), u"Change Limits…"_s);
    QVERIFY(server.window().findChild<LimitsDialog *>());
}

void TestLimitsWindow::serverRefusesABadNet()
{
    ServerProgram server(listening());
    QTRY_VERIFY_WITH_TIMEOUT(portOf(server) != 0, WindowPatience);
    LimitsDialog &dialog = openLimits(server);
    for (const QString &name : {u"allow"_s, u"deny"_s}) {
        auto *field = dialog.findChild<QLineEdit *>(name);
        field->setText(u"127.0.0.0/8 010.0.0.0/8"_s);
        applyLimits(dialog);
        QVERIFY(dialog.isVisible());
        const QString notice = dialog.findChild<NoticeBar *>()->text();
        QVERIFY2(notice.startsWith(u"“010.0.0.0/8” is not a net"_s), qPrintable(notice));
        field->clear();
    }
    QCOMPARE(RawSocket::connectedTo("127.0.0.1", portOf(server)).receive(100), "Hello World!"); // none was taken
    applyLimits(dialog);
    QVERIFY(!dialog.isVisible());
}

void TestLimitsWindow::serverRemembersLimits()
{
    {
        ServerProgram server(listening());
        LimitsDialog &dialog = openLimits(server);
        dialog.findChild<QSpinBox *>(u"maxConnections"_s)->setValue(123);
        dialog.findChild<QSpinBox *>(u"maxPerPeer"_s)->setValue(4);
        dialog.findChild<QDoubleSpinBox *>(u"deadline"_s)->setValue(2.5);
        dialog.findChild<QSpinBox *>(u"keepAlive"_s)->setValue(20);
        dialog.findChild<QSpinBox *>(u"keepAliveProbes"_s)->setValue(7);
        dialog.findChild<QSpinBox *>(u"ttl"_s)->setValue(9);
        dialog.findChild<QLineEdit *>(u"allow"_s)->setText(u"127.0.0.0/8 ::1"_s);
        dialog.findChild<QLineEdit *>(u"deny"_s)->setText(u"127.0.0.7"_s);
        applyLimits(dialog);
        QVERIFY(server.close());
    }
    ServerOptions options = listening();
    options.maxPerPeer = 5; // the command line wins
    ServerProgram server(options);
    LimitsDialog &dialog = openLimits(server);
    QCOMPARE(dialog.findChild<QSpinBox *>(u"maxConnections"_s)->value(), 123);
    QCOMPARE(dialog.findChild<QSpinBox *>(u"maxPerPeer"_s)->value(), 5);
    QCOMPARE(dialog.findChild<QDoubleSpinBox *>(u"deadline"_s)->value(), 2.5);
    QCOMPARE(dialog.findChild<QSpinBox *>(u"keepAlive"_s)->value(), 20);
    QCOMPARE(dialog.findChild<QSpinBox *>(u"keepAliveProbes"_s)->value(), 7);
    QCOMPARE(dialog.findChild<QSpinBox *>(u"ttl"_s)->value(), 9);
    QCOMPARE(dialog.findChild<QLineEdit *>(u"allow"_s)->text(), u"127.0.0.0/8 ::1"_s);
    QCOMPARE(dialog.findChild<QLineEdit *>(u"deny"_s)->text(), u"127.0.0.7"_s);
    QCOMPARE(server.notice(), QString());
}

/// As many as the screen has room for: all of them need no scrolling.
void TestLimitsWindow::allLimitsAreInSight()
{
    const auto check = [](LimitsDialog &dialog) {
        const QScrollBar &bar = *dialog.findChild<QScrollArea *>()->verticalScrollBar();
        const int room = dialog.screen()->availableGeometry().height();
        // Where the screen is too small, the dialog is as high as that, less the frame.
        TRY_COMPARE(bar.maximum() == 0 || dialog.height() > room * 9 / 10, true);
        QVERIFY2(dialog.height() > 300, qPrintable(QString::number(dialog.height())));
    };
    const ServerProgram server(listening());
    check(openLimits(server));
    const ClientProgram client(connectingTo(1));
    check(openLimits(client));
}

/// The hop limit of the command line is the field's, and what is set there holds from the next listening on.
void TestLimitsWindow::serverTakesAHopLimit()
{
    ServerOptions options = listening();
    options.transport = Transport::Udp;
    options.ttl = 4;
    const ServerProgram server(options);
    server.child<QToolButton>(u"details"_s).setChecked(true);
    const auto hopLimits = [&server] {
        QStringList found;
        const QAbstractItemModel &ladder = *server.child<QAbstractItemView>(u"ladder"_s).model();
        for (int row = 0; row < ladder.rowCount(); ++row) {
            static const QRegularExpression option(u"IP_TTL, (\\d+)"_s);
            const QString rung = ladder.index(row, 0).data(Qt::AccessibleTextRole).toString();
            if (const auto match = option.match(rung); match.hasMatch())
                found.append(match.captured(1));
        }
        return found.join(u' ');
    };
    TRY_COMPARE(hopLimits(), u"4"_s);
    LimitsDialog &dialog = openLimits(server);
    QCOMPARE(dialog.findChild<QSpinBox *>(u"ttl"_s)->value(), 4);
    dialog.findChild<QSpinBox *>(u"ttl"_s)->setValue(6);
    applyLimits(dialog);
    server.click(u"listen"_s);
    TRY_COMPARE(server.button(u"listen"_s).text(), u"Listen"_s);
    server.click(u"listen"_s);
    TRY_MATCH(hopLimits(), u"(4 )?6"_s);
}

void TestLimitsWindow::damagedLimits()
{
    const auto damage = [](const QString &program, const QMap<QString, QString> &values) {
        QSettings settings(QSettings::IniFormat, QSettings::UserScope, u"Parley"_s, program);
        for (const auto [key, value] : values.asKeyValueRange())
            settings.setValue(key, value);
    };
    damage(u"parley-server"_s, {{u"limits/max-connections"_s, u"-1"_s},
                                {u"limits/max-per-peer"_s, u"many"_s},
                                {u"limits/deadline"_s, u"nan"_s},
                                {u"limits/keep-alive"_s, u"32768"_s},
                                {u"limits/keep-alive-probes"_s, u"0"_s},
                                {u"limits/ttl"_s, u"256"_s},
                                {u"limits/deny"_s, u"10.0.0.1/8"_s}});
    damage(u"parley-client"_s, {{u"limits/timeout"_s, u"-5"_s}, {u"limits/max-bytes"_s, u"99999999999"_s}});
    const QString sentence = u"Some of the saved settings could not be read, .*"_s;

    ServerProgram server(listening());
    QVERIFY2(matches(server.notice(), sentence), qPrintable(server.notice()));
    LimitsDialog &limits = openLimits(server);
    QCOMPARE(limits.findChild<QSpinBox *>(u"maxConnections"_s)->value(), 0);
    QCOMPARE(limits.findChild<QSpinBox *>(u"maxPerPeer"_s)->value(), 0);
    QCOMPARE(limits.findChild<QDoubleSpinBox *>(u"deadline"_s)->value(), 30.0);
    QCOMPARE(limits.findChild<QLineEdit *>(u"deny"_s)->text(), QString());
    QCOMPARE(limits.findChild<QSpinBox *>(u"keepAlive"_s)->value(), 0);
    QCOMPARE(limits.findChild<QSpinBox *>(u"keepAliveProbes"_s)->value(), 3);
    QVERIFY(!limits.findChild<QSpinBox *>(u"keepAliveProbes"_s)->isEnabled());
    QCOMPARE(limits.findChild<QSpinBox *>(u"ttl"_s)->value(), 0);

    ClientProgram client(connectingTo(1));
    QVERIFY2(matches(client.notice(), sentence), qPrintable(client.notice()));
    LimitsDialog &clientLimits = openLimits(client);
    QCOMPARE(clientLimits.findChild<QDoubleSpinBox *>(u"timeout"_s)->value(), 10.0);
    QCOMPARE(clientLimits.findChild<QSpinBox *>(u"maxBytes"_s)->value(), 16 * 1024 * 1024);
}

/// Into the fields, and from there by Apply.
void TestLimitsWindow::restoresDefaults()
{
    ServerOptions serving = listening();
    serving.maxConnections = 7;
    serving.maxPerPeer = 3;
    serving.deadline = 5s;
    serving.deny = {std::get<Net>(Net::parse(u"10.0.0.0/8"_s))};
    serving.keepAlive = {60s, 2};
    const ServerProgram server(serving);
    ClientOptions connecting = connectingTo(1);
    connecting.timeout = 5s;
    connecting.maxBytes = 77;
    connecting.keepAlive = {60s, 2};
    const ClientProgram client(connecting);
    const auto values = [](const LimitsDialog &dialog) {
        QStringList texts;
        for (const QAbstractSpinBox *box : dialog.findChildren<QAbstractSpinBox *>())
            texts.append(box->text());
        for (const QString &name : {u"allow"_s, u"deny"_s}) {
            if (const auto *field = dialog.findChild<QLineEdit *>(name))
                texts.append(field->text());
        }
        return texts;
    };
    const auto check = [&](const auto &program, const auto &usual) {
        QStringList defaults;
        {
            LimitsDialog &dialog = openLimits(usual);
            defaults = values(dialog);
            dialog.reject();
        }
        LimitsDialog &dialog = openLimits(program);
        QVERIFY(values(dialog) != defaults);
        pressButton(dialog, u"Restore Defaults"_s);
        QCOMPARE(values(dialog), defaults);
        QVERIFY(dialog.isVisible());
        applyLimits(dialog);
        QTRY_VERIFY(!program.window().template findChild<LimitsDialog *>());
        LimitsDialog &again = openLimits(program);
        QCOMPARE(values(again), defaults);
        again.reject();
    };
    check(server, ServerProgram(listening()));
    check(client, ClientProgram(connectingTo(1)));
}

/// Also where the style gives icons to buttons of dialogs: it has none for some.
void TestLimitsWindow::buttonsHaveNoIcons()
{
    class Icons : public QProxyStyle
    {
    public:
        Icons() : QProxyStyle(u"fusion"_s) {}
        int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                      QStyleHintReturn *data) const override
        {
            return hint == SH_DialogButtonBox_ButtonsHaveIcons ? 1 : QProxyStyle::styleHint(hint, option, widget, data);
        }
    };
    const auto restored = qScopeGuard([name = QApplication::style()->objectName()] { QApplication::setStyle(name); });
    QApplication::setStyle(new Icons);
    const ClientProgram client(connectingTo(1));
    LimitsDialog &dialog = openLimits(client);
    const auto buttons = dialog.findChild<QDialogButtonBox *>()->buttons();
    QCOMPARE(buttons.size(), 3);
    for (const QAbstractButton *button : buttons)
        QVERIFY2(button->icon().isNull(), qPrintable(button->text()));
    dialog.reject();
}

void TestLimitsWindow::clientTakesLimits()
{
    const RawSocket listener = RawSocket::listening();
    {
        ClientProgram client(connectingTo(listener.localPort()));
        LimitsDialog &dialog = openLimits(client);
        dialog.findChild<QDoubleSpinBox *>(u"timeout"_s)->setValue(0.5);
        dialog.findChild<QSpinBox *>(u"maxBytes"_s)->setValue(5);
        dialog.findChild<QSpinBox *>(u"ttl"_s)->setValue(4);
        dialog.findChild<QCheckBox *>(u"multicastLoopback"_s)->setChecked(false);
        dialog.findChild<QSpinBox *>(u"keepAlive"_s)->setValue(9);
        applyLimits(dialog);
        QVERIFY(!dialog.isVisible());
        client.click(u"connect"_s);
        RawSocket peer = listener.accept();
        QVERIFY(peer.send("Hello World!"));
        TRY_MATCH(client.notice(), u".*limit.*"_s);
        QCOMPARE(client.window().findChild<MessageView *>()->toPlainText(), u"Hello"_s);

        client.click(u"connect"_s);
        const RawSocket silent = listener.accept();
        QVERIFY(silent.isOpen());
        TRY_MATCH(client.notice(), u".* within 500 ms, the time-out\\..*"_s); // not ten seconds
        QVERIFY(client.close());
    }
    ClientProgram client(connectingTo(listener.localPort()));
    LimitsDialog &dialog = openLimits(client);
    QCOMPARE(dialog.findChild<QDoubleSpinBox *>(u"timeout"_s)->value(), 0.5);
    QCOMPARE(dialog.findChild<QSpinBox *>(u"maxBytes"_s)->value(), 5);
    QCOMPARE(dialog.findChild<QSpinBox *>(u"ttl"_s)->value(), 4);
    QVERIFY(!dialog.findChild<QCheckBox *>(u"multicastLoopback"_s)->isChecked());
    QCOMPARE(dialog.findChild<QSpinBox *>(u"keepAlive"_s)->value(), 9);
}

void TestLimitsWindow::countsWhoWasTurnedAway()
{
    ServerOptions options = listening();
    options.deny = std::vector{std::get<Net>(Net::parse(u"127.0.0.7"_s))};
    options.maxConnections = 1;
    ServerProgram server(options);
    QTRY_VERIFY_WITH_TIMEOUT(portOf(server) != 0, WindowPatience);
    QVERIFY(!server.text(u"status"_s).contains(u"denied"_s));
    RawSocket first = RawSocket::connectedTo("127.0.0.1", portOf(server));
    QCOMPARE(first.receive(100), "Hello World!");
    QVERIFY(RawSocket::connectedTo("127.0.0.1", portOf(server)).isAtEnd());
    for (int i = 0; i < 2; ++i)
        QVERIFY(RawSocket::connectedFrom("127.0.0.7", "127.0.0.1", portOf(server)).isAtEnd());
    TRY_MATCH(server.text(u"status"_s), u".* · 1 open, 4 in total · 2 denied · 1 over the limit"_s);
    TRY_COMPARE(server.rows(u"connections"_s), 4);
    const QStringList states{u"half-closed here"_s, u"over the limit"_s, u"denied"_s, u"denied"_s};
    for (int row = 0; row < states.size(); ++row)
        TRY_COMPARE(server.cell(u"connections"_s, row, ConnectionModel::State), states.at(row));
}

void TestLimitsWindow::starved()
{
    ServerProgram server(listening());
    QTRY_VERIFY_WITH_TIMEOUT(portOf(server) != 0, WindowPatience);
    const quint16 port = portOf(server);
    std::vector<RawSocket> clients;
    for (int i = 0; i < 10; ++i)
        clients.push_back(RawSocket::connectedTo("127.0.0.1", port)); // they do not close
    TRY_COMPARE(server.rows(u"connections"_s), 10);

    std::optional<FailingCall> noDescriptor(std::in_place, FailingCall::Name::Accept4, EMFILE);
    clients.push_back(RawSocket::connectedTo("127.0.0.1", port));
    TRY_MATCH(server.notice(),
              u"Out of file descriptors: [\\d,]+ of [\\d,]+ in use\\. Waiting for connections to end\\."_s);

    QPushButton *closeAll = nullptr;
    for (QPushButton *button : server.child(u"notice"_s).findChildren<QPushButton *>())
        closeAll = button;
    QVERIFY(closeAll && closeAll->isVisible());
    QCOMPARE(closeAll->text().remove(u'&'), u"Close All"_s);
    QTest::mouseClick(closeAll, Qt::LeftButton);
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"cancelled"_s);
    noDescriptor.reset(); // as there are some again, where connections have ended
    TRY_COMPARE(server.notice(), QString());
    QCOMPARE(clients.back().receive(100), "Hello World!");
}

void TestLimitsWindow::hostileBytes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("shown"); // the start of it

    QTest::newRow("HTML") << "<img src=\"/dev/zero\"><b>bold</b><script>x</script>"_ba
                          << u"<img src=\"/dev/zero\"><b>bold</b>"_s;
    QTest::newRow("ANSI") << "\x1b[31mred\x1b[2J"_ba << u"\\x1b[31mred\\x1b[2J"_s;
    QTest::newRow("OSC") << "\x1b]0;title\x07\x1b]8;;file:///etc/passwd\x1b\\x"_ba << u"\\x1b]0;title\\x07"_s;
    QTest::newRow("bidirectional overrides") << u"a\u202egpj.exe"_s.toUtf8() << u"a\\u202egpj.exe"_s;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << u"a\\x00b"_s;
    QTest::newRow("backslashes") << "a\\x00b"_ba << u"a\\\\x00b"_s;
    QTest::newRow("bad UTF-8") << "a\xff\xc3(\xed\xa0\x80"_ba << u"a\ufffd\ufffd("_s;
    QTest::newRow("a line of 2 MB") << QByteArray(2'000'000, 'l') << QString(1000, u'l');
    QTest::newRow("a line of 2 MB of wide characters") << u"世"_s.repeated(700'000).toUtf8() << u"世世世"_s;
    QTest::newRow("a million line feeds") << QByteArray(1'000'000, '\n') << u"\n\n\n"_s;
    QTest::newRow("a million control characters") << QByteArray(1'000'000, '\x1b') << u"\\x1b\\x1b"_s;
}

/// Sent by a server to the client's window, and by a client to the server's. Both go on answering.
void TestLimitsWindow::hostileBytes()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QString, shown);
    ServerProgram server(listening());
    QTRY_VERIFY_WITH_TIMEOUT(portOf(server) != 0, WindowPatience);
    const RawSocket listener = RawSocket::listening();
    ClientProgram client(connectingTo(listener.localPort()));
    const quint16 port = portOf(server);
    const Heartbeat heartbeat;
    auto toServer = std::async(std::launch::async, [port, bytes] {
        RawSocket talker = RawSocket::connectedTo("127.0.0.1", port);
        return talker.send(bytes) && talker.receive(100) == "Hello World!";
    });
    auto toClient = std::async(std::launch::async, [&listener, bytes] { return listener.accept().send(bytes); });
    client.click(u"connect"_s);
    TRY_MATCH(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    QTRY_VERIFY_WITH_TIMEOUT(server.cell(u"connections"_s, 0, ConnectionModel::State) == u"complete"_s, WindowPatience);
    QVERIFY(toServer.get() && toClient.get());
    const auto *message = client.window().findChild<MessageView *>();
    QVERIFY2(message->toPlainText().startsWith(shown), qPrintable(message->toPlainText().left(200)));
    QCOMPARE(message->parts().join(), bytes);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::Received), QLocale().toString(bytes.size()));
    const int beats = heartbeat.count();
    QTRY_VERIFY_WITH_TIMEOUT(heartbeat.count() > beats, WindowPatience); // the last pause is over
    qInfo("the longest turn of the event loop took %lld ms", heartbeat.longest());
    if constexpr (!IsSanitized)              // which takes several times as long
        QVERIFY(heartbeat.longest() < 5000); // a guard against work that grows with the square, no measure of speed
}

QTEST_MAIN(TestLimitsWindow)
#include "tst_limits_window.moc"
