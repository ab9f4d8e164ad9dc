// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/server.h"
#include "server_gui/table/connection_model.h"
#include "shared/event/event_stream.h"
#include "shared/loop/io_thread.h"
#include "shared/message/message.h"
#include "tests/support/event_recorder.h"
#include "tests/support/portable.h"
#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"

#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <future>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

namespace
{

const QString ServerProgram = QStringLiteral(PARLEY_SERVER);
constexpr qsizetype Long = 4 * 1024 * 1024; // more than what socket buffers hold
constexpr int SmallBuffer = 4096;
constexpr int MilliPatience = 20'000; // a guard against deadlocks, not a measure of speed

QByteArray greetingOf(qsizetype size)
{
    return size == 12 ? QByteArray("Hello World!") : QByteArray(size, 'g');
}

/// A file that holds a greeting, and the option that names it.
class GreetingFile
{
public:
    explicit GreetingFile(qsizetype size)
    {
        QFile file(files_.filePath(u"greeting"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(greetingOf(size)) != size)
            qFatal("Cannot write %s", qPrintable(file.fileName()));
    }
    QStringList option() const { return {u"--greeting-file"_s, files_.filePath(u"greeting"_s)}; }

private:
    QTemporaryDir files_;
};

/// Runs @p work on another thread while this one reads what the processes print and the engines tell.
template <typename Work>
auto beside(Work work)
{
    auto future = std::async(std::launch::async, work);
    const auto isDone = [&future] { return future.wait_for(0s) == std::future_status::ready; };
    if (!QTest::qWaitFor(isDone, 4 * MilliPatience)) // before ctest ends it without a word
        qFatal("The work on the other thread was not done within %d ms", 4 * MilliPatience);
    return future.get();
}

/// parley-server with its stdout where @p redirection of the shell leads.
QStringList shell(const QString &redirection)
{
    return {u"/bin/sh"_s, u"-c"_s, u"exec \"$0\" \"$@\" "_s + redirection};
}

} // namespace

/// What parley-server promises about greeting, closing and ending.
class TestPromisesClose : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void clientTalksFirst_data();
    void clientTalksFirst();
    void clientHalfCloses_data();
    void clientHalfCloses();
    void goneAtTheDeadline_data();
    void goneAtTheDeadline();
    void pulledCable();
    void statesAddUp();
    void completesOnTermination();
    void terminatesUnderLoad();
    void restartsAfterKill();
    void secondInstance();
    void stdoutReaderStalls();
    void stdoutReaderGone();
    void stdoutFull();
};

void TestPromisesClose::clientTalksFirst_data()
{
    QTest::addColumn<qsizetype>("greeting");
    QTest::addColumn<qsizetype>("said");
    QTest::addColumn<int>("count");

    for (const qsizetype said : {1, 64 * 1024, 1024 * 1024}) {
        QTest::addRow("12 B after %lld B", said) << qsizetype(12) << said << (said > 100'000 ? 100 : 200);
        QTest::addRow("4 MiB after %lld B", said) << Long << said << 25;
    }
}

void TestPromisesClose::clientTalksFirst()
{
    QFETCH(const qsizetype, greeting);
    QFETCH(const qsizetype, said);
    QFETCH(const int, count);
    const GreetingFile file(greeting);
    ServerProcess server(u"127.0.0.1"_s, file.option());
    VERIFY(server.port() != 0, server);
    const int whole = beside([&] {
        const QByteArray expected = greetingOf(greeting);
        const QByteArray words(said, 'w');
        int complete = 0;
        for (int i = 0; i < count; ++i) {
            RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port());
            const bool sent = client.send(words);
            complete += sent && client.receive(greeting + 1) == expected && client.isAtEnd() ? 1 : 0;
        }
        return complete;
    });
    QCOMPARE(whole, count);
}

void TestPromisesClose::clientHalfCloses_data()
{
    QTest::addColumn<qsizetype>("greeting");
    QTest::addColumn<int>("receiveBuffer");
    QTest::addColumn<int>("count");

    QTest::newRow("12 B") << qsizetype(12) << 0 << 1000;
    QTest::newRow("4 MiB") << Long << 0 << 50;
    QTest::newRow("4 MiB, small buffer") << Long << 65'536 << 10;
}

void TestPromisesClose::clientHalfCloses()
{
    QFETCH(const qsizetype, greeting);
    QFETCH(const int, receiveBuffer);
    QFETCH(const int, count);
    const GreetingFile file(greeting);
    ServerProcess server(u"127.0.0.1"_s, file.option());
    VERIFY(server.port() != 0, server);
    const int whole = beside([&] {
        const QByteArray expected = greetingOf(greeting);
        int complete = 0;
        for (int i = 0; i < count; ++i) {
            RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port(), receiveBuffer);
            client.shutdownSending();
            complete += client.receive(greeting + 1) == expected && client.isAtEnd() ? 1 : 0;
        }
        return complete;
    });
    QCOMPARE(whole, count);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    VERIFY(server.output().count('\n') == count, server);
}

void TestPromisesClose::goneAtTheDeadline_data()
{
    QTest::addColumn<qsizetype>("greeting");
    QTest::addColumn<bool>("drips");

    QTest::newRow("never reads") << Long << false;
    QTest::newRow("stays silent") << qsizetype(12) << false;
    QTest::newRow("drips") << qsizetype(12) << true;
}

void TestPromisesClose::goneAtTheDeadline()
{
    QFETCH(const qsizetype, greeting);
    QFETCH(const bool, drips);
    constexpr int count = 200;
    const GreetingFile file(greeting);
    ServerProcess server(u"127.0.0.1"_s, file.option() + QStringList{u"--deadline"_s, u"2"_s});
    VERIFY(server.port() != 0, server);
    const qsizetype idle = openDescriptors(server.pid());
    const qint64 before = memory(server.pid(), "VmRSS");
    qint64 most = 0;
    QList<double> others; // ms
    std::vector<RawSocket> clients;
    auto lifetime = std::async(std::launch::async, [port = server.port()] {
        QElapsedTimer clock; // ms
        clock.start();
        const RawSocket client = RawSocket::connectedTo("127.0.0.1", port, SmallBuffer);
        return client.awaitsReset() ? clock.elapsed() : -1;
    });
    QElapsedTimer sinceLast;
    const auto drip = [&] {
        return std::count_if(clients.begin(), clients.end(), [](RawSocket &client) { return client.send("d"); });
    };
    beside([&] {
        for (int i = 0; i < count; ++i)
            clients.push_back(RawSocket::connectedTo("127.0.0.1", server.port(), SmallBuffer));
        sinceLast.start();
        // Somebody else comes meanwhile, again and again.
        for (int i = 0; i < 50; ++i) {
            QElapsedTimer clock;
            clock.start();
            RawSocket other = RawSocket::connectedTo("127.0.0.1", server.port());
            if (other.receive(greeting) == greetingOf(greeting) && other.isAtEnd())
                others.append(static_cast<double>(clock.nsecsElapsed()) / 1e6);
            other.close();
            if (drips)
                drip();
            most = std::max(most, memory(server.pid(), "VmRSS"));
        }
        return 0;
    });
    const qint64 looked = sinceLast.elapsed(); // nobody looked before whether they are gone
    QCOMPARE(others.size(), 50);
    TRY_VERIFY((drips && drip() < 0) || openDescriptors(server.pid()) == idle, server);
    const qint64 gone = sinceLast.elapsed();
    std::sort(others.begin(), others.end());
    qInfo("the last was gone after %lld ms; +%lld KiB; of 50 others the median took %.1f ms, the slowest %.1f ms", gone,
          most - before, others.at(25), others.last());
    QVERIFY2(gone < std::max<qint64>(2000, looked) + 5000, qPrintable(QString::number(looked)));
    const qint64 lived = lifetime.get();
    QVERIFY2(lived >= 2000, qPrintable(QString::number(lived))); // and not before it
    if constexpr (!IsSanitized)                                  // which keeps freed memory
        QVERIFY(most - before < 2'400);                          // KiB
    QVERIFY(others.last() < 5000);
    for (RawSocket &client : clients) { // and they can tell
        client.receive(greeting + 1);
        QVERIFY(!client.isAtEnd() || greeting == 12);
    }
}

/// All kinds of ends at once. The rows say what the clients saw.
/// No segment tells that the peer is gone: only probes without an answer do.
void TestPromisesClose::pulledCable()
{
    const PrivateNetwork network;
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    const QStringList probing{u"--keep-alive"_s, u"1"_s, u"--keep-alive-probes"_s, u"1"_s};
    ServerProcess server(u"127.0.0.1"_s, QStringList{u"--json"_s, u"--behaviour"_s, u"greet-hold"_s} + probing);
    RawSocket visitor = RawSocket::connectedTo("127.0.0.1", server.port());
    QCOMPARE(visitor.receive(12), "Hello World!"_ba);
    const RawSocket listener = RawSocket::listening();
    Process client(QStringLiteral(PARLEY_CLIENT), QStringList{u"--headless"_s, u"--timeout"_s, u"3600"_s,
                                                              u"127.0.0.1"_s, QString::number(listener.localPort())}
                                                      + probing);
    const RawSocket accepted = listener.accept();
    QVERIFY(accepted.isOpen());
    VERIFY(accepted.send("Hello"), client);

    Process ip(u"ip"_s, {u"link"_s, u"set"_s, u"lo"_s, u"down"_s});
    VERIFY(ip.exitStatus() == 0, ip);
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(client.errorOutput().contains("answers no more: the connection timed out after 5 bytes"), client);
    QByteArray end;
    while (!(end = server.nextLine()).isNull() && !end.contains("\"end\"")) {
    }
    VERIFY(end.contains("\"ETIMEDOUT\"") && end.contains("\"timed-out\""), server); // nobody has sent RST
}

void TestPromisesClose::statesAddUp()
{
    EventStream stream;
    EventRecorder recorder(stream);
    ConnectionModel model(stream);
    connect(&stream, &EventStream::arrived, &model, [&model](const EventBatch &batch) { model.read(batch); });
    IoThread<Server> server(stream);
    ServerSettings settings;
    settings.endpoint = std::get<Endpoint>(Endpoint::parse(u"127.0.0.1"_s, u"0"_s, Endpoint::Use::Listen));
    settings.greeting = greetingOf(Long);
    settings.limits.deadline = 4s;
    settings.limits.maxPerPeer = 10;
    settings.limits.access.deny = {std::get<Net>(Net::parse(u"127.0.0.9"_s))};
    server.post([settings](Server &engine) { engine.listen(settings); });
    QTRY_VERIFY_WITH_TIMEOUT(recorder.find(0, Call::Listen), MilliPatience);
    const quint16 port = recorder.find(0, Call::Listen)->local().port();

    QMap<quint16, QString> expected; // by the client's port
    constexpr int each = 10;
    std::vector<RawSocket> open;
    const bool turnedAway = beside([&] {
        bool whole = true;
        for (int i = 0; i < each; ++i) {
            RawSocket greeted = RawSocket::connectedTo("127.0.0.1", port);
            expected.insert(greeted.localPort(), u"complete"_s);
            whole = whole && greeted.receive(Long + 1).size() == Long && greeted.isAtEnd();
            RawSocket denied = RawSocket::connectedFrom("127.0.0.9", "127.0.0.1", port);
            expected.insert(denied.localPort(), u"denied"_s);
            whole = whole && denied.isAtEnd();
        }
        for (int i = 0; i < each; ++i) { // they take a part, and then no more
            open.push_back(RawSocket::connectedFrom("127.0.0.5", "127.0.0.1", port, 65'536));
            open.back().receive(i * 100'000);
        }
        RawSocket surplus = RawSocket::connectedFrom("127.0.0.5", "127.0.0.1", port);
        expected.insert(surplus.localPort(), u"over the limit"_s);
        return whole && surplus.isAtEnd();
    });
    QVERIFY(turnedAway);
    // As much has come as the buffers hold.
    QTRY_COMPARE_WITH_TIMEOUT(connectionsWithoutRoom(port), each, MilliPatience / 2); // or the deadline has passed
    const bool allWhole = beside([&] {
        bool whole = true;
        for (int i = 0; i < each; ++i) {
            RawSocket &client = open[static_cast<std::size_t>(i)];
            if (i % 2 == 0) {
                expected.insert(client.localPort(),
                                u"reset by the peer after "_s + bytesText(i * 100'000 + client.waiting()));
                client.reset();
            }
        }
        for (int i = 1; i < each; i += 2) { // what had come when the deadline passed is still there
            RawSocket &client = open[static_cast<std::size_t>(i)];
            whole = whole && client.awaitsReset();
            expected.insert(client.localPort(),
                            u"timed out after "_s + bytesText(i * 100'000 + client.receive(Long).size()));
        }
        return whole;
    });
    QVERIFY(allWhole);
    constexpr int all = 3 * each + 1;
    const auto ended = [&recorder] {
        return std::count_if(recorder.events.begin(), recorder.events.end(),
                             [](const Event &event) { return event.call() == Call::End; });
    };
    QTRY_COMPARE_WITH_TIMEOUT(ended(), all, MilliPatience);
    QCOMPARE(model.rowCount(), all);
    QCOMPARE(server.engine()->open(), 0U);
    QMap<quint16, QString> states;
    for (int row = 0; row < all; ++row) {
        const auto cell = [&](int column) { return model.index(row, column).data().toString(); };
        states.insert(cell(ConnectionModel::PeerPort).toUShort(), cell(ConnectionModel::State));
    }
    for (const auto [clientPort, state] : expected.asKeyValueRange()) {
        const QString shown = states.value(clientPort);
        // A portable build knows what it sent, but not how much of it arrived (SIOCOUTQ, tcp(7)).
        if (const qsizetype bytes = state.indexOf(u" after "_s); IsPortable && bytes > 0)
            QVERIFY2(shown.startsWith(state.first(bytes)), qPrintable(shown + u", not "_s + state));
        else
            QCOMPARE(shown, state);
    }
    QCOMPARE(server.engine()->accepted(), quint64(all));
    QCOMPARE(server.engine()->denied(), quint64(each));
    QCOMPARE(server.engine()->overLimit(), 1U);
    const std::vector<Outcome> outcomes{Outcome::Complete, Outcome::Denied, Outcome::OverLimit, Outcome::Reset,
                                        Outcome::TimedOut};
    qsizetype sum = 0;
    for (const Outcome outcome : outcomes)
        sum += recorder.count(Call::End, outcome);
    QCOMPARE(sum, all);
    QCOMPARE(recorder.count(Call::Accept), all);
}

void TestPromisesClose::completesOnTermination()
{
    constexpr int count = 300;
    constexpr qsizetype size = 1024 * 1024;
    const GreetingFile file(size);
    ServerProcess server(u"127.0.0.1"_s, file.option());
    VERIFY(server.port() != 0, server);
    std::vector<RawSocket> clients;
    for (int i = 0; i < count; ++i)
        clients.push_back(RawSocket::connectedTo("127.0.0.1", server.port(), 65'536));
    server.sendSignal(SIGTERM); // some wait to be accepted
    TRY_VERIFY(!RawSocket::connectedTo("127.0.0.1", server.port()).isOpen(), server);
    const int whole = beside([&] {
        std::vector<qsizetype> received(count);
        for (qsizetype part = 0; part < size; part += size / 8) { // in turn: none is quick
            for (std::size_t i = 0; i < count; ++i)
                received[i] += clients[i].receive(size / 8).size();
        }
        int complete = 0;
        for (std::size_t i = 0; i < count; ++i)
            complete += received[i] == size && clients[i].isAtEnd() ? 1 : 0;
        clients.clear();
        return complete;
    });
    QCOMPARE(whole, count);
    VERIFY(server.exitStatus() == 0, server);
    VERIFY(server.output().count('\n') >= count, server);
}

/// Printing is far behind by then, and greetings that large take a while to print.
void TestPromisesClose::terminatesUnderLoad()
{
    constexpr qsizetype size = 3'000'000;
    constexpr int before = IsSanitized ? 100 : 1'000;
    const GreetingFile file(size);
    const QStringList toNowhere{u"sh"_s, u"-c"_s, u"exec \"$@\" >/dev/null"_s, u"sh"_s};
    ServerProcess server(u"127.0.0.1"_s, file.option() + QStringList{u"--json"_s}, toNowhere);
    VERIFY(server.port() != 0, server);
    std::atomic<int> greeted = 0;
    std::atomic<int> cut = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&greeted, &cut, port = server.port()] {
            for (;;) {
                auto client = RawSocket::connectedTo("127.0.0.1", port);
                if (!client.isOpen())
                    return; // it listens no more
                const qsizetype had = client.receive(size).size();
                if (had == 0) // it stopped listening while this one connected
                    return;
                ++(had == size && client.isAtEnd() ? greeted : cut);
            }
        });
    }
    [[maybe_unused]] const bool loaded = QTest::qWaitFor([&greeted] { return greeted >= before; }, 3 * MilliPatience);
    const int atSignal = greeted;
    QElapsedTimer clock;
    clock.start();
    server.sendSignal(SIGTERM);
    const int status = server.exitStatus();
    const qint64 time = clock.elapsed();
    for (std::thread &client : clients)
        client.join();
    qInfo("%d greeted before, %d after the signal; ended %lld ms after it", atSignal, greeted - atSignal, time);
    VERIFY(status == 0, server);
    QVERIFY2(atSignal >= before, qPrintable(QString::number(atSignal)));
    QCOMPARE(cut.load(), 0);
    // Those under way, who waits in the queue, and who comes before the signal is seen.
    QVERIFY2(greeted - atSignal <= 100, qPrintable(QString::number(greeted - atSignal)));
}

void TestPromisesClose::restartsAfterKill()
{
    quint16 port = 0;
    RawSocket client;
    {
        ServerProcess server;
        port = server.port();
        client = RawSocket::connectedTo("127.0.0.1", port); // its connection outlives the server
        QCOMPARE(client.receive(12), "Hello World!");
        server.sendSignal(SIGKILL);
        QCOMPARE(server.exitStatus(), -1);
    }
    QElapsedTimer clock;
    clock.start();
    Process again(ServerProgram, {u"--headless"_s, u"127.0.0.1"_s, QString::number(port)});
    const QByteArray announcement = again.nextErrorLine();
    VERIFY(announcement == "Listening on ('127.0.0.1', " + QByteArray::number(port) + ')', again);
    QCOMPARE(RawSocket::connectedTo("127.0.0.1", port).receive(12), "Hello World!");
    qInfo("greets again after %lld ms", clock.elapsed());
}

void TestPromisesClose::secondInstance()
{
    ServerProcess first;
    Process second(ServerProgram, {u"--headless"_s, u"127.0.0.1"_s, QString::number(first.port())});
    VERIFY(second.exitStatus() == 1, second);
    VERIFY(isOneLine(second.errorOutput()) && second.errorOutput().contains("in use"), second);
    VERIFY(second.output().isEmpty(), second);
    QCOMPARE(RawSocket::connectedTo("127.0.0.1", first.port()).receive(12), "Hello World!");
    VERIFY(isOneLine(first.errorOutput()), first);
}

/// A reader keeps the pipe and takes nothing from it, while far more is printed than a pipe holds.
void TestPromisesClose::stdoutReaderStalls()
{
    QTemporaryDir files;
    const QByteArray fifo = QFile::encodeName(files.filePath(u"fifo"_s));
    QCOMPARE(::mkfifo(fifo.constData(), 0600), 0);
    const int reader = ::open(fifo.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const auto closeReader = qScopeGuard([reader] { ::close(reader); });
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s}, shell(u">'"_s + QFile::decodeName(fifo) + u'\''));
    VERIFY(server.port() != 0, server);
    constexpr int count = 1000; // 700 KB of lines
    int greeted = 0;
    for (int i = 0; i < count; ++i)
        greeted += RawSocket::connectedTo("127.0.0.1", server.port()).receive(12) == "Hello World!" ? 1 : 0;
    QCOMPARE(greeted, count);
    QElapsedTimer clock;
    clock.start();
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server); // it does not wait for that reader for ever
    qInfo("ended %lld ms after SIGTERM", clock.elapsed());
    VERIFY(server.errorOutput().contains(" lines of output were lost") && server.errorOutput().count('\n') == 2,
           server);
}

void TestPromisesClose::stdoutReaderGone()
{
    QTemporaryDir files;
    const QByteArray fifo = QFile::encodeName(files.filePath(u"fifo"_s));
    QCOMPARE(::mkfifo(fifo.constData(), 0600), 0);
    const int reader = ::open(fifo.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ServerProcess server(u"127.0.0.1"_s, {}, shell(u">'"_s + QFile::decodeName(fifo) + u'\''));
    ::close(reader);
    VERIFY(server.port() != 0, server);
    for (int i = 0; i < 100; ++i)
        QCOMPARE(RawSocket::connectedTo("127.0.0.1", server.port()).receive(12), "Hello World!");
    VERIFY(server.nextErrorLine() == "parley-server: Cannot write to stdout: Broken pipe. The greetings go on.",
           server);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
}

void TestPromisesClose::stdoutFull()
{
    ServerProcess server(u"127.0.0.1"_s, {}, shell(u">/dev/full"_s));
    VERIFY(server.port() != 0, server);
    for (int i = 0; i < 100; ++i)
        QCOMPARE(RawSocket::connectedTo("127.0.0.1", server.port()).receive(12), "Hello World!");
    VERIFY(server.nextErrorLine()
               == "parley-server: Cannot write to stdout: No space left on device. The greetings go on.",
           server);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    // once when it was seen, and once in the end, not for each line
    VERIFY(server.errorOutput().contains("100 lines of output were lost") && server.errorOutput().count('\n') == 3,
           server);
}

QTEST_GUILESS_MAIN(TestPromisesClose)
#include "tst_promises_close.moc"
