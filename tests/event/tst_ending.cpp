// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/ending.h"

#include <QFile>
#include <QLocale>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

constexpr auto LastOutcome = Outcome::ToItself;

std::vector<Outcome> outcomes()
{
    std::vector<Outcome> all;
    for (int outcome = 0; outcome <= static_cast<int>(LastOutcome); ++outcome)
        all.push_back(static_cast<Outcome>(outcome));
    return all;
}

} // namespace

class TestEnding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QTest::failOnWarning(QRegularExpression(u".*"_s));
    }

    void wordsAreUnlike();
    void whoClosed();
    void datagrams();
    void limits();
    void documented();
};

/// Two endings never have the same words.
void TestEnding::wordsAreUnlike()
{
    QSet<QString> words;
    QSet<QByteArray> names;
    for (const Outcome outcome : outcomes()) {
        words.insert(outcomeText(outcome));
        names.insert(outcomeName(outcome));
        QCOMPARE(outcomeText(outcome), QLatin1String(endingWords(outcome))); // nothing is translated here
    }
    QCOMPARE(words.size(), static_cast<qsizetype>(outcomes().size()));
    QCOMPARE(names.size(), words.size());
}

void TestEnding::whoClosed()
{
    QCOMPARE(outcomeText(Outcome::Closed), u"closed here"_s);
    QCOMPARE(outcomeText(Outcome::Closed, ClosedBy::Here), u"closed here"_s);
    QCOMPARE(outcomeText(Outcome::Closed, ClosedBy::Peer), u"closed by the peer"_s);
    QCOMPARE(outcomeText(Outcome::Closed, ClosedBy::Both), u"closed by both"_s);
    QCOMPARE(outcomeText(Outcome::Complete, ClosedBy::Both), u"complete"_s);
}

/// Nobody has connected, and nothing is complete.
void TestEnding::datagrams()
{
    QCOMPARE(outcomeText(Outcome::Complete, ClosedBy::Nobody, Transport::Udp), u"answered"_s);
    QCOMPARE(outcomeText(Outcome::Refused, ClosedBy::Nobody, Transport::Udp), u"refused"_s);
}

void TestEnding::limits()
{
    using Kind = Limit::Kind;
    QCOMPARE(limitText({}), QString());
    QCOMPARE(limitName(Kind::None), nullptr);
    QCOMPARE(limitText({Kind::Deadline, 30'000}), u"the deadline of 30.00 s since accept"_s);
    QCOMPARE(limitText({Kind::Idle, 500}), u"the deadline of 500 ms since the last byte or FIN"_s);
    QCOMPARE(limitText({Kind::AfterFin, 30'000}), u"30.00 s after FIN, as there is no deadline"_s);
    QCOMPARE(limitText({Kind::TimeOut, 10'000}), u"the time-out of 10.00 s"_s);
    QCOMPARE(limitText({Kind::MessageLength, 1}), u"the limit of 1 byte"_s);
    QCOMPARE(limitText({Kind::Connections, 2000}), u"at most 2,000 at once"_s);
    QCOMPARE(limitText({Kind::PerPeer, 2}), u"at most 2 at once from one address"_s);
}

/// README has each name with its words.
void TestEnding::documented()
{
    QFile readme(QStringLiteral(PARLEY_INTEROP) + u"/../../README.md"_s);
    QVERIFY(readme.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(readme.readAll());
    const auto row = [](const char *name, const char *words) {
        return u"| `%1` | %2 |"_s.arg(QLatin1String(name), QLatin1String(words));
    };
    for (const Outcome outcome : outcomes()) {
        if (outcome == Outcome::None || outcome == Outcome::Complete || outcome == Outcome::Closed)
            continue; // not an ending; those of several words
        const QString expected = row(outcomeName(outcome), endingWords(outcome));
        QVERIFY2(text.contains(expected), qPrintable(expected));
    }
    QVERIFY(text.contains(row("complete", "complete; of datagrams: answered")));
    QVERIFY(text.contains(row("closed", "closed here, closed by the peer, closed by both")));
    for (int kind = static_cast<int>(Limit::Kind::Deadline); kind <= static_cast<int>(Limit::Kind::PerPeer); ++kind) {
        const QString name = u'`' + QLatin1String(limitName(static_cast<Limit::Kind>(kind))) + u'`';
        QVERIFY2(text.contains(name), qPrintable(name));
    }
}

QTEST_GUILESS_MAIN(TestEnding)
#include "tst_ending.moc"
