// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QAccessible>
#include <QComboBox>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

ServerOptions notListening()
{
    ServerOptions options;
    options.listenAtOnce = false;
    return options;
}

QAccessibleInterface &accessible(QWidget &widget)
{
    return *QAccessible::queryAccessibleInterface(&widget);
}

} // namespace

class TestAccessibility : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void names_data();
    void names();
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
