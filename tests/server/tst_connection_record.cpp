// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_record.h"

#include <QLocale>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;

using Progress = ConnectionRecord::Progress;

Q_DECLARE_METATYPE(Progress)

class TestConnectionRecord : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void states_data();
    void states();
    void statesInOrder();
};

void TestConnectionRecord::states_data()
{
    QTest::addColumn<Progress>("progress");
    QTest::addColumn<QString>("text");
    const auto row = [](const QString &text, const Progress &progress) {
        QTest::newRow(qPrintable(text)) << progress << text;
    };
    row(u"open"_s, Progress{});
    row(u"half-closed here"_s, Progress{Outcome::None, true});
    Progress byPeer;
    byPeer.peerShut = true;
    row(u"half-closed by the peer"_s, byPeer);
    row(u"complete"_s, Progress{Outcome::Complete, true, 0, 0, 12});
    row(u"closed here after 0 bytes"_s, Progress{Outcome::Closed, true});
    Progress closedByBoth{Outcome::Closed, true, 0, 0, 3};
    closedByBoth.closedBy = ClosedBy::Both;
    row(u"closed by both after 3 bytes"_s, closedByBoth);
    row(u"reset here after 5 bytes"_s, Progress{Outcome::Aborted, false, 0, 0, 5});
    row(u"reset by the peer after 1,234 bytes"_s, Progress{Outcome::Reset, true, 0, 0, 1234});
    row(u"timed out after 1 byte"_s, Progress{Outcome::TimedOut, true, 0, 0, 1});
    row(u"denied"_s, Progress{Outcome::Denied});
    row(u"over the limit"_s, Progress{Outcome::OverLimit});
    row(u"cancelled"_s, Progress{Outcome::Cancelled});
    row(u"failed after 7 bytes"_s, Progress{Outcome::Failed, true, 0, 0, 7});
    row(u"answered 1,000 of 2,000 datagrams"_s, Progress{Outcome::None, false, 2000, 1000});
}

void TestConnectionRecord::states()
{
    QFETCH(const Progress, progress);
    QFETCH(const QString, text);
    QCOMPARE(progress.text(), text);
}

/// Sorted by their keys, equal texts are neighbours, and similar ones stand in the order of their figures.
void TestConnectionRecord::statesInOrder()
{
    std::vector<Progress> all{
        Progress{Outcome::Reset, true, 0, 0, 100},
        Progress{Outcome::Complete, true, 0, 0, 12},
        Progress{Outcome::None, false, 10, 9},
        Progress{Outcome::Reset, true, 0, 0, 20},
        Progress{},
        Progress{Outcome::Complete, true, 0, 0, 4},
        Progress{Outcome::None, true},
        Progress{Outcome::None, false, 9, 8},
        Progress{Outcome::Denied, false, 3, 0},
        Progress{Outcome::Reset, true, 0, 0, 3},
    };
    std::ranges::stable_sort(all, {}, &Progress::sortKey);
    QStringList texts;
    for (const Progress &progress : all)
        texts.append(progress.text());
    QCOMPARE(texts, (QStringList{u"open"_s, u"half-closed here"_s, u"answered 8 of 9 datagrams"_s,
                                 u"answered 9 of 10 datagrams"_s, u"complete"_s, u"complete"_s,
                                 u"reset by the peer after 3 bytes"_s, u"reset by the peer after 20 bytes"_s,
                                 u"reset by the peer after 100 bytes"_s, u"denied"_s}));
}

QTEST_GUILESS_MAIN(TestConnectionRecord)
#include "tst_connection_record.moc"
