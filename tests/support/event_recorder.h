// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event_stream.h"

#include <QByteArrayList>

#include <algorithm>
#include <optional>
#include <vector>

namespace parley::test
{

/// A reader of an event stream that keeps all it reads.
class EventRecorder : public QObject
{
public:
    explicit EventRecorder(const EventStream &stream)
    {
        connect(&stream, &EventStream::arrived, this, [this](const EventBatch &batch) {
            events.insert(events.end(), batch.events.begin(), batch.events.end());
        });
    }

    /// The first event of @p call on @p connection; none if there is none yet.
    std::optional<Event> find(quint64 connection, Call call) const
    {
        const auto it = std::find_if(events.begin(), events.end(), [&](const Event &event) {
            return event.connection() == connection && event.call() == call;
        });
        return it == events.end() ? std::nullopt : std::optional(*it);
    }

    /// How it ended; None as long as it has not.
    Outcome outcome(quint64 connection) const { return find(connection, Call::End).value_or(Event()).outcome(); }

    qsizetype count(Call call, Outcome outcome = Outcome::None) const
    {
        return std::count_if(events.begin(), events.end(), [&](const Event &event) {
            return event.connection() > 0 && event.call() == call && event.outcome() == outcome;
        });
    }

    /// The names of the calls on @p connection, in order: for comparisons and messages.
    QByteArray calls(quint64 connection) const
    {
        QByteArrayList names;
        for (const Event &event : events) {
            if (event.connection() == connection)
                names.append(callName(event.call()));
        }
        return names.join(' ');
    }

    std::vector<Event> events;
};

} // namespace parley::test
