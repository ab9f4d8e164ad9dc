// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/connection_store.h"

#include <algorithm>
#include <limits>

namespace parley
{

namespace
{

constexpr qint64 Microsecond = 1000; // ns
constexpr quint32 Greatest32 = std::numeric_limits<quint32>::max();

} // namespace

ConnectionStore::UInt48::UInt48(qint64 value)
{
    constexpr qint64 greatest = (1LL << 48) - 1;
    const auto fit = static_cast<quint64>(std::clamp<qint64>(value, 0, greatest));
    for (std::size_t i = 0; i < parts_.size(); ++i)
        parts_[i] = static_cast<quint16>(fit >> (16 * i));
}

qint64 ConnectionStore::UInt48::value() const
{
    return parts_[0] | static_cast<qint64>(parts_[1]) << 16 | static_cast<qint64>(parts_[2]) << 32;
}

ConnectionRecord ConnectionStore::at(int row) const
{
    const Chunk &chunk = chunkOf(row);
    return unpack(chunk.records[indexOf(row)], chunk.firstNumber);
}

quint64 ConnectionStore::numberAt(int row) const
{
    const Chunk &chunk = chunkOf(row);
    return chunk.firstNumber + chunk.records[indexOf(row)].number;
}

bool ConnectionStore::isOpenAt(int row) const
{
    const Packed &packed = chunkOf(row).records[indexOf(row)];
    return packed.outcome == Outcome::None && !packed.hasDatagrams;
}

int ConnectionStore::find(quint64 number) const
{
    // The last chunk that begins with this number or a lower one.
    const auto after =
        std::ranges::upper_bound(chunks_, number, {}, [](const auto &chunk) { return chunk->firstNumber; });
    if (after == chunks_.begin())
        return -1;
    const auto index = static_cast<int>(after - chunks_.begin()) - 1;
    const Chunk &chunk = **std::prev(after);
    const auto begin = chunk.records.begin();
    const auto end = begin + std::min(size_ - index * ChunkSize, ChunkSize);
    const auto at = std::ranges::lower_bound(begin, end, number - chunk.firstNumber, {}, &Packed::number);
    return at != end && at->number == number - chunk.firstNumber ? index * ChunkSize + static_cast<int>(at - begin)
                                                                 : -1;
}

void ConnectionStore::append(const ConnectionRecord &record)
{
    if (indexOf(size_) == 0) {
        chunks_.emplace_back(new Chunk);
        chunks_.back()->firstNumber = record.number;
    }
    Chunk &chunk = *chunks_.back();
    chunk.records[indexOf(size_)] = pack(record, chunk.firstNumber);
    ++size_;
}

void ConnectionStore::apply(int row, const Event &event)
{
    ConnectionRecord record = at(row);
    record.apply(event);
    Chunk &chunk = *chunks_[static_cast<std::size_t>(row / ChunkSize)];
    chunk.records[indexOf(row)] = pack(record, chunk.firstNumber);
}

void ConnectionStore::removeChunks(int chunks)
{
    chunks_.erase(chunks_.begin(), chunks_.begin() + chunks);
    size_ -= chunks * ChunkSize;
    firstSerial_ += static_cast<Serial>(chunks * ChunkSize);
}

ConnectionStore::Packed ConnectionStore::pack(const ConnectionRecord &record, quint64 firstNumber)
{
    const ConnectionRecord::Progress &progress = record.progress;
    Packed packed;
    packed.host = record.peer.bytes();
    packed.scope = record.peer.scope();
    packed.port = record.peer.port();
    packed.family = record.peer.family();
    // Within a thousand rows it could only be exceeded if the accepts of as many connections had been dropped.
    packed.number = static_cast<quint32>(std::min<quint64>(record.number - firstNumber, Greatest32));
    packed.accepted = UInt48(record.accepted / Microsecond);
    packed.duration = UInt48((record.ended - record.accepted) / Microsecond);
    packed.sent = UInt48(record.sent);
    packed.received = UInt48(record.received);
    packed.outcome = progress.outcome;
    packed.sendingShut = progress.sendingShut;
    packed.hasDatagrams = progress.asked > 0;
    const auto delivered = static_cast<quint64>(progress.delivered);
    if (packed.hasDatagrams)
        packed.counts = {progress.asked, progress.answered};
    else
        packed.counts = {static_cast<quint32>(delivered), static_cast<quint32>(delivered >> 32)};
    return packed;
}

ConnectionRecord ConnectionStore::unpack(const Packed &packed, quint64 firstNumber)
{
    ConnectionRecord record;
    record.number = firstNumber + packed.number;
    record.peer = Address::fromParts(packed.family, packed.host, packed.scope, packed.port);
    record.accepted = packed.accepted.value() * Microsecond;
    record.ended = record.accepted + packed.duration.value() * Microsecond;
    record.sent = packed.sent.value();
    record.received = packed.received.value();
    ConnectionRecord::Progress &progress = record.progress;
    progress.outcome = packed.outcome;
    progress.sendingShut = packed.sendingShut;
    if (packed.hasDatagrams) {
        progress.asked = packed.counts[0];
        progress.answered = packed.counts[1];
    } else {
        progress.delivered = static_cast<qint64>(static_cast<quint64>(packed.counts[1]) << 32 | packed.counts[0]);
    }
    return record;
}

} // namespace parley
