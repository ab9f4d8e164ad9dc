// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/byte_channel.h"
#include "tests/support/native_pair.h"
#include "tests/support/portable.h"

#include <QRegularExpression>
#include <QTest>

#include <array>
#include <cerrno>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

class TestByteChannel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void bytesAndFin();
    void resets();
    void acknowledgements();
};

void TestByteChannel::bytesAndFin()
{
    const Listener listener(Loopback);
    Pair pair(listener);
    QVERIFY(pair.connected);
    PlainChannel client(std::move(pair.client));
    PlainChannel server(std::move(pair.server));
    std::array<char, 100> buffer{};
    QCOMPARE(server.receive(buffer).error, EAGAIN);
    QCOMPARE(client.send("Hello").value, 5);
    QVERIFY(waitFor(server.descriptor(), POLLIN));
    QCOMPARE(server.receive(buffer).value, 5);
    QCOMPARE(QByteArrayView(buffer.data(), 5), "Hello");
    QVERIFY(client.shutdownSending().ok());
    QVERIFY(waitFor(server.descriptor(), POLLIN));
    const native::Result fin = server.receive(buffer);
    QVERIFY(fin.ok());
    QCOMPARE(fin.value, 0);
    QCOMPARE(server.send("still heard").value, 11); // the other direction is open
    client.close();
    QVERIFY(!client.isOpen());
    QCOMPARE(client.descriptor(), -1);
}

void TestByteChannel::resets()
{
    const Listener listener(Loopback);
    Pair pair(listener);
    PlainChannel client(std::move(pair.client));
    PlainChannel server(std::move(pair.server));
    client.resetOnClose();
    client.close();
    QVERIFY(waitFor(server.descriptor(), POLLIN));
    std::array<char, 100> buffer{};
    QCOMPARE(server.receive(buffer).error, ECONNRESET);
}

/// SYN and FIN, which the system counts as bytes, are not the user's.
void TestByteChannel::acknowledgements()
{
    const Listener listener(Loopback);
    Pair pair(listener);
    PlainChannel client(std::move(pair.client));
    QCOMPARE(client.acknowledged(0), 0);
    QVERIFY(client.isAcknowledged());
    QCOMPARE(client.send("Hello").value, 5);
    QTRY_COMPARE_WITH_TIMEOUT(client.acknowledged(5), 5, Patience); // the peer's system does it, unread or not
    QVERIFY(client.shutdownSending().ok());
    QTRY_VERIFY_WITH_TIMEOUT(client.isAcknowledged(), Patience);
    QCOMPARE(client.acknowledged(5), 5);
}

QTEST_GUILESS_MAIN(TestByteChannel)
#include "tst_byte_channel.moc"
