// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QDateTime>

class QIODevice;

namespace parley
{

class ConnectionStore;

/// Writes the server's connections as CSV: a header, then a line for each of @p records. @p start is the wall clock at
/// the start of their stream. Columns: README, "CSV". May run on another thread than the one that @p records are
/// destroyed on.
void writeConnections(QIODevice &device, const ConnectionStore &records, const QDateTime &start);

} // namespace parley
