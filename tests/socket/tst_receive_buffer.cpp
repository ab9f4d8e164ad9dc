// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/receive_buffer.h"

#include <QTest>

#include <cstring>
#include <vector>

using namespace parley;

namespace
{

/// What recv() does: fills @p count bytes of the room with @p byte.
QByteArray received(ReceiveBuffer &buffer, qsizetype count, char byte = 'x')
{
    std::memset(buffer.room().data(), byte, static_cast<std::size_t>(count));
    return buffer.take(count);
}

} // namespace

class TestReceiveBuffer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void growsWhileFilled();
    void fewBytesAreCopied();
    void isUsedAgain();
    void keptBytesStay();
    void letsGoOfWhatIsNotReturned();
    void roomIsLimited();
};

void TestReceiveBuffer::growsWhileFilled()
{
    ReceiveBuffer buffer;
    QCOMPARE(std::ssize(buffer.room()), ReceiveBuffer::Usual);
    received(buffer, ReceiveBuffer::Usual);
    QCOMPARE(std::ssize(buffer.room()), ReceiveBuffer::Large);
    received(buffer, ReceiveBuffer::Large / 2);
    QCOMPARE(std::ssize(buffer.room()), ReceiveBuffer::Large);
    received(buffer, 10);
    QCOMPARE(std::ssize(buffer.room()), ReceiveBuffer::Usual);
}

void TestReceiveBuffer::fewBytesAreCopied()
{
    ReceiveBuffer buffer;
    const QByteArray bytes = received(buffer, 100);
    QCOMPARE(bytes, QByteArray(100, 'x'));
    QVERIFY2(bytes.capacity() < 1000, qPrintable(QString::number(bytes.capacity())));
}

void TestReceiveBuffer::isUsedAgain()
{
    ReceiveBuffer buffer;
    received(buffer, ReceiveBuffer::Usual); // it grows
    QByteArray first = received(buffer, ReceiveBuffer::Large, '1');
    const QByteArray second = received(buffer, ReceiveBuffer::Large, '2');
    const char *const memory = first.constData();
    QVERIFY(second.constData() != memory);
    first.clear();
    QCOMPARE(static_cast<const void *>(received(buffer, ReceiveBuffer::Large, '3').constData()), memory);
    QCOMPARE(second, QByteArray(ReceiveBuffer::Large, '2'));
}

void TestReceiveBuffer::keptBytesStay()
{
    ReceiveBuffer buffer;
    std::vector<QByteArray> kept;
    for (int i = 0; i < 3 * static_cast<int>(ReceiveBuffer::MostLent); ++i)
        kept.push_back(received(buffer, ReceiveBuffer::Usual, static_cast<char>('a' + i)));
    for (int i = 0; i < static_cast<int>(kept.size()); ++i)
        QCOMPARE(kept[static_cast<std::size_t>(i)], QByteArray(ReceiveBuffer::Usual, static_cast<char>('a' + i)));
}

/// The memory of bytes that somebody keeps is theirs alone, once others have been lent; so is all of it after a few
/// bytes.
void TestReceiveBuffer::letsGoOfWhatIsNotReturned()
{
    ReceiveBuffer buffer;
    received(buffer, ReceiveBuffer::Usual);
    std::vector<QByteArray> kept;
    for (std::size_t i = 0; i < ReceiveBuffer::MostLent + 2; ++i)
        kept.push_back(received(buffer, ReceiveBuffer::Large));
    QVERIFY(kept.front().isDetached());
    QVERIFY(!kept.back().isDetached());
    received(buffer, 1);
    for (const QByteArray &bytes : std::span(kept).first(kept.size() - 1))
        QVERIFY(bytes.isDetached());
}

void TestReceiveBuffer::roomIsLimited()
{
    ReceiveBuffer buffer;
    QCOMPARE(std::ssize(buffer.room(7)), 7);
    QCOMPARE(buffer.take(0), QByteArray());
}

QTEST_GUILESS_MAIN(TestReceiveBuffer)

#include "tst_receive_buffer.moc"
