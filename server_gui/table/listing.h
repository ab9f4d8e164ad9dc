// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/table/arrangement.h"
#include "server_gui/table/connection_filter.h"
#include "server_gui/table/connection_store.h"

#include <optional>
#include <vector>

namespace parley
{

/// The rows of a table, each of which shows a record of a store: all as they arrived, or what an Arranger made of them.
class Listing
{
public:
    using Serial = ConnectionStore::Serial;

    /// All as they arrived.
    /// @param store outlives the listing.
    explicit Listing(const ConnectionStore &store) : store_(&store) {}
    Listing(const ConnectionStore &store, const Arrangement &arrangement, Serials serials);

    const Arrangement &arrangement() const { return arrangement_; }
    int size() const { return serials_ ? static_cast<int>(serials_->size()) : store_->size(); }
    /// The row in the store of the record that a row shows.
    int recordRow(int row) const;
    /// The rows of those of the connections that are listed, ascending.
    std::vector<int> rowsOf(const std::vector<quint64> &numbers) const;
    bool hasSameRowsAs(const Listing &other) const { return serials_ == other.serials_; }

    // What the store's changes mean. With a sorted listing, mostly that a new one is needed.

    /// Whether a record that changed may belong to another place in this listing, or no longer to it, or newly.
    bool isOutOfPlace(int recordRow);
    /// The new records, from @p recordRow on, that the filter lets through. Not sorted: they come last.
    std::vector<Serial> matchingFrom(int recordRow);
    void append(const std::vector<Serial> &serials);
    /// How many rows show records before this one of the store. Not sorted: they come first.
    int rowsBefore(int recordRow) const;
    /// Forgets the records that leave the store.
    void remove(const ConnectionStore::Removal &removal);

private:
    const ConnectionStore *store_;
    Arrangement arrangement_;
    ConnectionFilter filter_;
    std::optional<Serials> serials_; // none: all
};

} // namespace parley
