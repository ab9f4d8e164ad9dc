// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat_window/repeat_window.h"
#include "shared/ui/limits_dialog.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QAbstractSpinBox>
#include <QAccessible>
#include <QCheckBox>
#include <QHeaderView>
#include <QLabel>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QTranslator>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

constexpr QSize SmallScreen{1280, 800};
constexpr int LayoutPatience = 20'000; // ms; a guard, not a measure of speed

/// A language in which everything takes half as much room again.
class LongLanguage : public QTranslator
{
public:
    LongLanguage() { QCoreApplication::installTranslator(this); } // until it goes
    bool isEmpty() const override { return false; }
    QString translate(const char *context, const char *text, const char *, int) const override
    {
        QString translation = QString::fromUtf8(text);
        if (*context == 'Q') // Qt's own: names of keys among them
            return translation;
        for (qsizetype more = translation.size() / 2; more > 0; more -= WordLength)
            translation += QString(std::min(more, WordLength) - 1, u'e') + u'é';
        return translation;
    }

private:
    static constexpr qsizetype WordLength = 12;
};

QString textOf(const QWidget &widget)
{
    return widget.objectName() + u" “"_s + widget.property("text").toString() + u'”';
}

/// The widgets of @p window that have less room than they ask for; there should be none.
QStringList cramped(const QWidget &window)
{
    QStringList found;
    const auto check = [&](const QWidget &widget, QSize wanted) {
        if (widget.width() < wanted.width() || widget.height() < wanted.height())
            found.append(textOf(widget));
    };
    for (const QWidget *widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisibleTo(&window) || widget->sizePolicy().horizontalPolicy() == QSizePolicy::Ignored)
            continue;
        if (const auto *label = qobject_cast<const QLabel *>(widget)) {
            const bool wraps = label->wordWrap();
            check(*label, wraps ? QSize(0, label->heightForWidth(label->width())) : label->sizeHint());
        } else if (qobject_cast<const QPushButton *>(widget) || qobject_cast<const QCheckBox *>(widget)
                   || qobject_cast<const QToolButton *>(widget) || qobject_cast<const QTabBar *>(widget)) {
            check(*widget, qobject_cast<const QTabBar *>(widget) ? widget->minimumSizeHint() : widget->sizeHint());
        } else if (const auto *header = qobject_cast<const QHeaderView *>(widget);
                   header && header->orientation() == Qt::Horizontal) {
            const QAbstractItemModel &model = *header->model();
            for (int column = 0; column < header->count(); ++column) {
                const QString title = model.headerData(column, Qt::Horizontal).toString();
                if (header->sectionSize(column) < header->sectionSizeHint(column))
                    found.append(title);
            }
        } else if (const auto *tree = qobject_cast<const QTreeWidget *>(widget)) {
            for (int row = 0; row < tree->topLevelItemCount(); ++row) {
                const QString text = tree->topLevelItem(row)->text(0);
                if (tree->columnWidth(0) <= tree->fontMetrics().horizontalAdvance(text))
                    found.append(text);
            }
        }
    }
    return found;
}

/// The widgets that do not fit once the window is laid out on a small screen.
QString misfit(QWidget &window)
{
    window.resize(SmallScreen);
    QCoreApplication::processEvents(); // layouts are made anew
    QStringList found = cramped(window);
    if (window.width() > SmallScreen.width() || window.height() > SmallScreen.height())
        found.append(u"the window, %1 × %2"_s.arg(window.width()).arg(window.height()));
    return found.join(u", "_s);
}

/// Saves a picture for people to look at.
void keepPicture(QWidget &window, const QString &name)
{
    if (const QString folder = qEnvironmentVariable("PARLEY_KEEP_PICTURES"); !folder.isEmpty())
        window.grab().save(folder + u'/' + name + u".png"_s);
}

} // namespace

/// Waits until everything in the window fits, for a text that came just now may not be laid out yet.
#define VERIFY_FITS(window, picture)                                                                                   \
    do {                                                                                                               \
        QString found;                                                                                                 \
        const bool fits = QTest::qWaitFor([&] { return (found = misfit(window)).isEmpty(); }, LayoutPatience);         \
        keepPicture(window, picture);                                                                                  \
        QVERIFY2(fits, qPrintable(found));                                                                             \
    } while (false)

/// The windows' texts: there is room for them in other languages, and each field has one.
class TestTexts : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void serverWithLongTexts_data();
    void serverWithLongTexts();
    void connectionWithLongTexts();
    void limitsWithLongTexts();
    void clientWithLongTexts();
    void repeatWithLongTexts();
    void fieldsAreExplained();
};

void TestTexts::serverWithLongTexts_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<QString>("picture");
    QTest::newRow("TCP") << Transport::Tcp << u"server-tcp"_s;
    QTest::newRow("UDP") << Transport::Udp << u"server-udp"_s;
    QTest::newRow("Unix") << Transport::Unix << u"server-unix"_s;
}

void TestTexts::serverWithLongTexts()
{
    const LongLanguage language;
    QFETCH(const Transport, transport);
    QFETCH(const QString, picture);
    ServerOptions options = listening();
    options.transport = transport;
    options.path = u"@parley-texts-%1"_s.arg(QCoreApplication::applicationPid());
    const ServerProgram server(options);
    TRY_MATCH(server.text(u"reachability"_s), u"Reachable.*"_s);
    VERIFY_FITS(server.window(), picture);
    server.child<QToolButton>(u"details"_s).setChecked(true);
    VERIFY_FITS(server.window(), picture + u"-details"_s);
    for (QAction *action : server.window().findChildren<QAction *>()) {
        if (action->shortcut() == QKeySequence(Qt::CTRL | Qt::Key_H))
            action->trigger();
    }
    TRY_COMPARE(server.child(u"acceptQueue"_s).isVisible(), true);
    VERIFY_FITS(server.window(), picture + u"-held"_s);
    server.click(u"listen"_s);
    TRY_MATCH(server.text(u"status"_s), u"Not listening.*"_s);
    VERIFY_FITS(server.window(), picture + u"-stopped"_s);
}

/// With everything that a connection brings: texts about it, and commands for it.
void TestTexts::connectionWithLongTexts()
{
    const LongLanguage language;
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
    const ServerProgram server(options);
    const auto peer = RawSocket::connectedTo("127.0.0.1", portOf(server));
    TRY_COMPARE(server.rows(u"connections"_s), 1);
    server.child<QToolButton>(u"details"_s).setChecked(true);
    server.child<QTableView>(u"connections"_s).selectRow(0);
    TRY_COMPARE(server.child(u"converse"_s).isVisible(), true);
    auto &pages = server.child<QTabWidget>(u"pages"_s);
    for (int page = 0; page < pages.count(); ++page) {
        pages.setCurrentIndex(page);
        VERIFY_FITS(server.window(), u"server-page-%1"_s.arg(page));
    }
    // A second server finds the port taken: the notice has a long sentence and a button.
    ServerOptions taken = listening();
    taken.port = QString::number(portOf(server));
    const ServerProgram second(taken);
    TRY_MATCH(second.notice(), u"Cannot listen .*"_s);
    VERIFY_FITS(second.window(), u"server-refused"_s);
}

void TestTexts::limitsWithLongTexts()
{
    const LongLanguage language;
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(1));
    for (QWidget *window : {static_cast<QWidget *>(&server.window()), static_cast<QWidget *>(&client.window())}) {
        for (QAction *action : window->findChildren<QAction *>()) {
            if (action->text().remove(u'&').startsWith(u"Limits…"))
                action->trigger();
        }
        auto *dialog = window->findChild<LimitsDialog *>();
        QVERIFY(dialog && QTest::qWaitForWindowExposed(dialog));
        const QStringList found = cramped(*dialog);
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u", "_s)));
        QVERIFY(dialog->width() <= SmallScreen.width() && dialog->height() <= SmallScreen.height());
    }
}

void TestTexts::clientWithLongTexts()
{
    const LongLanguage language;
    const auto listener = RawSocket::listening();
    ClientOptions options = connectingTo(listener.localPort());
    options.connectAtOnce = true;
    const ClientProgram client(options);
    VERIFY_FITS(client.window(), u"client-empty"_s);
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    auto peer = listener.accept();
    QVERIFY(peer.send("Hello World!"));
    TRY_COMPARE(client.child(u"converse"_s).isVisible(), true);
    client.child<QToolButton>(u"details"_s).setChecked(true);
    VERIFY_FITS(client.window(), u"client-stays"_s);
    peer.close();
    TRY_COMPARE(client.child(u"converse"_s).isVisible(), false);
    VERIFY_FITS(client.window(), u"client-complete"_s);

    const auto nobody = RawSocket::bound();
    client.type(u"port"_s, QString::number(nobody.localPort()));
    client.click(u"connect"_s);
    TRY_MATCH(client.notice(), u".*refused the connection.*"_s);
    VERIFY_FITS(client.window(), u"client-refused"_s);
}

void TestTexts::repeatWithLongTexts()
{
    const LongLanguage language;
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(portOf(server)));
    for (QAction *action : client.window().findChildren<QAction *>()) {
        if (action->shortcut() == QKeySequence(Qt::CTRL | Qt::Key_R))
            action->trigger();
    }
    auto *repeat = client.window().findChild<RepeatWindow *>();
    QVERIFY(repeat && QTest::qWaitForWindowExposed(repeat));
    VERIFY_FITS(*repeat, u"repeat-empty"_s);
    repeat->start();
    TRY_COMPARE(server.rows(u"connections"_s) > 0, true);
    VERIFY_FITS(*repeat, u"repeat-run"_s);
}

/// A tool tip, the description for a screen reader, and Shift+F1 explain each field.
void TestTexts::fieldsAreExplained()
{
    const ServerProgram server(listening());
    const ClientProgram client(connectingTo(1));
    const auto descriptionOf = [](QWidget &widget) {
        return QAccessible::queryAccessibleInterface(&widget)->text(QAccessible::Description);
    };
    for (QWidget *window : {static_cast<QWidget *>(&server.window()), static_cast<QWidget *>(&client.window())}) {
        for (QWidget *widget : window->findChildren<QWidget *>()) {
            const bool isField = qobject_cast<QLineEdit *>(widget) || qobject_cast<QComboBox *>(widget)
                                 || qobject_cast<QCheckBox *>(widget) || qobject_cast<QAbstractSpinBox *>(widget)
                                 || qobject_cast<QPushButton *>(widget);
            if (!isField || !widget->isVisible())
                continue;
            QVERIFY2(!descriptionOf(*widget).isEmpty(), qPrintable(textOf(*widget)));
            const QWidget *explained = widget; // or what it is part of
            while (explained != window && explained->whatsThis().isEmpty())
                explained = explained->parentWidget();
            QVERIFY2(explained != window, qPrintable(textOf(*widget)));
        }
    }
    client.window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&client.window()));
    client.field(u"port"_s).setFocus();
    const auto explanation = [] {
        for (QWidget *widget : QApplication::topLevelWidgets()) {
            if (widget->inherits("QWhatsThat") && widget->isVisible())
                return widget;
        }
        return static_cast<QWidget *>(nullptr);
    };
    QVERIFY(!explanation());
    QTest::keyClick(&client.field(u"port"_s), Qt::Key_F1, Qt::ShiftModifier);
    TRY_COMPARE(explanation() != nullptr, true);
    explanation()->close();
}

QTEST_MAIN(TestTexts)
#include "tst_texts.moc"
