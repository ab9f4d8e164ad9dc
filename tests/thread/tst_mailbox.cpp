// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/thread/mailbox.h"

#include <QRegularExpression>
#include <QTest>

#include <memory>
#include <numeric>
#include <thread>
#include <vector>

using namespace parley;

class TestMailbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void callsInOrder();
    void callsNothingAtOnce();
    void forgetsWhenDestroyed();
    void mayBeDestroyedByAFunction();
};

/// On this thread, each function once, those of one thread in their order.
void TestMailbox::callsInOrder()
{
    constexpr int threads = 4;
    constexpr int each = 1'000;
    Mailbox mailbox;
    std::vector<std::vector<int>> called(threads);
    bool isHere = true;
    const auto here = std::this_thread::get_id();
    {
        std::vector<std::jthread> posting;
        for (std::size_t number = 0; number < threads; ++number) {
            posting.emplace_back([&, number] {
                for (int i = 0; i < each; ++i) {
                    mailbox.post([&, number, i] {
                        called[number].push_back(i);
                        isHere = isHere && std::this_thread::get_id() == here;
                    });
                }
            });
        }
    }
    bool isLast = false;
    mailbox.post([&isLast] { isLast = true; });
    QTRY_VERIFY(isLast);
    std::vector<int> all(each);
    std::iota(all.begin(), all.end(), 0);
    for (const std::vector<int> &numbers : called)
        QCOMPARE(numbers, all);
    QVERIFY(isHere);
}

void TestMailbox::callsNothingAtOnce()
{
    Mailbox mailbox;
    bool isCalled = false;
    mailbox.post([&isCalled] { isCalled = true; });
    QVERIFY(!isCalled);
    QTRY_VERIFY(isCalled);
}

void TestMailbox::forgetsWhenDestroyed()
{
    bool isCalled = false;
    const auto held = std::make_shared<int>();
    {
        Mailbox mailbox;
        mailbox.post([&isCalled, held] { isCalled = true; });
        QCOMPARE(held.use_count(), 2);
    }
    QCOMPARE(held.use_count(), 1);
    QCoreApplication::processEvents();
    QVERIFY(!isCalled);
}

void TestMailbox::mayBeDestroyedByAFunction()
{
    auto mailbox = std::make_unique<Mailbox>();
    bool isCalled = false;
    mailbox->post([&mailbox] { mailbox.reset(); });
    mailbox->post([&isCalled] { isCalled = true; });
    QTRY_VERIFY(!mailbox);
    QCoreApplication::processEvents();
    QVERIFY(!isCalled);
}

QTEST_GUILESS_MAIN(TestMailbox)
#include "tst_mailbox.moc"
