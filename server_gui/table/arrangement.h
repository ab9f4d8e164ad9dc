// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/table/connection_store.h"
#include "server_gui/table/page_allocator.h"
#include "shared/thread/worker.h"

#include <QObject>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

namespace parley
{

/// Which connections a table lists, and in what order.
struct Arrangement
{
    QString filter;                                 ///< as ConnectionFilter reads it; empty: no filter
    std::optional<ConnectionRecord::Column> column; ///< to sort by; none: in the order of arrival
    Qt::SortOrder order = Qt::AscendingOrder;

    bool isSorted() const { return column.has_value(); }
    bool isAsArrived() const { return !isSorted() && filter.isEmpty(); }
    friend bool operator==(const Arrangement &, const Arrangement &) = default;
};

/// Serial numbers of the listed records, in the order of the list.
using Serials = PageVector<ConnectionStore::Serial>;

/// Arranges a million records on a thread of its own: one request at a time, the newest.
class Arranger : public QObject
{
    Q_OBJECT

public:
    explicit Arranger(QObject *parent = nullptr);
    /// Waits for the request under way, a fraction of a second at most.
    ~Arranger() override;

    /// Cancels the request under way and starts a new one. Ends with finished(), unless it is cancelled.
    /// @param now for the durations of open connections: ns since the stream's start.
    void start(const ConnectionStore &records, const Arrangement &arrangement, qint64 now);
    void cancel();
    bool isRunning() const { return request_ != nullptr; }

Q_SIGNALS:
    /// @param listing may be moved from.
    /// @param end the serial number after the last record of the snapshot.
    /// @param took how long the thread worked.
    void finished(parley::Serials &listing, parley::ConnectionStore::Serial end, std::chrono::nanoseconds took);

private:
    struct Request
    {
        const ConnectionStore records;
        const Arrangement arrangement;
        const qint64 now;
        Serials listing = {};
        std::chrono::nanoseconds took{};
        std::atomic<bool> cancelled = false;
    };

    static void run(Request &request);

    std::shared_ptr<Request> request_; // the one under way
    Worker worker_;
};

} // namespace parley
