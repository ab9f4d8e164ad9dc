// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_model.h"
#include "server_gui/table/connections_csv.h"
#include "shared/event/event_stream.h"
#include "tests/support/events.h"

#include <QBuffer>
#include <QRegularExpression>
#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

class TestConnectionsCsv : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void writesAll();
};

void TestConnectionsCsv::writesAll()
{
    EventStream stream;
    ConnectionModel model(stream);
    EventBatch batch;
    const Event datagram = at(40 * Millisecond, made(4, Call::RecvFrom, {5, 0}, Address::parseIPv6("fe80::1", 7)));
    batch.events = {accepted(1, 10 * Millisecond),
                    eventOf(1, Call::Send, 12, 11 * Millisecond),
                    ended(1, Outcome::Complete, 0, 12 * Millisecond, 12),
                    accepted(2, 20 * Millisecond),
                    acceptedFrom(Address::unixPeer(7, 8), 3, 30 * Millisecond),
                    ended(3, Outcome::Denied, 0, 31 * Millisecond),
                    datagram,
                    eventOf(4, Call::SendTo, 12, 41 * Millisecond)};
    model.read(batch);
    QBuffer file;
    QVERIFY(file.open(QIODevice::WriteOnly));
    writeConnections(file, model.records(), clockFrom(QDateTime(QDate(2026, 11, 22), QTime(16, 0), QTimeZone::utc())));
    QCOMPARE(
        file.data(),
        "number,started,ended,peer_address,peer_port,outcome,sent_bytes,received_bytes,acknowledged_bytes,"
        "datagrams_received,datagrams_sent,duration_us,ending\r\n"
        "1,2026-11-22T16:00:00.010Z,2026-11-22T16:00:00.012Z,192.168.0.104,60001,complete,12,0,12,0,0,2000,complete\r\n"
        "2,2026-11-22T16:00:00.020Z,,192.168.0.104,60002,open,0,0,,0,0,,\r\n"
        "3,2026-11-22T16:00:00.030Z,2026-11-22T16:00:00.031Z,\"pid 7, uid 8\",,denied,0,0,0,0,0,1000,denied\r\n"
        "4,2026-11-22T16:00:00.040Z,2026-11-22T16:00:00.041Z,fe80::1,7,datagrams,12,5,,1,1,1000,\r\n"_ba);
}

QTEST_GUILESS_MAIN(TestConnectionsCsv)
#include "tst_connections_csv.moc"
