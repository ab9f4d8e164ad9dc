// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/menus.h"

#include "shared/ui/help.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QCoreApplication>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QPixmap>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Menus)
};

constexpr const char *Note = "parleyMenu";

} // namespace

Menus::Menus(QMainWindow &window)
    : file(window.menuBar()->addMenu(Texts::tr("&File"))), edit(window.menuBar()->addMenu(Texts::tr("&Edit"))),
      connection(window.menuBar()->addMenu(Texts::tr("&Connection"))),
      view(window.menuBar()->addMenu(Texts::tr("&View"))), help(window.menuBar()->addMenu(Texts::tr("&Help")))
{
    addHelpActions(*help, window);
}

void setMenuOf(QAction &action, MenuOf menu)
{
    action.setProperty(Note, static_cast<int>(menu));
}

MenuOf menuOf(const QAction &action)
{
    return static_cast<MenuOf>(action.property(Note).toInt());
}

void addEncodingActions(QMenu &menu, TextEncoding current, const std::function<void(TextEncoding)> &choose)
{
    auto *group = new QActionGroup(&menu);
    for (const TextEncoding encoding : textEncodings()) {
        QAction *action = menu.addAction(encodingName(encoding));
        action->setCheckable(true);
        action->setChecked(encoding == current);
        group->addAction(action);
        QObject::connect(action, &QAction::triggered, action, [choose, encoding] { choose(encoding); });
    }
    choose(current);
}

void addCopyPicture(QWidget &widget)
{
    widget.addAction(Texts::tr("&Copy Picture"), &widget,
                     [&widget] { QApplication::clipboard()->setPixmap(widget.grab()); });
    widget.setContextMenuPolicy(Qt::ActionsContextMenu);
}

} // namespace parley
