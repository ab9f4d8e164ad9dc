// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <sys/file.h>
#include <sys/stat.h>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

const QString Strace = QStandardPaths::findExecutable(u"strace"_s);

/// parley-server on a Unix socket. One of its calls is delayed as @p injection says, by strace.
struct UnixServer : Process
{
    explicit UnixServer(const QString &path, const QString &injection = {}, const QStringList &options = {})
        : Process(injection.isEmpty() ? QStringLiteral(PARLEY_SERVER) : Strace,
                  (injection.isEmpty() ? QStringList()
                                       : QStringList{u"-f"_s, u"-qq"_s, u"--seccomp-bpf"_s, u"-o"_s, u"/dev/null"_s,
                                                     u"-e"_s, u"trace="_s + injection.section(u':', 0, 0), u"-e"_s,
                                                     u"inject="_s + injection, QStringLiteral(PARLEY_SERVER)})
                      + QStringList{u"--headless"_s, u"--unix"_s, path} + options)
    {
    }
};

bool exists(const QString &path)
{
    struct stat file = {};
    return ::lstat(QFile::encodeName(path).constData(), &file) == 0;
}

mode_t modeOf(const QString &path)
{
    struct stat file = {};
    return ::lstat(QFile::encodeName(path).constData(), &file) == 0 ? file.st_mode & 07777 : 0;
}

} // namespace

/// What happens to the file of a Unix socket if two servers use it at the same moment. strace makes the moment long.
class TestUnixRaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void twoStart_data();
    void twoStart();
    void oneStartsAsOneEnds();
    void swappedForALink_data();
    void swappedForALink();
    void lockedByAnother();
};

void TestUnixRaces::initTestCase()
{
    if (Strace.isEmpty())
        QSKIP("There is no strace here.");
    Process probe(Strace, {u"-qq"_s, u"-o"_s, u"/dev/null"_s, u"true"_s});
    if (probe.exitStatus() != 0)
        QSKIP("The system does not let processes be traced.");
}

void TestUnixRaces::twoStart_data()
{
    QTest::addColumn<bool>("stale"); // there is a socket of a server that has ended

    QTest::newRow("on a free path") << false;
    QTest::newRow("on a stale socket") << true;
}

/// One server has bound the path and does not listen yet: the other must not take its socket for a stale one.
void TestUnixRaces::twoStart()
{
    QFETCH(const bool, stale);
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"socket"_s);
    RawSocket left; // its file stays, so that no new one gets the same inode
    if (stale) {
        left = RawSocket::listeningOn(QFile::encodeName(path));
        QVERIFY(QFile::rename(path, path + u".old"_s));
        RawSocket::listeningOn(QFile::encodeName(path));
    }
    struct stat before = {};
    ::lstat(QFile::encodeName(path).constData(), &before);
    UnixServer slow(path, u"listen:delay_enter=1000000"_s);
    const auto bound = [&] {
        struct stat now = {};
        return ::lstat(QFile::encodeName(path).constData(), &now) == 0
               && (!stale || now.st_ino != before.st_ino || now.st_ctim.tv_nsec != before.st_ctim.tv_nsec);
    };
    TRY_VERIFY(bound(), slow);
    UnixServer second(path);
    VERIFY(second.exitStatus() == 1, slow, second);
    VERIFY(second.errorOutput().contains("another program serves that socket"), slow, second);
    VERIFY(slow.nextErrorLine().startsWith("Listening on "), slow, second);
    QCOMPARE(RawSocket::connectedTo(QFile::encodeName(path)).receive(100), "Hello World!");
}

/// A server that ends removes only its own file, even if another server has replaced it by then.
void TestUnixRaces::oneStartsAsOneEnds()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"socket"_s);
    UnixServer first(path, u"unlink,unlinkat:delay_enter=1000000"_s);
    VERIFY(first.nextErrorLine().startsWith("Listening on "), first);
    QVERIFY(QFile::exists(path));
    // strace keeps SIGTERM from itself while it starts a command: the server is its child.
    Process find(u"pgrep"_s, {u"-P"_s, QString::number(first.pid())});
    QCOMPARE(find.exitStatus(), 0);
    ::kill(static_cast<pid_t>(find.output().trimmed().toLongLong()), SIGTERM);
    UnixServer second(path);
    const QByteArray said = second.nextErrorLine();
    VERIFY(first.exitStatus() == 0, first, second);
    // Whichever server came first, the sentence of the second one is true.
    if (said.startsWith("Listening on "))
        QCOMPARE(RawSocket::connectedTo(QFile::encodeName(path)).receive(100), "Hello World!");
    else
        VERIFY(second.exitStatus() == 1 && !exists(path), first, second);
}

void TestUnixRaces::swappedForALink_data()
{
    QTest::addColumn<QString>("mode");

    QTest::newRow("narrower than the umask lets") << u"0600"_s;
    QTest::newRow("wider than the umask lets") << u"0666"_s;
}

/// Somebody who may write to the folder puts a link in the place of the socket that bind has just made.
void TestUnixRaces::swappedForALink()
{
    QFETCH(const QString, mode);
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"socket"_s);
    const QString victim = folder.filePath(u"victim"_s);
    QFile file(victim);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    constexpr mode_t own = 0640;
    QCOMPARE(::chmod(QFile::encodeName(victim).constData(), own), 0);
    UnixServer server(path, u"bind:delay_exit=1000000"_s, {u"--unix-mode"_s, mode});
    TRY_VERIFY(exists(path), server);
    QVERIFY(QFile::rename(path, path + u".moved"_s));
    QVERIFY(QFile::link(victim, path));
    VERIFY(server.exitStatus() == 1, server);
    VERIFY(server.errorOutput().count('\n') == 1, server);
    QCOMPARE(modeOf(victim), own);
    VERIFY(QFileInfo(path).isSymLink(), server); // it is not the server's to remove
}

/// A program that keeps the folder's lock stops nobody; only a stale socket is not replaced meanwhile.
void TestUnixRaces::lockedByAnother()
{
    const QTemporaryDir folder;
    const int lock = ::open(QFile::encodeName(folder.path()).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    QCOMPARE(::flock(lock, LOCK_EX | LOCK_NB), 0);
    const QString path = folder.filePath(u"socket"_s);
    RawSocket::listeningOn(QFile::encodeName(path));
    UnixServer refused(path);
    VERIFY(refused.exitStatus() == 1 && exists(path), refused);
    UnixServer other(folder.filePath(u"other"_s));
    VERIFY(other.nextErrorLine().startsWith("Listening on "), other);
    ::close(lock);
    UnixServer replacing(path);
    VERIFY(replacing.nextErrorLine().startsWith("Listening on "), replacing);
}

QTEST_GUILESS_MAIN(TestUnixRaces)
#include "tst_unix_races.moc"
