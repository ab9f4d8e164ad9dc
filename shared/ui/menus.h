// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/message/text_encoding.h"

#include <functional>

class QAction;
class QMainWindow;
class QMenu;
class QWidget;

namespace parley
{

/// The menus of both windows, in the order that KDE and GNOME have them in.
struct Menus
{
    /// Adds them to @p window's menu bar. Help is complete; the window fills the others.
    explicit Menus(QMainWindow &window);

    QMenu *file;
    QMenu *edit;
    QMenu *connection;
    QMenu *view;
    QMenu *help;
};

/// The menu that a command of a part of the window belongs to.
enum class MenuOf { View, File, Edit };

/// Notes where @p action belongs. Without a note that is the View menu.
void setMenuOf(QAction &action, MenuOf menu);
MenuOf menuOf(const QAction &action);

/// Adds the choice of a text encoding to @p menu. @p choose is called once for @p current, and whenever the user has
/// chosen one.
void addEncodingActions(QMenu &menu, TextEncoding current, const std::function<void(TextEncoding)> &choose);

/// Offers to copy what @p widget shows as a picture, in its context menu.
void addCopyPicture(QWidget &widget);

} // namespace parley
