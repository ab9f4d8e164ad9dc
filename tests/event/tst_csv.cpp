// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/csv.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace parley;

class TestCsv : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void texts_data();
    void texts();
    void numbersStayNumbers();
    void times();
    void addresses();
};

void TestCsv::texts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("field");
    QTest::newRow("plain") << u"closed without a byte"_s << "closed without a byte"_ba;
    QTest::newRow("nothing") << QString() << ""_ba;
    QTest::newRow("comma") << u"a,b"_s << "\"a,b\""_ba;
    QTest::newRow("quote") << u"a\"b"_s << "\"a\"\"b\""_ba;
    QTest::newRow("line feed") << u"a\nb"_s << "\"a\nb\""_ba;
    QTest::newRow("carriage return") << u"a\rb"_s << "\"a\rb\""_ba;
    QTest::newRow("spaces at the ends") << u" a "_s << "\" a \""_ba;
    QTest::newRow("beyond ASCII") << u"größer"_s << "größer"_ba;
    QTest::newRow("=") << u"=1+1"_s << "'=1+1"_ba;
    QTest::newRow("= in quotes") << u"=HYPERLINK(\"x\",1)"_s << "\"'=HYPERLINK(\"\"x\"\",1)\""_ba;
    QTest::newRow("= after spaces") << u"  =1"_s << "\"'  =1\""_ba;
    QTest::newRow("+") << u"+1"_s << "'+1"_ba;
    QTest::newRow("-") << u"-1"_s << "'-1"_ba;
    QTest::newRow("@") << u"@parley"_s << "'@parley"_ba;
    QTest::newRow("tab first") << u"\t=1"_s << "'\t=1"_ba;
    QTest::newRow("carriage return first") << u"\r=1"_s << "\"'\r=1\""_ba;
    QTest::newRow("= within") << u"a=b"_s << "a=b"_ba;
}

void TestCsv::texts()
{
    QFETCH(const QString, text);
    QFETCH(const QByteArray, field);
    QCOMPARE(CsvRecord().add(text).line(), field + "\r\n");
    QCOMPARE(CsvRecord().add(text).add(text).line(), field + ',' + field + "\r\n");
}

void TestCsv::numbersStayNumbers()
{
    QCOMPARE(CsvRecord().add(qint64{-1}).addNothing().add(qint64{1'234'567}).line(), "-1,,1234567\r\n"_ba);
}

void TestCsv::times()
{
    const QDateTime time(QDate(2026, 11, 22), QTime(16, 30, 1, 7), QTimeZone(3600));
    QCOMPARE(CsvRecord().add(time).add(QDateTime()).line(), "2026-11-22T15:30:01.007Z,\r\n"_ba);
}

void TestCsv::addresses()
{
    QCOMPARE(CsvRecord().add(Address::ipv4(0x7f000001, 3000)).line(), "127.0.0.1,3000\r\n"_ba);
    QCOMPARE(CsvRecord().add(Address::parseIPv6("::1", 3000)).line(), "::1,3000\r\n"_ba);
    QCOMPARE(CsvRecord().add(Address::unixPeer(7, 8)).line(), "\"pid 7, uid 8\",\r\n"_ba);
    QCOMPARE(CsvRecord().add(Address()).line(), ",\r\n"_ba);
}

QTEST_APPLESS_MAIN(TestCsv)
#include "tst_csv.moc"
