// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/loop/io_thread.h"

#include <QRegularExpression>
#include <QTest>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

constexpr int Patience = 30'000; // ms; a guard against deadlocks

class Engine : public QObject
{
    Q_OBJECT

public:
    explicit Engine(const QThread *&destroyedOn) : destroyedOn_(destroyedOn) {}
    ~Engine() override { destroyedOn_ = QThread::currentThread(); }

Q_SIGNALS:
    void counted(int number);

private:
    const QThread *&destroyedOn_;
};

} // namespace

class TestIoThread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void commandsAndAnswers();
    void receiverGoes();
    void takesItsEngineDown();
};

/// Commands are carried out in their order on the engine's thread, and its answers come back in theirs.
void TestIoThread::commandsAndAnswers()
{
    const QThread *destroyedOn = nullptr;
    IoThread<Engine> engine(destroyedOn);
    std::vector<int> heard;
    bool isHere = true;
    engine.hear(&Engine::counted, this, [&](int number) {
        heard.push_back(number);
        isHere = isHere && QThread::currentThread() == thread();
    });
    for (int i = 1; i <= 3; ++i) {
        engine.post([i](Engine &counter) {
            if (QThread::currentThread() == counter.thread())
                Q_EMIT counter.counted(i);
        });
    }
    QVERIFY(heard.empty()); // the event loop brings them
    QTRY_COMPARE_WITH_TIMEOUT(heard, (std::vector{1, 2, 3}), Patience);
    QVERIFY(isHere);
}

void TestIoThread::receiverGoes()
{
    const QThread *destroyedOn = nullptr;
    IoThread<Engine> engine(destroyedOn);
    auto receiver = std::make_unique<QObject>();
    int heard = 0;
    int heardLast = 0;
    engine.hear(&Engine::counted, receiver.get(), [&heard](int) { ++heard; });
    engine.hear(&Engine::counted, this, [&heardLast](int number) { heardLast = number; });
    engine.post([](Engine &counter) { Q_EMIT counter.counted(1); });
    receiver.reset(); // before its answer is fetched
    engine.post([](Engine &counter) { Q_EMIT counter.counted(2); });
    QTRY_COMPARE_WITH_TIMEOUT(heardLast, 2, Patience);
    QCOMPARE(heard, 0);
}

void TestIoThread::takesItsEngineDown()
{
    const QThread *destroyedOn = nullptr;
    const QThread *ran = nullptr;
    {
        IoThread<Engine> engine(destroyedOn);
        ran = engine.engine()->thread();
    }
    QVERIFY(destroyedOn && destroyedOn == ran && destroyedOn != QThread::currentThread());
}

QTEST_GUILESS_MAIN(TestIoThread)
#include "tst_io_thread.moc"
