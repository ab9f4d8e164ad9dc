// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client.h"
#include "shared/socket/tcp_info.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"
#include "tests/support/server_fixture.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <numeric>
#include <poll.h>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

struct HoldingServer : ServerFixture
{
    HoldingServer()
    {
        settings.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
        settings.limits.deadline.reset();
    }
    std::vector<RawSocket> connect(int count, int receiveBuffer = 0)
    {
        const quint16 port = start();
        std::vector<RawSocket> clients;
        for (int i = 0; i < count; ++i) {
            clients.push_back(RawSocket::connectedTo("127.0.0.1", port, receiveBuffer));
            if (clients.back().receive(12) != "Hello World!")
                qFatal("There is no greeting");
        }
        return clients;
    }
    /// How many connections take no more: the socket has no room, and nothing of it is on its way to a peer that has no
    /// room either.
    int stuck() const
    {
        int count = 0;
        for (const Event &event : recorder.events) {
            if (event.call() != Call::Accept)
                continue;
            pollfd socket{event.descriptor(), POLLOUT, 0};
            const auto view = native::tcpView(event.descriptor()); // none in a portable build
            const bool isOnItsWay = view && (view->unacknowledged > 0 || view->notSent == 0);
            count += ::poll(&socket, 1, 0) == 0 && !isOnItsWay ? 1 : 0;
        }
        return count;
    }
    void send(const std::vector<quint64> &numbers, const std::shared_ptr<Transfer> &transfer)
    {
        server.post([numbers, transfer](Server &engine) { engine.send(numbers, transfer); });
    }
};

/// Bytes that tell where they stand.
QByteArray pattern(qint64 size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qint64 i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i * 31 / 7 + i / 65'536);
    return bytes;
}

} // namespace

/// What a user sends on open connections, and how the user ends them, as the other side sees it.
class TestConverse : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void serverSendsToSome();
    void serverSendsAFile();
    void serverSendsWhatFits();
    void serverCancels();
    void serverEnds_data();
    void serverEnds();
    void fileIsCutMeanwhile();
    void peerLeavesMeanwhile();
    void badFiles();
    void clientTalks();
    void clientSendsAfterFin_data();
    void clientSendsAfterFin();
    void clientSendsIntoAReset();
    void clientHearsMoreThanAMessage();
    void clientCancels();
    void clientEnds_data();
    void clientEnds();

private:
    QString file(const QByteArray &bytes)
    {
        QFile file(files_.filePath(u"sent"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("Cannot write a file");
        return file.fileName();
    }

    QTemporaryDir files_;
};

void TestConverse::serverSendsToSome()
{
    HoldingServer fixture;
    std::vector<RawSocket> clients = fixture.connect(4);
    const auto transfer = std::make_shared<Transfer>(QByteArray("One\0Two", 7));
    fixture.send({2, 3, 99}, transfer);
    QTRY_VERIFY(transfer->progress().isFinished);
    const Transfer::Progress progress = transfer->progress();
    QCOMPARE(progress.connections, 2);
    QCOMPARE(progress.failed, 1); // there is no 99
    QCOMPARE(progress.sent, 14);
    QCOMPARE(progress.total, 14);
    QCOMPARE(clients[1].receive(7), QByteArray("One\0Two", 7));
    QCOMPARE(clients[2].receive(7), QByteArray("One\0Two", 7));
    QCOMPARE(clients[0].waiting(), 0);
    QCOMPARE(clients[3].waiting(), 0);
    QTRY_COMPARE(fixture.recorder.calls(2), "accept send send");
    QCOMPARE(fixture.recorder.events.back().payload(), QByteArrayView("One\0Two", 7));

    const auto nothing = std::make_shared<Transfer>(QByteArray());
    fixture.send({1}, nothing);
    QTRY_VERIFY(nothing->progress().isFinished);
    QCOMPARE(nothing->progress().failed, 0);
}

void TestConverse::serverSendsAFile()
{
    const QByteArray bytes = pattern(3'000'001);
    HoldingServer fixture;
    std::vector<RawSocket> clients = fixture.connect(3, 16'384);
    const auto transfer = std::get<std::shared_ptr<Transfer>>(Transfer::ofFile(file(bytes)));
    fixture.send({1, 2, 3}, transfer);
    for (RawSocket &client : clients)
        QVERIFY(beside([&client, &bytes] { return client.receive(bytes.size()); }) == bytes);
    QTRY_VERIFY(transfer->progress().isFinished);
    QCOMPARE(transfer->progress().failed, 0);
    QCOMPARE(transfer->progress().sent, 3 * bytes.size());
}

/// 100 MB to many peers that do not read: none of it is held for them.
void TestConverse::serverSendsWhatFits()
{
    HoldingServer fixture;
    constexpr int count = 200;
    std::vector<RawSocket> clients = fixture.connect(count, 4096);
    QFile large(files_.filePath(u"large"_s));
    QVERIFY(large.open(QIODevice::WriteOnly) && large.resize(100'000'000)); // a hole
    const auto transfer = std::get<std::shared_ptr<Transfer>>(Transfer::ofFile(large.fileName()));
    std::vector<quint64> all(count);
    std::iota(all.begin(), all.end(), 1U);
    const qint64 before = usedMemory();
    fixture.send(all, transfer);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.stuck(), count, Patience);
    fixture.stream.flush();
    const qint64 held = usedMemory() - before;
    const auto kept = std::accumulate(fixture.recorder.events.begin(), fixture.recorder.events.end(), qint64{0},
                                      [](qint64 sum, const Event &event) { return sum + event.heldBytes().size(); });
    const qint64 sent = transfer->progress().sent;
    qInfo("%lld bytes sent to %d that do not read; less what this test keeps of them, %lld bytes more memory", sent,
          count, held - kept);
    const qint64 most = IsSanitized ? 20'000'000 : 7'500'000; // a sanitizer keeps freed memory
    QVERIFY2(held - kept < most, qPrintable(QString::number(held - kept)));

    // The others go on meanwhile.
    auto another = RawSocket::connectedTo("127.0.0.1", fixture.recorder.find(0, Call::Listen)->local().port());
    QCOMPARE(another.receive(12), "Hello World!");
    fixture.server.post([transfer](Server &engine) { engine.cancel(transfer); });
    QTRY_VERIFY(transfer->progress().isFinished);
    QCOMPARE(transfer->progress().failed, count);
}

void TestConverse::serverCancels()
{
    HoldingServer fixture;
    std::vector<RawSocket> clients = fixture.connect(2, 4096);
    const QByteArray bytes = pattern(20'000'000);
    const auto transfer = std::get<std::shared_ptr<Transfer>>(Transfer::ofFile(file(bytes)));
    fixture.send({1, 2}, transfer);
    QVERIFY(beside([&] { return clients[0].receive(bytes.size()); }) == bytes);
    QTRY_COMPARE(transfer->progress().failed, 0);
    QVERIFY(!transfer->progress().isFinished); // the second one does not read

    const auto second = std::make_shared<Transfer>("x"_ba);
    fixture.send({1, 2}, second);
    QTRY_VERIFY(second->progress().isFinished);
    QCOMPARE(second->progress().failed, 1); // one at a time

    fixture.server.post([transfer](Server &engine) { engine.cancel(transfer); });
    QTRY_VERIFY(transfer->progress().isFinished);
    QCOMPARE(transfer->progress().failed, 1);
    // It is a beginning of it, and then the next.
    fixture.send({2}, std::make_shared<Transfer>("the end"_ba));
    fixture.server.post([](Server &engine) { engine.halfClose({2}); });
    const QByteArray heard = beside([&] { return clients[1].receive(bytes.size()); });
    QVERIFY(heard.endsWith("the end"));
    QVERIFY(bytes.startsWith(heard.chopped(7)));
    QVERIFY(heard.size() < bytes.size());
}

void TestConverse::serverEnds_data()
{
    QTest::addColumn<int>("command");
    QTest::addColumn<bool>("inOrder");
    QTest::addColumn<Outcome>("outcome");
    QTest::newRow("half-close") << 0 << true << Outcome::Complete;
    QTest::newRow("close") << 1 << true << Outcome::Complete;
    QTest::newRow("reset") << 2 << false << Outcome::Aborted;
}

void TestConverse::serverEnds()
{
    QFETCH(const int, command);
    QFETCH(const bool, inOrder);
    QFETCH(const Outcome, outcome);
    HoldingServer fixture;
    std::vector<RawSocket> clients = fixture.connect(3);
    constexpr std::array commands{&Server::halfClose, &Server::close, &Server::reset};
    const auto chosen = commands[static_cast<std::size_t>(command)];
    fixture.server.post([chosen](Server &engine) { (engine.*chosen)({1, 3}); });
    for (const std::size_t ended : {0U, 2U})
        QCOMPARE(clients[ended].isAtEnd(), inOrder);
    QCOMPARE(clients[1].waiting(), 0);
    if (inOrder) {
        QVERIFY(clients[0].send("I still talk"));
        QTRY_VERIFY(fixture.recorder.find(1, Call::Recv));
        clients[0].close();
        clients[2].close();
    }
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(1), outcome, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(3), outcome, Patience);
    QCOMPARE(fixture.recorder.outcome(2), Outcome::None);

    const auto late = std::make_shared<Transfer>("x"_ba);
    fixture.send({1, 3}, late);
    QTRY_VERIFY(late->progress().isFinished);
    QCOMPARE(late->progress().failed, 2);
}

void TestConverse::fileIsCutMeanwhile()
{
    HoldingServer fixture;
    std::vector<RawSocket> clients = fixture.connect(1, 4096);
    const QString name = file(pattern(20'000'000));
    const auto transfer = std::get<std::shared_ptr<Transfer>>(Transfer::ofFile(name));
    fixture.send({1}, transfer);
    QTRY_VERIFY(transfer->progress().sent > 0);
    QVERIFY(QFile::resize(name, 0));
    fixture.server.post([](Server &engine) { engine.halfClose({1}); });
    QVERIFY(beside([&] { return clients[0].receive(20'000'000); }).size() < 20'000'000);
    QTRY_VERIFY(transfer->progress().isFinished);
    QCOMPARE(transfer->progress().failed, 1);
    QVERIFY(clients[0].isAtEnd());
}

void TestConverse::peerLeavesMeanwhile()
{
    HoldingServer fixture;
    std::vector<RawSocket> clients = fixture.connect(1, 4096);
    const auto transfer = std::get<std::shared_ptr<Transfer>>(Transfer::ofFile(file(pattern(20'000'000))));
    fixture.send({1}, transfer);
    QTRY_VERIFY(transfer->progress().sent > 0);
    clients[0].reset();
    QTRY_VERIFY(transfer->progress().isFinished);
    QCOMPARE(transfer->progress().failed, 1);
    QTRY_COMPARE(fixture.recorder.outcome(1), Outcome::Reset);
}

void TestConverse::badFiles()
{
    const auto sentence = [](const QString &name) {
        const auto opened = Transfer::ofFile(name);
        const auto *error = std::get_if<QString>(&opened);
        return error ? *error : QString();
    };
    QCOMPARE(sentence(u"/no/such/file"_s), u"Cannot send /no/such/file: it is not a file."_s);
    QCOMPARE(sentence(files_.path()), u"Cannot send %1: it is not a file."_s.arg(files_.path()));
    QCOMPARE(sentence(u"/dev/zero"_s), u"Cannot send /dev/zero: it is not a file."_s);
}

namespace
{

struct ClientFixture
{
    explicit ClientFixture(qint64 maxBytes = DefaultMaxMessageBytes)
    {
        ConnectRequest request;
        request.endpoint = std::get<Endpoint>(
            Endpoint::parse(u"127.0.0.1"_s, QString::number(listener.localPort()), Endpoint::Use::Connect));
        request.timeout = 1s;
        request.maxBytes = maxBytes;
        request.stays = true;
        client.post([request](Client &engine) { engine.connectTo(1, request); });
        server = listener.accept();
    }
    void send(const std::shared_ptr<Transfer> &transfer)
    {
        client.post([transfer](Client &engine) { engine.send(transfer); });
    }

    RawSocket listener = RawSocket::listening();
    RawSocket server;
    EventStream stream;
    EventRecorder recorder{stream};
    IoThread<Client> client{stream};
};

} // namespace

void TestConverse::clientTalks()
{
    ClientFixture fixture;
    QTRY_VERIFY(fixture.recorder.find(1, Call::GetSockName));
    const QByteArray bytes = pattern(3'000'001);
    // For longer than the time-out.
    QTRY_VERIFY(fixture.stream.now() > 1'300'000'000); // ns
    fixture.send(std::make_shared<Transfer>("Hello\n"_ba));
    QCOMPARE(fixture.server.receive(6), "Hello\n");
    QVERIFY(fixture.server.send("Who is there?"));
    QTRY_VERIFY(fixture.recorder.find(1, Call::Recv));
    const auto transfer = std::get<std::shared_ptr<Transfer>>(Transfer::ofFile(file(bytes)));
    fixture.send(transfer);
    QVERIFY(beside([&] { return fixture.server.receive(bytes.size()); }) == bytes);
    QTRY_VERIFY(transfer->progress().isFinished);
    QCOMPARE(transfer->progress().failed, 0);
    fixture.server.close();
    QTRY_COMPARE(fixture.recorder.outcome(1), Outcome::Complete);

    const auto late = std::make_shared<Transfer>("x"_ba);
    fixture.send(late);
    QTRY_VERIFY(late->progress().isFinished);
    QCOMPARE(late->progress().failed, 1);
}

void TestConverse::clientSendsAfterFin_data()
{
    QTest::addColumn<bool>("cancels");
    QTest::addColumn<bool>("givesUp");
    QTest::addColumn<bool>("halfCloses");
    QTest::newRow("all of it") << false << false << false;
    QTest::newRow("all of it, then FIN") << false << false << true;
    QTest::newRow("until it is cancelled") << true << false << false;
    QTest::newRow("until the attempt is cancelled") << false << true << false;
}

/// Bytes that are being sent when the server closes its side are not lost.
void TestConverse::clientSendsAfterFin()
{
    QFETCH(const bool, cancels);
    QFETCH(const bool, givesUp);
    QFETCH(const bool, halfCloses);
    ClientFixture fixture;
    QTRY_VERIFY(fixture.recorder.find(1, Call::GetSockName));
    const QByteArray bytes = pattern(20'000'000);
    const auto transfer = std::get<std::shared_ptr<Transfer>>(Transfer::ofFile(file(bytes)));
    fixture.send(transfer);
    if (halfCloses)
        fixture.client.post([](Client &engine) { engine.halfClose(); });
    QTRY_VERIFY(transfer->progress().sent > 0);
    QVERIFY(fixture.server.send("Hello"));
    fixture.server.shutdownSending();
    const auto receivedEnd = [&fixture] {
        const auto &events = fixture.recorder.events;
        return std::any_of(events.begin(), events.end(),
                           [](const Event &event) { return event.call() == Call::Recv && event.moved() == 0; });
    };
    QTRY_VERIFY(receivedEnd());
    QVERIFY(!transfer->progress().isFinished);
    QCOMPARE(fixture.recorder.outcome(1), Outcome::None);
    if (cancels)
        fixture.client.post([transfer](Client &engine) { engine.cancel(transfer); });
    if (givesUp)
        fixture.client.post([](Client &engine) { engine.cancel(); });
    const auto [heard, inOrder] = beside([&fixture, &bytes] {
        const QByteArray all = fixture.server.receive(bytes.size());
        return std::pair(all, fixture.server.isAtEnd());
    });
    QVERIFY(inOrder);
    QCOMPARE(heard == bytes, !cancels && !givesUp);
    QTRY_COMPARE(fixture.recorder.outcome(1), Outcome::Complete); // the message was whole
    QCOMPARE(transfer->progress().failed, cancels || givesUp ? 1 : 0);
    QCOMPARE(fixture.recorder.find(1, Call::Shutdown).has_value(), halfCloses);
}

/// The message was whole before the server refused the rest.
void TestConverse::clientSendsIntoAReset()
{
    ClientFixture fixture;
    QTRY_VERIFY(fixture.recorder.find(1, Call::GetSockName));
    const auto transfer = std::get<std::shared_ptr<Transfer>>(Transfer::ofFile(file(pattern(20'000'000))));
    fixture.send(transfer);
    QTRY_VERIFY(transfer->progress().sent > 0);
    QVERIFY(fixture.server.send("Hello"));
    fixture.server.shutdownSending();
    QTRY_COMPARE(fixture.recorder.count(Call::Recv), 2);
    fixture.server.reset();
    QTRY_COMPARE(fixture.recorder.outcome(1), Outcome::Complete);
    QCOMPARE(transfer->progress().failed, 1);
}

/// The longest message taken is no limit of a conversation.
void TestConverse::clientHearsMoreThanAMessage()
{
    ClientFixture fixture(1000);
    for (qint64 heard = 0; heard < 3000; heard += 600) {
        QVERIFY(fixture.server.send(QByteArray(600, 'x')));
        QTRY_VERIFY(std::accumulate(fixture.recorder.events.begin(), fixture.recorder.events.end(), qint64{0},
                                    [](qint64 sum, const Event &event) {
                                        return sum + (event.call() == Call::Recv ? event.payload().size() : 0);
                                    })
                    == heard + 600);
    }
    QCOMPARE(fixture.recorder.outcome(1), Outcome::None);
    fixture.server.close();
    QTRY_COMPARE(fixture.recorder.outcome(1), Outcome::Complete);
}

void TestConverse::clientCancels()
{
    ClientFixture fixture;
    QTRY_VERIFY(fixture.recorder.find(1, Call::GetSockName));
    const auto transfer = std::get<std::shared_ptr<Transfer>>(Transfer::ofFile(file(pattern(20'000'000))));
    fixture.send(transfer);
    QTRY_VERIFY(transfer->progress().sent > 0);
    fixture.client.post([](Client &engine) { engine.halfClose(); });
    fixture.client.post([transfer](Client &engine) { engine.cancel(transfer); });
    QTRY_VERIFY(transfer->progress().isFinished);
    QCOMPARE(transfer->progress().failed, 1);
    QVERIFY(beside([&] { return fixture.server.receive(20'000'000); }).size() < 20'000'000);
    QVERIFY(fixture.server.isAtEnd());
    QVERIFY(fixture.server.send("I go on"));
    QTRY_VERIFY(fixture.recorder.find(1, Call::Recv));
    QCOMPARE(fixture.recorder.outcome(1), Outcome::None);
}

void TestConverse::clientEnds_data()
{
    QTest::addColumn<int>("command");
    QTest::addColumn<bool>("inOrder");
    QTest::addColumn<Outcome>("outcome");
    QTest::newRow("half-close") << 0 << true << Outcome::NoMessage; // once the server closes too
    QTest::newRow("close") << 1 << true << Outcome::Closed;
    QTest::newRow("reset") << 2 << false << Outcome::Aborted;
}

void TestConverse::clientEnds()
{
    QFETCH(const int, command);
    QFETCH(const bool, inOrder);
    QFETCH(const Outcome, outcome);
    ClientFixture fixture;
    QTRY_VERIFY(fixture.recorder.find(1, Call::GetSockName));
    using Command = void (Client::*)();
    constexpr std::array<Command, 3> commands{&Client::halfClose, &Client::close, &Client::reset};
    fixture.client.post([chosen = commands[static_cast<std::size_t>(command)]](Client &engine) { (engine.*chosen)(); });
    QCOMPARE(fixture.server.isAtEnd(), inOrder);
    fixture.server.close();
    QTRY_COMPARE(fixture.recorder.outcome(1), outcome);
    QCOMPARE(fixture.recorder.find(1, Call::Close)->resets(), outcome == Outcome::Aborted);
}

QTEST_GUILESS_MAIN(TestConverse)
#include "tst_converse.moc"
