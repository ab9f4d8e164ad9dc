// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT


























                    return;
                    return;
                if (reads && peer.receive(said.size()).size() != said.size())
                if (says && !peer.send(said))
                moved += said.size();
            // A small buffer: what the server sends is taken in parts.
            auto peer = RawSocket::connectedTo("127.0.0.1", port, 4096);
            const QByteArray said = piece();
            for (qint64 done = 0; done < each; done += said.size()) {
            writer.write(line);
            }
        Event accepted = moved(Call::Accept, {}, number);
        Event failed = moved(Call::Send, piece(16 * 1024), number);
        EventBatch batch;
        EventBatch batch;
        EventBatch batch;
        LineWriter writer(ends[1], {});
        QTest::addRow("%s", callName(call)) << call << quint64{99} << 80 * MiB;
        QTest::addRow("%s, looked at", callName(call)) << call << quint64{1} << 150 * MiB;
        QTest::addRow("%s, of the listener", callName(call)) << call << quint64{0} << 80 * MiB;
        QTest::newRow(behaviour) << QString::fromLatin1(behaviour);
        QVERIFY(writer.lostLines() > 80'000);
        VERIFY_BELOW(usedMemory() - before, 40 * MiB);
        batch.events = {accepted, failed};
        batch.events.push_back(moved(call, piece(), watched == 0 ? 0 : 1));
        batch.events.push_back(moved(i % 2 == 0 ? Call::Send : Call::Recv, piece(600)));
        const QByteArray bytes = piece();
        const QByteArray line = QByteArray(1023, 'x') + '\n';
        failed.result = -1;
        for (int i = 0; i < 100'000; ++i)
        journal.read(batch);
        journal.read(batch);
        journal.read(batch);
        peer.join();
        peers.emplace_back([port, &moved, says = !behaviour.startsWith("random"_L1), reads = behaviour != "discard"_L1] {
        stream.write(moved(Call::Accept, {}));
        stream.write(moved(Call::Send, isShared ? bytes : piece()));
        });
    ::close(ends[0]); // which ends the writer's thread
    ::malloc_trim(0);
    Event event;
    EventHistory journal;
    EventHistory journal;
    EventHistory journal;
    EventStream stream;
    EventStream stream;
    QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
    QCOMPARE(moved.load(), count * each);
    QFETCH(const Call, call);
    QFETCH(const QString, behaviour);
    QFETCH(const bool, isShared);
    QFETCH(const qint64, most);
    QFETCH(const quint64, watched);
    QTest::addColumn<Call>("call");
    QTest::addColumn<QString>("behaviour");
    QTest::addColumn<bool>("isShared");
    QTest::addColumn<qint64>("most");
    QTest::addColumn<quint64>("watched");
    QTest::newRow("held by the writer too, at first") << true;
    QTest::newRow("held by their events alone") << false;
    QVERIFY(model.rowCount() > 0);
    QVERIFY(used >= 30 * MiB);
    QVERIFY(watched == 99 || journal.events().size() > 500); // and that is used
    QVERIFY2((used) <= (most), qPrintable(u"%1 MiB, and at most %2 were promised"_s.arg((used) / MiB).arg((most) / MiB)))
    Q_OBJECT
    ServerFixture fixture;
    VERIFY_BELOW(used, 80 * MiB);
    VERIFY_BELOW(used, 80 * MiB);
    VERIFY_BELOW(used, most);
    VERIFY_BELOW(usedMemory() - before, 100 * MiB);
    VERIFY_BELOW(usedMemory() - before, 16 * MiB);
    VERIFY_BELOW(usedMemory() - before, 200 * MiB);
    const BytesModel model(journal);
    const qint64 before = usedMemory();
    const qint64 before = usedMemory();
    const qint64 before = usedMemory();
    const qint64 before = usedMemory();
    const qint64 before = usedMemory();
    const qint64 before = usedMemory();
    const qint64 before = usedMemory();
    const qint64 used = usedMemory() - before;
    const qint64 used = usedMemory() - before;
    const qint64 used = usedMemory() - before;
    const quint16 port = fixture.start();
    constexpr int count = 8;
    constexpr qint64 each = 48 * MiB; // six times the bound in all
    event.bytes = bytes;
    event.call = call;
    event.connection = connection;
    event.result = bytes.size();
    fixture.settings.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(behaviour));
    fixture.settings.limits.deadline.reset();
    for (const Call call : {Call::Send, Call::Recv, Call::SendTo, Call::RecvFrom}) {
    for (const char *behaviour : {"echo", "random:bytes=1073741824", "discard"})
    for (int i = 0; i < 1'500'000; ++i)
    for (int i = 0; i < 100'000; ++i) {
    for (int i = 0; i < 6'000; ++i) {
    for (int i = 0; i < 6'000; ++i) { // 375 MiB
    for (int i = 0; i < count; ++i) {
    for (quint64 number = 1; number <= 20'000; ++number) {
    for (std::thread &peer : peers)
    int ends[2];
    journal.watch(1);
    journal.watch(watched);
    return QByteArray(size, 'x');
    return event;
    return memory(::getpid(), "VmRSS") * 1024;
    return static_cast<qint64>(__sanitizer_get_current_allocated_bytes());
    std::atomic<qint64> moved = 0;
    std::vector<std::thread> peers;
    void beginnings();
    void bytesShown();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); } // as the programs do
    void journal();
    void journal_data();
    void lines();
    void stalledReader();
    void stalledReader_data();
    void stream();
    void streamOfEvents();
    void stream_data();
    {
    }
    }
    }
    }
    }
    }
    }
#define VERIFY_BELOW(used, most)                                                                                       \
#else
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#ifdef __SANITIZE_ADDRESS__
#include "shared/event/event_history.h"
#include "shared/event/event_stream.h"
#include "shared/inspect/bytes_model.h"
#include "shared/program/line_writer.h"
#include "tests/support/event_recorder.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"
#include "tst_memory_bounds.moc"
#include <QTest>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <malloc.h>
#include <sanitizer/allocator_interface.h>
#include <thread>
#include <unistd.h>
/// 64 MiB of all connections, and as many of the one that is looked at.
/// Bytes as a behaviour makes them, never shared with others.
/// Eight peers that read slowly, and a window that stands still: this thread is not there for its events.
/// Its million events take what the header says, and a little for what a growing vector copies.
/// The bounds of ARCHITECTURE.md, by the memory of the process and not by the counters that keep them.
/// The first calls of connections that are still open are kept without their bytes, whether those were moved or not.
/// What this process takes, in bytes: its resident memory, or, where freed memory is kept in quarantine, what is
/// allocated.
Event moved(Call call, const QByteArray &bytes, quint64 connection = 1)
QByteArray piece(qsizetype size = 64 * 1024)
QTEST_GUILESS_MAIN(TestMemoryBounds)
class TestMemoryBounds : public QObject
constexpr qint64 MiB = 1024 * 1024;
namespace
private Q_SLOTS:
qint64 usedMemory()
using namespace Qt::StringLiterals;
using namespace parley::test;
using namespace parley;
void TestMemoryBounds::beginnings()
void TestMemoryBounds::bytesShown()
void TestMemoryBounds::journal()
void TestMemoryBounds::journal_data()
void TestMemoryBounds::lines()
void TestMemoryBounds::stalledReader()
void TestMemoryBounds::stalledReader_data()
void TestMemoryBounds::stream()
void TestMemoryBounds::streamOfEvents()
void TestMemoryBounds::stream_data()
{
{
{
{
{
{
{
{
{
{
{
{
{
{
{
}
}
}
}
}
}
}
}
}
}
}
}
}
} // namespace
};
