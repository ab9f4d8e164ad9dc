// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

namespace parley
{

class EventStream;
class FileSaver;
class Journal;

/// Asks for a file and saves in it, as JSON Lines, what @p journal keeps of @p stream. All three outlive the dialog.
void saveLog(FileSaver &saver, const EventStream &stream, const Journal &journal);

} // namespace parley
