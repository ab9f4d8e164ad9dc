// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <vector>

namespace parley
{

/// Takes memory from the system and returns it when it is freed. malloc would keep freed blocks of this size
/// (mallopt(3), M_MMAP_THRESHOLD): a sort of a million rows would leave the process larger by half.
template <typename T>
struct PageAllocator
{
    using value_type = T;

    PageAllocator() = default;
    template <typename Other>
    explicit PageAllocator(const PageAllocator<Other> &)
    {
    }

    T *allocate(std::size_t count)
    {
        void *memory = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            throw std::bad_alloc();
        return static_cast<T *>(memory);
    }
    void deallocate(T *memory, std::size_t count) { munmap(memory, count * sizeof(T)); }

    friend bool operator==(const PageAllocator &, const PageAllocator &) = default;
};

/// For millions of elements.
template <typename T>
using PageVector = std::vector<T, PageAllocator<T>>;

} // namespace parley
