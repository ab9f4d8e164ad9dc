// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/transfer.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

/// Everything that @p part sends, at most @p most bytes at a time, as a socket might take them.
QByteArray sendAll(TransferPart &part, qint64 most)
{
    QByteArray sent;
    while (!part.isDone()) {
        const QByteArray piece = part.next();
        if (piece.isEmpty())
            break;
        const qint64 taken = std::min<qint64>(most, piece.size());
        sent += piece.first(taken);
        part.sent(taken);
    }
    return sent;
}

} // namespace

class TestTransfer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void takenInParts_data();
    void takenInParts();
    void countsFailures();
    void fileIsReadInPieces();
    void fileThatShrinks();
    void refusedFiles();
    void totalStaysInRange();
};

void TestTransfer::takenInParts_data()
{
    QTest::addColumn<qint64>("most");
    QTest::newRow("byte by byte") << qint64(1);
    QTest::newRow("some bytes") << qint64(7);
    QTest::newRow("at once") << qint64(1'000'000);
}

/// Connections share a transfer, and each takes it at its own pace.
void TestTransfer::takenInParts()
{
    QFETCH(const qint64, most);
    const QByteArray bytes = QByteArray("0123456789").repeated(10);
    const auto transfer = std::make_shared<Transfer>(bytes);
    QVERIFY(!transfer->progress().isFinished); // it has not begun
    transfer->begin(2, 1);
    {
        TransferPart slow(transfer);
        TransferPart other(transfer);
        QVERIFY(slow.isOf(*transfer));
        QCOMPARE(sendAll(other, 50), bytes);
        QCOMPARE(transfer->progress().sent, 100);
        QCOMPARE(sendAll(slow, most), bytes);
    }
    const Transfer::Progress progress = transfer->progress();
    QCOMPARE(progress.sent, 200);
    QCOMPARE(progress.total, 200);
    QCOMPARE(progress.connections, 2);
    QCOMPARE(progress.failed, 1); // the connection that was not free
    QVERIFY(progress.isFinished);
}

/// A connection that ends early has failed; the others go on.
void TestTransfer::countsFailures()
{
    const auto transfer = std::make_shared<Transfer>("0123456789"_ba);
    transfer->begin(2, 0);
    TransferPart whole(transfer);
    {
        TransferPart broken(transfer);
        broken.sent(3);
    }
    QCOMPARE(transfer->progress().failed, 1);
    QVERIFY(!transfer->progress().isFinished);
    QCOMPARE(sendAll(whole, 4), "0123456789"_ba);
    QCOMPARE(transfer->progress().sent, 13);
}

void TestTransfer::fileIsReadInPieces()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"long"_s));
    const QByteArray bytes = QByteArray("0123456789abcdef").repeated(Transfer::Piece / 10);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    file.close();
    const auto made = Transfer::ofFile(file.fileName());
    QVERIFY2(made.index() == 0, qPrintable(made.index() == 0 ? QString() : std::get<1>(made)));
    const std::shared_ptr<Transfer> transfer = std::get<0>(made);
    transfer->begin(1, 0);
    TransferPart part(transfer);
    QCOMPARE(part.next().size(), Transfer::Piece);
    QVERIFY(sendAll(part, 50'000) == bytes);
}

/// The connection that cannot have the rest has failed.
void TestTransfer::fileThatShrinks()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"shrinks"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.resize(3 * Transfer::Piece));
    const auto transfer = std::get<0>(Transfer::ofFile(file.fileName()));
    transfer->begin(1, 0);
    QVERIFY(file.resize(Transfer::Piece));
    {
        TransferPart part(transfer);
        QCOMPARE(sendAll(part, Transfer::Piece).size(), Transfer::Piece);
        QVERIFY(!part.isDone());
    }
    QCOMPARE(transfer->progress().failed, 1);
    QVERIFY(transfer->progress().isFinished);
}

void TestTransfer::refusedFiles()
{
    const QTemporaryDir folder;
    for (const QString &name : {folder.path(), folder.filePath(u"missing"_s), u"/dev/null"_s})
        QCOMPARE(std::get<1>(Transfer::ofFile(name)), u"Cannot send %1: it is not a file."_s.arg(name));
}

/// A sparse file may be so long that the bytes of all connections together do not fit a number.
void TestTransfer::totalStaysInRange()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"sparse"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.resize(qint64(1) << 40));
    const auto transfer = std::get<0>(Transfer::ofFile(file.fileName()));
    transfer->begin(1 << 24, 0);
    QCOMPARE(transfer->progress().total, std::numeric_limits<qint64>::max());
}

QTEST_GUILESS_MAIN(TestTransfer)
#include "tst_transfer.moc"
