// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

class QIODevice;

namespace parley
{

class ConnectionStore;
class WallClock;

/// Writes the server's connections as CSV: a header, then a line for each of @p records. @p clock is the wall
/// clock of their stream. Columns: README, "CSV". May run on another thread than the one that @p records are
/// destroyed on.
void writeConnections(QIODevice &device, const ConnectionStore &records, const WallClock &clock);

} // namespace parley
