// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/latency_histogram.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace parley;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using std::chrono::nanoseconds;

class TestLatencyHistogram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void isPrecise_data();
    void isPrecise();
    void addsUp();
};

void TestLatencyHistogram::isPrecise_data()
{
    QTest::addColumn<double>("mean"); // of the logarithm
    QTest::addColumn<double>("spread");
    QTest::newRow("microseconds") << 10.0 << 1.0;
    QTest::newRow("milliseconds") << 15.0 << 2.0;
    QTest::newRow("ns to hours") << 16.0 << 6.0;
    QTest::newRow("all alike") << 12.0 << 0.0;
}

void TestLatencyHistogram::isPrecise()
{
    QFETCH(const double, mean);
    QFETCH(const double, spread);
    std::mt19937 random(7);
    std::lognormal_distribution<double> distribution(mean, spread);
    LatencyHistogram histogram;
    std::vector<qint64> values;
    constexpr double longest = 1e14;
    for (int i = 0; i < 100'000; ++i) {
        values.push_back(static_cast<qint64>(std::min(distribution(random), longest)));
        histogram.add(nanoseconds(values.back()));
        const std::size_t index = LatencyHistogram::indexOf(values.back());
        QVERIFY(index < LatencyHistogram::Size);
        QVERIFY(LatencyHistogram::from(index) <= values.back() && values.back() < LatencyHistogram::from(index + 1));
    }
    std::sort(values.begin(), values.end());
    QCOMPARE(histogram.count(), 100'000);
    QCOMPARE(histogram.min().count(), values.front());
    QCOMPARE(histogram.max().count(), values.back());
    for (const double share : {0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.99999, 1.0}) {
        const auto rank = std::max<std::size_t>(static_cast<std::size_t>(std::ceil(share * 1e5)), 1) - 1;
        const auto exact = static_cast<double>(values[rank]);
        const auto told = static_cast<double>(histogram.quantile(share).count());
        QVERIFY2(std::abs(told - exact) <= exact * LatencyHistogram::Precision,
                 qPrintable(u"%1: %2 for %3"_s.arg(share).arg(told).arg(exact)));
    }
}

void TestLatencyHistogram::addsUp()
{
    CoarseHistogram sum;
    CoarseHistogram part;
    sum.add(part);
    QCOMPARE(sum.count(), 0);
    QCOMPARE(sum.quantile(0.5), 0ns);
    part.add(50us);
    part.add(-1ns); // a clock that goes back
    sum.add(2ms);
    sum.add(part);
    sum.add(1000h);
    QCOMPARE(sum.count(), 4);
    QCOMPARE(sum.min(), 0ns);
    QCOMPARE(sum.max(), nanoseconds(1000h));
    QCOMPARE(sum.quantile(1), nanoseconds(1000h));
}

QTEST_GUILESS_MAIN(TestLatencyHistogram)
#include "tst_latency_histogram.moc"
