// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/address.h"
#include "shared/socket/socket_calls.h"
#include "tests/support/portable.h"
#include "tests/support/process.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley::test;
using namespace std::chrono_literals;

namespace
{

constexpr QLatin1String AcceptCall(IsPortable ? "accept" : "accept4");

const QString Server = QStringLiteral(PARLEY_SERVER);
const QByteArray Greeting = "Hello World!";

std::vector<RawSocket> connectMany(int count, quint16 port)
{
    std::vector<RawSocket> clients;
    for (int i = 0; i < count; ++i)
        clients.push_back(RawSocket::connectedTo("127.0.0.1", port));
    return clients;
}

bool isGreeted(RawSocket &client)
{
    return client.receive(100) == Greeting && client.isAtEnd();
}

int countGreeted(std::vector<RawSocket> &clients)
{
    return static_cast<int>(std::count_if(clients.begin(), clients.end(), isGreeted));
}

/// Enough descriptors for this test, where the system allows as many.
bool mayOpen(int count)
{
    return parley::native::raiseDescriptorLimit() >= count;
}

} // namespace

/// What parley-server promises about accepting.
class TestPromisesAccept : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void outOfDescriptors_data();
    void outOfDescriptors();
    void acceptErrors_data();
    void acceptErrors();
    void resetBeforeAccept();
    void burst();
    void maxConnections();
    void maxPerPeer();
    void descriptorLimitIsRaised();
    void staysBelowTheDescriptorLimit();
    void accessLists_data();
    void accessLists();
    void defaultExposure();
};

void TestPromisesAccept::outOfDescriptors_data()
{
    QTest::addColumn<int>("before"); // clients served before
    QTest::addColumn<int>("held");   // connections open
    QTest::addColumn<bool>("byClosing");

    QTest::newRow("at the first accept") << 0 << 0 << false;
    QTest::newRow("with connections open") << 10 << 40 << false;
    QTest::newRow("until connections end") << 10 << 40 << true;
    QTest::newRow("after a thousand") << 1000 << 0 << false;
}

void TestPromisesAccept::outOfDescriptors()
{
    QFETCH(const int, before);
    QFETCH(const int, held);
    QFETCH(const bool, byClosing);
    constexpr int waiting = 20;
    ServerProcess server;
    VERIFY(server.port() != 0, server);
    const qsizetype idle = openDescriptors(server.pid());
    const int usual = descriptorLimit(server.pid());
    for (int i = 0; i < before; ++i) {
        RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port());
        QVERIFY(isGreeted(client));
    }
    TRY_VERIFY(openDescriptors(server.pid()) == idle, server);
    std::vector<RawSocket> holders = connectMany(held, server.port()); // greeted, they do not close
    TRY_VERIFY(openDescriptors(server.pid()) == idle + held, server);

    for (int round = 1; round <= 2; ++round) {
        const int limit = nextDescriptor(server.pid());
        if (!setDescriptorLimit(server.pid(), limit))
            QSKIP("The system does not let prlimit(2) change another process.");
        std::vector<RawSocket> clients = connectMany(waiting, server.port());
        const QByteArray number = QByteArray::number(limit);
        const QByteArray sentence = server.nextErrorLine();
        VERIFY(sentence
                   == "parley-server: Out of file descriptors: " + number + " of " + number
                          + " in use. Waiting for connections to end.",
               server);

        constexpr auto window = 500ms; // not a wait for a state: what is measured is what happens meanwhile
        const auto used = processorTime(server.pid());
        const QDeadlineTimer over(window);
        QVERIFY(QTest::qWaitFor([&over] { return over.hasExpired(); }));
        const int share = static_cast<int>((processorTime(server.pid()) - used) * 100 / window);
        QVERIFY2(share < 10, QByteArray::number(share).constData());

        QElapsedTimer clock;
        clock.start();
        if (byClosing) {
            holders.clear();
        } else {
            QVERIFY(setDescriptorLimit(server.pid(), usual));
        }
        QCOMPARE(countGreeted(clients), waiting);
        qInfo("%d %% of a core while starved; %d clients served %lld ms after", share, waiting, clock.elapsed());
        clients.clear();
        VERIFY(server.nextErrorLine() == "parley-server: Accepting connections works again.", server);
        QVERIFY(setDescriptorLimit(server.pid(), usual));
        TRY_VERIFY(openDescriptors(server.pid()) == idle + static_cast<qsizetype>(holders.size()), server);
        if (byClosing) {
            holders = connectMany(held, server.port());
            TRY_VERIFY(openDescriptors(server.pid()) == idle + held, server);
        }
    }
    holders.clear();
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    // A sentence for each time, not for each try; it may run out again while the connections end one by one.
    VERIFY(byClosing || server.errorOutput().count('\n') == 1 + 2 * 2, server);
    VERIFY(server.output().count('\n') == before + held + 2 * waiting + (byClosing ? 2 * held : 0), server);
}

void TestPromisesAccept::acceptErrors_data()
{
    QTest::addColumn<QString>("injection");
    for (const char *error : {"EINTR", "ECONNABORTED", "EPROTO", "EPERM", "ENOBUFS", "ENOMEM", "EMFILE", "ENFILE"}) {
        for (const char *when : {"1", "2+3", "1..18"})
            QTest::addRow("%s, when=%s", error, when)
                << u"inject=%3:error=%1:when=%2"_s.arg(QLatin1String(error), QLatin1String(when), AcceptCall);
    }
}

void TestPromisesAccept::acceptErrors()
{
    QFETCH(const QString, injection);
    const QString strace = QStandardPaths::findExecutable(u"strace"_s);
    if (strace.isEmpty())
        QSKIP("There is no strace here.");
    Process probe(strace, {u"-qq"_s, u"-o"_s, u"/dev/null"_s, u"true"_s});
    if (probe.exitStatus() != 0)
        QSKIP("The system does not let processes be traced.");

    QTemporaryDir files;
    QFile trace(files.filePath(u"trace"_s));
    const ServerProcess server(u"127.0.0.1"_s, {},
                               {strace, u"-f"_s, u"-qq"_s, u"--seccomp-bpf"_s, u"-o"_s, trace.fileName(), u"-e"_s,
                                u"trace=%1"_s.arg(AcceptCall), u"-e"_s, injection});
    VERIFY(server.port() != 0, server);
    constexpr int each = 6;
    for (int i = 0; i < each; ++i) { // one at a time, then at once
        RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port());
        VERIFY(isGreeted(client), server);
    }
    std::vector<RawSocket> clients = connectMany(each, server.port());
    QCOMPARE(countGreeted(clients), each);
    QVERIFY(trace.open(QIODevice::ReadOnly));
    QVERIFY(trace.readAll().contains("(INJECTED)"));
}

void TestPromisesAccept::resetBeforeAccept()
{
    constexpr int count = 500;
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s});
    server.sendSignal(SIGSTOP);
    QTRY_VERIFY(isStopped(server.pid())); // all its threads, or else it may greet the first before
    QList<int> ports;
    for (int i = 0; i < count; ++i) {
        RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port());
        ports.append(client.localPort());
        client.reset();
    }
    server.sendSignal(SIGCONT);
    TRY_VERIFY(ServerLog(server.output()).ended() == count, server);
    const ServerLog log(server.output());
    QList<int> seen;
    for (const ServerLog::Connection &connection : log.connections()) {
        QCOMPARE(connection.host, u"127.0.0.1"_s);
        QCOMPARE(connection.outcome, u"reset"_s);
        seen.append(connection.port);
    }
    QCOMPARE(seen, ports); // in the order in which they connected
}

void TestPromisesAccept::burst()
{
    constexpr int count = 4000;
    if (!mayOpen(count + 200))
        QSKIP("This test may not open as many descriptors.");
    const PrivateNetwork network; // nobody else's overflows count there
    ServerProcess server;
    VERIFY(server.port() != 0, server);
    const qint64 overflows = networkCounter("ListenOverflows");
    const qint64 drops = networkCounter("ListenDrops");
    server.sendSignal(SIGSTOP); // the worst case: none is accepted meanwhile
    std::vector<RawSocket> clients = connectMany(count, server.port());
    server.sendSignal(SIGCONT);
    QCOMPARE(countGreeted(clients), count);
    if (!network.isThere())
        QSKIP("All were greeted, but the overflows of a shared network cannot be told apart.");
    QVERIFY(overflows >= 0);
    QCOMPARE(networkCounter("ListenOverflows") - overflows, 0);
    QCOMPARE(networkCounter("ListenDrops") - drops, 0);
}

void TestPromisesAccept::maxConnections()
{
    constexpr int cap = 20;
    constexpr int all = 60;
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s, u"--max-connections"_s, QString::number(cap)});
    std::vector<RawSocket> clients = connectMany(all, server.port());
    for (int i = cap; i < all; ++i)
        QVERIFY(clients.at(static_cast<std::size_t>(i)).isAtEnd()); // closed, not reset, and without a byte
    clients.resize(cap);
    QCOMPARE(countGreeted(clients), cap); // they do not close
    TRY_VERIFY(ServerLog(server.output()).ended(u"over-limit"_s) == all - cap, server);
    QCOMPARE(ServerLog(server.output()).ended(), all - cap);

    clients.clear();
    TRY_VERIFY(ServerLog(server.output()).ended(u"complete"_s) == cap, server);
    int greeted = 0;
    for (int round = 0; round < 10; ++round) {
        std::vector<RawSocket> more = connectMany(30, server.port());
        greeted += countGreeted(more);
    }
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    const ServerLog log(server.output());
    QCOMPARE(log.connections().size(), all + 300);
    QCOMPARE(log.ended(), all + 300);
    QCOMPARE(log.ended(u"complete"_s), cap + greeted);
    QCOMPARE(log.ended(u"over-limit"_s), all - cap + 300 - greeted);
    QCOMPARE(log.mostOpen(), cap);
    QVERIFY(greeted >= 10);
}

void TestPromisesAccept::maxPerPeer()
{
    constexpr int cap = 3;
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s, u"--max-per-peer"_s, QString::number(cap)});
    std::vector<RawSocket> clients;
    for (const char *source : {"127.0.0.2", "127.0.0.3"}) {
        for (int i = 0; i < cap; ++i) {
            clients.push_back(RawSocket::connectedFrom(source, "127.0.0.1", server.port()));
            QVERIFY(isGreeted(clients.back()));
        }
        for (int i = 0; i < cap; ++i)
            QVERIFY(RawSocket::connectedFrom(source, "127.0.0.1", server.port()).isAtEnd());
    }
    clients.erase(clients.begin()); // 127.0.0.2 may have one more
    TRY_VERIFY(ServerLog(server.output()).ended(u"complete"_s) == 1, server);
    clients.push_back(RawSocket::connectedFrom("127.0.0.2", "127.0.0.1", server.port()));
    QVERIFY(isGreeted(clients.back()));
    QVERIFY(RawSocket::connectedFrom("127.0.0.2", "127.0.0.1", server.port()).isAtEnd());
    QVERIFY(RawSocket::connectedFrom("127.0.0.3", "127.0.0.1", server.port()).isAtEnd());
    clients.clear();
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    const ServerLog log(server.output());
    QCOMPARE(log.ended(u"over-limit"_s), 2 * cap + 2);
    QCOMPARE(log.ended(u"complete"_s), 2 * cap + 1);
    QCOMPARE(log.ended(), log.connections().size());
}

void TestPromisesAccept::descriptorLimitIsRaised()
{
    const ServerProcess server(u"127.0.0.1"_s, {}, {u"prlimit"_s, u"--nofile=64:512"_s});
    VERIFY(server.port() != 0, server);
    QCOMPARE(descriptorLimit(server.pid()), 512);
}

void TestPromisesAccept::staysBelowTheDescriptorLimit()
{
    constexpr int all = 200;
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s, u"--max-connections"_s, u"150"_s},
                         {u"prlimit"_s, u"--nofile=64"_s});
    VERIFY(server.port() != 0, server);
    std::vector<RawSocket> clients = connectMany(all, server.port());
    TRY_VERIFY(ServerLog(server.output()).connections().size() == all, server);
    TRY_VERIFY(ServerLog(server.output()).ended(u"over-limit"_s) > all - 64, server);
    const int held = all - ServerLog(server.output()).ended(u"over-limit"_s);
    QVERIFY(held >= 16 && held < 64);
    QCOMPARE(countGreeted(clients), held);
    clients.clear();
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    VERIFY(server.errorOutput().count('\n') == 1, server); // it never ran out of them
}

void TestPromisesAccept::accessLists_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QString>("options");
    QTest::addColumn<bool>("served");

    const struct
    {
        const char *kind;
        QString host;
        const char *source;
        const char *net;
        const char *other;
    } kinds[] = {
        {"IPv4", u"127.0.0.1"_s, "127.0.0.2", "127.0.0.2/31", "127.0.0.4/30"},
        {"IPv6", u"::1"_s, "::1", "::/64", "fe80::/10"},
        {"IPv4 on a dual-stack socket", u"*"_s, "127.0.0.2", "127.0.0.2", "127.0.0.4"},
        {"IPv4 on a dual-stack socket, mapped net", u"*"_s, "127.0.0.2", "::ffff:127.0.0.2", "::ffff:127.0.0.4"},
        {"IPv6 on a dual-stack socket", u"*"_s, "::1", "::1", "0.0.0.0/0"},
    };
    for (const auto &kind : kinds) {
        const auto add = [&kind](const char *name, const QString &options, bool served) {
            QTest::addRow("%s, %s", kind.kind, name) << kind.host << QByteArray(kind.source) << options << served;
        };
        const QString own = QLatin1String(kind.net);
        const QString other = QLatin1String(kind.other);
        add("denied", u"--deny "_s + own, false);
        add("another denied", u"--deny "_s + other, true);
        add("allowed", u"--allow "_s + own, true);
        add("another allowed", u"--allow "_s + other, false);
        add("one of two allowed", u"--allow "_s + other + u" --allow "_s + own, true);
        add("allowed and denied", u"--allow "_s + own + u" --deny "_s + own, false);
    }
}

void TestPromisesAccept::accessLists()
{
    QFETCH(const QString, host);
    QFETCH(const QByteArray, source);
    QFETCH(const QString, options);
    QFETCH(const bool, served);
    SKIP_WITHOUT_IPV6(host != u"127.0.0.1"_s);

    ServerProcess server(host, QStringList{u"--json"_s} + options.split(u' '));
    VERIFY(server.port() != 0, server);
    const char *address = source.contains(':') ? "::1" : "127.0.0.1";
    RawSocket client = RawSocket::connectedFrom(source.constData(), address, server.port());
    QCOMPARE(client.receive(100), served ? Greeting : QByteArray());
    QVERIFY(client.isAtEnd());
    client.close();
    TRY_VERIFY(ServerLog(server.output()).ended() == 1, server);
    const ServerLog::Connection row = ServerLog(server.output()).connections().first();
    QCOMPARE(row.host, QString::fromLatin1(source));
    QCOMPARE(row.outcome, served ? u"complete"_s : u"denied"_s);
}

void TestPromisesAccept::defaultExposure()
{
    const PrivateNetwork network; // where port 3000 is free
    if (!network.isThere())
        QSKIP("The system does not allow a network of our own.");
    // What a program gets that binds an AF_INET socket to gethostname().
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) != 0 || ::getaddrinfo(name, nullptr, &hints, &found) != 0)
        QSKIP("This computer's name has no IPv4 address.");
    const auto expected = parley::Address::fromSockaddr(found->ai_addr, found->ai_addrlen).withPort(3000);
    ::freeaddrinfo(found);
    if (!expected.isLoopback()) {
        Process ip(u"ip"_s,
                   {u"address"_s, u"add"_s, QString::fromLatin1(expected.host()) + u"/32"_s, u"dev"_s, u"lo"_s});
        VERIFY(ip.exitStatus() == 0, ip);
    }

    Process server(Server, {u"--headless"_s});
    const QByteArray announcement = server.nextErrorLine();
    VERIFY(announcement == "Listening on " + expected.toPython(), server);
    const QList<QByteArray> open = listeners(server.pid());
    QCOMPARE(open.size(), 1);
    QByteArray bytes;
    for (const QByteArray &octet : expected.host().split('.'))
        bytes.prepend(QByteArray::number(octet.toInt(), 16).toUpper().rightJustified(2, '0'));
    QCOMPARE(open.first(), bytes + ":0BB8");
}

QTEST_GUILESS_MAIN(TestPromisesAccept)
#include "tst_promises_accept.moc"
