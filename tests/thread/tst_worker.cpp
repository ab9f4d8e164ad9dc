// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/thread/worker.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <future>
#include <memory>
#include <thread>
#include <vector>

using namespace parley;

class TestWorker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void doesOneAfterTheOther();
    void destroysWhatWasDoneHere();
    void clearForgetsWhatWaits();
    void waitsWhenDestroyed();
};

void TestWorker::doesOneAfterTheOther()
{
    Worker worker;
    std::vector<int> done;
    std::vector<std::thread::id> threads; // of the work: one at a time, or this were a race
    for (int i = 0; i < 100; ++i) {
        worker.start([&threads] { threads.push_back(std::this_thread::get_id()); },
                     [&done, i, here = std::this_thread::get_id()] {
                         if (std::this_thread::get_id() == here)
                             done.push_back(i);
                     });
    }
    QTRY_COMPARE(done.size(), 100U);
    QVERIFY(std::is_sorted(done.begin(), done.end()));
    QCOMPARE(std::count(threads.begin(), threads.end(), threads.front()), 100);
    QVERIFY(threads.front() != std::this_thread::get_id());
}

void TestWorker::destroysWhatWasDoneHere()
{
    struct Held
    {
        explicit Held(std::thread::id &to) : destroyedOn(to) {}
        ~Held() { destroyedOn = std::this_thread::get_id(); }
        Q_DISABLE_COPY_MOVE(Held)
        std::thread::id &destroyedOn;
    };
    std::thread::id destroyedOn;
    Worker worker;
    bool isDone = false;
    worker.start([held = std::make_shared<Held>(destroyedOn)] {}, [&isDone] { isDone = true; });
    QTRY_VERIFY(isDone);
    QTRY_COMPARE(destroyedOn, std::this_thread::get_id());
}

void TestWorker::clearForgetsWhatWaits()
{
    Worker worker;
    std::promise<void> begun;
    std::promise<void> mayEnd;
    int done = 0;
    bool isForgotten = true;
    worker.start(
        [&] {
            begun.set_value();
            mayEnd.get_future().wait();
        },
        [&done] { ++done; });
    begun.get_future().wait();
    worker.start([&isForgotten] { isForgotten = false; }, [] {});
    worker.clear();
    mayEnd.set_value();
    worker.start([] {}, [&done] { ++done; });
    QTRY_COMPARE(done, 2);
    QVERIFY(isForgotten);
}

/// For the work that has begun and that which waits; nobody is told any more.
void TestWorker::waitsWhenDestroyed()
{
    int worked = 0;
    bool isTold = false;
    {
        Worker worker;
        for (int i = 0; i < 10; ++i)
            worker.start([&worked] { ++worked; }, [&isTold] { isTold = true; });
    }
    QCOMPARE(worked, 10);
    QCoreApplication::processEvents();
    QVERIFY(!isTold);
}

QTEST_GUILESS_MAIN(TestWorker)
#include "tst_worker.moc"
