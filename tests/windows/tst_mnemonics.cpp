// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/every_window.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QShortcutEvent>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

QChar mnemonicOf(const QString &text)
{
    const QString key = QKeySequence::mnemonic(text).toString(); // Alt+B
    return key.isEmpty() ? QChar() : key.back();
}

/// The mnemonics that are in reach at once, with their texts.
class Scope
{
public:
    void add(const QString &text)
    {
        const QChar key = mnemonicOf(text);
        if (key.isNull())
            return;
        if (const QString other = texts_.value(key); !other.isEmpty())
            twice.append(u"%1: “%2” and “%3”"_s.arg(key).arg(other, text));
        texts_[key] = text;
    }
    QStringList twice;

private:
    QMap<QChar, QString> texts_;
};

/// Notes the button that a mnemonic reaches. Nothing is clicked.
class ReachedButton : public QObject
{
public:
    ReachedButton() { qApp->installEventFilter(this); }
    const QObject *button = nullptr;

    bool eventFilter(QObject *object, QEvent *event) override
    {
        if (event->type() != QEvent::Shortcut || !qobject_cast<QAbstractButton *>(object))
            return false;
        if (!static_cast<QShortcutEvent *>(event)->isAmbiguous())
            button = object;
        return true;
    }
};

/// Presses every mnemonic of a window, its menus and the context menus of its parts. The commands of its menus are
/// cut off by that.
class Walk
{
public:
    explicit Walk(QWidget &window) : window_(window)
    {
        window.activateWindow();
        if (!QTest::qWaitForWindowActive(&window))
            qFatal("The window is not active");
        Scope scope;
        for (QWidget *widget : window.findChildren<QWidget *>()) {
            if (!widget->isVisible() || widget->window() != &window)
                continue;
            if (const auto *label = qobject_cast<QLabel *>(widget); label && label->buddy())
                walkLabel(*label, scope);
            else if (const auto *button = qobject_cast<QAbstractButton *>(widget))
                walkButton(*button, scope);
            if (widget->contextMenuPolicy() == Qt::ActionsContextMenu)
                walkContextMenu(*widget);
        }
        if (const auto *bar = window.findChild<QMenuBar *>()) {
            for (QAction *action : bar->actions()) {
                scope.add(action->text());
                walkMenu(*action->menu(), {action});
            }
        }
        problems_ += scope.twice;
    }

    const QStringList &problems() const { return problems_; }
    int pressed() const { return pressed_; }

private:
    using Path = QList<QAction *>; // from the menu bar on

    void press(QChar key)
    {
        ++pressed_;
        QTest::keyClick(&window_, static_cast<Qt::Key>(key.unicode()), Qt::AltModifier);
    }

    void walkLabel(const QLabel &label, Scope &scope)
    {
        scope.add(label.text());
        const QWidget *buddy = label.buddy();
        const QChar key = mnemonicOf(label.text());
        if (key.isNull() || !buddy->isEnabled())
            return;
        if (QWidget *focused = QApplication::focusWidget())
            focused->clearFocus();
        press(key);
        const QWidget *focused = QApplication::focusWidget();
        if (!focused || (focused != buddy && focused != buddy->focusProxy() && !buddy->isAncestorOf(focused)))
            problems_.append(u"“%1” is not reached"_s.arg(label.text()));
    }

    void walkButton(const QAbstractButton &button, Scope &scope)
    {
        scope.add(button.text());
        const QChar key = mnemonicOf(button.text());
        if (key.isNull() || !button.isEnabled())
            return;
        ReachedButton reached;
        press(key);
        if (reached.button != &button)
            problems_.append(u"“%1” is not reached"_s.arg(button.text()));
    }

    void walkContextMenu(const QWidget &widget)
    {
        Scope scope;
        for (const QAction *action : widget.actions())
            scope.add(action->text());
        for (const QString &twice : scope.twice)
            problems_.append(widget.objectName() + u": "_s + twice);
    }

    void walkMenu(QMenu &menu, const Path &path)
    {
        Scope scope;
        for (QAction *action : menu.actions()) {
            scope.add(action->text());
            if (!mnemonicOf(action->text()).isNull() && action->isEnabled() && action->isVisible())
                choose(path + Path{action});
            if (action->menu())
                walkMenu(*action->menu(), path + Path{action});
        }
        problems_ += scope.twice;
    }

    /// Opens the menus of @p path by their mnemonics, and presses the last one.
    void choose(const Path &path)
    {
        QAction &last = *path.constLast();
        QObject::disconnect(&last, &QAction::triggered, nullptr, nullptr);
        QObject::disconnect(&last, &QAction::toggled, nullptr, nullptr);
        bool isTriggered = false;
        const QObject context;
        QObject::connect(&last, &QAction::triggered, &context, [&isTriggered] { isTriggered = true; });
        for (const QAction *action : path) {
            const QChar key = mnemonicOf(action->text());
            if (key.isNull())
                return; // its menu has none
            if (QWidget *open = QApplication::activePopupWidget())
                QTest::keyClick(open, static_cast<Qt::Key>(key.unicode()));
            else
                press(key);
            const auto isOpen = [action] { return QApplication::activePopupWidget() == action->menu(); };
            if (action->menu() ? !QTest::qWaitFor(isOpen, WindowPatience) : !isTriggered)
                problems_.append(u"“%1” is not reached"_s.arg(action->text()));
        }
        ++pressed_;
        while (QWidget *open = QApplication::activePopupWidget())
            open->close();
    }

    QWidget &window_;
    QStringList problems_;
    int pressed_ = 0;
};

ServerOptions serverOptions(const QString &behaviour, Transport transport, const QString &path)
{
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(behaviour));
    options.transport = transport;
    options.path = path;
    return options;
}

} // namespace

/// Alt and a letter: each leads to one thing, and to the one that it names.
class TestMnemonics : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void serverThatDoesNotListen_data() { addTransports(); }
    void serverThatDoesNotListen();
    void serverThatTalks_data();
    void serverThatTalks();
    void serverThatListensForDatagrams();
    void clientThatIsIdle_data() { addTransports(); }
    void clientThatIsIdle();
    void clientThatWaits_data();
    void clientThatWaits();
    void clientThatTalks_data();
    void clientThatTalks();
    void everyWindow();
    void whatIsTypedAfterIt();

private:
    static void addTransports()
    {
        QTest::addColumn<Transport>("transport");
        QTest::newRow("TCP") << Transport::Tcp;
        QTest::newRow("UDP") << Transport::Udp;
        QTest::newRow("Unix") << Transport::Unix;
    }
    QString path() const { return scratch().filePath(u"s"_s); }
};

void TestMnemonics::serverThatDoesNotListen()
{
    QFETCH(const Transport, transport);
    ServerOptions options = serverOptions(u"drip"_s, transport, path());
    options.listenAtOnce = false;
    const ServerProgram server(options);
    const Walk walk(server.window());
    QCOMPARE(walk.problems().join(u"\n"_s), QString());
    QVERIFY2(walk.pressed() > 20, qPrintable(QString::number(walk.pressed())));
}

void TestMnemonics::serverThatTalks_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::newRow("TCP") << Transport::Tcp;
    QTest::newRow("Unix") << Transport::Unix;
}

/// With everything that can be there at once.
void TestMnemonics::serverThatTalks()
{
    QFETCH(const Transport, transport);
    const ServerProgram server(serverOptions(u"greet-hold"_s, transport, path()));
    TRY_MATCH(server.text(u"status"_s), u"Listening on .*"_s);
    ClientOptions connecting = connectingTo(transport == Transport::Tcp ? portOf(server) : 0);
    connecting.transport = transport;
    connecting.path = path();
    const ClientProgram client(connecting);
    client.click(u"connect"_s);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    server.child<QToolButton>(u"details"_s).setChecked(true);
    server.action(u"Hold Accept"_s).trigger();
    server.child<QTableView>(u"connections"_s).selectRow(0);
    TRY_COMPARE(server.child(u"converse"_s).isVisible(), true);
    QCOMPARE(Walk(server.window()).problems().join(u"\n"_s), QString());
}

void TestMnemonics::serverThatListensForDatagrams()
{
    const ServerProgram server(serverOptions(u"greet-close"_s, Transport::Udp, {}));
    TRY_MATCH(server.text(u"status"_s), u"Listening on .*"_s);
    server.child<QToolButton>(u"details"_s).setChecked(true);
    QCOMPARE(Walk(server.window()).problems().join(u"\n"_s), QString());
}

void TestMnemonics::clientThatIsIdle()
{
    QFETCH(const Transport, transport);
    ClientOptions options = connectingTo(1);
    options.transport = transport;
    options.path = path();
    const ClientProgram client(options);
    const Walk walk(client.window());
    QCOMPARE(walk.problems().join(u"\n"_s), QString());
    QVERIFY2(walk.pressed() > 20, qPrintable(QString::number(walk.pressed())));
}

void TestMnemonics::clientThatWaits_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<QString>("status");
    QTest::newRow("TCP") << Transport::Tcp << u"Receiving…"_s;
    QTest::newRow("UDP") << Transport::Udp << u"Waiting for an answer…"_s;
}

void TestMnemonics::clientThatWaits()
{
    QFETCH(const Transport, transport);
    QFETCH(const QString, status);
    const auto silent = RawSocket::listening();
    const auto silentToo = RawDatagrams::bound();
    ClientOptions options = connectingTo(transport == Transport::Udp ? silentToo.localPort() : silent.localPort());
    options.transport = transport;
    const ClientProgram client(options);
    client.child<QToolButton>(u"details"_s).setChecked(true);
    client.click(u"connect"_s);
    TRY_COMPARE(client.text(u"status"_s), status);
    QCOMPARE(Walk(client.window()).problems().join(u"\n"_s), QString());
}

void TestMnemonics::clientThatTalks_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<QString>("command");
    QTest::newRow("TCP") << Transport::Tcp << QString();
    QTest::newRow("Unix") << Transport::Unix << QString();
    QTest::newRow("half-closed") << Transport::Tcp << u"Half-Close"_s;
}

void TestMnemonics::clientThatTalks()
{
    QFETCH(const Transport, transport);
    QFETCH(const QString, command);
    const ServerProgram server(serverOptions(u"silent"_s, transport, path()));
    TRY_MATCH(server.text(u"status"_s), u"Listening on .*"_s);
    ClientOptions options = connectingTo(transport == Transport::Tcp ? portOf(server) : 0);
    options.transport = transport;
    options.path = path();
    const ClientProgram client(options);
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.child<QToolButton>(u"details"_s).setChecked(true);
    client.click(u"connect"_s);
    TRY_COMPARE(client.child(u"converse"_s).isVisible(), true);
    if (!command.isEmpty()) {
        client.action(command).trigger();
        TRY_COMPARE(client.text(u"status"_s), u"Connected, half-closed here"_s);
    }
    QCOMPARE(Walk(client.window()).problems().join(u"\n"_s), QString());
}

void TestMnemonics::everyWindow()
{
    QStringList problems;
    QStringList visited;
    visitEveryWindow([&](QWidget &window, const QString &name) {
        visited.append(name);
        if (window.isModal() && qobject_cast<QFileDialog *>(&window))
            return; // Qt's own
        if (qobject_cast<ServerWindow *>(&window) || qobject_cast<ClientWindow *>(&window))
            return; // the walk would cut off the commands that open the dialogs
        const Walk walk(window);
        for (const QString &problem : walk.problems())
            problems.append(name + u": "_s + problem);
    });
    QCOMPARE(problems.join(u"\n"_s), QString());
    QCOMPARE(visited.size(), 19);
}

/// What is typed after Alt+B does not land in another field.
void TestMnemonics::whatIsTypedAfterIt()
{
    const ServerProgram server(listening());
    server.window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&server.window()));
    server.field(u"filter"_s).setFocus();
    QTest::keyClick(&server.window(), Qt::Key_B, Qt::AltModifier);
    QVERIFY(server.child(u"behaviour"_s).hasFocus());
    const ClientProgram client(connectingTo(1));
    client.window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&client.window()));
    QTest::keyClick(&client.window(), Qt::Key_S, Qt::AltModifier);
    QVERIFY(client.field(u"send"_s).hasFocus());
}

QTEST_MAIN(TestMnemonics)
#include "tst_mnemonics.moc"
