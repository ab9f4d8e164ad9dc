// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/table/connection_record.h"

#include <QSharedData>
#include <QSharedDataPointer>

#include <array>
#include <vector>

namespace parley
{

/// Up to millions of records in the order of their numbers (below 2^40), packed to 60 bytes each. They lie in chunks of
/// one size, so growing copies no record and leaves no room unused.
///
/// A copy shares the chunks with its original until either changes one, so it costs a pointer for a thousand records.
/// It is a snapshot that another thread may read. Copies are made, changed and destroyed on one thread.
class ConnectionStore
{
public:
    static constexpr int ChunkSize = 1000; ///< records

    /// Counts all records that were ever appended, modulo 2^32. Rows move up when others leave; serial numbers change
    /// only as a Removal tells.
    using Serial = quint32;

    /// Which of the oldest records leave. Those among them that stay move to the front of all others, in their order.
    struct Removal
    {
        Serial first = 0;      ///< the serial number of the first record before the removal
        int count = 0;         ///< how many leave: whole chunks
        std::vector<int> kept; ///< earlier rows of records that stay although later ones leave; ascending

        bool removes(Serial serial) const;
        /// The new value of @p serial; for a record that leaves, the value of the next one that stays.
        Serial moved(Serial serial) const;

    private:
        friend class ConnectionStore;
        int size() const { return count + static_cast<int>(kept.size()); } // how many rows it is about
    };

    /// @param first the serial number of the first record.
    explicit ConnectionStore(Serial first = 0) : firstSerial_(first) {}

    int size() const { return size_; }
    bool isEmpty() const { return size_ == 0; }

    /// @param row from 0 for the oldest.
    ConnectionRecord at(int row) const;
    quint64 numberAt(int row) const;
    /// ConnectionRecord::Progress::isOpen(), without unpacking the record.
    bool isOpenAt(int row) const;
    /// The row of a connection; -1 if there is none.
    int find(quint64 number) const;
    /// Appends a record with a number greater than all others'.
    void append(const ConnectionRecord &record);
    /// Adds an event to the record of its connection.
    void apply(int row, const Event &event);
    /// A removal of the oldest connections that are not open: @p most, or as many whole chunks as there are.
    Removal oldestEnded(int most) const;
    void remove(const Removal &removal);

    Serial serialOf(int row) const { return firstSerial_ + static_cast<Serial>(row); }
    /// The row of a record that has not left.
    int rowOf(Serial serial) const { return static_cast<int>(serial - firstSerial_); }

private:
    /// A number below 2^48 in six bytes: bytes up to 281 TB, microseconds up to 8.9 years. A number that does not fit
    /// becomes the nearest one that does.
    class UInt48
    {
    public:
        UInt48() = default;
        explicit UInt48(qint64 value);
        qint64 value() const;

    private:
        std::array<quint16, 3> parts_{}; // the least significant first
    };

    struct Packed
    {
        std::array<quint8, 16> host{};
        quint32 scope = 0;
        quint32 numberLow = 0;
        // Datagrams: asked, answered. Connections: delivered, its lower half first
        std::array<quint32, 2> counts{};
        UInt48 accepted; // µs
        UInt48 duration; // µs, unless open
        UInt48 sent;
        UInt48 received;
        quint16 port = 0;
        quint8 numberHigh = 0;
        Outcome outcome : 4 = Outcome::None;
        Address::Family family : 2 = Address::Family::None;
        bool sendingShut : 1 = false; // Closed, which it has been then: by both
        bool hasDatagrams : 1 = false;

        quint64 number() const { return static_cast<quint64>(numberHigh) << 32 | numberLow; }
    };
    static_assert(sizeof(Packed) == 60);

    struct Chunk : QSharedData
    {
        std::array<Packed, ChunkSize> records;
    };

    static Packed pack(const ConnectionRecord &record);
    static ConnectionRecord unpack(const Packed &packed);
    const Packed &packedAt(int row) const;
    Packed &packedAt(int row);

    std::vector<QSharedDataPointer<Chunk>> chunks_; // all but the last are full
    int size_ = 0;
    Serial firstSerial_;
};

} // namespace parley
