// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/rate_plot.h"
#include "shared/program/start.h"
#include "shared/ui/table_view.h"
#include "tests/support/every_window.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScopeGuard>
#include <QStandardItemModel>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// What a user can read of @p widget, also by pointing at it or by a screen reader.
QStringList textsOf(const QWidget &widget)
{
    QStringList texts{widget.toolTip(), widget.whatsThis(), widget.accessibleName(), widget.accessibleDescription(),
                      widget.windowTitle()};
    for (const char *property : {"text", "placeholderText", "currentText", "specialValueText", "plainText"})
        texts.append(widget.property(property).toString());
    if (const auto *view = qobject_cast<const QAbstractItemView *>(&widget); view && view->model()) {
        const QAbstractItemModel &model = *view->model();
        for (int column = 0; column < model.columnCount(); ++column) {
            texts.append(model.headerData(column, Qt::Horizontal).toString());
            for (int row = 0; row < model.rowCount(); ++row) {
                for (const int role : {int(Qt::DisplayRole), int(Qt::ToolTipRole), int(Qt::AccessibleTextRole)})
                    texts.append(model.index(row, column).data(role).toString());
            }
        }
    }
    texts.removeAll(QString());
    return texts;
}

bool isForeign(QChar c)
{
    return (c.isDigit() && (c < u'0' || c > u'9')) || c == QChar(0x066b) || c == QChar(0x066c) // separators
           || c == QChar(0x061c) || c == QChar(0x200e) || c == QChar(0x200f); // marks of direction, beside signs
}

/// A locale, and a direction, until it goes.
class Arabic
{
public:
    Arabic()
    {
        QLocale::setDefault(QLocale(QLocale::Arabic, QLocale::Egypt));
        chooseLocale(); // as main() does
        QApplication::setLayoutDirection(Qt::RightToLeft);
    }
    ~Arabic()
    {
        QApplication::setLayoutDirection(Qt::LeftToRight);
        QLocale::setDefault(before_);
    }
    Q_DISABLE_COPY_MOVE(Arabic)

private:
    const QLocale before_;
};

} // namespace

/// The windows where numbers are written otherwise, and from right to left.
class TestLocales : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void digits();
    void order();
};

/// The texts are English: so are all numbers among them.
void TestLocales::digits()
{
    const Arabic arabic;
    QStringList foreign;
    int numbers = 0;
    visitEveryWindow([&](QWidget &window, const QString &name) {
        if (window.inherits("QFileDialog"))
            return; // Qt's own
        if (const QString folder = qEnvironmentVariable("PARLEY_KEEP_PICTURES"); !folder.isEmpty())
            window.grab().save(folder + u"/arabic-"_s + QString(name).replace(u'/', u' ') + u".png"_s);
        QList<QWidget *> widgets = window.findChildren<QWidget *>();
        widgets.append(&window);
        for (const QWidget *widget : widgets) {
            if (widget->window() != &window)
                continue;
            for (const QString &text : textsOf(*widget)) {
                numbers += std::ranges::any_of(text, [](QChar c) { return c.isDigit(); }) ? 1 : 0;
                if (std::ranges::any_of(text, isForeign))
                    foreign.append(name + u": "_s + text);
            }
        }
    });
    QCOMPARE(foreign.join(u"\n"_s), QString());
    QVERIFY2(numbers > 200, qPrintable(QString::number(numbers)));
}

/// `1.5 ms` and `0/s`, and not `ms 1.5` and `s/0`: tables and the plot look as they do from left to right.
void TestLocales::order()
{
    const auto pictures = [] {
        QStandardItemModel model(1, 2);
        model.setHorizontalHeaderLabels({u"No."_s, u"Duration"_s});
        model.setItem(0, 0, new QStandardItem(u"12 bytes, complete"_s));
        model.setItem(0, 1, new QStandardItem(u"1.5 ms"_s));
        TableView table;
        table.setModel(&model);
        table.resize(300, 100);
        const EventStream stream;
        RatePlot plot(stream);
        plot.resize(plot.sizeHint());
        if (const QString folder = qEnvironmentVariable("PARLEY_KEEP_PICTURES"); !folder.isEmpty()) {
            table.grab().save(folder + u"/table-%1.png"_s.arg(QApplication::layoutDirection()));
            plot.grab().save(folder + u"/plot-%1.png"_s.arg(QApplication::layoutDirection()));
        }
        return std::pair(table.grab().toImage(), plot.grab().toImage());
    };
    const auto expected = pictures();
    const Arabic arabic;
    const auto drawn = pictures();
    QCOMPARE(drawn.first, expected.first);
    QCOMPARE(drawn.second, expected.second);
}

QTEST_MAIN(TestLocales)
#include "tst_locales.moc"
