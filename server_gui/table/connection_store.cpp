// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_store.h"

#include <algorithm>

namespace parley
{

namespace
{

constexpr qint64 Microsecond = 1000; // ns
constexpr quint64 GreatestNumber = (1ULL << 40) - 1;

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

bool ConnectionStore::Removal::removes(Serial serial) const
{
    const int row = static_cast<int>(serial - first);
    return row < size() && !std::ranges::binary_search(kept, row);
}

ConnectionStore::Serial ConnectionStore::Removal::moved(Serial serial) const
{
    const int row = static_cast<int>(serial - first);
    if (row >= size())
        return serial;
    const auto keptBefore = std::ranges::lower_bound(kept, row) - kept.begin();
    return first + static_cast<Serial>(count) + static_cast<Serial>(keptBefore);
}

const ConnectionStore::Packed &ConnectionStore::packedAt(int row) const
{
    return chunks_[static_cast<std::size_t>(row / ChunkSize)]->records[static_cast<std::size_t>(row % ChunkSize)];
}

/// For a change: the chunk is not shared any more.
ConnectionStore::Packed &ConnectionStore::packedAt(int row)
{
    return chunks_[static_cast<std::size_t>(row / ChunkSize)]->records[static_cast<std::size_t>(row % ChunkSize)];
}

ConnectionRecord ConnectionStore::at(int row) const
{
    return unpack(packedAt(row));
}

quint64 ConnectionStore::numberAt(int row) const
{
    return packedAt(row).number();
}

bool ConnectionStore::isOpenAt(int row) const
{
    const Packed &packed = packedAt(row);
    return packed.outcome == Outcome::None && packed.kind != Kind::Datagrams;
}

int ConnectionStore::find(quint64 number) const
{
    // The last chunk that begins with this number or a lower one.
    const auto firstNumber = [](const auto &chunk) { return chunk->records.front().number(); };
    const auto after = std::ranges::upper_bound(chunks_, number, {}, firstNumber);
    if (after == chunks_.begin())
        return -1;
    const auto index = static_cast<int>(after - chunks_.begin()) - 1;
    const Chunk &chunk = **std::prev(after);
    const auto begin = chunk.records.begin();
    const auto end = begin + std::min(size_ - index * ChunkSize, ChunkSize);
    const auto at = std::ranges::lower_bound(begin, end, number, {}, &Packed::number);
    return at != end && at->number() == number ? index * ChunkSize + static_cast<int>(at - begin) : -1;
}

void ConnectionStore::append(const ConnectionRecord &record)
{
    if (size_ % ChunkSize == 0)
        chunks_.emplace_back(new Chunk);
    packedAt(size_++) = pack(record);
}

void ConnectionStore::apply(int row, const Event &event)
{
    ConnectionRecord record = at(row);
    record.apply(event);
    packedAt(row) = pack(record);
}

ConnectionStore::Removal ConnectionStore::oldestEnded(int most) const
{
    Removal removal;
    removal.first = firstSerial_;
    std::size_t kept = 0; // records that stay, before the last one that leaves
    for (int row = 0, ended = 0; row < size_ && removal.count < most; ++row) {
        if (isOpenAt(row)) {
            removal.kept.push_back(row);
        } else if (++ended % ChunkSize == 0) {
            removal.count = ended;
            kept = removal.kept.size();
        }
    }
    removal.kept.resize(kept);
    return removal;
}

void ConnectionStore::remove(const Removal &removal)
{
    const ConnectionStore &before = *this; // reading a const store unshares nothing
    int row = removal.size();
    for (auto kept = removal.kept.rbegin(); kept != removal.kept.rend(); ++kept) {
        if (--row != *kept)
            packedAt(row) = before.packedAt(*kept);
    }
    chunks_.erase(chunks_.begin(), chunks_.begin() + removal.count / ChunkSize);
    size_ -= removal.count;
    firstSerial_ += static_cast<Serial>(removal.count);
}

ConnectionStore::Packed ConnectionStore::pack(const ConnectionRecord &record)
{
    const ConnectionRecord::Progress &progress = record.progress;
    Packed packed;
    packed.host = record.peer.bytes();
    packed.scope = record.peer.scope();
    packed.port = record.peer.port();
    packed.family = record.peer.family();
    const quint64 number = std::min(record.number, GreatestNumber);
    packed.numberLow = static_cast<quint32>(number);
    packed.numberHigh = static_cast<quint8>(number >> 32);
    packed.accepted = UInt48(record.accepted / Microsecond);
    packed.duration = UInt48((record.ended - record.accepted) / Microsecond);
    packed.sent = UInt48(record.sent);
    packed.received = UInt48(record.received);
    packed.outcome = progress.outcome;
    // A server that was Closed has sent FIN: what is kept then is whether the peer had, too.
    const bool sendingShut =
        progress.outcome == Outcome::Closed ? progress.closedBy == ClosedBy::Both : progress.sendingShut;
    packed.kind = progress.asked > 0  ? Kind::Datagrams
                  : sendingShut       ? Kind::SendingShut
                  : progress.peerShut ? Kind::PeerShut
                                      : Kind::Open;
    const auto delivered = static_cast<quint64>(progress.delivered);
    if (packed.kind == Kind::Datagrams)
        packed.counts = {progress.asked, progress.answered};
    else
        packed.counts = {static_cast<quint32>(delivered), static_cast<quint32>(delivered >> 32)};
    return packed;
}

ConnectionRecord ConnectionStore::unpack(const Packed &packed)
{
    ConnectionRecord record;
    record.number = packed.number();
    record.peer = Address::fromParts(packed.family, packed.host, packed.scope, packed.port);
    record.accepted = packed.accepted.value() * Microsecond;
    record.ended = record.accepted + packed.duration.value() * Microsecond;
    record.sent = packed.sent.value();
    record.received = packed.received.value();
    ConnectionRecord::Progress &progress = record.progress;
    progress.outcome = packed.outcome;
    progress.sendingShut = packed.kind == Kind::SendingShut;
    progress.peerShut = packed.kind == Kind::PeerShut;
    if (progress.outcome == Outcome::Closed) {
        progress.closedBy = progress.sendingShut ? ClosedBy::Both : ClosedBy::Here;
        progress.sendingShut = true;
    }
    if (packed.kind == Kind::Datagrams) {
        progress.asked = packed.counts[0];
        progress.answered = packed.counts[1];
    } else {
        progress.delivered = static_cast<qint64>(static_cast<quint64>(packed.counts[1]) << 32 | packed.counts[0]);
    }
    return record;
}

} // namespace parley
