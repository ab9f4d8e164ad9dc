// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/fake_clock.h"
#include "tests/support/process.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

constexpr qint64 TwoDays = 2 * 86'400;

} // namespace

/// The programs while somebody sets the clock.
class TestProgramClock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void server();
    void client();

private:
    /// For programs whose wall clock is ahead by as many seconds as setClock() said last.
    QStringList wrapper() const;
    void setClock(qint64 seconds) const { QVERIFY(FakeClock(folder_.path()).set(seconds)); }

    QTemporaryDir folder_;
};

void TestProgramClock::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    if (IsSanitized)
        QSKIP("A sanitizer's library has to be loaded before all others.");
    QVERIFY2(!FakeClock::library().isEmpty(), "faketime is not installed");
    setClock(0);
}

QStringList TestProgramClock::wrapper() const
{
    return QStringList{u"/usr/bin/env"_s} + FakeClock(folder_.path()).environment();
}

/// `time` jumps with the clock, forward and back. `ns` does not.
void TestProgramClock::server()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s}, wrapper());
    VERIFY(server.port() > 0, server);
    QList<qint64> monotonic;
    for (const qint64 ahead : {qint64(0), TwoDays, qint64(-3'600)}) {
        setClock(ahead);
        const QDateTime now = QDateTime::currentDateTimeUtc();
        RawSocket client = RawSocket::connectedTo("127.0.0.1", server.port());
        QCOMPARE(client.receive(100), "Hello World!"_ba);
        client.close();
        QJsonObject event;
        do {
            event = QJsonDocument::fromJson(server.nextLine()).object();
            VERIFY(!event.isEmpty(), server);
        } while (event.value(u"call"_s) != u"end"_s);
        const QDateTime told = QDateTime::fromString(event.value(u"time"_s).toString(), Qt::ISODateWithMs);
        const qint64 error = now.addSecs(ahead).msecsTo(told);
        QVERIFY2(error > -1'000 && error < 60'000,
                 qPrintable(QString::number(ahead) + u' ' + told.toString(Qt::ISODate)));
        monotonic.append(event.value(u"ns"_s).toInteger());
    }
    QVERIFY(std::is_sorted(monotonic.begin(), monotonic.end()));
    QVERIFY2(monotonic.last() - monotonic.first() < 60'000'000'000, "ns counts how much the clock was set by");
}

/// An attempt that lasts while the clock is set.
void TestProgramClock::client()
{
    const RawSocket listener = RawSocket::listening();
    const QStringList command = wrapper();
    Process client(command.first(), command.mid(1)
                                        + QStringList{QStringLiteral(PARLEY_CLIENT), u"--headless"_s, u"--json"_s,
                                                      u"127.0.0.1"_s, QString::number(listener.localPort())});
    RawSocket peer = listener.accept();
    QVERIFY(peer.isOpen());
    setClock(TwoDays);
    peer.close();
    VERIFY(client.exitStatus() == 1, client); // without a byte
    const QByteArrayList lines = client.output().trimmed().split('\n');
    const auto timeOf = [](const QByteArray &line) {
        return QDateTime::fromString(QJsonDocument::fromJson(line).object().value(u"time"_s).toString(),
                                     Qt::ISODateWithMs);
    };
    const qint64 lasted = timeOf(lines.first()).secsTo(timeOf(lines.last()));
    QVERIFY2(lasted >= TwoDays - 1 && lasted < TwoDays + 60, client.report().constData());
}

QTEST_GUILESS_MAIN(TestProgramClock)
#include "tst_program_clock.moc"
