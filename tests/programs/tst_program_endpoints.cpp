// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/network.h"
#include "tests/support/portable.h"
#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSysInfo>
#include <QTest>

#include <algorithm>
#include <csignal>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Server = QStringLiteral(PARLEY_SERVER);
const QString Client = QStringLiteral(PARLEY_CLIENT);

bool isOneLine(const QByteArray &text)
{
    return text.size() > 1 && text.indexOf('\n') == text.size() - 1;
}

bool matches(const QByteArray &text, const QString &pattern)
{
    return QRegularExpression(pattern).match(QString::fromUtf8(text)).hasMatch();
}

/// The port in `Listening on ('…', PORT)`; empty where there is none.
QString portIn(const QByteArray &announcement)
{
    static const QRegularExpression pattern(uR"(^Listening on \('[^']*', (\d+)(?:, \d+, \d+)?\)$)"_s);
    return pattern.match(QString::fromUtf8(announcement)).captured(1);
}

/// The first event of @p call in JSON Lines; an empty object if there is none.
QJsonObject firstEvent(const QByteArray &lines, const QString &call)
{
    for (const QByteArray &line : lines.split('\n')) {
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        if (object.value(u"call"_s) == call)
            return object;
    }
    return {};
}

/// What the server at @p path, or at an abstract `@name`, sends until the end.
QByteArray receiveFromUnix(const QString &path)
{
    return RawSocket::connectedTo(path.toUtf8()).receive(1000);
}

/// A link into nowhere, with 192.0.2.1 and fd00::1 at this end: whatever goes to another address of its
/// networks is lost without a word.
constexpr char IntoNowhere[] = R"(
ip link set lo up
ip link add here type veth peer name nowhere
ip link set here arp off
ip link set nowhere up
ip link set here up
ip address add 192.0.2.1/24 dev here
ip -6 address add fd00::1/64 dev here nodad || true
)";

/// Puts a file of its own in the place of @p file, with what comes from stdin.
QByteArray replaced(const QByteArray &file, const QByteArray &text)
{
    return "f=$(mktemp); echo '" + text + "' >$f; mount --bind $f " + file + "; rm $f\n";
}

} // namespace

/// Every form of an endpoint on the command lines of both programs.
class TestProgramEndpoints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void datagrams_data();
    void datagrams();
    void sendersAreListedOnce();
    void datagramsInJson();
    void noAnswerIsNoRefusal();
    void datagramLongerThanTheLimit();
    void longestDatagram();
    void ipv6SwitchedOff_data();
    void ipv6SwitchedOff();

    void unixSocket_data();
    void unixSocket();
    void unixSocketInJson();
    void unixFileHasAMode_data();
    void unixFileHasAMode();
    void unixFileIsRemovedAtTheEnd_data();
    void unixFileIsRemovedAtTheEnd();
    void unixFileOfADeadServer();
    void unixFileInUse();
    void unixFileOfAnotherKind_data();
    void unixFileOfAnotherKind();
    void unixFileThatCannotBe();

    void hosts_data();
    void hosts();
    void services();
    void usageErrors_data();
    void usageErrors();

    void lookUpThatNobodyAnswers_data();
    void lookUpThatNobodyAnswers();
    void deadFamilyCostsAQuarterOfASecond();
    void allAnswersArePrinted();
    void connectionToItself();
    void broadcast();

private:
    QString path(const QString &name) const { return files_.filePath(name); }

    QTemporaryDir files_;
};

void TestProgramEndpoints::datagrams_data()
{
    QTest::addColumn<QString>("listening");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("announcement");
    QTest::addColumn<QString>("sender");
    const QString ipv4 = u"('127.0.0.1', %1)"_s;
    const QString ipv6 = u"('::1', %1, 0, 0)"_s;
    QTest::newRow("IPv4") << u"127.0.0.1"_s << u"127.0.0.1"_s << ipv4 << ipv4;
    QTest::newRow("IPv6") << u"::1"_s << u"::1"_s << ipv6 << ipv6;
    QTest::newRow("dual stack, IPv4 peer") << u"*"_s << u"127.0.0.1"_s << u"('::', %1, 0, 0)"_s << ipv4;
    QTest::newRow("dual stack, IPv6 peer") << u"*"_s << u"::1"_s << u"('::', %1, 0, 0)"_s << ipv6;
    // The answer has to come from the address that was asked, which is not the one that routing prefers.
    // POSIX does not tell which one that was (IP_PKTINFO, ip(7)).
    if (!IsPortable)
        QTest::newRow("another address of this computer")
            << u"*"_s << u"127.0.0.2"_s << u"('::', %1, 0, 0)"_s << u"('127.0.0.1', %1)"_s;
    QTest::newRow("a name") << u"localhost"_s << u"localhost"_s << ipv4 << ipv4;
}

void TestProgramEndpoints::datagrams()
{
    QFETCH(const QString, listening);
    QFETCH(const QString, host);
    QFETCH(const QString, announcement);
    QFETCH(const QString, sender);
    if ((sender.contains(u':') || announcement.contains(u':')) && !RawSocket::bound("::1").isOpen())
        QSKIP("This computer has no IPv6.");

    ServerProcess server(listening, {u"--udp"_s});
    const QString port = QString::number(server.port());
    VERIFY(QString::fromUtf8(server.announcement()) == u"Listening on "_s + announcement.arg(port), server);
    for (int run = 1; run <= 3; ++run) {
        Process client(Client, {u"--headless"_s, u"--udp"_s, host, port});
        VERIFY(client.exitStatus() == 0, client, server);
        QCOMPARE(client.output(), "Hello World!\n"_ba);
        QCOMPARE(client.errorOutput(), ""_ba);
        const QString line = QRegularExpression::escape(u"Datagram from "_s + sender.arg(u"#"_s));
        VERIFY(matches(server.nextLine(), u'^' + QString(line).replace(u"\\#"_s, u"\\d+"_s) + u'$'), server);
    }
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    QCOMPARE(server.output().count('\n'), 3);
    VERIFY(isOneLine(server.errorOutput()), server);
}

void TestProgramEndpoints::sendersAreListedOnce()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s});
    RawDatagrams first = RawDatagrams::connectedTo("127.0.0.1", server.port());
    RawDatagrams second = RawDatagrams::connectedTo("127.0.0.1", server.port());
    for (RawDatagrams *sender : {&first, &second}) {
        for (int i = 0; i < 3; ++i) {
            QVERIFY(sender->send(QByteArray(i, '?'))); // an empty one too
            VERIFY(sender->receive() == "Hello World!"_ba, server);
        }
    }
    QVERIFY(first.send("again"));
    VERIFY(first.receive() == "Hello World!"_ba, server);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    const QByteArray line = "Datagram from ('127.0.0.1', ";
    QCOMPARE(server.output(), line + QByteArray::number(first.localPort()) + ")\n" + line
                                  + QByteArray::number(second.localPort()) + ")\n");
}

void TestProgramEndpoints::datagramsInJson()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s, u"--json"_s});
    Process client(Client, {u"--headless"_s, u"--json"_s, u"--udp"_s, u"--send"_s, u"Grüße"_s, u"127.0.0.1"_s,
                            QString::number(server.port())});
    VERIFY(client.exitStatus() == 0, client, server);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);

    const QJsonValue local = firstEvent(client.output(), u"getsockname"_s).value(u"local"_s);
    const QJsonArray listening{u"127.0.0.1"_s, server.port()};
    const auto text = [](const QJsonObject &event) {
        return QByteArray::fromBase64(event.value(u"data"_s).toString().toLatin1());
    };
    const QJsonObject asked = firstEvent(server.output(), u"recvfrom"_s);
    QCOMPARE(asked.value(u"peer"_s), local);
    QCOMPARE(asked.value(u"connection"_s).toInt(), 1);
    QCOMPARE(text(asked), "Grüße"_ba);
    const QJsonObject answer = firstEvent(server.output(), u"sendto"_s);
    QCOMPARE(answer.value(u"peer"_s), local);
    QCOMPARE(answer.value(u"result"_s).toInt(), 12);
    QCOMPARE(text(answer), "Hello World!"_ba);
    QCOMPARE(firstEvent(server.output(), u"getsockname"_s).value(u"local"_s).toArray(), listening);

    QCOMPARE(text(firstEvent(client.output(), u"send"_s)), "Grüße"_ba);
    const QJsonObject received = firstEvent(client.output(), u"recv"_s);
    QCOMPARE(received.value(u"peer"_s).toArray(), listening);
    QCOMPARE(text(received), "Hello World!"_ba);
    QCOMPARE(firstEvent(client.output(), u"end"_s).value(u"outcome"_s).toString(), u"complete"_s);
}

void TestProgramEndpoints::noAnswerIsNoRefusal()
{
    RawDatagrams silent = RawDatagrams::bound();
    const RawDatagrams closed = RawDatagrams::refusing();
    const auto run = [](quint16 port) {
        return Process(Client,
                       {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"0.3"_s, u"127.0.0.1"_s, QString::number(port)});
    };
    Process unanswered = run(silent.localPort());
    VERIFY(unanswered.exitStatus() == 1, unanswered);
    VERIFY(silent.receive() == ""_ba, unanswered); // the datagram came: it is empty
    Process refused = run(closed.localPort());
    VERIFY(refused.exitStatus() == 1, refused);
    for (const Process *client : {&unanswered, &refused}) {
        QCOMPARE(client->output(), ""_ba);
        VERIFY(isOneLine(client->errorOutput()), *client);
    }
    const QString endpoint = u"127\\.0\\.0\\.1:%1"_s;
    VERIFY(matches(unanswered.errorOutput(),
                   u"No answer came from "_s + endpoint.arg(silent.localPort()) + u" within 300 ms"_s),
           unanswered);
    VERIFY(matches(refused.errorOutput(), endpoint.arg(closed.localPort()) + u" refused the datagram"_s), refused);
}

void TestProgramEndpoints::datagramLongerThanTheLimit()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s});
    const QString port = QString::number(server.port());
    Process whole(Client, {u"--headless"_s, u"--udp"_s, u"--max-bytes"_s, u"12"_s, u"127.0.0.1"_s, port});
    VERIFY(whole.exitStatus() == 0, whole);
    QCOMPARE(whole.output(), "Hello World!\n"_ba);
    Process cut(Client, {u"--headless"_s, u"--udp"_s, u"--max-bytes"_s, u"5"_s, u"127.0.0.1"_s, port});
    VERIFY(cut.exitStatus() == 1, cut);
    QCOMPARE(cut.output(), "Hello\n"_ba);
    VERIFY(isOneLine(cut.errorOutput()) && matches(cut.errorOutput(), u"was cut.*\\b5 bytes"_s), cut);
}

void TestProgramEndpoints::longestDatagram()
{
    const QByteArray longest(65507, 'x'); // 65535 less the headers of IP and UDP
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s, u"--greeting"_s, QString::fromLatin1(longest)});
    Process client(Client, {u"--headless"_s, u"--udp"_s, u"127.0.0.1"_s, QString::number(server.port())});
    VERIFY(client.exitStatus() == 0, client, server);
    VERIFY(client.output() == longest + '\n', client);

    ServerProcess longer(u"127.0.0.1"_s, {u"--udp"_s, u"--greeting"_s, QString::fromLatin1(longest + 'x')});
    VERIFY(longer.exitStatus() == 1, longer);
    VERIFY(isOneLine(longer.errorOutput()) && matches(longer.errorOutput(), u"does not fit into a datagram"_s), longer);
}

void TestProgramEndpoints::ipv6SwitchedOff_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("host");
    QTest::newRow("TCP, loopback") << QStringList() << u"::1"_s;
    QTest::newRow("TCP") << QStringList() << u"2001:db8::7"_s;
    QTest::newRow("UDP, loopback") << QStringList{u"--udp"_s} << u"::1"_s;
    QTest::newRow("UDP") << QStringList{u"--udp"_s} << u"2001:db8::7"_s;
}

/// Cause and remedy, whichever errno the system has for it.
void TestProgramEndpoints::ipv6SwitchedOff()
{
    QFETCH(const QStringList, options);
    QFETCH(const QString, host);
    const Network network("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up");
    SKIP_WITHOUT(network);
    Process client = network.run(Client, QStringList{u"--headless"_s} + options + QStringList{host, u"3000"_s});
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(isOneLine(client.errorOutput()), client);
    VERIFY(matches(client.errorOutput(),
                   u"(no IPv6 address to do that from\\. Switch IPv6 on|no route leads from here to that "
                   "address\\. Check)"_s),
           client);
}

void TestProgramEndpoints::unixSocket_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("file") << path(u"plain.sock"_s);
    QTest::newRow("file with a blank and an umlaut") << path(u"für alle"_s);
    QTest::newRow("file with the longest path")
        << path(QString(106 - files_.path().size(), u'p')); // sun_path has 108 bytes
#ifdef Q_OS_LINUX
    QTest::newRow("abstract name") << u"@parley-test-%1"_s.arg(::getpid());
#endif
}

void TestProgramEndpoints::unixSocket()
{
    QFETCH(const QString, path);

    Process server(Server, {u"--headless"_s, u"--unix"_s, path});
    const QByteArray listening = server.nextErrorLine();
    VERIFY(listening == "Listening on '" + path.toUtf8() + '\'', server);
    for (int run = 1; run <= 3; ++run) {
        Process client(Client, {u"--headless"_s, u"--unix"_s, path});
        VERIFY(client.exitStatus() == 0, client, server);
        QCOMPARE(client.output(), "Hello World!\n"_ba);
        QCOMPARE(client.errorOutput(), ""_ba);
        VERIFY(matches(server.nextLine(), u"^Connection established with "_s + unixPeerPattern(::getuid()) + u'$'),
               server);
    }
    QCOMPARE(receiveFromUnix(path), "Hello World!"_ba);
    const QString self = IsPortable ? u"Connection established with ('', 0)"_s
                                    : u"Connection established with (pid %1, uid %2)"_s.arg(::getpid()).arg(::getuid());
    VERIFY(QString::fromUtf8(server.nextLine()) == self, server);
    server.sendSignal(SIGINT);
    VERIFY(server.exitStatus() == 0, server);
    VERIFY(isOneLine(server.errorOutput()), server);
}

void TestProgramEndpoints::unixSocketInJson()
{
    const QString path = this->path(u"json.sock"_s);
    Process server(Server, {u"--headless"_s, u"--json"_s, u"--unix"_s, path});
    VERIFY(!server.nextErrorLine().isEmpty(), server);
    Process client(Client, {u"--headless"_s, u"--json"_s, u"--unix"_s, path});
    VERIFY(client.exitStatus() == 0, client, server);
    QCOMPARE(receiveFromUnix(path), "Hello World!"_ba);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);

    for (const QString &call : {u"bind"_s, u"listen"_s})
        QCOMPARE(firstEvent(server.output(), call).value(u"path"_s).toString(), path);
    VERIFY(matches(firstEvent(server.output(), u"accept"_s).value(u"peer"_s).toArray().at(0).toString().toUtf8(),
                   IsPortable ? u"^$"_s : u"^pid \\d+, uid \\d+$"_s),
           server);
    QCOMPARE(firstEvent(client.output(), u"connect"_s).value(u"path"_s).toString(), path);
    QVERIFY(!firstEvent(client.output(), u"connect"_s).contains(u"peer"_s));
    QCOMPARE(firstEvent(client.output(), u"end"_s).value(u"outcome"_s).toString(), u"complete"_s);
}

void TestProgramEndpoints::unixFileHasAMode_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("umask");
    QTest::addColumn<int>("mode");
    QTest::newRow("this user only") << QStringList() << u"000"_s << 0600;
    QTest::newRow("the group too") << QStringList{u"--unix-mode"_s, u"660"_s} << u"000"_s << 0660;
    QTest::newRow("whatever the umask") << QStringList{u"--unix-mode"_s, u"660"_s} << u"022"_s << 0660;
    QTest::newRow("everyone") << QStringList{u"--unix-mode"_s, u"0666"_s} << u"000"_s << 0666;
    QTest::newRow("nobody") << QStringList{u"--unix-mode"_s, u"000"_s} << u"022"_s << 0;
}

void TestProgramEndpoints::unixFileHasAMode()
{
    QFETCH(const QStringList, options);
    QFETCH(const QString, umask);
    QFETCH(const int, mode);

    const QString path = this->path(u"mode.sock"_s);
    Process server(u"sh"_s, QStringList{u"-c"_s, u"umask $0; exec \"$@\""_s, umask, Server, u"--headless"_s} + options
                                + QStringList{u"--unix"_s, path});
    VERIFY(server.nextErrorLine().startsWith("Listening"), server);
    struct stat file = {};
    QVERIFY(::stat(path.toUtf8().constData(), &file) == 0 && S_ISSOCK(file.st_mode));
    QCOMPARE(QString::number(file.st_mode & 07777, 8), QString::number(mode, 8));
}

void TestProgramEndpoints::unixFileIsRemovedAtTheEnd_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP;
}

void TestProgramEndpoints::unixFileIsRemovedAtTheEnd()
{
    QFETCH(const int, signal);
    const QString path = this->path(u"end.sock"_s);
    Process server(Server, {u"--headless"_s, u"--unix"_s, path});
    VERIFY(server.nextErrorLine().startsWith("Listening"), server);
    QVERIFY(QFileInfo::exists(path));
    server.sendSignal(signal);
    VERIFY(server.exitStatus() == 0, server);
    QVERIFY(!QFileInfo::exists(path));

    Process client(Client, {u"--headless"_s, u"--unix"_s, path});
    VERIFY(client.exitStatus() == 1, client);
    QCOMPARE(client.output(), ""_ba);
    VERIFY(isOneLine(client.errorOutput()), client);
    VERIFY(matches(client.errorOutput(), u"There is no socket .*end\\.sock"_s), client);
    VERIFY(!client.errorOutput().contains("port"), client); // a path has none
}

void TestProgramEndpoints::unixFileOfADeadServer()
{
    const QString path = this->path(u"stale.sock"_s);
    Process dead(Server, {u"--headless"_s, u"--unix"_s, path});
    VERIFY(dead.nextErrorLine().startsWith("Listening"), dead);
    dead.sendSignal(SIGKILL);
    VERIFY(dead.exitStatus() == -1, dead);
    QVERIFY(QFileInfo::exists(path));
    Process early(Client, {u"--headless"_s, u"--unix"_s, path});
    VERIFY(early.exitStatus() == 1, early);
    VERIFY(isOneLine(early.errorOutput()) && matches(early.errorOutput(), u"stale\\.sock refused"_s), early);

    Process server(Server, {u"--headless"_s, u"--unix"_s, path});
    VERIFY(server.nextErrorLine().startsWith("Listening"), server);
    QCOMPARE(receiveFromUnix(path), "Hello World!"_ba);
}

void TestProgramEndpoints::unixFileInUse()
{
    const QString path = this->path(u"used.sock"_s);
    Process server(Server, {u"--headless"_s, u"--unix"_s, path});
    VERIFY(server.nextErrorLine().startsWith("Listening"), server);
    Process second(Server, {u"--headless"_s, u"--unix"_s, path});
    VERIFY(second.exitStatus() == 1, second);
    QCOMPARE(second.output(), ""_ba);
    VERIFY(isOneLine(second.errorOutput()) && second.errorOutput().contains(path.toUtf8()), second);
    VERIFY(second.errorOutput().contains("another program serves"), second);
    QCOMPARE(receiveFromUnix(path), "Hello World!"_ba); // the first one does so still
}

void TestProgramEndpoints::unixFileOfAnotherKind_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("says");
    QTest::newRow("server, file") << Server << u"notes.txt"_s << u": it is a regular file, not a socket."_s;
    QTest::newRow("server, folder") << Server << u"notes"_s << u": it is a folder, not a socket."_s;
    QTest::newRow("client, file") << Client << u"notes.txt"_s << u" is a regular file, not a socket."_s;
    QTest::newRow("client, folder") << Client << u"notes"_s << u" is a folder, not a socket."_s;
}

void TestProgramEndpoints::unixFileOfAnotherKind()
{
    QFETCH(const QString, program);
    QFETCH(const QString, name);
    QFETCH(const QString, says);
    QFile notes(path(u"notes.txt"_s));
    QVERIFY(notes.open(QIODevice::ReadWrite | QIODevice::Truncate) && notes.write("precious") == 8 && notes.flush());
    QVERIFY(QDir().mkpath(path(u"notes"_s)));
    Process process(program, {u"--headless"_s, u"--unix"_s, path(name)});
    VERIFY(process.exitStatus() == 1, process);
    VERIFY(isOneLine(process.errorOutput()) && process.errorOutput().contains((path(name) + says).toUtf8()), process);
    QVERIFY(notes.seek(0));
    QCOMPARE(notes.readAll(), "precious"_ba);
}

void TestProgramEndpoints::unixFileThatCannotBe()
{
    const QString path = this->path(u"no/such/folder"_s);
    for (const QString &program : {Server, Client}) {
        Process process(program, {u"--headless"_s, u"--unix"_s, path});
        VERIFY(process.exitStatus() == 1, process);
        QCOMPARE(process.output(), ""_ba);
        VERIFY(isOneLine(process.errorOutput()) && process.errorOutput().contains(path.toUtf8()), process);
    }
}

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

void TestProgramEndpoints::lookUpThatNobodyAnswers_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("signal");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("client, SIGINT") << Client << QStringList() << SIGINT << 1 << u"nobody\\.example.* cancelled"_s;
    QTest::newRow("client, time-out") << Client << QStringList{u"--timeout"_s, u"0.3"_s} << 0 << 1
                                      << u"nobody\\.example.* no answer within 300 ms"_s;
    QTest::newRow("client, UDP, time-out") << Client << QStringList{u"--udp"_s, u"--timeout"_s, u"0.3"_s} << 0 << 1
                                           << u"nobody\\.example.* no answer within 300 ms"_s;
    QTest::newRow("server, SIGTERM") << Server << QStringList() << SIGTERM << 0 << QString();
}

void TestProgramEndpoints::lookUpThatNobodyAnswers()
{
    QFETCH(const QString, program);
    QFETCH(const QStringList, options);
    QFETCH(const int, signal);
    QFETCH(const int, status);
    QFETCH(const QString, sentence);

    const Network network(IntoNowhere + replaced("/etc/resolv.conf", "nameserver 192.0.2.53\noptions timeout:30")
                          + replaced("/etc/nsswitch.conf", "hosts: dns"));
    SKIP_WITHOUT(network);
    Process process = network.run(program, QStringList{u"--headless"_s, u"--json"_s} + options
                                               + QStringList{u"nobody.example"_s, u"3000"_s});
    VERIFY(process.nextLine().contains("\"start\""), process);
    QElapsedTimer clock;
    clock.start();
    process.sendSignal(signal); // 0 sends none
    VERIFY(process.exitStatus() == status, process);
    QVERIFY2(clock.elapsed() < 10'000,
             qPrintable(QString::number(clock.elapsed()))); // the resolver takes 60 s
    if (sentence.isEmpty())
        QCOMPARE(process.errorOutput(), ""_ba);
    else
        VERIFY(isOneLine(process.errorOutput()) && matches(process.errorOutput(), sentence), process);
}

/// RFC 8305: the next address is tried while the first one is silent.
void TestProgramEndpoints::deadFamilyCostsAQuarterOfASecond()
{
    const Network network(IntoNowhere + replaced("/etc/hosts", "fd00::77 two\n192.0.2.1 two")
                          + replaced("/etc/nsswitch.conf", "hosts: files")
                          + "test -n \"$(ip -6 address show dev here)\" || { echo no IPv6 >&2; exit 1; }");
    SKIP_WITHOUT(network);
    Process server = network.run(Server, {u"--headless"_s, u"192.0.2.1"_s, u"0"_s});
    const QString port = portIn(server.nextErrorLine());
    VERIFY(!port.isEmpty(), server);
    Process client = network.run(Client, {u"--headless"_s, u"--json"_s, u"two"_s, port});
    VERIFY(client.exitStatus() == 0, client);

    QStringList connects; // to whom, as they come; and once connected
    QList<qint64> times;
    for (const QByteArray &line : client.output().split('\n')) {
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        if (object.value(u"call"_s) != u"connect"_s)
            continue;
        connects << object.value(u"peer"_s).toArray().at(0).toString() + u' ' + object.value(u"error"_s).toString();
        times << object.value(u"ns"_s).toInteger() / 1'000'000;
    }
    VERIFY(connects.value(0) == u"fd00::77 EINPROGRESS"_s, client);
    VERIFY(connects.value(1).startsWith(u"192.0.2.1 "_s) && connects.last() == u"192.0.2.1 "_s, client);
    const qint64 delay = times.at(1) - times.at(0);
    QVERIFY2(delay >= 200 && delay < 3000, qPrintable(QString::number(delay) + u" ms"_s));
}

/// Each from a line of its own.
void TestProgramEndpoints::allAnswersArePrinted()
{
    auto server = RawDatagrams::bound();
    Process client(Client, {u"--headless"_s, u"--udp"_s, u"127.0.0.1"_s, QString::number(server.localPort())});
    VERIFY(server.receive().has_value(), client);
    for (const QByteArray &answer : {"one"_ba, "two"_ba, "three"_ba})
        VERIFY(server.answer(answer), client);
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(client.output(), "one\ntwo\nthree\n"_ba);
}

/// With two ephemeral ports, the system soon chooses the one that the client connects to. Nobody listens.
void TestProgramEndpoints::connectionToItself()
{
    const Network network("ip link set lo up; echo 40000 40001 > /proc/sys/net/ipv4/ip_local_port_range");
    SKIP_WITHOUT(network);
    QJsonObject end;
    QByteArray printed;
    for (int attempt = 0; attempt < 100 && end.value(u"outcome"_s).toString() != u"to-itself"_s; ++attempt) {
        Process client = network.run(Client, {u"--headless"_s, u"--json"_s, u"127.0.0.1"_s, u"40000"_s});
        VERIFY(client.exitStatus() == 1, client);
        printed = client.output();
        end = QJsonDocument::fromJson(printed.trimmed().split('\n').last()).object();
        const QByteArray sentence = client.errorOutput();
        if (end.value(u"outcome"_s).toString() == u"to-itself"_s)
            VERIFY(isOneLine(sentence) && sentence.contains("127.0.0.1:40000") && sentence.contains("to itself"),
                   client);
        else
            VERIFY(end.value(u"outcome"_s).toString() == u"refused"_s, client);
    }
    QVERIFY2(end.value(u"outcome"_s).toString() == u"to-itself"_s, printed.constData());
    QVERIFY2(printed.contains("\"linger\":0"), printed.constData()); // the port is free at once

    Process run =
        network.run(Client, {u"--headless"_s, u"--json"_s, u"--repeat"_s, u"200"_s, u"127.0.0.1"_s, u"40000"_s});
    VERIFY(run.exitStatus() == 1, run);
    const QJsonObject outcomes = QJsonDocument::fromJson(run.output()).object().value(u"outcomes"_s).toObject();
    VERIFY(outcomes.value(u"to-itself"_s).toInt() > 0 && outcomes.value(u"never-greeted"_s).toInt() == 0, run);
    VERIFY(outcomes.value(u"to-itself"_s).toInt() + outcomes.value(u"refused"_s).toInt() == 200, run);
    Process text = network.run(Client, {u"--headless"_s, u"--repeat"_s, u"200"_s, u"127.0.0.1"_s, u"40000"_s});
    VERIFY(text.exitStatus() == 1 && matches(text.output(), u"\nto itself +[1-9]"_s), text);
    VERIFY(text.errorOutput().contains("ephemeral"), text);

    // Where a server listens, the port is taken, and all goes well.
    Process server = network.run(Server, {u"--headless"_s, u"127.0.0.1"_s, u"40000"_s});
    VERIFY(portIn(server.nextErrorLine()) == u"40000"_s, server);
    Process client = network.run(Client, {u"--headless"_s, u"127.0.0.1"_s, u"40000"_s});
    VERIFY(client.exitStatus() == 0 && client.output() == "Hello World!\n", client, server);
}

void TestProgramEndpoints::broadcast()
{
    const Network here(R"(ip link set lo up)");
    SKIP_WITHOUT(here);
    const Network there("ip link set lo up", here.prefix());
    SKIP_WITHOUT(there);
    const QByteArray wire = "ip link add wire type veth peer name wire netns " + there.id().toLatin1() + R"(
ip address add 10.7.0.1/24 broadcast + dev wire
ip link set wire up
ip route add default dev wire
)";
    Process setUp = here.run(u"sh"_s, {u"-euc"_s, QString::fromLatin1(wire)});
    if (setUp.exitStatus() != 0)
        QSKIP(("No virtual network cards here: " + setUp.errorOutput()).constData());
    Process setUpThere =
        there.run(u"sh"_s, {u"-euc"_s, u"ip address add 10.7.0.2/24 broadcast + dev wire; ip link set wire up"_s});
    VERIFY(setUpThere.exitStatus() == 0, setUpThere);

    Process far = there.run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"far"_s, u"*"_s, u"0"_s});
    const QString port = portIn(far.nextErrorLine());
    VERIFY(!port.isEmpty(), far);
    Process near = here.run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"near"_s, u""_s, port});
    VERIFY(portIn(near.nextErrorLine()) == port, near);

    for (const QString &address : {u"<broadcast>"_s, u"255.255.255.255"_s}) {
        Process client = here.run(Client, {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"1"_s, address, port});
        VERIFY(client.exitStatus() == 0, client, near, far);
        QByteArrayList lines = client.output().chopped(1).split('\n');
        std::sort(lines.begin(), lines.end());
        const QByteArray end = "', " + port.toLatin1() + "): ";
        QCOMPARE(lines, (QByteArrayList{"('10.7.0.1" + end + "near", "('10.7.0.2" + end + "far"}));
        QCOMPARE(client.errorOutput(), ""_ba);
    }

    Process unheard = here.run(Client, {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"0.3"_s, u"<broadcast>"_s,
                                        port == u"9"_s ? u"10"_s : u"9"_s});
    VERIFY(unheard.exitStatus() == 1, unheard);
    VERIFY(isOneLine(unheard.errorOutput()) && unheard.errorOutput().contains("No answer came from <broadcast>:"),
           unheard);
}

QTEST_GUILESS_MAIN(TestProgramEndpoints)
#include "tst_program_endpoints.moc"
