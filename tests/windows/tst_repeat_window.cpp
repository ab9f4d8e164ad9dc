// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat_window/latency_view.h"
#include "client_gui/repeat_window/repeat_window.h"
#include "shared/ui/notice_bar.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QScrollArea>
#include <QSpinBox>

#include <future>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

namespace
{

/// The server's window, greeting on a port of its own.
struct Greeter
{
    const ServerProgram server{listening()};
    const quint16 port = portOf(server);
};

/// The client's window with its second one open.
struct Repeating : ClientProgram
{
    explicit Repeating(quint16 port) : Repeating(connectingTo(port)) {}
    explicit Repeating(const ClientOptions &options) : ClientProgram(options)
    {
        action(u"Repeat…"_s).trigger();
        window_ = window().findChild<RepeatWindow *>();
        if (!window_ || !QTest::qWaitForWindowExposed(window_))
            qFatal("There is no second window");
    }

    void start(int count, int concurrency) const
    {
        child<QSpinBox>(u"repeatCount"_s).setValue(count);
        child<QSpinBox>(u"repeatConcurrency"_s).setValue(concurrency);
        click(u"repeatStart"_s);
    }
    bool isUnderWay() const { return button(u"repeatStart"_s).text() == u"Cancel"_s; }
    /// The account's text for an outcome in a column; empty if there is none.
    QString account(const QString &outcome, int column = 1) const
    {
        for (int row = 0; row < rows(u"repeatAccount"_s); ++row) {
            if (cell(u"repeatAccount"_s, row, 0) == outcome)
                return cell(u"repeatAccount"_s, row, column);
        }
        return {};
    }

    RepeatWindow *window_ = nullptr;
};

} // namespace

/// The client's second window, as its user sees it.
class TestRepeatWindow : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void accountsForEach();
    void lastsForATime();
    void exchanges();
    void datagrams();
    void unixSocket();
    void tellsWhatIsWaitedFor();
    void returnPressedTwice();
    void zeroRowsAreQuiet();
    void emptyChartHasNoAxes();
    void takesTheSourceOfTheWindow();
    void cancels();
    void namesWhatIsWrong_data();
    void namesWhatIsWrong();
    void tellsRanges();
    void failuresAreToldApart();
    void comparesRuns();
    void pairsLatencies();
    void namesRuns();
    void keepsItsSizeWhenComparing();
    void picturesFromLeftToRight();
    void exportsRuns_data();
    void exportsRuns();
    void remembersFields();
    void remembersNoCommandLine();
    void remembersSize();
    void startsFromTheCommandLine();
};

void TestRepeatWindow::accountsForEach()
{
    const Greeter greeter;
    const Repeating client(greeter.port);
    TRY_MATCH(client.text(u"repeatTarget"_s), u"To 127.0.0.1:%1, time-out 10 s .*"_s.arg(greeter.port));
    QCOMPARE(client.text(u"repeatStatus"_s), u"Ready"_s);
    QVERIFY(!client.child(u"repeatExportCsv"_s).isEnabled());
    client.child<QLineEdit>(u"repeatExpected"_s).setText(u"Hello World!"_s);
    client.child<QLineEdit>(u"repeatSource"_s).setText(u"127.0.0.0/24, 127.9.9.9"_s);
    client.start(2'000, 20);
    QVERIFY(client.isUnderWay());
    QVERIFY(!client.child(u"repeatCount"_s).isEnabled());
    TRY_COMPARE(client.isUnderWay(), false);
    QCOMPARE(client.account(u"complete"_s), u"2,000"_s);
    QCOMPARE(client.account(u"complete"_s, 2), u"100.00 %"_s);
    QCOMPARE(client.account(u"in all"_s), u"2,000"_s);
    TRY_MATCH(client.text(u"repeatStatus"_s),
              u"2,000 ended in .*: [\\d,]+ complete a second, at most \\d+ open at once"_s);
    QCOMPARE(client.text(u"repeatNotice"_s), QString());
    QVERIFY(!client.child(u"repeatProgress"_s).isVisible());
    QCOMPARE(client.rows(u"repeatLatency"_s), 3);
    for (int row = 0; row < 3; ++row)
        QVERIFY(matches(client.cell(u"repeatLatency"_s, row, 6), u"[\\d.]+ (µs|ms|s)"_s));
    QVERIFY(client.child(u"repeatHistogram"_s).accessibleDescription().contains(u"2,000 complete"_s));
    QVERIFY(client.child(u"repeatTimeline"_s).accessibleDescription().contains(u"complete a second"_s));
    QVERIFY(client.child(u"repeatExportCsv"_s).isEnabled());
}

void TestRepeatWindow::lastsForATime()
{
    const Greeter greeter;
    const Repeating client(greeter.port);
    auto &time = client.child<QDoubleSpinBox>(u"repeatFor"_s);
    QCOMPARE(time.text(), u"Until all are made"_s);
    time.setValue(0.3);
    QVERIFY(!client.child(u"repeatCount"_s).isEnabled()); // the time takes its place
    client.click(u"repeatStart"_s);
    TRY_MATCH(client.text(u"repeatStatus"_s), u"[\\d,]+ ended, \\d+ under way · 1.00 s left"_s);
    TRY_COMPARE(client.isUnderWay(), false);
    QCOMPARE(client.account(u"complete"_s), client.account(u"in all"_s));
    QCOMPARE(client.account(u"complete"_s, 2), u"100.00 %"_s);
    QVERIFY(matches(client.account(u"in all"_s, 4),
                    u"[\\d,]+ connections to 127.0.0.1:\\d+, started for 0.3 s, 10 at a time"_s));
    time.setValue(0);
    QVERIFY(client.child(u"repeatCount"_s).isEnabled());
}

void TestRepeatWindow::exchanges()
{
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"echo"_s));
    const ServerProgram server(options);
    const Repeating client(portOf(server));
    client.child<QSpinBox>(u"repeatExchanges"_s).setValue(8);
    client.start(5, 2);
    TRY_MATCH(client.text(u"repeatNotice"_s), u"An exchange sends something .*"_s);
    client.child<QLineEdit>(u"send"_s).setText(u"ping"_s);
    client.start(5, 2);
    TRY_MATCH(client.text(u"repeatStatus"_s), u"5 ended in .*, [\\d,.]+ exchanges a second"_s);
    QCOMPARE(client.account(u"complete"_s), u"5"_s);
    QCOMPARE(client.rows(u"repeatLatency"_s), 4);
    QCOMPARE(client.cell(u"repeatLatency"_s, 3, 0), u"exchange"_s);
    QVERIFY(matches(client.cell(u"repeatLatency"_s, 3, 4), u"[\\d.]+ (µs|ms|s)"_s));
    QVERIFY(client.child(u"repeatHistogram"_s).accessibleDescription().startsWith(u"Of 40 exchanges"_s));
}

void TestRepeatWindow::datagrams()
{
    ServerOptions options = listening();
    options.transport = Transport::Udp;
    const ServerProgram server(options);
    ClientOptions to = connectingTo(portOf(server));
    to.transport = Transport::Udp;
    const Repeating client(to);
    client.start(20, 4);
    TRY_MATCH(client.text(u"repeatStatus"_s), u"20 ended in .*: [\\d,.]+ answered a second, .*"_s);
    QCOMPARE(client.account(u"answered"_s), u"20"_s);
    QCOMPARE(client.account(u"no answer"_s), u"0"_s);
    QCOMPARE(client.rows(u"repeatLatency"_s), 1);
}

void TestRepeatWindow::unixSocket()
{
    ServerOptions options;
    options.transport = Transport::Unix;
    options.path = scratch().filePath(u"socket"_s);
    const ServerProgram server(options);
    TRY_MATCH(server.text(u"status"_s), u"Listening on .*"_s);
    ClientOptions to;
    to.transport = Transport::Unix;
    to.path = options.path;
    const Repeating client(to);
    client.start(20, 4);
    TRY_MATCH(client.text(u"repeatStatus"_s), u"20 ended in .*"_s);
    QCOMPARE(client.account(u"complete"_s), u"20"_s);
}

void TestRepeatWindow::tellsWhatIsWaitedFor()
{
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
    const ServerProgram server(options);
    const Repeating client(portOf(server));
    client.start(1'000, 10);
    TRY_MATCH(client.text(u"repeatNotice"_s),
              u"10 connections wait for the server to close; the time-out of 10 s ends them, the first in \\d+ s\\."_s);
    client.click(u"repeatStart"_s);
    TRY_MATCH(client.text(u"repeatNotice"_s), u"The run was cancelled.*"_s);
}

/// In a field, or on the button.
void TestRepeatWindow::returnPressedTwice()
{
    const RawSocket listener = RawSocket::listening();
    const Repeating client(listener.localPort());
    client.window_->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(client.window_));
    auto &count = client.child<QSpinBox>(u"repeatCount"_s);
    count.setFocus();
    const auto press = [&client] { QTest::keyClick(client.window_->focusWidget(), Qt::Key_Return); };
    press();
    press();
    press();
    QVERIFY(client.isUnderWay());
    TRY_MATCH(client.text(u"repeatStatus"_s), u"0 of 1,000 ended, 10 under way"_s);
    QVERIFY(client.isUnderWay());
    QCOMPARE(client.window_->focusWidget(), &client.button(u"repeatStart"_s));
    QTest::keyClick(client.window_->focusWidget(), Qt::Key_Space); // says Cancel, and is pressed as such
    TRY_COMPARE(client.isUnderWay(), false);
    QCOMPARE(client.window_->focusWidget(), &count);
    client.button(u"repeatStart"_s).setFocus();
    press();
    press();
    TRY_MATCH(client.text(u"repeatStatus"_s), u"0 of 1,000 ended, 10 under way"_s);
    QVERIFY(client.isUnderWay());
}

void TestRepeatWindow::zeroRowsAreQuiet()
{
    const Greeter greeter;
    const Repeating client(greeter.port);
    client.start(10, 1);
    TRY_COMPARE(client.isUnderWay(), false);
    const auto &table = client.child<QTableView>(u"repeatAccount"_s);
    const auto colourOf = [&table](int row) {
        return table.model()->index(row, 1).data(Qt::ForegroundRole).value<QBrush>().color();
    };
    QCOMPARE(colourOf(0), client.window_->palette().color(QPalette::Text)); // 10 were complete
    for (int row = 1; row < 7; ++row)
        QCOMPARE(colourOf(row), client.window_->palette().color(QPalette::PlaceholderText));
    QCOMPARE(colourOf(7), client.window_->palette().color(QPalette::Text)); // in all
}

/// Where nothing was complete, there is no rate and no latency to put on an axis.
void TestRepeatWindow::emptyChartHasNoAxes()
{
    const auto imageOf = [](const RepeatResult &run) {
        TimelineView timeline;
        timeline.setRuns(std::make_shared<const RepeatResult>(run), {});
        timeline.resize(400, 200);
        return timeline.grab().toImage();
    };
    const auto colours = [](const QImage &image, const QRect &area) {
        QSet<QRgb> seen;
        for (int y = area.top(); y <= area.bottom(); ++y)
            for (int x = area.left(); x <= area.right(); ++x)
                seen.insert(image.pixel(x, y));
        return seen.size();
    };
    const int width = TimelineView().fontMetrics().horizontalAdvance(u"100,000 "_s);
    const QRect labels(2, 40, width, 150); // left of the plots
    RepeatResult run;
    run.finished = true;
    QCOMPARE(colours(imageOf(run), labels), 1);
    run.timeline.add(10ms, false, 1ms); // ended otherwise: there is a rate of those, and no latency
    run.elapsed = 20ms;
    const QImage others = imageOf(run);
    QCOMPARE(colours(others, labels.adjusted(0, 85, 0, 0)), 1);
    run.timeline.add(10ms, true, 1ms);
    QVERIFY(colours(imageOf(run), labels.adjusted(0, 85, 0, 0)) > 1);
}

/// Where it has none of its own. 192.0.2.7 is kept for documents (RFC 5737), so no computer has it.
void TestRepeatWindow::takesTheSourceOfTheWindow()
{
    const Greeter greeter;
    const Repeating client(greeter.port);
    client.field(u"source"_s).setText(u"192.0.2.7:4000"_s);
    client.start(2, 1);
    TRY_COMPARE(client.isUnderWay(), false);
    QCOMPARE(client.account(u"complete"_s), u"0"_s);
    client.child<QLineEdit>(u"repeatSource"_s).setText(u"127.0.0.1"_s);
    client.start(2, 1);
    TRY_COMPARE(client.account(u"complete"_s), u"2"_s);
}

void TestRepeatWindow::cancels()
{
    const RawSocket listener = RawSocket::listening();
    const Repeating client(listener.localPort());
    client.start(500, 30);
    TRY_COMPARE(client.child(u"repeatProgress"_s).isVisible(), true);
    TRY_MATCH(client.text(u"repeatStatus"_s), u"0 of 500 ended, 30 under way"_s);
    client.click(u"repeatStart"_s);
    TRY_COMPARE(client.isUnderWay(), false);
    QCOMPARE(client.account(u"cancelled"_s), u"30"_s);
    QCOMPARE(client.account(u"not started"_s), u"470"_s);
    QCOMPARE(client.account(u"complete"_s), u"0"_s);
    QVERIFY(client.text(u"repeatNotice"_s).startsWith(u"The run was cancelled"_s));
}

void TestRepeatWindow::namesWhatIsWrong_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("source") << u"repeatSource"_s << u"here"_s << u"“here” is not a net: .*"_s;
    QTest::newRow("families") << u"repeatSource"_s << u"::1 127.0.0.1"_s << u"The source addresses are of both .*"_s;
    QTest::newRow("family") << u"repeatSource"_s << u"::1"_s << u"The source ::1 cannot connect to 127.0.0.1:.*"_s;
    QTest::newRow("host") << u"host"_s << u"127.1"_s << u".*127\\.1.*"_s;
}

void TestRepeatWindow::namesWhatIsWrong()
{
    QFETCH(const QString, field);
    QFETCH(const QString, value);
    QFETCH(const QString, sentence);
    const Repeating client(1);
    client.child<QLineEdit>(field).setText(value);
    client.start(5, 1);
    TRY_MATCH(client.text(u"repeatNotice"_s), sentence);
    QVERIFY(!client.isUnderWay());
    QCOMPARE(client.rows(u"repeatAccount"_s), 0);
    client.child<QLineEdit>(field).clear();
}

/// Each field says what it takes, to the eye and to a screen reader.
void TestRepeatWindow::tellsRanges()
{
    const Repeating client(1);
    QStringList labels;
    for (const QLabel *label : client.window_->findChildren<QLabel *>())
        labels.append(label->text());
    for (const QString &name :
         {u"repeatCount"_s, u"repeatFor"_s, u"repeatConcurrency"_s, u"repeatRate"_s, u"repeatHold"_s,
          u"repeatExchanges"_s, u"repeatAnswerBytes"_s, u"repeatExpected"_s, u"repeatSource"_s}) {
        const QString range = client.child(name).accessibleDescription();
        QVERIFY2(!range.isEmpty() && labels.contains(range), qPrintable(name));
    }
    QCOMPARE(client.child<QSpinBox>(u"repeatConcurrency"_s).maximum(), 10'000);
    QCOMPARE(client.child<QSpinBox>(u"repeatCount"_s).minimum(), 1);
    QCOMPARE(client.child<QDoubleSpinBox>(u"repeatRate"_s).text(), u"As fast as possible"_s);
}

void TestRepeatWindow::failuresAreToldApart()
{
    const RawSocket listener = RawSocket::listening();
    const auto server = std::async(std::launch::async, [&listener] {
        for (int i = 0; i < 40; ++i) {
            RawSocket peer = listener.accept();
            if (i % 4 > 0)
                peer.send("Hello");
            if (i % 4 == 1)
                peer.reset();
        }
    });
    const Repeating client(listener.localPort());
    client.start(40, 1);
    TRY_COMPARE(client.isUnderWay(), false);
    QCOMPARE(client.account(u"complete"_s), u"20"_s);
    QCOMPARE(client.account(u"never greeted"_s), u"10"_s);
    QCOMPARE(client.account(u"reset"_s), u"10"_s);
    QCOMPARE(client.account(u"reset"_s, 4), u"after 5 bytes: 10"_s);
    QVERIFY(client.text(u"repeatNotice"_s).startsWith(u"20 of 40 connections"_s));
}

void TestRepeatWindow::comparesRuns()
{
    const Greeter greeter;
    const Repeating client(greeter.port);
    auto &shown = client.child<QComboBox>(u"repeatShown"_s);
    auto &compared = client.child<QComboBox>(u"repeatCompared"_s);
    for (int run = 1; run <= 12; ++run) {
        client.start(run * 10, 1);
        TRY_COMPARE(client.isUnderWay(), false);
    }
    QCOMPARE(shown.count(), int(RepeatWindow::MaxRuns));    // the oldest left
    QCOMPARE(compared.count(), int(RepeatWindow::MaxRuns)); // none, and all but the shown one
    QCOMPARE(compared.findData(shown.currentData()), -1);
    QVERIFY(shown.currentText().startsWith(u"Run 12"_s));
    QCOMPARE(client.account(u"complete"_s), u"120"_s);
    QVERIFY(client.child<QTableView>(u"repeatAccount"_s).isColumnHidden(3));

    compared.setCurrentIndex(1);
    Q_EMIT compared.activated(1);
    QVERIFY(compared.currentText().startsWith(u"Run 11"_s));
    QCOMPARE(client.account(u"complete"_s, 3), u"110"_s);
    QVERIFY(!client.child<QTableView>(u"repeatAccount"_s).isColumnHidden(3));
    QCOMPARE(client.account(u"complete"_s, 5), u"+10, +9.1 %"_s);
    QCOMPARE(client.account(u"reset"_s, 5), u"–"_s);
    QCOMPARE(client.rows(u"repeatLatency"_s), 6);
    QVERIFY(client.child(u"repeatHistogram"_s).accessibleDescription().contains(u"Compared with: Of 110"_s));

    shown.setCurrentIndex(3);
    Q_EMIT shown.activated(3);
    QCOMPARE(client.account(u"complete"_s), u"90"_s);
    client.start(130, 1); // is shown, and compared with the same one as before
    TRY_COMPARE(client.isUnderWay(), false);
    QCOMPARE(client.account(u"complete"_s), u"130"_s);
    QCOMPARE(client.account(u"complete"_s, 3), u"110"_s);
}

/// Each latency has that of the other run below it, and says how much it differs.
void TestRepeatWindow::pairsLatencies()
{
    const Greeter greeter;
    const Repeating client(greeter.port);
    for (const int count : {10, 20}) {
        client.start(count, 1);
        TRY_COMPARE(client.isUnderWay(), false);
    }
    auto &compared = client.child<QComboBox>(u"repeatCompared"_s);
    compared.setCurrentIndex(1);
    Q_EMIT compared.activated(1);
    QStringList names;
    for (int row = 0; row < client.rows(u"repeatLatency"_s); ++row) {
        names.append(client.cell(u"repeatLatency"_s, row, 0));
        const QString duration = u"[\\d.]+ (µs|ms|s)"_s;
        const QString difference = u", (0|[+-][\\d,.]+) %"_s;
        for (int column = 1; column <= 6; ++column)
            QVERIFY(
                matches(client.cell(u"repeatLatency"_s, row, column), row % 2 == 0 ? duration + difference : duration));
    }
    QCOMPARE(names, QStringList({u"connect"_s, u"connect, compared"_s, u"first byte"_s, u"first byte, compared"_s,
                                 u"complete"_s, u"complete, compared"_s}));
}

void TestRepeatWindow::namesRuns()
{
    const Greeter greeter;
    const Repeating client(greeter.port);
    auto &shown = client.child<QComboBox>(u"repeatShown"_s);
    auto &compared = client.child<QComboBox>(u"repeatCompared"_s);
    for (const int count : {1'000, 20}) {
        client.start(count, 10);
        TRY_COMPARE(client.isUnderWay(), false);
    }
    const QString usual = u"Run %1: %2 to 127.0.0.1:%3, \\d\\d:\\d\\d:\\d\\d"_s;
    QVERIFY(matches(shown.currentText(), usual.arg(u"2"_s, u"20"_s).arg(greeter.port)));
    QVERIFY(matches(compared.itemText(1), usual.arg(u"1"_s, u"1,000"_s).arg(greeter.port)));
    const auto type = [&shown](const QString &name) {
        shown.lineEdit()->selectAll();
        QTest::keyClick(&shown, Qt::Key_Delete);
        QTest::keyClicks(&shown, name);
        QTest::keyClick(&shown, Qt::Key_Return);
    };
    type(u"with the new cable"_s);
    QCOMPARE(shown.currentText(), u"with the new cable"_s);
    client.start(30, 10);
    TRY_COMPARE(client.isUnderWay(), false);
    QCOMPARE(compared.itemText(1), u"with the new cable"_s);
    shown.setCurrentIndex(1);
    Q_EMIT shown.activated(1);
    QCOMPARE(shown.currentText(), u"with the new cable"_s);
    QCOMPARE(client.account(u"complete"_s), u"20"_s);
    QCOMPARE(compared.findText(u"with the new cable"_s), -1);
    type(QString());
    QVERIFY(matches(shown.currentText(), usual.arg(u"2"_s, u"20"_s).arg(greeter.port)));
}

void TestRepeatWindow::keepsItsSizeWhenComparing()
{
    const Greeter greeter;
    const Repeating client(greeter.port);
    for (const int count : {10, 20}) {
        client.start(count, 1);
        TRY_COMPARE(client.isUnderWay(), false);
    }
    const QSize before = client.window_->size();
    const auto contentOf = [&client] {
        return client.window_->findChild<QScrollArea *>()->widget()->minimumSizeHint();
    };
    const QSize content = contentOf();
    auto &compared = client.child<QComboBox>(u"repeatCompared"_s);
    compared.setCurrentIndex(1);
    Q_EMIT compared.activated(1);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    QCOMPARE(client.window_->size(), before);
    QCOMPARE(contentOf(), content); // nothing that had room has to be scrolled to
    constexpr int frame = 40;       // title bar and panel of a screen of 768 lines
    QVERIFY2(content.height() <= 768 - frame, qPrintable(QString::number(content.height())));
    QVERIFY2(content.width() <= 1366, qPrintable(QString::number(content.width())));
}

/// In a language that is written from right to left, too: axis and labels stay together.
void TestRepeatWindow::picturesFromLeftToRight()
{
    RepeatResult run;
    for (const auto latency : {1ms, 2ms, 2ms, 5ms}) {
        run.complete.add(latency);
        run.timeline.add(10 * latency, true, latency);
    }
    const auto pictures = [account = std::make_shared<const RepeatResult>(run)] {
        LatencyView histogram;
        TimelineView timeline;
        histogram.setRuns(account, {});
        timeline.setRuns(account, {});
        return std::pair(histogram.grab().toImage(), timeline.grab().toImage());
    };
    const auto expected = pictures();
    QGuiApplication::setLayoutDirection(Qt::RightToLeft);
    const auto drawn = pictures();
    QGuiApplication::setLayoutDirection(Qt::LeftToRight);
    QCOMPARE(drawn.first, expected.first);
    QCOMPARE(drawn.second, expected.second);
}

void TestRepeatWindow::exportsRuns_data()
{
    QTest::addColumn<QString>("button");
    QTest::addColumn<QString>("proposed");
    QTest::addColumn<QByteArray>("part");
    QTest::newRow("CSV") << u"repeatExportCsv"_s << u"run.csv"_s << "\r\naccount,complete,,,25,connections\r\n"_ba;
    QTest::newRow("JSON") << u"repeatExportJson"_s << u"run.json"_s << "\"repeat\":25,"_ba;
}

void TestRepeatWindow::exportsRuns()
{
    QFETCH(const QString, button);
    QFETCH(const QString, proposed);
    QFETCH(const QByteArray, part);
    const Greeter greeter;
    const Repeating client(greeter.port);
    client.start(25, 5);
    TRY_COMPARE(client.isUnderWay(), false);
    const auto exportTo = [&client](const QString &path) {
        auto *dialog = client.window_->findChild<QFileDialog *>();
        if (!dialog)
            qFatal("There is no dialog");
        Q_EMIT dialog->fileSelected(path);
        delete dialog;
    };
    const QString path = scratch().filePath(u"of mine"_s);
    client.click(button);
    QCOMPARE(QFileInfo(client.window_->findChild<QFileDialog *>()->selectedFiles().value(0)).fileName(), proposed);
    exportTo(scratch().filePath(u"none/here"_s));
    TRY_MATCH(client.text(u"repeatNotice"_s), u"Cannot save to .*/none/here: .*"_s);
    auto *again = client.child(u"repeatNotice"_s).findChild<QPushButton *>();
    QCOMPARE(again->text(), u"Save Elsewhere…"_s);
    again->click();
    exportTo(path);
    TRY_MATCH(client.text(u"repeatStatus"_s), u"Saved .* bytes to .*/of mine"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains(part));
}

void TestRepeatWindow::remembersFields()
{
    {
        Repeating client(1);
        client.child<QSpinBox>(u"repeatCount"_s).setValue(4711);
        client.child<QDoubleSpinBox>(u"repeatRate"_s).setValue(12.5);
        client.child<QLineEdit>(u"repeatSource"_s).setText(u"127.0.0.0/8"_s);
        QVERIFY(client.close());
    }
    const Repeating client(1);
    QCOMPARE(client.child<QSpinBox>(u"repeatCount"_s).value(), 4711);
    QCOMPARE(client.child<QDoubleSpinBox>(u"repeatRate"_s).value(), 12.5);
    QCOMPARE(client.child<QLineEdit>(u"repeatSource"_s).text(), u"127.0.0.0/8"_s);
}

/// Values from the command line are not remembered, as in the first window.
void TestRepeatWindow::remembersNoCommandLine()
{
    {
        ClientOptions options = connectingTo(1);
        options.repeat = 42;
        options.expected = "Hello Moon!"_ba;
        ClientProgram client(options);
        QCOMPARE(client.child<QSpinBox>(u"repeatCount"_s).value(), 42);
        client.child<QSpinBox>(u"repeatConcurrency"_s).setValue(7);
        QVERIFY(client.close());
    }
    const Repeating client(1);
    QCOMPARE(client.child<QSpinBox>(u"repeatCount"_s).value(), 1'000);
    QCOMPARE(client.child<QLineEdit>(u"repeatExpected"_s).text(), QString());
    QCOMPARE(client.child<QSpinBox>(u"repeatConcurrency"_s).value(), 7);
}

void TestRepeatWindow::remembersSize()
{
    QSize size;
    {
        Repeating client(1);
        client.window_->resize(0, 700); // as narrow as can be: a larger one than the screen is made to fit it
        size = client.window_->size();
        QVERIFY(client.close());
    }
    const Repeating client(1);
    QCOMPARE(client.window_->size(), size);
}

void TestRepeatWindow::startsFromTheCommandLine()
{
    const Greeter greeter;
    ClientOptions options = connectingTo(greeter.port);
    options.repeat = 70;
    options.concurrency = 7;
    options.rate = 1000;
    options.expected = "Hello Moon!"_ba;
    options.hold = 10ms;
    options.sources = {std::get<Net>(Net::parse(u"127.0.0.0/8"_s))};
    options.connectAtOnce = true;
    const ClientProgram client(options);
    TRY_COMPARE(client.button(u"repeatStart"_s).text(), u"Start"_s);
    TRY_COMPARE(client.rows(u"repeatAccount"_s), 8);
    QCOMPARE(client.cell(u"repeatAccount"_s, 1, 0), u"wrong greeting"_s);
    TRY_COMPARE(client.cell(u"repeatAccount"_s, 1, 1), u"70"_s);
    QCOMPARE(client.child<QDoubleSpinBox>(u"repeatHold"_s).value(), 0.01);
    QCOMPARE(client.child<QLineEdit>(u"repeatSource"_s).text(), u"127.0.0.0/8"_s);
    QCOMPARE(client.rows(u"history"_s), 0); // no single attempt besides
}

QTEST_MAIN(TestRepeatWindow)
#include "tst_repeat_window.moc"
