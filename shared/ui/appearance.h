// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QColor>
#include <QFont>
#include <QString>

class QMenu;
class QPalette;

namespace parley
{

/// How the windows look: as the system says, or light or dark by the user's choice. Qt 6.4 has no such switch, and no
/// dark palette without a desktop's platform theme.
enum class Appearance { System, Light, Dark };

/// The value as the settings keep it, and back. An unknown text gives System.
QString appearanceName(Appearance appearance);
Appearance appearanceFromName(const QString &name);

/// To be called once the application exists, before the first applyAppearance().
void rememberSystemAppearance();
void applyAppearance(Appearance appearance);
/// The edge of fields, boxes and buttons with this palette. Against all that it parts, its contrast is at least 3:1
/// (WCAG 2.1, 1.4.11).
QColor edgeColour(const QPalette &palette);
Appearance currentAppearance();
/// @p font in another size, whether its own is given in points or in pixels.
QFont scaled(QFont font, double factor);

/// Adds the choice to @p menu.
void addAppearanceActions(QMenu &menu);

} // namespace parley
