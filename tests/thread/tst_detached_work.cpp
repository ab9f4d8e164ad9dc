// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/thread/detached_work.h"

#include <QRegularExpression>
#include <QTest>
#include <QThread>

#include <future>
#include <vector>

using namespace parley;
using namespace std::chrono_literals;

namespace
{

constexpr int Patience = 30'000; // ms; a guard against deadlocks

using Work = DetachedWork<int>;

} // namespace

class TestDetachedWork : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void answers();
    void waits();
    void isLeftBehind();
    void tooMany();
};

/// The answer comes by the event loop, on the owner's thread.
void TestDetachedWork::answers()
{
    int told = 0;
    const QThread *worker = nullptr;
    const QThread *teller = nullptr;
    Work work(
        [&worker](const std::atomic<bool> &) {
            worker = QThread::currentThread();
            return 42;
        },
        -1,
        [&] {
            ++told;
            teller = QThread::currentThread();
        });
    QCOMPARE(told, 0);
    QTRY_COMPARE_WITH_TIMEOUT(told, 1, Patience);
    QCOMPARE(work.take(), 42);
    QCOMPARE(teller, QThread::currentThread());
    QVERIFY(worker != teller);
}

/// Without an event loop.
void TestDetachedWork::waits()
{
    std::promise<void> mayAnswer;
    int told = 0;
    Work work(
        [answer = mayAnswer.get_future().share()](const std::atomic<bool> &) {
            answer.wait();
            return 42;
        },
        -1, [&told] { ++told; });
    QVERIFY(!work.wait(1ms));
    mayAnswer.set_value();
    QVERIFY(work.wait(-1ms));
    QCOMPARE(work.take(), 42);
    QCOMPARE(told, 0);
}

/// Destroying it does not wait. The work learns of it, and nobody hears the answer.
void TestDetachedWork::isLeftBehind()
{
    std::promise<void> mayLook;
    std::promise<bool> seen;
    int told = 0;
    {
        const Work work(
            [look = mayLook.get_future().share(), &seen](const std::atomic<bool> &cancelled) {
                look.wait();
                seen.set_value(cancelled);
                return 42;
            },
            -1, [&told] { ++told; });
    }
    mayLook.set_value();
    QVERIFY(seen.get_future().get());
    QCoreApplication::processEvents();
    QCOMPARE(told, 0);
}

void TestDetachedWork::tooMany()
{
    std::promise<void> mayEnd;
    const auto end = mayEnd.get_future().share();
    const auto work = [end](const std::atomic<bool> &) {
        end.wait();
        return 42;
    };
    std::vector<std::unique_ptr<Work>> works;
    int told = 0;
    // Work of the functions above may not have left its thread yet, so all that can be said is how many fit at most.
    for (int i = 0; i <= Work::MaxUnderWay; ++i)
        works.push_back(std::make_unique<Work>(work, -1, [&told] { ++told; }));
    QTRY_VERIFY_WITH_TIMEOUT(told > 0, Patience);
    QCOMPARE(works.back()->take(), -1);
    mayEnd.set_value();
    QTRY_COMPARE_WITH_TIMEOUT(told, Work::MaxUnderWay + 1, Patience);
    QCOMPARE(works.front()->take(), 42);
}

QTEST_GUILESS_MAIN(TestDetachedWork)
#include "tst_detached_work.moc"
