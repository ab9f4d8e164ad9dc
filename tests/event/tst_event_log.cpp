// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_json.h"
#include "shared/event/event_log.h"
#include "tests/support/events.h"

#include <QBuffer>
#include <QRegularExpression>
#include <QTest>

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
    EventLog log{"parley-server", QDateTime::currentDateTime(), {}, 3};
    QByteArray printed = startToJson(log.program, log.start, 3);
    for (int number = 1; number <= 3; ++number) {
        const Event event =
            acceptedFrom(Address::ipv4(0x7f000001, 3000), static_cast<quint64>(number), qint64{1'000'000'000} * number);
        printed += eventToJson(event, log.start.addSecs(number));
        log.events.insert(log.events.begin(), event); // it puts them in order
    }
    QBuffer file;
    QVERIFY(file.open(QIODevice::WriteOnly));
    writeEventLog(file, log);
    QCOMPARE(file.data(), printed);
}

QTEST_GUILESS_MAIN(TestEventLog)
#include "tst_event_log.moc"
