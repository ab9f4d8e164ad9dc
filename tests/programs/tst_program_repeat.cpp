// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/socket_calls.h"
#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QSet>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Client = QStringLiteral(PARLEY_CLIENT);

/// parley-client --headless --repeat, connecting to 127.0.0.1.
struct RepeatProcess : Process
{
    RepeatProcess(quint16 port, int count, const QStringList &options = {}, const QStringList &wrapper = {})
        : Process(wrapper.value(0, Client), wrapper.mid(1) + (wrapper.isEmpty() ? QStringList() : QStringList{Client})
                                                + QStringList{u"--headless"_s, u"--repeat"_s, QString::number(count)}
                                                + options + QStringList{u"127.0.0.1"_s, QString::number(port)})
    {
    }

    /// The count of an outcome in the text; -1 if the text has none.
    int count(const QString &outcome) const
    {
        const QRegularExpression line(u"^"_s + outcome + u" +([\\d,]+)(  .*)?$"_s, QRegularExpression::MultilineOption);
        const auto match = line.match(QString::fromUtf8(output()));
        return match.hasMatch() ? match.captured(1).remove(u',').toInt() : -1;
    }
};

} // namespace

/// `--repeat` as scripts use it.
class TestProgramRepeat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void allComplete_data();
    void allComplete();
    void printsTheAccount();
    void printsEnglishDigits();
    void printsJson();
    void lastsForATime();
    void exchanges();
    void datagrams();
    void unixSocket();
    void tellsAPersonWhatIsWaitedFor();
    void printsCsv();
    void oneNotComplete();
    void expects();
    void endsOnSignal();
    void readerStalls();
    void holdsFiveThousand();
    void sources();
    void outOfEphemeralPorts();
    void outOfDescriptors();
    void usageError();
};

void TestProgramRepeat::allComplete_data()
{
    QTest::addColumn<int>("concurrency");
    QTest::newRow("one at a time") << 1;
    QTest::newRow("64 at a time") << 64;
    QTest::newRow("1,000 at a time") << 1'000;
}

void TestProgramRepeat::allComplete()
{
    QFETCH(const int, concurrency);
    constexpr int count = 20'000;
    // Where the system allows it: connections of other programs that have ended keep their ports for a minute.
    const PrivateNetwork network;
    ServerProcess server(u"127.0.0.1"_s);
    RepeatProcess client(server.port(), count, {u"--concurrency"_s, QString::number(concurrency)});
    int status = -1;
    qsizetype before = -1; // as long as some come, however slow the computer is
    while (status < 0 && client.isRunning() && server.output().size() > before) {
        before = server.output().size();
        status = client.exitStatus();
    }
    VERIFY(status == 0, client);
    VERIFY(client.count(u"complete"_s) == count, client);
    QCOMPARE(client.errorOutput(), ""_ba);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    QCOMPARE(server.output().count('\n'), count); // the server counted as many
}

void TestProgramRepeat::printsTheAccount()
{
    ServerProcess server;
    RepeatProcess client(server.port(), 50, {u"--concurrency"_s, u"5"_s, u"--rate"_s, u"1000"_s});
    VERIFY(client.exitStatus() == 0, client);
    const QList<QByteArray> lines = client.output().split('\n');
    QCOMPARE(lines.first(),
             "50 connections to 127.0.0.1:" + QByteArray::number(server.port()) + ", 5 at a time, 1,000 a second");
    for (const QString &name :
         {u"wrong greeting"_s, u"never greeted"_s, u"refused"_s, u"timed out"_s, u"reset"_s, u"local limit"_s})
        VERIFY(client.count(name) == 0, client);
    VERIFY(client.count(u"in all"_s) == 50, client);
    static const QRegularExpression figures(u"latency +min +p50 +p90 +p99 +p99\\.9 +max\nconnect +\\d.*\nfirst byte "
                                            "+\\d.*\ncomplete +\\d.*\n$"_s);
    VERIFY(figures.match(QString::fromUtf8(client.output())).hasMatch(), client);
}

/// Other digits would get out of order among English words.
void TestProgramRepeat::printsEnglishDigits()
{
    ServerProcess server;
    Process client(Client, {u"--headless"_s, u"--repeat"_s, u"1200"_s, u"127.0.0.1"_s, QString::number(server.port())},
                   {}, {{u"LC_ALL"_s, u"ar_EG.UTF-8"_s}});
    VERIFY(client.exitStatus() == 0, client);
    VERIFY(client.output().startsWith("1,200 connections to "), client);
}

void TestProgramRepeat::printsJson()
{
    ServerProcess server;
    RepeatProcess client(server.port(), 50, {u"--json"_s});
    VERIFY(client.exitStatus() == 0, client);
    VERIFY(isOneLine(client.output()), client);
    const QJsonObject object = QJsonDocument::fromJson(client.output()).object();
    QCOMPARE(object.value(u"program"_s).toString(), u"parley-client"_s);
    QCOMPARE(object.value(u"outcomes"_s).toObject().value(u"complete"_s).toInt(), 50);
}

void TestProgramRepeat::lastsForATime()
{
    ServerProcess server;
    Process client(Client, {u"--headless"_s, u"--json"_s, u"--for"_s, u"0.3"_s, u"--rate"_s, u"100"_s, u"127.0.0.1"_s,
                            QString::number(server.port())});
    VERIFY(client.exitStatus() == 0, client);
    const QJsonObject object = QJsonDocument::fromJson(client.output()).object();
    QCOMPARE(object.value(u"for_s"_s).toDouble(), 0.3);
    const int made = object.value(u"repeat"_s).toInt();
    VERIFY(made > 0 && made <= 31, client); // one at the start, and every 10 ms
    QCOMPARE(object.value(u"started"_s).toInt(), made);
    QCOMPARE(object.value(u"outcomes"_s).toObject().value(u"complete"_s).toInt(), made);
    VERIFY(object.value(u"elapsed_ns"_s).toDouble() >= 0.3e9, client);
}

void TestProgramRepeat::exchanges()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--behaviour"_s, u"echo"_s});
    RepeatProcess client(server.port(), 10,
                         {u"--json"_s, u"--concurrency"_s, u"5"_s, u"--exchanges"_s, u"20"_s, u"--send"_s, u"ping"_s});
    VERIFY(client.exitStatus() == 0, client);
    const QJsonObject object = QJsonDocument::fromJson(client.output()).object();
    QCOMPARE(object.value(u"outcomes"_s).toObject().value(u"complete"_s).toInt(), 10);
    const QJsonObject exchange = object.value(u"latency_ns"_s).toObject().value(u"exchange"_s).toObject();
    QCOMPARE(exchange.value(u"count"_s).toInt(), 200);
    for (const QString &figure : {u"p50"_s, u"p99"_s, u"max"_s})
        VERIFY(exchange.value(figure).toInteger() > 0, client);
}

void TestProgramRepeat::datagrams()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s, u"--greeting"_s, u"Grüße"_s});
    RepeatProcess client(server.port(), 50, {u"--udp"_s, u"--concurrency"_s, u"5"_s, u"--expect"_s, u"Grüße"_s});
    VERIFY(client.exitStatus() == 0, client);
    VERIFY(client.output().startsWith("50 datagrams to "), client);
    VERIFY(client.count(u"answered"_s) == 50, client);
    VERIFY(client.count(u"no answer"_s) == 0, client);

    RawDatagrams silent = RawDatagrams::bound();
    RepeatProcess none(silent.localPort(), 3, {u"--udp"_s, u"--timeout"_s, u"0.1"_s});
    VERIFY(none.exitStatus() == 1, none);
    VERIFY(none.count(u"no answer"_s) == 3, none);
    VERIFY(none.errorOutput().contains("3 of 3 datagrams to 127.0.0.1:"), none);
}

void TestProgramRepeat::unixSocket()
{
    const QTemporaryDir files;
    const QString path = files.filePath(u"socket"_s);
    Process server(QStringLiteral(PARLEY_SERVER), {u"--headless"_s, u"--unix"_s, path});
    TRY_VERIFY(server.errorOutput().contains('\n'), server);
    Process client(Client, {u"--headless"_s, u"--repeat"_s, u"50"_s, u"--concurrency"_s, u"5"_s, u"--unix"_s, path});
    VERIFY(client.exitStatus() == 0, client);
    VERIFY(client.output().startsWith("50 connections to " + QFile::encodeName(path)), client);
}

/// On a terminal alone: a script that reads stderr finds there what went wrong.
void TestProgramRepeat::tellsAPersonWhatIsWaitedFor()
{
    const RawSocket listener = RawSocket::listening();
    QTemporaryDir files;
    const QString command = u"exec '%1' --headless --repeat 5 127.0.0.1 %2"_s.arg(Client).arg(listener.localPort());
    if (QStandardPaths::findExecutable(u"script"_s).isEmpty())
        QSKIP("There is no script(1), which gives a program a terminal.");
    Process client(u"script"_s, {u"-qec"_s, command, u"/dev/null"_s});
    const RawSocket peer = listener.accept();
    TRY_VERIFY(
        client.output().contains("parley-client: 1 connection waits for the server's first byte; the time-out of "
                                 "10 s ends them, the first in "),
        client);
    client.sendSignal(SIGTERM);
    (void)client.exitStatus();

    RepeatProcess piped(listener.localPort(), 1, {u"--timeout"_s, u"2"_s});
    VERIFY(piped.exitStatus() == 1, piped);
    VERIFY(isOneLine(piped.errorOutput()), piped);
    VERIFY(!piped.errorOutput().contains("waits"), piped);
}

void TestProgramRepeat::printsCsv()
{
    ServerProcess server;
    RepeatProcess client(server.port(), 50, {u"--csv"_s});
    VERIFY(client.exitStatus() == 0, client);
    VERIFY(client.output().startsWith("part,series,from,to,value,unit\r\naccount,complete,,,50,connections\r\n"),
           client);
}

void TestProgramRepeat::oneNotComplete()
{
    const RawSocket listener = RawSocket::listening();
    RepeatProcess client(listener.localPort(), 10);
    for (int i = 0; i < 10; ++i) {
        RawSocket peer = listener.accept();
        peer.send("Hello");
        if (i == 4)
            peer.reset();
    }
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(client.count(u"complete"_s) == 9, client);
    VERIFY(client.output().contains("after 5 bytes: 1"), client);
    VERIFY(isOneLine(client.errorOutput()), client);
    VERIFY(client.errorOutput().contains("1 of 10 connections to 127.0.0.1:"), client);
}

void TestProgramRepeat::expects()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--greeting"_s, u"Grüße"_s});
    RepeatProcess right(server.port(), 10, {u"--expect"_s, u"Grüße"_s});
    VERIFY(right.exitStatus() == 0, right);
    RepeatProcess wrong(server.port(), 10, {u"--expect"_s, u"Grusse"_s});
    VERIFY(wrong.exitStatus() == 1, wrong);
    VERIFY(wrong.count(u"wrong greeting"_s) == 10, wrong);
}

void TestProgramRepeat::endsOnSignal()
{
    const RawSocket listener = RawSocket::listening();
    RepeatProcess client(listener.localPort(), 1'000, {u"--concurrency"_s, u"3"_s});
    std::vector<RawSocket> peers;
    for (int i = 0; i < 5; ++i) {
        peers.push_back(listener.accept());
        if (i < 2) {
            peers.back().send("Hello");
            peers.back().close();
        }
    }
    client.sendSignal(SIGINT);
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(client.count(u"complete"_s) == 2, client);
    VERIFY(client.count(u"cancelled"_s) == 3, client);
    VERIFY(client.count(u"not started"_s) == 995, client);
    VERIFY(client.errorOutput().contains("cancelled"), client);
    VERIFY(isOneLine(client.errorOutput()), client);
}

/// Once the run is over, a signal ends the wait for a reader that does not read the account.
void TestProgramRepeat::readerStalls()
{
    QTemporaryDir files;
    const QString fifo = files.filePath(u"fifo"_s);
    QCOMPARE(::mkfifo(QFile::encodeName(fifo).constData(), 0600), 0);
    const int reader = ::open(QFile::encodeName(fifo).constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const auto closeReader = qScopeGuard([reader] { ::close(reader); });
    QVERIFY(::fcntl(reader, F_SETPIPE_SZ, 4096) >= 0); // shorter than the account
    ServerProcess server;
    RepeatProcess client(server.port(), 500, {u"--csv"_s}, {u"sh"_s, u"-c"_s, u"exec \"$0\" \"$@\" >'%1'"_s.arg(fifo)});
    const auto waiting = [reader] {
        int bytes = 0;
        return ::ioctl(reader, FIONREAD, &bytes) == 0 ? bytes : -1;
    };
    TRY_VERIFY(waiting() > 0, client);
    client.sendSignal(SIGTERM);
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(client.errorOutput() == "parley-client: Not all of the account was written to stdout.\n", client);
}

void TestProgramRepeat::holdsFiveThousand()
{
    constexpr int count = 5'000;
    if (parley::native::raiseDescriptorLimit() < count + 200)
        QSKIP("This test may not open as many descriptors.");
    const RawSocket listener = RawSocket::listening();
    RepeatProcess client(listener.localPort(), count,
                         {u"--json"_s, u"--concurrency"_s, u"5000"_s, u"--hold"_s, u"0.5"_s, u"--timeout"_s, u"60"_s});
    std::vector<RawSocket> peers;
    for (int i = 0; i < count; ++i) { // greeted once all are there: so they are open at once
        peers.push_back(listener.accept());
        VERIFY(peers.back().isOpen(), client);
    }
    for (const RawSocket &peer : peers)
        peer.send("Hello");
    VERIFY(client.exitStatus() == 0, client);
    const QJsonObject object = QJsonDocument::fromJson(client.output()).object();
    QCOMPARE(object.value(u"outcomes"_s).toObject().value(u"complete"_s).toInt(), count);
    QCOMPARE(object.value(u"most_open"_s).toInt(), count);
    for (RawSocket &peer : peers)
        QVERIFY(peer.isAtEnd()); // closed in order
}

void TestProgramRepeat::sources()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s});
    RepeatProcess client(
        server.port(), 600,
        {u"--concurrency"_s, u"10"_s, u"--source"_s, u"127.0.7.0/24"_s, u"--source"_s, u"127.0.0.9"_s});
    VERIFY(client.exitStatus() == 0, client);
    TRY_VERIFY(ServerLog(server.output()).ended() == 600, server);
    QSet<QString> net;
    int single = 0;
    const ServerLog log(server.output());
    for (const ServerLog::Connection &connection : log.connections()) {
        if (connection.host == u"127.0.0.9"_s)
            ++single;
        else
            net.insert(connection.host);
    }
    QCOMPARE(single, 300); // they take turns
    QCOMPARE(net.size(), 254);
    QVERIFY(net.contains(u"127.0.7.1"_s));
    QVERIFY(net.contains(u"127.0.7.254"_s));
}

void TestProgramRepeat::outOfEphemeralPorts()
{
    const PrivateNetwork network; // its ports are its own
    if (!network.isThere())
        QSKIP("The system does not allow a network of our own.");
    QFile range(u"/proc/sys/net/ipv4/ip_local_port_range"_s);
    if (!range.open(QIODevice::WriteOnly) || range.write("40000 40099\n") < 0 || !range.flush())
        QSKIP("The system does not let the range of ephemeral ports be set.");
    range.close();
    constexpr int ports = 100;
    constexpr int count = 300;
    const RawSocket listener = RawSocket::listening();
    const auto serve = [&listener](RepeatProcess &client, int expected) {
        std::vector<RawSocket> peers;
        for (int i = 0; i < expected; ++i) {
            peers.push_back(listener.accept());
            peers.back().send("Hello");
        }
        return client.exitStatus();
    };
    const QStringList held{u"--concurrency"_s, QString::number(count), u"--hold"_s, u"1"_s};
    RepeatProcess client(listener.localPort(), count, held);
    const bool taken = listener.localPort() >= 40'000 && listener.localPort() < 40'000 + ports;
    const int possible = ports - (taken ? 1 : 0);
    VERIFY(serve(client, possible) == 1, client);
    VERIFY(client.count(u"complete"_s) == possible, client);
    VERIFY(client.count(u"local limit"_s) == count - possible, client);
    VERIFY(client.output().contains("(EADDRNOTAVAIL): " + QByteArray::number(count - possible)), client);
    VERIFY(client.errorOutput().contains("ran out of ephemeral ports"), client);
    VERIFY(isOneLine(client.errorOutput()), client);

    RepeatProcess spread(listener.localPort(), count, held + QStringList{u"--source"_s, u"127.7.0.0/16"_s});
    VERIFY(serve(spread, count) == 0, spread);
    VERIFY(spread.count(u"complete"_s) == count, spread);
}

void TestProgramRepeat::outOfDescriptors()
{
    const RawSocket listener = RawSocket::listening();
    RepeatProcess client(listener.localPort(), 200, {u"--concurrency"_s, u"200"_s, u"--timeout"_s, u"1"_s},
                         {u"prlimit"_s, u"--nofile=60:60"_s});
    VERIFY(client.exitStatus() == 1, client);
    const int limited = client.count(u"local limit"_s);
    VERIFY(limited >= 140 && limited < 200, client);
    VERIFY(client.count(u"never greeted"_s) == 200 - limited, client);
    VERIFY(client.output().contains("EMFILE"), client);
    VERIFY(client.errorOutput().contains("ran out of file descriptors"), client);
}

/// The other ones are in tst_client_options.
void TestProgramRepeat::usageError()
{
    Process client(Client, {u"--headless"_s, u"--repeat"_s, u"0"_s, u"127.0.0.1"_s, u"3000"_s});
    VERIFY(client.exitStatus() == 2, client);
    QCOMPARE(client.output(), ""_ba);
    VERIFY(isOneLine(client.errorOutput()), client);
    VERIFY(client.errorOutput().startsWith("parley-client: --repeat “0”: give a whole number"), client);
}

QTEST_GUILESS_MAIN(TestProgramRepeat)
#include "tst_program_repeat.moc"
