// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_history.h"
#include "shared/event/event_stream.h"
#include "shared/inspect/bytes_model.h"
#include "shared/program/line_writer.h"
#include "tests/support/event_recorder.h"
#include "tests/support/events.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"
#include "tests/support/server_fixture.h"

#include <QDeadlineTimer>
#include <QTest>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <malloc.h>
#include <thread>
#include <unistd.h>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 MiB = 1024 * 1024;

Event moved(Call call, const QByteArray &bytes, quint64 connection = 1)
{
    return test::moved(connection, call, bytes);
}

/// Bytes as a behaviour makes them, never shared with others.
QByteArray piece(qsizetype size = 64 * 1024)
{
    return QByteArray(size, 'x');
}

} // namespace

#define VERIFY_BELOW(used, most)                                                                                       \
    QVERIFY2((used) <= (most),                                                                                         \
             qPrintable(u"%1 MiB, and at most %2 were promised"_s.arg((used) / MiB).arg((most) / MiB)))

/// The bounds of docs/bounds.md, by the memory of the process and not by the counters that keep them.
class TestMemoryBounds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void initTestCase();
    void history_data();
    void history();
    void beginnings();
    void bytesShown();
    void stream_data();
    void stream();
    void streamOfEvents();
    void lines();
    void stalledReader_data();
    void stalledReader();
};

void TestMemoryBounds::initTestCase()
{
    if constexpr (HasThreadSanitizer)
        QSKIP("ThreadSanitizer gives each piece up to a quarter more than was asked for.");
    std::signal(SIGPIPE, SIG_IGN); // as the programs do
}

void TestMemoryBounds::history_data()
{
    QTest::addColumn<Call>("call");
    QTest::addColumn<quint64>("watched");
    QTest::addColumn<qint64>("most");
    for (const Call call : {Call::Send, Call::Recv, Call::SendTo, Call::RecvFrom}) {
        QTest::addRow("%s", callName(call)) << call << quint64{99} << 80 * MiB;
        QTest::addRow("%s, looked at", callName(call)) << call << quint64{1} << 150 * MiB;
        QTest::addRow("%s, of the listener", callName(call)) << call << quint64{0} << 80 * MiB;
    }
}

/// 64 MiB of all connections, and as many of the one that is looked at.
void TestMemoryBounds::history()
{
    QFETCH(const Call, call);
    QFETCH(const quint64, watched);
    QFETCH(const qint64, most);
    const qint64 before = usedMemory();
    EventHistory history;
    history.watch(watched);
    for (int i = 0; i < 6'000; ++i) { // 375 MiB
        EventBatch batch;
        batch.events.push_back(moved(call, piece(), watched == 0 ? 0 : 1));
        history.read(batch);
    }
    const qint64 used = usedMemory() - before;
    VERIFY_BELOW(used, most);
    QVERIFY(watched == 99 || history.events().size() > 500); // and that is used
}

/// The first calls of connections that are still open are kept without their bytes, whether those were moved or not.
void TestMemoryBounds::beginnings()
{
    const qint64 before = usedMemory();
    EventHistory history;
    for (quint64 number = 1; number <= 20'000; ++number) {
        EventBatch batch;
        Event accepted = moved(Call::Accept, {}, number);
        Event failed = Event::send(number, {-1, ECONNRESET}, piece(16 * 1024), 0, 16 * 1024);
        batch.events = {accepted, failed};
        history.read(batch);
    }
    VERIFY_BELOW(usedMemory() - before, 100 * MiB);
}

void TestMemoryBounds::bytesShown()
{
    EventHistory history;
    history.watch(1);
    for (int i = 0; i < 100'000; ++i) {
        EventBatch batch;
        batch.events.push_back(moved(i % 2 == 0 ? Call::Send : Call::Recv, piece(600)));
        history.read(batch);
    }
    const qint64 before = usedMemory();
    const BytesModel model(history);
    QVERIFY(model.rowCount() > 0);
    VERIFY_BELOW(usedMemory() - before, 16 * MiB);
}

void TestMemoryBounds::stream_data()
{
    QTest::addColumn<bool>("isShared");
    QTest::newRow("held by their events alone") << false;
    QTest::newRow("held by the writer too, at first") << true;
}

void TestMemoryBounds::stream()
{
    QFETCH(const bool, isShared);
    const qint64 before = usedMemory();
    EventStream stream;
    for (int i = 0; i < 6'000; ++i) {
        const QByteArray bytes = piece();
        stream.write(moved(Call::Send, isShared ? bytes : piece()));
    }
    const qint64 used = usedMemory() - before;
    VERIFY_BELOW(used, 80 * MiB);
    QVERIFY(used >= 30 * MiB);
}

/// Its million events take what the header says, and a little for what a growing vector copies.
void TestMemoryBounds::streamOfEvents()
{
    const qint64 before = usedMemory();
    EventStream stream;
    for (int i = 0; i < 1'500'000; ++i)
        stream.write(moved(Call::Accept, {}));
    VERIFY_BELOW(usedMemory() - before, 200 * MiB);
}

void TestMemoryBounds::lines()
{
    int ends[2];
    QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
    const qint64 before = usedMemory();
    {
        LineWriter writer(ends[1], {});
        const QByteArray line = QByteArray(1023, 'x') + '\n';
        for (int i = 0; i < 100'000; ++i)
            writer.write(line);
        VERIFY_BELOW(usedMemory() - before, 40 * MiB);
        QVERIFY(writer.lostLines() > 80'000);
    }
    ::close(ends[0]); // which ends the writer's thread
}

void TestMemoryBounds::stalledReader_data()
{
    QTest::addColumn<QString>("behaviour");
    for (const char *behaviour : {"echo", "random:bytes=1073741824", "discard"})
        QTest::newRow(behaviour) << QString::fromLatin1(behaviour);
}

/// Eight peers that read slowly, and a window that stands still: this thread is not there for its events.
void TestMemoryBounds::stalledReader()
{
    QFETCH(const QString, behaviour);
    ServerFixture fixture;
    fixture.settings.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(behaviour));
    fixture.settings.limits.deadline.reset();
    const quint16 port = fixture.start();
    const qint64 before = usedMemory();
    constexpr int count = 8;
    constexpr qint64 each = 48 * MiB; // six times the bound in all
    std::atomic<qint64> moved = 0;
    std::vector<std::thread> peers;
    for (int i = 0; i < count; ++i) {
        peers.emplace_back(
            [port, &moved, says = !behaviour.startsWith("random"_L1), reads = behaviour != "discard"_L1] {
                // A small buffer: what the server sends is taken in parts.
                auto peer = RawSocket::connectedTo("127.0.0.1", port, 4096);
                const QByteArray said = piece();
                for (qint64 done = 0; done < each; done += said.size()) {
                    if (says && !peer.send(said))
                        return;
                    if (reads && peer.receive(said.size()).size() != said.size())
                        return;
                    moved += said.size();
                }
            });
    }
    for (std::thread &peer : peers)
        peer.join();
    // The connections give their memory back when they end; the events stay, as this thread does not fetch them.
    const QDeadlineTimer end(Patience);
    while (fixture.server.engine()->open() > 0 && !end.hasExpired())
        std::this_thread::yield();
    QCOMPARE(fixture.server.engine()->open(), 0U);
    const qint64 used = usedMemory() - before;
    QCOMPARE(moved.load(), count * each);
    VERIFY_BELOW(used, 80 * MiB);
}

QTEST_GUILESS_MAIN(TestMemoryBounds)
#include "tst_memory_bounds.moc"
