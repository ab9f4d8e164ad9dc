// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSysInfo>
#include <QTest>

#include <netdb.h>
#include <netinet/in.h>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Server = QStringLiteral(PARLEY_SERVER);
const QString Client = QStringLiteral(PARLEY_CLIENT);

} // namespace

/// Hosts and ports on the command lines of both programs, in every form.
class TestProgramEndpoints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void hosts_data();
    void hosts();
    void services();
    void usageErrors_data();
    void usageErrors();
};

void TestProgramEndpoints::hosts_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("listensOn"); // a pattern; empty where that is refused
    QTest::addColumn<bool>("connects");     // to a server on every interface
    const QString ipv4 = uR"(^Listening on \('127\.0\.0\.1', \d+\)$)"_s;
    const QString ipv6 = uR"(^Listening on \('::1', \d+, 0, 0\)$)"_s;
    const QString refused;

    QTest::newRow("name") << u"localhost"_s << ipv4 << true;
    QTest::newRow("name in capitals") << u"LOCALHOST"_s << ipv4 << true;
    QTest::newRow("this computer's name")
        << QSysInfo::machineHostName() << uR"(^Listening on \('[0-9.]+', \d+\)$)"_s << true;
    QTest::newRow("dotted quad") << u"127.0.0.1"_s << ipv4 << true;
    QTest::newRow("dotted quad with blanks around it") << u" 127.0.0.1 "_s << ipv4 << true;
    QTest::newRow("leading zero") << u"010.1.2.3"_s << refused << false;
    QTest::newRow("two parts") << u"127.1"_s << refused << false;
    QTest::newRow("five parts") << u"127.0.0.0.1"_s << refused << false;
    QTest::newRow("hexadecimal part") << u"0x7f.0.0.1"_s << refused << false;
    QTest::newRow("hexadecimal number") << u"0x7f000001"_s << refused << false;
    QTest::newRow("part above 255") << u"127.0.0.256"_s << refused << false;

    QTest::newRow("IPv6") << u"::1"_s << ipv6 << true;
    QTest::newRow("IPv6 in brackets") << u"[::1]"_s << ipv6 << true;
    QTest::newRow("IPv6 in full") << u"0:0:0:0:0:0:0:1"_s << ipv6 << true;
    QTest::newRow("IPv6 with an IPv4 address in it") << u"::ffff:127.0.0.1"_s << ipv4 << true;
    QTest::newRow("IPv6 with a scope") << u"::1%lo"_s << uR"(^Listening on \('::1', \d+, 0, \d+\)$)"_s << true;
    QTest::newRow("scope that is not there") << u"fe80::1%no-such-if"_s << refused << false;
    QTest::newRow("half a bracket") << u"[::1"_s << refused << false;
    QTest::newRow("two double colons") << u"1::2::3"_s << refused << false;
    QTest::newRow("with a port") << u"127.0.0.1:3000"_s << refused << false;

    QTest::newRow("empty") << u""_s << uR"(^Listening on \('0\.0\.0\.0', \d+\)$)"_s << false;
    QTest::newRow("*") << u"*"_s << uR"(^Listening on \('::', \d+, 0, 0\)$)"_s << false;
    QTest::newRow("::") << u"::"_s << uR"(^Listening on \('::', \d+, 0, 0\)$)"_s << false;
    QTest::newRow("0.0.0.0") << u"0.0.0.0"_s << uR"(^Listening on \('0\.0\.0\.0', \d+\)$)"_s << false;
    QTest::newRow("integer") << u"2130706433"_s << ipv4 << true;
    QTest::newRow("integer 0") << u"0"_s << uR"(^Listening on \('0\.0\.0\.0', \d+\)$)"_s << false;
    QTest::newRow("integer beyond 32 bits") << u"4294967296"_s << refused << false;

    QTest::newRow("AF_X25") << u"AF_X25"_s << refused << false;
    QTest::newRow("AF_INET") << u"AF_INET"_s << refused << false;
    QTest::newRow("name with a blank") << u"no host"_s << refused << false;
    QTest::newRow("name with a hyphen at the end") << u"host-"_s << refused << false;
    QTest::newRow("label of 64 letters") << QString(64, u'a') << refused << false;
}

void TestProgramEndpoints::hosts()
{
    QFETCH(const QString, host);
    QFETCH(const QString, listensOn);
    QFETCH(const bool, connects);
    if (listensOn.contains(u':') && listensOn.contains(u"::"_s) && !RawSocket::bound("::1").isOpen())
        QSKIP("This computer has no IPv6.");

    const auto verifyUsageError = [&](Process &process) {
        VERIFY(process.exitStatus() == 2, process);
        QCOMPARE(process.output(), ""_ba);
        VERIFY(isOneLine(process.errorOutput()), process);
        VERIFY(process.errorOutput().contains(host.isEmpty() ? "empty"_ba : host.toUtf8()), process);
    };
    for (const QStringList &kind : {QStringList(), QStringList{u"--udp"_s}}) {
        Process server(Server, QStringList{u"--headless"_s} + kind + QStringList{host, u"0"_s});
        if (listensOn.isEmpty())
            verifyUsageError(server);
        else
            VERIFY(matches(server.nextErrorLine(), listensOn), server);

        ServerProcess everywhere(u"*"_s, kind);
        Process client(Client,
                       QStringList{u"--headless"_s} + kind + QStringList{host, QString::number(everywhere.port())});
        if (!connects) {
            verifyUsageError(client);
            continue;
        }
        VERIFY(client.exitStatus() == 0, client, everywhere);
        QCOMPARE(client.output(), "Hello World!\n"_ba);
    }
}

/// A service's name stands for the port that it has with the chosen type.
void TestProgramEndpoints::services()
{
    const servent *http = ::getservbyname("http", "tcp");
    const int httpPort = http ? ntohs(static_cast<quint16>(http->s_port)) : 0;
    const servent *tftp = ::getservbyname("tftp", "udp");
    const int tftpPort = tftp ? ntohs(static_cast<quint16>(tftp->s_port)) : 0;
    if (httpPort == 0 || tftpPort == 0 || ::getservbyname("tftp", "tcp"))
        QSKIP("The services database has no http for TCP, or no tftp for UDP alone.");

    const QStringList start{u"--headless"_s, u"--json"_s, u"--timeout"_s, u"0.3"_s};
    Process tcp(Client, start + QStringList{u"127.0.0.1"_s, u"http"_s});
    VERIFY(tcp.exitStatus() >= 0, tcp); // whoever is there
    QCOMPARE(firstEvent(tcp.output(), u"connect"_s).value(u"peer"_s).toArray(), (QJsonArray{u"127.0.0.1"_s, httpPort}));
    Process udp(Client, start + QStringList{u"--udp"_s, u"127.0.0.1"_s, u"tftp"_s});
    VERIFY(udp.exitStatus() >= 0, udp);
    QCOMPARE(firstEvent(udp.output(), u"connect"_s).value(u"peer"_s).toArray(), (QJsonArray{u"127.0.0.1"_s, tftpPort}));

    Process wrongType(Client, {u"--headless"_s, u"127.0.0.1"_s, u"tftp"_s});
    VERIFY(wrongType.exitStatus() == 2, wrongType);
    VERIFY(isOneLine(wrongType.errorOutput()) && matches(wrongType.errorOutput(), u"“tftp” is not a port.*TCP"_s),
           wrongType);
}

void TestProgramEndpoints::usageErrors_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("culprit");
    for (const QString &program : {Server, Client}) {
        const QByteArray name = program.sliced(program.lastIndexOf(u'-') + 1).toUtf8();
        const auto row = [&](const char *what, const QStringList &arguments, const QByteArray &culprit) {
            QTest::addRow("%s: %s", name.constData(), what) << program << arguments << culprit;
        };
        row("two kinds", {u"--udp"_s, u"--unix"_s, u"/tmp/a"_s}, "--udp and --unix");
        row("a path and a host", {u"--unix"_s, u"/tmp/a"_s, u"localhost"_s}, "localhost");
        row("no path", {u"--unix"_s}, "unix");
        row("an empty path", {u"--unix"_s, u""_s}, "path");
        row("an empty abstract name", {u"--unix"_s, u"@"_s}, "path");
        row("a folder", {u"--unix"_s, u"/tmp/"_s}, "/tmp/");
        row("a path of 108 bytes", {u"--unix"_s, u'/' + QString(107, u'a')}, "108");
        row("<broadcast> with TCP", {u"<broadcast>"_s}, "<broadcast>");
        row("255.255.255.255 with TCP", {u"255.255.255.255"_s}, "255.255.255.255");
        row("unknown service of UDP", {u"--udp"_s, u"127.0.0.1"_s, u"no-such-service"_s}, "no-such-service");
    }
}

void TestProgramEndpoints::usageErrors()
{
    QFETCH(const QString, program);
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, culprit);

    Process process(program, QStringList{u"--headless"_s} + arguments);
    VERIFY(process.exitStatus() == 2, process);
    QCOMPARE(process.output(), ""_ba);
    VERIFY(isOneLine(process.errorOutput()) && process.errorOutput().contains(culprit), process);
}

QTEST_GUILESS_MAIN(TestProgramEndpoints)
#include "tst_program_endpoints.moc"
