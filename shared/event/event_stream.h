// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"
#include "shared/event/held_bytes.h"
#include "shared/event/wall_clock.h"
#include "shared/thread/mailbox.h"

#include <QObject>

#include <chrono>
#include <mutex>

class QTimer;

namespace parley
{

/// Carries events from an engine's I/O thread to the readers on the thread that this object lives on.
///
/// Delivery is prompt after a pause, and paced under load, so that a flood costs the readers a few batches a second.
/// In a flood a window's pace is slower still: a user who looks at a table sees no difference, and painting the table
/// is what costs a window most.
///
/// The events that wait for delivery are bounded. A reader that stalls longer than the bounds last loses events, and
/// learns how many (EventBatch::dropped): first the details (all but Accept, Listen and End), then all.
class EventStream : public QObject
{
    Q_OBJECT

public:
    /// From one delivery to the next.
    struct Pace
    {
        std::chrono::milliseconds usual;
        std::chrono::milliseconds inAFlood; ///< after a batch of Flood events
    };
    static constexpr Pace ForWindow{std::chrono::milliseconds(33), std::chrono::milliseconds(100)};
    static constexpr Pace ForOutput{std::chrono::milliseconds(33), std::chrono::milliseconds(33)};
    /// For a reader whose batches cost no more than their events do.
    static constexpr Pace AtOnce{std::chrono::milliseconds(0), std::chrono::milliseconds(0)};
    static constexpr std::size_t Flood = 1'000;                   ///< events
    static constexpr std::size_t MaxPendingDetails = 250'000;     ///< events; a quarter of a second under full load
    static constexpr std::size_t MaxPendingEvents = 1'000'000;    ///< events; about 100 MB
    static constexpr qint64 MaxPendingPayload = 64 * 1024 * 1024; ///< bytes held by waiting events

    explicit EventStream(Pace pace = ForWindow, QObject *parent = nullptr);

    /// What becomes of the bytes that a call moved. The event tells how many there were in any case.
    enum class Bytes : std::uint8_t {
        Kept,
        Spared,  ///< left out while the stream is crowded, unless waiting events hold them anyway
        LeftOut, ///< no reader shows them: whoever received them can use their memory again
    };
    /// For all events, where no reader shows more than the calls. Before the first is written.
    void leaveOutBytes() { leavesOutBytes_ = true; }
    /// Thread-safe. Fills in the time.
    void write(Event event, Bytes bytes = Bytes::Kept);

    /// Whether so much payload waits that a writer should pause if it can. Thread-safe.
    bool isCrowded();

    /// Delivers the waiting events at once. On this object's thread.
    void flush();

    /// ns since the stream's start, monotonic. Thread-safe.
    qint64 now() const;
    /// The wall clock when @p time was taken, by an event or by now(). Thread-safe.
    QDateTime wallClock(qint64 time) const;
    /// The same for all times that were taken so far. Thread-safe.
    WallClock wallClock() const;

Q_SIGNALS:
    void arrived(const parley::EventBatch &batch);

private:
    qint64 look() const;
    void scheduleDelivery();
    bool leavesOut(const Event &event, Bytes bytes) const;
    bool isCrowdedWith(qint64 payload) const;

    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();

    mutable std::mutex mutex_;
    mutable WallClock wallClock_; // guarded by mutex_
    EventBatch pending_;          // guarded by mutex_
    HeldBytes payload_;           // guarded by mutex_: of pending_
    bool scheduled_ = false;      // guarded by mutex_: a delivery is on its way
    Mailbox mailbox_;

    bool leavesOutBytes_ = false;
    const Pace pace_;
    std::chrono::milliseconds pause_ = pace_.usual; // until the next delivery
    QTimer *const timer_;
    std::chrono::steady_clock::time_point lastDelivery_{};
};

} // namespace parley
