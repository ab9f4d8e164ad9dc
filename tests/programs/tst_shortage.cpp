// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

/// Each way to run without a window, with a name for it.
QList<std::pair<QByteArray, QStringList>> modes()
{
    const QString server = QStringLiteral(PARLEY_SERVER);
    const QString client = QStringLiteral(PARLEY_CLIENT);
    const QStringList here{u"--headless"_s, u"127.0.0.1"_s, u"0"_s};
    const QStringList there{u"--headless"_s, u"127.0.0.1"_s, u"1"_s};
    return {{"server", QStringList{server} + here},
            {"server --json", QStringList{server} + here + QStringList{u"--json"_s}},
            {"server --udp", QStringList{server} + here + QStringList{u"--udp"_s}},
            {"client", QStringList{client} + there},
            {"client --repeat", QStringList{client} + there + QStringList{u"--repeat"_s, u"1"_s}}};
}

} // namespace

/// A program that cannot start for want of something says so in one sentence, and ends with exit status 1.
class TestShortage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void limits_data();
    void limits();
#ifndef PARLEY_PORTABLE // the calls that make the epoll reactor; Qt does with a pipe where it gets no eventfd
    void faults_data();
    void faults();
#endif
};

void TestShortage::limits_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("limits"); // of the shell
    QTest::addColumn<QString>("says");
    QTest::addColumn<bool>("asUser"); // whose processes nobody else counts among

    for (const auto &[name, command] : modes()) {
        for (const char *processes : {"1", "2", "3"})
            QTest::addRow("%s, %s processes", name.constData(), processes)
                << command << u"ulimit -u "_s + QLatin1String(processes) << u"thread"_s << true;
        for (const char *files : {"5", "8", "12"})
            QTest::addRow("%s, %s descriptors", name.constData(), files)
                << command << u"ulimit -n "_s + QLatin1String(files) << u"open files"_s << false;
    }
}

void TestShortage::limits()
{
    QFETCH(QStringList, command);
    QFETCH(const QString, limits);
    QFETCH(const QString, says);
    QFETCH(const bool, asUser);
    QTemporaryDir folder; // where that user may run it
    QString script = limits + u" && exec \"$@\""_s;
    QStringList shell{u"/bin/sh"_s, u"-c"_s, script, u"sh"_s};
    if (asUser) {
        if (::geteuid() != 0 || QStandardPaths::findExecutable(u"setpriv"_s).isEmpty())
            QSKIP("Only root may run a program as a user of its own.");
        QVERIFY(QFile::setPermissions(folder.path(),
                                      QFile::permissions(folder.path()) | QFile::ReadOther | QFile::ExeOther));
        const QString copy = folder.filePath(command.first().section(u'/', -1));
        QVERIFY(QFile::copy(command.first(), copy));
        QVERIFY(QFile::setPermissions(copy, QFile::permissions(copy) | QFile::ReadOther | QFile::ExeOther));
        command.first() = copy;
        const QString user = QString::number(600'000'000 + ::getpid());
        shell = QStringList{u"setpriv"_s,
                            u"--reuid="_s + user,
                            u"--regid="_s + user,
                            u"--clear-groups"_s,
                            u"/bin/bash"_s,
                            u"-c"_s,
                            script,
                            u"sh"_s};
    }
    Process program(shell.first(), shell.mid(1) + command);
    VERIFY(program.exitStatus() == 1, program);
    VERIFY(program.errorOutput().count('\n') == 1, program);
    VERIFY(program.errorOutput().startsWith("parley-"), program);
    VERIFY(program.errorOutput().contains(says.toUtf8()), program);
}

#ifndef PARLEY_PORTABLE
void TestShortage::faults_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("call");
    QTest::addColumn<QString>("when");

    for (const auto &[name, command] : modes()) {
        for (const char *call : {"epoll_create1", "eventfd2"}) {
            for (const char *when : {"1+", "2+", "3+"})
                QTest::addRow("%s, %s, when=%s", name.constData(), call, when)
                    << command << QString::fromLatin1(call) << QString::fromLatin1(when);
        }
    }
}

/// Of the application object, the engine and what tries beforehand, whichever meets it.
void TestShortage::faults()
{
    QFETCH(const QStringList, command);
    QFETCH(const QString, call);
    QFETCH(const QString, when);
    const QString strace = QStandardPaths::findExecutable(u"strace"_s);
    if (strace.isEmpty())
        QSKIP("There is no strace here.");
    Process probe(strace, {u"-qq"_s, u"-o"_s, u"/dev/null"_s, u"true"_s});
    if (probe.exitStatus() != 0)
        QSKIP("The system does not let processes be traced.");
    const QTemporaryDir files;
    QFile trace(files.filePath(u"trace"_s));
    Process program(strace, QStringList{u"-f"_s, u"-qq"_s, u"-o"_s, trace.fileName(), u"-e"_s, u"trace="_s + call,
                                        u"-e"_s, u"inject=%1:error=EMFILE:when=%2"_s.arg(call, when)}
                                + command);
    TRY_VERIFY(!program.isRunning() || program.errorOutput().contains('\n'), program);
    QVERIFY(trace.open(QIODevice::ReadOnly));
    if (!trace.readAll().contains("(INJECTED)"))
        QSKIP("It does not call it as often.");
    VERIFY(program.exitStatus() == 1, program);
    VERIFY(program.errorOutput().count('\n') == 1, program);
    VERIFY(program.errorOutput().startsWith("parley-"), program);
}
#endif

QTEST_GUILESS_MAIN(TestShortage)
#include "tst_shortage.moc"
