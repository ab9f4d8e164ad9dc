// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/rate_plot.h"
#include "shared/event/event_stream.h"
#include "shared/ui/appearance.h"
#include "tests/support/events.h"

#include <QLocale>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

constexpr qint64 Second = 1000 * Millisecond; // ns
constexpr int Patience = 20'000;              // ms

Event receivedFrom(quint64 connection, qint64 time)
{
    return at(time, made(connection, Call::RecvFrom, {5, 0}, Address::parseIPv4("10.0.0.1", 53)));
}

} // namespace

class TestRatePlot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void countsWholeSeconds();
    void forgetsWhatIsOld();
    void longPauses();
    void lateEvents();
    void countsConnections();
    void countsDatagrams();
    void isDrawn();
    void fontInPixels();
};

void TestRatePlot::countsWholeSeconds()
{
    RateHistory history;
    QVERIFY(history.isEmpty());
    history.count(0);
    history.count(Second / 2);
    history.count(Second - 1);
    QCOMPARE(history.current(), 0U); // the second is not over
    QVERIFY(!history.isEmpty());
    history.count(Second);
    QCOMPARE(history.current(), 3U);
    history.advance(2 * Second);
    QCOMPARE(history.current(), 1U);
    QCOMPARE(history.secondsAgo(2), 3U);
    QCOMPARE(history.peak(), 3U);
    history.advance(3 * Second);
    QCOMPARE(history.current(), 0U);
    QCOMPARE(history.secondsAgo(2), 1U);
    QCOMPARE(history.secondsAgo(3), 3U);
}

void TestRatePlot::forgetsWhatIsOld()
{
    RateHistory history;
    constexpr int all = 3 * RateHistory::Seconds;
    const auto countOf = [](int second) { return static_cast<quint32>(second % 7); };
    for (int second = 0; second < all; ++second) {
        history.advance(second * Second);
        for (quint32 i = 0; i < countOf(second); ++i)
            history.count(second * Second + i);
    }
    history.advance(all * Second);
    for (int ago = 1; ago <= RateHistory::Seconds; ++ago)
        QCOMPARE(history.secondsAgo(ago), countOf(all - ago));
    history.advance((all + RateHistory::Seconds) * Second);
    QCOMPARE(history.peak(), 0U);
    QVERIFY(history.isEmpty());
}

void TestRatePlot::longPauses()
{
    for (const int pause : {1, 59, 60, 61, 62, 1000, 1'000'000}) {
        RateHistory history;
        history.count(5 * Second);
        history.count((5 + pause) * Second);
        history.advance((6 + pause) * Second);
        QCOMPARE(history.current(), 1U);
        quint32 sum = 0;
        for (int ago = 1; ago <= RateHistory::Seconds; ++ago)
            sum += history.secondsAgo(ago);
        QCOMPARE(sum, pause < RateHistory::Seconds ? 2U : 1U);
    }
}

/// Events are delivered up to 33 ms after they happened, or later under load.
void TestRatePlot::lateEvents()
{
    RateHistory history;
    history.advance(100 * Second);
    history.count(99 * Second);
    history.count(41 * Second);
    history.count(40 * Second);
    history.count(39 * Second); // over a minute old
    history.count(0);
    QCOMPARE(history.current(), 1U);
    QCOMPARE(history.secondsAgo(59), 1U);
    QCOMPARE(history.secondsAgo(60), 1U);
    history.advance(200 * Second);
    QVERIFY(history.isEmpty());
}

void TestRatePlot::countsConnections()
{
    EventStream stream;
    RatePlot plot(stream);
    QCOMPARE(plot.accessibleName(), u"Connections per second"_s);
    QCOMPARE(plot.accessibleDescription(), u"0 per second, at most 0 in the last minute"_s);
    const qint64 now = stream.now();
    EventBatch batch{{failed(0, Call::Accept, 24)}};
    for (quint64 number = 1; number <= 1234; ++number) {
        batch.events.push_back(accepted(number, now));
        batch.events.push_back(eventOf(number, Call::Send, 12, now));
        batch.events.push_back(ended(number, Outcome::Complete, 0, now));
    }
    plot.read(batch);
    QTRY_COMPARE_WITH_TIMEOUT(plot.accessibleDescription(), u"1,234 per second, at most 1,234 in the last minute"_s,
                              Patience);
    QTRY_COMPARE_WITH_TIMEOUT(plot.accessibleDescription(), u"0 per second, at most 1,234 in the last minute"_s,
                              Patience);
}

void TestRatePlot::countsDatagrams()
{
    EventStream stream;
    RatePlot plot(stream);
    plot.read({{receivedFrom(1, stream.now()), receivedFrom(1, stream.now()), receivedFrom(2, stream.now())}});
    QTRY_VERIFY2_WITH_TIMEOUT(plot.accessibleDescription().endsWith(u", at most 3 in the last minute"_s),
                              qPrintable(plot.accessibleDescription()), Patience);
    QCOMPARE(plot.accessibleName(), u"Datagrams per second"_s);
}

void TestRatePlot::isDrawn()
{
    rememberSystemAppearance();
    EventStream stream;
    RatePlot plot(stream);
    plot.resize(plot.sizeHint());
    const auto hasColour = [&plot](const QColor &colour) {
        const QImage picture = plot.grab().toImage();
        for (int y = 0; y < picture.height(); ++y) {
            for (int x = 0; x < picture.width(); ++x) {
                if (picture.pixelColor(x, y) == colour)
                    return true;
            }
        }
        return false;
    };
    const auto line = [&plot] { return plot.palette().color(QPalette::Highlight); };
    applyAppearance(Appearance::Light);
    QVERIFY(!hasColour(line()));
    QImage blank = plot.grab().toImage();
    blank.fill(blank.pixel(0, 0));
    QVERIFY(plot.grab().toImage() == blank); // neither axis nor figures
    plot.read({{accepted(1, stream.now()), accepted(2, stream.now())}});
    QTRY_VERIFY_WITH_TIMEOUT(plot.history().peak() > 0, Patience);
    QVERIFY(hasColour(line()));
    applyAppearance(Appearance::Dark);
    QVERIFY(hasColour(line()));
    applyAppearance(Appearance::System);
}

/// It has no size in points.
void TestRatePlot::fontInPixels()
{
    EventStream stream;
    RatePlot plot(stream);
    QFont font = plot.font();
    font.setPixelSize(20);
    plot.setFont(font);
    const int large = plot.sizeHint().height();
    plot.grab(); // without a warning
    font.setPixelSize(10);
    plot.setFont(font);
    QVERIFY(plot.sizeHint().height() < large);
}

QTEST_MAIN(TestRatePlot)
#include "tst_rate_plot.moc"
