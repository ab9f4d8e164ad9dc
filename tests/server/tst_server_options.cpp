// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/options/server_options.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace std::chrono_literals;

namespace
{

/// The options of a command line, and what is wrong with it.
struct Parsed
{
    explicit Parsed(const QStringList &arguments)
    {
        CommandLine line;
        ServerOptions::declare(line);
        line.parse(QStringList{u"parley-server"_s} + arguments);
        options = ServerOptions::read(line);
        error = line.error();
    }

    ServerOptions options;
    QString error;
};

} // namespace

class TestServerOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void defaults();
    void values();
    void transports();
    void greetings();
    void overSavedLimits();
    void errors_data();
    void errors();
};

/// The window remembers what is not given.
void TestServerOptions::defaults()
{
    const Parsed line({});
    QCOMPARE(line.error, QString());
    const ServerOptions &options = line.options;
    QVERIFY(!options.host && !options.port && !options.path && !options.transport && !options.greeting);
    QVERIFY(!options.behaviour && !options.deadline && !options.maxConnections && !options.maxPerPeer);
    QVERIFY(!options.allow && !options.deny);
    QVERIFY(!options.headless && !options.json && options.listenAtOnce);
    const ServerSettings settings = options.settings({});
    QCOMPARE(settings.greeting, "Hello World!");
    QCOMPARE(settings.backlog, ServerSettings::DefaultBacklog);
    QCOMPARE(settings.unixMode, 0600U);
    QCOMPARE(settings.behaviour, BehaviourChoice());
}

void TestServerOptions::values()
{
    const Parsed line({u"--headless"_s, u"--json"_s, u"--backlog=7"_s, u"--behaviour=drip:bytes=2"_s, u"--deadline=0"_s,
                       u"--max-connections=5"_s, u"--max-per-peer=6"_s, u"--allow=10.0.0.0/8"_s, u"--allow=::1"_s,
                       u"--deny=10.1.0.0/16"_s, u"--keep-alive=9"_s, u"127.0.0.1"_s, u"4000"_s});
    QCOMPARE(line.error, QString());
    const ServerSettings settings = line.options.settings(line.options.endpoint);
    QCOMPARE(settings.endpoint.toString(), u"127.0.0.1:4000"_s);
    QCOMPARE(settings.backlog, 7);
    QCOMPARE(settings.behaviour.toString(), u"drip:bytes=2"_s);
    QCOMPARE(settings.limits.deadline, std::optional(0ms));
    QCOMPARE(settings.limits.maxConnections, 5);
    QCOMPARE(settings.limits.maxPerPeer, 6);
    QCOMPARE(settings.limits.access.allow.size(), 2U);
    QCOMPARE(settings.limits.access.deny.size(), 1U);
    QCOMPARE(settings.limits.keepAlive, KeepAlive(9s, 3));
    QVERIFY(line.options.headless && line.options.json);
}

void TestServerOptions::transports()
{
    QCOMPARE(Parsed({u"localhost"_s}).options.transport, std::optional(Transport::Tcp));
    QCOMPARE(Parsed({u"--udp"_s}).options.transport, std::optional(Transport::Udp));
    const Parsed unixSocket({u"--headless"_s, u"--unix=/tmp/a"_s, u"--unix-mode=660"_s});
    QCOMPARE(unixSocket.options.transport, std::optional(Transport::Unix));
    QCOMPARE(unixSocket.options.endpoint.path, "/tmp/a");
    QCOMPARE(unixSocket.options.unixMode, 0660U);
}

/// Bytes of a file stay as they are; a text is UTF-8.
void TestServerOptions::greetings()
{
    QCOMPARE(Parsed({u"--greeting=Grüße"_s}).options.greeting, std::optional("Gr\xc3\xbc\xc3\x9f"
                                                                             "e"_ba));
    QCOMPARE(Parsed({u"--greeting="_s}).options.greeting, std::optional(""_ba));
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"greeting"_s));
    const QByteArray bytes("a\0\xff\r\n", 5);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    file.close();
    const Parsed line({u"--greeting-file"_s, file.fileName()});
    QCOMPARE(line.options.greeting, std::optional(bytes));
    QCOMPARE(line.options.greetingSource, file.fileName());
}

/// Values that are given take the place of saved ones; the others stay.
void TestServerOptions::overSavedLimits()
{
    ServerLimits saved;
    saved.maxConnections = 100;
    saved.maxPerPeer = 10;
    const ServerLimits limits = Parsed({u"--max-per-peer=3"_s}).options.limits(saved);
    QCOMPARE(limits.maxConnections, 100);
    QCOMPARE(limits.maxPerPeer, 3);
}

void TestServerOptions::errors_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("culprit"); // the sentence names it
    const auto row = [](const char *what, const QStringList &arguments, const QString &culprit) {
        QTest::newRow(what) << arguments << culprit;
    };
    row("backlog is no number", {u"--backlog"_s, u"many"_s}, u"many"_s);
    row("backlog is negative", {u"--backlog=-1"_s}, u"-1"_s);
    row("backlog is missing", {u"--backlog"_s}, u"backlog"_s);
    row("deadline is no number", {u"--deadline"_s, u"soon"_s}, u"soon"_s);
    row("deadline is negative", {u"--deadline=-1"_s}, u"-1"_s);
    row("deadline is not finite", {u"--deadline"_s, u"inf"_s}, u"inf"_s);
    row("deadline is too short", {u"--deadline"_s, u"0.0001"_s}, u"0.0001"_s);
    row("behaviour is not known", {u"--behaviour"_s, u"greet"_s},
        u"“greet” is not a behaviour: give one of greet-close, greet-hold"_s);
    row("behaviour without a name", {u"--behaviour"_s, u""_s}, u"--behaviour “”"_s);
    row("behaviour for datagrams", {u"--udp"_s, u"--behaviour=echo"_s}, u"“echo” does not go with --udp"_s);
    row("greeting file does not exist", {u"--greeting-file"_s, u"/no/such/file"_s}, u"/no/such/file"_s);
    row("greeting file without a name", {u"--greeting-file"_s, u""_s}, u"--greeting-file “”"_s);
    row("greeting file without an end", {u"--greeting-file"_s, u"/dev/zero"_s}, u"/dev/zero"_s);
    row("greeting file is a folder", {u"--greeting-file"_s, u"/tmp"_s}, u"“/tmp”"_s);
    row("greeting twice", {u"--greeting"_s, u"a"_s, u"--greeting-file"_s, u"b"_s}, u"--greeting-file"_s);
    row("no connections", {u"--max-connections=0"_s}, u"--max-connections “0”"_s);
    row("bad net", {u"--allow=10.0.0.1/8"_s}, u"--allow “10.0.0.1/8”"_s);
    row("only for the window", {u"--headless"_s, u"--no-listen"_s}, u"--no-listen is for the window"_s);
    row("<broadcast> to listen on", {u"--headless"_s, u"--udp"_s, u"<broadcast>"_s}, u"<broadcast>"_s);
    row("mode that is not octal", {u"--unix"_s, u"/tmp/a"_s, u"--unix-mode"_s, u"8"_s}, u"“8”"_s);
    row("mode in words", {u"--unix"_s, u"/tmp/a"_s, u"--unix-mode"_s, u"u+w"_s}, u"u+w"_s);
    row("mode with more than permissions", {u"--unix"_s, u"/tmp/a"_s, u"--unix-mode"_s, u"1777"_s}, u"1777"_s);
    row("mode without a socket", {u"--headless"_s, u"--unix-mode"_s, u"660"_s, u"127.0.0.1"_s, u"0"_s},
        u"--unix-mode goes with --unix"_s);
}

void TestServerOptions::errors()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, culprit);
    const QString error = Parsed(arguments).error;
    QVERIFY2(error.contains(culprit), qPrintable(u"“%1”"_s.arg(error)));
    QCOMPARE(error.count(u'\n'), 0);
}

QTEST_GUILESS_MAIN(TestServerOptions)
#include "tst_server_options.moc"
