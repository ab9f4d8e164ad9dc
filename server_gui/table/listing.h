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

/// The rows of a table, each of which shows a record of a store: all records in the order of arrival, or an Arranger's
/// result.
class Listing
{
public:
    using Serial = ConnectionStore::Serial;

    /// All records, in the order of arrival.
    /// @param store outlives the listing.
    explicit Listing(const ConnectionStore &store) : store_(&store) {}
    Listing(const ConnectionStore &store, const Arrangement &arrangement, Serials serials);

    const Arrangement &arrangement() const { return arrangement_; }
    int size() const { return serials_ ? static_cast<int>(serials_->size()) : store_->size(); }
    /// The store's row of the record that table row @p row shows.
    int recordRow(int row) const;
    /// The rows of the connections with these @p numbers, as far as they are listed, ascending.
    std::vector<int> rowsOf(const std::vector<quint64> &numbers) const;
    bool hasSameRowsAs(const Listing &other) const { return serials_ == other.serials_; }

    // What the store's changes mean for this listing. A sorted listing mostly has to be made anew.

    /// Whether a change may move a record to another place of this listing, out of it, or into it.
    bool isOutOfPlace(int recordRow);
    /// Appends the new records, from @p recordRow on, that the filter lets through. Only for a listing that is not
    /// sorted.
    std::vector<Serial> matchingFrom(int recordRow);
    void append(const std::vector<Serial> &serials);
    /// How many rows show records before this one of the store. Only for a listing that is not sorted.
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
