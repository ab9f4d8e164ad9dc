// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/command_line.h"

#include <QRegularExpression>
#include <QTest>

using namespace parley;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

/// A command line with an option of each kind, and the arguments after the program's name.
struct Parsed : CommandLine
{
    explicit Parsed(const QString &arguments)
    {
        addFlag(u"quick"_s, u"A flag."_s);
        addValue(u"count"_s, u"N"_s, u"A number."_s);
        addValue(u"pause"_s, u"SECONDS"_s, u"A time."_s);
        addBytes(u"data"_s, u"DATA"_s, u"Bytes."_s);
        isWellFormed = parse(u"program "_s.append(arguments).simplified().toUtf8().split(' '));
    }

    bool isWellFormed = false;
};

} // namespace

class TestCommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void parses_data();
    void parses();
    void numbers_data();
    void numbers();
    void seconds_data();
    void seconds();
    void keepAlive_data();
    void keepAlive();
    void endpoint_data();
    void endpoint();
    void twoPorts_data();
    void twoPorts();
    void keepsBytes_data();
    void keepsBytes();
    void refusesOtherThanUtf8_data();
    void refusesOtherThanUtf8();
    void keepsTheFirstError();
    void wantsNoWindow();
};

void TestCommandLine::parses_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("error"); // words of it; empty where all is well

    QTest::newRow("nothing") << QString() << QString();
    QTest::newRow("host and port") << u"localhost 3000"_s << QString();
    QTest::newRow("UDP") << u"--udp localhost 3000"_s << QString();
    QTest::newRow("Unix") << u"--unix /tmp/x"_s << QString();
    QTest::newRow("JSON") << u"--headless --json"_s << QString();
    QTest::newRow("JSON in a window") << u"--json"_s << u"--headless"_s;
    QTest::newRow("three arguments") << u"localhost 3000 more"_s << u"more"_s;
    QTest::newRow("two transports") << u"--udp --unix /tmp/x"_s << u"exclude each other"_s;
    QTest::newRow("Unix with a host") << u"--unix /tmp/x localhost"_s << u"localhost"_s;
}

void TestCommandLine::parses()
{
    QFETCH(const QString, arguments);
    QFETCH(const QString, error);
    const Parsed line(arguments);
    QCOMPARE(line.error().isEmpty(), error.isEmpty());
    QVERIFY2(line.error().contains(error), qPrintable(line.error()));
}

void TestCommandLine::numbers_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isNumber"); // from 1 to 100

    for (const char *text : {"1", "42", "100"})
        QTest::newRow(text) << QString::fromLatin1(text) << true;
    for (const char *text : {"0", "101", "-1", "1.5", "x", "0x10", "99999999999999999999"})
        QTest::newRow(text) << QString::fromLatin1(text) << false;
}

void TestCommandLine::numbers()
{
    QFETCH(const QString, text);
    QFETCH(const bool, isNumber);
    Parsed line(u"--count="_s + text);
    const std::optional<qint64> number = line.number(u"count"_s, 1, 100);
    QCOMPARE(number.has_value(), isNumber);
    if (isNumber)
        QCOMPARE(QString::number(*number), text);
    else
        QVERIFY2(line.error().contains(text) && line.error().contains(u"1 to 100"_s), qPrintable(line.error()));
}

void TestCommandLine::seconds_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("milliseconds"); // -1 where it is wrong

    QTest::newRow("whole") << u"2"_s << 2000;
    QTest::newRow("fraction") << u"0.25"_s << 250;
    QTest::newRow("shortest") << u"0.001"_s << 1;
    QTest::newRow("longest") << u"86400"_s << 86'400'000;
    QTest::newRow("too short") << u"0.0001"_s << -1;
    QTest::newRow("too long") << u"86401"_s << -1;
    QTest::newRow("none") << u"0"_s << -1;
    QTest::newRow("no number") << u"soon"_s << -1;
    QTest::newRow("nan") << u"nan"_s << -1;
}

void TestCommandLine::seconds()
{
    QFETCH(const QString, text);
    QFETCH(const int, milliseconds);
    Parsed line(u"--pause="_s + text);
    const auto pause = line.seconds(u"pause"_s);
    QCOMPARE(pause ? int(pause->count()) : -1, milliseconds);
    QCOMPARE(line.error().isEmpty(), milliseconds >= 0);
    Parsed other(u"--pause=0"_s);
    QCOMPARE(other.seconds(u"pause"_s, CommandLine::Zero::Allowed), std::optional(0ms));
}

void TestCommandLine::keepAlive_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<int>("interval"); // s; 0 where there is none
    QTest::addColumn<int>("probes");
    QTest::addColumn<QString>("error"); // words of it

    QTest::newRow("not given") << QString() << 0 << 0 << QString();
    QTest::newRow("interval") << u"--keep-alive=60"_s << 60 << 3 << QString();
    QTest::newRow("both") << u"--keep-alive=1 --keep-alive-probes=127"_s << 1 << 127 << QString();
    QTest::newRow("zero") << u"--keep-alive=0"_s << 0 << 0 << u"“0”: give a whole number from 1 to 32767"_s;
    QTest::newRow("too long") << u"--keep-alive=32768"_s << 0 << 0 << u"“32768”"_s;
    QTest::newRow("too many") << u"--keep-alive=5 --keep-alive-probes=128"_s << 5 << 3 << u"“128”"_s;
    QTest::newRow("probes alone") << u"--keep-alive-probes=5"_s << 0 << 0 << u"goes with --keep-alive"_s;
    QTest::newRow("datagrams") << u"--udp --keep-alive=5"_s << 5 << 3 << u"--keep-alive is for TCP"_s;
}

void TestCommandLine::keepAlive()
{
    QFETCH(const QString, arguments);
    QFETCH(const int, interval);
    Parsed line(arguments);
    const auto keepAlive = line.keepAlive();
    QCOMPARE(keepAlive.has_value(), interval > 0);
    QCOMPARE(keepAlive ? int(keepAlive->interval.count()) : 0, interval);
    QTEST(keepAlive ? keepAlive->probes : 0, "probes");
    QFETCH(const QString, error);
    QVERIFY2(error.isEmpty() ? line.error().isEmpty() : line.error().contains(error), qPrintable(line.error()));
}

void TestCommandLine::endpoint_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("vocabulary");

    const QString tcp = u"AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, 4200"_s;
    const QString udp = u"AF_INET, SOCK_DGRAM, 0 (UDP), 127.0.0.1, 4200"_s;
    QTest::newRow("apart") << u"127.0.0.1 4200"_s << tcp;
    QTest::newRow("host:port") << u"127.0.0.1:4200"_s << tcp;
    QTest::newRow("as Python prints it") << u"('127.0.0.1',4200)"_s << tcp;
    QTest::newRow("URL") << u"http://127.0.0.1:4200/x"_s << tcp;
    QTest::newRow("UDP") << u"udp://127.0.0.1:4200"_s << udp;
    QTest::newRow("UDP twice") << u"--udp udp://127.0.0.1:4200"_s << udp;
    QTest::newRow("--udp") << u"--udp 127.0.0.1:4200"_s << udp;
    QTest::newRow("IPv6") << u"[::1]:4200"_s << u"AF_INET6, SOCK_STREAM, 0 (TCP), ::1, 4200"_s;
    QTest::newRow("bare IPv6") << u"::1"_s << u"AF_INET6, SOCK_STREAM, 0 (TCP), ::1, 3000"_s;
    QTest::newRow("bare IPv6 and port") << u"::1 4200"_s << u"AF_INET6, SOCK_STREAM, 0 (TCP), ::1, 4200"_s;
    QTest::newRow("same port") << u"127.0.0.1:4200 4200"_s << tcp;
    QTest::newRow("same port by name") << u"127.0.0.1:80 http"_s << u"AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, 80"_s;
    QTest::newRow("path") << u"/run/parley.sock"_s << u"AF_UNIX, SOCK_STREAM, 0, /run/parley.sock"_s;
    QTest::newRow("unix:") << u"unix:@parley"_s << u"AF_UNIX, SOCK_STREAM, 0, @parley"_s;
}

/// However the arguments name an endpoint, --headless and the window get the same.
void TestCommandLine::endpoint()
{
    QFETCH(const QString, arguments);
    QFETCH(const QString, vocabulary);
    Parsed line(arguments);
    QCOMPARE(line.endpoint(Endpoint::Use::Connect).vocabulary(), vocabulary);
    QCOMPARE(line.error(), QString());
    QVERIFY(line.transport().has_value());
    const auto fields = *line.transport() == Transport::Unix
                            ? Endpoint::parseUnix(line.path().value_or(QString()))
                            : Endpoint::parse(line.host().value_or(QString()), line.port().value_or(u"3000"_s),
                                              Endpoint::Use::Connect, *line.transport());
    QVERIFY(std::holds_alternative<Endpoint>(fields));
    QCOMPARE(std::get<Endpoint>(fields).vocabulary(), vocabulary);
}

void TestCommandLine::twoPorts_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("error");

    QTest::newRow("two ports") << u"127.0.0.1:4200 4201"_s
                               << u"Two ports are given: “4200” in “127.0.0.1:4200”, and “4201”. "
                                  "Leave one of them out."_s;
    QTest::newRow("a URL's") << u"https://localhost/ 80"_s
                             << u"Two ports are given: “443” in “https://localhost/”, and “80”. "
                                "Leave one of them out."_s;
    QTest::newRow("a path's") << u"/run/x 80"_s
                              << u"Unexpected argument “80”: “/run/x” is a Unix socket, which has no port."_s;
    QTest::newRow("two transports") << u"--udp tcp://localhost:1"_s
                                    << u"“tcp://localhost:1” is not for UDP, and --udp asks for that: "
                                       "leave one of them out."_s;
    QTest::newRow("no port") << u"localhost:"_s << u"“localhost:” has a colon but no port after it."_s;
    QTest::newRow("out of range") << u"localhost:65536"_s
                                  << u"“65536” is not a port: give a number from 1 to 65535, or the name of a TCP "
                                     "service such as http."_s;
}

void TestCommandLine::twoPorts()
{
    QFETCH(const QString, arguments);
    QFETCH(const QString, error);
    Parsed line(arguments);
    line.endpoint(Endpoint::Use::Connect);
    QCOMPARE(line.error(), error);
}

void TestCommandLine::keepsBytes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << "Grüße"_ba;
    QTest::newRow("nothing") << ""_ba;
    QTest::newRow("not UTF-8") << "a\xff\xc3z\xe4\xb8"_ba;
    QTest::newRow("byte order mark") << "\xef\xbb\xbfx"_ba;
    QTest::newRow("replacement character") << "\xef\xbf\xbd"_ba;
    QTest::newRow("control characters") << "\x01\t\r\n\x7f"_ba;
}

void TestCommandLine::keepsBytes()
{
    QFETCH(const QByteArray, bytes);
    for (const QByteArrayList &arguments :
         {QByteArrayList{"program", "--data", bytes}, QByteArrayList{"program", "--data=" + bytes}}) {
        CommandLine line;
        line.addBytes(u"data"_s, u"DATA"_s, u"Bytes."_s);
        QVERIFY2(line.parse(arguments), qPrintable(line.error()));
        QCOMPARE(line.bytes(u"data"_s), std::optional(bytes));
    }
}

void TestCommandLine::refusesOtherThanUtf8_data()
{
    QTest::addColumn<QByteArrayList>("arguments");
    QTest::addColumn<QString>("error");
    QTest::newRow("host") << QByteArrayList{"a\xff"} << u"The argument “a\\xff” is not UTF-8."_s;
    QTest::newRow("path") << QByteArrayList{"--unix", "/tmp/\xff"} << u"--unix “/tmp/\\xff” is not UTF-8."_s;
    QTest::newRow("half a character") << QByteArrayList{"--unix=/tmp/\xc3"} << u"--unix “/tmp/\\xc3” is not UTF-8."_s;
    QTest::newRow("unknown option") << QByteArrayList{"--grüße"} << u"Unknown option 'grüße'."_s;
}

void TestCommandLine::refusesOtherThanUtf8()
{
    QFETCH(const QByteArrayList, arguments);
    QFETCH(const QString, error);
    CommandLine line;
    QVERIFY(!line.parse(QByteArrayList{"program"} + arguments));
    QCOMPARE(line.error(), error);
}

void TestCommandLine::keepsTheFirstError()
{
    Parsed line(u"--count=many --pause=long"_s);
    QVERIFY(!line.number(u"count"_s, 1, 100));
    QVERIFY(!line.seconds(u"pause"_s));
    QVERIFY2(line.error().contains(u"many"_s) && !line.error().contains(u"long"_s), qPrintable(line.error()));
}

/// Even if the rest is wrong: the error then goes to the terminal.
void TestCommandLine::wantsNoWindow()
{
    for (const QString &option : {u"--headless"_s, u"--help"_s, u"-h"_s, u"--version"_s}) {
        CommandLine line;
        QVERIFY2(line.wantsNoWindow({u"program"_s, option, u"--nonsense"_s}), qPrintable(option));
    }
    CommandLine line;
    QVERIFY(!line.wantsNoWindow({u"program"_s, u"localhost"_s}));
}

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_command_line.moc"
