// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace parley
{

/// Counts how often each duration occurred, in buckets that grow with the duration: 2^Bits buckets of 1 ns, and from
/// there on 2^(Bits - 1) for each doubling (a log-linear histogram). A duration that is read differs from the one put
/// in by at most 1 / 2^Bits of it. The size is fixed.
template <int Bits, class Count = std::uint32_t>
class Histogram
{
public:
    using Duration = std::chrono::nanoseconds;

    static constexpr double Precision = 1.0 / (1 << Bits); ///< the largest relative error
    static constexpr int Octaves = 47; ///< durations up to 2^47 ns, 39 hours; longer ones count as that
    static constexpr std::size_t Size = ((Octaves - Bits) << (Bits - 1)) + (1 << Bits);

    void add(Duration duration)
    {
        const auto value = std::max<std::int64_t>(duration.count(), 0);
        ++counts_[indexOf(value)];
        min_ = count_ == 0 ? value : std::min(min_, value);
        max_ = std::max(max_, value);
        ++count_;
    }

    void add(const Histogram &other)
    {
        if (other.count_ == 0)
            return;
        for (std::size_t i = 0; i < Size; ++i)
            counts_[i] += other.counts_[i];
        min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
        max_ = std::max(max_, other.max_);
        count_ += other.count_;
    }

    std::int64_t count() const { return count_; }
    Duration min() const { return Duration(min_); } ///< exact
    Duration max() const { return Duration(max_); } ///< exact

    /// The duration that @p share (0 to 1) of all durations do not exceed; 0 if there are none.
    Duration quantile(double share) const
    {
        const auto rank = std::clamp<std::int64_t>(std::llround(std::ceil(share * static_cast<double>(count_))), 1,
                                                   std::max<std::int64_t>(count_, 1));
        if (rank >= count_)
            return Duration(max_);
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < Size; ++i) {
            seen += countAt(i);
            if (seen >= rank)
                return Duration(std::clamp((from(i) + from(i + 1)) / 2, min_, max_));
        }
        return Duration(0);
    }

    /// A bucket: the durations from @ref from up to the next bucket's, and how many there were.
    static std::int64_t from(std::size_t index)
    {
        constexpr std::size_t half = std::size_t(1) << (Bits - 1);
        if (index < 2 * half)
            return static_cast<std::int64_t>(index);
        const std::size_t shift = index / half - 1;
        return static_cast<std::int64_t>((index - shift * half) << shift);
    }
    std::int64_t countAt(std::size_t index) const { return static_cast<std::int64_t>(counts_[index]); }

    /// The bucket that @p value (ns, not negative) belongs to.
    static std::size_t indexOf(std::int64_t value)
    {
        constexpr std::int64_t longest = (std::int64_t(1) << Octaves) - 1;
        const auto bounded = static_cast<std::uint64_t>(std::min(value, longest));
        const int shift = std::max(64 - std::countl_zero(bounded) - Bits, 0);
        return (static_cast<std::size_t>(shift) << (Bits - 1)) + (bounded >> shift);
    }

private:
    std::array<Count, Size> counts_{};
    std::int64_t count_ = 0;
    std::int64_t min_ = 0;
    std::int64_t max_ = 0;
};

/// For a run: within 0.8 %. Its connections may have more exchanges than 32 bits count.
using LatencyHistogram = Histogram<7, std::uint64_t>;
/// For each of many intervals of it: within 6.3 %. A run is at most MostConnections long.
using CoarseHistogram = Histogram<4>;

} // namespace parley
