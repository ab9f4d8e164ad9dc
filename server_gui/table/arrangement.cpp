// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/arrangement.h"

#include "server_gui/table/connection_filter.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <type_traits>
#include <vector>

namespace parley
{

namespace
{

/// Calls @p use with the row and the record of each record that the filter @p text lets through. Stops once @p
/// cancelled is set.
template <typename Use>
void forEachMatch(const ConnectionStore &records, const QString &text, const std::atomic<bool> &cancelled, Use use)
{
    ConnectionFilter filter(text);
    for (int row = 0; row < records.size() && !cancelled; ++row) {
        const ConnectionRecord record = records.at(row);
        if (filter.isEmpty() || filter.matches(record))
            use(row, record);
    }
}

Serials filtered(const ConnectionStore &records, const QString &text, const std::atomic<bool> &cancelled)
{
    Serials listing;
    const auto append = [&](int row, const ConnectionRecord &) { listing.push_back(records.serialOf(row)); };
    forEachMatch(records, text, cancelled, append);
    return listing;
}

/// The records that @p text lets through, sorted by a key of each record; records with equal keys by their numbers.
///
/// Keys lie side by side to be compared: looked up all over memory they would take ten times as long. All keys at once
/// would take half as much memory as the records. So the rows are divided into buckets, by the keys of a sample, and
/// sorted bucket by bucket.
template <typename KeyOf>
Serials sortedBy(KeyOf keyOf, Qt::SortOrder order, const ConnectionStore &records, const QString &text,
                 const std::atomic<bool> &cancelled)
{
    struct Entry
    {
        std::invoke_result_t<KeyOf, const ConnectionRecord &> key;
        int row;
    };
    const auto entryOf = [&](int row) { return Entry{keyOf(records.at(row)), row}; };
    const auto isBefore = [order](const Entry &a, const Entry &b) {
        const auto compared = order == Qt::AscendingOrder ? a.key <=> b.key : b.key <=> a.key;
        return compared != 0 ? compared < 0 : a.row < b.row;
    };

    constexpr quint8 bucketCount = 32;
    constexpr quint8 notListed = bucketCount;
    constexpr std::size_t samplesPerBucket = 32;
    std::vector<Entry> sample; // at random: keys that come in turn, as a load's addresses do, must not fool it
    std::minstd_rand random;
    for (std::size_t i = 0; i < bucketCount * samplesPerBucket && !records.isEmpty(); ++i)
        sample.push_back(entryOf(static_cast<int>(random() % static_cast<quint32>(records.size()))));
    std::ranges::sort(sample, isBefore);
    std::vector<Entry> bounds; // the first entry of each bucket after the first; rows divide equal keys
    for (std::size_t i = samplesPerBucket; i < sample.size(); i += samplesPerBucket)
        bounds.push_back(sample[i]);

    PageVector<quint8> buckets(static_cast<std::size_t>(records.size()), notListed);
    std::size_t count = 0;
    forEachMatch(records, text, cancelled, [&](int row, const ConnectionRecord &record) {
        const auto after = std::ranges::upper_bound(bounds, Entry{keyOf(record), row}, isBefore);
        buckets[static_cast<std::size_t>(row)] = static_cast<quint8>(after - bounds.begin());
        ++count;
    });

    Serials listing;
    listing.reserve(count);
    std::vector<Entry> entries;
    for (quint8 bucket = 0; bucket <= bounds.size() && !cancelled; ++bucket) {
        entries.clear();
        for (int row = 0; row < records.size(); ++row) {
            if (buckets[static_cast<std::size_t>(row)] == bucket)
                entries.push_back(entryOf(row));
        }
        std::ranges::sort(entries, isBefore);
        for (const Entry &entry : entries)
            listing.push_back(records.serialOf(entry.row));
    }
    return listing;
}

Serials sorted(const ConnectionStore &records, const Arrangement &arrangement, qint64 now,
               const std::atomic<bool> &cancelled)
{
    const auto by = [&](auto keyOf) {
        return sortedBy(keyOf, arrangement.order, records, arrangement.filter, cancelled);
    };
    using Record = ConnectionRecord;
    switch (*arrangement.column) {
    case Record::Number: return by([](const Record &record) { return record.number; });
    case Record::Time: return by([](const Record &record) { return record.accepted; });
    case Record::PeerAddress:
        return by([](const Record &record) {
            return std::tuple(record.peer.family(), record.peer.bytes(), record.peer.scope());
        });
    case Record::PeerPort: return by([](const Record &record) { return record.peer.port(); });
    case Record::State: return by([](const Record &record) { return record.progress.sortKey(); });
    case Record::Sent: return by([](const Record &record) { return record.sent; });
    case Record::Received: return by([](const Record &record) { return record.received; });
    case Record::Duration: return by([now](const Record &record) { return record.duration(now); });
    case Record::ColumnCount: break;
    }
    return {};
}

} // namespace

Arranger::Arranger(QObject *parent) : QObject(parent) {}

Arranger::~Arranger()
{
    cancel();
}

void Arranger::start(const ConnectionStore &records, const Arrangement &arrangement, qint64 now)
{
    cancel();
    request_.reset(new Request{records, arrangement, now});
    const auto done = [this, request = request_] {
        if (request != request_)
            return; // cancelled
        request_.reset();
        const auto end = request->records.serialOf(request->records.size());
        Q_EMIT finished(request->listing, end, request->took);
    };
    // The references of the snapshot to shared chunks are counted on this thread only: it is destroyed here.
    worker_.start([request = request_] { run(*request); }, done);
}

void Arranger::cancel()
{
    if (!request_)
        return;
    request_->cancelled = true;
    request_.reset();
    worker_.clear();
}

void Arranger::run(Request &request)
{
    const auto start = std::chrono::steady_clock::now();
    request.listing = request.arrangement.isSorted()
                          ? sorted(request.records, request.arrangement, request.now, request.cancelled)
                          : filtered(request.records, request.arrangement.filter, request.cancelled);
    request.took = std::chrono::steady_clock::now() - start;
}

} // namespace parley
