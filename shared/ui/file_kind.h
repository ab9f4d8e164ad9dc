// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>

namespace parley
{

/// What @p name is if it is not a regular file, as the end of a sentence, display-safe: `is a FIFO`, `is a link to
/// /dev/null`. Empty if there is a regular file or nothing. Opens nothing, so that a FIFO holds nobody up.
QString otherThanFile(const QString &name);

} // namespace parley
