// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_history.h"

#include <QElapsedTimer>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

Event eventOf(quint64 connection, Call call, qint64 result = 0)
{
    Event event;
    event.connection = connection;
    event.call = call;
    event.result = result;
    return event;
}

Event received(quint64 connection, const QByteArray &bytes)
{
    Event event = eventOf(connection, Call::Recv, bytes.size());
    event.bytes = bytes;
    return event;
}

Event sent(quint64 connection, const QByteArray &bytes)
{
    Event event = eventOf(connection, Call::Send, bytes.size());
    event.bytes = bytes;
    return event;
}

Event ended(quint64 connection)
{
    Event event = eventOf(connection, Call::End);
    event.outcome = Outcome::Complete;
    return event;
}

void feed(Journal &journal, std::initializer_list<Event> events, quint64 dropped = 0)
{
    EventBatch batch;
    batch.events = events;
    batch.dropped = dropped;
    journal.read(batch);
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

QByteArray calls(const Journal &journal)
{
    QByteArrayList names;
    for (const Event &event : journal.events())
        names.append(callName(event.call));
    return names.join(' ');
}

} // namespace

class tst_Journal : public QObject
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

void tst_Journal::watchesOneConnection()
{
    Journal journal;
    const QSignalSpy reset(&journal, &Journal::reset);
    const QSignalSpy grown(&journal, &Journal::grown);
    feed(journal, {eventOf(1, Call::Accept), eventOf(2, Call::Accept), received(1, "a")});
    QCOMPARE(grown.size(), 0);
    journal.watch(1);
    QCOMPARE(reset.size(), 1);
    QCOMPARE(calls(journal), "accept recv");
    feed(journal, {ended(2)});
    QCOMPARE(grown.size(), 0);
    feed(journal, {eventOf(1, Call::Close), ended(1)});
    QCOMPARE(grown.size(), 1);
    QCOMPARE(calls(journal), "accept recv close end");
    journal.watch(2);
    QCOMPARE(calls(journal), "accept end");
    QVERIFY(journal.omission().isEmpty());
    journal.watch(3);
    QCOMPARE(calls(journal), "");
}

void tst_Journal::theListenerStays()
{
    Journal journal;
    feed(journal, {eventOf(0, Call::Socket), eventOf(0, Call::Bind), eventOf(0, Call::Listen)});
    journal.read(greetings(1, 50'000));
    QCOMPARE(calls(journal), "socket bind listen");
    for (std::size_t i = 0; i < Journal::MaxListenerEvents; ++i)
        feed(journal, {eventOf(0, Call::Accept)});
    QVERIFY(journal.events().size() <= Journal::MaxListenerEvents);
    QCOMPARE(journal.omission(), u"The first 1,001 events are no longer kept."_s);
}

void tst_Journal::oldestLeave()
{
    Journal journal;
    journal.read(greetings(1, 50'000)); // 300,000 events
    journal.watch(50'000);
    QCOMPARE(calls(journal), "accept send shutdown recv close end");
    QVERIFY(journal.omission().isEmpty());
    journal.watch(20'000);
    QCOMPARE(calls(journal), "accept send shutdown recv close end");
    journal.watch(16'000);
    QCOMPARE(calls(journal), "");
    QCOMPARE(journal.omission(), u"Its events are no longer kept: only the last 200,000 of all connections are."_s);
    journal.watch(16'667); // on the edge
    QCOMPARE(calls(journal), "close end");
    QCOMPARE(journal.omission(), u"Earlier events are no longer kept: only the last 200,000 of all connections are."_s);
}

void tst_Journal::theWatchedStays()
{
    Journal journal;
    feed(journal, {eventOf(1, Call::Accept), received(1, "abc")});
    journal.watch(1);
    journal.read(greetings(2, 50'000));
    feed(journal, {ended(1)});
    QCOMPARE(calls(journal), "accept recv end");
    QCOMPARE(journal.events()[1].payload().toByteArray(), "abc");
    QVERIFY(journal.omission().isEmpty());
}

void tst_Journal::openOnesKeepTheirBeginning()
{
    Journal journal;
    feed(journal, {eventOf(1, Call::Accept), sent(1, "abc"), eventOf(2, Call::Accept)});
    for (int i = 0; i < 100; ++i)
        feed(journal, {received(2, "x")});
    journal.read(greetings(3, 50'000));
    feed(journal, {eventOf(1, Call::Recv), ended(1)});
    journal.watch(1);
    QCOMPARE(calls(journal), "accept send recv end");
    QVERIFY(journal.omission().isEmpty());
    QVERIFY(journal.events()[1].payload().isEmpty()); // the call is kept, not its bytes
    journal.watch(2);
    QCOMPARE(journal.events().size(), Journal::MaxBeginning);
    QCOMPARE(journal.omission(),
             u"Events after the first 16 are no longer kept: only the last 200,000 of all connections are."_s);
    // Once it has ended it leaves like any other.
    journal.read(greetings(50'001, 100'000));
    journal.watch(1);
    QCOMPARE(calls(journal), "");
    QCOMPARE(journal.omission(), u"Its events are no longer kept: only the last 200,000 of all connections are."_s);
}

void tst_Journal::payloadIsBounded()
{
    Journal journal;
    constexpr qint64 size = 1024 * 1024;
    for (quint64 number = 1; number <= 100; ++number)
        feed(journal, {received(number, QByteArray(size, 'x')), ended(number)});
    journal.watch(100);
    QCOMPARE(calls(journal), "recv end");
    journal.watch(100 - Journal::MaxPayload / size + 1);
    QCOMPARE(calls(journal), "recv end");
    journal.watch(100 - Journal::MaxPayload / size);
    QCOMPARE(calls(journal), "end");
}

void tst_Journal::sharedBytesCountOnce()
{
    Journal journal;
    const QByteArray greeting(16 * 1024 * 1024, 'x');
    journal.read(greetings(1, 1'000, greeting));
    journal.watch(1);
    QCOMPARE(calls(journal), "accept send shutdown recv close end");
    // Where each holds its own, they count.
    for (quint64 number = 1'001; number <= 1'010; ++number)
        feed(journal, {sent(number, QByteArray(greeting.size(), 'y'))});
    journal.watch(1'000);
    QCOMPARE(calls(journal), "");
    journal.watch(1'010);
    QCOMPARE(calls(journal), "send");
}

void tst_Journal::theWatchedIsBounded()
{
    Journal journal;
    journal.watch(1);
    const QSignalSpy reset(&journal, &Journal::reset);
    EventBatch batch;
    for (std::size_t i = 0; i <= Journal::MaxWatchedEvents; ++i)
        batch.events.push_back(received(1, "x"));
    journal.read(batch);
    QCOMPARE(reset.size(), 1);
    QVERIFY(journal.events().size() <= Journal::MaxWatchedEvents);
    QCOMPARE(journal.omission(), u"The first 10,001 events are no longer kept."_s);

    journal.watch(2);
    for (int i = 0; i < 80; ++i)
        feed(journal, {received(2, QByteArray(1024 * 1024, 'x'))});
    QVERIFY(journal.events().size() <= 64);
    QVERIFY(journal.events().size() >= 50);
    QVERIFY(!journal.omission().isEmpty());
}

void tst_Journal::lossesAreSaid()
{
    Journal journal;
    Event early = ended(1);
    early.time = 10;
    feed(journal, {early});
    Event before = eventOf(2, Call::Accept);
    before.time = 20;
    Event after = ended(2);
    after.time = 30;
    feed(journal, {before, after}, 5);
    journal.watch(1);
    QVERIFY(journal.omission().isEmpty());
    journal.watch(2);
    QCOMPARE(journal.omission(),
             u"Some calls may be missing: there were more events at once than this window could take."_s);
}

/// It runs on the thread of the window, which 50,000 connections a second must not keep from its work.
void tst_Journal::isCheap()
{
    Journal journal;
    const EventBatch batch = greetings(1, 10'000);
    EventBatch next = batch;
    QElapsedTimer timer;
    qint64 spent = 0;
    qint64 events = 0;
    for (int round = 0; round < 20; ++round) {
        for (Event &event : next.events)
            event.connection += 10'000;
        timer.start();
        journal.read(next);
        spent += timer.nsecsElapsed();
        events += static_cast<qint64>(next.events.size());
    }
    timer.start();
    journal.watch(200'000);
    qInfo("%.1f ns an event; %.2f ms to look for a connection's", double(spent) / double(events),
          double(timer.nsecsElapsed()) / 1e6);
    QCOMPARE(calls(journal), "accept send shutdown recv close end");
}

QTEST_GUILESS_MAIN(tst_Journal)
#include "tst_event_history.moc"
