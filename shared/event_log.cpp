// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event_log.h"

#include "shared/event_json.h"

#include <QIODevice>

namespace parley
{

void writeEventLog(QIODevice &device, const EventLog &log)
{
    device.write(startToJson(log.program, log.start, log.omitted));
    for (const Event &event : log.events)
        device.write(eventToJson(event, log.start.addMSecs(event.time / 1'000'000)));
}

} // namespace parley
