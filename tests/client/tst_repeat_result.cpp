// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat/repeat_result.h"
#include "shared/event/ending.h"

#include <QLocale>
#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <chrono>
#include <cmath>

using namespace parley;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using std::chrono::nanoseconds;

class TestRepeatResult : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void timelineIsBounded();
    void timeLeft_data();
    void timeLeft();
    void requestErrors_data();
    void requestErrors();
    void contradictions();
    void words();
    void errorsHaveACause();
};

void TestRepeatResult::timelineIsBounded()
{
    RepeatTimeline timeline;
    timeline.add(-1ms, true, 1us);
    const nanoseconds finest = timeline.width();
    for (int i = 0; i < 100'000; ++i)
        timeline.add(i * 7ms, i % 10 != 0, 1us * (i % 100));
    qint64 complete = 0;
    qint64 others = 0;
    qint64 latencies = 0;
    for (const RepeatTimeline::Interval &interval : timeline.intervals()) {
        complete += interval.complete;
        others += interval.others;
        latencies += interval.latency.count();
    }
    QCOMPARE(complete, 90'001);
    QCOMPARE(others, 10'000);
    QCOMPARE(latencies, complete);
    QVERIFY(timeline.intervals().size() <= RepeatTimeline::MaxIntervals);
    QVERIFY(timeline.intervals().size() > RepeatTimeline::MaxIntervals / 2);
    QVERIFY(timeline.width() * qint64(timeline.intervals().size()) >= 699'993ms);
    QCOMPARE(timeline.width() % finest, 0ns);
    const RepeatTimeline::Interval &middle = timeline.intervals().at(timeline.intervals().size() / 2);
    QVERIFY(std::abs(double(middle.complete + middle.others) - timeline.width() / 7.0ms) <= 1);
}

void TestRepeatResult::timeLeft_data()
{
    QTest::addColumn<double>("rate");
    QTest::addColumn<qint64>("started");
    QTest::addColumn<qint64>("ended");
    QTest::addColumn<std::chrono::seconds>("left"); // of 1,000, after 10 s
    QTest::newRow("nothing is known yet") << 0.0 << qint64(10) << qint64(0) << 0s;
    QTest::newRow("as fast as it goes") << 0.0 << qint64(110) << qint64(100) << 90s;
    QTest::newRow("at the rate") << 50.0 << qint64(500) << qint64(450) << 11s;
    QTest::newRow("the server is slower than the rate") << 1000.0 << qint64(200) << qint64(100) << 40s;
}

void TestRepeatResult::timeLeft()
{
    QFETCH(const double, rate);
    QFETCH(const qint64, started);
    QFETCH(const qint64, ended);
    QFETCH(const std::chrono::seconds, left);
    RepeatResult result;
    result.request.count = 1'000;
    result.request.rate = rate;
    result.elapsed = 10s;
    result.started = started;
    result.ended = ended;
    QCOMPARE(result.timeLeft(), left);
}

void TestRepeatResult::requestErrors_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QStringList>("sources");
    QTest::addColumn<QString>("named"); // must be in the sentence; empty: all is well

    QTest::newRow("no source") << u"127.0.0.1"_s << QStringList() << QString();
    QTest::newRow("same family") << u"127.0.0.1"_s << QStringList{u"127.0.0.2"_s, u"127.0.1.0/24"_s} << QString();
    QTest::newRow("a name has any family") << u"localhost"_s << QStringList{u"::1"_s} << QString();
    QTest::newRow("both families") << u"localhost"_s << QStringList{u"::1"_s, u"127.0.0.1"_s} << u"both families"_s;
    QTest::newRow("other family") << u"127.0.0.1"_s << QStringList{u"fe80::/10"_s} << u"fe80::/10"_s;
}

void TestRepeatResult::requestErrors()
{
    QFETCH(const QString, host);
    QFETCH(const QStringList, sources);
    QFETCH(const QString, named);
    RepeatRequest request;
    request.endpoint = std::get<Endpoint>(Endpoint::parse(host, u"3000"_s, Endpoint::Use::Connect));
    for (const QString &source : sources)
        request.sources.push_back(std::get<Net>(Net::parse(source)));
    const QString problem = request.problem();
    QCOMPARE(problem.isEmpty(), named.isEmpty());
    QVERIFY2(problem.contains(named), qPrintable(problem));
}

/// What does not go together is said in a sentence.
void TestRepeatResult::contradictions()
{
    const auto problem = [](const QString &host, Transport transport, const auto &change) {
        RepeatRequest request;
        request.endpoint =
            transport == Transport::Unix
                ? std::get<Endpoint>(Endpoint::parseUnix(host))
                : std::get<Endpoint>(Endpoint::parse(host, u"3000"_s, Endpoint::Use::Connect, transport));
        change(request);
        return request.problem();
    };
    const QString here = u"127.0.0.1"_s;
    const auto nothing = [](RepeatRequest &) {};
    const auto hold = [](RepeatRequest &request) { request.hold = 1s; };
    const auto sources = [](RepeatRequest &request) { request.sources = {std::get<Net>(Net::parse(u"127.0.0.2"_s))}; };
    const auto exchanges = [](RepeatRequest &request) { request.exchanges = 3; };
    const auto length = [](RepeatRequest &request) { request.answerBytes = 3; };
    const auto both = [](RepeatRequest &request) {
        request.exchanges = request.answerBytes = 3;
        request.send = request.expected = "abc";
    };
    QCOMPARE(problem(here, Transport::Udp, nothing), QString());
    QCOMPARE(problem(here, Transport::Udp, exchanges), QString());
    QCOMPARE(problem(here, Transport::Udp, length), QString());
    QCOMPARE(problem(u"/tmp/a"_s, Transport::Unix, hold), QString());
    QVERIFY(problem(u"255.255.255.255"_s, Transport::Udp, nothing).contains(u"is not one computer"_s));
    QVERIFY(problem(u"239.1.2.3"_s, Transport::Udp, nothing).contains(u"is not one computer"_s));
    QVERIFY(problem(here, Transport::Udp, hold).contains(u"no connection to hold open"_s));
    QVERIFY(problem(u"/tmp/a"_s, Transport::Unix, sources).contains(u"no source address"_s));
    QVERIFY(problem(here, Transport::Tcp, exchanges).contains(u"give a text to send"_s));
    QVERIFY(problem(here, Transport::Tcp, length).contains(u"exchanges only"_s));
    QVERIFY(problem(here, Transport::Tcp, both).contains(u"not both"_s));
}

/// What also ends a single connection is called the same here.
void TestRepeatResult::words()
{
    RepeatRequest request;
    for (const auto &[here, there] : {std::pair{RepeatOutcome::Complete, Outcome::Complete},
                                      {RepeatOutcome::Refused, Outcome::Refused},
                                      {RepeatOutcome::TimedOut, Outcome::TimedOut},
                                      {RepeatOutcome::TooLong, Outcome::LimitReached},
                                      {RepeatOutcome::Unreachable, Outcome::Unreachable},
                                      {RepeatOutcome::Failed, Outcome::Failed},
                                      {RepeatOutcome::ToItself, Outcome::ToItself},
                                      {RepeatOutcome::Cancelled, Outcome::Cancelled}})
        QCOMPARE(repeatOutcomeText(here, request), outcomeText(there));
    QVERIFY(outcomeText(Outcome::Reset).startsWith(repeatOutcomeText(RepeatOutcome::Reset, request)));
    RepeatResult account;
    account.counts[static_cast<std::size_t>(RepeatOutcome::NeverGreeted)] = 3;
    QCOMPARE(account.detail(RepeatOutcome::NeverGreeted), outcomeText(Outcome::NoMessage) + u": 3"_s);
    request.endpoint.transport = Transport::Udp;
    QCOMPARE(repeatOutcomeText(RepeatOutcome::Complete, request), u"answered"_s);
}

void TestRepeatResult::errorsHaveACause()
{
    RepeatResult account;
    account.errors = {{RepeatOutcome::LocalLimit, EMFILE, 5}, {RepeatOutcome::Failed, ERANGE, 2}};
    QCOMPARE(account.detail(RepeatOutcome::LocalLimit), u"this process has no file descriptor left (EMFILE): 5"_s);
    QCOMPARE(account.detail(RepeatOutcome::Failed), u"Numerical result out of range (ERANGE): 2"_s);
}

QTEST_GUILESS_MAIN(TestRepeatResult)
#include "tst_repeat_result.moc"
