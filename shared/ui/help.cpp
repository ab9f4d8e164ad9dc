// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/help.h"

#include "shared/ui/placement.h"
#include "shared/ui/table_view.h"

#include <QAction>
#include <QCoreApplication>
#include <QDesktopServices>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QRegularExpression>
#include <QStandardItemModel>
#include <QTextBlock>
#include <QTextBrowser>
#include <QUrl>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Help)
};

/// The README without pictures, which the program does not carry, and without its notes for other programs.
QString handbookText()
{
    QFile file(u":/handbook/README.md"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString text = QString::fromUtf8(file.readAll());
    static const QRegularExpression dropped(u"<!--.*?-->\\n?|^!\\[[^\\]]*\\]\\([^)]*\\)\\n?"_s,
                                            QRegularExpression::MultilineOption
                                                | QRegularExpression::DotMatchesEverythingOption);
    return text.remove(dropped);
}

QStringList partsOf(const QString &handbook)
{
    static const QRegularExpression heading(u"^## (.+)$"_s, QRegularExpression::MultilineOption);
    QStringList parts;
    for (const QRegularExpressionMatch &match : heading.globalMatch(handbook))
        parts.append(match.captured(1));
    return parts;
}

/// `Test your client` → `test-your-client`, as links in the README name it.
QString fragmentOf(const QString &heading)
{
    static const QRegularExpression other(u"[^\\w-]"_s);
    return heading.toLower().replace(u' ', u'-').remove(other);
}

class Handbook : public QTextBrowser
{
public:
    explicit Handbook(QWidget *parent) : QTextBrowser(parent)
    {
        setObjectName(u"handbook"_s);
        setAccessibleName(Texts::tr("Handbook"));
        setOpenLinks(false);
        setMarkdown(handbookText());
        connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl &link) {
            if (link.scheme().startsWith(u"http"))
                QDesktopServices::openUrl(link);
            else if (link.hasFragment())
                goTo(link.fragment());
        });
    }

    /// Shows the part from its heading on.
    void goTo(const QString &fragment)
    {
        for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
            if (block.blockFormat().headingLevel() == 0 || fragmentOf(block.text()) != fragment)
                continue;
            moveCursor(QTextCursor::End); // so that the heading comes to the top
            setTextCursor(QTextCursor(block));
            return;
        }
    }
};

/// A dialog that stays beside the window.
QDialog *makeDialog(QWidget &window, const QString &title, const QString &objectName)
{
    auto *dialog = new QDialog(&window);
    dialog->setObjectName(objectName);
    dialog->setWindowTitle(title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    new QVBoxLayout(dialog);
    return dialog;
}

void showDialog(QDialog &dialog, QSize size)
{
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    dialog.layout()->addWidget(buttons);
    dialog.resize(usualSize(dialog, size));
    bringInside(dialog);
    dialog.show();
}

void showHandbook(QMainWindow &window, const QString &part)
{
    auto *handbook =
        static_cast<Handbook *>(window.findChild<QTextBrowser *>(u"handbook"_s)); // it has no meta-object of its own
    if (!handbook) {
        QDialog *dialog = makeDialog(window, Texts::tr("Handbook – Parley"), u"handbookWindow"_s);
        dialog->setAttribute(Qt::WA_DeleteOnClose, false); // laid out once
        dialog->layout()->addWidget(handbook = new Handbook(dialog));
        showDialog(*dialog, {760, 600});
    }
    handbook->window()->show();
    handbook->window()->raise();
    handbook->window()->activateWindow();
    handbook->setFocus();
    if (part.isEmpty())
        handbook->moveCursor(QTextCursor::Start);
    else
        handbook->goTo(fragmentOf(part));
}

void addShortcuts(QStandardItemModel &model, const QMenu &menu, const QString &path)
{
    for (const QAction *action : menu.actions()) {
        const QString text = action->text().remove(u'&');
        if (const QMenu *inner = action->menu())
            addShortcuts(model, *inner, path + text + u" → "_s);
        for (const QKeySequence &key : action->shortcuts())
            model.appendRow(
                {new QStandardItem(key.toString(QKeySequence::NativeText)), new QStandardItem(path + text)});
    }
}

/// All keys that the menus have at this moment, and the ones that belong to no menu.
void showShortcuts(QMainWindow &window)
{
    QDialog *dialog = makeDialog(window, Texts::tr("Keyboard Shortcuts – Parley"), u"shortcutsWindow"_s);
    auto *model = new QStandardItemModel(0, 2, dialog);
    model->setHorizontalHeaderLabels({Texts::tr("Key"), Texts::tr("What it does")});
    for (const QAction *menu : window.menuBar()->actions())
        addShortcuts(*model, *menu->menu(), menu->text().remove(u'&') + u" → "_s);
    const std::pair<QKeySequence, QString> others[]{
        {Qt::Key_Return, Texts::tr("In a field: connects, listens or sends; on a row: shows its ladder")},
        {Qt::Key_Escape, Texts::tr("In the filter: clears it")},
        {Qt::Key_Up, Texts::tr("In the line to send: brings back an earlier one")},
        {Qt::SHIFT | Qt::Key_F1, Texts::tr("Explains the field that has the focus")},
    };
    for (const auto &[key, meaning] : others)
        model->appendRow({new QStandardItem(key.toString(QKeySequence::NativeText)), new QStandardItem(meaning)});
    auto *table = new TableView;
    table->setObjectName(u"shortcuts"_s);
    table->setAccessibleName(Texts::tr("Keyboard shortcuts"));
    table->setModel(model);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setColumnRoom(0, 18);
    table->horizontalHeader()->setStretchLastSection(true);
    dialog->layout()->addWidget(table);
    showDialog(*dialog, {560, 480});
}

void showAbout(QMainWindow &window)
{
    QDialog *dialog = makeDialog(window, Texts::tr("About Parley"), u"aboutWindow"_s);
    auto *text = new QLabel(
        Texts::tr("<h3>Parley %1</h3>"
                  "<p>A server and a client that show what the socket calls do.</p>"
                  "<p>© 2026 The Parley developers. Parley is free software under the MIT licence: it may be used, "
                  "changed and passed on, without any warranty.</p>"
                  "<p>It uses Qt %2 under the GNU Lesser General Public License, version 3 (LGPL-3.0-only).</p>")
            .arg(QLatin1StringView(PARLEY_VERSION), QString::fromLatin1(qVersion())));
    text->setObjectName(u"about"_s);
    text->setAccessibleName(Texts::tr("About Parley"));
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    dialog->layout()->addWidget(text);
    showDialog(*dialog, {460, 220});
}

} // namespace

void addHelpActions(QMenu &menu, QMainWindow &window)
{
    menu.addAction(Texts::tr("&Handbook"), Qt::Key_F1, &window, [&window] { showHandbook(window, {}); });
    QMenu *parts = menu.addMenu(Texts::tr("&Parts of the Handbook"));
    QObject::connect(parts, &QMenu::aboutToShow, parts, [parts, &window] {
        if (!parts->isEmpty())
            return; // the README is read only when somebody asks for it
        for (const QString &part : partsOf(handbookText()))
            parts->addAction(part, &window, [&window, part] { showHandbook(window, part); });
    });
    menu.addAction(Texts::tr("&Keyboard Shortcuts"), &window, [&window] { showShortcuts(window); });
    menu.addSeparator();
    menu.addAction(Texts::tr("&About Parley"), &window, [&window] { showAbout(window); });
}

} // namespace parley
