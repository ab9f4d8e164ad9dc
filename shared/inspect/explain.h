// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>

namespace parley
{

class Ladder;

/// Explains a row of a ladder: what the call does, its parameters with the values used here, its result and its socket.
/// For an inferred row it says what the row is inferred from. Plain text of several paragraphs, safe to show whatever
/// a peer sent.
QString explain(const Ladder &ladder, int row);

} // namespace parley
