// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat_window/repeat_window.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QAccessible>
#include <QCheckBox>
#include <QComboBox>
#include <QTabWidget>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

QAccessibleInterface &accessible(QWidget &widget)
{
    return *QAccessible::queryAccessibleInterface(&widget);
}

/// What a screen reader calls it: its own name or, of a combo box, whose name is its value, that of its label.
QString spokenName(const QAccessibleInterface &item)
{
    if (item.role() != QAccessible::ComboBox)
        return item.text(QAccessible::Name);
    const auto labels = item.relations(QAccessible::Label);
    return labels.isEmpty() ? QString() : labels.constFirst().first->text(QAccessible::Name);
}

QString described(const QAccessibleInterface &item)
{
    const QString name = item.object() ? item.object()->objectName() : QString();
    const char *type = item.object() ? item.object()->metaObject()->className() : "item";
    return u"%1 “%2” in %3, role %4"_s
        .arg(QLatin1String(type), name,
             item.parent() && item.parent()->object() ? item.parent()->object()->objectName() : QString())
        .arg(int(item.role()), 0, 16);
}

/// Goes through all that can be seen below @p item, and notes in @p wrong whatever takes the focus or can be pressed
/// and has no name, and each mere container that has one. Returns how many controls there are.
int walk(QAccessibleInterface &item, QStringList &wrong)
{
    const QAccessible::State state = item.state();
    if (state.invisible)
        return 0;
    const bool isContainer = item.role() == QAccessible::Client; // on Linux “filler”
    // A window has a title, and a widget that paints itself a name.
    const auto *widget = qobject_cast<QWidget *>(item.object());
    const bool isComposite = item.childCount() > 0 && widget && !widget->isWindow();
    // The part that is typed into has its owner's name and value.
    const bool isPart =
        item.parent()
        && (item.parent()->role() == QAccessible::ComboBox || item.parent()->role() == QAccessible::SpinBox)
        && item.role() != QAccessible::EditableText;
    const bool isControl = !isContainer && !isPart && (state.focusable || item.role() == QAccessible::Button);
    if (isControl && spokenName(item).isEmpty())
        wrong.append(u"no name: "_s + described(item));
    if (isContainer && isComposite && !state.focusable && !item.text(QAccessible::Name).isEmpty())
        wrong.append(u"“%1” for "_s.arg(item.text(QAccessible::Name)) + described(item));
    int controls = isControl ? 1 : 0;
    if (item.tableInterface() || item.role() == QAccessible::List)
        return controls; // its cells are values
    for (int i = 0; i < item.childCount(); ++i) {
        if (QAccessibleInterface *child = item.child(i))
            controls += walk(*child, wrong);
    }
    return controls;
}

} // namespace

class TestAccessibility : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void names_data();
    void names();
    void everyControlHasAName();
    void texts();
};

void TestAccessibility::names_data()
{
    QTest::addColumn<bool>("server");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    QTest::newRow("server: host") << true << u"host"_s << u"Host"_s;
    QTest::newRow("server: port") << true << u"port"_s << u"Port"_s;
    QTest::newRow("server: listen") << true << u"listen"_s << u"Listen"_s;
    QTest::newRow("server: greeting") << true << u"greeting"_s << u"Greeting"_s;
    QTest::newRow("server: connections") << true << u"connections"_s << u"Connections"_s;
    QTest::newRow("server: notice") << true << u"notice"_s << u"Notice"_s;
    QTest::newRow("server: status") << true << u"status"_s << u"Status"_s;
    QTest::newRow("server: reachability") << true << u"reachability"_s << u"Where the server can be reached"_s;
    QTest::newRow("client: host") << false << u"host"_s << u"Host"_s;
    QTest::newRow("client: port") << false << u"port"_s << u"Port"_s;
    QTest::newRow("client: connect") << false << u"connect"_s << u"Connect"_s;
    QTest::newRow("client: send") << false << u"send"_s << u"Send"_s;
    QTest::newRow("client: message") << false << u"message"_s << u"Received message"_s;
    QTest::newRow("client: history") << false << u"history"_s << u"History of attempts"_s;
    QTest::newRow("client: notice") << false << u"notice"_s << u"Notice"_s;
    QTest::newRow("client: status") << false << u"status"_s << u"Status"_s;
    QTest::newRow("client: summary") << false << u"summary"_s << u"How the message came"_s;
}

void TestAccessibility::names()
{
    QFETCH(const bool, server);
    QFETCH(const QString, name);
    const auto check = [&](const auto &program) {
        QWidget &widget = program.child(name);
        // Of an editable combo box, the part that gets the focus: its own name is its value on Unix (Qt 6.4).
        const auto *combo = qobject_cast<QComboBox *>(&widget);
        QTEST(accessible(combo ? *combo->lineEdit() : widget).text(QAccessible::Name), "expected");
    };
    if (server)
        check(ServerProgram(notListening()));
    else
        check(ClientProgram(ClientOptions{}));
}

/// Both windows with all their parts, and their dialogs.
void TestAccessibility::everyControlHasAName()
{
    const auto check = [](QWidget &window, int least) {
        QStringList wrong;
        const int controls = walk(accessible(window), wrong);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
        QVERIFY2(controls >= least, qPrintable(u"only %1 controls in “%2”"_s.arg(controls).arg(window.windowTitle())));
    };
    const auto checkDialog = [&check](QWidget &window, const auto &open) {
        open();
        auto *dialog = window.findChild<QDialog *>();
        QVERIFY(dialog && QTest::qWaitForWindowExposed(dialog));
        check(*dialog, 3);
        dialog->reject();
        QTRY_VERIFY(!window.findChild<QDialog *>());
    };
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
    const ServerProgram server(options);
    ClientOptions connecting = connectingTo(portOf(server));
    connecting.connectAtOnce = true;
    const ClientProgram client(connecting);
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    server.child<QTableView>(u"connections"_s).selectRow(0);
    server.action(u"Hold Accept"_s).trigger();
    TRY_COMPARE(client.child(u"converse"_s).isVisible(), true);
    TRY_COMPARE(server.child(u"converse"_s).isVisible(), true);
    auto &behaviour = server.child<QComboBox>(u"behaviour"_s);
    for (int kind = 0; kind < behaviour.count(); ++kind) {
        behaviour.setCurrentIndex(kind);
        check(server.window(), 20);
    }
    for (QMainWindow *program :
         {static_cast<QMainWindow *>(&server.window()), static_cast<QMainWindow *>(&client.window())}) {
        auto &pages = *program->findChild<QTabWidget *>(u"pages"_s);
        for (int page = 0; page < pages.count(); ++page) {
            pages.setCurrentIndex(page);
            check(*program, 20);
        }
    }
    client.action(u"Repeat…"_s).trigger();
    QWidget &repeat = *client.window().findChild<RepeatWindow *>();
    QVERIFY(QTest::qWaitForWindowExposed(&repeat));
    check(repeat, 10);

    for (const QString &command : {u"Limits…"_s, u"Saved Messages…"_s}) {
        checkDialog(server.window(), [&] { server.action(command).trigger(); });
        checkDialog(client.window(), [&] { client.action(command).trigger(); });
    }
}

/// A screen reader gets the present texts.
void TestAccessibility::texts()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    const ClientProgram client(connectingTo(port));
    const auto description = [](const auto &program, const QString &name) {
        return accessible(program.child(name)).text(QAccessible::Description);
    };
    TRY_COMPARE(description(server, u"status"_s), u"Listening on 127.0.0.1:%1 · 0 open, 0 in total"_s.arg(port));
    TRY_COMPARE(description(server, u"reachability"_s),
                u"Reachable at 127.0.0.1:%1, from this computer only."_s.arg(port));
    QCOMPARE(description(client, u"status"_s), u"Ready"_s);
    QCOMPARE(description(client, u"notice"_s), QString());

    client.click(u"connect"_s);
    TRY_COMPARE(description(client, u"status"_s), u"Attempts: 1, complete: 1"_s);
    TRY_MATCH(description(client, u"summary"_s), u"12 bytes in 1 read · complete .*"_s);
    QAccessibleTextInterface *message = accessible(client.child(u"message"_s)).textInterface();
    QVERIFY(message);
    QCOMPARE(message->text(0, message->characterCount()), u"Hello World!"_s);
    QTRY_COMPARE(description(server, u"status"_s), u"Listening on 127.0.0.1:%1 · 0 open, 1 in total"_s.arg(port));

    server.click(u"listen"_s);
    TRY_COMPARE(description(server, u"status"_s), u"Not listening · 0 open, 1 in total"_s);
    TRY_COMPARE(accessible(server.button(u"listen"_s)).text(QAccessible::Name), u"Listen"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!RawSocket::connectedTo("127.0.0.1", port).isOpen(), WindowPatience);
    client.click(u"connect"_s);
    TRY_MATCH(description(client, u"notice"_s), u"127\\.0\\.0\\.1:%1 refused the connection: .*"_s.arg(port));
}

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
