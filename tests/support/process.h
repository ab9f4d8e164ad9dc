// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "tests/support/waiting.h"

#include <QByteArray>
#include <QMap>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include <chrono>

/// QVERIFY() that reports the state of the processes if the condition fails.
#define VERIFY(condition, ...) QVERIFY2(condition, parley::test::reports(__VA_ARGS__).constData())

namespace parley::test
{

/// How long a test waits for a state that should come at once: a guard against deadlocks, not a measure of
/// speed.
inline constexpr std::chrono::seconds Patience{20};

/// A real program that runs beside the test, with all it printed. The program, and the programs that it started, end
/// with this object.
///
/// Its environment has no display and an empty directory for settings.
class Process
{
public:
    /// Starts @p program, gives it @p input on stdin, and closes that.
    /// @param environment on top of what is said above.
    explicit Process(const QString &program, const QStringList &arguments = {}, const QByteArray &input = {},
                     const QMap<QString, QString> &environment = {});
    ~Process();
    Q_DISABLE_COPY_MOVE(Process)

    /// The next line on stdout, without its line feed; a null one if none comes.
    QByteArray nextLine();
    /// The next line on stderr, without its line feed; a null one if none comes.
    QByteArray nextErrorLine();
    /// Waits until the program ended by itself, and returns its exit status; -1 if it crashed or does not
    /// end.
    int exitStatus();

    void sendSignal(int signal);
    qint64 pid() const { return process_.processId(); }
    bool isRunning() const { return process_.state() != QProcess::NotRunning; }

    /// All that was printed so far.
    const QByteArray &output() const { return output_.bytes; }
    const QByteArray &errorOutput() const { return errorOutput_.bytes; }
    /// The text for a test that fails: the command line, the state of the program, and what it printed.
    QByteArray report() const;

private:
    struct Stream
    {
        QByteArray bytes;
        qsizetype taken = 0; ///< bytes that went out as lines
    };

    QByteArray takeLine(Stream &stream);

    QTemporaryDir settings_;
    QProcess process_;
    Stream output_;
    Stream errorOutput_;
};

/// Whether memory ran out before main: the dynamic loader, or a library that it had just loaded (libgomp), says so.
bool endedBeforeMain(Process &program);

/// parley-server without a window, on a port that the system chose.
class ServerProcess : public Process
{
public:
    /// @param wrapper a program and its arguments, which starts the server.
    explicit ServerProcess(const QString &host = QStringLiteral("127.0.0.1"), const QStringList &options = {},
                           const QStringList &wrapper = {});

    /// Its first line on stderr.
    const QByteArray &announcement() const { return announcement_; }
    /// The port that it listens on, as that line says; 0 if there is no such line.
    quint16 port() const { return port_; }

private:
    QByteArray announcement_;
    quint16 port_ = 0;
};

/// parley-client without a window, connecting to 127.0.0.1.
class ClientProcess : public Process
{
public:
    explicit ClientProcess(quint16 port, const QStringList &options = {},
                           const QMap<QString, QString> &environment = {});
};

QByteArray reports(const auto &...processes)
{
    return (QByteArray() + ... + (processes.report() + '\n'));
}

} // namespace parley::test
