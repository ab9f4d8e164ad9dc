// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_log.h"

#include "shared/event/event_json.h"

#include <QIODevice>

#include <algorithm>

namespace parley
{

void writeEventLog(QIODevice &device, const EventLog &log)
{
    device.write(startToJson(log.program, log.wallClock.at(0), log.omitted));
    std::vector<const Event *> events;
    events.reserve(log.events.size());
    for (const Event &event : log.events)
        events.push_back(&event);
    std::stable_sort(events.begin(), events.end(),
                     [](const Event *left, const Event *right) { return left->time() < right->time(); });
    for (const Event *event : events)
        device.write(eventToJson(*event, log.wallClock.at(event->time())));
}

} // namespace parley
