// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/connection_selection.h"
#include "server_gui/window/connections_pane.h"
#include "tests/support/events.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QSignalSpy>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

Q_DECLARE_METATYPE(std::vector<quint64>)

namespace
{

using Numbers = std::vector<quint64>;

/// The pane with connections of a test's own.
struct Pane
{
    explicit Pane(int maxRows = ConnectionModel::MaxRows) : model(stream, maxRows), pane(model, stream)
    {
        pane.resize(800, 300);
        pane.show();
        if (!QTest::qWaitForWindowExposed(&pane))
            qFatal("The pane does not show");
    }

    /// Accepts from 10.0.0.1, and every third from 10.0.0.3, that stay open.
    void accept(int count) { accept(count, true); }
    /// Accepts from the same addresses; the connections end at once.
    void serve(int count) { accept(count, false); }
    void accept(int count, bool stay)
    {
        EventBatch batch;
        for (int i = 0; i < count; ++i) {
            ++newest;
            const auto time = static_cast<qint64>(newest);
            const Address peer = Address::parseIPv4(newest % 3 == 0 ? "10.0.0.3" : "10.0.0.1", 4711);
            batch.events.push_back(acceptedFrom(peer, newest, time));
            if (!stay)
                batch.events.push_back(ended(newest, Outcome::Complete, 0, time));
        }
        read(batch);
    }
    void read(const EventBatch &batch)
    {
        model.read(batch);
        Q_EMIT stream.arrived(batch);
    }
    bool isArranged() const
    {
        return QTest::qWaitFor([this] { return !model.isArranging(); }, WindowPatience);
    }
    bool filterBy(const QString &text)
    {
        child<QLineEdit>(u"filter"_s).setText(text);
        return isArranged();
    }
    bool sortBy(int column, Qt::SortOrder order = Qt::AscendingOrder)
    {
        pane.header().setSortIndicator(column, order);
        return isArranged();
    }

    template <typename Widget>
    Widget &child(const QString &name) const
    {
        return *pane.findChild<Widget *>(name);
    }
    QTableView &table() const { return child<QTableView>(u"connections"_s); }
    QScrollBar &scrollBar() const { return *table().verticalScrollBar(); }
    QString shown() const
    {
        const auto &label = child<QLabel>(u"shown"_s);
        return label.isVisible() ? label.text() : QString();
    }
    /// The connections of the table's own selection, ascending.
    Numbers selected() const
    {
        Numbers numbers;
        for (const QModelIndex &index : table().selectionModel()->selectedRows())
            numbers.push_back(model.numberAt(index.row()));
        std::ranges::sort(numbers);
        return numbers;
    }
    quint64 current() const
    {
        const QModelIndex index = table().currentIndex();
        return index.isValid() ? model.numberAt(index.row()) : 0;
    }
    bool isAtEnd() const { return scrollBar().value() == scrollBar().maximum() && scrollBar().maximum() > 0; }

    EventStream stream;
    ConnectionModel model;
    ConnectionsPane pane;
    quint64 newest = 0;
};

void clickHeader(const Pane &pane, int column)
{
    const QHeaderView &header = pane.pane.header();
    const QPoint at(header.sectionViewportPosition(column) + header.sectionSize(column) / 2, header.height() / 2);
    QTest::mouseClick(header.viewport(), Qt::LeftButton, {}, at);
}

} // namespace

class TestConnectionTable : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void filtersInTheWindow();
    void noMatch();
    void countsAreUpToDate();
    void headerClicks();
    void sortsByMenu();
    void sortedColumnsKeepTheirWidths();
    void selectionSurvives();
    void selectionIsTold();
    void largeSelections();
    void selectedRowsLeave();
    void openRowsStay();
    void newestRowsAreFollowed();
    void rowsInSightStay();
    void positionAfterAnArrangement();
    void rateInTheWindow();
};

void TestConnectionTable::filtersInTheWindow()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    std::vector<RawSocket> clients;
    clients.reserve(3);
    for (int i = 0; i < 3; ++i)
        clients.push_back(RawSocket::connectedTo("127.0.0.1", port));
    TRY_COMPARE(server.rows(u"connections"_s), 3);
    QCOMPARE(server.text(u"shown"_s), QString());

    QLineEdit &filter = server.field(u"filter"_s);
    QVERIFY(!filter.placeholderText().isEmpty());
    QVERIFY(filter.isClearButtonEnabled());
    QCOMPARE(filter.accessibleName(), u"Filter"_s);
    server.window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&server.window()));
    server.field(u"host"_s).setFocus();
    QTest::keyClick(&server.window(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(filter.hasFocus());
    QTest::keyClicks(&filter, QString::number(clients[1].localPort()));
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    QCOMPARE(server.cell(u"connections"_s, 0, ConnectionModel::PeerPort), QString::number(clients[1].localPort()));
    TRY_COMPARE(server.text(u"shown"_s), u"1 of 3 shown"_s);

    QTest::keyClick(&filter, Qt::Key_Escape);
    QCOMPARE(filter.text(), QString());
    TRY_COMPARE(server.rows(u"connections"_s), 3);
    QCOMPARE(server.text(u"shown"_s), QString());
}

void TestConnectionTable::noMatch()
{
    Pane pane;
    pane.pane.setPlaceholder(u"No connection yet."_s);
    QCOMPARE(pane.table().accessibleDescription(), u"No connection yet."_s);
    QVERIFY(pane.filterBy(u"xyz"_s)); // there is nothing that could match
    QCOMPARE(pane.table().accessibleDescription(), u"No connection yet."_s);
    pane.accept(3);
    TRY_COMPARE(pane.table().accessibleDescription(), u"No connection matches “xyz”."_s);
    QCOMPARE(pane.shown(), u"0 of 3 shown"_s);
    QVERIFY(pane.filterBy(u"10.0.0.3"_s));
    QCOMPARE(pane.table().accessibleDescription(), QString());
    QCOMPARE(pane.shown(), u"1 of 3 shown"_s);
    QVERIFY(pane.filterBy(QString()));
    QCOMPARE(pane.shown(), QString());
    QCOMPARE(pane.model.rowCount(), 3);
}

void TestConnectionTable::countsAreUpToDate()
{
    Pane pane(3000);
    pane.serve(3000);
    QVERIFY(pane.filterBy(u"10.0.0.3"_s));
    QCOMPARE(pane.shown(), u"1,000 of 3,000 shown"_s);
    pane.serve(1); // and the oldest leave
    QCOMPARE(pane.shown(), u"667 of 2,001 shown"_s);
}

/// Ascending, descending, as arrived.
void TestConnectionTable::headerClicks()
{
    Pane pane;
    pane.accept(3);
    pane.read({{eventOf(1, Call::Send, 5), eventOf(2, Call::Send, 7), eventOf(3, Call::Send, 6)}});
    const auto rows = [&pane] {
        return Numbers{pane.model.numberAt(0), pane.model.numberAt(1), pane.model.numberAt(2)};
    };
    const QHeaderView &header = pane.pane.header();
    QVERIFY(!pane.model.isSorted());
    QCOMPARE(header.sortIndicatorSection(), -1);

    clickHeader(pane, ConnectionModel::Sent);
    QVERIFY(pane.isArranged());
    QCOMPARE(rows(), (Numbers{1, 3, 2}));
    QCOMPARE(header.sortIndicatorSection(), int(ConnectionModel::Sent));
    QVERIFY(header.isSortIndicatorShown());
    clickHeader(pane, ConnectionModel::Sent);
    QVERIFY(pane.isArranged());
    QCOMPARE(rows(), (Numbers{2, 3, 1}));
    clickHeader(pane, ConnectionModel::PeerAddress);
    QVERIFY(pane.isArranged());
    QCOMPARE(rows(), (Numbers{1, 2, 3}));
    clickHeader(pane, ConnectionModel::PeerAddress);
    QVERIFY(pane.isArranged());
    QCOMPARE(rows(), (Numbers{3, 1, 2}));
    clickHeader(pane, ConnectionModel::PeerAddress);
    QVERIFY(pane.isArranged());
    QCOMPARE(rows(), (Numbers{1, 2, 3}));
    QVERIFY(!pane.model.isSorted());
    QCOMPARE(header.sortIndicatorSection(), -1);
}

void TestConnectionTable::sortsByMenu()
{
    ServerOptions idle = listening();
    idle.listenAtOnce = false;
    const ServerProgram server(idle);
    const ConnectionModel &model = server.window().connections();
    const QHeaderView &header = *server.child<QTableView>(u"connections"_s).horizontalHeader();
    QAction &descending = server.action(u"Descending"_s);
    QVERIFY(server.action(u"As Arrived"_s).isChecked());
    QVERIFY(!descending.isEnabled());

    server.action(u"Peer Port"_s).trigger();
    QCOMPARE(header.sortIndicatorSection(), int(ConnectionModel::PeerPort));
    QCOMPARE(header.sortIndicatorOrder(), Qt::AscendingOrder);
    QVERIFY(model.isSorted());
    descending.trigger();
    QCOMPARE(header.sortIndicatorSection(), int(ConnectionModel::PeerPort));
    QCOMPARE(header.sortIndicatorOrder(), Qt::DescendingOrder);
    server.action(u"As Arrived"_s).trigger();
    QVERIFY(!model.isSorted());
    QVERIFY(!descending.isEnabled() && !descending.isChecked());

    // A click on a header shows in the menu.
    server.child<QTableView>(u"connections"_s).sortByColumn(ConnectionModel::Sent, Qt::DescendingOrder);
    QVERIFY(server.action(u"Sent"_s).isChecked());
    QVERIFY(descending.isChecked());
}

void TestConnectionTable::sortedColumnsKeepTheirWidths()
{
    ServerOptions idle = listening();
    idle.listenAtOnce = false;
    {
        ServerProgram server(idle);
        QHeaderView &header = *server.child<QTableView>(u"connections"_s).horizontalHeader();
        header.resizeSection(ConnectionModel::PeerAddress, 123);
        header.setSortIndicator(ConnectionModel::PeerAddress, Qt::DescendingOrder);
        QVERIFY(server.close());
    }
    const ServerProgram server(idle);
    QHeaderView &header = *server.child<QTableView>(u"connections"_s).horizontalHeader();
    QCOMPARE(header.sectionSize(ConnectionModel::PeerAddress), 123);
    QCOMPARE(header.sortIndicatorSection(), -1);
    QVERIFY(!server.window().connections().isSorted());
    server.window().resize(1200, 600); // there is room for all columns
    header.setSortIndicator(ConnectionModel::State, Qt::AscendingOrder);
    TRY_COMPARE(server.window().connections().isArranging(), false);
    QCOMPARE(header.sectionSize(ConnectionModel::PeerAddress), 123);
    QCOMPARE(header.sectionResizeMode(ConnectionModel::State), QHeaderView::Stretch);
}

void TestConnectionTable::selectionSurvives()
{
    Pane pane;
    pane.accept(60);
    QItemSelectionModel &selection = *pane.table().selectionModel();
    pane.table().selectRow(5); // connection 6, of 10.0.0.3
    for (const int row : {8, 9, 10})
        selection.select(pane.model.index(row, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    const Numbers chosen{6, 9, 10, 11};
    QCOMPARE(pane.selected(), chosen);
    QCOMPARE(pane.pane.selection(), chosen);
    QCOMPARE(pane.current(), 6U);

    QVERIFY(pane.sortBy(ConnectionModel::Number, Qt::DescendingOrder));
    QCOMPARE(pane.model.numberAt(0), 60U);
    QCOMPARE(pane.selected(), chosen);
    QCOMPARE(pane.current(), 6U);
    QVERIFY(pane.sortBy(ConnectionModel::PeerAddress));
    QCOMPARE(pane.selected(), chosen);
    QVERIFY(pane.filterBy(u"10.0.0.3"_s));
    QCOMPARE(pane.selected(), (Numbers{6, 9}));
    QCOMPARE(pane.pane.selection(), (Numbers{6, 9}));
    QCOMPARE(pane.current(), 6U);
    QVERIFY(pane.filterBy(u"10.0.0.1"_s));
    QCOMPARE(pane.selected(), (Numbers{10, 11}));
    QVERIFY(pane.filterBy(u"xyz"_s));
    QCOMPARE(pane.selected(), Numbers());
    QVERIFY(pane.filterBy(QString()));
    QVERIFY(pane.sortBy(-1));
    QCOMPARE(pane.selected(), chosen); // listed again, selected again
    QCOMPARE(pane.current(), 6U);

    // Also when rows come and change, and the table is sorted anew by itself.
    QVERIFY(pane.sortBy(ConnectionModel::Sent, Qt::DescendingOrder));
    pane.read({{eventOf(50, Call::Send, 100)}});
    pane.accept(5);
    TRY_COMPARE(pane.model.numberAt(0), 50U);
    TRY_COMPARE(pane.model.rowCount(), 65);
    QCOMPARE(pane.selected(), chosen);
    QCOMPARE(pane.current(), 6U);

    // What is selected anew takes the place of what was, listed or not.
    QVERIFY(pane.filterBy(u"10.0.0.1"_s));
    pane.table().selectRow(0);
    QCOMPARE(pane.selected(), Numbers{50});
    QVERIFY(pane.filterBy(QString()));
    QCOMPARE(pane.selected(), Numbers{50});
}

void TestConnectionTable::selectionIsTold()
{
    Pane pane;
    pane.accept(6);
    const QSignalSpy told(&pane.pane, &ConnectionsPane::selectionChanged);
    const auto last = [&told] { return told.last().at(0).value<Numbers>(); };
    pane.table().selectRow(1);
    QCOMPARE(told.size(), 1);
    QCOMPARE(last(), Numbers{2});
    QVERIFY(pane.sortBy(ConnectionModel::Number, Qt::DescendingOrder)); // the same ones
    pane.accept(1);
    QCOMPARE(told.size(), 1);
    pane.table().selectAll();
    QTRY_COMPARE(pane.model.rowCount(), 7);
    QVERIFY(pane.filterBy(u"10.0.0.3"_s));
    QCOMPARE(last(), (Numbers{3, 6}));
    pane.table().clearSelection();
    QCOMPARE(last(), Numbers());
    QCOMPARE(pane.pane.selection(), Numbers());
}

void TestConnectionTable::largeSelections()
{
    constexpr int most = ConnectionSelection::MaxSelected;
    constexpr int count = 20 * most;
    Pane pane;
    pane.accept(count);
    const auto select = [&pane](int first, int last) {
        const QModelIndex end = pane.model.index(last, ConnectionModel::ColumnCount - 1);
        pane.table().selectionModel()->select({pane.model.index(first, 0), end}, QItemSelectionModel::ClearAndSelect);
    };
    select(0, most - 1);
    QCOMPARE(pane.shown(), QString());
    select(0, most);
    QCOMPARE(pane.shown(), u"only the first 10,000 stay selected"_s);
    select(5, most + 4);
    QCOMPARE(pane.shown(), QString());
    QVERIFY(pane.sortBy(ConnectionModel::PeerAddress)); // which takes them apart
    QCOMPARE(pane.pane.openSelection().size(), static_cast<std::size_t>(most));
    QVERIFY(pane.sortBy(-1));

    pane.table().selectAll();
    QCOMPARE(pane.shown(), u"only the first 10,000 stay selected"_s);
    QCOMPARE(pane.pane.openSelection().size(), static_cast<std::size_t>(count)); // as long as the rows stay
    QCOMPARE(pane.pane.selection().size(), static_cast<std::size_t>(most));
    QCOMPARE(pane.pane.selection().front(), 1U);
    QCOMPARE(pane.pane.selection().back(), static_cast<quint64>(most));
    QVERIFY(pane.sortBy(ConnectionModel::Number, Qt::DescendingOrder));
    QCOMPARE(pane.selected().size(), static_cast<std::size_t>(most));
    QCOMPARE(pane.pane.selection().front(), 1U);
    QVERIFY(pane.filterBy(u"10.0.0.3"_s));
    QCOMPARE(pane.shown(), u"66,666 of 200,000 shown · only the first 10,000 stay selected"_s);
    pane.table().selectRow(0);
    QCOMPARE(pane.shown(), u"66,666 of 200,000 shown"_s);
}

void TestConnectionTable::selectedRowsLeave()
{
    Pane pane(3000);
    pane.serve(3000);
    pane.table().selectRow(5);
    pane.table().selectionModel()->select(pane.model.index(2000, 0),
                                          QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QCOMPARE(pane.pane.selection(), (Numbers{6, 2001}));
    pane.serve(1);
    QCOMPARE(pane.pane.selection(), Numbers{2001});
    QCOMPARE(pane.selected(), Numbers{2001});
    QVERIFY(pane.sortBy(ConnectionModel::PeerAddress));
    QCOMPARE(pane.selected(), Numbers{2001});
    pane.serve(3000);
    QCOMPARE(pane.selected(), Numbers());
    TRY_COMPARE(pane.pane.selection(), Numbers());
}

/// Connections leave the list and the selection, wherever they are in it.
void TestConnectionTable::openRowsStay()
{
    Pane pane(3000);
    pane.accept(3);
    pane.serve(1000);
    pane.accept(1); // 1,004
    pane.serve(1996);
    pane.table().selectRow(2);
    pane.table().selectionModel()->select(pane.model.index(1003, 0),
                                          QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QCOMPARE(pane.pane.openSelection(), (Numbers{3, 1004}));
    for (const int row : {2500, 1500}) { // the first of those in sight
        pane.scrollBar().setValue(row);
        const quint64 first = pane.model.numberAt(pane.table().rowAt(0));
        while (pane.model.total() < 3000)
            pane.serve(1);
        pane.serve(1);
        QCOMPARE(pane.model.total(), 2001);
        QCOMPARE(pane.model.numberAt(pane.table().rowAt(0)), first);
        QCOMPARE(pane.selected(), (Numbers{3, 1004}));
        QCOMPARE(pane.pane.openSelection(), (Numbers{3, 1004}));
        QCOMPARE(pane.current(), 3U);
    }
    QCOMPARE(pane.model.numberAt(3), 1004U);
}

void TestConnectionTable::newestRowsAreFollowed()
{
    Pane pane;
    pane.accept(100);
    QVERIFY(pane.isAtEnd());
    pane.accept(100);
    QVERIFY(pane.isAtEnd());
    QVERIFY(pane.filterBy(u"10.0.0.1"_s));
    QVERIFY(pane.isAtEnd());
    pane.accept(100);
    QVERIFY(pane.isAtEnd());
    QVERIFY(pane.filterBy(QString()));
    QVERIFY(pane.isAtEnd());

    QVERIFY(pane.sortBy(ConnectionModel::Number)); // the greatest are the newest
    QCOMPARE(pane.scrollBar().value(), 0);
    pane.table().scrollToBottom();
    const int value = pane.scrollBar().value();
    pane.accept(100);
    TRY_COMPARE(pane.model.rowCount(), 400);
    QCOMPARE(pane.scrollBar().value(), value);

    QVERIFY(pane.sortBy(-1));
    QVERIFY(pane.isAtEnd());
    pane.accept(100);
    QVERIFY(pane.isAtEnd());
    pane.scrollBar().setValue(7);
    pane.accept(100);
    QCOMPARE(pane.scrollBar().value(), 7);
}

void TestConnectionTable::rowsInSightStay()
{
    Pane pane(3000);
    pane.serve(3000);
    const auto first = [&pane] { return pane.model.numberAt(pane.table().rowAt(0)); };
    pane.scrollBar().setValue(2000);
    QCOMPARE(first(), 2001U);
    pane.serve(1);
    QCOMPARE(pane.model.removedRows(), 1000U);
    QCOMPARE(first(), 2001U);
    pane.serve(1000); // now they leave themselves
    QCOMPARE(pane.model.removedRows(), 2000U);
    QCOMPARE(first(), 2001U);
    pane.serve(1000);
    QCOMPARE(pane.model.removedRows(), 3000U);
    QCOMPARE(first(), 3001U);

    pane.table().scrollToBottom();
    pane.serve(1000);
    QCOMPARE(pane.model.removedRows(), 4000U);
    QTRY_VERIFY(pane.isAtEnd());
}

void TestConnectionTable::positionAfterAnArrangement()
{
    Pane pane;
    pane.accept(1000);
    pane.scrollBar().setValue(500);
    pane.table().selectRow(505);
    const auto isCurrentInSight = [&pane] {
        return pane.table().viewport()->rect().contains(pane.table().visualRect(pane.table().currentIndex()).center());
    };
    QVERIFY(isCurrentInSight());
    QVERIFY(pane.sortBy(ConnectionModel::Number, Qt::DescendingOrder));
    QVERIFY(isCurrentInSight());
    QVERIFY(pane.filterBy(u"10.0.0.1"_s));
    QVERIFY(isCurrentInSight());

    // Elsewhere, a sort shows its beginning, and a refresh moves nothing.
    pane.scrollBar().setValue(0);
    QVERIFY(!isCurrentInSight());
    QVERIFY(pane.sortBy(ConnectionModel::Sent, Qt::DescendingOrder));
    QCOMPARE(pane.scrollBar().value(), 0);
    pane.scrollBar().setValue(100);
    const int rows = pane.model.rowCount();
    pane.accept(3);
    TRY_COMPARE(pane.model.rowCount(), rows + 2);
    QCOMPARE(pane.scrollBar().value(), 100);
    QCOMPARE(pane.current(), 506U);
}

void TestConnectionTable::rateInTheWindow()
{
    const ServerProgram server(listening());
    const quint16 port = portOf(server);
    const QWidget &rate = server.child(u"rate"_s);
    QVERIFY(rate.isVisible());
    QCOMPARE(rate.accessibleDescription(), u"0 per second, at most 0 in the last minute"_s);
    QVERIFY(RawSocket::connectedTo("127.0.0.1", port).isOpen());
    TRY_MATCH(rate.accessibleDescription(), u"\\d per second, at most 1 in the last minute"_s);
}

QTEST_MAIN(TestConnectionTable)
#include "tst_connection_table.moc"
