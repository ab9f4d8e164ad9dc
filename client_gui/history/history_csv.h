// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/history/attempt.h"

#include <deque>

class QIODevice;

namespace parley
{

class WallClock;

/// Writes the client's history as CSV: a header, then a line for each of @p attempts. @p clock is the wall clock
/// of their stream. Columns: README, "CSV".
void writeHistory(QIODevice &device, const std::deque<Attempt> &attempts, const WallClock &clock);

} // namespace parley
