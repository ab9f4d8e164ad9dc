// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/loop/io_thread.h"
#include "shared/loop/reactor.h"
#include "tests/support/native_pair.h"
#include "tests/support/portable.h"

#include <QAbstractEventDispatcher>
#include <QDeadlineTimer>
#include <QSignalSpy>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

using native::Descriptor;

namespace
{

/// A watcher that calls a function.
struct Watching final : Reactor::Watcher
{
    explicit Watching(std::function<void(Reactor::Ready)> function = {}) : called(std::move(function)) {}
    ~Watching() { Reactor::current().forget(this); }
    Q_DISABLE_COPY_MOVE(Watching)
    void ready(Reactor::Ready ready) override
    {
        ++calls;
        last = ready;
        if (called)
            called(ready);
    }

    std::function<void(Reactor::Ready)> called;
    int calls = 0;
    Reactor::Ready last{};
};

QAbstractEventDispatcher &dispatcher()
{
    return *QAbstractEventDispatcher::instance();
}

constexpr int FirstTimer = 1'000'000; // Qt gives its own timers lower numbers

/// What was there to be received.
native::Result receive(int fd)
{
    std::array<char, 100> buffer;
    return native::receive(fd, buffer);
}

/// Lets this thread's dispatcher turn until @p isDone; false if it never is.
bool turnUntil(const std::function<bool()> &isDone)
{
    const QDeadlineTimer patience(Patience);
    while (!isDone() && !patience.hasExpired())
        dispatcher().processEvents(QEventLoop::AllEvents);
    return isDone();
}

/// A notifier that counts, and calls a function.
struct Notifying
{
    Notifying(const Descriptor &fd, QSocketNotifier::Type type, std::function<void()> function = {})
        : notifier(std::make_unique<QSocketNotifier>(fd.get(), type)), called(std::move(function))
    {
        QObject::connect(notifier.get(), &QSocketNotifier::activated, notifier.get(), [this] {
            ++calls;
            if (called)
                called();
        });
    }
    Q_DISABLE_COPY_MOVE(Notifying)

    std::unique_ptr<QSocketNotifier> notifier;
    std::function<void()> called;
    int calls = 0;
};

/// Counts its timer events.
struct Ticking : QObject
{
    explicit Ticking(std::function<void(int)> function = {}) : called(std::move(function)) {}
    ~Ticking() override { dispatcher().unregisterTimers(this); } // QObject knows only those that it has started
    Q_DISABLE_COPY_MOVE(Ticking)
    void timerEvent(QTimerEvent *event) override
    {
        ids.push_back(event->timerId());
        if (called)
            called(event->timerId());
    }

    std::function<void(int)> called;
    std::vector<int> ids;
};

} // namespace

class TestReactor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void watched_data();
    void watched();
    void rewatch();
    void peerFinIsRead();
    void resetIsBoth();
    void hangupIsNotBytes();
    void edges();
    void unwatch();
    void watchErrors();
    void manyAtOnce();
    void forgottenWithinABatch_data();
    void forgottenWithinABatch();

    void notified_data();
    void notified();
    void notifierSwitched();
    void notifierDeletedWhenNotified_data();
    void notifierDeletedWhenNotified();
    void notifiersOfTwoSockets();
    void notifierErrors();
    void socketsOfQt();

    void timersInOrder();
    void repeatingTimer();
    void stoppedTimer();
    void timersOfAnObject();
    void remainingTime();
    void wakesForAPost();
    void queuedCallsComeFirst();
    void interrupted();
    void engineThread();
};

void TestReactor::watched_data()
{
    QTest::addColumn<Reactor::Interest>("interest");
    QTest::addColumn<bool>("hasInput");
    QTest::addColumn<bool>("read");
    QTest::addColumn<bool>("write");
    QTest::newRow("nothing") << Reactor::Interest::None << true << false << false;
    QTest::newRow("read") << Reactor::Interest::Read << true << true << false;
    QTest::newRow("read, nothing there") << Reactor::Interest::Read << false << false << false;
    QTest::newRow("write") << Reactor::Interest::Write << true << false << true;
    QTest::newRow("both") << Reactor::Interest::ReadWrite << true << true << true;
    QTest::newRow("both, nothing there") << Reactor::Interest::ReadWrite << false << false << true;
}

/// A watcher is called as long as its interest holds, and for nothing else.
void TestReactor::watched()
{
    QFETCH(Reactor::Interest, interest);
    QFETCH(bool, hasInput);
    QFETCH(bool, read);
    QFETCH(bool, write);
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    if (hasInput) {
        QCOMPARE(native::send(pair.server.get(), "x").value, 1);
        QVERIFY(waitFor(pair.client.get(), POLLIN));
    }
    Reactor &reactor = Reactor::current();
    Watching watcher;
    Watching clock; // shows that the reactor goes on
    const Descriptor ticking = readable();
    QCOMPARE(reactor.watch(pair.client.get(), &watcher, interest), 0);
    QCOMPARE(reactor.watch(ticking.get(), &clock, Reactor::Interest::Read), 0);
    QCOMPARE(watcher.calls, 0); // from the event loop only
    QVERIFY(turnUntil([&] { return clock.calls >= 5; }));
    QVERIFY(read || write ? watcher.calls >= 4 : watcher.calls == 0);
    QCOMPARE(watcher.last.read, read);
    QCOMPARE(watcher.last.write, write);
}

void TestReactor::rewatch()
{
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    Reactor &reactor = Reactor::current();
    Watching watcher;
    QCOMPARE(reactor.watch(pair.client.get(), &watcher, Reactor::Interest::Write), 0);
    QVERIFY(turnUntil([&] { return watcher.last.write; }));
    reactor.rewatch(pair.client.get(), &watcher, Reactor::Interest::Read);
    const int calls = watcher.calls;
    QCOMPARE(native::send(pair.server.get(), "x").value, 1);
    QVERIFY(turnUntil([&] { return watcher.calls > calls; }));
    QVERIFY(watcher.last.read && !watcher.last.write);
}

void TestReactor::peerFinIsRead()
{
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    Reactor &reactor = Reactor::current();
    Watching watcher;
    QCOMPARE(reactor.watch(pair.client.get(), &watcher, Reactor::Interest::Read), 0);
    QVERIFY(native::shutdownSending(pair.server.get()).ok());
    QVERIFY(turnUntil([&] { return watcher.last.read; }));
    QVERIFY(!watcher.last.write);
    QCOMPARE(receive(pair.client.get()).value, 0);
}

void TestReactor::resetIsBoth()
{
    const Listener listener(Loopback);
    Pair pair(listener);
    QVERIFY(pair.connected);
    Reactor &reactor = Reactor::current();
    Watching watcher;
    QCOMPARE(reactor.watch(pair.client.get(), &watcher, Reactor::Interest::None), 0);
    native::resetOnClose(pair.server.get());
    pair.server.close();
    QVERIFY(turnUntil([&] { return watcher.calls >= 1; }));
    QVERIFY(watcher.last.read && watcher.last.write);
}

/// Bytes without an interest are not reported; the peer's FIN behind them is.
void TestReactor::hangupIsNotBytes()
{
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    Watching watcher;
    Watching clock;
    const Descriptor ticking = readable();
    QCOMPARE(Reactor::current().watch(ticking.get(), &clock, Reactor::Interest::Read), 0);
    QCOMPARE(native::send(pair.server.get(), "x").value, 1);
    QVERIFY(waitFor(pair.client.get(), POLLIN));
    QCOMPARE(Reactor::current().watch(pair.client.get(), &watcher, Reactor::Interest::Hangup), 0);
    const QDeadlineTimer surveys(10 * Reactor::SurveyInterval); // by which one that spins would have been called
    QVERIFY(turnUntil([&] { return surveys.hasExpired() && clock.calls >= 5; }));
    QCOMPARE(watcher.calls, 0);
#ifndef POLLRDHUP
    QCOMPARE(receive(pair.client.get()).value, 1); // such a system cannot see past it
#endif
    QVERIFY(native::shutdownSending(pair.server.get()).ok());
    QVERIFY(turnUntil([&] { return watcher.calls > 0; }));
    QVERIFY(watcher.last.read && !watcher.last.write && !watcher.last.failed);
}

/// Room to send is told once, and after rewatch() once more; bytes whenever some come.
void TestReactor::edges()
{
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    Watching watcher;
    Watching clock;
    const Descriptor ticking = readable();
    Reactor &reactor = Reactor::current();
    QCOMPARE(reactor.watch(ticking.get(), &clock, Reactor::Interest::Read), 0);
    QCOMPARE(reactor.watch(pair.client.get(), &watcher, Reactor::Interest::Edges), 0);
    const auto turnsAndCalls = [&](int calls) { // how many calls there are after five turns more
        const int now = clock.calls;
        return turnUntil([&] { return clock.calls >= now + 5 && watcher.calls >= calls; }) ? watcher.calls : -1;
    };
    QCOMPARE(turnsAndCalls(1), 1);
    QVERIFY(watcher.last.write && !watcher.last.read);
    reactor.rewatch(pair.client.get(), &watcher, Reactor::Interest::Edges);
    QCOMPARE(turnsAndCalls(2), 2);
    QVERIFY(watcher.last.write && !watcher.last.read);
    watcher.called = [&](Reactor::Ready) { receive(pair.client.get()); };
    QCOMPARE(native::send(pair.server.get(), "x").value, 1);
    QCOMPARE(turnsAndCalls(3), 3);
    QVERIFY(watcher.last.read && !watcher.last.ended);
}

void TestReactor::unwatch()
{
    Reactor &reactor = Reactor::current();
    Watching watcher;
    Watching clock;
    const Descriptor fd = readable();
    const Descriptor ticking = readable();
    QCOMPARE(reactor.watch(fd.get(), &watcher, Reactor::Interest::Read), 0);
    QCOMPARE(reactor.watch(ticking.get(), &clock, Reactor::Interest::Read), 0);
    QVERIFY(turnUntil([&] { return watcher.calls >= 1; }));
    reactor.unwatch(fd.get(), &watcher);
    const int calls = watcher.calls;
    const int now = clock.calls;
    QVERIFY(turnUntil([&] { return clock.calls >= now + 5; }));
    QCOMPARE(watcher.calls, calls);

    QCOMPARE(reactor.watch(fd.get(), &watcher, Reactor::Interest::Read), 0); // and once more
    QVERIFY(turnUntil([&] { return watcher.calls > calls; }));
}

void TestReactor::watchErrors()
{
    Reactor &reactor = Reactor::current();
    Watching watcher;
    const Descriptor fd = readable();
    const Descriptor directory(::open("/", O_RDONLY | O_CLOEXEC));
    QCOMPARE(reactor.watch(-1, &watcher, Reactor::Interest::Read), EBADF);
    QCOMPARE(reactor.watch(directory.get(), &watcher, Reactor::Interest::Read), EPERM);
    QCOMPARE(reactor.watch(fd.get(), &watcher, Reactor::Interest::Read), 0);
    QCOMPARE(reactor.watch(fd.get(), &watcher, Reactor::Interest::Read), EEXIST);
}

/// More than one batch holds; each is served.
void TestReactor::manyAtOnce()
{
    Reactor &reactor = Reactor::current();
    std::vector<Descriptor> descriptors(600);
    std::vector<Watching> watchers(descriptors.size());
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
        descriptors[i] = readable();
        QVERIFY(descriptors[i].isOpen());
        QCOMPARE(reactor.watch(descriptors[i].get(), &watchers[i], Reactor::Interest::Read), 0);
    }
    const auto served = [](const Watching &watcher) { return watcher.calls > 0; };
    QVERIFY(turnUntil([&] { return std::all_of(watchers.begin(), watchers.end(), served); }));
}

void TestReactor::forgottenWithinABatch_data()
{
    QTest::addColumn<bool>("unwatched");
    QTest::newRow("closed and forgotten") << false;
    QTest::newRow("unwatched") << true;
}

/// Two descriptors are ready at once, and whichever is served first takes the other away.
void TestReactor::forgottenWithinABatch()
{
    QFETCH(bool, unwatched);
    Reactor &reactor = Reactor::current();
    std::array descriptors{readable(), readable()};
    std::array<Watching, 2> watchers;
    for (std::size_t i = 0; i < 2; ++i) {
        watchers[i].called = [&, other = 1 - i](Reactor::Ready) {
            if (unwatched) {
                reactor.unwatch(descriptors[other].get(), &watchers[other]);
            } else {
                descriptors[other].close();
                reactor.forget(&watchers[other]);
            }
        };
        QCOMPARE(reactor.watch(descriptors[i].get(), &watchers[i], Reactor::Interest::Read), 0);
    }
    QVERIFY(turnUntil([&] { return watchers[0].calls + watchers[1].calls > 0; }));
    QVERIFY(watchers[0].calls == 0 || watchers[1].calls == 0);
}

void TestReactor::notified_data()
{
    QTest::addColumn<bool>("hasInput");
    QTest::addColumn<bool>("wantsRead");
    QTest::addColumn<bool>("wantsWrite");
    QTest::newRow("read") << true << true << false;
    QTest::newRow("read, nothing there") << false << true << false;
    QTest::newRow("write") << true << false << true;
    QTest::newRow("both") << true << true << true;
    QTest::newRow("both, nothing there") << false << true << true;
}

/// Notifiers of one descriptor are told each of its own, as long as it holds.
void TestReactor::notified()
{
    QFETCH(bool, hasInput);
    QFETCH(bool, wantsRead);
    QFETCH(bool, wantsWrite);
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    if (hasInput) {
        QCOMPARE(native::send(pair.server.get(), "x").value, 1);
        QVERIFY(waitFor(pair.client.get(), POLLIN));
    }
    Notifying read(pair.client, QSocketNotifier::Read);
    Notifying write(pair.client, QSocketNotifier::Write);
    read.notifier->setEnabled(wantsRead);
    write.notifier->setEnabled(wantsWrite);
    const Descriptor ticking = readable();
    Notifying clock(ticking, QSocketNotifier::Read); // shows that the reactor goes on
    QVERIFY(turnUntil([&] { return clock.calls >= 5; }));
    const bool hears = wantsRead && hasInput;
    QVERIFY2(hears ? read.calls >= 4 : read.calls == 0, QByteArray::number(read.calls).constData());
    QVERIFY2(wantsWrite ? write.calls >= 4 : write.calls == 0, QByteArray::number(write.calls).constData());
}

void TestReactor::notifierSwitched()
{
    const Descriptor fd = readable();
    const Descriptor ticking = readable();
    Notifying clock(ticking, QSocketNotifier::Read);
    Notifying read(fd, QSocketNotifier::Read);
    QVERIFY(turnUntil([&] { return read.calls > 0; }));
    read.notifier->setEnabled(false);
    const int calls = read.calls;
    const int now = clock.calls;
    QVERIFY(turnUntil([&] { return clock.calls >= now + 5; }));
    QCOMPARE(read.calls, calls);
    read.notifier->setEnabled(true);
    QVERIFY(turnUntil([&] { return read.calls > calls; }));

    Notifying write(fd, QSocketNotifier::Write); // beside the one that is there
    QVERIFY(turnUntil([&] { return write.calls > 0; }));
    const int before = read.calls;
    write.notifier.reset();
    QVERIFY(turnUntil([&] { return read.calls > before; }));
}

void TestReactor::notifierDeletedWhenNotified_data()
{
    QTest::addColumn<bool>("itself");
    QTest::addColumn<bool>("neighbour");
    QTest::newRow("itself") << true << false;
    QTest::newRow("its neighbour") << false << true;
    QTest::newRow("both") << true << true;
}

/// Both notifiers of a descriptor are due; the first to be called deletes.
void TestReactor::notifierDeletedWhenNotified()
{
    QFETCH(bool, itself);
    QFETCH(bool, neighbour);
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    QCOMPARE(native::send(pair.server.get(), "x").value, 1);
    QVERIFY(waitFor(pair.client.get(), POLLIN));
    auto *read = new QSocketNotifier(pair.client.get(), QSocketNotifier::Read);
    auto *write = new QSocketNotifier(pair.client.get(), QSocketNotifier::Write);
    int reads = 0;
    int writes = 0;
    QObject::connect(read, &QSocketNotifier::activated, read, [&] {
        ++reads;
        if (neighbour)
            delete std::exchange(write, nullptr);
        if (itself)
            delete std::exchange(read, nullptr);
    });
    QObject::connect(write, &QSocketNotifier::activated, write, [&] { ++writes; });
    const Descriptor ticking = readable();
    Notifying clock(ticking, QSocketNotifier::Read);
    QVERIFY(turnUntil([&] { return clock.calls >= 5 && reads > 0; }));
    QVERIFY2(itself ? reads == 1 : reads >= 4, QByteArray::number(reads).constData());
    QVERIFY2(neighbour ? writes == 0 : writes >= 4, QByteArray::number(writes).constData());
    delete read;
    delete write;
}

/// Two descriptors are ready at once, and whichever is served first takes the other's notifier away and closes it.
void TestReactor::notifiersOfTwoSockets()
{
    std::array descriptors{readable(), readable()};
    std::array<std::unique_ptr<Notifying>, 2> notifiers;
    int calls = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        notifiers[i] = std::make_unique<Notifying>(descriptors[i], QSocketNotifier::Read, [&, other = 1 - i] {
            ++calls;
            notifiers[other].reset();
            descriptors[other].close();
        });
    }
    QVERIFY(turnUntil([&] { return calls >= 5; }));
    QVERIFY(!notifiers[0] != !notifiers[1]);
}

/// A warning tells of a descriptor that cannot be watched, and its notifier is disabled; the others go on.
void TestReactor::notifierErrors()
{
    if (IsPortable)
        QSKIP("Qt's own dispatcher watches and warns in its own way.");
    const auto expect = [](int fd, const char *reason) {
        const QByteArray said =
            "Reactor: descriptor " + QByteArray::number(fd) + " of a QSocketNotifier cannot be watched: " + reason;
        QTest::ignoreMessage(QtWarningMsg, said.constData());
    };
    const Descriptor directory(::open("/", O_RDONLY | O_CLOEXEC));
    expect(directory.get(), "it is a file or a directory, and not a socket or pipe");
    const QSocketNotifier ofADirectory(directory.get(), QSocketNotifier::Read);
    QVERIFY(!ofADirectory.isEnabled());

    const int closed = readable().get(); // closed by now
    expect(closed, "EBADF");
    const QSocketNotifier ofNothing(closed, QSocketNotifier::Write);
    QVERIFY(!ofNothing.isEnabled());

    const Descriptor watched = readable();
    Watching watcher;
    QCOMPARE(Reactor::current().watch(watched.get(), &watcher, Reactor::Interest::Read), 0);
    expect(watched.get(), "Reactor::watch() watches it already");
    const QSocketNotifier second(watched.get(), QSocketNotifier::Read);
    QVERIFY(!second.isEnabled());
    QVERIFY(turnUntil([&] { return watcher.calls > 0; }));
}

/// Qt's own classes serve and connect on an I/O thread: bytes go there and back, and the end is told.
void TestReactor::socketsOfQt()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QByteArray heard;
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket *accepted = server.nextPendingConnection();
        QObject::connect(accepted, &QTcpSocket::readyRead, accepted,
                         [accepted] { accepted->write(accepted->readAll()); });
        QObject::connect(accepted, &QTcpSocket::disconnected, accepted, &QObject::deleteLater);
    });
    QTcpSocket client;
    QObject::connect(&client, &QTcpSocket::readyRead, &client, [&] { heard += client.readAll(); });
    client.connectToHost(QHostAddress(QHostAddress::LocalHost), server.serverPort());
    const QByteArray sent(1'000'000, 'x');
    client.write(sent); // much more than the sockets' buffers take at once
    QVERIFY2(turnUntil([&] { return heard.size() == sent.size(); }), QByteArray::number(heard.size()).constData());
    QCOMPARE(heard, sent);
    client.disconnectFromHost();
    QVERIFY(turnUntil([&] { return server.findChildren<QTcpSocket *>().isEmpty(); }));
    QCOMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(client.error(), QAbstractSocket::UnknownSocketError);
}

/// Timers run in the order in which they are due, not in the order in which they were set.
void TestReactor::timersInOrder()
{
    Ticking ticking([](int id) { dispatcher().unregisterTimer(id); });
    dispatcher().registerTimer(FirstTimer + 1, 40, Qt::PreciseTimer, &ticking);
    dispatcher().registerTimer(FirstTimer + 2, 20, Qt::CoarseTimer, &ticking);
    dispatcher().registerTimer(FirstTimer + 3, 0, Qt::PreciseTimer, &ticking);
    QVERIFY(turnUntil([&] { return ticking.ids.size() == 3; }));
    QCOMPARE(ticking.ids, (std::vector{FirstTimer + 3, FirstTimer + 2, FirstTimer + 1}));
}

void TestReactor::repeatingTimer()
{
    Ticking ticking;
    const auto start = std::chrono::steady_clock::now();
    dispatcher().registerTimer(FirstTimer + 1, 10, Qt::PreciseTimer, &ticking);
    while (ticking.ids.size() < 5)
        dispatcher().processEvents(QEventLoop::WaitForMoreEvents);
    QVERIFY(std::chrono::steady_clock::now() - start >= 50ms);
}

/// Both timers are due in the same turn; the first one that is called stops the other.
void TestReactor::stoppedTimer()
{
    Ticking ticking([](int id) {
        dispatcher().unregisterTimer(id);
        dispatcher().unregisterTimer(2 * FirstTimer + 3 - id);
    });
    dispatcher().registerTimer(FirstTimer + 1, 0, Qt::PreciseTimer, &ticking);
    dispatcher().registerTimer(FirstTimer + 2, 0, Qt::PreciseTimer, &ticking);
    QVERIFY(turnUntil([&] { return !ticking.ids.empty(); }));
    dispatcher().processEvents(QEventLoop::AllEvents);
    QCOMPARE(ticking.ids.size(), 1U);
    QVERIFY(!dispatcher().unregisterTimer(FirstTimer + 1));
}

void TestReactor::timersOfAnObject()
{
    Ticking ticking;
    Ticking other;
    dispatcher().registerTimer(FirstTimer + 1, 1000, Qt::PreciseTimer, &ticking);
    dispatcher().registerTimer(FirstTimer + 2, 2000, Qt::CoarseTimer, &ticking);
    dispatcher().registerTimer(FirstTimer + 3, 3000, Qt::PreciseTimer, &other);
    const auto timers = dispatcher().registeredTimers(&ticking);
    QCOMPARE(timers.size(), 2);
    QCOMPARE(timers[1].timerId, FirstTimer + 2);
    QCOMPARE(timers[1].interval, 2000);
    QCOMPARE(timers[1].timerType, Qt::CoarseTimer);
    QVERIFY(dispatcher().unregisterTimers(&ticking));
    QVERIFY(dispatcher().registeredTimers(&ticking).isEmpty());
    QCOMPARE(dispatcher().registeredTimers(&other).size(), 1);
}

void TestReactor::remainingTime()
{
    Ticking ticking;
    dispatcher().registerTimer(FirstTimer + 1, 60'000, Qt::PreciseTimer, &ticking);
    const int remaining = dispatcher().remainingTime(FirstTimer + 1);
    QVERIFY(remaining > 0 && remaining <= 60'000);
    QCOMPARE(dispatcher().remainingTime(FirstTimer + 2), -1);
}

/// Nothing is due, and yet a call that another thread queues ends the wait.
void TestReactor::wakesForAPost()
{
    IoThread<QObject> thread;
    for (int i = 0; i < 1000; ++i) {
        std::promise<void> called;
        thread.post([&called](QObject &) { called.set_value(); });
        QCOMPARE(called.get_future().wait_for(std::chrono::milliseconds(Patience)), std::future_status::ready);
    }
}

/// A call that is queued before a socket becomes ready is made before its watcher is called, though the thread was
/// waiting for both.
void TestReactor::queuedCallsComeFirst()
{
    struct Engine : QObject
    {
        Descriptor socket;
        std::unique_ptr<Watching> watcher;
        int calls = 0;
    };
    IoThread<Engine> thread;
    for (int i = 1; i <= 200; ++i) {
        std::promise<void> watched;
        std::promise<int> callsBefore;
        int fd = -1;
        thread.post([&](Engine &engine) {
            engine.socket = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
            fd = engine.socket.get();
            engine.watcher = std::make_unique<Watching>([&](Reactor::Ready) {
                callsBefore.set_value(engine.calls);
                engine.socket.close();
                Reactor::current().forget(engine.watcher.get());
            });
            Reactor::current().watch(fd, engine.watcher.get(), Reactor::Interest::Read);
            watched.set_value();
        });
        watched.get_future().wait();
        thread.post([](Engine &engine) { ++engine.calls; });
        ::eventfd_write(fd, 1);
        QCOMPARE(callsBefore.get_future().get(), i);
    }
}

void TestReactor::interrupted()
{
    std::thread other([&here = dispatcher()] { here.interrupt(); });
    dispatcher().processEvents(QEventLoop::WaitForMoreEvents); // would wait for ever
    other.join();
}

/// All of it together: an engine's timers and queued calls on its thread.
void TestReactor::engineThread()
{
    struct Engine : QObject
    {
        std::atomic<int> ticks = 0;
        QTimer timer{this};
    };
    IoThread<Engine> thread;
    std::promise<bool> started;
    thread.post([&started](Engine &engine) {
        connect(&engine.timer, &QTimer::timeout, &engine, [&engine] { ++engine.ticks; });
        engine.timer.start(1ms);
        started.set_value(&Reactor::current() == &Reactor::current() && QThread::currentThread() == engine.thread());
    });
    QVERIFY(started.get_future().get());
    QTRY_VERIFY_WITH_TIMEOUT(thread.engine()->ticks >= 5, Patience);
}

/// On an I/O thread.
int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    int result = -1;
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        TestReactor test;
        result = QTest::qExec(&test, argc, argv);
    }));
    Reactor::install(*thread);
    thread->start();
    thread->wait();
    return result;
}

#include "tst_reactor.moc"
