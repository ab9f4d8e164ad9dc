// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QListWidget>
#include <QSpinBox>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

class TestAcceptQueueBar : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void window();
    void backlogThenAnotherAddress();
    void holdingByTheButton();
};

void TestAcceptQueueBar::window()
{
    ServerOptions options;
    options.transport = Transport::Tcp;
    options.host = u"127.0.0.1"_s;
    options.port = u"0"_s;
    options.backlog = 1;
    const ServerProgram server(options);
    const quint16 port = portOf(server);
    QCOMPARE(server.text(u"acceptQueue"_s), QString()); // it does not show

    QCOMPARE(server.action(u"Hold Accept"_s).shortcut(), QKeySequence(Qt::CTRL | Qt::Key_H));
    server.action(u"Hold Accept"_s).trigger();
    TRY_COMPARE(server.text(u"acceptQueue"_s), u"Accept is held: 0 waiting in its queue, backlog 1."_s);
    QVERIFY(!server.button(u"acceptOne"_s).isEnabled());
    RawSocket first = RawSocket::connectedTo("127.0.0.1", port);
    TRY_COMPARE(server.text(u"acceptQueue"_s), u"Accept is held: 1 waiting in its queue, backlog 1."_s);
    RawSocket second = RawSocket::connectedTo("127.0.0.1", port);
    TRY_MATCH(server.text(u"acceptQueue"_s), u"Accept is held: 2 waiting in its queue, backlog 1\\. It is full: .*"_s);
    QCOMPARE(server.rows(u"connections"_s), 0);

    server.click(u"acceptOne"_s);
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    TRY_COMPARE(server.text(u"acceptQueue"_s), u"Accept is held: 1 waiting in its queue, backlog 1."_s);
    server.click(u"acceptAll"_s);
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    TRY_COMPARE(server.text(u"acceptQueue"_s), u"Accept is held: 0 waiting in its queue, backlog 1."_s);

    auto &backlog = server.child<QSpinBox>(u"backlog"_s);
    QCOMPARE(backlog.value(), 1);
    backlog.setValue(7);
    TRY_COMPARE(server.text(u"acceptQueue"_s), u"Accept is held: 0 waiting in its queue, backlog 7."_s);
    server.click(u"listen"_s); // stops
    TRY_MATCH(server.text(u"status"_s), u"Not listening.*"_s);
    server.click(u"listen"_s);
    TRY_COMPARE(server.text(u"acceptQueue"_s), u"Accept is held: 0 waiting in its queue, backlog 7."_s);
    server.click(u"listen"_s);
    TRY_COMPARE(server.text(u"acceptQueue"_s),
                u"Accept is held, but there is no accept queue: nothing listens for connections."_s);
    server.action(u"Hold Accept"_s).trigger();
    QVERIFY(!server.child(u"acceptQueue"_s).isVisible());
    server.action(u"Accept Queue"_s).trigger(); // shows it, without holding
    QVERIFY(server.child(u"acceptQueue"_s).isVisible());
    QVERIFY(!server.button(u"acceptOne"_s).isVisible());
}

/// The listen() of the backlog is not taken for the one at the new address.
void TestAcceptQueueBar::backlogThenAnotherAddress()
{
    const ServerProgram server(listening());
    QVERIFY(portOf(server) != 0);
    QTRY_VERIFY_WITH_TIMEOUT(server.child(u"everyInterface"_s).isVisible(), WindowPatience);
    server.child<QSpinBox>(u"backlog"_s).setValue(5);
    server.click(u"everyInterface"_s);
    TRY_MATCH(server.text(u"status"_s), u"Listening on \\[::\\]:.*"_s);
    TRY_COMPARE(server.button(u"listen"_s).text(), u"Stop Listening"_s);
}

/// A button holds and lets go; the boxes and the pale rows show who waits.
void TestAcceptQueueBar::holdingByTheButton()
{
    ServerOptions options = listening();
    options.backlog = 2;
    const ServerProgram server(options);
    const quint16 port = portOf(server);
    server.action(u"Accept Queue"_s).trigger(); // shows the bar
    auto &hold = server.button(u"hold"_s);
    QVERIFY(hold.isVisible() && !hold.isChecked());
    hold.click();
    QVERIFY(server.action(u"Hold Accept"_s).isChecked());
    QWidget &boxes = server.child(u"queueBoxes"_s);
    TRY_COMPARE(boxes.accessibleDescription(), u"0 of 3 taken, the last one beyond the backlog"_s);
    const auto clients = connectedClients(port, 2);
    TRY_COMPARE(boxes.accessibleDescription(), u"2 of 3 taken, the last one beyond the backlog"_s);
    const auto filled = [&boxes] {
        const QImage picture = boxes.grab().toImage();
        const QColor colour = boxes.palette().color(QPalette::Highlight);
        int changes = 0; // from empty to filled along the middle
        bool wasFilled = false;
        for (int x = 0; x < picture.width(); ++x) {
            const bool isFilled = picture.pixelColor(x, picture.height() / 2) == colour;
            changes += isFilled && !wasFilled ? 1 : 0;
            wasFilled = isFilled;
        }
        return changes;
    };
    QCOMPARE(filled(), 2);
    const auto &waiting = server.child<QListWidget>(u"waiting"_s);
    const auto rows = [&waiting] {
        QStringList texts;
        for (int row = 0; row < waiting.count(); ++row)
            texts.append(waiting.item(row)->text());
        return texts;
    };
    QStringList expected;
    for (const RawSocket &client : clients)
        expected.append(u"127.0.0.1, port %1: waiting in the accept queue"_s.arg(client.localPort()));
    expected.sort();
    TRY_COMPARE(rows(), expected);
    QCOMPARE(server.rows(u"connections"_s), 0);

    hold.click(); // lets go
    TRY_COMPARE(server.rows(u"connections"_s), 2);
    TRY_COMPARE(waiting.isVisible(), false);
    TRY_COMPARE(filled(), 0);
}

QTEST_MAIN(TestAcceptQueueBar)
#include "tst_accept_queue_bar.moc"
