// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/unix_file.h"
#include "tests/support/portable.h"
#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

/// A server on a Unix socket, in a folder of its own unless @p path says otherwise.
struct UnixFixture : ServerFixture
{
    explicit UnixFixture(const QString &path = {})
    {
        settings.endpoint =
            std::get<Endpoint>(Endpoint::parseUnix(path.isEmpty() ? folder.filePath(u"socket"_s) : path));
    }
    QByteArray path() const { return settings.endpoint.path; }
    /// The file's type and permissions; 0 where there is none.
    mode_t fileMode() const
    {
        struct stat file = {};
        return ::lstat(path().constData(), &file) == 0 ? file.st_mode : 0;
    }

    const QTemporaryDir folder;
};

/// The socket of a server that has ended without removing it.
void leaveStale(const QByteArray &path)
{
    RawSocket::listeningOn(path);
}

} // namespace

class TestUnixListener : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void greetsOnPath_data();
    void greetsOnPath();
    void unixFileMode();
    void unixReplacesTheStale();
    void unixInUse();
    void unixFileIsRemoved();
    void unixFileOfAnother();
    void unixCannotListen_data();
    void unixCannotListen();
    void unixReachable();
};

void TestUnixListener::greetsOnPath_data()
{
    QTest::addColumn<QString>("path"); // empty: a file in a new folder

    QTest::newRow("file") << QString();
    QTest::newRow("abstract name") << (u"@parley-tst_unix_listener-"_s + QString::number(::getpid()));
}

void TestUnixListener::greetsOnPath()
{
    QFETCH(QString, path);
    UnixFixture fixture(path);
    QVERIFY(Server::isServing(fixture.startServing()));
    QCOMPARE(fixture.recorder.calls(0), "socket bind listen");
    QCOMPARE(fixture.recorder.find(0, Call::Bind)->path(), fixture.path());
    QCOMPARE(fixture.recorder.find(0, Call::Listen)->path(), fixture.path());
    QVERIFY(fixture.recorder.find(0, Call::Listen)->local().isNull());
    QCOMPARE(fixture.fileMode() != 0, path.isEmpty());
    for (quint64 number = 1; number <= 2; ++number) {
        auto client = RawSocket::connectedTo(fixture.path());
        QVERIFY(client.send("said first"));
        QCOMPARE(client.receive(100), "Hello World!");
        QVERIFY(client.isAtEnd());
        client.close();
        QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(number), Outcome::Complete, Patience);
        QCOMPARE(fixture.recorder.calls(number), "accept send shutdown recv recv close end");
        QCOMPARE(fixture.recorder.find(number, Call::Accept)->peer(),
                 IsPortable ? Address::unknownUnixPeer() : Address::unixPeer(::getpid(), ::geteuid()));
    }
    QTRY_COMPARE(fixture.server.engine()->open(), 0U);
}

void TestUnixListener::unixFileMode()
{
    for (const unsigned mode : {ServerSettings::DefaultUnixMode, 0660U}) {
        const mode_t before = ::umask(0);
        UnixFixture fixture;
        fixture.settings.unixMode = mode;
        const Event listening = fixture.startServing();
        ::umask(before);
        QVERIFY(Server::isServing(listening));
        QCOMPARE(fixture.fileMode(), S_IFSOCK | mode);
    }
    QCOMPARE(ServerSettings::DefaultUnixMode, 0600U);
}

void TestUnixListener::unixReplacesTheStale()
{
    UnixFixture fixture;
    leaveStale(fixture.path());
    QVERIFY(fixture.fileMode() != 0);
    QVERIFY(Server::isServing(fixture.startServing()));
    QCOMPARE(fixture.recorder.calls(0), "socket bind bind listen");
    QCOMPARE(fixture.recorder.find(0, Call::Bind)->errorNumber(), EADDRINUSE);
    QCOMPARE(RawSocket::connectedTo(fixture.path()).receive(100), "Hello World!");
}

void TestUnixListener::unixInUse()
{
    UnixFixture first;
    QVERIFY(Server::isServing(first.startServing()));
    {
        UnixFixture second(QFile::decodeName(first.path()));
        const Event end = second.startServing();
        QCOMPARE(end.outcome(), Outcome::Failed);
        QCOMPARE(end.errorNumber(), EADDRINUSE);
        QVERIFY(!second.recorder.find(0, Call::Listen));
    }
    QVERIFY(first.fileMode() != 0);
    QCOMPARE(RawSocket::connectedTo(first.path()).receive(100), "Hello World!");
}

void TestUnixListener::unixFileIsRemoved()
{
    UnixFixture stopped;
    QVERIFY(Server::isServing(stopped.startServing()));
    stopped.server.post([](Server &engine) { engine.stop(); });
    QTRY_COMPARE_WITH_TIMEOUT(stopped.recorder.outcome(0), Outcome::Complete, Patience);
    QCOMPARE(stopped.fileMode(), mode_t{0});
    stopped.recorder.events.clear();
    QVERIFY(Server::isServing(stopped.startServing())); // and again
    QCOMPARE(RawSocket::connectedTo(stopped.path()).receive(100), "Hello World!");

    const QTemporaryDir folder;
    const QString path = folder.filePath(u"socket"_s);
    {
        UnixFixture destroyed(path);
        QVERIFY(Server::isServing(destroyed.startServing()));
        QVERIFY(QFileInfo::exists(path));
    }
    QVERIFY(!QFileInfo::exists(path));
}

/// A file that has taken the place of the server's own is not the server's to remove.
void TestUnixListener::unixFileOfAnother()
{
    UnixFixture first;
    QVERIFY(Server::isServing(first.startServing()));
    QVERIFY(QFile::rename(QFile::decodeName(first.path()), first.folder.filePath(u"elsewhere"_s)));
    const RawSocket other = RawSocket::listeningOn(first.path());
    QVERIFY(other.isOpen());
    first.server.post([](Server &engine) { engine.stop(); });
    QTRY_COMPARE_WITH_TIMEOUT(first.recorder.outcome(0), Outcome::Complete, Patience);
    QVERIFY(first.fileMode() != 0);
    QVERIFY(RawSocket::connectedTo(first.path()).isOpen());
}

void TestUnixListener::unixCannotListen_data()
{
    QTest::addColumn<QString>("name"); // in a new folder that has a file named "file"
    QTest::addColumn<int>("error");

    QTest::newRow("the folder is missing") << u"missing/socket"_s << ENOENT;
    QTest::newRow("the folder is a file") << u"file/socket"_s << ENOTDIR;
    QTest::newRow("a regular file") << u"file"_s << ENOTSOCK;
    QTest::newRow("a folder") << u"."_s << EISDIR;
    QTest::newRow("a link") << u"link"_s << ENXIO;
}

void TestUnixListener::unixCannotListen()
{
    QFETCH(QString, name);
    QFETCH(int, error);
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("precious") == 8);
    file.close();
    QVERIFY(file.link(folder.filePath(u"link"_s)));
    UnixFixture fixture(folder.path() + u'/' + name);
    const Event end = fixture.startServing();
    QCOMPARE(end.call(), Call::End);
    QCOMPARE(end.outcome(), Outcome::Failed);
    QCOMPARE(end.errorNumber(), error);
    QCOMPARE(fixture.recorder.calls(0), "socket bind close end");
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "precious");
}

/// A path has no reachability to report.
void TestUnixListener::unixReachable()
{
    UnixFixture fixture;
    const Heard reachable(fixture.server, &Server::reachable);
    QVERIFY(Server::isServing(fixture.startServing()));
    QCOMPARE(RawSocket::connectedTo(fixture.path()).receive(100), "Hello World!");
    QCOMPARE(reachable.count(), 0);
}

QTEST_GUILESS_MAIN(TestUnixListener)
#include "tst_unix_listener.moc"
