// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"

#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley::test;
using namespace std::chrono_literals;

namespace
{

const QString Client = QStringLiteral(PARLEY_CLIENT);

/// Does something again and again on another thread until it fails or this object ends.
class Repeated
{
public:
    /// @param pace between two of them
    Repeated(std::chrono::milliseconds pace, std::function<bool()> step)
        : thread_([this, pace, step] {
              std::unique_lock lock(mutex_);
              while (!wake_.wait_for(lock, pace, [this] { return stopped_; }) && step()) {
              }
          })
    {
    }
    ~Repeated()
    {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }
    Q_DISABLE_COPY_MOVE(Repeated)

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopped_ = false;
    std::thread thread_;
};

/// A server that keeps a client waiting, in one way or another.
struct Trap
{
    RawSocket listener;
    RawSocket peer;
    std::unique_ptr<Repeated> work;
};

/// A client that prints into a pipe, which nobody reads until readAll().
class UnreadClient
{
public:
    explicit UnreadClient(quint16 port, const QStringList &options = {})
    {
        const QByteArray fifo = QFile::encodeName(files_.filePath(u"fifo"_s));
        if (::mkfifo(fifo.constData(), 0600) != 0)
            qFatal("There is no pipe");
        reader_ = ::open(fifo.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        const QString shell = u"exec \"$0\" \"$@\" >'"_s + QFile::decodeName(fifo) + u'\'';
        const QStringList arguments{u"-c"_s, shell, Client, u"--headless"_s, u"127.0.0.1"_s, QString::number(port)};
        process_ = std::make_unique<Process>(u"/bin/sh"_s, arguments + options);
    }
    ~UnreadClient()
    {
        process_.reset(); // it would go on writing while the reader is waited for
        if (size_.valid())
            size_.wait();
        ::close(reader_);
    }
    Q_DISABLE_COPY_MOVE(UnreadClient)

    Process &process() { return *process_; }
    bool hasPrinted() const
    {
        pollfd printed{reader_, POLLIN, 0};
        return ::poll(&printed, 1, 0) == 1 && (printed.revents & POLLIN) != 0;
    }
    void readAll()
    {
        ::fcntl(reader_, F_SETFL, 0); // it may block now
        size_ = std::async(std::launch::async, [reader = reader_] {
            qsizetype size = 0;
            std::array<char, 65'536> buffer;
            for (ssize_t count = 0; (count = ::read(reader, buffer.data(), buffer.size())) > 0;)
                size += count;
            return size;
        });
    }
    /// In bytes, once the client has ended.
    qsizetype printed() { return size_.get(); }

private:
    QTemporaryDir files_;
    int reader_ = -1;
    std::unique_ptr<Process> process_;
    std::future<qsizetype> size_;
};

} // namespace

/// What parley-client promises: that it ends, and what it says then.
class TestPromisesClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void deadline_data();
    void deadline();
    void signal_data();
    void signal();
    void deadlineOverLookUp();
    void cutMessage_data();
    void cutMessage();
    void endlessStream();
    void longestEscapes();

private:
    enum Kind { FullQueue, Unaccepted, Silent, Drip, Endless };
    static void kinds();
    static Trap trap(Kind kind);
    static void spring(Trap &trap, Kind kind);
};

void TestPromisesClient::kinds()
{
    QTest::addColumn<int>("kind");

    QTest::newRow("full accept queue") << int(FullQueue);
    QTest::newRow("never accepted") << int(Unaccepted);
    QTest::newRow("accepted in silence") << int(Silent);
    QTest::newRow("a byte now and then") << int(Drip);
    QTest::newRow("endless stream") << int(Endless);
}

Trap TestPromisesClient::trap(Kind kind)
{
    Trap trap;
    trap.listener = RawSocket::listening("127.0.0.1", kind == FullQueue ? 0 : 10);
    if (kind == FullQueue)
        trap.peer = RawSocket::connectedTo("127.0.0.1", trap.listener.localPort()); // has the only place
    return trap;
}

/// The trap's work once the client is on its way.
void TestPromisesClient::spring(Trap &trap, Kind kind)
{
    if (kind == FullQueue || kind == Unaccepted)
        return;
    trap.peer = trap.listener.accept();
    if (kind == Drip) {
        trap.work = std::make_unique<Repeated>(50ms, [&peer = trap.peer] { return peer.send("d"); });
    } else if (kind == Endless) {
        // At a pace at which the time-out comes before the limit.
        const auto send = [&peer = trap.peer, bytes = QByteArray(65'536, 'e')] { return peer.send(bytes); };
        trap.work = std::make_unique<Repeated>(10ms, send);
    }
}

void TestPromisesClient::deadline_data()
{
    kinds();
}

void TestPromisesClient::deadline()
{
    QFETCH(const int, kind);
    Trap caught = trap(Kind(kind));
    QVERIFY(caught.listener.isOpen());
    QElapsedTimer clock;
    clock.start();
    ClientProcess client(caught.listener.localPort(),
                         {u"--timeout"_s, u"1"_s, u"--max-bytes"_s, u"268435456"_s, u"--json"_s});
    spring(caught, Kind(kind));
    VERIFY(client.exitStatus() == 1, client);
    const qint64 elapsed = clock.elapsed();
    VERIFY(isOneLine(client.errorOutput()) && client.errorOutput().contains("127.0.0.1"), client);
    VERIFY(client.output().contains(R"("outcome":"timed-out")"), client);
    QVERIFY(elapsed >= 1000);
    qInfo("ended %lld ms after the start, with a time-out of 1000 ms", elapsed);
}

void TestPromisesClient::signal_data()
{
    kinds();
}

void TestPromisesClient::signal()
{
    QFETCH(const int, kind);
    Trap caught = trap(Kind(kind));
    ClientProcess client(caught.listener.localPort(),
                         {u"--timeout"_s, u"60"_s, u"--json"_s, u"--max-bytes"_s, u"268435456"_s});
    VERIFY(client.nextLine().contains("start"), client);
    spring(caught, Kind(kind));
    QElapsedTimer clock;
    clock.start();
    client.sendSignal(SIGINT);
    VERIFY(client.exitStatus() == 1, client);
    const qint64 elapsed = clock.elapsed();
    VERIFY(client.errorOutput().contains("cancelled") && isOneLine(client.errorOutput()), client);
    qInfo("ended %lld ms after SIGINT", elapsed);
    QVERIFY(elapsed < 5000); // the patience of Qt's look-ups and others'
}

/// A name server that never answers, in a network of our own.
void TestPromisesClient::deadlineOverLookUp()
{
    const PrivateNetwork network;
    if (!network.isThere())
        QSKIP("The system does not allow a network of our own.");
    const int nameServer = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto closeNameServer = qScopeGuard([nameServer] { ::close(nameServer); });
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_port = htons(53);
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(nameServer, reinterpret_cast<const sockaddr *>(&local), sizeof local) != 0)
        QSKIP("The system does not allow a name server of our own.");
    QTemporaryDir files;
    QFile resolver(files.filePath(u"resolv.conf"_s));
    QVERIFY(resolver.open(QIODevice::WriteOnly) && resolver.write("nameserver 127.0.0.1\n") > 0);
    resolver.close();
    const QString mount = u"mount --bind \"$0\" /etc/resolv.conf && exec \"$@\""_s;
    Process probe(u"unshare"_s, {u"-m"_s, u"sh"_s, u"-c"_s, mount, resolver.fileName(), u"true"_s});
    if (probe.exitStatus() != 0)
        QSKIP("The system does not allow mounts of our own.");

    for (const int signal : {0, SIGINT}) {
        QElapsedTimer clock;
        clock.start();
        Process client(u"unshare"_s,
                       {u"-m"_s, u"sh"_s, u"-c"_s, mount, resolver.fileName(), Client, u"--headless"_s, u"--json"_s,
                        u"--timeout"_s, signal == 0 ? u"1"_s : u"60"_s, u"host.example"_s, u"1"_s});
        char question = 0;
        QVERIFY(::recv(nameServer, &question, 1, 0) > 0); // the look-up is under way
        if (signal != 0) {
            clock.restart();
            client.sendSignal(signal);
        }
        VERIFY(client.exitStatus() == 1, client);
        qInfo("ended %lld ms after the %s", clock.elapsed(),
              signal == 0 ? "start, with a time-out of 1000 ms" : "signal");
        QVERIFY(clock.elapsed() < 4500); // the resolver waits 5 s
        VERIFY(isOneLine(client.errorOutput()) && client.errorOutput().contains("host.example"), client);
        VERIFY(client.output().contains(signal == 0 ? R"("outcome":"timed-out")" : R"("outcome":"cancelled")"), client);
        while (::recv(nameServer, &question, 1, MSG_DONTWAIT) > 0) {
        }
    }
}

void TestPromisesClient::cutMessage_data()
{
    QTest::addColumn<QByteArray>("how");

    QTest::newRow("by a reset") << "reset"_ba;
    QTest::newRow("by the time-out") << "time"_ba;
    QTest::newRow("by the limit") << "limit"_ba;
}

/// At each offset of a message with characters of one to four bytes.
void TestPromisesClient::cutMessage()
{
    QFETCH(const QByteArray, how);
    const QByteArray message = "Grüße 世🌍!";
    const RawSocket server = RawSocket::listening();
    std::vector<std::unique_ptr<ClientProcess>> clients;
    std::vector<RawSocket> peers;
    for (qsizetype offset = 1; offset < message.size(); ++offset) {
        QStringList options{u"--raw"_s};
        if (how == "limit")
            options << u"--max-bytes"_s << QString::number(offset);
        else if (how == "time")
            options << u"--timeout"_s << u"1"_s;
        clients.push_back(std::make_unique<ClientProcess>(server.localPort(), options));
        peers.push_back(server.accept());
        QVERIFY(peers.back().send(how == "limit" ? message : message.first(offset)));
        if (how == "reset")
            peers.back().reset();
    }
    for (qsizetype offset = 1; offset < message.size(); ++offset) {
        ClientProcess &client = *clients[static_cast<std::size_t>(offset - 1)];
        VERIFY(client.exitStatus() == 1, client);
        VERIFY(client.output() == message.first(offset), client);
        VERIFY(isOneLine(client.errorOutput()) && client.errorOutput().contains("127.0.0.1"), client);
        VERIFY(client.errorOutput().contains(how == "limit" ? "limit" : how == "reset" ? "reset" : "time"), client);
    }
}

/// Memory at the worst moment: the whole message received and about to be printed, to a reader that takes none of it.
void TestPromisesClient::endlessStream()
{
    qint64 usual = 0;
    {
        const RawSocket server = RawSocket::listening();
        ClientProcess client(server.localPort(), {u"--json"_s});
        RawSocket peer = server.accept();
        QVERIFY(peer.send("Hello World!"));
        TRY_VERIFY(client.output().contains(R"("call":"recv")"), client);
        usual = memory(client.pid(), "VmHWM");
    }
    const RawSocket server = RawSocket::listening();
    UnreadClient unread(server.localPort());
    Process &client = unread.process();
    RawSocket peer = server.accept();
    const Repeated endless(0ms, [&peer, bytes = QByteArray(65'536, 'e')] { return peer.send(bytes); });
    TRY_VERIFY(unread.hasPrinted(), client);
    const qint64 most = memory(client.pid(), "VmHWM");
    qInfo("%lld KiB, and %lld KiB more than a short message takes", most, most - usual);
    unread.readAll();
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(isOneLine(client.errorOutput()) && client.errorOutput().contains("limit"), client);
    QCOMPARE(unread.printed(), 16 * 1024 * 1024 + 1);
    QVERIFY(IsSanitized || most - usual <= 32 * 1024); // it keeps freed memory
}

/// Nothing is lost where each byte becomes the longest escape and nobody reads until all has come.
void TestPromisesClient::longestEscapes()
{
    constexpr int size = 16 * 1024 * 1024;
    const RawSocket server = RawSocket::listening();
    UnreadClient unread(server.localPort(), {u"--encoding"_s, u"ISO-8859-1"_s});
    Process &client = unread.process();
    RawSocket peer = server.accept();
    QVERIFY(peer.send(QByteArray(size, '\x80')));
    peer.shutdownSending();
    QCOMPARE(peer.receive(1), QByteArray()); // the client has all of it
    QElapsedTimer quiet;
    std::chrono::milliseconds used = -1ms;
    const auto isQuiet = [&] { // it has escaped all of it
        if (const auto now = processorTime(client.pid()); now != std::exchange(used, now))
            quiet.start();
        return quiet.hasExpired(200);
    };
    TRY_VERIFY(isQuiet(), client);
    unread.readAll();
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(unread.printed(), 6 * size + 1);
}

QTEST_GUILESS_MAIN(TestPromisesClient)
#include "tst_promises_client.moc"
