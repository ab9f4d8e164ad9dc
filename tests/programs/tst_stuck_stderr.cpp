// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

/// A program whose stderr is a pipe that is full, and that nobody reads.
class StuckProgram
{
public:
    StuckProgram(const char *program, const QStringList &arguments) : program_(QFile::decodeName(program))
    {
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) != 0)
            qFatal("pipe2");
        const int flags = ::fcntl(ends[1], F_GETFL);
        ::fcntl(ends[1], F_SETFL, flags | O_NONBLOCK);
        const QByteArray piece(4096, '.');
        while (::write(ends[1], piece.constData(), 4096) > 0) {
        }
        while (::write(ends[1], piece.constData(), 1) > 0) {
        }
        ::fcntl(ends[1], F_SETFL, flags);
        reading_ = ends[0];
        QList<QByteArray> bytes{program};
        for (const QString &argument : arguments)
            bytes.append(argument.toUtf8());
        std::vector<char *> argv;
        for (QByteArray &argument : bytes)
            argv.push_back(argument.data());
        argv.push_back(nullptr);
        pid_ = ::fork();
        if (pid_ == 0) {
            const int null = ::open("/dev/null", O_RDWR);
            ::dup2(null, STDOUT_FILENO);
            ::dup2(ends[1], STDERR_FILENO);
            ::execv(program, argv.data());
            ::_exit(127);
        }
        ::close(ends[1]);
    }
    ~StuckProgram()
    {
        if (!hasEnded()) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, &status_, 0);
        }
        ::close(reading_);
    }
    Q_DISABLE_COPY_MOVE(StuckProgram)

    void sendSignal(int signal) const { ::kill(pid_, signal); }
    bool hasEnded()
    {
        ended_ = ended_ || ::waitpid(pid_, &status_, WNOHANG) == pid_;
        return ended_;
    }
    /// Waits until it has ended. Returns its exit status, or -1 if a signal ended it.
    int exitStatus() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1; }
    /// Whether it handles SIGTERM, as it does once it is under way (proc(5)). Until it is the program, it is a copy of
    /// the test, with the handlers of that.
    bool handlesSignals() const
    {
        if (QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(pid_)) != program_)
            return false;
        QFile file(u"/proc/%1/status"_s.arg(pid_));
        if (!file.open(QIODevice::ReadOnly))
            return false;
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (line.startsWith("SigCgt:"))
                return (line.mid(7).trimmed().toULongLong(nullptr, 16) >> (SIGTERM - 1) & 1) != 0;
        }
        return false;
    }

private:
    const QString program_;
    pid_t pid_ = -1;
    int reading_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

} // namespace

/// A reader of stderr that has stopped holds up neither the program's work nor its end.
class TestStuckStderr : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void server_data();
    void server();
    void clientUnderWay_data();
    void clientUnderWay();
    void clientThatFailed_data();
    void clientThatFailed();
};

void TestStuckStderr::server_data()
{
    QTest::addColumn<QStringList>("options");

    QTest::newRow("text") << QStringList();
    QTest::newRow("--json") << QStringList{u"--json"_s};
}

void TestStuckStderr::server()
{
    QFETCH(const QStringList, options);
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"socket"_s);
    StuckProgram server(PARLEY_SERVER, QStringList{u"--headless"_s, u"--unix"_s, path} + options);
    RawSocket client;
    QTRY_VERIFY_WITH_TIMEOUT((client = RawSocket::connectedTo(QFile::encodeName(path))).isOpen(), 20'000);
    QCOMPARE(client.receive(100), "Hello World!");
    client.close();
    server.sendSignal(SIGTERM);
    QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(), 20'000);
    QCOMPARE(server.exitStatus(), 0);
}

void TestStuckStderr::clientUnderWay_data()
{
    QTest::addColumn<QStringList>("options");

    QTest::newRow("text") << QStringList();
    QTest::newRow("--raw") << QStringList{u"--raw"_s};
    QTest::newRow("--json") << QStringList{u"--json"_s};
    QTest::newRow("--repeat") << QStringList{u"--repeat"_s, u"1"_s};
    QTest::newRow("--repeat --csv") << QStringList{u"--repeat"_s, u"1"_s, u"--csv"_s};
    QTest::newRow("--repeat --json") << QStringList{u"--repeat"_s, u"1"_s, u"--json"_s};
}

/// A signal ends the attempt under way. The failure cannot be printed, and the program ends nevertheless.
void TestStuckStderr::clientUnderWay()
{
    QFETCH(const QStringList, options);
    const RawSocket listener = RawSocket::listening();
    StuckProgram client(PARLEY_CLIENT, QStringList{u"--headless"_s} + options
                                           + QStringList{u"127.0.0.1"_s, QString::number(listener.localPort())});
    const RawSocket peer = listener.accept();
    QVERIFY(peer.isOpen());
    QVERIFY(client.handlesSignals());
    client.sendSignal(SIGTERM);
    QTRY_VERIFY_WITH_TIMEOUT(client.hasEnded(), 20'000);
    QCOMPARE(client.exitStatus(), 1);
}

void TestStuckStderr::clientThatFailed_data()
{
    clientUnderWay_data();
}

/// The program waits for somebody to read why it failed, until a signal comes.
void TestStuckStderr::clientThatFailed()
{
    QFETCH(const QStringList, options);
    const RawSocket refusing = RawSocket::bound();
    StuckProgram client(PARLEY_CLIENT, QStringList{u"--headless"_s} + options
                                           + QStringList{u"127.0.0.1"_s, QString::number(refusing.localPort())});
    QTRY_VERIFY_WITH_TIMEOUT(client.handlesSignals(), 20'000);
    client.sendSignal(SIGTERM);
    QTRY_VERIFY_WITH_TIMEOUT(client.hasEnded(), 20'000);
    QCOMPARE(client.exitStatus(), 1);
}

QTEST_GUILESS_MAIN(TestStuckStderr)
#include "tst_stuck_stderr.moc"
