// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_history.h"

#include <QLocale>

#include <algorithm>

namespace parley
{

EventHistory::EventHistory(QObject *parent) : QObject(parent) {}

void EventHistory::read(const EventBatch &batch)
{
    total_ += batch.events.size() + batch.dropped;
    bool grew = false;
    bool wasCut = false;
    for (const Event &event : batch.events) {
        if (event.connection() == 0) {
            wasCut |= append(listener_, event, MaxListenerEvents) && watched_ == 0;
        } else {
            keep(event);
            if (event.connection() == watched_)
                wasCut |= append(track_, event, MaxWatchedEvents);
        }
        grew |= event.connection() == watched_;
    }
    if (batch.dropped > 0 && !batch.events.empty()) {
        // Somewhere between the last event that was delivered and the last of these.
        if (firstLoss_ < 0)
            firstLoss_ = batch.events.front().time();
        lastLoss_ = batch.events.back().time();
    }
    while (!events_.empty() && (events_.size() > MaxEvents || payload_.size() > MaxPayload))
        dropOldest();
    if (wasCut)
        Q_EMIT reset();
    else if (grew)
        Q_EMIT grown();
}

void EventHistory::keep(const Event &event)
{
    if (event.call() == Call::Accept || event.call() == Call::Socket)
        open_.insert(open_.end(), event.connection());
    else if (event.call() == Call::End)
        open_.erase(event.connection());
    if (open_.size() > MaxOpen) { // the ends of some were lost on their way
        const auto known = beginnings_.find(*open_.begin());
        if (known != beginnings_.end()) {
            beginningsSize_ -= known->second.size();
            beginnings_.erase(known);
        }
        open_.erase(open_.begin());
    }
    payload_.add(event.heldBytes());
    events_.push_back(event);
}

void EventHistory::dropOldest()
{
    Event &event = events_.front();
    payload_.remove(event.heldBytes());
    newestDropped_ = std::max(newestDropped_, event.connection());
    const auto known = beginnings_.find(event.connection());
    if (known != beginnings_.end() && event.call() == Call::End) {
        beginningsSize_ -= known->second.size();
        beginnings_.erase(known);
    } else if (beginningsSize_ < MaxBeginnings && (known != beginnings_.end() || open_.contains(event.connection()))) {
        std::vector<Event> &beginning = known != beginnings_.end() ? known->second : beginnings_[event.connection()];
        if (beginning.size() < MaxBeginning) {
            event.dropPayload();
            beginning.push_back(std::move(event));
            ++beginningsSize_;
        }
    }
    events_.pop_front();
}

/// Returns whether older events had to go.
bool EventHistory::append(Track &track, const Event &event, std::size_t maxEvents)
{
    track.events.push_back(event);
    track.payload.add(event.heldBytes());
    if (track.events.size() <= maxEvents && track.payload.size() <= MaxWatchedPayload)
        return false;
    // A tenth more at once: each time, those who show them begin anew.
    const std::size_t mostEvents = track.events.size() > maxEvents ? maxEvents - maxEvents / 10 : maxEvents;
    const qint64 mostPayload =
        track.payload.size() > MaxWatchedPayload ? MaxWatchedPayload - MaxWatchedPayload / 10 : MaxWatchedPayload;
    std::size_t count = 0;
    while (track.events.size() - count > mostEvents || track.payload.size() > mostPayload) {
        track.payload.remove(track.events[count].heldBytes());
        ++count;
    }
    track.events.erase(track.events.begin(), track.events.begin() + static_cast<qsizetype>(count));
    track.removed += count;
    return true;
}

void EventHistory::watch(quint64 connection, std::optional<qint64> began)
{
    if (connection == watched_)
        return;
    watched_ = connection;
    began_ = began;
    track_ = {};
    if (connection != 0) {
        if (const auto known = beginnings_.find(connection); known != beginnings_.end())
            for (const Event &event : known->second)
                append(track_, event, MaxWatchedEvents);
        track_.beginning = track_.events.size();
        const bool isWhole = track_.beginning > 0 && track_.beginning < MaxBeginning && beginningsSize_ < MaxBeginnings;
        track_.torn = connection <= newestDropped_ && !isWhole;
        for (const Event &event : events_) {
            if (event.connection() == connection)
                append(track_, event, MaxWatchedEvents);
        }
    }
    Q_EMIT reset();
}

std::vector<Event> EventHistory::everything() const
{
    std::vector<Event> all = listener_.events;
    all.reserve(all.size() + beginningsSize_ + events_.size());
    for (const auto &beginning : beginnings_)
        all.insert(all.end(), beginning.second.begin(), beginning.second.end());
    all.insert(all.end(), events_.begin(), events_.end());
    return all;
}

QString EventHistory::omission() const
{
    const Track &track = watched_ == 0 ? listener_ : track_;
    const QLocale locale;
    if (track.removed > 0)
        return tr("The first %1 events are no longer kept.").arg(locale.toString(track.removed));
    if (track.torn && track.events.empty())
        return tr("Its events are no longer kept: only the last %1 of all connections are.")
            .arg(locale.toString(MaxEvents));
    if (track.torn && track.beginning > 0)
        return tr("Events after the first %1 are no longer kept: only the last %2 of all connections are.")
            .arg(locale.toString(track.beginning), locale.toString(MaxEvents));
    if (track.torn)
        return tr("Earlier events are no longer kept: only the last %1 of all connections are.")
            .arg(locale.toString(MaxEvents));
    const bool mayLack = firstLoss_ >= 0 && !track.events.empty() && track.events.front().time() <= lastLoss_
                         && track.events.back().time() >= firstLoss_;
    if (mayLack)
        return tr("Some calls may be missing: there were more events at once than this window could take.");
    return {};
}

} // namespace parley
