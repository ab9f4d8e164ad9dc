// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/page_allocator.h"
#include "tests/support/process_state.h"
#include "tests/support/sanitizer.h"

#include <QTest>

#include <new>
#include <numeric>
#include <unistd.h>

using namespace parley;
using namespace parley::test;

class TestPageAllocator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsElements();
    void returnsMemory();
    void tooMuch();
};

void TestPageAllocator::keepsElements()
{
    PageVector<int> numbers(1'000'000);
    std::iota(numbers.begin(), numbers.end(), 0);
    numbers.push_back(1'000'000); // moves them
    PageVector<int> copy = numbers;
    numbers.clear();
    numbers.shrink_to_fit();
    for (int i = 0; i <= 1'000'000; ++i)
        QVERIFY(copy[static_cast<std::size_t>(i)] == i);
}

void TestPageAllocator::returnsMemory()
{
    if constexpr (IsSanitized)
        QSKIP("A sanitizer's count of memory leaves mmap out.");
    constexpr qint64 size = 64 * 1024 * 1024;
    const qint64 before = memory(::getpid(), "VmRSS") * 1024;
    {
        const PageVector<char> bytes(size, 'x');
        QVERIFY(memory(::getpid(), "VmRSS") * 1024 - before > size / 2);
    }
    const qint64 left = memory(::getpid(), "VmRSS") * 1024 - before;
    QVERIFY2(left < size / 8, qPrintable(QString::number(left)));
}

void TestPageAllocator::tooMuch()
{
    PageAllocator<char> allocator;
    QVERIFY_THROWS_EXCEPTION(std::bad_alloc, allocator.allocate(std::size_t(1) << 60));
}

QTEST_GUILESS_MAIN(TestPageAllocator)
#include "tst_page_allocator.moc"
