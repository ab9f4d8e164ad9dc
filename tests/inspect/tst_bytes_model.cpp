// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_history.h"
#include "shared/inspect/bytes_model.h"
#include "tests/support/events.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QLocale>
#include <QRegularExpression>
#include <QTest>

#include <cerrno>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

Event moved(Call call, const QByteArray &bytes, qint64 milliseconds = 0)
{
    return test::at(milliseconds * test::Millisecond, test::moved(1, call, bytes));
}

QStringList rowsOf(const BytesModel &model)
{
    QStringList rows;
    for (int row = 0; row < model.rowCount(); ++row)
        rows.append(model.index(row).data().toString());
    return rows;
}

} // namespace

class TestBytesModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QTest::failOnWarning(QRegularExpression(u".*"_s));
    }

    void pieces();
    void charactersAcrossRows();
    void charactersOfDatagrams();
    void hostileText();
    void missingBytes();
    void find();
    void grows();
    void isBounded();
};

void TestBytesModel::pieces()
{
    EventHistory history;
    BytesModel model(history);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    history.watch(1);
    Event accept = moved(Call::Accept, {});
    const Event failed = test::at(4 * test::Millisecond, test::failed(1, Call::Recv, ECONNRESET));
    history.read({{accept, moved(Call::Send, "Hello World!", 1), moved(Call::Recv, "GET / HTTP/1.1\r\nHost", 2),
                   moved(Call::Recv, ": a", 3), moved(Call::Recv, {}, 4), failed},
                  0});
    QCOMPARE(rowsOf(model),
             (QStringList{u"→ Sent 12 bytes after 1.0 ms"_s,
                          u"000000  48 65 6c 6c 6f 20 57 6f 72 6c 64 21              Hello World!"_s,
                          u"← Received 20 bytes after 2.0 ms"_s,
                          u"000000  47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1\\x0d\\x0a"_s,
                          u"000010  48 6f 73 74                                      Host"_s,
                          u"← Received 3 bytes after 3.0 ms"_s,
                          u"000014  3a 20 61                                         : a"_s,
                          u"← End after 4.0 ms: the peer closed"_s}));
    QVERIFY(model.isTitle(2));
    QVERIFY(!model.isTitle(4));
    QCOMPARE(model.eventOf(4), 2U);
    QCOMPARE(model.rowOfEvent(2), 2);
    QCOMPARE(model.rowOfEvent(0), -1);
    QCOMPARE(model.rowOfEvent(5), -1);
    QCOMPARE(model.bytes(BytesModel::Direction::Received), "GET / HTTP/1.1\r\nHost: a");
    QCOMPARE(model.bytes(BytesModel::Direction::Sent), "Hello World!");
    model.setBytesPerRow(8);
    QCOMPARE(model.rowCount(), 10);
    QCOMPARE(rowsOf(model).at(2), u"000008  72 6c 64 21              rld!"_s);
}

/// A character belongs to the row of its first byte; cut by the pieces, it is none.
void TestBytesModel::charactersAcrossRows()
{
    EventHistory history;
    BytesModel model(history);
    model.setBytesPerRow(8);
    history.watch(1);
    history.read({{moved(Call::Recv, "1234567\xe2\x82\xac"
                                     "9\xf0\x9f"),
                   moved(Call::Recv, "\x98\x80")},
                  0});
    const QStringList rows = rowsOf(model);
    QCOMPARE(rows.at(1), u"000000  31 32 33 34 35 36 37 e2  1234567€"_s);
    QCOMPARE(rows.at(2), u"000008  82 ac 39 f0 9f           9\ufffd"_s);
    QCOMPARE(rows.at(4), u"00000d  98 80                    \ufffd\ufffd"_s);
}

/// Of UTF-16, a piece of a stream may begin within a character, but no datagram does.
void TestBytesModel::charactersOfDatagrams()
{
    const QByteArray odd("a\0b", 3);
    const QByteArray even("c\0", 2);
    const auto lastText = [&](const EventBatch &batch) {
        EventHistory history;
        BytesModel model(history);
        model.setEncoding(TextEncoding::Utf16Le);
        history.watch(1);
        history.read(batch);
        return rowsOf(model).value(3).right(3);
    };
    const Address peer = Address::any(1);
    QCOMPARE(lastText({{moved(Call::Recv, odd), moved(Call::Recv, even)}, 0}), u"  \ufffd"_s);
    QCOMPARE(lastText({{Event::recvFrom(1, {3, 0}, odd, 100, peer), Event::recvFrom(1, {2, 0}, even, 100, peer)}, 0}),
             u"  c"_s);
    QCOMPARE(lastText({{Event::sendTo(1, {3, 0}, odd, peer), Event::sendTo(1, {2, 0}, even, peer)}, 0}), u"  c"_s);
}

void TestBytesModel::hostileText()
{
    EventHistory history;
    BytesModel model(history);
    history.watch(1);
    history.read({{moved(Call::Recv, QByteArray("\x1b[2J\0\xe2\x80\xae<b>\xff", 12))}, 0});
    QCOMPARE(rowsOf(model).at(1),
             u"000000  1b 5b 32 4a 00 e2 80 ae 3c 62 3e ff              \\x1b[2J\\x00\\u202e<b>\ufffd"_s);
}

void TestBytesModel::missingBytes()
{
    EventHistory history;
    BytesModel model(history);
    history.watch(1);
    const Event unkept = test::eventOf(1, Call::Recv, 65'536);
    history.read({{unkept, moved(Call::Recv, "abc")}, 0});
    QCOMPARE(rowsOf(model),
             (QStringList{u"← Received 65,536 bytes after 0 µs, 0 of them kept"_s, u"← Received 3 bytes after 0 µs"_s,
                          u"010000  61 62 63                                         abc"_s}));
}

void TestBytesModel::find()
{
    EventHistory history;
    BytesModel model(history);
    history.watch(1);
    history.read({{moved(Call::Recv, "one two thr"), moved(Call::Send, "three"), moved(Call::Recv, "ee three")}, 0});
    // Rows: 0 title, 1 bytes, 2 title, 3 bytes, 4 title, 5 bytes.
    QCOMPARE(model.find("three", -1), 1); // begins in the first piece, and ends in the third
    QCOMPARE(model.find("three", 1), 3);
    QCOMPARE(model.find("three", 3), 5);
    QCOMPARE(model.find("three", 5), 1);
    QCOMPARE(model.find("four", -1), -1);
    QCOMPARE(model.find("", -1), -1);
    QCOMPARE(model.find("threeee", -1), -1); // not over both directions
}

void TestBytesModel::grows()
{
    EventHistory history;
    BytesModel model(history);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    history.watch(1);
    QCOMPARE(model.rowCount(), 0);
    history.read({{moved(Call::Recv, "abc")}, 0});
    QCOMPARE(model.rowCount(), 2);
    history.read({{moved(Call::Recv, QByteArray(17, 'x'))}, 0});
    QCOMPARE(model.rowCount(), 5);
    history.watch(0);
    QCOMPARE(model.rowCount(), 0);
}

void TestBytesModel::isBounded()
{
    EventHistory history;
    BytesModel model(history);
    history.watch(1);
    for (int i = 0; i < 80; ++i)
        history.read({{moved(Call::Recv, QByteArray(65'536, 'x'))}, 0});
    QVERIFY(model.rowCount() <= BytesModel::MaxShown / 16 + 80);
    QCOMPARE(model.omission(), u"Only the first 4,194,304 bytes are shown; saving writes all that are kept."_s);
    QCOMPARE(model.bytes(BytesModel::Direction::Received).size(), 80 * 65'536);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(model.find("y", -1), -1);
    qInfo("%.1f ms to find nothing in all that is shown", double(timer.nsecsElapsed()) / 1e6);
}

QTEST_GUILESS_MAIN(TestBytesModel)
#include "tst_bytes_model.moc"
