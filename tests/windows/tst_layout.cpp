// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/message.h"
#include "shared/ui/appearance.h"
#include "shared/ui/placement.h"
#include "tests/support/every_window.h"
#include "tests/support/many_addresses.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QAccessible>
#include <QCheckBox>
#include <QFontDatabase>
#include <QHeaderView>
#include <QHelpEvent>
#include <QLabel>
#include <QScopeGuard>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyle>
#include <QToolButton>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

constexpr QSize SmallScreen{1366, 768};

/// Saves a picture for people to look at.
void keepPicture(QWidget &window, const QString &name)
{
    if (const QString folder = qEnvironmentVariable("PARLEY_KEEP_PICTURES"); !folder.isEmpty())
        window.grab().save(folder + u'/' + name + u".png"_s);
}

void addFonts()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<int>("dpi");
    for (const char *family : {"DejaVu Sans", "Liberation Sans", "Noto Sans"}) {
        for (const int dpi : {96, 120, 144})
            QTest::addRow("%s %d dpi", family, dpi) << QString::fromLatin1(family) << dpi;
    }
}

/// The application's font until it goes: 10 points at @p dpi.
class Font
{
public:
    Font(const QString &family, int dpi)
    {
        QFont font(family);
        font.setPointSizeF(10.0 * dpi / 96); // Qt takes 96 dpi for granted on both of the tests' platforms
        QApplication::setFont(font);
    }
    ~Font() { QApplication::setFont(before_); }
    Q_DISABLE_COPY_MOVE(Font)

private:
    const QFont before_ = QApplication::font();
};

QString toText(const QRect &rect)
{
    return u"%1 × %2 at %3, %4"_s.arg(rect.width()).arg(rect.height()).arg(rect.x()).arg(rect.y());
}

int cellMargins(const QTableView &table)
{
    return 2 * (table.style()->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, &table) + 1);
}

int widthOf(const QTableView &table, const QString &text)
{
    return table.fontMetrics().horizontalAdvance(text) + cellMargins(table);
}

} // namespace

/// Where things stand in the windows, and whether they have room there.
class TestLayout : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void stateIsNeverCut_data() { addFonts(); }
    void stateIsNeverCut();
    void stateIsNeverCutWhereThereIsNoRoom();
    void addressGivesWay();
    void cutTextsAreToldWhole();
    void newConnectionsAreFollowed_data() { addFonts(); }
    void newConnectionsAreFollowed();
    void windowsFitASmallScreen_data() { addFonts(); }
    void windowsFitASmallScreen();
    void everythingOpensInside();
    void geometryOfALargerScreen();
    void doubleClickCountsOnce();
    void newestAttemptStaysInSight();
    void nothingJumpsInTheServer();
    void nothingJumpsWhereTheServerFails();
    void nothingJumpsInTheClient();
    void manyAddresses();
    void manyAddressesOfTheServer();
    void halvesOfAScreen();
    void clientOfAPairHasTheServersEndpoint();
    void lastClosedWindowIsRemembered();
    void edgesHaveContrast_data();
    void edgesHaveContrast();
    void narrowWindows_data();
    void narrowWindows();
    void comboBoxesAreNamed();
};

void TestLayout::stateIsNeverCut()
{
    QFETCH(const QString, family);
    QFETCH(const int, dpi);
    QVERIFY2(QFontDatabase::hasFamily(family), "This font is not installed");
    const Font font(family, dpi);
    const ServerProgram server(listening());
    server.window().resize(usualSize(server.window(), {900, 640})); // the test's screen may be smaller
    std::vector<RawSocket> clients;
    for (int i = 0; i < 40; ++i)
        clients.push_back(RawSocket::connectedTo("127.0.0.1", portOf(server)));
    TRY_COMPARE(server.rows(u"connections"_s), 40);
    TRY_COMPARE(server.child<QTableView>(u"connections"_s).verticalScrollBar()->isVisible(), true);
    keepPicture(server.window(), u"server-%1-%2"_s.arg(family.section(u' ', 0, 0)).arg(dpi));
    const auto &table = server.child<QTableView>(u"connections"_s);
    const int width = table.horizontalHeader()->sectionSize(ConnectionModel::State);
    for (const QString &text : {server.cell(u"connections"_s, 39, ConnectionModel::State),
                                u"timed out after 12 bytes"_s, u"reset by the peer after 99 bytes"_s})
        QVERIFY2(width >= widthOf(table, text), qPrintable(u"“%1” in %2 pixels"_s.arg(text).arg(width)));
    QVERIFY(table.horizontalHeader()->sectionSize(ConnectionModel::Time)
            >= widthOf(table, server.cell(u"connections"_s, 39, ConnectionModel::Time)));
    TRY_COMPARE(table.horizontalScrollBar()->isVisible(), false);
    QCOMPARE(table.textElideMode(), Qt::ElideRight);
}

void TestLayout::stateIsNeverCutWhereThereIsNoRoom()
{
    const ServerProgram server(listening());
    server.window().resize(480, 500);
    const auto &table = server.child<QTableView>(u"connections"_s);
    TRY_COMPARE(table.horizontalScrollBar()->maximum() > 0, true); // it scrolls
    QVERIFY(table.horizontalHeader()->sectionSize(ConnectionModel::State)
            >= widthOf(table, u"timed out after 12 bytes"_s));
}

void TestLayout::addressGivesWay()
{
    const ServerProgram server(listening());
    const auto &table = server.child<QTableView>(u"connections"_s);
    const QHeaderView &header = *table.horizontalHeader();
    const auto sizes = [&header] {
        return std::array{header.sectionSize(ConnectionModel::PeerAddress), header.sectionSize(ConnectionModel::State)};
    };
    server.window().resize(2000, 600);
    TRY_COMPARE(sizes()[0], table.fontMetrics().averageCharWidth() * 24);
    const auto [address, state] = sizes();
    // As much narrower as makes the address give way, and nothing else.
    const int least = widthOf(table, u"timed out after 12 bytes"_s);
    server.window().resize(2000 - (state - least) - address / 4, 600);
    TRY_COMPARE(sizes()[0] < address, true);
    QVERIFY(sizes()[0] >= header.sectionSizeHint(ConnectionModel::PeerAddress));
    QVERIFY(sizes()[1] >= least);
    server.window().resize(2000, 600);
    TRY_COMPARE(sizes()[0], address); // and it comes back
}

void TestLayout::cutTextsAreToldWhole()
{
    const ServerProgram server(listening());
    const auto peer = RawSocket::connectedTo("127.0.0.1", portOf(server));
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    auto &table = server.child<QTableView>(u"connections"_s);
    const auto tip = [&table](int column) {
        const QPoint at = table.visualRect(table.model()->index(0, column)).center();
        QHelpEvent event(QEvent::ToolTip, at, table.viewport()->mapToGlobal(at));
        QApplication::sendEvent(table.viewport(), &event);
        return QToolTip::text();
    };
    table.horizontalHeader()->resizeSection(ConnectionModel::PeerAddress, 30);
    QCOMPARE(tip(ConnectionModel::PeerAddress), u"127.0.0.1"_s);
    QToolTip::hideText();
}

/// Forty connections at the default size, and both scroll bars.
void TestLayout::newConnectionsAreFollowed()
{
    QFETCH(const QString, family);
    QFETCH(const int, dpi);
    QVERIFY2(QFontDatabase::hasFamily(family), "This font is not installed");
    const Font font(family, dpi);
    const ServerProgram server(listening());
    auto &table = server.child<QTableView>(u"connections"_s);
    table.horizontalHeader()->resizeSection(ConnectionModel::Time, 600); // the lower scroll bar appears
    std::vector<RawSocket> clients;
    for (int i = 1; i <= 40; ++i) {
        clients.push_back(RawSocket::connectedTo("127.0.0.1", portOf(server)));
        TRY_COMPARE(server.rows(u"connections"_s), i);
        const QModelIndex last = table.model()->index(i - 1, 0);
        const auto isInSight = [&] { return table.viewport()->rect().contains(table.visualRect(last).center()); };
        QVERIFY2(QTest::qWaitFor(isInSight, WindowPatience), qPrintable(u"row %1 is out of sight"_s.arg(i)));
        if (i == 20) { // and it stays so when one appears in between
            table.horizontalHeader()->resizeSection(ConnectionModel::Time, 100);
            QCoreApplication::processEvents();
            table.horizontalHeader()->resizeSection(ConnectionModel::Time, 600);
        }
    }
    QVERIFY(table.horizontalScrollBar()->isVisible() && table.verticalScrollBar()->isVisible());
}

void TestLayout::windowsFitASmallScreen()
{
    QFETCH(const QString, family);
    QFETCH(const int, dpi);
    QVERIFY2(QFontDatabase::hasFamily(family), "This font is not installed");
    const Font font(family, dpi);
    QStringList problems;
    int windows = 0;
    visitEveryWindow([&](QWidget &window, const QString &name) {
        if (window.inherits("QFileDialog"))
            return; // Qt's own
        ++windows;
        // As on a screen of that size at 100 %, and at 200 %, where it has half as many of these pixels.
        for (const QSize &screen : {SmallScreen, SmallScreen / 2}) {
            window.resize(screen);
            const QSize least = window.minimumSizeHint().expandedTo(window.size());
            if (least != screen)
                problems.append(u"%1 needs %2"_s.arg(name, toText(QRect({}, least))));
        }
    });
    QCOMPARE(problems.join(u"\n"_s), QString());
    QCOMPARE(windows, 15);
}

/// Runs also on a small screen at 100, 150 and 200 %.
void TestLayout::everythingOpensInside()
{
    QStringList outside;
    int windows = 0;
    visitEveryWindow([&](QWidget &window, const QString &name) {
        keepPicture(window, u"%1-%2"_s.arg(QString(name).replace(u'/', u' ')).arg(window.devicePixelRatioF()));
        ++windows;
        if (const QRect room = window.screen()->availableGeometry(); !room.contains(window.frameGeometry()))
            outside.append(u"%1: %2 on %3"_s.arg(name, toText(window.frameGeometry()), toText(room)));
    });
    QCOMPARE(outside.join(u"\n"_s), QString());
    QCOMPARE(windows, 19);
}

/// A geometry that was saved on a larger screen is brought inside.
void TestLayout::geometryOfALargerScreen()
{
    const QRect room = QApplication::primaryScreen()->availableGeometry();
    QWidget window;
    window.setGeometry(room.right() - 50, room.bottom() - 30, room.width() + 400, room.height() + 300);
    bringInside(window);
    QVERIFY2(room.contains(window.geometry()), qPrintable(toText(window.geometry())));

    {
        ServerProgram server(listening());
        server.window().setGeometry(room.right() - 50, room.bottom() - 30, room.width() + 400, room.height() + 300);
        QVERIFY(server.close());
    }
    const ServerProgram server(listening());
    QVERIFY2(room.contains(server.window().geometry()), qPrintable(toText(server.window().geometry())));
}

void TestLayout::doubleClickCountsOnce()
{
    const auto silent = RawSocket::listening();
    const ClientProgram client(connectingTo(silent.localPort()));
    QPushButton &button = client.button(u"connect"_s);
    QTest::mouseClick(&button, Qt::LeftButton);
    QTest::mouseDClick(&button, Qt::LeftButton); // the second press alone
    QTest::mouseRelease(&button, Qt::LeftButton);
    const auto peer = silent.accept();
    QCOMPARE(client.button(u"connect"_s).text(), u"Cancel"_s);
    TRY_COMPARE(client.text(u"status"_s), u"Receiving…"_s);
    QCOMPARE(client.rows(u"history"_s), 1);
    client.click(u"connect"_s); // by itself it does cancel
    TRY_COMPARE(client.button(u"connect"_s).text(), u"Connect"_s);
}

void TestLayout::newestAttemptStaysInSight()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(portOf(server)));
    auto &table = client.child<QTableView>(u"history"_s);
    const auto newestIsInSight = [&table] {
        const QRect row = table.visualRect(table.model()->index(table.model()->rowCount() - 1, 0));
        return table.viewport()->rect().contains(row);
    };
    for (int attempt = 1; attempt <= 6; ++attempt) {
        client.click(u"connect"_s);
        TRY_MATCH(client.text(u"status"_s), u"Attempts: %1, .*"_s.arg(attempt));
        TRY_COMPARE(newestIsInSight(), true);
    }
    client.window().resize(700, 420); // less room for the table
    client.child<QToolButton>(u"details"_s).setChecked(true);
    TRY_COMPARE(newestIsInSight(), true);
}

void TestLayout::nothingJumpsInTheServer()
{
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
    const ServerProgram server(options);
    const auto peer = RawSocket::connectedTo("127.0.0.1", portOf(server));
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    auto &table = server.child<QTableView>(u"connections"_s);
    const auto place = [&] { return QRect(table.mapTo(&server.window(), QPoint()), table.size()); };
    const QRect before = place();
    table.selectRow(0);
    TRY_COMPARE(server.child(u"converse"_s).isVisible(), true);
    QCoreApplication::processEvents();
    QCOMPARE(place(), before);
    table.clearSelection();
    TRY_COMPARE(server.child(u"converse"_s).isVisible(), false);
    QCoreApplication::processEvents();
    QCOMPARE(place(), before);
    QVERIFY(server.child(u"converseHint"_s).isVisible());
}

/// Neither when it listens, nor when it cannot, nor when it stops.
void TestLayout::nothingJumpsWhereTheServerFails()
{
    const auto taken = RawSocket::listening();
    ServerOptions options = listening();
    options.listenAtOnce = false;
    const ServerProgram server(options);
    auto &table = server.child<QTableView>(u"connections"_s);
    const auto place = [&] { return QRect(table.mapTo(&server.window(), QPoint()), table.size()); };
    const QRect before = place();
    server.click(u"listen"_s);
    TRY_COMPARE(portOf(server) != 0, true);
    TRY_COMPARE(server.child(u"everyInterface"_s).isVisible(), true);
    QCoreApplication::processEvents();
    QCOMPARE(toText(place()), toText(before));
    server.click(u"listen"_s);
    TRY_COMPARE(server.button(u"listen"_s).text(), u"Listen"_s);
    server.type(u"port"_s, QString::number(taken.localPort()));
    server.click(u"listen"_s);
    TRY_COMPARE(server.notice().isEmpty(), false);
    QCoreApplication::processEvents();
    keepPicture(server.window(), u"server-refused"_s);
    QCOMPARE(toText(place()), toText(before));
}

void TestLayout::nothingJumpsInTheClient()
{
    const auto listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    auto &message = client.child(u"message"_s);
    const auto place = [&] { return QRect(message.mapTo(&client.window(), QPoint()), message.size()); };
    const QRect before = place();
    client.click(u"connect"_s);
    // Not a refusal: that notice names the servers that run elsewhere, however many there are.
    listener.accept().reset();
    TRY_MATCH(client.notice(), u".*reset the connection before it had sent a byte.*"_s);
    QCoreApplication::processEvents();
    keepPicture(client.window(), u"client-reset"_s);
    QCOMPARE(place(), before);

    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.click(u"connect"_s);
    const auto peer = listener.accept();
    TRY_COMPARE(client.child(u"converse"_s).isVisible(), true);
    QCoreApplication::processEvents();
    keepPicture(client.window(), u"client-talks"_s);
    QCOMPARE(place(), before);
}

void TestLayout::manyAddresses()
{
    QStringList addresses;
    for (int i = 1; i <= 40; ++i)
        addresses.append(u"10.0.0.%1:3000"_s.arg(i));
    QCOMPARE(enumerated(addresses), u"10.0.0.1:3000, 10.0.0.2:3000, 10.0.0.3:3000, 10.0.0.4:3000 and 36 more"_s);
    QCOMPARE(enumerated(addresses.first(5)).count(u','), 4); // "and 1 more" would be no shorter
    QCOMPARE(enumerated({}), QString());
}

void TestLayout::manyAddressesOfTheServer()
{
    const ManyAddresses many(40);
    ServerOptions options = listening();
    options.host = u"*"_s;
    const ServerProgram server(options);
    const QString port = QString::number(portOf(server));
    QStringList named;
    for (int i = 1; i <= 4; ++i)
        named.append(u"10.0.0.%1:%2"_s.arg(QString::number(i), port));
    TRY_COMPARE(
        server.text(u"reachability"_s),
        u"Listening on every interface. Reachable at 127.0.0.1:%1 from this computer, and from others at %2 and "
        "36 more unless a firewall stops them."_s.arg(port, named.join(u", "_s)));
    const auto &sentence = server.child<QLabel>(u"reachability"_s);
    TRY_COMPARE(sentence.height() >= sentence.heightForWidth(sentence.width()), true);
    keepPicture(server.window(), u"server-many-addresses"_s);
    QVERIFY(server.child(u"connections"_s).height() > 100);
}

void TestLayout::halvesOfAScreen()
{
    qputenv("PARLEY_PAIR", "1");
    const auto unset = qScopeGuard([] { qunsetenv("PARLEY_PAIR"); });
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(1));
    const QRect room = QApplication::primaryScreen()->availableGeometry();
    const QRect left = server.window().geometry();
    const QRect right = client.window().geometry();
    QVERIFY(room.contains(left) && room.contains(right));
    QVERIFY2(left.right() < right.left(), qPrintable(u"%1 and %2"_s.arg(left.right()).arg(right.left())));
}

void TestLayout::clientOfAPairHasTheServersEndpoint()
{
    ServerOptions idle;
    idle.listenAtOnce = false;
    {
        ServerProgram server(idle);
        server.type(u"host"_s, u"*"_s);
        server.type(u"port"_s, u"4567"_s);
        QVERIFY(server.close());
        ClientProgram client{ClientOptions()};
        client.type(u"port"_s, u"80"_s);
        QVERIFY(client.close());
    }
    QCOMPARE(ClientProgram(ClientOptions()).field(u"port"_s).text(), u"80"_s); // by itself it has its own
    qputenv("PARLEY_PAIR", "1");
    const auto unset = qScopeGuard([] { qunsetenv("PARLEY_PAIR"); });
    const ClientProgram client{ClientOptions()};
    QCOMPARE(client.field(u"port"_s).text(), u"4567"_s);
    QCOMPARE(client.field(u"host"_s).text(), u"localhost"_s);
}

/// A second server that was closed in between does not leave its endpoint to the next one.
void TestLayout::lastClosedWindowIsRemembered()
{
    ServerOptions idle;
    idle.listenAtOnce = false;
    ServerProgram first(idle);
    {
        ServerProgram second(idle);
        second.type(u"port"_s, u"80"_s);
        QVERIFY(second.close());
    }
    QVERIFY(first.close());
    QCOMPARE(ServerProgram(idle).field(u"port"_s).text(), u"3000"_s);
}

namespace
{

/// WCAG 2.1: relative luminance.
double luminance(const QColor &colour)
{
    const auto part = [](double value) {
        return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * part(colour.redF()) + 0.7152 * part(colour.greenF()) + 0.0722 * part(colour.blueF());
}

double contrast(const QColor &one, const QColor &other)
{
    const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
    return (lighter + 0.05) / (darker + 0.05);
}

} // namespace

void TestLayout::edgesHaveContrast_data()
{
    QTest::addColumn<Appearance>("appearance");
    QTest::newRow("light") << Appearance::Light;
    QTest::newRow("dark") << Appearance::Dark;
}

/// Of what is drawn: the best contrast with the window's ground among the pixels across the middle of the left edge.
void TestLayout::edgesHaveContrast()
{
    QFETCH(const Appearance, appearance);
    const auto system = qScopeGuard([] { applyAppearance(Appearance::System); });
    QStringList faint;
    QMap<QString, int> checked;
    const auto check = [&](QWidget &window, const QString &name) {
        if (window.inherits("QFileDialog"))
            return;                  // Qt's own
        applyAppearance(appearance); // a window that opens applies the one that is saved
        QCoreApplication::processEvents();
        keepPicture(window, appearanceName(appearance) + u'-' + QString(name).replace(u'/', u' '));
        const QImage picture = window.grab().toImage();
        const QColor ground = window.palette().color(QPalette::Window);
        for (const QWidget *widget : window.findChildren<QWidget *>()) {
            const bool hasEdge = widget->inherits("QPushButton") || widget->inherits("QCheckBox")
                                 || widget->inherits("QComboBox") || widget->inherits("QAbstractSpinBox")
                                 || (widget->inherits("QLineEdit") && !widget->parent()->inherits("QComboBox")
                                     && !widget->parent()->inherits("QAbstractSpinBox"));
            const QPoint left = widget->mapTo(&window, QPoint(0, widget->height() / 2));
            if (!hasEdge || widget->window() != &window || !widget->isEnabled() || widget->visibleRegion().isEmpty()
                || !widget->visibleRegion().contains(QPoint(0, widget->height() / 2)))
                continue;
            double best = 0;
            for (int x = 0; x < 4; ++x) {
                const QPointF at = QPointF(left.x() + x, left.y()) * picture.devicePixelRatio();
                best = std::max(best, contrast(picture.pixelColor(at.toPoint()), ground));
            }
            ++checked[QString::fromLatin1(widget->metaObject()->className())];
            if (best < 3)
                faint.append(u"%1: %2 %3: %4"_s.arg(name, QLatin1StringView(widget->metaObject()->className()),
                                                    widget->objectName(), QString::number(best)));
        }
    };
    {
        ServerOptions idle = listening();
        idle.listenAtOnce = false; // the fields can be edited
        idle.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
        const ServerProgram server(idle);
        server.action(u"Accept Queue"_s).trigger();
        check(server.window(), u"idle server"_s);
    }
    visitEveryWindow(check);
    QCOMPARE(faint.join(u"\n"_s), QString());
    QVERIFY(checked.value(u"QPushButton"_s) > 30 && checked.value(u"QLineEdit"_s) > 5);
    QVERIFY(checked.value(u"QCheckBox"_s) > 3 && checked.value(u"QComboBox"_s) > 5
            && checked.value(u"QSpinBox"_s) > 10);
}

void TestLayout::narrowWindows_data()
{
    QTest::addColumn<QString>("family");
    for (const char *family : {"DejaVu Sans", "Liberation Sans", "Noto Sans"})
        QTest::addRow("%s", family) << QString::fromLatin1(family);
}

/// The ladder comes first, the rest below it. Nothing is cut off at the right, whatever is there.
void TestLayout::narrowWindows()
{
    QFETCH(const QString, family);
    QVERIFY2(QFontDatabase::hasFamily(family), "This font is not installed");
    const Font font(family, 96);
    int windows = 0;
    visitEveryWindow([&](QWidget &window, const QString &name) {
        auto *ladder = window.findChild<QWidget *>(u"ladder"_s);
        if (!ladder || window.isModal())
            return; // not one of the two windows
        ++windows;
        for (QAction *action : window.findChildren<QAction *>()) {
            if (action->text().remove(u'&') == u"Hold Accept")
                action->trigger();
        }
        const auto &pages = *window.findChild<QWidget *>(u"pages"_s);
        window.resize(480, 800);
        TRY_COMPARE(ladder->mapTo(&window, QPoint()).y() < pages.mapTo(&window, QPoint()).y(), true);
        keepPicture(window, u"%1-480-%2"_s.arg(name, family));
        QVERIFY2(ladder->width() > 400, qPrintable(QString::number(ladder->width())));
        QVERIFY(ladder->height() > 80);
        const auto &area = *window.findChild<QScrollArea *>();
        QVERIFY2(area.widget()->width() <= 480, qPrintable(name + u' ' + QString::number(area.widget()->width())));
        QCOMPARE(area.horizontalScrollBar()->maximum(), 0);
        window.resize(1200, 700);
        TRY_COMPARE(ladder->mapTo(&window, QPoint()).x() < pages.mapTo(&window, QPoint()).x(), true);
    });
    QCOMPARE(windows, 2);
}

void TestLayout::comboBoxesAreNamed()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(1));
    client.action(u"Repeat…"_s).trigger();
    int boxes = 0;
    for (const QWidget *window : QApplication::topLevelWidgets()) {
        for (QComboBox *box : window->findChildren<QComboBox *>()) {
            ++boxes;
            const auto labels = QAccessible::queryAccessibleInterface(box)->relations(QAccessible::Label);
            QVERIFY2(!labels.isEmpty(), qPrintable(box->objectName()));
            QVERIFY(!labels.constFirst().first->text(QAccessible::Name).isEmpty());
        }
    }
    QVERIFY(boxes >= 8);
}

QTEST_MAIN(TestLayout)
#include "tst_layout.moc"
