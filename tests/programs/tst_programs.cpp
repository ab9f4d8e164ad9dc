// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <functional>
#include <numeric>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Server = QStringLiteral(PARLEY_SERVER);
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

/// parley-client without a window, connecting to 127.0.0.1.
struct ClientProcess : Process
{
    explicit ClientProcess(quint16 port, const QStringList &options = {},
                           const QMap<QString, QString> &environment = {})
        : Process(Client, QStringList{u"--headless"_s} + options + QStringList{u"127.0.0.1"_s, QString::number(port)},
                  {}, environment)
    {
    }
};

bool isOneLine(const QByteArray &text)
{
    return text.size() > 1 && text.count('\n') == 1 && text == text.trimmed() + '\n';
}

bool matches(const QByteArray &text, const QString &pattern)
{
    return QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption)
        .match(QString::fromUtf8(text))
        .hasMatch();
}

/// The lines of JSON Lines as objects; one that is none is an empty object.
QList<QJsonObject> jsonObjects(const QByteArray &lines)
{
    QList<QJsonObject> objects;
    for (const QByteArray &line : lines.chopped(lines.endsWith('\n') ? 1 : 0).split('\n'))
        objects << QJsonDocument::fromJson(line).object();
    return objects;
}

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

Q_DECLARE_METATYPE(Script)

class TestPrograms : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void sevenClassicRuns();

    void serverSaysWhereItListens_data();
    void serverSaysWhereItListens();
    void printNothingOfQt_data();
    void printNothingOfQt();
    void serverPrintsConnections_data();
    void serverPrintsConnections();
    void serverGreets_data();
    void serverGreets();
    void serverEndsOnSignal_data();
    void serverEndsOnSignal();
    void serverGoesOnUnderNohup();
    void serverCompletesGreetingsUnderWay_data();
    void serverCompletesGreetingsUnderWay();
    void serverGivesUpAtTheDeadline();
    void serverWritesJson();
    void serverCannotListen_data();
    void serverCannotListen();

    void clientPrintsTheMessage_data();
    void clientPrintsTheMessage();
    void clientTakesAMessageByteByByte();
    void clientSendsText();
    void clientWritesJson();
    void clientSaysHowItFailed_data();
    void clientSaysHowItFailed();
    void clientKeepsWhatCameBeforeAReset();
    void clientEndsOnSignal_data();
    void clientEndsOnSignal();
    void clientSaysWhyItCannotConnect_data();
    void clientSaysWhyItCannotConnect();

    void usageErrors_data();
    void usageErrors();
    void helpNamesEveryOption_data();
    void helpNamesEveryOption();
    void saysThatThereIsNoDisplay_data();
    void saysThatThereIsNoDisplay();
    void serverWindowListensAndEndsOnSignal();
    void clientWindowConnectsAndEndsOnSignal();

private:
    /// The name of a file that holds @p bytes.
    QString file(const QByteArray &bytes);

    QTemporaryDir files_;
};

QString TestPrograms::file(const QByteArray &bytes)
{
    QFile file(files_.filePath(u"greeting"_s));
    const bool written = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    return written ? file.fileName() : QString();
}

void TestPrograms::sevenClassicRuns()
{
    ServerProcess server;
    for (int run = 1; run <= 7; ++run) {
        ClientProcess client(server.port());
        VERIFY(client.exitStatus() == 0, client);
        QCOMPARE(client.output(), "Hello World!\n"_ba);
        QCOMPARE(client.errorOutput(), ""_ba);
        VERIFY(matches(server.nextLine(), uR"(^Connection established with \('127\.0\.0\.1', \d+\)$)"_s), server);
    }
    server.sendSignal(SIGINT);
    VERIFY(server.exitStatus() == 0, server);
    QCOMPARE(server.output().count('\n'), 7);
    VERIFY(isOneLine(server.errorOutput()), server);
}

void TestPrograms::serverSaysWhereItListens_data()
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

void TestPrograms::serverSaysWhereItListens()
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

void TestPrograms::printNothingOfQt_data()
{
    QTest::addColumn<QString>("variable");
    QTest::newRow("locale that is not UTF-8") << u"LC_ALL=C"_s;
    QTest::newRow("locale that is not there") << u"LC_ALL=xx_XX.ISO-8859-1"_s;
    QTest::newRow("all that Qt can log") << u"QT_LOGGING_RULES=*=true"_s;
}

/// Output for scripts begins with our first line, whatever warnings Qt has.
void TestPrograms::printNothingOfQt()
{
    QFETCH(const QString, variable);
    ServerProcess server(u"127.0.0.1"_s, {}, {u"env"_s, variable});
    VERIFY(server.port() != 0, server);
    Process client(u"env"_s, {variable, Client, u"--headless"_s, u"127.0.0.1"_s, QString::number(server.port())});
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(client.output(), "Hello World!\n");
    QCOMPARE(client.errorOutput(), "");
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    VERIFY(isOneLine(server.errorOutput()), server);
}

void TestPrograms::serverPrintsConnections_data()
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

void TestPrograms::serverPrintsConnections()
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

void TestPrograms::serverGreets_data()
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

void TestPrograms::serverGreets()
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

void TestPrograms::serverEndsOnSignal_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP; // the terminal was closed
}

void TestPrograms::serverEndsOnSignal()
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
void TestPrograms::serverGoesOnUnderNohup()
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

void TestPrograms::serverCompletesGreetingsUnderWay_data()
{
    serverEndsOnSignal_data();
}

void TestPrograms::serverCompletesGreetingsUnderWay()
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

void TestPrograms::serverGivesUpAtTheDeadline()
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

void TestPrograms::serverWritesJson()
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

void TestPrograms::serverCannotListen_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("reason");
    QTest::newRow("port in use") << u"127.0.0.1"_s << u"in use"_s;
    QTest::newRow("not an address of this computer") << u"192.0.2.1"_s << u"not .*this computer"_s; // RFC 5737
    QTest::newRow("unknown host") << u"no-such-host.invalid"_s << u""_s;                            // RFC 6761
}

void TestPrograms::serverCannotListen()
{
    QFETCH(const QString, host);
    QFETCH(const QString, reason);

    const RawSocket taken = RawSocket::listening();
    const QByteArray port = QByteArray::number(taken.localPort());
    Process server(Server, {u"--headless"_s, host, QString::fromLatin1(port)});
    VERIFY(server.exitStatus() == 1, server);
    QCOMPARE(server.output(), ""_ba);
    const QByteArray sentence = server.errorOutput();
    VERIFY(isOneLine(sentence) && matches(sentence, reason), server);
    VERIFY(sentence.contains(host.toUtf8()) && sentence.contains(port), server);
}

void TestPrograms::clientPrintsTheMessage_data()
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

void TestPrograms::clientPrintsTheMessage()
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

void TestPrograms::clientTakesAMessageByteByByte()
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

void TestPrograms::clientSendsText()
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

void TestPrograms::clientWritesJson()
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

void TestPrograms::clientSaysHowItFailed_data()
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

void TestPrograms::clientSaysHowItFailed()
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

void TestPrograms::clientKeepsWhatCameBeforeAReset()
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

void TestPrograms::clientEndsOnSignal_data()
{
    serverEndsOnSignal_data();
}

void TestPrograms::clientEndsOnSignal()
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

void TestPrograms::clientSaysWhyItCannotConnect_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("reason");
    QTest::newRow("refused, IPv4") << u"127.0.0.1"_s << u"refused"_s;
    QTest::newRow("refused, IPv6") << u"::1"_s << u"refused"_s;
    QTest::newRow("no answer") << u"192.0.2.1"_s << u""_s;               // RFC 5737
    QTest::newRow("unknown host") << u"no-such-host.invalid"_s << u""_s; // RFC 6761
}

void TestPrograms::clientSaysWhyItCannotConnect()
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

void TestPrograms::usageErrors_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("culprit");

    for (const QString &program : {Server, Client}) {
        const QByteArray name = program.sliced(program.lastIndexOf(u'-') + 1).toUtf8();
        const auto row = [&](const char *what, const QStringList &arguments, const char *culprit) {
            QTest::addRow("%s: %s", name.constData(), what) << program << arguments << QByteArray(culprit);
        };
        row("port too large", {u"127.0.0.1"_s, u"65536"_s}, "65536");
        row("unknown service", {u"127.0.0.1"_s, u"abc"_s}, "abc");
        row("link-local without its interface", {u"fe80::1"_s}, "fe80::1");
        row("empty port", {u"127.0.0.1"_s, u""_s}, "port");
        row("port with a fraction", {u"127.0.0.1"_s, u"80.5"_s}, "80.5");
        row("IPv4 with a leading zero", {u"010.1.2.3"_s, u"3000"_s}, "010.1.2.3");
        row("short IPv4", {u"127.1"_s, u"3000"_s}, "127.1");
        row("half an IPv6 address", {u"[::1"_s, u"3000"_s}, "[::1");
        row("host with a space", {u"no host"_s, u"3000"_s}, "no host");
        row("host with a terminal escape", {u"\x1b[31mred"_s, u"3000"_s}, "\\x1b[31mred");
        row("unknown option", {u"--no-such-option"_s}, "no-such-option");
        row("an option of Qt's windows", {u"-reverse"_s}, "reverse"); // and not -v among others
        row("too many arguments", {u"127.0.0.1"_s, u"3000"_s, u"third"_s}, "third");
    }
    // The options of one program are in tst_server_options and tst_client_options.
    QTest::newRow("server: backlog") << Server << QStringList{u"--backlog"_s, u"many"_s} << "many"_ba;
    QTest::newRow("client: time-out") << Client << QStringList{u"--timeout"_s, u"5x"_s} << "5x"_ba;
}

void TestPrograms::usageErrors()
{
    QFETCH(const QString, program);
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, culprit);

    Process process(program, QStringList{u"--headless"_s} + arguments);
    VERIFY(process.exitStatus() == 2, process);
    QCOMPARE(process.output(), ""_ba);
    VERIFY(isOneLine(process.errorOutput()), process);
    VERIFY(process.errorOutput().contains(culprit), process);
}

void TestPrograms::helpNamesEveryOption_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("options");
    const QStringList both{u"--headless"_s, u"--json"_s, u"--help"_s};
    QTest::newRow("server") << Server
                            << both
                                   + QStringList{u"--greeting"_s, u"--greeting-file"_s, u"--backlog"_s, u"--deadline"_s,
                                                 u"--no-listen"_s};
    QTest::newRow("client") << Client
                            << both
                                   + QStringList{u"--timeout"_s, u"--max-bytes"_s, u"--send"_s, u"--raw"_s,
                                                 u"--connect"_s};
}

void TestPrograms::helpNamesEveryOption()
{
    QFETCH(const QString, program);
    QFETCH(const QStringList, options);

    Process process(program, {u"--help"_s});
    VERIFY(process.exitStatus() == 0, process);
    QCOMPARE(process.errorOutput(), ""_ba);
    for (const QString &option : options)
        QVERIFY2(matches(process.output(), option + u"(?![-\\w])"_s), qPrintable(option + u" is not in the help"_s));
}

void TestPrograms::saysThatThereIsNoDisplay_data()
{
    QTest::addColumn<QString>("program");
    QTest::newRow("server") << Server;
    QTest::newRow("client") << Client;
}

void TestPrograms::saysThatThereIsNoDisplay()
{
    QFETCH(const QString, program);

    Process process(program, {u"127.0.0.1"_s});
    VERIFY(process.exitStatus() > 0, process);
    VERIFY(isOneLine(process.errorOutput()), process);
    VERIFY(process.errorOutput().contains("--headless"), process);
}

void TestPrograms::serverWindowListensAndEndsOnSignal()
{
    const RawSocket keepsPort = RawSocket::bound();
    Process server(Server, {u"127.0.0.1"_s, QString::number(keepsPort.localPort())}, {},
                   {{u"QT_QPA_PLATFORM"_s, u"offscreen"_s}});
    RawSocket client;
    TRY_VERIFY((client = RawSocket::connectedTo("127.0.0.1", keepsPort.localPort())).isOpen(), server);
    QCOMPARE(client.receive(100), "Hello World!"_ba);
    client.close();
    server.sendSignal(SIGINT);
    VERIFY(server.exitStatus() == 0, server);
}

void TestPrograms::clientWindowConnectsAndEndsOnSignal()
{
    const RawSocket server = RawSocket::listening();
    Process client(Client, {u"--connect"_s, u"127.0.0.1"_s, QString::number(server.localPort())}, {},
                   {{u"QT_QPA_PLATFORM"_s, u"offscreen"_s}});
    RawSocket peer = server.accept();
    VERIFY(peer.isOpen(), client);
    client.sendSignal(SIGINT);
    VERIFY(client.exitStatus() == 0, client);
}

QTEST_GUILESS_MAIN(TestPrograms)
#include "tst_programs.moc"
