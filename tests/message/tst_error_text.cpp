// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/error_text.h"

#include <QRegularExpression>
#include <QTest>

#include <cerrno>

using namespace Qt::StringLiterals;
using namespace parley;

class TestErrorText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void names();
    void texts();
};

void TestErrorText::names()
{
    QCOMPARE(errorName(ECONNREFUSED), "ECONNREFUSED"_ba);
    QCOMPARE(errorName(EADDRINUSE), "EADDRINUSE"_ba);
    QCOMPARE(errorName(EAGAIN), "EAGAIN"_ba);
    QCOMPARE(errorName(EXDEV), "EXDEV"_ba);
    QCOMPARE(errorName(0), "0"_ba);
    QCOMPARE(errorName(123456), "123456"_ba);
}

void TestErrorText::texts()
{
    QCOMPARE(errorText(ECONNREFUSED), u"Connection refused"_s);
}

QTEST_APPLESS_MAIN(TestErrorText)
#include "tst_error_text.moc"
