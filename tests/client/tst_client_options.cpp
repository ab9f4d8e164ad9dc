// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/options/client_options.h"

#include <QRegularExpression>
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
        ClientOptions::declare(line);
        line.parse(QStringList{u"parley-client"_s} + arguments);
        options = ClientOptions::read(line);
        error = line.error();
    }

    ClientOptions options;
    QString error;
};

} // namespace

class TestClientOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void defaults();
    void values();
    void runs();
    void errors_data();
    void errors();
    void errorsOfRuns_data();
    void errorsOfRuns();
};

/// The window remembers what is not given.
void TestClientOptions::defaults()
{
    const Parsed line({});
    QCOMPARE(line.error, QString());
    const ClientOptions &options = line.options;
    QVERIFY(!options.host && !options.port && !options.path && !options.transport && !options.send);
    QVERIFY(!options.timeout && !options.maxBytes && !options.repeat && !options.concurrency && !options.rate);
    QVERIFY(!options.headless && !options.json && !options.csv && !options.raw && !options.connectAtOnce);
    const RepeatRequest request = options.repeatRequest();
    QCOMPARE(request.timeout, ConnectRequest::DefaultTimeout);
    QCOMPARE(request.maxBytes, DefaultMaxMessageBytes);
}

void TestClientOptions::values()
{
    const Parsed line(
        {u"--headless"_s, u"--raw"_s, u"--timeout=0.25"_s, u"--max-bytes=5"_s, u"--send=Grüße"_s, u"::1"_s, u"4000"_s});
    QCOMPARE(line.error, QString());
    QCOMPARE(line.options.endpoint.toString(), u"[::1]:4000"_s);
    QCOMPARE(line.options.timeout, std::optional(250ms));
    QCOMPARE(line.options.maxBytes, std::optional(qint64{5}));
    QCOMPARE(line.options.send, std::optional("Grüße"_ba));
    QVERIFY(line.options.raw);
    QVERIFY(Parsed({u"--connect"_s}).options.connectAtOnce);
    QCOMPARE(Parsed({u"--ttl=4"_s}).options.ttl, 4);
    QCOMPARE(Parsed({}).options.ttl, 0);
    QVERIFY(Parsed({}).options.multicastLoopback && !Parsed({u"--no-multicast-loopback"_s}).options.multicastLoopback);
    QCOMPARE(Parsed({u"--unix=/tmp/a"_s}).options.transport, std::optional(Transport::Unix));
}

void TestClientOptions::runs()
{
    const Parsed line({u"--headless"_s, u"--repeat=1000"_s, u"--concurrency=64"_s, u"--rate=0.5"_s, u"--expect=Hello"_s,
                       u"--send=Hi"_s, u"--source=127.0.0.0/8"_s, u"--hold=2"_s, u"--exchanges=7"_s, u"127.0.0.1"_s,
                       u"4000"_s});
    QCOMPARE(line.error, QString());
    const RepeatRequest request = line.options.repeatRequest();
    QCOMPARE(request.endpoint.toString(), u"127.0.0.1:4000"_s);
    QCOMPARE(request.count, 1000);
    QCOMPARE(request.concurrency, 64);
    QCOMPARE(request.rate, 0.5);
    QCOMPARE(request.expected, "Hello");
    QCOMPARE(request.send, "Hi");
    QCOMPARE(request.sources.size(), 1U);
    QCOMPARE(request.hold, 2s);
    QCOMPARE(request.lasting, 0s);
    QCOMPARE(request.exchanges, 7);
    QCOMPARE(Parsed({u"--repeat=5"_s, u"--exchanges=2"_s, u"--expect-bytes=9"_s}).options.repeatRequest().answerBytes,
             9);
    const Parsed ofTime({u"--headless"_s, u"--for=2.5"_s, u"--concurrency=64"_s, u"127.0.0.1"_s, u"4000"_s});
    QCOMPARE(ofTime.error, QString());
    QVERIFY(ofTime.options.isRun());
    QCOMPARE(ofTime.options.repeatRequest().lasting, 2500ms);
}

void TestClientOptions::errors_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("culprit"); // the sentence names it
    const auto row = [](const char *what, const QStringList &arguments, const QString &culprit) {
        QTest::newRow(what) << arguments << culprit;
    };
    row("timeout is no number", {u"--timeout"_s, u"5x"_s}, u"5x"_s);
    row("timeout is negative", {u"--timeout=-1"_s}, u"-1"_s);
    row("timeout is not finite", {u"--timeout"_s, u"inf"_s}, u"inf"_s);
    row("limit is no number", {u"--max-bytes"_s, u"1k"_s}, u"1k"_s);
    row("limit is negative", {u"--max-bytes=-1"_s}, u"-1"_s);
    row("text to send is missing", {u"--send"_s}, u"send"_s);
    row("raw in a window", {u"--raw"_s}, u"--raw goes with --headless"_s);
    row("raw and JSON", {u"--headless"_s, u"--raw"_s, u"--json"_s}, u"--raw and --json exclude each other"_s);
    row("CSV in a window", {u"--csv"_s, u"--repeat=1"_s}, u"--csv goes with --headless"_s);
    row("port 0", {u"--headless"_s, u"127.0.0.1"_s, u"0"_s}, u"Port 0"_s);
    row("port 0 of UDP", {u"--headless"_s, u"--udp"_s, u"127.0.0.1"_s, u"0"_s}, u"Port 0"_s);
    row("every interface", {u"--headless"_s, u"*"_s, u"3000"_s}, u"*"_s);
    row("every interface, IPv6", {u"--headless"_s, u"::"_s, u"3000"_s}, u"::"_s);
}

void TestClientOptions::errors()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, culprit);
    const QString error = Parsed(arguments).error;
    QVERIFY2(error.contains(culprit), qPrintable(u"“%1”"_s.arg(error)));
    QCOMPARE(error.count(u'\n'), 0);
}

void TestClientOptions::errorsOfRuns_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const QString &arguments, const QString &sentence) {
        QTest::newRow(qPrintable(arguments)) << arguments.split(u' ') << sentence;
    };
    const QString count = u"give a whole number from 1 to 1000000000"_s;
    row(u"--repeat 0"_s, u"--repeat “0”: "_s + count);
    row(u"--repeat -5"_s, u"--repeat “-5”: "_s + count);
    row(u"--repeat many"_s, u"--repeat “many”: "_s + count);
    row(u"--repeat 1000000001"_s, u"--repeat “1000000001”: "_s + count);
    row(u"--repeat 5 --concurrency 0"_s, u"--concurrency “0”: give a whole number from 1 to 10000"_s);
    row(u"--repeat 5 --concurrency 10001"_s, u"--concurrency “10001”: give a whole number from 1 to 10000"_s);
    row(u"--repeat 5 --rate 0"_s, u"--rate “0”: give a number from 0.001 to 1000000"_s);
    row(u"--repeat 5 --rate inf"_s, u"--rate “inf”: give a number from 0.001 to 1000000"_s);
    row(u"--repeat 5 --rate fast"_s, u"--rate “fast”: give a number from 0.001 to 1000000"_s);
    row(u"--headless --every 5"_s, u"--every goes with --send"_s);
    row(u"--times 5"_s, u"--times goes with --every"_s);
    row(u"--every 0 --send a"_s, u"--every “0”: give a whole number from 1 to 3600000"_s);
    row(u"--every 5 --times 0 --send a"_s, u"--times “0”"_s);
    row(u"--udp --every 5 --send a"_s, u"--every is for a connection"_s);
    row(u"--repeat 5 --every 5 --send a"_s, u"--every and --repeat exclude each other"_s);
    row(u"--repeat 5 --keep-alive 5"_s, u"--keep-alive and --repeat exclude each other"_s);
    row(u"--repeat 5 --hold -1"_s, u"--hold “-1”: give a number of seconds from 0.001 to 86400"_s);
    row(u"--repeat 5 --source here"_s, u"--source “here” is not a net"_s);
    row(u"--repeat 5 --source 127.0.0.1/8"_s, u"--source “127.0.0.1/8” has bits beyond its prefix length"_s);
    row(u"--repeat 5 --source ::1"_s, u"--repeat: The source ::1 cannot connect to 127.0.0.1:3000"_s);
    row(u"--repeat 5 --source ::1 --source 127.0.0.1"_s, u"--repeat: The source addresses are of both families"_s);
    row(u"--repeat 5 --expect="_s, u"--expect “”: give a text of at least a byte"_s);
    row(u"--repeat 5 --udp --hold 1"_s, u"--repeat: Over UDP there is no connection to hold open"_s);
    row(u"--repeat 5 --exchanges 0"_s, u"--exchanges “0”: give a whole number from 1 to 1000000000"_s);
    row(u"--repeat 5 --exchanges 2"_s, u"--repeat: An exchange sends something"_s);
    row(u"--repeat 5 --expect-bytes 2"_s, u"--repeat: A length is expected of the answers"_s);
    row(u"--repeat 5 --send a --exchanges 2 --expect a --expect-bytes 2"_s, u"--repeat: Give either the text"_s);
    row(u"--repeat 5 --for 5"_s, u"--repeat and --for exclude each other"_s);
    row(u"--for 0"_s, u"--for “0”: give a number of seconds from 0.001 to 86400"_s);
    row(u"--for 5 --udp --hold 1"_s, u"--for: Over UDP there is no connection to hold open"_s);
    row(u"--repeat 5 --csv --json"_s, u"--csv and --json exclude each other"_s);
    row(u"--repeat 5 --raw"_s, u"--raw and --repeat exclude each other"_s);
    for (const QString &option : {u"--concurrency 5"_s, u"--rate 5"_s, u"--expect a"_s, u"--hold 5"_s,
                                  u"--exchanges 5"_s, u"--expect-bytes 5"_s, u"--csv"_s})
        row(option, option.section(u' ', 0, 0) + u" goes with --repeat"_s);
}

void TestClientOptions::errorsOfRuns()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, sentence);
    const QString error =
        Parsed(QStringList{u"--headless"_s} + arguments + QStringList{u"127.0.0.1"_s, u"3000"_s}).error;
    QVERIFY2(error.startsWith(sentence), qPrintable(u"“%1”"_s.arg(error)));
    QCOMPARE(error.count(u'\n'), 0);
}

QTEST_GUILESS_MAIN(TestClientOptions)
#include "tst_client_options.moc"
