// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat_window/repeat_window.h"
#include "tests/support/fake_clock.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QDateTime>
#include <QFile>
#include <QFileDialog>
#include <QSpinBox>

#include <cstdlib>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

constexpr qint64 TwoDays = 2 * 86'400; // s
constexpr char Folder[] = "PARLEY_TEST_CLOCK";
constexpr char LoadedFirst[] = "A sanitizer's library has to be loaded before all others.";

QString today()
{
    return QDate::currentDate().toString(Qt::ISODate);
}

} // namespace

/// The windows while somebody sets the clock. main() starts the test under a clock of its own.
class TestWindowClock : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void connections();
    void history();
    void runs();

private:
    static bool setClock(qint64 seconds)
    {
        return qEnvironmentVariableIsSet(Folder) && FakeClock(qEnvironmentVariable(Folder)).set(seconds);
    }
    /// The records of the file that @p program saves by the command @p action, without the header.
    QList<QByteArrayList> saved(const auto &program, const QString &action) const
    {
        program.action(action).trigger();
        const QString name = scratch().filePath(u"saved.csv"_s);
        auto *dialog = program.window().template findChild<QFileDialog *>();
        if (!dialog)
            qFatal("There is no dialog");
        Q_EMIT dialog->fileSelected(name);
        dialog->close();
        QFile file(name);
        if (!QTest::qWaitFor([&file] { return file.exists(); }, WindowPatience) || !file.open(QIODevice::ReadOnly))
            qFatal("Nothing is saved");
        QList<QByteArrayList> records;
        for (const QByteArray &line : file.readAll().trimmed().split('\n'))
            records.append(line.trimmed().split(','));
        file.remove();
        return records.sliced(1);
    }
    static QDateTime timeOf(const QByteArray &text)
    {
        return QDateTime::fromString(QString::fromLatin1(text), Qt::ISODateWithMs);
    }
    /// Whether @p later is @p seconds after @p earlier; what the test itself takes comes on top.
    static bool isAfter(const QByteArray &later, const QByteArray &earlier, qint64 seconds)
    {
        const qint64 between = timeOf(earlier).msecsTo(timeOf(later));
        return between >= seconds * 1'000 && between < seconds * 1'000 + 120'000;
    }
};

/// One lasts while the clock is put on, the next one comes after that, and one after it is put back.
void TestWindowClock::connections()
{
    if (IsSanitized)
        QSKIP(LoadedFirst);
    QVERIFY2(setClock(0), "faketime is not installed");
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
    const ServerProgram server(options);
    const quint16 port = portOf(server);
    const auto cell = [&](int row, int column) { return server.cell(u"connections"_s, row, column); };
    const QString before = today();
    RawSocket lasting = RawSocket::connectedTo("127.0.0.1", port);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    QVERIFY2(matches(cell(0, ConnectionModel::Time), u"\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"_s),
             qPrintable(cell(0, ConnectionModel::Time)));

    QVERIFY(setClock(TwoDays));
    RawSocket next = RawSocket::connectedTo("127.0.0.1", port);
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    QVERIFY(today() != before);
    QVERIFY2(cell(0, ConnectionModel::Time).startsWith(before + u' '), qPrintable(cell(0, ConnectionModel::Time)));
    QVERIFY2(matches(cell(1, ConnectionModel::Time), u"\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"_s),
             qPrintable(cell(1, ConnectionModel::Time)));
    QCOMPARE(lasting.receive(12), "Hello World!"); // unread bytes would make it a reset
    lasting.close();
    TRY_MATCH(cell(0, ConnectionModel::State), u"complete|closed.*"_s);

    QVERIFY(setClock(-3'600));
    const RawSocket last = RawSocket::connectedTo("127.0.0.1", port);
    TRY_COMPARE(server.rows(u"connections"_s), 3);

    // number, started, ended, …, duration_us
    const QList<QByteArrayList> records = saved(server, u"Save Connections…"_s);
    QCOMPARE(records.size(), 3);
    QVERIFY2(isAfter(records[0][2], records[0][1], TwoDays), records[0].join(',').constData());
    QVERIFY2(isAfter(records[1][1], records[0][1], TwoDays), records[1].join(',').constData());
    QVERIFY2(isAfter(records[2][1], records[0][1], -3'600), records[2].join(',').constData());
    QVERIFY2(records[0].last().toLongLong() < 120'000'000, records[0].join(',').constData());
    QVERIFY2(matches(cell(0, ConnectionModel::Duration), u"[\\d.,]+ (µs|ms|s)|1:.*"_s),
             qPrintable(cell(0, ConnectionModel::Duration)));
}

void TestWindowClock::history()
{
    if (IsSanitized)
        QSKIP(LoadedFirst);
    QVERIFY2(setClock(0), "faketime is not installed");
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    const auto cell = [&](int row, int column) { return client.cell(u"history"_s, row, column); };
    const QString before = today();
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    TRY_COMPARE(client.text(u"status"_s), u"Receiving…"_s);
    QVERIFY(setClock(TwoDays));
    QVERIFY(peer.send("Hello World!"));
    peer.close();
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    QVERIFY(setClock(2 * TwoDays));
    client.click(u"connect"_s);
    listener.accept().close();
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 2, complete: 1"_s);

    QVERIFY2(cell(0, AttemptModel::Time).startsWith(before + u' '), qPrintable(cell(0, AttemptModel::Time)));
    QVERIFY2(matches(cell(1, AttemptModel::Time), u"\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"_s),
             qPrintable(cell(1, AttemptModel::Time)));
    const QList<QByteArrayList> records = saved(client, u"Save History…"_s);
    QCOMPARE(records.size(), 2);
    QVERIFY2(isAfter(records[0][2], records[0][1], TwoDays), records[0].join(',').constData());
    QVERIFY2(isAfter(records[1][1], records[0][1], 2 * TwoDays), records[1].join(',').constData());
    QVERIFY2(isAfter(records[1][2], records[1][1], 0), records[1].join(',').constData());
    for (const QByteArrayList &record : records)
        QVERIFY2(record.last().toLongLong() < 120'000'000, record.join(',').constData());
}

/// A run of an earlier day is told from today's by its name, once the window is looked at again.
void TestWindowClock::runs()
{
    if (IsSanitized)
        QSKIP(LoadedFirst);
    QVERIFY2(setClock(0), "faketime is not installed");
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(portOf(server)));
    client.action(u"Repeat…"_s).trigger();
    QWidget &window = *client.window().findChild<RepeatWindow *>();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    auto &shown = client.child<QComboBox>(u"repeatShown"_s);
    auto &compared = client.child<QComboBox>(u"repeatCompared"_s);
    client.child<QSpinBox>(u"repeatCount"_s).setValue(3);
    const auto run = [&] {
        client.click(u"repeatStart"_s);
        TRY_COMPARE(client.button(u"repeatStart"_s).text(), u"Start"_s);
    };
    const QString before = today();
    run();
    const QString time = u", \\d\\d:\\d\\d:\\d\\d"_s;
    QVERIFY2(matches(shown.currentText(), u"Run 1: .*"_s + time), qPrintable(shown.currentText()));
    QVERIFY(setClock(TwoDays));
    QEvent activation(QEvent::ActivationChange);
    QCoreApplication::sendEvent(&window, &activation);
    const QString dated = u"Run 1: .*, "_s + before + u" \\d\\d:\\d\\d:\\d\\d"_s;
    QVERIFY2(matches(shown.currentText(), dated), qPrintable(shown.currentText()));
    run();
    QVERIFY2(matches(shown.currentText(), u"Run 2: .*"_s + time), qPrintable(shown.currentText()));
    QVERIFY2(matches(compared.itemText(1), dated), qPrintable(compared.itemText(1)));
    QVERIFY2(compared.itemData(1, Qt::ToolTipRole).toString().contains(before),
             qPrintable(compared.itemData(1, Qt::ToolTipRole).toString()));
}

int main(int argc, char *argv[])
{
    if (!qEnvironmentVariableIsSet(Folder) && !IsSanitized && !FakeClock::library().isEmpty()) {
        QTemporaryDir folder;
        folder.setAutoRemove(false); // the test goes on in it
        const FakeClock clock(folder.path());
        if (!clock.set(0))
            return EXIT_FAILURE;
        qputenv(Folder, QFile::encodeName(folder.path()));
        for (const QString &variable : clock.environment())
            qputenv(variable.section(u'=', 0, 0).toLatin1().constData(), QFile::encodeName(variable.section(u'=', 1)));
        ::execv("/proc/self/exe", argv);
        return EXIT_FAILURE;
    }
    QApplication application(argc, argv);
    TestWindowClock test;
    const int result = QTest::qExec(&test, argc, argv);
    if (qEnvironmentVariableIsSet(Folder))
        QDir(qEnvironmentVariable(Folder)).removeRecursively();
    return result;
}
#include "tst_window_clock.moc"
