// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QTest>

#include <cerrno>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(parley::Outcome)

class TestListener : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void listens();
    void doesNotListen_data();
    void doesNotListen();
    void portInUse();
};

void TestListener::listens()
{
    ServerFixture fixture;
    QVERIFY(fixture.start() != 0);
    QCOMPARE(fixture.recorder.calls(0), "socket bind listen");
    const Event listening = *fixture.recorder.find(0, Call::Listen);
    QCOMPARE(listening.errorNumber(), 0);
    QCOMPARE(listening.local().host(), "127.0.0.1");
}

void TestListener::doesNotListen_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<int>("error"); // 0: any

    QTest::newRow("another computer's address") << u"192.0.2.77"_s << Outcome::Failed << EADDRNOTAVAIL;
    QTest::newRow("an address for documentation") << u"2001:db8::77"_s << Outcome::Failed << EADDRNOTAVAIL;
    QTest::newRow("an unknown name") << u"no-such-host.invalid"_s << Outcome::UnknownHost << 0;
}

void TestListener::doesNotListen()
{
    QFETCH(QString, host);
    QFETCH(Outcome, outcome);
    QFETCH(int, error);
    ServerFixture fixture;
    fixture.settings.endpoint = std::get<Endpoint>(Endpoint::parse(host, u"0"_s, Endpoint::Use::Listen));
    fixture.listen();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.recorder.find(0, Call::End), Patience);
    QCOMPARE(fixture.recorder.outcome(0), outcome);
    if (error != 0)
        QCOMPARE(fixture.recorder.find(0, Call::End)->errorNumber(), error);
    QVERIFY(!fixture.recorder.find(0, Call::Listen));
}

void TestListener::portInUse()
{
    const RawSocket other = RawSocket::listening();
    ServerFixture fixture;
    fixture.settings.endpoint =
        std::get<Endpoint>(Endpoint::parse(u"127.0.0.1"_s, QString::number(other.localPort()), Endpoint::Use::Listen));
    fixture.listen();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.recorder.outcome(0), Outcome::Failed, Patience);
    QCOMPARE(fixture.recorder.find(0, Call::End)->errorNumber(), EADDRINUSE);
}

QTEST_GUILESS_MAIN(TestListener)
#include "tst_listener.moc"
