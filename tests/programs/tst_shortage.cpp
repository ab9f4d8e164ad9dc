// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <unistd.h>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

/// For a shell: closes the descriptors that whoever runs the test has left open, which would count.
const QString StandardOnly = u"exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; "_s;

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
            {"client --json", QStringList{client} + there + QStringList{u"--json"_s}},
            {"client --repeat", QStringList{client} + there + QStringList{u"--repeat"_s, u"1"_s}},
            {"client --repeat --json", QStringList{client} + there + QStringList{u"--repeat"_s, u"1"_s, u"--json"_s}},
            {"client --repeat --csv", QStringList{client} + there + QStringList{u"--repeat"_s, u"1"_s, u"--csv"_s}}};
}

/// Whether it came as far as its work: it listens, or has met nobody at port 1.
bool works(const Process &program)
{
    const QByteArray &said = program.errorOutput();
    return said.startsWith("Listening on ") || said.contains("refused") || said.contains("were not complete.");
}

const QString Strace = QStandardPaths::findExecutable(u"strace"_s);

/// Runs @p command with @p call failing as @p injection says; the trace goes to @p trace.
[[maybe_unused]] QStringList traced(const QStringList &command, const QString &call, const QString &trace,
                                    const QString &injection = {})
{
    QStringList options{u"-f"_s, u"-qq"_s, u"-o"_s, trace, u"-e"_s, u"trace="_s + call};
    if (!injection.isEmpty())
        options += {u"-e"_s, u"inject=%1:%2"_s.arg(call, injection)};
    return options + command;
}

#ifndef PARLEY_PORTABLE
/// How often @p command makes the call until it has printed something or ended; 0 if that cannot be traced.
int callsOf(const QStringList &command, const QString &call)
{
    if (Strace.isEmpty())
        return 0;
    const QTemporaryDir files;
    QFile trace(files.filePath(u"trace"_s));
    Process program(Strace, traced(command, call, trace.fileName()));
    (void)QTest::qWaitFor([&] { return !program.isRunning() || program.errorOutput().contains('\n'); },
                          static_cast<int>(std::chrono::milliseconds(Patience).count()));
    return trace.open(QIODevice::ReadOnly) ? static_cast<int>(trace.readAll().count(call.toUtf8() + '(')) : 0;
}
#endif

} // namespace

/// A program that cannot start for want of something says so in one sentence, and ends with exit status 1.
class TestShortage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void everyLimit_data();
    void everyLimit();
    void limits_data();
    void limits();
#ifndef PARLEY_PORTABLE // the calls that make the epoll reactor; Qt does with a pipe where it gets no eventfd
    void faults_data();
    void faults();
#endif
};

void TestShortage::everyLimit_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("option"); // of the shell's ulimit
    QTest::addColumn<int>("least");
    QTest::addColumn<int>("step");

    for (const auto &[name, command] : modes()) {
        QTest::addRow("%s, addresses", name.constData()) << command << u"-v"_s << 40'000 << 3'000; // KiB
        QTest::addRow("%s, descriptors", name.constData()) << command << u"-n"_s << 3 << 1;
    }
}

/// From a limit that nothing can start with to the first that is enough: each start works, or it is one sentence and
/// exit status 1. Before main there is none of our code: the dynamic loader says its own, and ends with 127.
void TestShortage::everyLimit()
{
    if constexpr (IsSanitized)
        QSKIP("A sanitizer takes terabytes of addresses, and opens files of its own.");
    QFETCH(const QStringList, command);
    QFETCH(const QString, option);
    QFETCH(const int, least);
    QFETCH(const int, step);
    constexpr int most = 100; // starts
    int refused = 0;
    for (int start = 0; start < most; ++start) {
        const QString limit = QString::number(least + start * step);
        const QString script = StandardOnly + u"ulimit -c 0; ulimit %1 %2 && exec \"$@\""_s.arg(option, limit);
        Process program(u"/bin/sh"_s, QStringList{u"-c"_s, script, u"sh"_s} + command);
        TRY_VERIFY(!program.isRunning() || works(program), program);
        if (works(program)) {
            program.sendSignal(SIGTERM); // a client has ended
            const int status = program.exitStatus();
            VERIFY(status == 0 || (status == 1 && !program.errorOutput().startsWith("Listening")), program);
            QVERIFY2(refused > 0, "No start was refused: begin with less");
            return;
        }
        const int status = program.exitStatus();
        if (endedBeforeMain(program))
            continue;
        ++refused;
        VERIFY(status == 1, program);
        VERIFY(program.errorOutput().count('\n') == 1 && program.errorOutput().endsWith('\n'), program);
        VERIFY(program.errorOutput().startsWith("parley-"), program);
        // What runs out later, when calls were told, ends after a whole line.
        QList<QByteArray> lines = program.output().split('\n');
        VERIFY(lines.takeLast().isEmpty(), program);
        for (const QByteArray &line : lines)
            VERIFY(QJsonDocument::fromJson(line).isObject(), program);
    }
    QFAIL("No limit is enough");
}

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
    const QString script = StandardOnly + limits + u" && exec \"$@\""_s;
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
            // No more than the start makes; where nothing can be traced, one row says so.
            const int calls = std::clamp(callsOf(command, QString::fromLatin1(call)), 1, 3);
            for (int when = 1; when <= calls; ++when)
                QTest::addRow("%s, %s, when=%d+", name.constData(), call, when)
                    << command << QString::fromLatin1(call) << QString::number(when) + u'+';
        }
    }
}

/// Whichever meets the shortage: the application object, the engine, or the check before them.
void TestShortage::faults()
{
    QFETCH(const QStringList, command);
    QFETCH(const QString, call);
    QFETCH(const QString, when);
    if (Strace.isEmpty())
        QSKIP("There is no strace here.");
    Process probe(Strace, {u"-qq"_s, u"-o"_s, u"/dev/null"_s, u"true"_s});
    if (probe.exitStatus() != 0)
        QSKIP("The system does not let processes be traced.");
    const QTemporaryDir files;
    QFile trace(files.filePath(u"trace"_s));
    Process program(Strace, traced(command, call, trace.fileName(), u"error=EMFILE:when="_s + when));
    TRY_VERIFY(!program.isRunning() || program.errorOutput().contains('\n'), program);
    QVERIFY(trace.open(QIODevice::ReadOnly));
    VERIFY(trace.readAll().contains("(INJECTED)"), program);
    VERIFY(program.exitStatus() == 1, program);
    VERIFY(program.errorOutput().count('\n') == 1, program);
    VERIFY(program.errorOutput().startsWith("parley-"), program);
}
#endif

QTEST_GUILESS_MAIN(TestShortage)
#include "tst_shortage.moc"
