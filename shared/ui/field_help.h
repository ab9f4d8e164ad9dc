// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QWidget>

namespace parley
{

/// Explains @p field in a sentence or two: as its tool tip, as its description for a screen reader (unless it has one
/// of its own), and on Shift+F1.
inline void explainField(QWidget &field, const QString &meaning)
{
    field.setToolTip(meaning);
    field.setWhatsThis(meaning);
}

} // namespace parley
