// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"
#include "shared/event/wall_clock.h"

#include <vector>

class QIODevice;

namespace parley
{

/// The events that a window has kept of its stream, to be saved: a value, which another thread may write.
struct EventLog
{
    QByteArray program;        ///< that wrote the events: `parley-server`
    WallClock wallClock;       ///< of the stream
    std::vector<Event> events; ///< in any order
    quint64 omitted = 0;       ///< events of the stream that are no longer kept, or never came
};

/// Writes @p log as the JSON Lines that --json prints, in the order in which the events happened. The first line also
/// says how many events are omitted. The caller asks @p device whether it took everything (QSaveFile::commit()).
void writeEventLog(QIODevice &device, const EventLog &log);

} // namespace parley
