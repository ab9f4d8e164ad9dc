// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/history_csv.h"
#include "tests/support/events.h"

#include <QBuffer>
#include <QRegularExpression>
#include <QTest>
#include <QTimeZone>

#include <netdb.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

class TestHistoryCsv : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void writesAll();
};

void TestHistoryCsv::writesAll()
{
    const auto attemptTo = [](const QString &host, quint64 number, qint64 started) {
        Attempt attempt;
        attempt.number = number;
        attempt.request.endpoint = std::get<Endpoint>(Endpoint::parse(host, u"3000"_s, Endpoint::Use::Connect));
        attempt.started = started;
        return attempt;
    };
    std::deque<Attempt> attempts{attemptTo(u"127.0.0.1"_s, 7, 10 * Millisecond),
                                 attemptTo(u"example.org"_s, 8, 20 * Millisecond),
                                 attemptTo(u"::1"_s, 9, 30 * Millisecond)};
    const Address peer = Address::parseIPv4("127.0.0.1", 3000);
    for (const Event &event :
         {made(7, Call::Connect, {0, 0}, peer), made(7, Call::GetSockName, {0, 0}, peer.withPort(60'001)),
          received(7, "Hello "), received(7, "World!"), ended(7, Outcome::Complete, 0, 12 * Millisecond)})
        attempts[0].apply(event);
    attempts[1].apply(ended(8, Outcome::UnknownHost, EAI_NONAME, 21 * Millisecond));

    QBuffer file;
    QVERIFY(file.open(QIODevice::WriteOnly));
    writeHistory(file, attempts, clockFrom(QDateTime(QDate(2026, 11, 22), QTime(16, 0), QTimeZone::utc())));
    QCOMPARE(file.data(),
             "number,started,ended,endpoint,peer_address,peer_port,local_address,local_port,outcome,error,"
             "received_bytes,reads,duration_us,ending\r\n"
             "7,2026-11-22T16:00:00.010Z,2026-11-22T16:00:00.012Z,127.0.0.1:3000,127.0.0.1,3000,127.0.0.1,60001,"
             "complete,,12,2,2000,complete\r\n"
             "8,2026-11-22T16:00:00.020Z,2026-11-22T16:00:00.021Z,example.org:3000,,,,,unknown-host,EAI_NONAME,0,0,"
             "1000,unknown host\r\n"
             "9,2026-11-22T16:00:00.030Z,,[::1]:3000,,,,,open,,0,0,,\r\n"_ba);
}

QTEST_GUILESS_MAIN(TestHistoryCsv)
#include "tst_history_csv.moc"
