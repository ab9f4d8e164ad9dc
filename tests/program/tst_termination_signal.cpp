// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/termination_signal.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace parley;

class TestTerminationSignal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void comesOnce();
};

/// One function, because there is one object in a program.
void TestTerminationSignal::comesOnce()
{
    std::signal(SIGINT, SIG_IGN); // as a shell does for a program in the background
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGHUP, SIG_DFL);
    const TerminationSignal termination;
    const QSignalSpy received(&termination, &TerminationSignal::received);
    const auto handler = [](int signal) {
        struct sigaction action = {};
        ::sigaction(signal, nullptr, &action);
        return action.sa_handler;
    };
    QVERIFY(handler(SIGINT) == SIG_IGN);
    QVERIFY(!TerminationSignal::hasCome());

    QCOMPARE(std::raise(SIGTERM), 0);
    QVERIFY(TerminationSignal::hasCome());
    QCOMPARE(received.size(), 0); // the event loop brings it
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), 1, 30'000);
    QVERIFY(handler(SIGTERM) == SIG_DFL); // a second one ends the program
    QVERIFY(handler(SIGHUP) != SIG_DFL);  // but not a second one of a terminal that has gone
}

QTEST_GUILESS_MAIN(TestTerminationSignal)
#include "tst_termination_signal.moc"
