// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"

#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <memory>
#include <unistd.h>
#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

using namespace Qt::StringLiterals;

namespace parley::test
{

namespace
{

bool waitUntil(const auto &holds)
{
    return QTest::qWaitFor(holds, std::chrono::milliseconds(Patience).count());
}

/// Some 250 bytes of the start, and how many there are.
QByteArray excerpt(const QByteArray &bytes)
{
    const std::unique_ptr<char[]> start(QTest::toPrettyCString(bytes.constData(), bytes.size()));
    return QByteArray::number(bytes.size()) + " bytes, " + start.get();
}

} // namespace

Process::Process(const QString &program, const QStringList &arguments, const QByteArray &input,
                 const QMap<QString, QString> &environment)
{
    QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
    for (const QString &name : {u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s, u"QT_QPA_PLATFORM"_s})
        all.remove(name);
    all.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    all.insert(u"XDG_CONFIG_HOME"_s, settings_.path());
    all.insert(u"XDG_RUNTIME_DIR"_s, settings_.path());
    for (auto [name, value] : environment.asKeyValueRange())
        all.insert(name, value);
    process_.setProcessEnvironment(all);

    process_.setChildProcessModifier([] {
        ::setpgid(0, 0); // a group of its own, so that what it starts can be ended with it
#ifdef Q_OS_LINUX
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // also where the test crashes
#endif
    });
    QObject::connect(&process_, &QProcess::readyReadStandardOutput, &process_,
                     [this] { output_.bytes += process_.readAllStandardOutput(); });
    QObject::connect(&process_, &QProcess::readyReadStandardError, &process_,
                     [this] { errorOutput_.bytes += process_.readAllStandardError(); });
    process_.start(program, arguments);
    process_.write(input);
    process_.closeWriteChannel();
    process_.waitForStarted(-1);
}

Process::~Process()
{
    process_.disconnect();
    if (isRunning()) {
        ::kill(static_cast<pid_t>(-process_.processId()), SIGKILL);
        process_.waitForFinished(-1);
    }
}

QByteArray Process::nextLine()
{
    return takeLine(output_);
}

QByteArray Process::nextErrorLine()
{
    return takeLine(errorOutput_);
}

QByteArray Process::takeLine(Stream &stream)
{
    const auto lineEnd = [&stream] { return stream.bytes.indexOf('\n', stream.taken); };
    waitUntil([&] { return lineEnd() >= 0 || !isRunning(); });
    const qsizetype end = lineEnd();
    if (end < 0)
        return {};
    const QByteArray line = stream.bytes.mid(stream.taken, end - stream.taken);
    stream.taken = end + 1;
    return line;
}

int Process::exitStatus()
{
    waitUntil([this] { return !isRunning(); });
    const bool ended = !isRunning() && process_.error() != QProcess::FailedToStart;
    return ended && process_.exitStatus() == QProcess::NormalExit ? process_.exitCode() : -1;
}

void Process::sendSignal(int signal)
{
    if (isRunning())
        ::kill(static_cast<pid_t>(process_.processId()), signal);
}

QByteArray Process::report() const
{
    QByteArray state = "still runs";
    if (process_.error() == QProcess::FailedToStart)
        state = "did not start";
    else if (!isRunning())
        state = (process_.exitStatus() == QProcess::CrashExit ? "was ended by signal " : "exited with ")
                + QByteArray::number(process_.exitCode());
    return (process_.program() + u' ' + process_.arguments().join(u' ')).toUtf8() + '\n' + state
           + ".\nstdout: " + excerpt(output()) + "\nstderr: " + errorOutput().right(4000).trimmed();
}

bool endedBeforeMain(Process &program)
{
    const int status = program.exitStatus();
    const QByteArray &said = program.errorOutput();
    return (status == 127 && said.contains("error while loading shared libraries"))
           || (status == 1 && said.trimmed().startsWith("libgomp: "));
}

ServerProcess::ServerProcess(const QString &host, const QStringList &options, const QStringList &wrapper)
    : Process(wrapper.value(0, QStringLiteral(PARLEY_SERVER)),
              wrapper.mid(1) + (wrapper.isEmpty() ? QStringList() : QStringList{QStringLiteral(PARLEY_SERVER)})
                  + QStringList{u"--headless"_s} + options + QStringList{host, u"0"_s}),
      announcement_(nextErrorLine())
{
    static const QRegularExpression pattern(uR"(^Listening on \('[^']+', (\d+)(, 0, \d+)?\)$)"_s);
    port_ = pattern.match(QString::fromUtf8(announcement_)).captured(1).toUShort();
}

ClientProcess::ClientProcess(quint16 port, const QStringList &options, const QMap<QString, QString> &environment)
    : Process(QStringLiteral(PARLEY_CLIENT),
              QStringList{u"--headless"_s} + options + QStringList{u"127.0.0.1"_s, QString::number(port)}, {},
              environment)
{
}

} // namespace parley::test
