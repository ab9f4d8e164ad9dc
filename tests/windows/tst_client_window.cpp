// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QApplication>
#include <QRegularExpression>
#include <QTest>

#include <functional>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

class TestClientWindow : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void connecting_data();
    void connecting();
    void connectingAtOnce();
    void severalAttempts();
    void cancel();
    void mistakeAfterAnAttempt();
    void clientFailure_data();
    void clientFailure();
    void clientInputError_data();
    void clientInputError();
};

void TestClientWindow::connecting_data()
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

void TestClientWindow::connecting()
{
    QFETCH(const std::function<void(const ClientProgram &)>, start);
    const ServerProgram server(listening());
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
    TRY_COMPARE(server.text(u"status"_s), u"Listening on 127.0.0.1:"_s + port + u" · 0 open, 1 in total"_s);
    QCOMPARE(server.notice(), QString());
}

void TestClientWindow::connectingAtOnce()
{
    const ServerProgram server(listening());
    ClientOptions options = connectingTo(portOf(server));
    options.connectAtOnce = true;
    options.send = "Good morning";
    const ClientProgram client(options);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::Received), u"12"_s);
}

void TestClientWindow::severalAttempts()
{
    const ServerProgram server(listening());
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

void TestClientWindow::cancel()
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

/// What came of the attempt before must not look as if it belonged to the notice.
void TestClientWindow::mistakeAfterAnAttempt()
{
    RawSocket server = RawSocket::listening();
    const ClientProgram client(connectingTo(server.localPort()));
    const QString host = client.field(u"host"_s).text();
    client.type(u"host"_s, u"010.1.2.3"_s);
    client.click(u"connect"_s);
    QVERIFY2(client.notice().contains(u"010.1.2.3"_s), qPrintable(client.notice()));
    QCOMPARE(client.text(u"summary"_s), QString()); // there is none before
    client.type(u"host"_s, host);
    client.click(u"connect"_s);
    RawSocket peer = server.accept();
    QVERIFY(peer.send("Here I am."));
    peer.close();
    TRY_MATCH(client.text(u"summary"_s), u"10 bytes in 1 read · complete after .*"_s);
    const QString before = client.text(u"summary"_s);

    client.type(u"host"_s, u"010.1.2.3"_s);
    client.click(u"connect"_s);
    QVERIFY2(client.notice().contains(u"010.1.2.3"_s), qPrintable(client.notice()));
    QCOMPARE(client.text(u"summary"_s), u"No attempt was made. The one before: "_s + before);
    QCOMPARE(client.rows(u"history"_s), 1);

    client.type(u"host"_s, host);
    client.click(u"connect"_s);
    peer = server.accept();
    peer.close();
    TRY_MATCH(client.text(u"summary"_s), u"closed without a byte after .*"_s);
}

void TestClientWindow::clientFailure_data()
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
                                                 "or closed without reading everything you had sent."_s;
    QTest::newRow("timed out")
        << nothing << QByteArray() << u"timed out"_s
        << u"%1 accepted the connection but sent nothing within 1.00 s, the time-out. Perhaps it is busy, or "
           "expects the client to speak first."_s;
    QTest::newRow("timed out within the message") << nothing << QByteArray("Hello") << u"timed out after 5 bytes"_s
                                                  << u"The message from %1 is incomplete: after 5 bytes the end did "
                                                     u"not come within 1.00 s, the time-out. Allow more "
                                                     u"time, or "
                                                     "look at why the server does not close."_s;
    QTest::newRow("longer than the limit") << nothing << QByteArray("Hello World!") << u"too long after 8 bytes"_s
                                           << u"The message from %1 is incomplete: it is longer than the "
                                              u"limit of 8 bytes. Raise the limit (--max-bytes) "
                                              "to take longer messages."_s;
}

void TestClientWindow::clientFailure()
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

void TestClientWindow::clientInputError_data()
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

void TestClientWindow::clientInputError()
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

QTEST_MAIN(TestClientWindow)
#include "tst_client_window.moc"
