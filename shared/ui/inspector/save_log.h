// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

namespace parley
{

class EventStream;
class FileSaver;
class EventHistory;

/// Asks for a file and saves in it, as JSON Lines, what @p history keeps of @p stream. All three outlive the dialog.
void saveLog(FileSaver &saver, const EventStream &stream, const EventHistory &history);

} // namespace parley
