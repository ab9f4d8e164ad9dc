// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QSize>

class QScrollArea;
class QWidget;

namespace parley
{

/// @p usual (pixels, for a font of usual size) in proportion to @p window's font, so that its tables show as much.
QSize usualSize(const QWidget &window, QSize usual);

/// Makes @p window as small, and moves it as far, as it takes to lie inside its screen, with its frame. To be called
/// before it is first shown.
void bringInside(QWidget &window);

/// Shows @p content whole where there is room, and scrolls it where there is less than it needs.
QScrollArea *scrollable(QWidget *content);

/// Which half of the screen a window takes when both programs are started together.
enum class Half { Left, Right };

/// Whether the programs were started as a pair (`PARLEY_PAIR` in the environment, as run.sh sets it).
bool isOfPair();
/// Puts @p window into that half of its screen.
void takeHalf(QWidget &window, Half half);

} // namespace parley
