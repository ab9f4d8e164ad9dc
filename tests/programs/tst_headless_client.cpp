// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <functional>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Client = QStringLiteral(PARLEY_CLIENT);

/// What the other end does with a client that has connected.
using Script = std::function<void(RawSocket &peer)>;

Script sending(const QByteArray &bytes)
{
    return [bytes](RawSocket &peer) {
        peer.send(bytes);
        peer.close();
    };
}

/// @p bytes of text with characters of one to four bytes.
QByteArray multiByteText(qsizetype bytes)
{
    const QByteArray verse = "Grüße, мир, 世界, 🌍! ";
    QByteArray text = verse.repeated(bytes / verse.size());
    return text + QByteArray(bytes - text.size(), '.');
}

} // namespace

Q_DECLARE_METATYPE(Script)

class TestHeadlessClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void printsTheMessage_data();
    void printsTheMessage();
    void takesAMessageByteByByte();
    void sendsText();
    void writesJson();
    void saysHowItFailed_data();
    void saysHowItFailed();
    void keepsWhatCameBeforeAReset();
    void endsOnSignal_data();
    void endsOnSignal();
    void saysWhyItCannotConnect_data();
    void saysWhyItCannotConnect();
#ifndef PARLEY_PORTABLE // POSIX does not tell who listens
    void saysWhereTheServerIs();
#endif
    void sendsAgain();
};

void TestHeadlessClient::printsTheMessage_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("output");

    QByteArray everyByte(256, '\0');
    std::iota(everyByte.begin(), everyByte.end(), '\0');
    const QStringList none;
    const QStringList raw{u"--raw"_s};
    QTest::newRow("text") << none << "Good morning."_ba
                          << "Good morning.\n"_ba;
    QTest::newRow("multi-byte text") << none << "Grüße, 世界 🌍"_ba
                                     << "Grüße, 世界 🌍\n"_ba;
    QTest::newRow("several lines") << none << "one\n\ttwo\n"_ba
                                   << "one\n\ttwo\n\n"_ba;
    QTest::newRow("terminal escape") << none << "\x1b[31mred"_ba
                                     << "\\x1b[31mred\n"_ba;
    QTest::newRow("NUL") << none << "a\0b"_ba
                         << "a\\x00b\n"_ba;
    QTest::newRow("backslashes") << none << "C:\\x00"_ba
                                 << "C:\\\\x00\n"_ba;
    QTest::newRow("carriage return") << none << "true\rfalse"_ba
                                     << "true\\x0dfalse\n"_ba;
    QTest::newRow("BEL, DEL, CSI") << none << "\x07\x7f\xc2\x9b"_ba
                                   << "\\x07\\x7f\\u009b\n"_ba;
    QTest::newRow("right-to-left override") << none << "a\u202eb\u2066c"_ba
                                            << "a\\u202eb\\u2066c\n"_ba;
    QTest::newRow("invalid UTF-8") << none
                                   << "a\xff"
                                      "b\xc3(\xed\xa0\x80"_ba
                                   << "a\ufffdb\ufffd(\ufffd\ufffd\ufffd\n"_ba;
    QTest::newRow("cut character") << none << "Gr\xc3"_ba
                                   << "Gr\ufffd\n"_ba;
    QTest::newRow("raw") << raw << "\x1b[31mred\u202e"_ba
                         << "\x1b[31mred\u202e"_ba;
    QTest::newRow("raw, every byte") << raw << everyByte << everyByte;
    QTest::newRow("as long as the limit") << QStringList{u"--max-bytes"_s, u"5"_s} << "12345"_ba
                                          << "12345\n"_ba;
    QTest::newRow("long") << none << multiByteText(4'000'000) << multiByteText(4'000'000) + '\n';
}

void TestHeadlessClient::printsTheMessage()
{
    QFETCH(const QStringList, options);
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, output);

    const RawSocket server = RawSocket::listening();
    // A plain system sets no locale; the message is UTF-8 all the same.
    for (const QString &locale : {u"C.UTF-8"_s, u"C"_s}) {
        ClientProcess client(server.localPort(), options, {{u"LC_ALL"_s, locale}});
        RawSocket peer = server.accept();
        sending(message)(peer);
        VERIFY(client.exitStatus() == 0, client);
        VERIFY(client.output() == output, client);
        QCOMPARE(client.errorOutput(), ""_ba);
    }
}

void TestHeadlessClient::takesAMessageByteByByte()
{
    const QByteArray message = multiByteText(100'000);
    const RawSocket server = RawSocket::listening();
    ClientProcess client(server.localPort());
    RawSocket peer = server.accept();
    peer.sendAtOnce();
    for (qsizetype i = 0; i < message.size(); ++i) {
        VERIFY(peer.send(QByteArrayView(message).sliced(i, 1)), client);
        if (i % 1000 == 0)
            QCoreApplication::processEvents(); // a client that prints as it receives needs someone who reads
                                               // that
    }
    peer.close();
    VERIFY(client.exitStatus() == 0, client);
    VERIFY(client.output() == message + '\n', client);
    QCOMPARE(client.errorOutput(), ""_ba);
}

void TestHeadlessClient::sendsText()
{
    const RawSocket server = RawSocket::listening();
    ClientProcess client(server.localPort(), {u"--send"_s, u"Grüße\n"_s});
    RawSocket peer = server.accept();
    const QByteArray text = "Grüße\n"_ba;
    QCOMPARE(peer.receive(text.size()), text);
    QVERIFY(peer.send("understood"));
    peer.close();
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(client.output(), "understood\n"_ba);
}

void TestHeadlessClient::writesJson()
{
    const QByteArray message = "Grüße, \x1b[31m\0"_ba;
    const RawSocket server = RawSocket::listening();
    ClientProcess client(server.localPort(), {u"--json"_s});
    RawSocket peer = server.accept();
    sending(message)(peer);
    VERIFY(client.exitStatus() == 0, client);

    QByteArray received;
    QJsonArray peerAddress;
    const QList<QJsonObject> events = jsonObjects(client.output());
    for (const QJsonObject &event : events) {
        VERIFY(!event.isEmpty(), client);
        if (event.value(u"call"_s) == u"connect"_s)
            peerAddress = event.value(u"peer"_s).toArray();
        if (event.value(u"call"_s) == u"recv"_s)
            received += QByteArray::fromBase64(event.value(u"data"_s).toString().toLatin1());
    }
    QCOMPARE(peerAddress, (QJsonArray{u"127.0.0.1"_s, server.localPort()}));
    QCOMPARE(received, message);
    QCOMPARE(events.last().value(u"call"_s).toString(), u"end"_s);
    QCOMPARE(events.last().value(u"outcome"_s).toString(), u"complete"_s);
}

void TestHeadlessClient::saysHowItFailed_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<Script>("script");
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<QString>("reason");

    const Script close = [](RawSocket &peer) { peer.close(); };
    const Script reset = [](RawSocket &peer) { peer.reset(); };
    const Script resetMidway = [](RawSocket &peer) {
        peer.receive(4);
        peer.send("half a mess");
        peer.reset();
    };
    const Script stayConnected = [](RawSocket &) {};
    const Script stopMidway = [](RawSocket &peer) { peer.send("half a mess"); };

    QTest::newRow("closed without a byte") << QStringList() << close << ""_ba << u"without"_s;
    QTest::newRow("reset at once") << QStringList() << reset << ""_ba << u"reset"_s;
    QTest::newRow("reset midway") << QStringList{u"--send"_s, u"text"_s} << resetMidway << "half a mess\n"_ba
                                  << u"reset"_s;
    QTest::newRow("reset midway, raw") << QStringList{u"--raw"_s, u"--send"_s, u"text"_s} << resetMidway
                                       << "half a mess"_ba << u"reset"_s;
    QTest::newRow("nothing said") << QStringList{u"--timeout"_s, u"0.2"_s} << stayConnected << ""_ba
                                  << u"timed out|within"_s;
    QTest::newRow("not finished") << QStringList{u"--timeout"_s, u"2"_s} << stopMidway << "half a mess\n"_ba
                                  << u"timed out|within"_s;
    QTest::newRow("too long") << QStringList{u"--max-bytes"_s, u"5"_s} << sending("123456") << "12345\n"_ba
                              << u"\\b5 bytes"_s;
    QTest::newRow("much too long") << QStringList{u"--max-bytes"_s, u"100000"_s} << sending(QByteArray(1'000'000, 'x'))
                                   << QByteArray(100'000, 'x') + '\n'
                                   << u"100,?000 bytes"_s;
}

void TestHeadlessClient::saysHowItFailed()
{
    QFETCH(const QStringList, options);
    QFETCH(const Script, script);
    QFETCH(const QByteArray, output);
    QFETCH(const QString, reason);

    const RawSocket server = RawSocket::listening();
    ClientProcess client(server.localPort(), options);
    RawSocket peer = server.accept();
    script(peer);
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(client.output() == output, client);
    const QByteArray sentence = client.errorOutput();
    VERIFY(isOneLine(sentence) && matches(sentence, reason), client);
    VERIFY(sentence.contains("127.0.0.1") && sentence.contains(QByteArray::number(server.localPort())), client);
}

void TestHeadlessClient::keepsWhatCameBeforeAReset()
{
    const RawSocket server = RawSocket::listening();
    for (int run = 0; run < 10; ++run) { // most often the reset is there before the client sees that it connected
        ClientProcess client(server.localPort());
        RawSocket peer = server.accept();
        peer.send("half a mess");
        peer.reset();
        VERIFY(client.exitStatus() == 1, client);
        VERIFY(client.output() == "half a mess\n", client);
        VERIFY(isOneLine(client.errorOutput()) && matches(client.errorOutput(), u"reset"_s), client);
    }
}

void TestHeadlessClient::endsOnSignal_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP; // the terminal was closed
}

void TestHeadlessClient::endsOnSignal()
{
    QFETCH(const int, signal);

    const RawSocket server = RawSocket::listening();
    ClientProcess client(server.localPort(), {u"--send"_s, u"text"_s});
    RawSocket peer = server.accept();
    QCOMPARE(peer.receive(4), "text"_ba); // it waits for an answer
    client.sendSignal(signal);
    VERIFY(client.exitStatus() == 1, client);
    QCOMPARE(client.output(), ""_ba);
    VERIFY(isOneLine(client.errorOutput()) && matches(client.errorOutput(), u"cancelled"_s), client);
}

void TestHeadlessClient::saysWhyItCannotConnect_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("reason");
    QTest::newRow("refused, IPv4") << u"127.0.0.1"_s << u"refused"_s;
    QTest::newRow("refused, IPv6") << u"::1"_s << u"refused"_s;
    QTest::newRow("no answer") << u"192.0.2.1"_s << u""_s;               // RFC 5737
    QTest::newRow("unknown host") << u"no-such-host.invalid"_s << u""_s; // RFC 6761
}

void TestHeadlessClient::saysWhyItCannotConnect()
{
    QFETCH(const QString, host);
    QFETCH(const QString, reason);
    SKIP_WITHOUT_IPV6(host.contains(u':'));

    const RawSocket keepsPort = RawSocket::bound(host.contains(u':') ? "::1" : "127.0.0.1");
    const QByteArray port = QByteArray::number(keepsPort.localPort());
    Process client(Client, {u"--headless"_s, u"--timeout"_s, u"2"_s, host, QString::fromLatin1(port)});
    VERIFY(client.exitStatus() == 1, client);
    QCOMPARE(client.output(), ""_ba);
    const QByteArray sentence = client.errorOutput();
    VERIFY(isOneLine(sentence) && matches(sentence, reason), client);
    VERIFY(sentence.contains(host.toUtf8()) && sentence.contains(port), client);
}

/// The same bytes at an interval; the time-out counts from the last time.
void TestHeadlessClient::sendsAgain()
{
    const RawSocket server = RawSocket::listening();
    ClientProcess client(server.localPort(), {u"--send"_s, u"ping "_s, u"--every"_s, u"300"_s, u"--times"_s, u"4"_s,
                                              u"--timeout"_s, u"0.6"_s});
    RawSocket peer = server.accept();
    QCOMPARE(peer.receive(20), "ping ping ping ping "_ba); // takes longer than the time-out
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(matches(client.errorOutput(), u"sent nothing within 600 ms"_s), client);

    // A peer that takes nothing more is not waited for longer than that.
    const QString much(100'000, u'm');
    ClientProcess stuck(server.localPort(),
                        {u"--send"_s, much, u"--every"_s, u"1"_s, u"--times"_s, u"1000"_s, u"--timeout"_s, u"0.6"_s});
    const RawSocket unread = server.accept();
    VERIFY(stuck.exitStatus() == 1, stuck);
    VERIFY(matches(stuck.errorOutput(), u"within 600 ms"_s), stuck);

    ClientProcess endless(server.localPort(), {u"--send"_s, u"ping"_s, u"--every"_s, u"1"_s});
    RawSocket listener = server.accept();
    QCOMPARE(listener.receive(400).size(), 400);
    QVERIFY(listener.send("enough"));
    listener.shutdownSending();
    VERIFY(endless.exitStatus() == 0, endless);
    QCOMPARE(endless.output(), "enough\n"_ba);
}

#ifndef PARLEY_PORTABLE
/// The terminal says what the window says.
void TestHeadlessClient::saysWhereTheServerIs()
{
    ServerProcess server(u"127.0.1.1"_s);
    Process client(Client, {u"--headless"_s, u"127.0.0.1"_s, QString::number(server.port())});
    VERIFY(client.exitStatus() == 1, client);
    const QString sentence =
        u"refused.* parley-server \\(process %1\\) listens on 127\\.0\\.1\\.1:%2\\."_s.arg(server.pid())
            .arg(server.port());
    VERIFY(isOneLine(client.errorOutput()) && matches(client.errorOutput(), sentence), client, server);
}
#endif

QTEST_GUILESS_MAIN(TestHeadlessClient)
#include "tst_headless_client.moc"
