// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/unix_file.h"
#include "tests/support/raw_socket.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <unistd.h>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

/// The socket of a server that has ended without removing it.
void leaveStale(const QByteArray &path)
{
    RawSocket::listeningOn(path);
}

} // namespace

class TestUnixFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void removeStale();
    void removeStaleAsksOnly();
};

void TestUnixFile::removeStale()
{
    const QTemporaryDir folder;
    const QByteArray path = QFile::encodeName(folder.filePath(u"socket"_s));
    const auto exists = [&path] { return QFileInfo::exists(QFile::decodeName(path)); };
    QVERIFY(!UnixFile::removeStale(path)); // there is none
    leaveStale(path);
    QVERIFY(exists());
    QVERIFY(UnixFile::removeStale(path));
    QVERIFY(!exists());

    const RawSocket served = RawSocket::listeningOn(path, 0);
    QVERIFY(!UnixFile::removeStale(path));
    QVERIFY(exists());
    QVERIFY(served.accept().isAtEnd());                // it was asked, and no more
    const auto waiting = RawSocket::connectedTo(path); // the queue is full: whoever asks now is told EAGAIN
    QVERIFY(waiting.isOpen());
    QVERIFY(!UnixFile::removeStale(path));
    QVERIFY(exists());

    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(!UnixFile::removeStale(QFile::encodeName(file.fileName())));
    QVERIFY(file.exists());
    QVERIFY(QFile::link(file.fileName(), folder.filePath(u"link"_s)));
    QVERIFY(!UnixFile::removeStale(QFile::encodeName(folder.filePath(u"link"_s))));
    QVERIFY(!UnixFile::removeStale(QFile::encodeName(folder.path())));
    QVERIFY(file.exists());
}

/// An abstract name has no file, and none is looked for in the working directory.
void TestUnixFile::removeStaleAsksOnly()
{
    const QTemporaryDir folder;
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(folder.path()));
    leaveStale("./@name");
    const bool removed = UnixFile::removeStale("@name");
    const bool kept = QFileInfo::exists(u"@name"_s);
    QVERIFY(QDir::setCurrent(before));
    QVERIFY(!removed);
    QVERIFY(kept);
}

QTEST_GUILESS_MAIN(TestUnixFile)
#include "tst_unix_file.moc"
