// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/listener_status.h"
#include "tests/support/server_fixture.h"

#include <QRegularExpression>

#include <array>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

using State = ListenerStatus::State;

const char *nameOf(State state)
{
    return std::array{"stopped", "starting", "listening", "stopping"}.at(static_cast<std::size_t>(state));
}

/// A server, and what its events make of the status.
struct Watched : ServerFixture
{
    ListenerStatus status;

    Watched()
    {
        QObject::connect(&stream, &EventStream::arrived, &stream, [this](const EventBatch &batch) {
            for (const Event &event : batch.events)
                status.read(event);
        });
    }
    void listenAsked()
    {
        listen();
        status.listenAsked();
    }
    void stopAsked()
    {
        server.post([](Server &engine) { engine.stop(); });
        status.stopAsked();
    }
    /// Waits until all that was asked before is done and told.
    void settle()
    {
        bool isDone = false;
        server.post([this, &isDone](Server &) { QMetaObject::invokeMethod(&stream, [&isDone] { isDone = true; }); });
        QVERIFY2(QTest::qWaitFor([&isDone] { return isDone; }, Patience), "the engine does not answer");
        stream.flush();
    }
};

Event listening(quint16 port)
{
    return Event::listen(0, {0, 0}, Address::ipv4(0x7f000001, port), {}, 5);
}

} // namespace

class TestListenerStatus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void listensAndStops();
    void fails();
    void anotherTakesItsPlace();
    void anotherBacklog();
    void stopsWhatHasFailed();
    void needsNoDetails();
    void connectionsAreNoListeners();
};

void TestListenerStatus::listensAndStops()
{
    Watched watched;
    QCOMPARE(nameOf(watched.status.state()), "stopped");
    watched.listenAsked();
    QCOMPARE(nameOf(watched.status.state()), "starting");
    watched.settle();
    QCOMPARE(nameOf(watched.status.state()), "listening");
    QCOMPARE(watched.status.address(), watched.recorder.find(0, Call::Listen)->local());
    watched.stopAsked();
    QCOMPARE(nameOf(watched.status.state()), "stopping");
    watched.settle();
    QCOMPARE(nameOf(watched.status.state()), "stopped");
    QVERIFY(watched.status.address().isNull());
}

void TestListenerStatus::fails()
{
    ServerFixture other;
    const quint16 port = other.start();
    Watched watched;
    watched.settings.endpoint.literal = Address::ipv4(0x7f000001, port);
    watched.settings.endpoint.port = port;
    watched.listenAsked();
    watched.settle();
    QCOMPARE(nameOf(watched.status.state()), "stopped");
    QCOMPARE(watched.status.tried(), Address::ipv4(0x7f000001, port));
}

/// All at once, and nothing of it is told before the last was asked.
void TestListenerStatus::anotherTakesItsPlace()
{
    Watched watched;
    for (int i = 0; i < 3; ++i) {
        watched.stopAsked();
        watched.listenAsked();
    }
    QCOMPARE(nameOf(watched.status.state()), "starting");
    watched.settle();
    QCOMPARE(watched.calls(Call::End), 2);
    QCOMPARE(nameOf(watched.status.state()), "listening");
    const auto last = std::find_if(watched.recorder.events.rbegin(), watched.recorder.events.rend(), Server::isServing);
    QCOMPARE(watched.status.address(), last->local());
}

/// What comes of a predecessor is not taken for an answer.
void TestListenerStatus::anotherBacklog()
{
    ListenerStatus status;
    status.listenAsked();
    status.read(listening(3000));
    status.read(listening(3000)); // with another backlog
    QCOMPARE(nameOf(status.state()), "listening");
    status.stopAsked();
    status.listenAsked();
    status.read(listening(3000)); // the same, on its way when the next one was asked for
    QCOMPARE(nameOf(status.state()), "starting");
    status.read(Event::end(0, Outcome::Complete, 0));
    QCOMPARE(nameOf(status.state()), "starting");
    status.read(listening(4000));
    QCOMPARE(nameOf(status.state()), "listening");
    QCOMPARE(status.address().port(), 4000);
}

void TestListenerStatus::stopsWhatHasFailed()
{
    ListenerStatus status;
    status.stopAsked();
    QCOMPARE(nameOf(status.state()), "stopped");
    status.listenAsked();
    status.stopAsked(); // its failure is on its way already
    status.read(Event::end(0, Outcome::Failed, EADDRINUSE));
    QCOMPARE(nameOf(status.state()), "stopped");
    status.listenAsked();
    QCOMPARE(nameOf(status.state()), "starting");
}

/// A flood may cost the details: of the listener's calls, only Listen and End always come.
void TestListenerStatus::needsNoDetails()
{
    ListenerStatus status;
    status.listenAsked();
    status.read(listening(3000));
    QCOMPARE(nameOf(status.state()), "listening");
}

void TestListenerStatus::connectionsAreNoListeners()
{
    ListenerStatus status;
    status.listenAsked();
    status.read(Event::getSockName(1, {0, 0}, Address::ipv4(0x7f000001, 3000)));
    status.read(Event::end(1, Outcome::Complete, 0));
    QCOMPARE(nameOf(status.state()), "starting");
}

QTEST_GUILESS_MAIN(TestListenerStatus)
#include "tst_listener_status.moc"
