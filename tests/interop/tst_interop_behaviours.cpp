// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace parley::test;

/// Each behaviour of the real server, as a plain Python socket sees it.
class TestInteropBehaviours : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void seenByPython_data();
    void seenByPython();
    void refused_data();
    void refused();
    void terminates_data();
    void terminates();
};

void TestInteropBehaviours::seenByPython_data()
{
    QTest::addColumn<QString>("behaviour");
    QTest::addColumn<QString>("scenario");
    QTest::addColumn<QString>("outcome"); // as the server has it; empty where the client leaves before
    const auto row = [](const char *behaviour, const char *scenario, const char *outcome) {
        QTest::newRow(scenario) << QString::fromLatin1(behaviour) << QString::fromLatin1(scenario)
                                << QString::fromLatin1(outcome);
    };
    row("greet-close", "greet_close", "complete");
    row("greet-hold", "greet_hold", "complete");
    row("echo", "echo", "closed");
    row("echo", "echo_flood", "closed");
    row("silent", "silent", "");
    row("silent", "silent_flood", "");
    row("drip:bytes=2,every=50", "drip", "complete");
    row("drip:every=20", "drip_half_closed", "complete");
    row("delay:after=400", "delay", "complete");
    row("stall", "stall", "");
    row("reset", "reset", "aborted");
    row("reset:after=0", "reset_at_once", "aborted");
    row("reset:after=100", "reset_after_all", "aborted");
    row("half-close", "half_close", "complete");
    row("discard", "discard", "closed");
    row("random:bytes=200001,seed=42", "random", "closed");
}

void TestInteropBehaviours::seenByPython()
{
    QFETCH(const QString, behaviour);
    QFETCH(const QString, scenario);
    QFETCH(const QString, outcome);
    if (QStandardPaths::findExecutable(u"python3"_s).isEmpty())
        QSKIP("Python is not installed.");
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s, u"--behaviour"_s, behaviour});
    VERIFY(server.port() != 0, server);
    Process client(u"python3"_s,
                   {QStringLiteral(PARLEY_INTEROP "/behaviour_client.py"), QString::number(server.port()), scenario});
    VERIFY(client.exitStatus() == 0, client, server);
    if (outcome.isEmpty())
        return;
    QJsonObject event;
    while (event.value(u"call"_s) != u"end"_s) {
        const QByteArray line = server.nextLine();
        VERIFY(!line.isNull(), client, server);
        event = QJsonDocument::fromJson(line).object();
    }
    QCOMPARE(event.value(u"outcome"_s).toString(), outcome);
}

void TestInteropBehaviours::refused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char *behaviour, const QString &sentence, const QStringList &more = {}) {
        QTest::newRow(behaviour) << (QStringList{u"--behaviour"_s, QString::fromLatin1(behaviour)} + more) << sentence;
    };
    row("shout", u"“shout” is not a behaviour: give one of greet-close, greet-hold, echo, silent, drip, delay, stall, "
                 "reset, half-close, discard, random."_s);
    row("", u"“” is not a behaviour: give one of .*"_s);
    row("echo:bytes=1", u"“echo:bytes=1”: echo has no parameters."_s);
    row("drip:", u"“”: the parameters of drip are bytes, every, each with = and a number."_s);
    row("drip:often=1", u"“often=1”: the parameters of drip are bytes, every, each with = and a number."_s);
    row("drip:bytes=0", u"“bytes=0”: give a whole number from 1 to 1048576 \\(bytes\\)."_s);
    row("drip:bytes=1,every=3600001", u"“every=3600001”: give a whole number from 1 to 3600000 \\(ms\\)."_s);
    row("delay:after=1s", u"“after=1s”: give a whole number from 1 to 3600000 \\(ms\\)."_s);
    row("reset:after=-1", u"“after=-1”: give a whole number from 0 to 16777216 \\(bytes\\)."_s);
    row("random:seed=1e3", u"“seed=1e3”: give a whole number from 0 to 2147483647."_s);
    row("echo", u"“echo” does not go with --udp: datagrams are answered with the greeting."_s, {u"--udp"_s});
}

void TestInteropBehaviours::refused()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, sentence);
    Process server(QStringLiteral(PARLEY_SERVER), QStringList{u"--headless"_s, u"127.0.0.1"_s, u"0"_s} + arguments);
    VERIFY(server.exitStatus() == 2, server);
    const QRegularExpression pattern(u"^parley-server: --behaviour "_s + sentence + u"\n$"_s);
    VERIFY(pattern.match(QString::fromUtf8(server.errorOutput())).hasMatch(), server);
    QCOMPARE(server.output(), ""_ba);
}

void TestInteropBehaviours::terminates_data()
{
    QTest::addColumn<QString>("behaviour");
    QTest::addColumn<QByteArray>("heard"); // in the end
    QTest::newRow("drip") << u"drip:every=3600000"_s << "Hello World!"_ba;
    QTest::newRow("delay") << u"delay:after=3600000"_s << "Hello World!"_ba;
    for (const char *quiet : {"echo", "silent", "discard"})
        QTest::newRow(quiet) << QString::fromLatin1(quiet) << ""_ba;
    QTest::newRow("stall") << u"stall"_s << "Hello "_ba;
    QTest::newRow("half-close") << u"half-close"_s << "Hello World!"_ba;
}

/// SIGTERM ends the server at once with each behaviour, and clients that wait for the greeting get it.
void TestInteropBehaviours::terminates()
{
    QFETCH(const QString, behaviour);
    QFETCH(const QByteArray, heard);
    if (QStandardPaths::findExecutable(u"python3"_s).isEmpty())
        QSKIP("Python is not installed.");
    ServerProcess server(u"127.0.0.1"_s, {u"--behaviour"_s, behaviour});
    Process client(u"python3"_s,
                   {u"-c"_s, u"import socket, sys\nwith socket.create_connection(('127.0.0.1', %1), 20) as own:\n"
                             "    while part := own.recv(99): sys.stdout.write(part.decode())"_s.arg(server.port())});
    VERIFY(!server.nextLine().isNull(), server, client);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server, client);
    VERIFY(client.exitStatus() == 0, server, client);
    QCOMPARE(client.output(), heard);
}

QTEST_GUILESS_MAIN(TestInteropBehaviours)
#include "tst_interop_behaviours.moc"
