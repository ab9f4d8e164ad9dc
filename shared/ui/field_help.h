// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QWidget>

namespace parley
{

/// Says what @p field means, in a sentence or two: to who points at it, to a screen reader (Qt's description of what
/// has none of its own), and to who presses Shift+F1 in it.
inline void explainField(QWidget &field, const QString &meaning)
{
    field.setToolTip(meaning);
    field.setWhatsThis(meaning);
}

} // namespace parley
