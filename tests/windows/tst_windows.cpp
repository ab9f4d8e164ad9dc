// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_test.h"

#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTableView>
#include <QTest>
#include <QTextBlock>

#include <algorithm>
#include <functional>
#include <future>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

namespace
{

constexpr int Patience = WindowPatience;

ServerOptions listeningOn(const QString &host = u"127.0.0.1"_s, const QString &port = u"0"_s)
{
    ServerOptions options;
    options.host = host;
    options.port = port;
    return options;
}

ServerOptions notListening()
{
    ServerOptions options;
    options.listenAtOnce = false;
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

QAccessibleInterface &accessible(QWidget &widget)
{
    return *QAccessible::queryAccessibleInterface(&widget);
}

} // namespace

class TestWindows : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void connecting_data();
    void connecting();
    void connectingAtOnce();
    void severalAttempts();
    void typedGreeting_data();
    void typedGreeting();
    void emptyGreeting();
    void greetingThatIsNotText();
    void listenAndStop();
    void enterListens();
    void everyInterface();
    void cancel();
    void clientFailure_data();
    void clientFailure();
    void clientInputError_data();
    void clientInputError();
    void serverFailure_data();
    void serverFailure();
    void serverFailureAtStart();
    void peerTextIsPlain();
    void longLine();
    void byteByByte();
    void accessibleNames_data();
    void accessibleNames();
    void accessibleTexts();
    void closingWaitsForGreetings();
    void closingTwiceDoesNotWait();
};

void TestWindows::connecting_data()
{
    QTest::addColumn<std::function<void(const ClientProgram &)>>("start");
    using Start = std::function<void(const ClientProgram &)>;
    QTest::newRow("click") << Start([](const ClientProgram &client) { client.click(u"connect"_s); });
    QTest::newRow("space bar") << Start(
        [](const ClientProgram &client) { QTest::keyClick(&client.button(u"connect"_s), Qt::Key_Space); });
    for (const QString &field : {u"host"_s, u"port"_s, u"send"_s})
        QTest::addRow("Enter in %s", qPrintable(field))
            << Start([=](const ClientProgram &client) { client.pressEnter(field); });
    QTest::newRow("menu") << Start([](const ClientProgram &client) { client.action(u"Connect"_s).trigger(); });
}

void TestWindows::connecting()
{
    QFETCH(const std::function<void(const ClientProgram &)>, start);
    const ServerProgram server(listeningOn());
    const QString port = QString::number(portOf(server));
    QVERIFY2(port != u"0"_s, qUtf8Printable(server.notice()));
    const ClientProgram client(connectingTo(port.toUShort()));
    QCOMPARE(client.text(u"status"_s), u"Ready"_s);
    QCOMPARE(client.button(u"connect"_s).text(), u"Connect"_s);

    start(client);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    TRY_MATCH(client.text(u"summary"_s), u"12 bytes in 1 read · complete after [0-9.]+ [mµ]?s"_s);
    QCOMPARE(client.button(u"connect"_s).text(), u"Connect"_s);
    QCOMPARE(client.notice(), QString());
    QCOMPARE(client.rows(u"history"_s), 1);
    TRY_MATCH(client.cell(u"history"_s, 0, AttemptModel::Time), uR"(\d\d:\d\d:\d\d\.\d\d\d)"_s);
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::RemoteEndpoint), u"127.0.0.1:"_s + port);
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"complete, 12 bytes"_s);
    TRY_MATCH(client.cell(u"history"_s, 0, AttemptModel::Duration), u"[0-9.]+ [mµ]?s"_s);

    TRY_COMPARE(server.rows(u"connections"_s), 1);
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"complete"_s);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::Number), u"1"_s);
    TRY_MATCH(server.cell(u"connections"_s, 0, ConnectionModel::Time), uR"(\d\d:\d\d:\d\d\.\d\d\d)"_s);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::PeerAddress), u"127.0.0.1"_s);
    TRY_MATCH(client.cell(u"history"_s, 0, AttemptModel::LocalPort), u"[1-9][0-9]+"_s);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::PeerPort),
             client.cell(u"history"_s, 0, AttemptModel::LocalPort));
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::Sent), u"12"_s);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::Received), u"0"_s);
    TRY_COMPARE(server.text(u"status"_s), u"Listening on ('127.0.0.1', "_s + port + u") · 0 open, 1 in total"_s);
    QCOMPARE(server.notice(), QString());
}

void TestWindows::connectingAtOnce()
{
    const ServerProgram server(listeningOn());
    ClientOptions options = connectingTo(portOf(server));
    options.connectAtOnce = true;
    options.send = u"Good morning"_s;
    const ClientProgram client(options);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::Received), u"12"_s);
}

void TestWindows::severalAttempts()
{
    const ServerProgram server(listeningOn());
    const ClientProgram client(connectingTo(portOf(server)));
    for (int attempt = 1; attempt <= 3; ++attempt) {
        client.click(u"connect"_s);
        TRY_COMPARE(client.text(u"status"_s), u"Attempts: %1, complete: %1"_s.arg(attempt));
        QCOMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);
    }
    TRY_MATCH(server.text(u"status"_s), u"Listening on .* · 0 open, 3 in total"_s);
    for (int row = 0; row < 3; ++row)
        QCOMPARE(server.cell(u"connections"_s, row, ConnectionModel::PeerPort),
                 client.cell(u"history"_s, row, AttemptModel::LocalPort));
}

void TestWindows::typedGreeting_data()
{
    QTest::addColumn<QString>("greeting");
    QTest::addColumn<QString>("sent");
    QTest::newRow("ASCII") << u"Good morning."_s << u"13"_s;
    QTest::newRow("several scripts") << u"Grüße, Καλημέρα, 世界"_s << u"33"_s;
    QTest::newRow("beyond the BMP") << u"🌍 𝔘𝔫𝔦"_s << u"17"_s;
    QTest::newRow("a comma, quotes and a percent sign") << u"one, \"two\" %1"_s << u"13"_s;
}

void TestWindows::typedGreeting()
{
    QFETCH(const QString, greeting);
    const ServerProgram server(listeningOn());
    const ClientProgram client(connectingTo(portOf(server)));
    server.type(u"greeting"_s, greeting);
    QCOMPARE(server.field(u"greeting"_s).text(), greeting);
    client.click(u"connect"_s);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), greeting);
    QTRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"complete"_s);
    QTEST(server.cell(u"connections"_s, 0, ConnectionModel::Sent), "sent");
}

void TestWindows::emptyGreeting()
{
    const ServerProgram server(listeningOn());
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
void TestWindows::greetingThatIsNotText()
{
    ServerOptions options = listeningOn();
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

void TestWindows::listenAndStop()
{
    ServerOptions options = listeningOn();
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
    QTRY_VERIFY_WITH_TIMEOUT(!RawSocket::connectedTo("127.0.0.1", port).isOpen(), Patience);

    server.click(u"listen"_s);
    QVERIFY(isListening(server));
    QVERIFY(server.rows(u"connections"_s) > 0); // they stay listed
}

void TestWindows::enterListens()
{
    for (const QString &field : {u"host"_s, u"port"_s}) {
        ServerOptions options = listeningOn();
        options.listenAtOnce = false;
        const ServerProgram server(options);
        server.pressEnter(field);
        QVERIFY2(isListening(server), qUtf8Printable(field));
    }
}

void TestWindows::everyInterface()
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

void TestWindows::cancel()
{
    RawSocket silent = RawSocket::listening();
    const ClientProgram client(connectingTo(silent.localPort()));
    client.click(u"connect"_s);
    RawSocket peer = silent.accept();
    TRY_COMPARE(client.text(u"status"_s), u"Receiving…"_s);
    QCOMPARE(client.button(u"connect"_s).text(), u"Cancel"_s);
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"receiving…"_s);
    client.pressEnter(u"host"_s); // one attempt at a time
    QCOMPARE(client.rows(u"history"_s), 1);

    client.click(u"connect"_s);
    TRY_COMPARE(client.button(u"connect"_s).text(), u"Connect"_s);
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"cancelled"_s);
    QCOMPARE(client.notice(), u"Connecting to 127.0.0.1:%1 was cancelled."_s.arg(silent.localPort()));
    QCOMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 0"_s);
    QVERIFY(peer.isAtEnd());

    client.click(u"connect"_s);
    peer = silent.accept();
    QVERIFY(peer.send("Here I am."));
    peer.close();
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Here I am."_s);
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 2, complete: 1"_s);
}

void TestWindows::clientFailure_data()
{
    QTest::addColumn<std::function<void(RawSocket &)>>("act"); // what the peer does once it has accepted
    QTest::addColumn<QByteArray>("sends");                     // before that
    QTest::addColumn<QString>("result");
    QTest::addColumn<QString>("notice"); // after the endpoint
    using Act = std::function<void(RawSocket &)>;
    const Act nothing = [](RawSocket &) {};
    const Act close = [](RawSocket &peer) { peer.close(); };
    const Act reset = [](RawSocket &peer) { peer.reset(); };
    QTest::newRow("refused") << Act() << QByteArray() << u"refused"_s
                             << u"%1 refused the connection: nothing listens on that port there. "_s;
    QTest::newRow("closed without a byte") << close << QByteArray() << u"closed without a byte"_s
                                           << u"%1 closed the connection without sending a byte. Perhaps it expects "
                                              "the client to speak first, or sends no greeting."_s;
    QTest::newRow("reset") << reset << QByteArray() << u"reset by the peer"_s
                           << u"%1 reset the connection before it had sent a byte. Perhaps the server ended, or turns "
                              "away clients from here."_s;
    QTest::newRow("reset within the message") << reset << QByteArray("Hello") << u"reset by the peer after 5 bytes"_s
                                              << u"The message from %1 is incomplete: the connection was "
                                                 u"reset after 5 bytes. The server ended abnormally, "
                                                 "or closed with bytes of ours unread."_s;
    QTest::newRow("timed out") << nothing << QByteArray() << u"timed out"_s
                               << u"%1 accepted the connection but sent nothing within 1.00 s. Perhaps it is busy, or "
                                  "expects the client to speak first."_s;
    QTest::newRow("timed out within the message")
        << nothing << QByteArray("Hello") << u"timed out after 5 bytes"_s
        << u"The message from %1 is incomplete: after 5 bytes the end did not come within 1.00 s. Allow more "
           u"time, or "
           "look at why the server does not close."_s;
    QTest::newRow("longer than the limit") << nothing << QByteArray("Hello World!") << u"limit reached after 8 bytes"_s
                                           << u"The message from %1 is incomplete: it is longer than the "
                                              u"limit of 8 bytes. Raise the limit (--max-bytes) "
                                              "to take longer messages."_s;
}

void TestWindows::clientFailure()
{
    QFETCH(const std::function<void(RawSocket &)>, act);
    QFETCH(const QByteArray, sends);
    QFETCH(const QString, notice);
    const RawSocket listener = act ? RawSocket::listening() : RawSocket::bound();
    const QString port = QString::number(listener.localPort());
    ClientOptions options;
    if (QByteArrayView(QTest::currentDataTag()).startsWith("timed out"))
        options.timeout = 1s;
    options.maxBytes = 8;
    const ClientProgram client(options);
    client.type(u"host"_s, u"127.0.0.1"_s);
    client.type(u"port"_s, port);
    client.click(u"connect"_s);
    RawSocket peer;
    if (act) {
        peer = listener.accept();
        TRY_MATCH(client.cell(u"history"_s, 0, AttemptModel::LocalPort), u"[0-9]+"_s); // it is connected
        QVERIFY(peer.send(sends));
        TRY_COMPARE(client.child<MessageView>(u"message"_s).parts().join(),
                    sends.first(qMin<qsizetype>(sends.size(), 8)));
        act(peer);
    }
    // Whoever is refused is told of servers that others may have started here.
    TRY_MATCH(client.notice(),
              QRegularExpression::escape(notice.arg(u"127.0.0.1:"_s + port)) + (act ? u""_s : u".+"_s));
    QVERIFY(!QApplication::activeModalWidget());
    QTEST(client.cell(u"history"_s, 0, AttemptModel::Result), "result");
    QCOMPARE(client.button(u"connect"_s).text(), u"Connect"_s);
    QCOMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 0"_s);
    QCOMPARE(client.field(u"host"_s).text(), u"127.0.0.1"_s);
    QCOMPARE(client.field(u"port"_s).text(), port);
}

void TestWindows::clientInputError_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("port");
    QTest::addColumn<QString>("notice");
    QTest::addColumn<QString>("wrong"); // the field; empty where only the network can tell
    QTest::newRow("port 65536") << u"127.0.0.1"_s << u"65536"_s
                                << u"“65536” is not a port: give a number from 1 to 65535, .*"_s << u"port"_s;
    QTest::newRow("port 0") << u"127.0.0.1"_s << u"0"_s << u"Port 0 stands for any free port, .*"_s << u"port"_s;
    QTest::newRow("port abc") << u"127.0.0.1"_s << u"abc"_s << u"“abc” is not a port: .*"_s << u"port"_s;
    QTest::newRow("no port") << u"127.0.0.1"_s << QString() << u"“” is not a port: .*"_s << u"port"_s;
    QTest::newRow("no host") << QString() << u"3000"_s << u"The host is empty: .*"_s << u"host"_s;
    QTest::newRow("every interface") << u"*"_s << u"3000"_s << u"“\\*” stands for every interface, .*"_s << u"host"_s;
    QTest::newRow("no name") << u"not a host"_s << u"3000"_s << u"“not a host” is not a host: .*"_s << u"host"_s;
    QTest::newRow("no address") << u"127.1"_s << u"3000"_s << u"“127.1” is not an IPv4 address: .*"_s << u"host"_s;
    // Where no name server answers, that is the sentence.
    QTest::newRow("unknown host") << u"nosuch.invalid"_s << u"3000"_s
                                  << u"The (look-up of the )?host in nosuch\\.invalid:3000 (is unknown|could not be "
                                     "looked up|had no answer).*"_s
                                  << QString();
}

void TestWindows::clientInputError()
{
    QFETCH(const QString, host);
    QFETCH(const QString, port);
    QFETCH(const QString, notice);
    QFETCH(const QString, wrong);
    const ClientProgram client(ClientOptions{});
    client.type(u"host"_s, host);
    client.type(u"port"_s, port);
    client.click(u"connect"_s);
    TRY_MATCH(client.notice(), notice);
    QCOMPARE(client.field(u"host"_s).text(), host);
    QCOMPARE(client.field(u"port"_s).text(), port);
    QCOMPARE(client.button(u"connect"_s).text(), u"Connect"_s);
    QCOMPARE(client.rows(u"history"_s), wrong.isEmpty() ? 1 : 0);
    if (!wrong.isEmpty())
        QCOMPARE(client.window().focusWidget(), &client.field(wrong));
}

void TestWindows::serverFailure_data()
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

void TestWindows::serverFailure()
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
void TestWindows::serverFailureAtStart()
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

void TestWindows::peerTextIsPlain()
{
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send("<b>bold</b> <img src=\"/dev/zero\"> \x1b[31mred \xe2\x80\xae"
                      "evil \0 \r \xff &amp;\n\ttab"_ba));
    peer.close();
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    const MessageView &message = client.child<MessageView>(u"message"_s);
    QCOMPARE(message.toPlainText(), u"<b>bold</b> <img src=\"/dev/zero\"> \\x1b[31mred \\u202eevil \\x00 \\x0d \ufffd "
                                    "&amp;\n\ttab"_s);
    for (QTextBlock block = message.document()->begin(); block.isValid(); block = block.next())
        QVERIFY(block.textFormats().isEmpty() || block.textFormats().constFirst().format.isEmpty());
}

void TestWindows::longLine()
{
    constexpr int size = 2'000'000;
    const QByteArray bytes = QByteArray("<") + QByteArray(size - 2, 'x') + '>';
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    const MessageView &message = client.child<MessageView>(u"message"_s);
    QElapsedTimer elapsed;
    elapsed.start();
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send(bytes.first(size / 2)));
    QTRY_VERIFY_WITH_TIMEOUT(message.isCut(), Patience);
    QVERIFY(peer.send(bytes.sliced(size / 2)));
    peer.close();
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    client.window().resize(client.window().width() + 40, client.window().height());
    client.type(u"send"_s, u"still here"_s);
    QCOMPARE(client.field(u"send"_s).text(), u"still here"_s);
    QVERIFY2(elapsed.elapsed() < 10'000, qPrintable(u"That took %1 ms"_s.arg(elapsed.elapsed())));

    QCOMPARE(message.toPlainText().size(), MessageView::MaxShown);
    QVERIFY(message.toPlainText().startsWith(u"<xxx"_s));
    QVERIFY2(message.parts().join() == bytes, qPrintable(u"%1 bytes were kept"_s.arg(message.parts().join().size())));
    TRY_MATCH(client.text(u"summary"_s), u"2,000,000 bytes in [0-9,]+ reads · complete after .* · only "
                                         "the first 65,536 characters are shown"_s);
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"complete, 2,000,000 bytes"_s);
}

/// The characters are whole, however the bytes are split.
void TestWindows::byteByByte()
{
    const QString line = u"Zwölf Boxkämpfer · Καλημέρα · 今日は · 🌍🚀 · é\n"_s;
    QString text;
    while (text.toUtf8().size() < 100'000)
        text += line;
    const QByteArray bytes = text.toUtf8();
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    peer.sendAtOnce();
    auto sent = std::async(std::launch::async, [&] {
        bool all = true;
        for (const char byte : bytes)
            all = all && peer.send(QByteArrayView(&byte, 1));
        peer.close();
        return all;
    });
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    QVERIFY(sent.get());
    const MessageView &message = client.child<MessageView>(u"message"_s);
    QVERIFY2(message.toPlainText() == text,
             qPrintable(u"%1 characters of %2"_s.arg(message.toPlainText().size()).arg(text.size())));
    QVERIFY(message.parts().join() == bytes);
    TRY_MATCH(client.text(u"summary"_s),
              QLocale().toString(bytes.size()) + u" bytes in [0-9,]+ reads · complete after .*"_s);
}

void TestWindows::accessibleNames_data()
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

void TestWindows::accessibleNames()
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
void TestWindows::accessibleTexts()
{
    const ServerProgram server(listeningOn());
    const quint16 port = portOf(server);
    const ClientProgram client(connectingTo(port));
    const auto description = [](const auto &program, const QString &name) {
        return accessible(program.child(name)).text(QAccessible::Description);
    };
    TRY_COMPARE(description(server, u"status"_s), u"Listening on ('127.0.0.1', %1) · 0 open, 0 in total"_s.arg(port));
    TRY_COMPARE(description(server, u"reachability"_s),
                u"Reachable at 127.0.0.1:%1, from this computer only."_s.arg(port));
    QCOMPARE(description(client, u"status"_s), u"Ready"_s);
    QCOMPARE(description(client, u"notice"_s), QString());

    client.click(u"connect"_s);
    TRY_COMPARE(description(client, u"status"_s), u"Attempts: 1, complete: 1"_s);
    TRY_MATCH(description(client, u"summary"_s), u"12 bytes in 1 read · closed by .*"_s);
    QAccessibleTextInterface *message = accessible(client.child(u"message"_s)).textInterface();
    QVERIFY(message);
    QCOMPARE(message->text(0, message->characterCount()), u"Hello World!"_s);
    QTRY_COMPARE(description(server, u"status"_s), u"Listening on ('127.0.0.1', %1) · 0 open, 1 in total"_s.arg(port));

    server.click(u"listen"_s);
    TRY_COMPARE(description(server, u"status"_s), u"Not listening · 0 open, 1 in total"_s);
    TRY_COMPARE(accessible(server.button(u"listen"_s)).text(QAccessible::Name), u"Listen"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!RawSocket::connectedTo("127.0.0.1", port).isOpen(), Patience);
    client.click(u"connect"_s);
    TRY_MATCH(description(client, u"notice"_s), u"127\\.0\\.0\\.1:%1 refused the connection: .*"_s.arg(port));
}

void TestWindows::closingWaitsForGreetings()
{
    ServerOptions options = listeningOn();
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
    QTRY_VERIFY_WITH_TIMEOUT(!RawSocket::connectedTo("127.0.0.1", port).isOpen(), Patience);

    QCOMPARE(slow.receive(8'000'001).size(), 8'000'000);
    QVERIFY(slow.isAtEnd());
    QVERIFY(server.window().isVisible()); // until the client has closed too
    slow.close();
    QTRY_VERIFY2_WITH_TIMEOUT(!server.window().isVisible(), qUtf8Printable(server.text(u"status"_s)), Patience);
}

void TestWindows::closingTwiceDoesNotWait()
{
    RawSocket slow;
    {
        ServerOptions options = listeningOn();
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

QTEST_MAIN(TestWindows)
#include "tst_windows.moc"
