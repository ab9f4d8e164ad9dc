// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/portable.h"
#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QFile>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Python = u"python3"_s;
const QString Peer = QStringLiteral(PARLEY_INTEROP "/peer.py");

bool matches(const QByteArray &text, const QString &pattern)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(QString::fromUtf8(text)).hasMatch();
}

/// The text that both programs print for a peer at @p host, which is an address or a path.
QString peerPattern(const QString &host)
{
    if (host.contains(u'/') || host.startsWith(u'@'))
        return unixPeerPattern(::getuid());
    return host.contains(u':') ? uR"(\('::1', \d+, 0, 0\))"_s : uR"(\('127\.0\.0\.1', \d+\))"_s;
}

/// parley-server's or parley-client's arguments for @p type at @p host, a path for AF_UNIX.
QStringList endpoint(const QString &family, const QString &type, const QString &host, const QString &port)
{
    if (family == u"AF_UNIX"_s)
        return {u"--unix"_s, host};
    return type == u"SOCK_DGRAM"_s ? QStringList{u"--udp"_s, host, port} : QStringList{host, port};
}

/// Arguments with PATH, HOST and PORT filled in.
QStringList filledIn(QStringList arguments, const QString &host, const QString &port)
{
    arguments.replaceInStrings(u"PATH"_s, host);
    arguments.replaceInStrings(u"HOST"_s, host);
    arguments.replaceInStrings(u"PORT"_s, port);
    return arguments;
}

/// The port that parley-server announces; none for a path.
QString portIn(const QByteArray &announcement)
{
    static const QRegularExpression pattern(u"', (\\d+)[,)]"_s);
    return pattern.match(QString::fromUtf8(announcement)).captured(1);
}

} // namespace

#define SKIP_WITHOUT(program)                                                                                          \
    if (QStandardPaths::findExecutable(program).isEmpty())                                                             \
    QSKIP(qPrintable(program + u" is not installed."_s))
#define SKIP_WITHOUT_IPV6_FOR(host)                                                                                    \
    if ((host).contains(u':') && !RawSocket::bound("::1").isOpen())                                                    \
    QSKIP("This computer has no IPv6.")

/// Every family and type between Parley's programs and programs that nobody here wrote, each side in both
/// parts.
class TestInteropEndpoints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        QFile::remove(path()); // others than Parley leave it behind
    }

    void pythonClient_data();
    void pythonClient();
    void pythonServer_data();
    void pythonServer();
    void otherClients_data();
    void otherClients();
    void otherServers_data();
    void otherServers();

private:
    QString path() const { return files_.filePath(u"peer.sock"_s); }

    QTemporaryDir files_;
};

void TestInteropEndpoints::pythonClient_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("host");
    const QString stream = u"SOCK_STREAM"_s;
    const QString datagram = u"SOCK_DGRAM"_s;
    QTest::newRow("AF_INET, SOCK_STREAM") << u"AF_INET"_s << stream << u"127.0.0.1"_s;
    QTest::newRow("AF_INET6, SOCK_STREAM") << u"AF_INET6"_s << stream << u"::1"_s;
    QTest::newRow("AF_UNIX, SOCK_STREAM") << u"AF_UNIX"_s << stream << path();
#ifdef Q_OS_LINUX
    QTest::newRow("AF_UNIX, SOCK_STREAM, abstract")
        << u"AF_UNIX"_s << stream << u"@parley-interop-%1"_s.arg(::getpid());
#endif
    QTest::newRow("AF_INET, SOCK_DGRAM") << u"AF_INET"_s << datagram << u"127.0.0.1"_s;
    QTest::newRow("AF_INET6, SOCK_DGRAM") << u"AF_INET6"_s << datagram << u"::1"_s;
}

void TestInteropEndpoints::pythonClient()
{
    QFETCH(const QString, family);
    QFETCH(const QString, type);
    QFETCH(const QString, host);
    SKIP_WITHOUT(Python);
    SKIP_WITHOUT_IPV6_FOR(host);

    Process server(QStringLiteral(PARLEY_SERVER),
                   QStringList{u"--headless"_s, u"--greeting"_s, u"Grüße"_s} + endpoint(family, type, host, u"0"_s));
    const QString port = portIn(server.nextErrorLine());
    for (int run = 1; run <= 7; ++run) {
        Process client(Python, {Peer, u"client"_s, family, type, host, port});
        VERIFY(client.exitStatus() == 0, client, server);
        VERIFY(client.nextLine() == "Grüße", client);
        const QByteArray own = client.nextLine();
        const QByteArray line = server.nextLine();
        const QString what = type == u"SOCK_DGRAM"_s ? u"Datagram from "_s : u"Connection established with "_s;
        VERIFY(matches(line, what + peerPattern(host)), server);
        if (family != u"AF_UNIX"_s)
            QCOMPARE(line, what.toUtf8() + own); // both print an address in the same way
    }
}

void TestInteropEndpoints::pythonServer_data()
{
    pythonClient_data();
}

void TestInteropEndpoints::pythonServer()
{
    QFETCH(const QString, family);
    QFETCH(const QString, type);
    QFETCH(const QString, host);
    SKIP_WITHOUT(Python);
    SKIP_WITHOUT_IPV6_FOR(host);

    Process server(Python, {Peer, u"server"_s, family, type, host, u"0"_s});
    const QString port = QString::fromUtf8(server.nextLine());
    VERIFY(!port.isEmpty(), server);
    for (int run = 1; run <= 7; ++run) {
        Process client(QStringLiteral(PARLEY_CLIENT),
                       QStringList{u"--headless"_s, u"--send"_s, u"Ödön"_s} + endpoint(family, type, host, port));
        VERIFY(client.exitStatus() == 0, client, server);
        QCOMPARE(client.output(), "Grüße an Ödön\n"_ba);
        QCOMPARE(client.errorOutput(), ""_ba);
        VERIFY(matches(server.nextLine(), family == u"AF_UNIX"_s ? u"\\d+"_s : peerPattern(host)), server);
    }
}

void TestInteropEndpoints::otherClients_data()
{
    QTest::addColumn<QString>("tool");
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("input");
    const auto row = [](const char *name, const QString &type, const QString &host, const QStringList &arguments,
                        const QByteArray &input = {}) {
        const QString family = host.contains(u'/') ? u"AF_UNIX"_s : u"AF_INET"_s;
        const QString tool = QString::fromLatin1(name).section(u',', 0, 0);
        QTest::newRow(name) << tool << arguments.first() << family << type << host << arguments.mid(1) << input;
    };
    const QString stream = u"SOCK_STREAM"_s;
    const QString datagram = u"SOCK_DGRAM"_s;
    const QString ipv4 = u"127.0.0.1"_s;
    const QString ipv6 = u"::1"_s;
    const QStringList socat{u"socat"_s, u"-t"_s, QString::number(Patience.count())}; // where one half is closed
    row("socat, Unix", stream, path(), {u"socat"_s, u"-u"_s, u"UNIX-CONNECT:PATH"_s, u"STDOUT"_s});
    row("socat, Unix, speaks first", stream, path(), socat + QStringList{u"-"_s, u"UNIX-CONNECT:PATH"_s}, "Who?");
    row("ncat, Unix", stream, path(), {u"ncat"_s, u"-U"_s, u"--recv-only"_s, u"PATH"_s});
    row("ncat, Unix, speaks first", stream, path(), {u"ncat"_s, u"-U"_s, u"PATH"_s}, "Who?");
    // No datagram says that it was the last.
    row("socat, UDP", datagram, ipv4, {u"socat"_s, u"-t"_s, u"0.5"_s, u"-"_s, u"UDP4:HOST:PORT"_s}, "Who?");
    row("socat, UDP, IPv6", datagram, ipv6, {u"socat"_s, u"-t"_s, u"0.5"_s, u"-"_s, u"UDP6:[HOST]:PORT"_s}, "Who?");
    // ncat leaves as soon as its input ends, whether there is an answer or not.
    const QStringList ncat{u"bash"_s, u"-c"_s,
                           u"coproc ncat -u HOST PORT; printf Who? >&${COPROC[1]}; head -c 7 <&${COPROC[0]}; "
                           "kill $COPROC_PID"_s};
    row("ncat, UDP", datagram, ipv4, ncat);
    row("ncat, UDP, IPv6", datagram, ipv6, ncat);
}

void TestInteropEndpoints::otherClients()
{
    QFETCH(const QString, tool);
    QFETCH(const QString, program);
    QFETCH(const QString, family);
    QFETCH(const QString, type);
    QFETCH(const QString, host);
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, input);
    SKIP_WITHOUT(tool);
    SKIP_WITHOUT_IPV6_FOR(host);

    Process server(QStringLiteral(PARLEY_SERVER),
                   QStringList{u"--headless"_s, u"--greeting"_s, u"Grüße"_s} + endpoint(family, type, host, u"0"_s));
    const QString port = portIn(server.nextErrorLine());
    Process client(program, filledIn(arguments, host, port), input);
    VERIFY(client.exitStatus() == 0, client, server);
    QCOMPARE(client.output(), "Grüße"_ba);
    VERIFY(matches(server.nextLine(), u".* "_s + peerPattern(host)), server);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    QCOMPARE(server.output().count('\n'), 1);
}

void TestInteropEndpoints::otherServers_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, const QString &type, const QString &host, const QStringList &arguments,
                        const QByteArray &message) {
        const QString family = host.contains(u'/') ? u"AF_UNIX"_s : u"AF_INET"_s;
        QTest::newRow(name) << arguments.first() << family << type << host << arguments.mid(1) << message;
    };
    const QString stream = u"SOCK_STREAM"_s;
    const QString datagram = u"SOCK_DGRAM"_s;
    const QString ipv4 = u"127.0.0.1"_s;
    const QString ipv6 = u"::1"_s;
    const QStringList aloud{u"socat"_s, u"-d"_s, u"-d"_s, u"-t"_s, QString::number(Patience.count())};
    row("socat, Unix", stream, path(),
        aloud + QStringList{u"UNIX-LISTEN:PATH"_s, u"SYSTEM:head -c 7 >&2; printf Grüße"_s}, "Grüße");
    row("socat, UDP", datagram, ipv4, aloud + QStringList{u"UDP4-RECVFROM:PORT,bind=HOST"_s, u"EXEC:cat"_s}, "Wer da?");
    row("socat, UDP, IPv6", datagram, ipv6, aloud + QStringList{u"UDP6-RECVFROM:PORT,bind=[HOST]"_s, u"EXEC:cat"_s},
        "Wer da?");
    row("ncat, Unix", stream, path(), {u"ncat"_s, u"-v"_s, u"-l"_s, u"-U"_s, u"PATH"_s, u"-c"_s, u"printf Grüße"_s},
        "Grüße");
    row("ncat, UDP", datagram, ipv4,
        {u"ncat"_s, u"-v"_s, u"-l"_s, u"-u"_s, u"HOST"_s, u"PORT"_s, u"-e"_s, u"/bin/cat"_s}, "Wer da?");
}

void TestInteropEndpoints::otherServers()
{
    QFETCH(const QString, program);
    QFETCH(const QString, family);
    QFETCH(const QString, type);
    QFETCH(const QString, host);
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, message);
    SKIP_WITHOUT(program);
    SKIP_WITHOUT_IPV6_FOR(host);

    // They cannot say which port the system gave them. Whoever asks it for one gets another one than this.
    const RawSocket keepsPort = RawSocket::bound(host.contains(u':') ? "::1" : "127.0.0.1");
    const QString port = QString::number(keepsPort.localPort());
    Process server(program, filledIn(arguments, host, port));
    while (!server.errorOutput().contains("istening on") && !server.errorOutput().contains("eceiving on"))
        VERIFY(!server.nextErrorLine().isNull(), server);
    Process client(QStringLiteral(PARLEY_CLIENT),
                   QStringList{u"--headless"_s, u"--send"_s, u"Wer da?"_s} + endpoint(family, type, host, port));
    VERIFY(client.exitStatus() == 0, client, server);
    QCOMPARE(client.output(), message + '\n');
    QCOMPARE(client.errorOutput(), ""_ba);
}

QTEST_GUILESS_MAIN(TestInteropEndpoints)
#include "tst_interop_endpoints.moc"
