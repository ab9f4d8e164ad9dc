// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>

namespace parley
{

/// What stands at @p name that is no regular file, as the end of a sentence, display-safe: `is a FIFO`, `is a link to
/// /dev/null`. Empty where there is a regular file or nothing. Opens nothing, so that a FIFO holds up nobody.
QString otherThanFile(const QString &name);

} // namespace parley
