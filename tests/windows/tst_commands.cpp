// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/inspector/ladder_view.h"
#include "shared/ui/table_view.h"
#include "tests/support/every_window.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QClipboard>
#include <QDialog>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QStatusBar>
#include <QTextBlock>
#include <QTextBrowser>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

void activate(QWidget &window)
{
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
}

QString clipboard()
{
    return QApplication::clipboard()->text();
}

QStringList titlesOf(const QMenuBar &bar)
{
    QStringList titles;
    for (const QAction *action : bar.actions())
        titles.append(action->text().remove(u'&'));
    return titles;
}

ServerOptions holding()
{
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
    return options;
}

} // namespace

/// What the keyboard, the menus and the context menus of both windows do.
class TestCommands : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void menusInTheUsualOrder();
    void rowsAreCopied();
    void contextMenus();
    void everyListAndPictureIsCopied();
    void rowsOpenTheLadder();
    void clearingTheServersList();
    void clearingTheListOfSenders();
    void clearingTheHistory();
    void selectingAllOpen();
    void help();
    void titles();
};

void TestCommands::menusInTheUsualOrder()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(1));
    const QStringList usual{u"File"_s, u"Edit"_s, u"Connection"_s, u"View"_s, u"Help"_s};
    QCOMPARE(titlesOf(*server.window().findChild<QMenuBar *>()), usual);
    QCOMPARE(titlesOf(*client.window().findChild<QMenuBar *>()), usual);
    const QMenu &file = *server.window().findChild<QMenuBar *>()->actions().constFirst()->menu();
    QCOMPARE(file.actions().constLast()->text(), u"&Quit"_s);
}

void TestCommands::rowsAreCopied()
{
    const ServerProgram server(listening());
    auto first = RawSocket::connectedTo("127.0.0.1", portOf(server));
    const auto second = RawSocket::connectedTo("127.0.0.1", portOf(server));
    const quint16 port = first.localPort();
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    auto &table = server.child<QTableView>(u"connections"_s);
    activate(server.window());
    table.setFocus();
    table.selectAll();
    QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = clipboard().split(u'\n');
    QCOMPARE(lines.size(), 4); // the titles, two rows, and nothing after the last line's end
    QCOMPARE(lines.at(0), u"No.\tTime\tPeer Address\tPeer Port\tState\tSent\tReceived\tDuration"_s);
    const QStringList cells = lines.at(1).split(u'\t');
    QCOMPARE(cells.size(), 8);
    QCOMPARE(cells.at(0), u"1"_s);
    QCOMPARE(cells.at(2), u"127.0.0.1"_s);
    QCOMPARE(cells.at(3), QString::number(port));
    QVERIFY(lines.at(2).startsWith(u"2\t"));
    TRY_MATCH(server.text(u"status"_s) + server.window().statusBar()->currentMessage(), u".*Copied 2 rows.*"_s);

    table.selectRow(1);
    QCOMPARE(table.actions().constFirst()->text().remove(u'&'), u"Copy"_s);
    table.actions().constFirst()->trigger();
    QCOMPARE(clipboard().count(u'\n'), 2);
}

namespace
{

/// The context menu of @p widget.
QStringList offers(const QWidget &widget)
{
    QStringList texts;
    if (widget.contextMenuPolicy() == Qt::ActionsContextMenu) {
        for (const QAction *action : widget.actions())
            texts.append(action->text().remove(u'&'));
    }
    return texts;
}

} // namespace

void TestCommands::contextMenus()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(1));
    QCOMPARE(offers(server.child(u"connections"_s)),
             (QStringList{u"Copy"_s, u"Show Ladder"_s, u"Send Text"_s, u"Send Again and Again…"_s, u"Saved Messages…"_s,
                          u"Send File…"_s, u"Half-Close"_s, u"Close"_s, u"Reset"_s, u"Clear List"_s}));
    QCOMPARE(offers(client.child(u"history"_s)),
             (QStringList{u"Copy"_s, u"Show Ladder"_s, u"Connect Again"_s, u"Clear List"_s}));
    QCOMPARE(offers(server.child(u"rate"_s)), QStringList{u"Copy Picture"_s});
    server.child<QToolButton>(u"details"_s).setChecked(true);
    QVERIFY(offers(server.child(u"ladder"_s)).contains(u"Copy Rungs"_s));
}

void TestCommands::everyListAndPictureIsCopied()
{
    QStringList without;
    QSet<QString> lists;
    visitEveryWindow([&](const QWidget &window, const QString &name) {
        if (window.inherits("QFileDialog"))
            return; // Qt's own
        for (const QAbstractItemView *view : window.findChildren<QAbstractItemView *>()) {
            if (view->window() != &window || view->inherits("QHeaderView") || view->inherits("QComboBoxListView"))
                continue;
            lists.insert(view->objectName());
            if (offers(*view).filter(u"Copy"_s).isEmpty())
                without.append(name + u": "_s + view->objectName());
        }
    });
    QCOMPARE(without.join(u"\n"_s), QString());
    const QSet<QString> all{u"connections"_s,  u"waiting"_s,   u"history"_s,   u"ladder"_s,        u"bytes"_s,
                            u"kernelValues"_s, u"savedList"_s, u"shortcuts"_s, u"repeatAccount"_s, u"repeatLatency"_s};
    QCOMPARE(lists, all);

    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(1));
    server.child<QToolButton>(u"details"_s).setChecked(true);
    client.action(u"Repeat…"_s).trigger();
    const QList<QWidget *> pictures{&server.child(u"rate"_s), &server.child(u"queueBoxes"_s),
                                    &server.child(u"ladder"_s), &client.child(u"repeatHistogram"_s),
                                    &client.child(u"repeatTimeline"_s)};
    for (const QWidget *picture : pictures)
        QVERIFY2(offers(*picture).contains(u"Copy Picture"_s), qPrintable(picture->objectName()));
    QApplication::clipboard()->clear();
    for (QAction *action : server.child(u"ladder"_s).actions()) {
        if (action->text().remove(u'&') == u"Copy Picture")
            action->trigger();
    }
    const QImage copied = QApplication::clipboard()->image();
    QVERIFY2(copied.height() > 100, qPrintable(QString::number(copied.height())));
}

void TestCommands::rowsOpenTheLadder()
{
    const ServerProgram server(listening());
    const auto peer = RawSocket::connectedTo("127.0.0.1", portOf(server));
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    auto &table = server.child<QTableView>(u"connections"_s);
    activate(server.window());
    const QPoint onRow = table.visualRect(table.model()->index(0, 0)).center();
    QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, onRow);
    QTest::mouseDClick(table.viewport(), Qt::LeftButton, {}, onRow);
    QVERIFY(server.child(u"ladder"_s).isVisible());
    QVERIFY(server.child(u"ladder"_s).hasFocus());
    server.action(u"Details"_s).trigger();
    QVERIFY(!server.child(u"ladder"_s).isVisible());
    table.setFocus();
    QTest::keyClick(&table, Qt::Key_Return);
    QVERIFY(server.child(u"ladder"_s).isVisible());
    auto &ladder = server.child<LadderView>(u"ladder"_s);
    TRY_COMPARE(ladder.model()->rowCount() > 2, true);
    QTest::keyClick(&ladder, Qt::Key_C, Qt::ControlModifier);
    QVERIFY2(clipboard().contains(u"accept()"), qPrintable(clipboard()));
}

void TestCommands::clearingTheServersList()
{
    const ServerProgram server(holding());
    auto first = RawSocket::connectedTo("127.0.0.1", portOf(server));
    const auto second = RawSocket::connectedTo("127.0.0.1", portOf(server));
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    first.close();
    TRY_COMPARE(server.window().connections().isOpenAt(0), false);
    server.action(u"Clear List"_s).trigger();
    QCOMPARE(server.rows(u"connections"_s), 1);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::Number), u"2"_s);
    const auto third = RawSocket::connectedTo("127.0.0.1", portOf(server));
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    QCOMPARE(server.cell(u"connections"_s, 1, ConnectionModel::Number), u"3"_s);
}

/// A sender that was taken out of the list comes back with its next datagram.
void TestCommands::clearingTheListOfSenders()
{
    ServerOptions options = listening();
    options.transport = Transport::Udp;
    const ServerProgram server(options);
    ClientOptions asking = connectingTo(portOf(server));
    asking.transport = Transport::Udp;
    const ClientProgram client(asking);
    client.click(u"connect"_s);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    server.action(u"Clear List"_s).trigger();
    QCOMPARE(server.rows(u"connections"_s), 0);
    TRY_COMPARE(client.button(u"connect"_s).text() != u"Cancel"_s, true);
    client.click(u"connect"_s);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
}

void TestCommands::clearingTheHistory()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(portOf(server)));
    for (int attempt = 1; attempt <= 2; ++attempt) {
        client.click(u"connect"_s);
        TRY_MATCH(client.text(u"status"_s), u"Attempts: %1, complete: %1"_s.arg(attempt));
    }
    client.action(u"Clear List"_s).trigger();
    QCOMPARE(client.rows(u"history"_s), 0);
    client.click(u"connect"_s);
    TRY_COMPARE(client.rows(u"history"_s), 1);
    TRY_MATCH(client.cell(u"history"_s, 0, AttemptModel::Result), u"complete.*"_s);

    client.action(u"Connect Again"_s).trigger();
    TRY_COMPARE(client.rows(u"history"_s), 2);
    TRY_MATCH(client.cell(u"history"_s, 1, AttemptModel::Result), u"complete.*"_s);
}

void TestCommands::selectingAllOpen()
{
    const ServerProgram server(holding());
    const auto first = RawSocket::connectedTo("127.0.0.1", portOf(server));
    auto second = RawSocket::connectedTo("127.0.0.1", portOf(server));
    const auto third = RawSocket::connectedTo("127.0.0.1", portOf(server));
    TRY_COMPARE(server.rows(u"connections"_s), 3);
    second.close();
    TRY_COMPARE(server.window().connections().isOpenAt(1), false);
    server.action(u"Select All Open"_s).trigger();
    TRY_COMPARE(server.text(u"conversePeers"_s), u"To 2 connections"_s);
}

void TestCommands::help()
{
    const ServerProgram server(listening());
    activate(server.window());
    QTest::keyClick(&server.window(), Qt::Key_F1);
    const auto *handbook = server.window().findChild<QTextBrowser *>(u"handbook"_s);
    QVERIFY(handbook && handbook->isVisible());
    const QString text = handbook->toPlainText();
    QVERIFY(text.contains(u"Test your client"));
    QVERIFY(text.contains(u"--headless"));
    QVERIFY(!text.contains(u"SPDX"));
    handbook->window()->close();

    const QMenu &menu = *server.window().findChild<QMenuBar *>()->actions().constLast()->menu();
    QMenu &parts = *menu.actions().at(1)->menu();
    Q_EMIT parts.aboutToShow();
    QStringList titles;
    for (QAction *action : parts.actions()) {
        titles.append(action->text());
        if (action->text() == u"Options")
            action->trigger();
    }
    QVERIFY2(titles.contains(u"Load your server"_s), qPrintable(titles.join(u", "_s)));
    const auto shown = [&server] {
        for (QTextBrowser *browser : server.window().findChildren<QTextBrowser *>()) {
            if (browser->isVisible())
                return browser;
        }
        return static_cast<QTextBrowser *>(nullptr);
    };
    QVERIFY(shown());
    QCOMPARE(shown()->textCursor().block().text(), u"Options"_s);
    shown()->window()->close();

    server.action(u"Keyboard Shortcuts"_s).trigger();
    auto *shortcuts = server.window().findChild<QTableView *>(u"shortcuts"_s);
    QVERIFY(shortcuts);
    QStringList keys;
    for (int row = 0; row < shortcuts->model()->rowCount(); ++row)
        keys.append(shortcuts->model()->index(row, 0).data().toString());
    for (const QString &key : {u"F1"_s, u"Ctrl+L"_s, u"Ctrl+C"_s, u"Ctrl+I"_s, u"Shift+F1"_s})
        QVERIFY2(keys.contains(key), qPrintable(keys.join(u' ')));
    shortcuts->window()->close();

    server.action(u"About Parley"_s).trigger();
    auto *about = server.window().findChild<QLabel *>(u"about"_s);
    QVERIFY(about && about->isVisible());
    QVERIFY(about->text().contains(QLatin1StringView(PARLEY_VERSION)));
    QVERIFY(about->text().contains(u"MIT") && about->text().contains(u"LGPL"));
    about->window()->close();
}

void TestCommands::titles()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    TRY_COMPARE(server.window().windowTitle(), u"127.0.0.1:%1 – Parley Server"_s.arg(port));
    const ClientProgram client(connectingTo(port));
    QCOMPARE(client.window().windowTitle(), u"Parley Client"_s);
    client.click(u"connect"_s);
    QCOMPARE(client.window().windowTitle(), u"127.0.0.1:%1 – Parley Client"_s.arg(port));
    server.click(u"listen"_s);
    TRY_COMPARE(server.window().windowTitle(), u"Parley Server"_s);
}

QTEST_MAIN(TestCommands)
#include "tst_commands.moc"
