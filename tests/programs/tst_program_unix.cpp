// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/portable.h"
#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Server = QStringLiteral(PARLEY_SERVER);
const QString Client = QStringLiteral(PARLEY_CLIENT);

/// What the server at @p path, or at an abstract `@name`, sends until the end.
QByteArray receiveFromUnix(const QString &path)
{
    return RawSocket::connectedTo(path.toUtf8()).receive(1000);
}

} // namespace

/// Unix sockets on the command lines of both programs, and what becomes of their files.
class TestProgramUnix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

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

private:
    QString path(const QString &name) const { return files_.filePath(name); }

    QTemporaryDir files_;
};

void TestProgramUnix::unixSocket_data()
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

void TestProgramUnix::unixSocket()
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
    const QString self = IsPortable ? u"Connection established with (pid unknown, uid unknown)"_s
                                    : u"Connection established with (pid %1, uid %2)"_s.arg(::getpid()).arg(::getuid());
    VERIFY(QString::fromUtf8(server.nextLine()) == self, server);
    server.sendSignal(SIGINT);
    VERIFY(server.exitStatus() == 0, server);
    VERIFY(isOneLine(server.errorOutput()), server);
}

void TestProgramUnix::unixSocketInJson()
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
                   IsPortable ? u"^pid unknown, uid unknown$"_s : u"^pid \\d+, uid \\d+$"_s),
           server);
    QCOMPARE(firstEvent(client.output(), u"connect"_s).value(u"path"_s).toString(), path);
    QVERIFY(!firstEvent(client.output(), u"connect"_s).contains(u"peer"_s));
    QCOMPARE(firstEvent(client.output(), u"end"_s).value(u"outcome"_s).toString(), u"complete"_s);
}

void TestProgramUnix::unixFileHasAMode_data()
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

void TestProgramUnix::unixFileHasAMode()
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

void TestProgramUnix::unixFileIsRemovedAtTheEnd_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP;
}

void TestProgramUnix::unixFileIsRemovedAtTheEnd()
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

void TestProgramUnix::unixFileOfADeadServer()
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

void TestProgramUnix::unixFileInUse()
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

void TestProgramUnix::unixFileOfAnotherKind_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("says");
    QTest::newRow("server, file") << Server << u"notes.txt"_s << u": it is a regular file, not a socket."_s;
    QTest::newRow("server, folder") << Server << u"notes"_s << u": it is a folder, not a socket."_s;
    QTest::newRow("client, file") << Client << u"notes.txt"_s << u" is a regular file, not a socket."_s;
    QTest::newRow("client, folder") << Client << u"notes"_s << u" is a folder, not a socket."_s;
}

void TestProgramUnix::unixFileOfAnotherKind()
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

void TestProgramUnix::unixFileThatCannotBe()
{
    const QString path = this->path(u"no/such/folder"_s);
    for (const QString &program : {Server, Client}) {
        Process process(program, {u"--headless"_s, u"--unix"_s, path});
        VERIFY(process.exitStatus() == 1, process);
        QCOMPARE(process.output(), ""_ba);
        VERIFY(isOneLine(process.errorOutput()) && process.errorOutput().contains(path.toUtf8()), process);
    }
}

QTEST_GUILESS_MAIN(TestProgramUnix)
#include "tst_program_unix.moc"
