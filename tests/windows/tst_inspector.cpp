// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/appearance.h"
#include "shared/ui/inspector/bytes_view.h"
#include "shared/ui/inspector/explanation_view.h"
#include "shared/ui/inspector/inspector.h"
#include "shared/ui/inspector/ladder_view.h"
#include "tests/support/events.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QAccessible>
#include <QBuffer>
#include <QClipboard>
#include <QElapsedTimer>
#include <QFontDatabase>
#include <QImage>
#include <QMenuBar>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSvgRenderer>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include <algorithm>
#include <cstdlib>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// Gives the window the keyboard, which on an X server another one may have.
bool activate(QWidget &window)
{
    window.activateWindow();
    return QTest::qWaitForWindowActive(&window);
}

template <typename Program>
LadderView &ladderOf(const Program &program)
{
    return program.template child<LadderView>(u"ladder"_s);
}

QStringList rowsOf(const QAbstractItemView &view)
{
    QStringList rows;
    for (int row = 0; row < view.model()->rowCount(); ++row)
        rows.append(view.model()->index(row, 0).data().toString());
    return rows;
}

int rowWith(const QAbstractItemView &view, const QString &text)
{
    const QStringList rows = rowsOf(view);
    const auto it = std::find_if(rows.begin(), rows.end(), [&](const QString &row) { return row.startsWith(text); });
    return it == rows.end() ? -1 : static_cast<int>(it - rows.begin());
}

void clickRow(QAbstractItemView &view, int row)
{
    const QModelIndex index = view.model()->index(row, 0);
    view.scrollTo(index);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::NoModifier, view.visualRect(index).center());
}

/// A connection of @p count events, about a third of them calls that move bytes.
EventBatch longConnection(int count)
{
    EventBatch batch;
    for (int i = 0; i < count; ++i) {
        const Event event = i == 0 ? acceptedFrom(Address::parseIPv4("127.0.0.1", 60239), 1)
                                   : moved(1, i % 3 == 0 ? Call::Send : Call::Recv, "Hello World!");
        batch.events.push_back(at(i * Millisecond, event));
    }
    return batch;
}

/// How much two pictures differ when seen from afar: letters may be placed a little differently.
double difference(const QImage &a, const QImage &b)
{
    constexpr int step = 8;
    const QSize coarse(a.width() / step, a.height() / step);
    const auto blurred = [&](const QImage &image) {
        return image.scaled(coarse, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
            .convertToFormat(QImage::Format_Grayscale8);
    };
    const QImage one = blurred(a);
    const QImage other = blurred(b);
    int worst = 0;
    for (int y = 0; y < coarse.height(); ++y) {
        for (int x = 0; x < coarse.width(); ++x)
            worst = std::max(worst, std::abs(qGray(one.pixel(x, y)) - qGray(other.pixel(x, y))));
    }
    return worst;
}

} // namespace

class TestInspector : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void openAtFirst();
    void closesAndOpens();
    void remembered();
    void serverFollowsTheNewest();
    void rungIsPreselected();
    void preselectionScrollsOnlyAtTheEnd();
    void serverFollowsTheSelection();
    void clientFollowsTheSelection();
    void rungsAndBytes();
    void explanations();
    void copies();
    void sixteenBytesARow();
    void bytesMakeRoom();
    void findsBytes();
    void keysOfTheWindowStayItsOwn();
    void commandsShowWhatTheyWorkOn();
    void mnemonics();
    void copiesAndSavesBytes();
    void keyboardAndZoom();
    void accessibleLadder();
    void accessibleNames();
    void pictures_data();
    void pictures();
    void pictureIsBounded();
    void legendIsWhole();
    void rightToLeft();
    void whatIsMissingIsSaid();
    void copiesSayWhatIsMissing();
    void manyEvents();
};

/// A newcomer has the ladder before the eyes.
void TestInspector::openAtFirst()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(portOf(server)));
    for (const LadderView *ladder : {&ladderOf(server), &ladderOf(client)})
        QVERIFY2(ladder->isVisible() && ladder->height() > 80, qPrintable(QString::number(ladder->height())));
}

void TestInspector::closesAndOpens()
{
    const ServerProgram server(listening());
    auto &details = server.child<QToolButton>(u"details"_s);
    QCOMPARE(details.text(), u"Details"_s);
    QVERIFY(details.isVisible());
    details.setChecked(false);
    server.window().resize(server.window().width(), 500); // the screen has room for more
    QCoreApplication::processEvents();
    const int height = server.window().height();
    const int tableHeight = server.child(u"connections"_s).height();

    QTest::mouseClick(&details, Qt::LeftButton);
    QVERIFY(ladderOf(server).isVisible());
    QVERIFY(server.action(u"Details"_s).isChecked());
    TRY_COMPARE(server.window().height() > height, true);
    TRY_COMPARE(std::abs(server.child(u"connections"_s).height() - tableHeight) < 40, true); // it keeps its room

    QVERIFY(activate(server.window()));
    QTest::keyClick(&server.window(), Qt::Key_I, Qt::ControlModifier);
    QVERIFY(!ladderOf(server).isVisible());
    QVERIFY(!details.isChecked());
    QTRY_VERIFY2(std::abs(server.window().height() - height) < 40,
                 qPrintable(u"%1 after %2"_s.arg(server.window().height()).arg(height)));
}

void TestInspector::remembered()
{
    {
        ClientProgram client(connectingTo(1));
        client.child<QToolButton>(u"details"_s).setChecked(false);
        QVERIFY(client.close());
    }
    int height = 0;
    {
        ClientProgram client(connectingTo(1));
        QVERIFY(!client.child<QToolButton>(u"details"_s).isChecked());
        QVERIFY(!client.window().findChild<QWidget *>(u"ladder"_s)); // it is not even made
        client.child<QToolButton>(u"details"_s).setChecked(true);
        client.window().resize(700, 700); // less than the screen
        height = ladderOf(client).height();
        QVERIFY(client.close());
    }
    const ClientProgram client(connectingTo(1));
    QVERIFY(ladderOf(client).isVisible());
    TRY_COMPARE(std::abs(ladderOf(client).height() - height) < 40, true);
}

/// The newest connection shows until one is selected, or the listener is asked for.
void TestInspector::serverFollowsTheNewest()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    const auto shown = [&server] { return server.text(u"inspected"_s).section(u" with"_s, 0, 0); };
    std::vector<RawSocket> peers;
    const auto connectAnother = [&] {
        peers.push_back(RawSocket::connectedTo("127.0.0.1", port));
        QCOMPARE(peers.back().receive(100), "Hello World!");
        TRY_COMPARE(server.rows(u"connections"_s), int(peers.size()));
    };
    TRY_COMPARE(shown(), u"Listener"_s);
    connectAnother();
    TRY_COMPARE(shown(), u"Connection 1"_s);
    connectAnother();
    TRY_COMPARE(shown(), u"Connection 2"_s);
    TRY_COMPARE(rowsOf(ladderOf(server)).contains(u"send(12) → 12"_s), true);

    clickRow(server.child<QTableView>(u"connections"_s), 0);
    QCOMPARE(shown(), u"Connection 1"_s);
    connectAnother();
    QCOMPARE(shown(), u"Connection 1"_s);
    server.action(u"Newest Connection"_s).trigger();
    QCOMPARE(shown(), u"Connection 3"_s);
    server.action(u"Listener"_s).trigger();
    QCOMPARE(shown(), u"Listener"_s);
    connectAnother();
    QCOMPARE(shown(), u"Listener"_s);
    server.action(u"Newest Connection"_s).trigger();
    QCOMPARE(shown(), u"Connection 4"_s);
    connectAnother();
    TRY_COMPARE(shown(), u"Connection 5"_s);
}

/// There is an explanation from the beginning: of the last call, or of the one that failed.
void TestInspector::rungIsPreselected()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(portOf(server)));
    LadderView &ladder = ladderOf(client);
    const auto current = [&ladder] { return ladder.currentIndex().data().toString(); };
    const auto &text = client.child<QPlainTextEdit>(u"explanation"_s);
    TRY_MATCH(ladderOf(server).currentIndex().data().toString(), u"listen\\(.*"_s);
    QVERIFY(server.child<QPlainTextEdit>(u"explanation"_s).toPlainText().contains(u"backlog"_s));

    client.click(u"connect"_s);
    TRY_COMPARE(current(), u"end: complete"_s);
    QVERIFY2(text.toPlainText().contains(u"complete"_s), qPrintable(text.toPlainText()));
    QVERIFY(ladder.viewport()->rect().contains(ladder.visualRect(ladder.currentIndex()).center()));

    const auto nobody = RawSocket::bound();
    client.type(u"port"_s, QString::number(nobody.localPort()));
    client.click(u"connect"_s);
    TRY_MATCH(current(), u"connect\\(.*ECONNREFUSED.*"_s);
    QVERIFY2(text.toPlainText().contains(u"Nothing listens there."_s), qPrintable(text.toPlainText()));

    // A rung that the user has selected stays selected while others come.
    const auto listener = RawSocket::listening();
    client.type(u"port"_s, QString::number(listener.localPort()));
    client.click(u"connect"_s);
    auto peer = listener.accept();
    TRY_COMPARE(rowWith(ladder, u"getsockname()"_s) > 0, true);
    clickRow(ladder, rowWith(ladder, u"socket("_s));
    const QString chosen = current();
    QVERIFY(peer.send("abc"));
    peer.close();
    TRY_COMPARE(rowsOf(ladder).contains(u"end: complete"_s), true);
    QCOMPARE(current(), chosen);
}

/// Who reads further up is not carried away by what comes.
void TestInspector::preselectionScrollsOnlyAtTheEnd()
{
    Inspector inspector;
    inspector.setOpen(true);
    inspector.resize(900, 300);
    inspector.show();
    QVERIFY(QTest::qWaitForWindowExposed(&inspector));
    inspector.inspect(1, u"Connection 1"_s);
    inspector.read(longConnection(200));
    QScrollBar &bar = *inspector.findChild<LadderView *>(u"ladder"_s)->verticalScrollBar();
    TRY_COMPARE(bar.value() > 0 && bar.value() == bar.maximum(), true);
    inspector.read(longConnection(2));
    TRY_COMPARE(bar.value() == bar.maximum(), true);
    bar.setValue(5);
    inspector.read(longConnection(2));
    QCoreApplication::processEvents();
    QCOMPARE(bar.value(), 5);
}

void TestInspector::serverFollowsTheSelection()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    QVERIFY(port != 0);
    server.child<QToolButton>(u"details"_s).setChecked(true);
    const LadderView &ladder = ladderOf(server);
    TRY_COMPARE(rowsOf(ladder).size(), 3);
    QCOMPARE(server.text(u"inspected"_s), u"Listener"_s);
    QVERIFY(rowsOf(ladder).at(2) == u"listen(4096)");

    auto peer = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(peer.receive(100), "Hello World!");
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    clickRow(server.child<QTableView>(u"connections"_s), 0);
    QCOMPARE(server.text(u"inspected"_s), u"Connection 1 with 127.0.0.1:%1"_s.arg(peer.localPort()));
    QVERIFY(rowsOf(ladder).contains(u"accept() → ('127.0.0.1', %1)"_s.arg(peer.localPort())));
    QVERIFY(rowsOf(ladder).contains(u"send(12) → 12"_s));
    QVERIFY(!rowsOf(ladder).contains(u"close()"_s));
    peer.close(); // what happens while it is shown is shown
    TRY_COMPARE(rowsOf(ladder).contains(u"close()"_s), true);

    server.action(u"Listener"_s).trigger();
    QCOMPARE(server.text(u"inspected"_s), u"Listener"_s);
    QCOMPARE(rowsOf(ladder).size(), 3);
}

void TestInspector::clientFollowsTheSelection()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    const ClientProgram client(connectingTo(port));
    client.child<QToolButton>(u"details"_s).setChecked(true);
    const LadderView &ladder = ladderOf(client);
    QCOMPARE(rowsOf(ladder).size(), 0);
    client.click(u"connect"_s);
    TRY_COMPARE(rowsOf(ladder).contains(u"end: complete"_s), true);
    QCOMPARE(client.text(u"inspected"_s), u"Attempt 1 to connect to 127.0.0.1:%1"_s.arg(port));

    const auto nobody = RawSocket::bound();
    client.type(u"port"_s, QString::number(nobody.localPort()));
    client.click(u"connect"_s);
    TRY_COMPARE(rowsOf(ladder).contains(u"end: refused (ECONNREFUSED, Connection refused)"_s), true);
    clickRow(client.child<QTableView>(u"history"_s), 0);
    QVERIFY(rowsOf(ladder).contains(u"end: complete"_s));
    // Table and ladder end with the same number.
    const QModelIndex end = ladder.model()->index(ladder.model()->rowCount() - 1, 0);
    QCOMPARE(end.data(Qt::AccessibleTextRole).toString(),
             u"end: complete after "_s + client.cell(u"history"_s, 0, AttemptModel::Duration));
    // A new attempt is what one wants to see.
    client.click(u"connect"_s);
    TRY_COMPARE(rowsOf(ladder).contains(u"end: refused (ECONNREFUSED, Connection refused)"_s), true);
    QVERIFY(client.text(u"inspected"_s).startsWith(u"Attempt 3 "));
}

void TestInspector::rungsAndBytes()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(portOf(server)));
    client.child<QToolButton>(u"details"_s).setChecked(true);
    client.type(u"send"_s, u"abc"_s);
    client.click(u"connect"_s);
    LadderView &ladder = ladderOf(client);
    TRY_COMPARE(rowsOf(ladder).contains(u"end: complete"_s), true);
    client.child<QTabWidget>(u"pages"_s).setCurrentIndex(1);
    auto &bytes = client.child<QListView>(u"bytes"_s);

    clickRow(ladder, rowWith(ladder, u"recv() → 12"_s));
    TRY_MATCH(bytes.currentIndex().data().toString(), u"← Received 12 bytes after .*"_s);
    clickRow(ladder, rowWith(ladder, u"send(3) → 3"_s));
    TRY_MATCH(bytes.currentIndex().data().toString(), u"→ Sent 3 bytes after .*"_s);
    clickRow(bytes, rowWith(bytes, u"← Received 12"_s) + 1);
    QCOMPARE(ladder.currentIndex().data().toString(), u"recv() → 12"_s);
    QTest::keyClick(&bytes, Qt::Key_Home);
    QCOMPARE(ladder.currentIndex().data().toString(), u"send(3) → 3"_s);
    QTest::keyClick(&bytes, Qt::Key_End);
    QCOMPARE(ladder.currentIndex().data().toString(), u"recv() → 0 (peer closed)"_s);
}

void TestInspector::explanations()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    server.child<QToolButton>(u"details"_s).setChecked(true);
    LadderView &ladder = ladderOf(server);
    const auto &text = server.child<QPlainTextEdit>(u"explanation"_s);
    TRY_COMPARE(rowsOf(ladder).size(), 3);
    const auto explained = [&](const QString &row) {
        clickRow(ladder, rowWith(ladder, row));
        return text.toPlainText();
    };
    QVERIFY(explained(u"socket"_s).contains(u"family: AF_INET (IPv4)"));
    QVERIFY(text.toPlainText().contains(u"protocol: 0, the type's usual one: 6 (TCP)"));
    QVERIFY(explained(u"bind"_s).contains(u"address: ('127.0.0.1', 0)"));
    QVERIFY(explained(u"listen"_s).contains(u"backlog: 4,096"));
    QVERIFY(text.toPlainText().contains(u"this end: ('127.0.0.1', %1)"_s.arg(port)));

    auto peer = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(peer.receive(100), "Hello World!");
    const quint16 peerPort = peer.localPort();
    peer.close();
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    clickRow(server.child<QTableView>(u"connections"_s), 0);
    TRY_COMPARE(rowsOf(ladder).contains(u"end: complete"_s), true);
    QVERIFY(explained(u"send"_s).contains(u"12, the bytes that the system took"));
    QVERIFY(text.toPlainText().contains(u"peer: ('127.0.0.1', %1)"_s.arg(peerPort)));
    QVERIFY(explained(u"recv"_s).contains(u"0, the end: the peer has closed its sending side (FIN)"));
    QVERIFY(text.toPlainText().contains(u"room: at most 65,536 bytes"));
    QVERIFY(explained(u"SYN"_s).contains(u"Inferred, not observed"));
    QVERIFY(explained(u"end"_s).contains(u"complete"));

    const auto nobody = RawSocket::bound();
    const ClientProgram client(connectingTo(nobody.localPort()));
    client.child<QToolButton>(u"details"_s).setChecked(true);
    client.click(u"connect"_s);
    LadderView &refused = ladderOf(client);
    TRY_COMPARE(rowWith(refused, u"end: refused"_s) > 0, true);
    clickRow(refused, rowWith(refused, u"connect(('127.0.0.1', %1)) → ECONNREFUSED"_s.arg(nobody.localPort())));
    QVERIFY(client.child<QPlainTextEdit>(u"explanation"_s).toPlainText().contains(u"Nothing listens there."));
}

void TestInspector::copies()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    server.child<QToolButton>(u"details"_s).setChecked(true);
    QVERIFY(!server.action(u"Copy as Python"_s).isEnabled()); // the listener alone has nothing to repeat
    auto peer = RawSocket::connectedTo("127.0.0.1", port);
    QCOMPARE(peer.receive(100), "Hello World!");
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    clickRow(server.child<QTableView>(u"connections"_s), 0);
    QVERIFY(server.action(u"Copy as Python"_s).isEnabled());
    server.action(u"Copy as Python"_s).trigger();
    QVERIFY(QApplication::clipboard()->text().contains(u"listener.bind(('127.0.0.1', %1))"_s.arg(port)));
    QCOMPARE(server.text(u"status"_s), u"Copied the connection as Python"_s);
    server.action(u"Copy as C"_s).trigger();
    QVERIFY(QApplication::clipboard()->text().contains(u"int main(void)"));
    server.action(u"Copy as ncat"_s).trigger();
    QVERIFY(QApplication::clipboard()->text().contains(u"ncat -l --send-only 127.0.0.1 %1"_s.arg(port)));
}

/// As soon as they fit.
void TestInspector::sixteenBytesARow()
{
    EventHistory history;
    BytesModel model(history);
    BytesView view(model);
    history.watch(1);
    history.read({{received(1, QByteArray(1'000, 'x'))}, 0});
    view.resize(view.wideWidth(), 200);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QCOMPARE(model.bytesPerRow(), 16);
    const auto *list = view.findChild<QListView *>(u"bytes"_s);
    TRY_COMPARE(list->verticalScrollBar()->isVisible(), true);
    QCOMPARE(list->horizontalScrollBar()->maximum(), 0);
    view.resize(view.wideWidth() - 1, 200);
    TRY_COMPARE(model.bytesPerRow(), 8);
}

/// At the window's usual width, at the expense of the ladder.
void TestInspector::bytesMakeRoom()
{
    const ServerProgram server(listening());
    server.window().resize(960, 700);
    auto &pages = server.child<QTabWidget>(u"pages"_s);
    const auto &model = *qobject_cast<BytesModel *>(server.child<QListView>(u"bytes"_s).model());
    QCoreApplication::processEvents();
    const int before = pages.width();
    pages.setCurrentIndex(1);
    TRY_COMPARE(model.bytesPerRow(), 16);
    QVERIFY(ladderOf(server).width() > 250);
    pages.setCurrentIndex(0);
    TRY_COMPARE(pages.width(), before);
}

void TestInspector::findsBytes()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(portOf(server)));
    client.child<QToolButton>(u"details"_s).setChecked(true);
    client.type(u"send"_s, u"abc World"_s);
    client.click(u"connect"_s);
    TRY_COMPARE(rowsOf(ladderOf(client)).contains(u"end: complete"_s), true);
    client.child<QTabWidget>(u"pages"_s).setCurrentIndex(1);
    auto &bytes = client.child<QListView>(u"bytes"_s);
    auto &needle = client.child<QLineEdit>(u"findBytes"_s);
    QVERIFY(!needle.isVisible());
    QVERIFY(activate(client.window()));
    bytes.setFocus();
    QTest::keyClick(&bytes, Qt::Key_F, Qt::ControlModifier);
    QVERIFY(needle.isVisible());
    TRY_COMPARE(needle.hasFocus(), true);
    QTest::keyClicks(&needle, u"World"_s);
    QTest::keyClick(&needle, Qt::Key_Return);
    QVERIFY(bytes.currentIndex().data().toString().contains(u"abc World"_s.first(8)));
    QTest::keyClick(&needle, Qt::Key_F3);
    QCOMPARE(ladderOf(client).currentIndex().data().toString(), u"recv() → 12"_s);
    needle.clear();
    QTest::keyClicks(&needle, u"0x6c 6f 20"_s); // "lo "
    QTest::keyClick(&needle, Qt::Key_Return);
    QCOMPARE(client.text(u"found"_s), QString());
    needle.clear();
    QTest::keyClicks(&needle, u"nowhere"_s);
    QTest::keyClick(&needle, Qt::Key_Return);
    QCOMPARE(client.text(u"found"_s), u"Not found"_s);
    QTest::keyClick(&needle, Qt::Key_Escape);
    QVERIFY(!needle.isVisible());
    QVERIFY(bytes.hasFocus());
}

/// Ctrl+F is the view's while it has the focus, and the window's otherwise.
void TestInspector::keysOfTheWindowStayItsOwn()
{
    const ServerProgram server(listening());
    server.child<QToolButton>(u"details"_s).setChecked(true);
    server.child<QTabWidget>(u"pages"_s).setCurrentIndex(1);
    auto &bytes = server.child<QListView>(u"bytes"_s);
    QVERIFY(activate(server.window()));
    bytes.setFocus();
    TRY_COMPARE(bytes.hasFocus(), true);
    QTest::keyClick(&bytes, Qt::Key_F, Qt::ControlModifier);
    QVERIFY(server.child(u"findBytes"_s).isVisible());
    auto &filter = server.child<QLineEdit>(u"filter"_s);
    QVERIFY(!filter.hasFocus());
    auto &table = server.child<QTableView>(u"connections"_s);
    table.setFocus();
    TRY_COMPARE(table.hasFocus(), true);
    QTest::keyClick(&table, Qt::Key_F, Qt::ControlModifier);
    TRY_COMPARE(filter.hasFocus(), true);
}

/// A command of a hidden page brings that page forward; a closed inspector has no commands.
void TestInspector::commandsShowWhatTheyWorkOn()
{
    const ServerProgram server(listening());
    server.child<QToolButton>(u"details"_s).setChecked(true);
    QVERIFY(activate(server.window()));
    auto &needle = server.child<QLineEdit>(u"findBytes"_s);
    QVERIFY(!server.child(u"bytes"_s).isVisible());
    server.action(u"Find in Bytes"_s).trigger();
    QVERIFY(needle.isVisible());
    TRY_COMPARE(needle.hasFocus(), true);
    for (const bool open : {false, true}) {
        server.action(u"Details"_s).setChecked(open);
        for (const QString &text : {u"Zoom In"_s, u"Save Ladder as PNG…"_s, u"Find Next"_s, u"Copy Bytes"_s})
            QCOMPARE(server.action(text).isEnabled(), open);
    }
}

/// In a menu, each letter chooses one command.
void TestInspector::mnemonics()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(1));
    for (const QMainWindow *window :
         {static_cast<QMainWindow *>(&server.window()), static_cast<QMainWindow *>(&client.window())}) {
        window->findChild<QToolButton *>(u"details"_s)->setChecked(true);
        for (const QMenu *menu : window->menuBar()->findChildren<QMenu *>()) {
            QMap<QString, QString> letters;
            for (const QAction *action : menu->actions()) {
                const QString letter = QKeySequence::mnemonic(action->text()).toString();
                QVERIFY2(letter.isEmpty() || !letters.contains(letter),
                         qPrintable(action->text() + u" and "_s + letters.value(letter)));
                letters.insert(letter, action->text());
            }
        }
    }
}

void TestInspector::copiesAndSavesBytes()
{
    EventHistory history;
    BytesModel model(history);
    BytesView view(model);
    view.resize(700, 300);
    view.show();
    history.watch(1);
    const QByteArray raw("a\0\xff\r\n", 5);
    const Event piece = received(1, raw);
    history.read({{piece, sent(1, "Hello"), piece}, 0});

    auto *list = view.findChild<QListView *>(u"bytes"_s);
    list->setFocus();
    list->setCurrentIndex(model.index(1));
    QTest::keyClick(list, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QApplication::clipboard()->text(),
             u"000000  61 00 ff 0d 0a                                   a\\x00\ufffd\\x0d\\x0a\n"_s);
    QStringList names;
    QByteArrayList saved;
    connect(&view, &BytesView::saveRequested, this,
            [&](const FileSaver::Kind &kind, const FileSaver::Snapshot &snapshot) {
                names.append(kind.name);
                QBuffer file;
                QVERIFY(file.open(QIODevice::WriteOnly));
                snapshot()(file);
                saved.append(file.data());
            });
    for (QAction *action : view.actions()) {
        if (action->text().remove(u'&').startsWith(u"Save "))
            action->trigger();
    }
    QCOMPARE(names, (QStringList{u"received.bin"_s, u"sent.bin"_s}));
    QCOMPARE(saved, (QByteArrayList{raw + raw, "Hello"}));
}

void TestInspector::keyboardAndZoom()
{
    EventHistory history;
    Ladder ladder(history);
    LadderView view(ladder);
    view.resize(600, 300);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    view.setFocus();
    history.watch(1);
    history.read(longConnection(100));
    QTest::keyClick(&view, Qt::Key_Home);
    QCOMPARE(view.currentIndex().row(), 0);
    QTest::keyClick(&view, Qt::Key_Down);
    QCOMPARE(view.currentIndex().row(), 1);
    QTest::keyClick(&view, Qt::Key_PageDown);
    QVERIFY(view.currentIndex().row() > 5);
    QTest::keyClick(&view, Qt::Key_End);
    QCOMPARE(view.currentIndex().row(), ladder.rowCount() - 1);
    QVERIFY(view.viewport()->rect().contains(view.visualRect(view.currentIndex()).center()));

    const int height = view.visualRect(ladder.index(0)).height();
    QVERIFY(activate(view));
    TRY_COMPARE(view.hasFocus(), true);
    QTest::keyClick(&view, Qt::Key_Plus, Qt::ControlModifier);
    QCOMPARE(view.zoom(), 125);
    QVERIFY(view.visualRect(ladder.index(0)).height() > height);
    QTest::keyClick(&view, Qt::Key_Minus, Qt::ControlModifier);
    QTest::keyClick(&view, Qt::Key_Minus, Qt::ControlModifier);
    QCOMPARE(view.zoom(), 75);
    QTest::keyClick(&view, Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(view.zoom(), 100);
    const QPointF centre = view.viewport()->rect().center();
    QWheelEvent turn(centre, view.viewport()->mapToGlobal(centre), {}, {0, 120}, Qt::NoButton, Qt::ControlModifier,
                     Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(view.viewport(), &turn);
    QCOMPARE(view.zoom(), 125);
    view.setZoom(10'000);
    QCOMPARE(view.zoom(), LadderView::MaxZoom);
}

void TestInspector::accessibleLadder()
{
    EventHistory history;
    Ladder ladder(history);
    LadderView view(ladder);
    view.show();
    history.watch(1);
    history.read(longConnection(3));
    QAccessibleInterface *list = QAccessible::queryAccessibleInterface(&view);
    QVERIFY(list);
    QCOMPARE(list->role(), QAccessible::List);
    QCOMPARE(list->childCount(), ladder.rowCount());
    for (int row = 0; row < ladder.rowCount(); ++row) {
        const QAccessibleInterface *item = list->child(row);
        QVERIFY(item);
        QCOMPARE(item->role(), QAccessible::ListItem);
        QCOMPARE(item->text(QAccessible::Name), ladder.data(ladder.index(row), Qt::AccessibleTextRole).toString());
    }
    QCOMPARE(list->child(0)->text(QAccessible::Name), u"Inferred, from the peer: SYN"_s);
    QCOMPARE(list->child(3)->text(QAccessible::Name), u"accept() → ('127.0.0.1', 60239) after 0 µs"_s);
    view.setCurrentIndex(ladder.index(3));
    QVERIFY(list->child(3)->state().selected);
    QVERIFY(!list->child(2)->state().selected);
}

void TestInspector::accessibleNames()
{
    const ServerProgram server(listening());
    server.child<QToolButton>(u"details"_s).setChecked(true);
    for (const auto &[name, expected] :
         {std::pair{u"details"_s, u"Details"_s}, std::pair{u"ladder"_s, u"Ladder of calls"_s},
          std::pair{u"bytes"_s, u"Bytes received and sent"_s}, std::pair{u"explanation"_s, u"Explanation"_s},
          std::pair{u"findBytes"_s, u"Find in the bytes"_s}}) {
        QAccessibleInterface *accessible = QAccessible::queryAccessibleInterface(&server.child(name));
        QVERIFY2(accessible, qPrintable(name));
        QCOMPARE(accessible->text(QAccessible::Name), expected);
    }
    // Every command that has keys shows them in the menu.
    for (const QString &text : {u"Details"_s, u"Zoom In"_s, u"Zoom Out"_s, u"Actual Size"_s, u"Find in Bytes"_s,
                                u"Find Next"_s, u"Copy Bytes"_s, u"Listener"_s})
        QVERIFY2(!server.action(text).shortcut().isEmpty(), qPrintable(text));
}

void TestInspector::pictures_data()
{
    QTest::addColumn<Appearance>("appearance");
    QTest::newRow("light") << Appearance::Light;
    QTest::newRow("dark") << Appearance::Dark;
}

void TestInspector::pictures()
{
    QFETCH(const Appearance, appearance);
    applyAppearance(appearance);
    EventHistory history;
    Ladder ladder(history);
    LadderView view(ladder);
    history.watch(1);
    history.read(longConnection(20));
    const QString folder = qEnvironmentVariable("PARLEY_KEEP_PICTURES", scratch().path());
    QMap<QString, QString> files;
    connect(&view, &LadderView::saveRequested, this,
            [&](const FileSaver::Kind &kind, const FileSaver::Snapshot &snapshot) {
                files.insert(kind.name, folder + u'/' + kind.name);
                QFile file(files.value(kind.name));
                QVERIFY(file.open(QIODevice::WriteOnly));
                snapshot()(file);
            });
    for (QAction *action : view.actions()) {
        if (action->text().startsWith(u"Save "))
            action->trigger();
    }
    applyAppearance(Appearance::System);
    const QString svg = files.value(u"ladder.svg"_s);

    QSvgRenderer renderer(svg);
    QVERIFY(renderer.isValid());
    const QImage drawn(files.value(u"ladder.png"_s), "PNG");
    QCOMPARE(drawn.size(), renderer.viewBox().size() * 2);
    QImage rendered(drawn.size(), QImage::Format_RGB32);
    QPainter painter(&rendered);
    renderer.render(&painter);
    painter.end();
    const double same = difference(drawn, rendered);
    // The same picture with its halves swapped is another.
    QImage swapped(drawn.size(), QImage::Format_RGB32);
    painter.begin(&swapped);
    painter.drawImage(0, 0, drawn, 0, drawn.height() / 2, drawn.width(), drawn.height() - drawn.height() / 2);
    painter.drawImage(0, drawn.height() - drawn.height() / 2, drawn, 0, 0, drawn.width(), drawn.height() / 2);
    painter.end();
    const double other = difference(drawn, swapped);
    QVERIFY2(same < 48 && other > 96, qPrintable(u"%1 and %2 of 255"_s.arg(same).arg(other)));

    QFile file(svg);
    QVERIFY(file.open(QIODevice::ReadOnly));
    // A character that the font lacks comes from another one, in an element of its own.
    const QString text = QString::fromUtf8(file.readAll()).remove(QRegularExpression(u"<[^>]*>|\\s"_s));
    QVERIFY(text.contains(u"accept()→('127.0.0.1',60239)"_s));
    QVERIFY(text.contains(u"inferredsegment"_s));
}

void TestInspector::pictureIsBounded()
{
    EventHistory history;
    Ladder ladder(history);
    LadderView view(ladder);
    view.setZoom(LadderView::MaxZoom);
    history.watch(1);
    history.read(longConnection(5'000));
    QVERIFY(QString::fromUtf8(view.svg()).contains(u"The first 1,000 of 10,002 rows."_s));
    const int height = view.image().height();
    QVERIFY2(height > 30'000 && height <= 32'767, qPrintable(QString::number(height)));
}

/// However narrow the view, and however large the letters.
void TestInspector::legendIsWhole()
{
    const EventHistory history;
    const Ladder ladder(history);
    const QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    const LadderPainter legend(ladder, font, QApplication::palette());
    const int height = legend.legendHeight();
    for (int width = 100; width < 600; width += 7) {
        QImage image(width, height, QImage::Format_RGB32);
        QPainter painter(&image);
        legend.paintLegend(painter, image.rect());
        painter.end();
        for (int y = 2; y < height; ++y) // below the line at its top
            QVERIFY2(image.pixel(width - 1, y) == image.pixel(0, y), qPrintable(u"%1 pixels"_s.arg(width)));
    }
}

/// Code, times and bytes stand from left to right in every language; the widgets around them do not.
void TestInspector::rightToLeft()
{
    EventHistory history;
    Ladder ladder(history);
    history.watch(1);
    history.read(longConnection(5));
    const auto picture = [&] {
        LadderView view(ladder);
        view.resize(600, 400);
        return view.grab().toImage();
    };
    const QImage leftToRight = picture();
    QApplication::setLayoutDirection(Qt::RightToLeft);
    const QImage rightToLeft = picture();
    {
        const ServerProgram server(listening());
        server.child<QToolButton>(u"details"_s).setChecked(true);
        QCOMPARE(server.window().layoutDirection(), Qt::RightToLeft);
        QCOMPARE(ladderOf(server).layoutDirection(), Qt::LeftToRight);
        QCOMPARE(server.child(u"bytes"_s).layoutDirection(), Qt::LeftToRight);
        QVERIFY(server.child(u"details"_s).x() > server.child(u"inspected"_s).x());
        if (qEnvironmentVariableIsSet("PARLEY_KEEP_PICTURES"))
            server.window().grab().save(qEnvironmentVariable("PARLEY_KEEP_PICTURES") + u"/right-to-left.png"_s);
    }
    QApplication::setLayoutDirection(Qt::LeftToRight);
    QVERIFY(rightToLeft == leftToRight);
}

void TestInspector::whatIsMissingIsSaid()
{
    Inspector inspector;
    inspector.setOpen(true);
    inspector.resize(900, 400);
    inspector.show();
    inspector.inspect(1, u"Connection 1"_s);
    EventBatch batch = longConnection(EventHistory::MaxWatchedEvents + 1);
    inspector.read(batch);
    const auto *ladder = inspector.findChild<LadderView *>(u"ladder"_s);
    QCOMPARE(ladder->accessibleDescription(), u"The first 10,001 events are no longer kept."_s);
    QCOMPARE(inspector.findChild<QListView *>(u"bytes"_s)->accessibleDescription(),
             u"The first 10,001 events are no longer kept."_s);
}

/// The beginning of a connection that is still open is kept; after it there is a gap.
void TestInspector::copiesSayWhatIsMissing()
{
    Inspector inspector;
    inspector.setOpen(true);
    EventBatch batch = longConnection(static_cast<int>(EventHistory::MaxBeginning) + 1);
    const Event listen = made(0, Call::Listen, {0, 0}, Address::parseIPv4("127.0.0.1", 3000));
    batch.events.insert(batch.events.begin(), listen);
    inspector.read(batch);
    inspector.inspect(1, u"Connection 1"_s);
    const auto copied = [&] {
        for (QAction *action : inspector.findChildren<QAction *>()) {
            if (action->iconText() == u"Python")
                action->trigger();
        }
        return QApplication::clipboard()->text();
    };
    QVERIFY(copied().contains(u"listener.accept()"));
    QVERIFY(!copied().contains(u"Calls may be missing"));
    inspector.inspect(2, u"Connection 2"_s);
    EventBatch others;
    others.events.assign(EventHistory::MaxEvents, ended(2, Outcome::None));
    inspector.read(others);
    inspector.inspect(1, u"Connection 1"_s);
    QVERIFY(copied().contains(u"listener.accept()"));
    QVERIFY2(copied().contains(u"Calls may be missing"), qPrintable(copied().left(200)));
}

/// Nothing is asserted about time; the figures are printed.
void TestInspector::manyEvents()
{
    Inspector inspector;
    inspector.setOpen(true);
    inspector.resize(900, 500);
    inspector.show();
    QVERIFY(QTest::qWaitForWindowExposed(&inspector));
    inspector.inspect(1, u"Connection 1"_s);
    inspector.read(longConnection(EventHistory::MaxWatchedEvents - 100));
    auto *ladder = inspector.findChild<LadderView *>(u"ladder"_s);
    QCOMPARE(ladder->model()->rowCount() > 190'000, true);
    QElapsedTimer timer;
    timer.start();
    inspector.read(longConnection(1));
    QCoreApplication::processEvents();
    const double grown = double(timer.nsecsElapsed()) / 1e6;
    qint64 slowest = 0;
    for (int step = 0; step <= 100; ++step) {
        timer.start();
        ladder->verticalScrollBar()->setValue(ladder->verticalScrollBar()->maximum() / 100 * step);
        ladder->viewport()->repaint();
        slowest = std::max(slowest, timer.nsecsElapsed());
    }
    qInfo("100,000 events: one more takes %.1f ms, the slowest of 100 steps of scrolling %.1f ms", grown,
          double(slowest) / 1e6);
}

QTEST_MAIN(TestInspector)
#include "tst_inspector.moc"
