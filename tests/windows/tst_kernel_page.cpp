// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_history.h"
#include "shared/ui/inspector/kernel_page.h"
#include "tests/support/events.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QLabel>
#include <QToolButton>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// The value beside @p name in the list; empty if there is none.
QString value(const auto &program, const QString &name)
{
    const auto &values = program.template child<QTreeWidget>(u"kernelValues"_s);
    const QList<QTreeWidgetItem *> found = values.findItems(name, Qt::MatchExactly);
    return found.size() == 1 ? found.constFirst()->text(1) : u"There is no "_s + name;
}

/// Opens the details and brings the page to the front.
void openPage(const auto &program)
{
    program.template child<QToolButton>(u"details"_s).setChecked(true);
    auto &pages = program.template child<QTabWidget>(u"pages"_s);
    pages.setCurrentWidget(program.window().template findChild<KernelPage *>());
}

ServerOptions holding(Transport transport)
{
    ServerOptions options;
    options.transport = transport;
    options.host = u"127.0.0.1"_s;
    options.port = u"0"_s;
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
    return options;
}

} // namespace

class TestKernelPage : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void ofServersConnection();
    void ofClientsConnection();
    void notToldOfDatagrams();
    void notToldOfUnixSockets();
    void explains();
    void asksOnlyWhileItShows();
};

void TestKernelPage::ofServersConnection()
{
    const ServerProgram server(holding(Transport::Tcp));
    RawSocket client = RawSocket::connectedTo("127.0.0.1", portOf(server));
    QCOMPARE(client.receive(12), "Hello World!");
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    openPage(server);
    server.action(u"Listener"_s).trigger();
    TRY_COMPARE(server.text(u"kernelState"_s), u"Select a connection to see what the kernel knows of it."_s);

    server.child<QTableView>(u"connections"_s).selectRow(0);
    TRY_COMPARE(server.text(u"kernelState"_s), u"TCP_INFO of the socket, asked for every second."_s);
    QCOMPARE(value(server, u"State"_s), u"ESTABLISHED"_s);
    TRY_COMPARE(value(server, u"Acknowledged"_s), u"12 bytes"_s);
    QCOMPARE(value(server, u"Received"_s), u"0 bytes"_s);
    QCOMPARE(value(server, u"Retransmissions"_s), u"0"_s);
    TRY_MATCH(value(server, u"Round trip"_s), u"[\\d.]+ (µs|ms)"_s);

    QVERIFY(client.send("12345")); // it is asked again by itself
    TRY_COMPARE(value(server, u"Received"_s), u"5 bytes"_s);

    client.close();
    TRY_COMPARE(server.text(u"kernelState"_s), u"The connection has ended. These are its last values."_s);
    QCOMPARE(value(server, u"Received"_s), u"5 bytes"_s);
    const QTreeWidgetItem &state = *server.child<QTreeWidget>(u"kernelValues"_s).topLevelItem(0);
    QCOMPARE(state.text(2), u"tcpi_state"_s);
    QVERIFY(state.foreground(1).style() != Qt::NoBrush); // and not like a live value
    server.action(u"Listener"_s).trigger();
    TRY_MATCH(server.text(u"kernelState"_s), u"Select .*"_s);
    QCOMPARE(value(server, u"Received"_s), QString());
    server.child<QTableView>(u"connections"_s).selectRow(0);
    TRY_COMPARE(server.text(u"kernelState"_s), u"The connection has ended, and the kernel has forgotten it."_s);
}

void TestKernelPage::ofClientsConnection()
{
    const RawSocket listener = RawSocket::listening();
    ClientOptions options;
    options.transport = Transport::Tcp;
    options.host = u"127.0.0.1"_s;
    options.port = QString::number(listener.localPort());
    options.connectAtOnce = true;
    const ClientProgram client(options);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send("Hello"));
    openPage(client);
    TRY_COMPARE(client.text(u"kernelState"_s), u"TCP_INFO of the socket, asked for every second."_s);
    QCOMPARE(value(client, u"State"_s), u"ESTABLISHED"_s);
    TRY_COMPARE(value(client, u"Received"_s), u"5 bytes"_s);
    peer.close();
    TRY_COMPARE(client.text(u"kernelState"_s), u"The connection has ended. These are its last values."_s);
}

void TestKernelPage::notToldOfDatagrams()
{
    const ServerProgram server(holding(Transport::Udp));
    const RawDatagrams client = RawDatagrams::connectedTo("127.0.0.1", portOf(server));
    QVERIFY(client.send("Who is there?"));
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    openPage(server);
    server.child<QTableView>(u"connections"_s).selectRow(0);
    TRY_COMPARE(server.text(u"kernelState"_s),
                u"Not available: the system tells this of TCP connections only, and only on Linux."_s);
    QCOMPARE(value(server, u"State"_s), QString());
}

void TestKernelPage::notToldOfUnixSockets()
{
    ServerOptions options = holding(Transport::Unix);
    options.path = scratch().filePath(u"parley.sock"_s);
    const ServerProgram server(options);
    TRY_MATCH(server.text(u"status"_s), u"Listening on .*"_s);
    const RawSocket client = RawSocket::connectedTo(QFile::encodeName(*options.path));
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    openPage(server);
    server.child<QTableView>(u"connections"_s).selectRow(0);
    TRY_MATCH(server.text(u"kernelState"_s), u"Not available: .*"_s);
}

void TestKernelPage::explains()
{
    const ServerProgram server(holding(Transport::Tcp));
    openPage(server);
    auto &values = server.child<QTreeWidget>(u"kernelValues"_s);
    QVERIFY(values.topLevelItemCount() > 10);
    QStringList explanations;
    for (int i = 0; i < values.topLevelItemCount(); ++i) {
        values.setCurrentItem(values.topLevelItem(i));
        explanations.append(server.text(u"kernelExplanation"_s));
        QVERIFY(!explanations.constLast().isEmpty());
        QCOMPARE(values.topLevelItem(i)->data(0, Qt::AccessibleDescriptionRole).toString(), explanations.constLast());
    }
    QCOMPARE(explanations.removeDuplicates(), 0);
}

void TestKernelPage::asksOnlyWhileItShows()
{
    EventHistory history;
    EventBatch batch;
    batch.events.push_back(Event::accept(7, {3, 0}, {}, Transport::Tcp));
    history.read(batch);
    KernelPage page(history);
    std::vector<quint64> asked;
    connect(&page, &KernelPage::viewRequested, this, [&asked](quint64 connection) { asked.push_back(connection); });
    page.show();
    QCOMPARE(asked.size(), 0U); // the listener
    history.watch(7);
    QCOMPARE(asked, std::vector<quint64>{7});
    QTRY_COMPARE_WITH_TIMEOUT(asked.size(), 2U, WindowPatience);
    page.hide();
    history.watch(8);
    QCOMPARE(asked.size(), 2U);
    page.show();
    QCOMPARE(asked.back(), 8U);
    KernelView late;
    late.kind = KernelView::Kind::NotTold;
    page.showAnswer(7, late); // of the one before
    QCOMPARE(page.findChild<QLabel *>(u"kernelState"_s)->text(), QString());
}

QTEST_MAIN(TestKernelPage)
#include "tst_kernel_page.moc"
