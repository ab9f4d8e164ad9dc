// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Server = QStringLiteral(PARLEY_SERVER);
const QString Client = QStringLiteral(PARLEY_CLIENT);

} // namespace

class TestPrograms : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void sevenClassicRuns();

    void printNothingOfQt_data();
    void printNothingOfQt();

    void usageErrors_data();
    void usageErrors();
    void helpNamesEveryOption_data();
    void helpNamesEveryOption();
    void saysThatThereIsNoDisplay_data();
    void saysThatThereIsNoDisplay();
    void serverWindowListensAndEndsOnSignal();
    void clientWindowConnectsAndEndsOnSignal();
};

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
