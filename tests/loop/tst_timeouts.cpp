// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/loop/timeouts.h"

#include <QRegularExpression>
#include <QTest>

#include <functional>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace std::chrono_literals;

namespace
{

constexpr int Patience = 30'000; // ms; a guard against deadlocks

/// Has a time-out.
struct Timing final : Timeouts::Timed
{
    explicit Timing(std::function<void()> function) : called(std::move(function)) {}
    void timedOut() override { called(); }

    std::function<void()> called;
};

} // namespace

class TestTimeouts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void inOrder();
    void renewedAndStopped();
    void endOthers();
};

void TestTimeouts::inOrder()
{
    Timeouts timeouts;
    std::vector<int> ended;
    Timing slow([&ended] { ended.push_back(3); });
    Timing first([&ended] { ended.push_back(1); });
    Timing second([&ended] { ended.push_back(2); });
    timeouts.set(slow, 60ms);
    timeouts.set(first, 20ms);
    timeouts.set(second, 20ms);
    QTRY_COMPARE_WITH_TIMEOUT(ended, (std::vector{1, 2, 3}), Patience);
}

void TestTimeouts::renewedAndStopped()
{
    Timeouts timeouts;
    std::vector<int> ended;
    Timing renewed([&ended] { ended.push_back(1); });
    Timing stopped([&ended] { ended.push_back(2); });
    Timing last([&ended] { ended.push_back(3); });
    timeouts.set(renewed, 20ms);
    timeouts.set(stopped, 20ms);
    timeouts.set(last, 40ms);
    timeouts.set(renewed, 60ms);
    timeouts.stop(stopped);
    timeouts.stop(stopped);
    QTRY_COMPARE_WITH_TIMEOUT(ended, (std::vector{3, 1}), Patience);
    timeouts.set(stopped, 1ms); // and once more
    QTRY_COMPARE_WITH_TIMEOUT(ended, (std::vector{3, 1, 2}), Patience);
}

/// A time-out that ends may stop and set others.
void TestTimeouts::endOthers()
{
    Timeouts timeouts;
    int ended = 0;
    Timing other([&ended] { ended += 100; });
    Timing again([&ended] { ++ended; });
    Timing first([&] {
        ++ended;
        timeouts.stop(other);
        timeouts.set(again, 5ms);
    });
    timeouts.set(first, 10ms);
    timeouts.set(other, 10ms);
    QTRY_COMPARE_WITH_TIMEOUT(ended, 2, Patience);
}

QTEST_GUILESS_MAIN(TestTimeouts)
#include "tst_timeouts.moc"
