// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QApplication>
#include <QTableView>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

ServerOptions listeningOn(const QString &host = u"127.0.0.1"_s, const QString &port = u"0"_s)
{
    ServerOptions options;
    options.host = host;
    options.port = port;
    return options;
}

bool isListening(const ServerProgram &server)
{
    return portOf(server) != 0;
}

/// An address for documentation (RFC 5737) that this computer does not have.
QString foreignAddress()
{
    const auto local = localAddresses();
    const auto isForeign = [&](const char *text) {
        const Address address = Address::parseIPv4(text);
        return std::none_of(local.begin(), local.end(),
                            [&](const LocalAddress &own) { return own.address == address; });
    };
    return isForeign("198.51.100.1") ? u"198.51.100.1"_s : u"203.0.113.1"_s;
}

} // namespace

class TestServerWindow : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void typedGreeting_data();
    void typedGreeting();
    void emptyGreeting();
    void greetingThatIsNotText();
    void listenAndStop();
    void enterListens();
    void everyInterface();
    void serverFailure_data();
    void serverFailure();
    void serverFailureAtStart();
    void closingWaitsForGreetings();
    void closingTwiceDoesNotWait();
};

void TestServerWindow::typedGreeting_data()
{
    QTest::addColumn<QString>("greeting");
    QTest::addColumn<QString>("sent");
    QTest::newRow("ASCII") << u"Good morning."_s << u"13"_s;
    QTest::newRow("several scripts") << u"Grüße, Καλημέρα, 世界"_s << u"33"_s;
    QTest::newRow("beyond the BMP") << u"🌍 𝔘𝔫𝔦"_s << u"17"_s;
    QTest::newRow("a comma, quotes and a percent sign") << u"one, \"two\" %1"_s << u"13"_s;
}

void TestServerWindow::typedGreeting()
{
    QFETCH(const QString, greeting);
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(portOf(server)));
    server.type(u"greeting"_s, greeting);
    QCOMPARE(server.field(u"greeting"_s).text(), greeting);
    client.click(u"connect"_s);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), greeting);
    QTRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"complete"_s);
    QTEST(server.cell(u"connections"_s, 0, ConnectionModel::Sent), "sent");
}

void TestServerWindow::emptyGreeting()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    const ClientProgram client(connectingTo(port));
    server.type(u"greeting"_s, {});
    client.click(u"connect"_s);
    TRY_COMPARE(client.notice(), u"127.0.0.1:%1 closed the connection without sending a byte. Perhaps it expects the "
                                 "client to speak first, or sends no greeting."_s.arg(port));
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"closed without a byte"_s);

    // The next attempt that goes well takes the notice away.
    server.type(u"greeting"_s, u"Hello"_s);
    client.click(u"connect"_s);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello"_s);
    QCOMPARE(client.notice(), QString());
}

/// A greeting that the field cannot hold unchanged is sent byte for byte, and the field says so.
void TestServerWindow::greetingThatIsNotText()
{
    ServerOptions options = listening();
    options.greeting = QByteArray("\xff\xfe and\0 more\r\n", 14);
    options.greetingSource = u"greeting.bin"_s;
    const ServerProgram server(options);
    const ClientProgram client(connectingTo(portOf(server)));
    QCOMPARE(server.field(u"greeting"_s).text(), QString());
    QCOMPARE(server.field(u"greeting"_s).placeholderText(), u"14 bytes from greeting.bin"_s);
    client.click(u"connect"_s);
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    QCOMPARE(client.child<MessageView>(u"message"_s).parts().join(), *options.greeting);
}

void TestServerWindow::listenAndStop()
{
    ServerOptions options = listening();
    options.listenAtOnce = false;
    const ServerProgram server(options);
    const auto checkStopped = [&server] {
        TRY_COMPARE(server.button(u"listen"_s).text(), u"Listen"_s);
        QVERIFY(server.button(u"listen"_s).isEnabled());
        QVERIFY(server.field(u"host"_s).isEnabled());
        QVERIFY(server.field(u"port"_s).isEnabled());
        QVERIFY2(!server.text(u"reachability"_s).contains(u"Reachable"_s), qPrintable(server.text(u"reachability"_s)));
        QCOMPARE(server.child(u"connections"_s).accessibleDescription(),
                 server.rows(u"connections"_s) > 0 ? QString()
                                                   : u"Not listening.\nClick Listen to accept connections."_s);
    };
    checkStopped();
    QCOMPARE(server.text(u"status"_s), u"Not listening · 0 open, 0 in total"_s);

    server.click(u"listen"_s);
    const quint16 port = portOf(server);
    QVERIFY2(port != 0, qUtf8Printable(server.text(u"status"_s)));
    QCOMPARE(server.button(u"listen"_s).text(), u"Stop Listening"_s);
    QVERIFY(!server.field(u"host"_s).isEnabled());
    QVERIFY(!server.field(u"port"_s).isEnabled());
    QVERIFY(server.field(u"greeting"_s).isEnabled());
    QCOMPARE(server.field(u"port"_s).text(), u"0"_s);
    TRY_COMPARE(server.text(u"reachability"_s), u"Reachable at 127.0.0.1:%1, from this computer only."_s.arg(port));
    QTableView &table = server.child<QTableView>(u"connections"_s);
    QCOMPARE(table.accessibleDescription(), u"No connection yet.\nClick Connect in Parley Client, or type in a "
                                            "terminal:  ncat 127.0.0.1 %1"_s.arg(port));
    const QImage shown = table.viewport()->grab().toImage();
    QImage blank = shown;
    blank.fill(shown.pixel(0, 0));
    QVERIFY2(shown != blank, "The placeholder is not drawn");
    QVERIFY(RawSocket::connectedTo("127.0.0.1", port).isOpen());

    server.click(u"listen"_s);
    TRY_MATCH(server.text(u"status"_s), u"Not listening · 0 open, 1 in total"_s);
    checkStopped();
    QTRY_VERIFY_WITH_TIMEOUT(!RawSocket::connectedTo("127.0.0.1", port).isOpen(), WindowPatience);

    server.click(u"listen"_s);
    QVERIFY(isListening(server));
    QVERIFY(server.rows(u"connections"_s) > 0); // they stay listed
}

void TestServerWindow::enterListens()
{
    for (const QString &field : {u"host"_s, u"port"_s}) {
        ServerOptions options = listening();
        options.listenAtOnce = false;
        const ServerProgram server(options);
        server.pressEnter(field);
        QVERIFY2(isListening(server), qUtf8Printable(field));
    }
}

void TestServerWindow::everyInterface()
{
    const ServerProgram server(listeningOn(u"*"_s));
    const quint16 port = portOf(server);
    QVERIFY2(port != 0, qUtf8Printable(server.notice()));
    TRY_MATCH(server.text(u"reachability"_s), u".*Reachable at .*127\\.0\\.0\\.1:%1.*"_s.arg(port));
    QStringList others;
    for (const LocalAddress &own : localAddresses()) {
        const bool six = own.address.family() == Address::Family::IPv6;
        const QString host = QString::fromUtf8(own.address.host());
        if (!own.address.isLoopback() && !own.address.isLinkLocal())
            others += (six ? u"[%1]:%2"_s : u"%1:%2"_s).arg(host).arg(port);
    }
    if (others.isEmpty())
        QSKIP("This computer has no address that others could reach it at");
    const QString reach = server.text(u"reachability"_s);
    QVERIFY2(reach.endsWith(u" from this computer, and from others at %1 unless a firewall stops them."_s.arg(
                 others.join(u", "_s))),
             qUtf8Printable(reach));
}

void TestServerWindow::serverFailure_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("port");
    QTest::addColumn<QString>("notice");
    QTest::newRow("port in use") << u"127.0.0.1"_s << QString()
                                 << u"Cannot listen on 127\\.0\\.0\\.1:%1: the port is in use by .*\\. .*"_s;
    QTest::newRow("port 65536") << u"127.0.0.1"_s << u"65536"_s
                                << u"“65536” is not a port: give a number from 0 to 65535, .*"_s;
    QTest::newRow("port abc") << u"127.0.0.1"_s << u"abc"_s << u"“abc” is not a port: .*"_s;
    QTest::newRow("no name") << u"not a host"_s << u"0"_s << u"“not a host” is not a host: .*"_s;
    QTest::newRow("unknown host") << u"nosuch.invalid"_s << u"3000"_s
                                  << u"Cannot listen on nosuch\\.invalid:3000: the (host is unknown|name server did "
                                     "not answer)\\. .*"_s;
    QTest::newRow("an address of another computer")
        << foreignAddress() << u"0"_s << u"Cannot listen on .*:0: that is not an address of this computer\\. .*"_s;
}

void TestServerWindow::serverFailure()
{
    QFETCH(const QString, host);
    QFETCH(QString, port);
    QFETCH(QString, notice);
    const RawSocket other = RawSocket::listening();
    if (port.isEmpty()) {
        port = QString::number(other.localPort());
        notice = notice.arg(port);
    }
    const ServerProgram server(notListening());
    server.type(u"host"_s, host);
    server.type(u"port"_s, port);
    server.click(u"listen"_s);
    TRY_MATCH(server.notice(), notice);
    QVERIFY(!QApplication::activeModalWidget());
    TRY_COMPARE(server.button(u"listen"_s).text(), u"Listen"_s);
    QCOMPARE(server.field(u"host"_s).text(), host);
    QCOMPARE(server.field(u"port"_s).text(), port);
    QVERIFY(server.field(u"host"_s).isEnabled());
    QCOMPARE(server.text(u"status"_s), u"Not listening · 0 open, 0 in total"_s);
    QVERIFY2(!server.text(u"reachability"_s).contains(u"Reachable"_s), qPrintable(server.text(u"reachability"_s)));

    server.type(u"host"_s, u"127.0.0.1"_s);
    server.type(u"port"_s, u"0"_s);
    server.click(u"listen"_s);
    QVERIFY2(isListening(server), qUtf8Printable(server.notice()));
    QCOMPARE(server.notice(), QString());
}

/// What the command line or the settings had.
void TestServerWindow::serverFailureAtStart()
{
    const ServerProgram wrongPort(listeningOn(u"127.0.0.1"_s, u"65536"_s));
    TRY_MATCH(wrongPort.notice(), u"“65536” is not a port: .*"_s);
    QCOMPARE(wrongPort.field(u"port"_s).text(), u"65536"_s);
    QCOMPARE(wrongPort.button(u"listen"_s).text(), u"Listen"_s);

    const RawSocket other = RawSocket::listening();
    const QString port = QString::number(other.localPort());
    const ServerProgram inUse(listeningOn(u"127.0.0.1"_s, port));
    TRY_MATCH(inUse.notice(), u"Cannot listen on 127.0.0.1:%1: the port is in use .*"_s.arg(port));
    QCOMPARE(inUse.field(u"port"_s).text(), port);
}

void TestServerWindow::closingWaitsForGreetings()
{
    ServerOptions options = listening();
    options.greeting = QByteArray(8'000'000, 'x'); // more than the sockets' buffers take
    ServerProgram server(options);
    const quint16 port = portOf(server);
    RawSocket slow = RawSocket::connectedTo("127.0.0.1", port, 4096);
    TRY_MATCH(server.text(u"status"_s), u"Listening on .* · 1 open, 1 in total"_s);

    QVERIFY(!server.close());
    QVERIFY(server.window().isVisible());
    QCOMPARE(server.notice(), u"Completing the greetings under way, then closing."_s);
    TRY_COMPARE(server.text(u"status"_s), u"Completing the greetings under way · 1 open, 1 in total"_s);
    QVERIFY(!server.button(u"listen"_s).isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(!RawSocket::connectedTo("127.0.0.1", port).isOpen(), WindowPatience);

    QCOMPARE(slow.receive(8'000'001).size(), 8'000'000);
    QVERIFY(slow.isAtEnd());
    QVERIFY(server.window().isVisible()); // until the client has closed too
    slow.close();
    QTRY_VERIFY2_WITH_TIMEOUT(!server.window().isVisible(), qUtf8Printable(server.text(u"status"_s)), WindowPatience);
}

void TestServerWindow::closingTwiceDoesNotWait()
{
    RawSocket slow;
    {
        ServerOptions options = listening();
        options.greeting = QByteArray(8'000'000, 'x');
        ServerProgram server(options);
        slow = RawSocket::connectedTo("127.0.0.1", portOf(server), 4096);
        TRY_MATCH(server.text(u"status"_s), u"Listening on .* · 1 open, 1 in total"_s);
        QVERIFY(!server.close());
        QVERIFY(server.close());
        QVERIFY(!server.window().isVisible());
    }
    QVERIFY(slow.receive(8'000'001).size() < 8'000'000);
    QVERIFY(!slow.isAtEnd()); // it was reset: a cut greeting does not pass for a whole one
}

QTEST_MAIN(TestServerWindow)
#include "tst_server_window.moc"
