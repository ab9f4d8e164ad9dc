// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/history/attempt.h"

#include <QDateTime>

#include <deque>

class QIODevice;

namespace parley
{

/// Writes the client's history as CSV: a header, then a line for each of @p attempts. @p start is the wall clock at the
/// start of their stream. Columns: README, "CSV".
void writeHistory(QIODevice &device, const std::deque<Attempt> &attempts, const QDateTime &start);

} // namespace parley
