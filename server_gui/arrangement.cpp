// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/arrangement.h"

#include "server_gui/connection_filter.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <type_traits>

namespace parley
{

namespace
{

using Rows = Serials; // before they are turned into serial numbers

/// The rows that @p text lets through; fewer once @p cancelled is set.
Rows filtered(const ConnectionStore &records, const QString &text, const std::atomic<bool> &cancelled)
{
    ConnectionFilter filter(text);
    const auto count = static_cast<quint32>(records.size());
    Rows rows;
    if (filter.isEmpty()) {
        rows.resize(count);
        std::iota(rows.begin(), rows.end(), 0);
        return rows;
    }
    for (quint32 row = 0; row < count && !cancelled; ++row) {
        if (filter.matches(records.at(static_cast<int>(row))))
            rows.push_back(row);
    }
    return rows;
}

/// Sorts @p rows by a key of each record, and those with equal keys by their numbers. The keys are collected first:
/// a comparison that looked at two records, anywhere in memory, would take ten times as long.
template <typename KeyOf>
void sortBy(KeyOf keyOf, Qt::SortOrder order, const ConnectionStore &records, Rows &rows)
{
    struct Entry
    {
        std::invoke_result_t<KeyOf, const ConnectionRecord &> key;
        quint32 row;
    };
    PageVector<Entry> entries;
    entries.reserve(rows.size());
    for (const quint32 row : rows)
        entries.push_back({keyOf(records.at(static_cast<int>(row))), row});
    std::ranges::sort(entries, [order](const Entry &a, const Entry &b) {
        const auto compared = order == Qt::AscendingOrder ? a.key <=> b.key : b.key <=> a.key;
        return compared != 0 ? compared < 0 : a.row < b.row;
    });
    std::ranges::transform(entries, rows.begin(), &Entry::row);
}

void sortByColumn(ConnectionRecord::Column column, Qt::SortOrder order, qint64 now, const ConnectionStore &records,
                  Rows &rows)
{
    const auto by = [&](auto keyOf) { sortBy(keyOf, order, records, rows); };
    using Record = ConnectionRecord;
    switch (column) {
    case Record::Number: by([](const Record &record) { return record.number; }); break;
    case Record::Time: by([](const Record &record) { return record.accepted; }); break;
    case Record::PeerAddress:
        by([](const Record &record) {
            return std::tuple(record.peer.family(), record.peer.bytes(), record.peer.scope());
        });
        break;
    case Record::PeerPort: by([](const Record &record) { return record.peer.port(); }); break;
    case Record::State: by([](const Record &record) { return record.progress.sortKey(); }); break;
    case Record::Sent: by([](const Record &record) { return record.sent; }); break;
    case Record::Received: by([](const Record &record) { return record.received; }); break;
    case Record::Duration: by([now](const Record &record) { return record.duration(now); }); break;
    case Record::ColumnCount: break;
    }
}

} // namespace

Arranger::Arranger(QObject *parent) : QObject(parent)
{
    pool_.setMaxThreadCount(1);
    pool_.setObjectName(QLatin1String("parley-arranger"));
}

Arranger::~Arranger()
{
    cancel();
    pool_.waitForDone();
}

void Arranger::start(const ConnectionStore &records, const Arrangement &arrangement, qint64 now)
{
    cancel();
    request_.reset(new Request{records, arrangement, now});
    pool_.start([this, request = request_]() mutable {
        run(*request);
        // The request goes back with its snapshot: the references to shared chunks are counted on one thread only.
        QMetaObject::invokeMethod(
            this,
            [this, request = std::move(request)] {
                if (request != request_)
                    return; // cancelled
                request_.reset();
                const auto end = request->records.serialOf(request->records.size());
                Q_EMIT finished(request->listing, end, request->took);
            },
            Qt::QueuedConnection);
    });
}

void Arranger::cancel()
{
    if (!request_)
        return;
    request_->cancelled = true;
    request_.reset();
    pool_.clear();
}

void Arranger::run(Request &request)
{
    const auto start = std::chrono::steady_clock::now();
    request.listing = filtered(request.records, request.arrangement.filter, request.cancelled);
    if (request.cancelled)
        return;
    if (request.arrangement.isSorted()) {
        sortByColumn(*request.arrangement.column, request.arrangement.order, request.now, request.records,
                     request.listing);
    }
    for (ConnectionStore::Serial &row : request.listing)
        row = request.records.serialOf(static_cast<int>(row));
    request.took = std::chrono::steady_clock::now() - start;
}

} // namespace parley
