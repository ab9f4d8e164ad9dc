// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/listing.h"

#include <algorithm>

namespace parley
{

Listing::Listing(const ConnectionStore &store, const Arrangement &arrangement, Serials serials)
    : store_(&store), arrangement_(arrangement), filter_(arrangement.filter), serials_(std::move(serials))
{
}

int Listing::recordRow(int row) const
{
    return serials_ ? store_->rowOf((*serials_)[static_cast<std::size_t>(row)]) : row;
}

std::vector<int> Listing::rowsOf(const std::vector<quint64> &numbers) const
{
    std::vector<bool> wanted(static_cast<std::size_t>(store_->size()));
    for (const quint64 number : numbers) {
        if (const int row = store_->find(number); row >= 0)
            wanted[static_cast<std::size_t>(row)] = true;
    }
    std::vector<int> rows;
    for (int row = 0; row < size(); ++row) {
        if (wanted[static_cast<std::size_t>(recordRow(row))])
            rows.push_back(row);
    }
    return rows;
}

bool Listing::isOutOfPlace(int recordRow)
{
    if (!serials_ || recordRow >= store_->size()) // the record may have left meanwhile
        return false;
    if (arrangement_.isSorted()) // the columns before State do not change
        return !filter_.isEmpty() || arrangement_.column >= ConnectionRecord::State;
    const int row = rowsBefore(recordRow);
    const bool isListed = row < size() && Listing::recordRow(row) == recordRow;
    return isListed != filter_.matches(store_->at(recordRow));
}

std::vector<Listing::Serial> Listing::matchingFrom(int recordRow)
{
    std::vector<Serial> matching;
    for (; recordRow < store_->size(); ++recordRow) {
        if (filter_.matches(store_->at(recordRow)))
            matching.push_back(store_->serialOf(recordRow));
    }
    return matching;
}

void Listing::append(const std::vector<Serial> &serials)
{
    serials_->insert(serials_->end(), serials.begin(), serials.end());
}

int Listing::rowsBefore(int recordRow) const
{
    if (!serials_)
        return recordRow;
    const auto rowOf = [this](Serial serial) { return store_->rowOf(serial); };
    return static_cast<int>(std::ranges::lower_bound(*serials_, recordRow, {}, rowOf) - serials_->begin());
}

void Listing::remove(const ConnectionStore::Removal &removal)
{
    if (!serials_)
        return;
    std::erase_if(*serials_, [&removal](Serial serial) { return removal.removes(serial); });
    for (Serial &serial : *serials_)
        serial = removal.moved(serial);
}

} // namespace parley
