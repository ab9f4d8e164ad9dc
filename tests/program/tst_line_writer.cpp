// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/line_writer.h"
#include "tests/support/native_pair.h"

#include <QRegularExpression>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

using native::Descriptor;

namespace
{

struct Pipe
{
    explicit Pipe(int flags = O_CLOEXEC)
    {
        std::array<int, 2> fds{-1, -1};
        if (::pipe2(fds.data(), flags) == 0) {
            out = Descriptor(fds[0]);
            in = Descriptor(fds[1]);
        }
    }
    /// Fills the pipe to the brim.
    void fill()
    {
        ::fcntl(in.get(), F_SETFL, O_NONBLOCK);
        for (const QByteArray &part : {QByteArray(4096, '#'), "#"_ba}) {
            while (::write(in.get(), part.constData(), static_cast<std::size_t>(part.size())) > 0)
                ;
        }
        ::fcntl(in.get(), F_SETFL, 0);
    }

    Descriptor out; // what goes in comes out here
    Descriptor in;
};

/// Reads all that comes out of a pipe, on a thread of its own.
class Collector
{
public:
    explicit Collector(Pipe &pipe) : pipe_(pipe), thread_(&Collector::run, this) {}
    ~Collector() { finish(); }
    Q_DISABLE_COPY_MOVE(Collector)

    /// Closes the pipe and returns all that came out of it. Nobody may be writing to it any more.
    QByteArray finish()
    {
        pipe_.in.close();
        if (thread_.joinable())
            thread_.join();
        return received_;
    }

private:
    void run()
    {
        std::array<char, 65536> buffer;
        for (ssize_t size; (size = ::read(pipe_.out.get(), buffer.data(), buffer.size())) > 0;)
            received_.append(buffer.data(), size);
    }

    Pipe &pipe_;
    QByteArray received_;
    std::thread thread_;
};

} // namespace

class TestLineWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); } // as in the programs
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void linesInOrder();
    void linesFromTwoThreads();
    void stuckReader();
    void lostLinesAreExact();
    void manyBytesAtOnce();
    void nonBlockingOutput();
    void closedReader();
    void readerLeaves();
    void fullDisk();
    void endsWhileStuck();
};

void TestLineWriter::linesInOrder()
{
    Pipe pipe;
    QByteArray expected;
    Collector collector(pipe);
    {
        LineWriter writer(pipe.in.get(), {});
        for (int i = 0; i < 50'000; ++i) { // more than a pipe holds
            const QByteArray line = QByteArray::number(i) + '\n';
            expected += line;
            writer.write(line);
        }
        QVERIFY(writer.finish(60s));
        QCOMPARE(writer.lostLines(), 0);
    }
    QVERIFY(collector.finish() == expected);
}

void TestLineWriter::linesFromTwoThreads()
{
    constexpr int perThread = 5'000;
    Pipe pipe;
    Collector collector(pipe);
    {
        LineWriter writer(pipe.in.get(), {});
        const auto write = [&writer](const QByteArray &name) {
            for (int i = 0; i < perThread; ++i)
                writer.write(name + QByteArray::number(i) + '\n');
        };
        std::thread first(write, "a"_ba);
        std::thread second(write, "b"_ba);
        first.join();
        second.join();
        QVERIFY(writer.finish(60s));
    }
    std::array<int, 2> next{};
    for (const QByteArray &line : collector.finish().chopped(1).split('\n')) {
        int &expected = next[line.startsWith('a') ? 0 : 1];
        QCOMPARE(line.sliced(1).toInt(), expected++);
    }
    QCOMPARE(next[0] + next[1], 2 * perThread);
}

/// Nobody reads: write() returns all the same, and finish() gives up in time.
void TestLineWriter::stuckReader()
{
    Pipe pipe;
    pipe.fill();
    LineWriter writer(pipe.in.get(), {});
    writer.write("first\nsecond\n"_ba);
    QVERIFY(!writer.finish(20ms));
    QCOMPARE(writer.lostLines(), 0); // they still wait

    Collector collector(pipe);
    QVERIFY(writer.finish(60s));
    QVERIFY(collector.finish().endsWith("#first\nsecond\n"));
}

void TestLineWriter::lostLinesAreExact()
{
    constexpr int count = 48;
    const QByteArray lines = QByteArray(512 * 1024 - 1, 'x') + '\n' + QByteArray(512 * 1024 - 1, 'y') + '\n';
    constexpr int fitting = int{LineWriter::MaxPendingBytes} / (1024 * 1024);
    Pipe pipe;
    pipe.fill();
    LineWriter writer(pipe.in.get(), {});
    for (int i = 0; i < count; ++i)
        writer.write(lines);
    const qint64 lost = writer.lostLines();
    QCOMPARE(lost, 2 * (count - fitting));

    Collector collector(pipe);
    QVERIFY(!writer.finish(60s)); // all that is left was written, but not each line
    const QByteArray received = collector.finish();
    QCOMPARE(writer.lostLines(), lost);
    QCOMPARE(received.count('\n') + lost, 2 * count);
    QCOMPARE(received.count('x'), received.count('y'));
}

/// They are shared until they are written, and keep their order among the few that are joined.
void TestLineWriter::manyBytesAtOnce()
{
    const QByteArray many = QByteArray(1024 * 1024 - 1, 'x') + '\n';
    Pipe pipe;
    pipe.fill();
    LineWriter writer(pipe.in.get(), {}, LineWriter::MaxPendingBytes, LineWriter::Piece::Large);
    QByteArray expected;
    for (int i = 0; i < 4; ++i) {
        for (const QByteArray &lines : {"few\n"_ba, QByteArray::number(i) + '\n', many}) {
            writer.write(lines);
            expected += lines;
        }
    }
    QCOMPARE(writer.waitingLines(), 12);
    QVERIFY(!many.isDetached());
    Collector collector(pipe);
    QVERIFY(writer.finish(60s));
    QVERIFY(many.isDetached());
    QCOMPARE(writer.waitingLines(), 0);
    QVERIFY(collector.finish().endsWith('#' + expected));
}

/// A descriptor may be non-blocking, because another program shares the pipe and made it so.
void TestLineWriter::nonBlockingOutput()
{
    Pipe pipe;
    QCOMPARE(::fcntl(pipe.in.get(), F_SETFL, O_NONBLOCK), 0);
    const QByteArray lines = QByteArray(1023, 'x').append('\n').repeated(1024);
    int failures = 0;
    LineWriter writer(pipe.in.get(), [&failures](int) { ++failures; });
    writer.write(lines);
    QVERIFY(!writer.finish(20ms)); // more than the pipe holds
    Collector collector(pipe);
    QVERIFY(writer.finish(60s));
    QVERIFY(collector.finish() == lines);
    QCOMPARE(failures, 0);
}

void TestLineWriter::closedReader()
{
    Pipe pipe;
    pipe.out.close();
    std::atomic<int> calls = 0;
    std::atomic<int> error = 0;
    LineWriter writer(pipe.in.get(), [&](int code) {
        ++calls;
        error = code;
    });
    writer.write("one\n"_ba);
    QVERIFY(!writer.finish(60s));
    QCOMPARE(calls, 1);
    QCOMPARE(error, EPIPE);
    QCOMPARE(writer.lostLines(), 1);
    writer.write("two\nthree\n"_ba);
    QVERIFY(!writer.finish(60s));
    QCOMPARE(calls, 1); // said once
    QCOMPARE(writer.lostLines(), 3);
}

/// Bytes that the pipe took count as written.
void TestLineWriter::readerLeaves()
{
    constexpr int count = 1024;
    constexpr int size = 1024;
    Pipe pipe;
    LineWriter writer(pipe.in.get(), {});
    writer.write(QByteArray(size - 1, 'x').append('\n').repeated(count));
    std::array<char, size> line;
    for (int taken = 0; taken < 256 * size;) {
        const ssize_t got = ::read(pipe.out.get(), line.data(), line.size());
        QVERIFY(got > 0);
        taken += static_cast<int>(got);
    }
    pipe.out.close();
    QVERIFY(!writer.finish(60s));
    QVERIFY2(writer.lostLines() > 0 && writer.lostLines() <= count - 256,
             qPrintable(QString::number(writer.lostLines())));
}

void TestLineWriter::fullDisk()
{
    const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    if (!full.isOpen())
        QSKIP("no /dev/full");
    std::atomic<int> error = 0;
    LineWriter writer(full.get(), [&error](int code) { error = code; });
    writer.write("one\n"_ba);
    QVERIFY(!writer.finish(60s));
    QCOMPARE(error, ENOSPC);
    QCOMPARE(writer.lostLines(), 1);
}

/// The destructor returns although the writer's thread cannot, and nothing is reported afterwards.
void TestLineWriter::endsWhileStuck()
{
    Pipe pipe;
    pipe.fill();
    std::atomic<int> calls = 0;
    {
        LineWriter writer(pipe.in.get(), [&calls](int) { ++calls; });
        writer.write("never\n"_ba);
        QVERIFY(!writer.finish(20ms));
    }
    pipe.out.close(); // ends the thread's call
    QCOMPARE(calls, 0);
}

QTEST_GUILESS_MAIN(TestLineWriter)
#include "tst_line_writer.moc"
