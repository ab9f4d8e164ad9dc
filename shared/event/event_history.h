// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"
#include "shared/event/held_bytes.h"

#include <QObject>

#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace parley
{

/// A reader that keeps events, so that a connection can be looked at after the fact: one at a time, by watch().
///
/// The history is bounded, and the oldest events leave first. Three kinds of events do not leave with them: those of
/// the watched connection, those of the listener, and the first calls (without their bytes) of connections that are
/// still open. omission() says what is missing.
///
/// An event costs a copy of 96 bytes and no search; only watch() looks for a connection's events.
class EventHistory : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t MaxEvents = 200'000;             ///< of all connections: about 20 MB
    static constexpr qint64 MaxPayload = 64 * 1024 * 1024;        ///< bytes held by them; shared ones count once
    static constexpr std::size_t MaxWatchedEvents = 100'000;      ///< of the watched connection
    static constexpr qint64 MaxWatchedPayload = 64 * 1024 * 1024; ///< bytes held by these; shared ones count once
    static constexpr std::size_t MaxListenerEvents = 10'000;
    static constexpr std::size_t MaxOpen = 100'000;      ///< connections that count as open: about 5 MB
    static constexpr std::size_t MaxBeginning = 16;      ///< first events of a connection that is still open
    static constexpr std::size_t MaxBeginnings = 50'000; ///< first events of all of them: about 5 MB

    explicit EventHistory(QObject *parent = nullptr);

    void read(const EventBatch &batch);
    /// Looks at @p connection from now on; 0 for the listener. @p began: when it did (ns, as Event::time()), where that
    /// was before its first event.
    void watch(quint64 connection, std::optional<qint64> began = {});

    quint64 watched() const { return watched_; }
    /// The events of the watched connection, in order.
    const std::vector<Event> &events() const { return watched_ == 0 ? listener_.events : track_.events; }
    /// When the watched connection began, in ns: what its times are counted from. Not before its first event.
    qint64 began() const { return began_.value_or(events().front().time() - events().front().duration()); }
    /// The listener's events, whatever is watched.
    const std::vector<Event> &listenerEvents() const { return listener_.events; }
    /// A copy of all kept events, of all connections and of the listener, in no order.
    std::vector<Event> everything() const;
    /// How many events there were in all, lost ones included.
    quint64 total() const { return total_; }
    /// A sentence that says what is missing of the watched connection; empty if nothing is.
    QString omission() const;

Q_SIGNALS:
    /// events() has changed as a whole.
    void reset();
    /// events() has more at its end.
    void grown();

private:
    /// The events of one connection, with bounds of their own.
    struct Track
    {
        std::vector<Event> events;
        HeldBytes payload;
        quint64 removed = 0;       // events that were here once
        std::size_t beginning = 0; // events that were kept longer than those that came after them
        bool torn = false;         // events are missing that nobody counted
    };

    static bool append(Track &track, const Event &event, std::size_t maxEvents);
    void keep(const Event &event);
    void dropOldest();

    std::deque<Event> events_;  // of all connections but the listener
    HeldBytes payload_;         // the bytes that they hold
    quint64 newestDropped_ = 0; // the highest number of a connection of which an event has left
    qint64 firstLoss_ = -1;     // ns: between these times the stream lost events on their way
    qint64 lastLoss_ = -1;

    quint64 total_ = 0;

    std::set<quint64> open_;                                     // connections whose end was not read
    std::unordered_map<quint64, std::vector<Event>> beginnings_; // of connections that are open, or whose end is kept
    std::size_t beginningsSize_ = 0;                             // events

    Track listener_;
    Track track_;
    quint64 watched_ = 0;
    std::optional<qint64> began_; // of the watched connection, where it is told
};

} // namespace parley
