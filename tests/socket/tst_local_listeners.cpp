// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/local_listeners.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <future>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

constexpr int Patience = 30'000; // ms; a guard against deadlocks

} // namespace

class TestLocalListeners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void findsTheListener_data();
    void findsTheListener();
    void owners();
    void aStuckSearchIsLeftBehind();
    void whichListenerIsMeant_data();
    void whichListenerIsMeant();
};

void TestLocalListeners::findsTheListener_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::newRow("TCP") << Transport::Tcp;
    QTest::newRow("UDP") << Transport::Udp;
}

/// The search names this process, and finds nothing for an address of another computer. Connected sockets, which the
/// table has as well, do not matter.
void TestLocalListeners::findsTheListener()
{
    QFETCH(const Transport, transport);
    const RawDatagrams peer = RawDatagrams::bound();
    std::vector<RawDatagrams> connected;
    for (int i = 0; i < 50; ++i)
        connected.push_back(RawDatagrams::connectedTo("127.0.0.1", peer.localPort()));
    const RawSocket stream = RawSocket::listening();
    const RawDatagrams datagrams = RawDatagrams::bound();
    const quint16 port = transport == Transport::Tcp ? stream.localPort() : datagrams.localPort();
    const Address address = Address::parseIPv4("127.0.0.1", port);
    ListenerSearch search(transport, address);
    const QSignalSpy finished(&search, &ListenerSearch::finished);
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, Patience);
    const auto found = finished.first().first().value<std::vector<LocalListener>>();
    const LocalListener *listener = listenerAt(found, address);
    QVERIFY(listener);
    QCOMPARE(listener->address, address);
    QVERIFY(listener->isOwn);
    const std::vector<LocalListener> again = findListeners(transport, address);
    QVERIFY(listenerAt(again, address));
    QCOMPARE(*listenerAt(again, address), *listener);

    ListenerSearch elsewhere(transport, Address::parseIPv4("192.0.2.1", port));
    const QSignalSpy nothing(&elsewhere, &ListenerSearch::finished);
    QTRY_COMPARE_WITH_TIMEOUT(nothing.size(), 1, Patience);
    QVERIFY(nothing.first().first().value<std::vector<LocalListener>>().empty());
}

void TestLocalListeners::owners()
{
    QCOMPARE(LocalListener({}, 0, 4711, u"python3"_s).owner(), u"python3 (process 4711)"_s);
    QCOMPARE(LocalListener().owner(), u"another program"_s);
}

/// A FIFO stands for a table of the kernel's that does not come.
void TestLocalListeners::aStuckSearchIsLeftBehind()
{
    const QTemporaryDir folder;
    const QByteArray fifo = QFile::encodeName(folder.filePath(u"table"_s));
    QCOMPARE(::mkfifo(fifo.constData(), 0600), 0);
    std::atomic<int> writer = -1; // once the search reads
    std::promise<QByteArray> destroyed;
    std::thread elsewhere([&] {
        // A view of the files for this thread and those that it starts.
        if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
            || ::mount("tmpfs", "/proc", "tmpfs", 0, nullptr) != 0) {
            destroyed.set_value("no files of its own");
            return;
        }
        ::mkdir("/proc/thread-self", 0700);
        ::mkdir("/proc/thread-self/net", 0700);
        if (::symlink(fifo.constData(), "/proc/thread-self/net/tcp") != 0)
            qFatal("There is no table");
        auto search = std::make_unique<ListenerSearch>(Transport::Tcp, Address::parseIPv4("127.0.0.1", 1));
        QDeadlineTimer end(Patience);
        while (writer < 0 && !end.hasExpired()) {
            writer = ::open(fifo.constData(), O_WRONLY | O_NONBLOCK | O_CLOEXEC); // without a reader there is none
            std::this_thread::yield();
        }
        search.reset();
        destroyed.set_value(writer < 0 ? "it does not read" : "");
    });
    std::future<QByteArray> result = destroyed.get_future();
    const bool cameBack = result.wait_for(std::chrono::milliseconds(2 * Patience)) == std::future_status::ready;
    if (writer >= 0)
        ::close(writer); // the end of the table: the search goes on
    elsewhere.join();
    const QByteArray text = result.get();
    if (text == "no files of its own")
        QSKIP("The system does not allow a view of the files of its own.");
    QCOMPARE(text, ""_ba);
    QVERIFY2(cameBack, "It waited for its search, which was stuck");
}

void TestLocalListeners::whichListenerIsMeant_data()
{
    QTest::addColumn<QList<QStringList>>("listeners"); // address, program
    QTest::addColumn<QString>("tried");
    QTest::addColumn<QStringList>("meant"); // as Python prints it
    using Listeners = QList<QStringList>;
    QTest::newRow("nobody") << Listeners{} << u"127.0.0.1:3000"_s << QStringList();
    QTest::newRow("others") << Listeners{{u"127.0.0.1:22"_s, u"sshd"_s}} << u"127.0.0.1:3000"_s << QStringList();
    QTest::newRow("the port elsewhere, whoever it is")
        << Listeners{{u"127.0.0.1:4000"_s, u"parley-server"_s}, {u"127.0.1.1:3000"_s, u"python3"_s}}
        << u"127.0.0.1:3000"_s << QStringList{u"('127.0.1.1', 3000)"_s};
    QTest::newRow("a Parley server") << Listeners{{u"127.0.0.1:22"_s, u"sshd"_s},
                                                  {u"127.0.0.1:4000"_s, u"parley-server"_s}}
                                     << u"127.0.0.1:3000"_s << QStringList{u"('127.0.0.1', 4000)"_s};
    QTest::newRow("every interface") << Listeners{{u"0.0.0.0:4000"_s, u"parley-server"_s}} << u"127.0.1.1:3000"_s
                                     << QStringList{u"('127.0.1.1', 4000)"_s};
    QTest::newRow("every interface, both families") << Listeners{{u"[::]:4000"_s, u"parley-server"_s}}
                                                    << u"127.0.0.1:3000"_s << QStringList{u"('127.0.0.1', 4000)"_s};
    QTest::newRow("IPv4 only, tried by IPv6")
        << Listeners{{u"0.0.0.0:3000"_s, u"python3"_s}} << u"[::1]:3000"_s << QStringList{u"('127.0.0.1', 3000)"_s};
    QTest::newRow("several Parley servers, the nearest port first")
        << Listeners{{u"127.0.0.1:4705"_s, u"parley-server"_s}, {u"127.0.0.1:3000"_s, u"parley-server"_s}}
        << u"127.0.0.1:3010"_s << QStringList{u"('127.0.0.1', 3000)"_s, u"('127.0.0.1', 4705)"_s};
    QTest::newRow("another user's Parley server comes last")
        << Listeners{{u"127.0.0.1:3009"_s, u"parley-server"_s, u"of another user"_s},
                     {u"127.0.0.1:4705"_s, u"parley-server"_s}}
        << u"127.0.0.1:3010"_s << QStringList{u"('127.0.0.1', 4705)"_s, u"('127.0.0.1', 3009)"_s};
    QTest::newRow("the port at several addresses, and no other port")
        << Listeners{{u"127.0.0.1:4705"_s, u"parley-server"_s},
                     {u"127.0.1.1:3000"_s, u"parley-server"_s},
                     {u"127.0.2.1:3000"_s, u"python3"_s}}
        << u"127.0.0.1:3000"_s << QStringList{u"('127.0.1.1', 3000)"_s, u"('127.0.2.1', 3000)"_s};
}

void TestLocalListeners::whichListenerIsMeant()
{
    const auto addressOf = [](const QString &text) {
        const auto port = text.section(u':', -1).toUShort();
        const QByteArray host = text.section(u':', 0, -2).remove(u'[').remove(u']').toLatin1();
        return host.contains(':') ? Address::parseIPv6(host, port) : Address::parseIPv4(host, port);
    };
    QFETCH(const QList<QStringList>, listeners);
    QFETCH(const QString, tried);
    QFETCH(const QStringList, meant);
    std::vector<LocalListener> found;
    for (const QStringList &listener : listeners)
        found.push_back({addressOf(listener.at(0)), 0, 1, listener.at(1), listener.size() == 2});
    QStringList reached;
    for (const LocalListener &listener : listenersMeantBy(found, addressOf(tried)))
        reached += QString::fromLatin1(reachableAddress(listener, addressOf(tried)).toPython());
    QCOMPARE(reached, meant);
}

QTEST_GUILESS_MAIN(TestLocalListeners)
#include "tst_local_listeners.moc"
