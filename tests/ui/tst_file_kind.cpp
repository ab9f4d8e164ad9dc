// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/file_kind.h"
#include "tests/support/raw_socket.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

class TestFileKind : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void kinds();
};

void TestFileKind::kinds()
{
    const QTemporaryDir folder;
    const auto path = [&folder](const QString &name) { return folder.filePath(name); };
    QCOMPARE(otherThanFile(path(u"missing"_s)), QString());
    QFile file(path(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(otherThanFile(file.fileName()), QString());

    QCOMPARE(otherThanFile(folder.path()), u"is a folder"_s);
    QCOMPARE(otherThanFile(u"/dev/null"_s), u"is a device"_s);
    QCOMPARE(::mkfifo(QFile::encodeName(path(u"fifo"_s)).constData(), 0600), 0);
    QCOMPARE(otherThanFile(path(u"fifo"_s)), u"is a FIFO"_s);
    const RawSocket socket = RawSocket::listeningOn(QFile::encodeName(path(u"socket"_s)));
    QCOMPARE(otherThanFile(path(u"socket"_s)), u"is a socket"_s);
    // A link is told as one, whatever it leads to, and its target cannot write to a terminal.
    QVERIFY(QFile::link(file.fileName(), path(u"link"_s)));
    QCOMPARE(otherThanFile(path(u"link"_s)), u"is a link to %1"_s.arg(file.fileName()));
    QVERIFY(QFile::link(u"/no/\x1b[31m"_s, path(u"hostile"_s)));
    QCOMPARE(otherThanFile(path(u"hostile"_s)), u"is a link to /no/\\x1b[31m"_s);
}

QTEST_GUILESS_MAIN(TestFileKind)
#include "tst_file_kind.moc"
