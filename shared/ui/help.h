// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

class QMainWindow;
class QMenu;

namespace parley
{

/// Adds to @p menu: the handbook (the README, which the program carries) as a whole and by its parts, the keyboard
/// shortcuts of @p window, and About.
void addHelpActions(QMenu &menu, QMainWindow &window);

} // namespace parley
