// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QRegularExpression>
#include <QStandardPaths>
#include <QSysInfo>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Python = u"python3"_s;
const QString ClassicServer = QStringLiteral(PARLEY_INTEROP "/classic_server.py");
const QString ClassicClient = QStringLiteral(PARLEY_INTEROP "/classic_client.py");

/// The line that the classic server prints, for a peer of the host's family.
bool isConnectionLine(const QByteArray &line, const QString &host)
{
    static const QRegularExpression ipv4(uR"(^Connection established with \('(\d+\.){3}\d+', \d+\)$)"_s);
    static const QRegularExpression ipv6(uR"(^Connection established with \('::1', \d+, 0, 0\)$)"_s);
    return (host.contains(u':') ? ipv6 : ipv4).match(QString::fromUtf8(line)).hasMatch();
}

/// Arguments with HOST and PORT filled in.
QStringList filledIn(QStringList arguments, const QString &host, quint16 port)
{
    arguments.replaceInStrings(u"HOST"_s, host);
    arguments.replaceInStrings(u"PORT"_s, QString::number(port));
    return arguments;
}

QByteArray longMessage()
{
    return QByteArray("Grüße, мир, 世界, 🌍! ").repeated(3200); // some 100 kB
}

} // namespace

#define SKIP_WITHOUT(program)                                                                                          \
    if (QStandardPaths::findExecutable(program).isEmpty())                                                             \
    QSKIP(qPrintable(program + u" is not installed."_s))

/// Parley's programs and programs that nobody here wrote, each side in both parts.
class TestInterop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void classicClient_data();
    void classicClient();
    void classicServer_data();
    void classicServer();
    void otherClients_data();
    void otherClients();
    void otherServers_data();
    void otherServers();
};

void TestInterop::classicClient_data()
{
    QTest::addColumn<QString>("host");
    QTest::newRow("IPv4") << u"127.0.0.1"_s;
    QTest::newRow("IPv6") << u"::1"_s;
    QTest::newRow("this computer's name") << QSysInfo::machineHostName();
}

void TestInterop::classicClient()
{
    QFETCH(const QString, host);
    SKIP_WITHOUT_IPV6(host.contains(u':'));
    SKIP_WITHOUT(Python);

    ServerProcess server(host);
    for (int run = 1; run <= 7; ++run) {
        Process client(Python, {ClassicClient, QString::number(server.port()), host});
        VERIFY(client.exitStatus() == 0, client, server);
        QCOMPARE(client.output(), "Hello World!\n"_ba);
        VERIFY(isConnectionLine(server.nextLine(), host), server);
    }
    QCOMPARE(server.output().count('\n'), 7);
}

void TestInterop::classicServer_data()
{
    classicClient_data();
}

void TestInterop::classicServer()
{
    QFETCH(const QString, host);
    SKIP_WITHOUT_IPV6(host.contains(u':'));
    SKIP_WITHOUT(Python);

    Process server(Python, {ClassicServer, u"0"_s, host});
    const QString port = QString::fromLatin1(server.nextLine());
    for (int run = 1; run <= 7; ++run) {
        Process client(QStringLiteral(PARLEY_CLIENT), {u"--headless"_s, host, port});
        VERIFY(client.exitStatus() == 0, client, server);
        QCOMPARE(client.output(), "Hello World!\n"_ba);
        QCOMPARE(client.errorOutput(), ""_ba);
        VERIFY(isConnectionLine(server.nextLine(), host), server);
    }
}

void TestInterop::otherClients_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("input");
    const QByteArray request = "Who is there?\r\n"_ba;
    const QString ipv4 = u"127.0.0.1"_s;
    const QString ipv6 = u"::1"_s;

    const QString ncat = u"ncat"_s;
    QTest::newRow("ncat") << ncat << ipv4 << QStringList{u"--recv-only"_s, u"HOST"_s, u"PORT"_s} << ""_ba;
    QTest::newRow("ncat, IPv6") << ncat << ipv6 << QStringList{u"--recv-only"_s, u"HOST"_s, u"PORT"_s} << ""_ba;
    QTest::newRow("ncat closes its half first") << ncat << ipv4 << QStringList{u"HOST"_s, u"PORT"_s} << ""_ba;
    QTest::newRow("ncat speaks first") << ncat << ipv4 << QStringList{u"HOST"_s, u"PORT"_s} << request;

    const QString socat = u"socat"_s;
    const QStringList patiently{u"-t"_s, QString::number(Patience.count())}; // where one half is closed
    QTest::newRow("socat") << socat << ipv4 << QStringList{u"-u"_s, u"TCP:HOST:PORT"_s, u"STDOUT"_s} << ""_ba;
    QTest::newRow("socat, IPv6") << socat << ipv6 << QStringList{u"-u"_s, u"TCP:[HOST]:PORT"_s, u"STDOUT"_s} << ""_ba;
    QTest::newRow("socat closes its half first")
        << socat << ipv4 << patiently + QStringList{u"-"_s, u"TCP:HOST:PORT"_s} << ""_ba;
    QTest::newRow("socat speaks first") << socat << ipv4 << patiently + QStringList{u"-"_s, u"TCP:HOST:PORT"_s}
                                        << request;

    const QString bash = u"bash"_s;
    const QString listens = u"exec 3<>/dev/tcp/HOST/PORT; cat <&3"_s;
    const QString speaks = u"exec 3<>/dev/tcp/HOST/PORT; cat >&3; cat <&3"_s;
    QTest::newRow("bash") << bash << ipv4 << QStringList{u"-c"_s, listens} << ""_ba;
    QTest::newRow("bash, IPv6") << bash << ipv6 << QStringList{u"-c"_s, listens} << ""_ba;
    QTest::newRow("bash speaks first") << bash << ipv4 << QStringList{u"-c"_s, speaks} << request;
}

void TestInterop::otherClients()
{
    QFETCH(const QString, program);
    QFETCH(const QString, host);
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, input);
    SKIP_WITHOUT_IPV6(host.contains(u':'));
    SKIP_WITHOUT(program);

    for (const QByteArray &greeting : {"Hello World!"_ba, longMessage()}) {
        ServerProcess server(host, {u"--greeting"_s, QString::fromUtf8(greeting)});
        Process client(program, filledIn(arguments, host, server.port()), input);
        VERIFY(client.exitStatus() == 0, client, server);
        VERIFY(client.output() == greeting, client);
        VERIFY(isConnectionLine(server.nextLine(), host), server);
    }
}

void TestInterop::otherServers_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("receives");
    const QString ipv4 = u"127.0.0.1"_s;
    const QString ipv6 = u"::1"_s;

    const QString ncat = u"ncat"_s;
    const QStringList listen{u"-v"_s, u"-l"_s, u"HOST"_s, u"PORT"_s};
    QTest::newRow("ncat only sends") << ncat << ipv4 << QStringList{u"--send-only"_s} + listen << false;
    QTest::newRow("ncat only sends, IPv6") << ncat << ipv6 << QStringList{u"--send-only"_s} + listen << false;
    QTest::newRow("ncat") << ncat << ipv4 << listen << true;

    const QString socat = u"socat"_s;
    const QStringList aloud{u"-d"_s, u"-d"_s, u"-t"_s, QString::number(Patience.count())};
    const QString tcp4 = u"TCP4-LISTEN:PORT,bind=HOST,reuseaddr"_s;
    const QString tcp6 = u"TCP6-LISTEN:PORT,bind=[HOST],reuseaddr"_s;
    QTest::newRow("socat only sends") << socat << ipv4 << aloud + QStringList{u"-u"_s, u"STDIN"_s, tcp4} << false;
    QTest::newRow("socat only sends, IPv6") << socat << ipv6 << aloud + QStringList{u"-u"_s, u"STDIN"_s, tcp6} << false;
    QTest::newRow("socat") << socat << ipv4 << aloud + QStringList{u"-"_s, tcp4} << true;
}

void TestInterop::otherServers()
{
    QFETCH(const QString, program);
    QFETCH(const QString, host);
    QFETCH(const QStringList, arguments);
    QFETCH(const bool, receives);
    SKIP_WITHOUT_IPV6(host.contains(u':'));
    SKIP_WITHOUT(program);

    for (const QByteArray &message : {"Hello World!"_ba, longMessage()}) {
        const RawSocket keepsPort = RawSocket::bound(host.contains(u':') ? "::1" : "127.0.0.1");
        const quint16 port = keepsPort.localPort();
        Process server(program, filledIn(arguments, host, port), message);
        while (!server.errorOutput().contains("istening on"))
            VERIFY(!server.nextErrorLine().isNull(), server);
        QStringList options{u"--headless"_s};
        if (receives)
            options << u"--send"_s << u"Who is there?"_s;
        Process client(QStringLiteral(PARLEY_CLIENT), options + QStringList{host, QString::number(port)});
        VERIFY(client.exitStatus() == 0, client, server);
        VERIFY(client.output() == message + '\n', client);
        VERIFY(server.exitStatus() == 0, server);
        QCOMPARE(server.output(), receives ? "Who is there?"_ba : ""_ba);
    }
}

QTEST_GUILESS_MAIN(TestInterop)
#include "tst_interop.moc"
