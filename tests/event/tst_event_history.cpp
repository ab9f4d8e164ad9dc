// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_history.h"
#include "tests/support/events.h"

#include <QElapsedTimer>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using test::at;
using test::eventOf;
using test::received;
using test::sent;

namespace
{

Event ended(quint64 connection)
{
    return test::ended(connection, Outcome::Complete);
}

void feed(EventHistory &history, std::initializer_list<Event> events, quint64 dropped = 0)
{
    EventBatch batch;
    batch.events = events;
    batch.dropped = dropped;
    history.read(batch);
}

/// Connections @p first to @p last, each of six events as a greeting makes them.
EventBatch greetings(quint64 first, quint64 last, const QByteArray &greeting = "Hello World!")
{
    EventBatch batch;
    for (quint64 number = first; number <= last; ++number) {
        batch.events.push_back(eventOf(number, Call::Accept, 7));
        batch.events.push_back(sent(number, greeting));
        batch.events.push_back(eventOf(number, Call::Shutdown));
        batch.events.push_back(eventOf(number, Call::Recv));
        batch.events.push_back(eventOf(number, Call::Close));
        batch.events.push_back(ended(number));
    }
    return batch;
}

QByteArray calls(const EventHistory &history)
{
    QByteArrayList names;
    for (const Event &event : history.events())
        names.append(callName(event.call()));
    return names.join(' ');
}

} // namespace

class TestEventHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QTest::failOnWarning(QRegularExpression(u".*"_s));
    }

    void watchesOneConnection();
    void theListenerStays();
    void oldestLeave();
    void theWatchedStays();
    void openOnesKeepTheirBeginning();
    void payloadIsBounded();
    void sharedBytesCountOnce();
    void theWatchedIsBounded();
    void lossesAreSaid();
    void isCheap();
};

void TestEventHistory::watchesOneConnection()
{
    EventHistory history;
    const QSignalSpy reset(&history, &EventHistory::reset);
    const QSignalSpy grown(&history, &EventHistory::grown);
    feed(history, {eventOf(1, Call::Accept), eventOf(2, Call::Accept), received(1, "a")});
    QCOMPARE(grown.size(), 0);
    history.watch(1);
    QCOMPARE(reset.size(), 1);
    QCOMPARE(calls(history), "accept recv");
    feed(history, {ended(2)});
    QCOMPARE(grown.size(), 0);
    feed(history, {eventOf(1, Call::Close), ended(1)});
    QCOMPARE(grown.size(), 1);
    QCOMPARE(calls(history), "accept recv close end");
    history.watch(2);
    QCOMPARE(calls(history), "accept end");
    QVERIFY(history.omission().isEmpty());
    history.watch(3);
    QCOMPARE(calls(history), "");
}

void TestEventHistory::theListenerStays()
{
    EventHistory history;
    feed(history, {eventOf(0, Call::Socket), eventOf(0, Call::Bind), eventOf(0, Call::Listen)});
    history.read(greetings(1, 50'000));
    QCOMPARE(calls(history), "socket bind listen");
    for (std::size_t i = 0; i < EventHistory::MaxListenerEvents; ++i)
        feed(history, {eventOf(0, Call::Accept)});
    QVERIFY(history.events().size() <= EventHistory::MaxListenerEvents);
    QCOMPARE(history.omission(), u"The first 1,001 events are no longer kept."_s);
}

void TestEventHistory::oldestLeave()
{
    EventHistory history;
    history.read(greetings(1, 50'000)); // 300,000 events
    history.watch(50'000);
    QCOMPARE(calls(history), "accept send shutdown recv close end");
    QVERIFY(history.omission().isEmpty());
    history.watch(20'000);
    QCOMPARE(calls(history), "accept send shutdown recv close end");
    history.watch(16'000);
    QCOMPARE(calls(history), "");
    QCOMPARE(history.omission(), u"Its events are no longer kept: only the last 200,000 of all connections are."_s);
    history.watch(16'667); // on the edge
    QCOMPARE(calls(history), "close end");
    QCOMPARE(history.omission(), u"Earlier events are no longer kept: only the last 200,000 of all connections are."_s);
}

void TestEventHistory::theWatchedStays()
{
    EventHistory history;
    feed(history, {eventOf(1, Call::Accept), received(1, "abc")});
    history.watch(1);
    history.read(greetings(2, 50'000));
    feed(history, {ended(1)});
    QCOMPARE(calls(history), "accept recv end");
    QCOMPARE(history.events()[1].payload().toByteArray(), "abc");
    QVERIFY(history.omission().isEmpty());
}

void TestEventHistory::openOnesKeepTheirBeginning()
{
    EventHistory history;
    feed(history, {eventOf(1, Call::Accept), sent(1, "abc"), eventOf(2, Call::Accept)});
    for (int i = 0; i < 100; ++i)
        feed(history, {received(2, "x")});
    history.read(greetings(3, 50'000));
    feed(history, {eventOf(1, Call::Recv), ended(1)});
    history.watch(1);
    QCOMPARE(calls(history), "accept send recv end");
    QVERIFY(history.omission().isEmpty());
    QVERIFY(history.events()[1].payload().isEmpty()); // the call is kept, not its bytes
    history.watch(2);
    QCOMPARE(history.events().size(), EventHistory::MaxBeginning);
    QCOMPARE(history.omission(),
             u"Events after the first 16 are no longer kept: only the last 200,000 of all connections are."_s);
    // Once it has ended it leaves like any other.
    history.read(greetings(50'001, 100'000));
    history.watch(1);
    QCOMPARE(calls(history), "");
    QCOMPARE(history.omission(), u"Its events are no longer kept: only the last 200,000 of all connections are."_s);
}

void TestEventHistory::payloadIsBounded()
{
    EventHistory history;
    constexpr qint64 size = 1024 * 1024;
    for (quint64 number = 1; number <= 100; ++number)
        feed(history, {received(number, QByteArray(size, 'x')), ended(number)});
    history.watch(100);
    QCOMPARE(calls(history), "recv end");
    history.watch(100 - EventHistory::MaxPayload / size + 1);
    QCOMPARE(calls(history), "recv end");
    history.watch(100 - EventHistory::MaxPayload / size);
    QCOMPARE(calls(history), "end");
}

void TestEventHistory::sharedBytesCountOnce()
{
    EventHistory history;
    const QByteArray greeting(16 * 1024 * 1024, 'x');
    history.read(greetings(1, 1'000, greeting));
    history.watch(1);
    QCOMPARE(calls(history), "accept send shutdown recv close end");
    // Where each holds its own, they count.
    for (quint64 number = 1'001; number <= 1'010; ++number)
        feed(history, {sent(number, QByteArray(greeting.size(), 'y'))});
    history.watch(1'000);
    QCOMPARE(calls(history), "");
    history.watch(1'010);
    QCOMPARE(calls(history), "send");
}

void TestEventHistory::theWatchedIsBounded()
{
    EventHistory history;
    history.watch(1);
    const QSignalSpy reset(&history, &EventHistory::reset);
    EventBatch batch;
    for (std::size_t i = 0; i <= EventHistory::MaxWatchedEvents; ++i)
        batch.events.push_back(received(1, "x"));
    history.read(batch);
    QCOMPARE(reset.size(), 1);
    QVERIFY(history.events().size() <= EventHistory::MaxWatchedEvents);
    QCOMPARE(history.omission(), u"The first 10,001 events are no longer kept."_s);

    history.watch(2);
    for (int i = 0; i < 80; ++i)
        feed(history, {received(2, QByteArray(1024 * 1024, 'x'))});
    QVERIFY(history.events().size() <= 64);
    QVERIFY(history.events().size() >= 50);
    QVERIFY(!history.omission().isEmpty());
}

void TestEventHistory::lossesAreSaid()
{
    EventHistory history;
    feed(history, {at(10, ended(1))});
    feed(history, {at(20, eventOf(2, Call::Accept)), at(30, ended(2))}, 5);
    history.watch(1);
    QVERIFY(history.omission().isEmpty());
    history.watch(2);
    QCOMPARE(history.omission(),
             u"Some calls may be missing: there were more events at once than this window could take."_s);
}

/// It runs on the thread of the window, which 50,000 connections a second must not keep from its work.
void TestEventHistory::isCheap()
{
    EventHistory history;
    QElapsedTimer timer;
    qint64 spent = 0;
    qint64 events = 0;
    for (quint64 round = 1; round <= 20; ++round) {
        const EventBatch next = greetings(round * 10'000 + 1, (round + 1) * 10'000);
        timer.start();
        history.read(next);
        spent += timer.nsecsElapsed();
        events += static_cast<qint64>(next.events.size());
    }
    timer.start();
    history.watch(200'000);
    qInfo("%.1f ns an event; %.2f ms to look for a connection's", double(spent) / double(events),
          double(timer.nsecsElapsed()) / 1e6);
    QCOMPARE(calls(history), "accept send shutdown recv close end");
}

QTEST_GUILESS_MAIN(TestEventHistory)
#include "tst_event_history.moc"
