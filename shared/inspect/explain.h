// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QString>

namespace parley
{

class Ladder;

/// What a row of a ladder is about: what the call does, its parameters with the values used here and its result, and
/// the socket it was made on; of what is inferred, from what. Plain text of several paragraphs, safe to show whatever a
/// peer sent.
QString explain(const Ladder &ladder, int row);

} // namespace parley
