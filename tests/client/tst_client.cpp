// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/client_fixture.h"

#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <ctime>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(parley::Outcome)

class TestClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void receives();
    void restsWhileItsReaderStalls();
    void refused();
    void unknownHost();
    void nextAddress();
    void racesAddresses();
    void resetWhileSending();
    void ends_data();
    void ends();
    void everyRead();
    void limit_data();
    void limit();
    void timesOut_data();
    void timesOut();
    void cancels();
    void sends();
    void sendsMuch();
    void oneAtATime();
    void again();

    void receivesOnPath_data();
    void receivesOnPath();
    void pathRefused_data();
    void pathRefused();
    void queueFull();
    void queueStaysFull();
    void cancelsWaitingForTheQueue();
    void resetOnPath();
};

/// The peer has sent more than fits, and then reset: both must wait for the reader, which is this thread.
void TestClient::restsWhileItsReaderStalls()
{
    const auto listener = RawSocket::listening();
    ClientFixture fixture(listener.localPort());
    fixture.request.stays = true;
    fixture.connectNow();
    RawSocket peer = listener.accept();
    constexpr qint64 most = 1'000'000'000;
    const qint64 taken = peer.flood(most);
    QVERIFY2(taken > 16 * 1024 * 1024 && taken < most, qPrintable(QString::number(taken)));
    peer.reset();
    const auto used = [](clockid_t clock) {
        timespec time{};
        ::clock_gettime(clock, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    };
    const auto usedByOthers = [&used] { return used(CLOCK_PROCESS_CPUTIME_ID) - used(CLOCK_THREAD_CPUTIME_ID); };
    const auto before = usedByOthers();
    // However busy the computer is: a thread that did not rest would get as much as this one.
    const auto end = used(CLOCK_THREAD_CPUTIME_ID) + 500ms;
    while (used(CLOCK_THREAD_CPUTIME_ID) < end) {
    }
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(usedByOthers() - before);
    QVERIFY2(spent <= 100ms, qPrintable(u"%1 ms while another thread used 500"_s.arg(spent.count())));
    QVERIFY(fixture.waitForEnd()); // and then it goes on
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Reset);
}

void TestClient::receives()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.send("Hello World!"));
    peer.close();
    QVERIFY2(fixture.waitForEnd(), fixture.recorder.calls(1).constData());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(fixture.message(), "Hello World!");
    QCOMPARE(fixture.recorder.find(1, Call::Recv)->moved(), 12);
    QCOMPARE(fixture.recorder.find(1, Call::Connect)->peer(), Address::ipv4(0x7f000001, server.localPort()));
    QVERIFY(fixture.recorder.calls(1).startsWith("socket connect "));
    QVERIFY2(fixture.recorder.calls(1).endsWith("recv close end"), fixture.recorder.calls(1).constData());
}

void TestClient::refused()
{
    const RawSocket bound = RawSocket::bound();
    ClientFixture fixture(bound.localPort());
    fixture.connectNow();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Refused);
    QCOMPARE(fixture.recorder.find(1, Call::End)->errorNumber(), ECONNREFUSED);
}

void TestClient::unknownHost()
{
    ClientFixture fixture(3000, u"no-such-host.invalid"_s);
    fixture.connectNow();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::UnknownHost);
    QCOMPARE(fixture.recorder.calls(1), "getaddrinfo end");
}

/// A name with several addresses, only one of which is served: whichever comes first.
void TestClient::nextAddress()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort(), u"localhost"_s);
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.isOpen());
    QVERIFY(peer.send("x"));
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
}

/// The first of a name's addresses does not answer. The next one is tried beside it, not after it.
void TestClient::racesAddresses()
{
    const NetworkWithNames network;
    SKIP_WITHOUT(network);
    // 127.0.0.2 has no room for another connection; 127.0.0.3 has.
    RawSocket silent;
    RawSocket queued;
    native::Descriptor served;
    const Address second = Address::ipv4(0x7f000003, 0);
    std::async(std::launch::async, [&] {
        if (!network.enter())
            return;
        silent = RawSocket::listening("127.0.0.2", 0);
        queued = RawSocket::connectedTo("127.0.0.2", silent.localPort());
        served = native::Descriptor(static_cast<int>(native::socket(Transport::Tcp, second.family()).value));
        native::bind(served.get(), second.withPort(silent.localPort()), Transport::Tcp);
        native::listen(served.get(), 1);
    }).get();
    QVERIFY(queued.isOpen());
    ClientFixture fixture(silent.localPort(), u"two.example"_s);
    fixture.client.post([&network](Client &) { QVERIFY(network.enter()); });
    fixture.connectNow();
    QTRY_VERIFY2_WITH_TIMEOUT(fixture.recorder.find(1, Call::GetSockName), fixture.recorder.calls(1).constData(),
                              Patience);
    QCOMPARE(fixture.recorder.calls(1), "getaddrinfo socket connect socket connect connect close getsockname");
    const std::vector<Event> &events = fixture.recorder.events;
    QCOMPARE(events.at(2).peer().host(), "127.0.0.2");
    QCOMPARE(events.at(5).peer(), second.withPort(silent.localPort()));
    QVERIFY(events.at(3).time() - events.at(1).time() >= 240'000'000); // ns
}

/// send() meets the reset and takes the socket's error: the end that recv() reports then is no FIN.
void TestClient::resetWhileSending()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.request.send = QByteArray(64'000'000, 's');
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.send("Hello"));
    QTRY_COMPARE_WITH_TIMEOUT(fixture.message(), "Hello", Patience);
    peer.reset();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Reset);
    QCOMPARE(fixture.recorder.find(1, Call::End)->errorNumber(), ECONNRESET);
}

void TestClient::ends_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<bool>("reset");
    QTest::addColumn<Outcome>("outcome");

    QTest::newRow("closed without a byte") << QByteArray() << false << Outcome::NoMessage;
    QTest::newRow("closed after a byte") << QByteArray("x") << false << Outcome::Complete;
    QTest::newRow("closed after many") << QByteArray(1'000'000, 'x') << false << Outcome::Complete;
    QTest::newRow("reset without a byte") << QByteArray() << true << Outcome::Reset;
    QTest::newRow("reset after a byte") << QByteArray("x") << true << Outcome::Reset;
    QTest::newRow("reset after some") << QByteArray("Hello") << true << Outcome::Reset;
}

void TestClient::ends()
{
    QFETCH(QByteArray, sent);
    QFETCH(bool, reset);
    QFETCH(Outcome, outcome);
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.send(sent));
    // RST drops what waits in the client's socket: only what it has already read is its to show.
    QTRY_COMPARE_WITH_TIMEOUT(fixture.message().size(), sent.size(), Patience);
    if (reset)
        peer.reset();
    else
        peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), outcome);
    QCOMPARE(fixture.message(), sent);
}

void TestClient::everyRead()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow();
    auto peer = server.accept();
    peer.sendAtOnce();
    for (int i = 1; i <= 3; ++i) {
        QVERIFY(peer.send("abc"));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.message().size(), 3 * i, Patience);
    }
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QVERIFY2(fixture.recorder.calls(1).endsWith("recv recv recv recv close end"),
             fixture.recorder.calls(1).constData());
}

void TestClient::limit_data()
{
    QTest::addColumn<int>("maxBytes");
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<QByteArray>("message");

    QTest::newRow("longer") << 5 << Outcome::LimitReached << QByteArray("Hello");
    QTest::newRow("by one") << 11 << Outcome::LimitReached << QByteArray("Hello World");
    QTest::newRow("as long") << 12 << Outcome::Complete << QByteArray("Hello World!");
    QTest::newRow("shorter") << 13 << Outcome::Complete << QByteArray("Hello World!");
}

void TestClient::limit()
{
    QFETCH(int, maxBytes);
    QFETCH(Outcome, outcome);
    QFETCH(QByteArray, message);
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.request.maxBytes = maxBytes;
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.send("Hello World!"));
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), outcome);
    QCOMPARE(fixture.recorder.find(1, Call::End)->limit(),
             outcome == Outcome::LimitReached ? (Limit{Limit::Kind::MessageLength, maxBytes}) : Limit());
    QCOMPARE(fixture.message(), message);
}

void TestClient::timesOut_data()
{
    QTest::addColumn<QByteArray>("sent");

    QTest::newRow("silent") << QByteArray();
    QTest::newRow("stalled") << QByteArray("Hello");
}

void TestClient::timesOut()
{
    QFETCH(QByteArray, sent);
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.request.timeout = 300ms;
    fixture.connectNow();
    auto peer = server.accept();
    QVERIFY(peer.send(sent));
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::TimedOut);
    QCOMPARE(fixture.recorder.find(1, Call::End)->limit(), (Limit{Limit::Kind::TimeOut, 300}));
    QCOMPARE(fixture.message(), sent);
    QVERIFY(peer.isAtEnd()); // it hung up
}

void TestClient::cancels()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow();
    auto peer = server.accept();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(1, Call::GetSockName), Patience);
    fixture.client.post([](Client &engine) { engine.cancel(); });
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Cancelled);
    QVERIFY(peer.isAtEnd());
    fixture.client.post([](Client &engine) { engine.cancel(); }); // nothing is under way
    fixture.connectNow(2);
    server.accept().close();
    QVERIFY(fixture.waitForEnd(2));
    QCOMPARE(fixture.recorder.count(Call::End, Outcome::Cancelled), 1);
}

void TestClient::sends()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.request.send = "GET / HTTP/1.0\r\n\r\n";
    fixture.connectNow();
    auto peer = server.accept();
    QCOMPARE(peer.receive(fixture.request.send.size()), fixture.request.send);
    QVERIFY(peer.send("200"));
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(fixture.recorder.find(1, Call::Send)->payload().toByteArray(), fixture.request.send);
}

void TestClient::sendsMuch()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.request.send = QByteArray(8'000'000, 's');
    fixture.connectNow();
    auto peer = server.accept();
    QCOMPARE(peer.receive(fixture.request.send.size()).size(), fixture.request.send.size());
    QVERIFY(peer.send("thanks"));
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.message(), "thanks");
}

void TestClient::oneAtATime()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    fixture.connectNow(1);
    const auto first = server.accept();
    fixture.connectNow(2);
    auto second = server.accept();
    QVERIFY(second.send("second"));
    second.close();
    QVERIFY(fixture.waitForEnd(2));
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Cancelled);
    QCOMPARE(fixture.recorder.outcome(2), Outcome::Complete);
    QCOMPARE(fixture.message(2), "second");
}

void TestClient::again()
{
    const RawSocket server = RawSocket::listening();
    ClientFixture fixture(server.localPort());
    for (quint64 number = 1; number <= 20; ++number) {
        fixture.connectNow(number);
        auto peer = server.accept();
        QVERIFY(peer.send(QByteArray::number(number)));
        peer.close();
        QVERIFY(fixture.waitForEnd(number));
        QCOMPARE(fixture.message(number), QByteArray::number(number));
    }
    QCOMPARE(fixture.recorder.count(Call::End, Outcome::Complete), 20);
}

void TestClient::receivesOnPath_data()
{
    QTest::addColumn<QByteArray>("path"); // empty: a file in a new folder

    QTest::newRow("file") << QByteArray();
    QTest::newRow("abstract name") << ("@parley-tst_client-" + QByteArray::number(::getpid()));
}

void TestClient::receivesOnPath()
{
    QFETCH(QByteArray, path);
    const QTemporaryDir folder;
    if (path.isEmpty())
        path = QFile::encodeName(folder.filePath(u"socket"_s));
    const RawSocket server = RawSocket::listeningOn(path);
    QVERIFY(server.isOpen());
    ClientFixture fixture(path);
    fixture.request.send = "Who is there?";
    fixture.connectNow();
    auto peer = server.accept();
    QCOMPARE(peer.receive(13), "Who is there?");
    QVERIFY(peer.send("Hello World!"));
    peer.close();
    QVERIFY2(fixture.waitForEnd(), fixture.recorder.calls(1).constData());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(fixture.message(), "Hello World!");
    const Event connected = *fixture.recorder.find(1, Call::Connect);
    QCOMPARE(connected.path(), path);
    QVERIFY(connected.peer().isNull());
    QVERIFY(fixture.recorder.calls(1).startsWith("socket connect getsockname send "));
}

void TestClient::pathRefused_data()
{
    QTest::addColumn<QString>("name"); // in a new folder
    QTest::addColumn<int>("error");

    QTest::newRow("there is none") << u"missing"_s << ENOENT;
    QTest::newRow("its server has ended") << u"stale"_s << ECONNREFUSED;
    QTest::newRow("a regular file") << u"file"_s << ENOTSOCK;
    QTest::newRow("a folder") << u"."_s << EISDIR;
    QTest::newRow("a pipe") << u"pipe"_s << ENXIO;
    QTest::newRow("a link to a regular file") << u"link"_s << ENOTSOCK;
}

void TestClient::pathRefused()
{
    QFETCH(QString, name);
    QFETCH(int, error);
    const QTemporaryDir folder;
    RawSocket::listeningOn(QFile::encodeName(folder.filePath(u"stale"_s))).close();
    QVERIFY(QFileInfo::exists(folder.filePath(u"stale"_s)));
    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.link(folder.filePath(u"link"_s)));
    constexpr mode_t mode = 0600;
    QCOMPARE(::mkfifo(QFile::encodeName(folder.filePath(u"pipe"_s)).constData(), mode), 0);
    ClientFixture fixture(QFile::encodeName(folder.filePath(name)));
    fixture.connectNow();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Refused);
    QCOMPARE(fixture.recorder.find(1, Call::Connect)->errorNumber(), name == u"missing" ? ENOENT : ECONNREFUSED);
    QCOMPARE(fixture.recorder.find(1, Call::End)->errorNumber(), error);
    QCOMPARE(fixture.recorder.calls(1), "socket connect close end");
    QVERIFY(QFileInfo::exists(folder.filePath(u"stale"_s))); // it is the server's to remove
}

/// A Unix socket's connect does not wait in the system: the client asks again until there is room.
void TestClient::queueFull()
{
    const QTemporaryDir folder;
    const QByteArray path = QFile::encodeName(folder.filePath(u"socket"_s));
    const RawSocket server = RawSocket::listeningOn(path, 0);
    const auto first = RawSocket::connectedTo(path);
    ClientFixture fixture(path);
    fixture.connectNow();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(1, Call::Socket), Patience);
    QVERIFY(!fixture.recorder.find(1, Call::Connect));
    QVERIFY(server.accept().isOpen());
    auto peer = server.accept();
    QVERIFY(peer.send("Hello World!"));
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(fixture.message(), "Hello World!");
    QCOMPARE(fixture.recorder.count(Call::Connect), 1);
    QCOMPARE(fixture.recorder.count(Call::Socket), 1);
}

void TestClient::queueStaysFull()
{
    const QTemporaryDir folder;
    const QByteArray path = QFile::encodeName(folder.filePath(u"socket"_s));
    const RawSocket server = RawSocket::listeningOn(path, 0);
    const auto first = RawSocket::connectedTo(path);
    ClientFixture fixture(path);
    fixture.request.timeout = 300ms;
    fixture.connectNow();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::TimedOut);
    QCOMPARE(fixture.recorder.calls(1), "socket close end");
}

void TestClient::cancelsWaitingForTheQueue()
{
    const QTemporaryDir folder;
    const QByteArray path = QFile::encodeName(folder.filePath(u"socket"_s));
    const RawSocket server = RawSocket::listeningOn(path, 0);
    const auto first = RawSocket::connectedTo(path);
    ClientFixture fixture(path);
    fixture.connectNow();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(1, Call::Socket), Patience);
    fixture.client.post([](Client &engine) { engine.cancel(); });
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Cancelled);
    fixture.connectNow(2); // has the queue's next place
    QVERIFY(server.accept().isOpen());
    server.accept().close();
    QVERIFY(fixture.waitForEnd(2));
    QCOMPARE(fixture.recorder.outcome(2), Outcome::NoMessage);
}

/// A Unix socket that is closed with bytes unread resets, as a TCP one does.
void TestClient::resetOnPath()
{
    const QTemporaryDir folder;
    const QByteArray path = QFile::encodeName(folder.filePath(u"socket"_s));
    const RawSocket server = RawSocket::listeningOn(path);
    ClientFixture fixture(path);
    fixture.request.send = "never read";
    fixture.connectNow();
    auto peer = server.accept();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(1, Call::Send), Patience);
    peer.close();
    QVERIFY(fixture.waitForEnd());
    QCOMPARE(fixture.recorder.outcome(1), Outcome::Reset);
}

QTEST_GUILESS_MAIN(TestClient)
#include "tst_client.moc"
