// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>

namespace parley
{

/// A value from the user within a sentence: in quotation marks, safe to show, on one line, and no more than its first
/// 80 UTF-16 code units.
QString quoted(const QString &value);

} // namespace parley
