// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_json.h"
#include "shared/event/event_log.h"
#include "tests/support/events.h"

#include <QBuffer>
#include <QRegularExpression>
#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

class TestEventLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void isWhatJsonPrints();
};

void TestEventLog::isWhatJsonPrints()
{
    const QDateTime start(QDate(2026, 11, 22), QTime(16, 0), QTimeZone::utc());
    EventLog log{"parley-server", clockFrom(start), {}, 3};
    constexpr qint64 nsPerMs = 1'000'000;
    log.wallClock.step(2'500 * nsPerMs, (start.toMSecsSinceEpoch() + 3'602'500) * nsPerMs); // set by an hour
    QByteArray printed = startToJson(log.program, start, 3);
    for (int number = 1; number <= 3; ++number) {
        const Event event =
            acceptedFrom(Address::ipv4(0x7f000001, 3000), static_cast<quint64>(number), qint64{1'000'000'000} * number);
        printed += eventToJson(event, start.addSecs(number < 3 ? number : number + 3600));
        log.events.insert(log.events.begin(), event); // it puts them in order
    }
    QBuffer file;
    QVERIFY(file.open(QIODevice::WriteOnly));
    writeEventLog(file, log);
    QCOMPARE(file.data(), printed);
}

QTEST_GUILESS_MAIN(TestEventLog)
#include "tst_event_log.moc"
