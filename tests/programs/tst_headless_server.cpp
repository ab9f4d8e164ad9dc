// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Server = QStringLiteral(PARLEY_SERVER);

/// @p bytes of text with characters of one to four bytes.
QByteArray multiByteText(qsizetype bytes)
{
    const QByteArray verse = "Grüße, мир, 世界, 🌍! ";
    QByteArray text = verse.repeated(bytes / verse.size());
    return text + QByteArray(bytes - text.size(), '.');
}

/// With 8 MiB to send, neither side's socket buffers hold all of it.
constexpr qsizetype MoreThanBuffersHold = 8 * 1024 * 1024;
constexpr int SmallBuffer = 4096;

} // namespace

class TestHeadlessServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void saysWhereItListens_data();
    void saysWhereItListens();
    void printsConnections_data();
    void printsConnections();
    void greets_data();
    void greets();
    void endsOnSignal_data();
    void endsOnSignal();
    void goesOnUnderNohup();
    void completesGreetingsUnderWay_data();
    void completesGreetingsUnderWay();
    void givesUpAtTheDeadline();
    void writesJson();
    void cannotListen_data();
    void cannotListen();

private:
    /// The name of a file that holds @p bytes.
    QString file(const QByteArray &bytes);

    QTemporaryDir files_;
};

QString TestHeadlessServer::file(const QByteArray &bytes)
{
    QFile file(files_.filePath(u"greeting"_s));
    const bool written = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    return written ? file.fileName() : QString();
}

void TestHeadlessServer::saysWhereItListens_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("locale");
    QTest::addColumn<QString>("line");
    const QString utf8 = u"C.UTF-8"_s;
    QTest::newRow("IPv4") << u"127.0.0.1"_s << utf8 << u"Listening on ('127.0.0.1', %1)"_s;
    QTest::newRow("IPv6") << u"::1"_s << utf8 << u"Listening on ('::1', %1, 0, 0)"_s;
    QTest::newRow("IPv6 in brackets") << u"[::1]"_s << utf8 << u"Listening on ('::1', %1, 0, 0)"_s;
    QTest::newRow("every interface") << u"*"_s << utf8 << u"Listening on ('::', %1, 0, 0)"_s;
    QTest::newRow("every IPv4 interface") << u""_s << utf8 << u"Listening on ('0.0.0.0', %1)"_s;
    // A plain system sets no locale; Qt has something to say about that, which must not come first.
    QTest::newRow("without a locale") << u"127.0.0.1"_s << u"C"_s << u"Listening on ('127.0.0.1', %1)"_s;
}

void TestHeadlessServer::saysWhereItListens()
{
    QFETCH(const QString, host);
    QFETCH(const QString, locale);
    QFETCH(const QString, line);
    SKIP_WITHOUT_IPV6(line.contains(u"::"_s));

    Process server(Server, {u"--headless"_s, host, u"0"_s}, {}, {{u"LC_ALL"_s, locale}});
    const QString announcement = QString::fromUtf8(server.nextErrorLine());
    const QString port = QRegularExpression(u", (\\d+)"_s).match(announcement).captured(1);
    VERIFY(announcement == line.arg(port), server);
    VERIFY(port.toInt() > 0, server);
}

void TestHeadlessServer::printsConnections_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QString>("line");
    const QString ipv4 = u"Connection established with ('127.0.0.1', %1)"_s;
    const QString ipv6 = u"Connection established with ('::1', %1, 0, 0)"_s;
    QTest::newRow("IPv4") << u"127.0.0.1"_s << "127.0.0.1"_ba << ipv4;
    QTest::newRow("IPv6") << u"::1"_s << "::1"_ba << ipv6;
    QTest::newRow("dual stack, IPv4 peer") << u"*"_s << "127.0.0.1"_ba << ipv4;
    QTest::newRow("dual stack, IPv6 peer") << u"*"_s << "::1"_ba << ipv6;
}

void TestHeadlessServer::printsConnections()
{
    QFETCH(const QString, host);
    QFETCH(const QByteArray, address);
    QFETCH(const QString, line);
    SKIP_WITHOUT_IPV6(host == u"*"_s || host.contains(u':'));

    ServerProcess server(host);
    for (int i = 0; i < 3; ++i) { // each line comes while the server runs, and before the next connection
        RawSocket client = RawSocket::connectedTo(address.constData(), server.port());
        VERIFY(client.isOpen(), server);
        const QByteArray printed = server.nextLine();
        VERIFY(QString::fromUtf8(printed) == line.arg(client.localPort()), server);
        QCOMPARE(client.receive(100), "Hello World!"_ba);
    }
}

void TestHeadlessServer::greets_data()
{
    QTest::addColumn<QString>("option");
    QTest::addColumn<QByteArray>("greeting");

    QByteArray everyByte(256, '\0');
    std::iota(everyByte.begin(), everyByte.end(), '\0');
    QTest::newRow("text") << u"--greeting"_s << "Good morning."_ba;
    QTest::newRow("multi-byte text") << u"--greeting"_s << "Grüße, 世界 🌍"_ba;
    QTest::newRow("several lines") << u"--greeting"_s << "one\n\ttwo\n"_ba;
    QTest::newRow("no text") << u"--greeting"_s << ""_ba;
    QTest::newRow("file") << u"--greeting-file"_s << "Good morning.\n"_ba;
    QTest::newRow("file with every byte, NUL and invalid UTF-8 among them") << u"--greeting-file"_s << everyByte;
    QTest::newRow("file with a byte order mark and CR LF") << u"--greeting-file"_s << "\xef\xbb\xbfone\r\ntwo\r\n"_ba;
    QTest::newRow("file with a cut character") << u"--greeting-file"_s << "Gr\xc3"_ba;
    QTest::newRow("empty file") << u"--greeting-file"_s << ""_ba;
    QTest::newRow("long file") << u"--greeting-file"_s << everyByte.repeated(MoreThanBuffersHold / 256);
}

void TestHeadlessServer::greets()
{
    QFETCH(const QString, option);
    QFETCH(const QByteArray, greeting);

    const bool isFile = option == u"--greeting-file"_s;
    ServerProcess server(u"127.0.0.1"_s, {option, isFile ? file(greeting) : QString::fromUtf8(greeting)});
    RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port());
    // Unread input must not turn the end into a reset, which would cost the client the rest.
    VERIFY(client.send("a client that speaks first"), server);
    const QByteArray received = client.receive(greeting.size() + 1);
    QCOMPARE(received.size(), greeting.size());
    VERIFY(received == greeting, server);
    VERIFY(client.isAtEnd(), server);
}

void TestHeadlessServer::endsOnSignal_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP; // the terminal was closed
}

void TestHeadlessServer::endsOnSignal()
{
    QFETCH(const int, signal);

    ServerProcess server;
    VERIFY(server.port() > 0, server);
    server.sendSignal(signal);
    VERIFY(server.exitStatus() == 0, server);
    QCOMPARE(server.output(), ""_ba);
    VERIFY(isOneLine(server.errorOutput()), server);
}

/// SIGHUP stays ignored, also once another signal has come.
void TestHeadlessServer::goesOnUnderNohup()
{
    const QByteArray greeting = multiByteText(MoreThanBuffersHold);
    ServerProcess server(u"127.0.0.1"_s, {u"--greeting-file"_s, file(greeting)}, {u"/usr/bin/nohup"_s});
    server.sendSignal(SIGHUP);
    RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port(), SmallBuffer);
    QCOMPARE(client.receive(1).size(), 1);
    server.sendSignal(SIGTERM);
    TRY_VERIFY(!RawSocket::connectedTo("127.0.0.1", server.port()).isOpen(), server);
    server.sendSignal(SIGHUP);
    VERIFY(client.receive(greeting.size()) == greeting.sliced(1), server);
    client.close();
    VERIFY(server.exitStatus() == 0, server);
}

void TestHeadlessServer::completesGreetingsUnderWay_data()
{
    endsOnSignal_data();
}

void TestHeadlessServer::completesGreetingsUnderWay()
{
    QFETCH(const int, signal);

    const QByteArray greeting = multiByteText(MoreThanBuffersHold);
    ServerProcess server(u"127.0.0.1"_s, {u"--greeting-file"_s, file(greeting)});
    RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port(), SmallBuffer);
    QCOMPARE(client.receive(1).size(), 1); // the greeting is under way
    server.sendSignal(signal);
    TRY_VERIFY(!RawSocket::connectedTo("127.0.0.1", server.port()).isOpen(), server);
    VERIFY(server.isRunning(), server);
    server.sendSignal(SIGHUP); // a terminal that goes away sends it, and its shell does, too
    const QByteArray rest = client.receive(greeting.size());
    QCOMPARE(rest.size(), greeting.size() - 1);
    VERIFY(rest == greeting.sliced(1), server);
    VERIFY(client.isAtEnd(), server);
    client.close();
    VERIFY(server.exitStatus() == 0, server);
}

void TestHeadlessServer::givesUpAtTheDeadline()
{
    const QByteArray greeting(MoreThanBuffersHold, 'x');
    ServerProcess server(u"127.0.0.1"_s,
                         {u"--json"_s, u"--deadline"_s, u"0.3"_s, u"--greeting-file"_s, file(greeting)});
    RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port(), SmallBuffer);
    QJsonObject event; // until the verdict on the connection, while the client takes nothing
    do {
        event = QJsonDocument::fromJson(server.nextLine()).object();
        VERIFY(!event.isEmpty(), server);
    } while (event.value(u"call"_s) != u"end"_s);
    QCOMPARE(event.value(u"outcome"_s).toString(), u"timed-out"_s);
    QVERIFY(client.receive(greeting.size()).size() < greeting.size());
    QVERIFY2(!client.isAtEnd(), "A greeting that was cut must not look whole.");
}

void TestHeadlessServer::writesJson()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s});
    RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port());
    QCOMPARE(client.receive(100), "Hello World!"_ba);
    const quint16 port = client.localPort();
    client.close();

    QStringList calls;
    while (calls.isEmpty() || calls.last() != u"end"_s) { // they come while the server runs
        const QJsonObject event = QJsonDocument::fromJson(server.nextLine()).object();
        VERIFY(!event.isEmpty(), server);
        calls << event.value(u"call"_s).toString();
        if (calls.last() == u"accept"_s)
            QCOMPARE(event.value(u"peer"_s).toArray(), (QJsonArray{u"127.0.0.1"_s, port}));
        if (calls.last() == u"send"_s)
            QCOMPARE(QByteArray::fromBase64(event.value(u"data"_s).toString().toLatin1()), "Hello World!"_ba);
        if (calls.last() == u"end"_s)
            QCOMPARE(event.value(u"outcome"_s).toString(), u"complete"_s);
    }
    for (const QString &call : {u"bind"_s, u"listen"_s, u"accept"_s, u"send"_s, u"shutdown"_s, u"recv"_s, u"close"_s})
        QVERIFY2(calls.contains(call), qPrintable(call + u" is missing in "_s + calls.join(u' ')));

    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    VERIFY(!jsonObjects(server.output()).contains(QJsonObject()), server);
}

void TestHeadlessServer::cannotListen_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("reason");
#ifdef PARLEY_PORTABLE // POSIX does not tell who has a port
    QTest::newRow("port in use") << u"127.0.0.1"_s << u"in use by another program"_s;
#else
    QTest::newRow("port in use") << u"127.0.0.1"_s << u"in use by tst_headless_.* \\(process %1\\)"_s;
#endif
    QTest::newRow("not an address of this computer") << u"192.0.2.1"_s << u"not .*this computer"_s; // RFC 5737
    QTest::newRow("unknown host") << u"no-such-host.invalid"_s << u""_s;                            // RFC 6761
}

void TestHeadlessServer::cannotListen()
{
    QFETCH(const QString, host);
    QFETCH(const QString, reason);

    const RawSocket taken = RawSocket::listening();
    const QByteArray port = QByteArray::number(taken.localPort());
    Process server(Server, {u"--headless"_s, host, QString::fromLatin1(port)});
    VERIFY(server.exitStatus() == 1, server);
    QCOMPARE(server.output(), ""_ba);
    const QByteArray sentence = server.errorOutput();
    VERIFY(isOneLine(sentence)
               && matches(sentence, reason.contains(u'%') ? reason.arg(QCoreApplication::applicationPid()) : reason),
           server);
    VERIFY(sentence.contains(host.toUtf8()) && sentence.contains(port), server);
}

QTEST_GUILESS_MAIN(TestHeadlessServer)
#include "tst_headless_server.moc"
