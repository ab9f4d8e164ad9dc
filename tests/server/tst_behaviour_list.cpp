// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/behaviours/behaviour_list.h"

#include <QRegularExpression>
#include <QTest>

#include <limits>
#include <optional>

using namespace parley;
using namespace Qt::StringLiterals;

namespace
{

/// Nothing if the text is refused.
std::optional<BehaviourChoice> chosen(const QString &text)
{
    const auto parsed = BehaviourChoice::parse(text);
    const auto *choice = std::get_if<BehaviourChoice>(&parsed);
    return choice ? std::optional(*choice) : std::nullopt;
}

} // namespace

class TestBehaviourList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void choices();
};

void TestBehaviourList::choices()
{
    QCOMPARE(QLatin1StringView(behaviours().front().name), "greet-close"_L1);
    QCOMPARE(BehaviourChoice().kind, &behaviours().front());
    for (const BehaviourKind &kind : behaviours()) {
        const QString name = QLatin1StringView(kind.name);
        QCOMPARE(chosen(name), BehaviourChoice(kind));
        QCOMPARE(BehaviourChoice(kind).toString(), name);
        QVERIFY(kind.parameters.size() <= BehaviourKind::MostParameters);
        // Each parameter at both ends of its range, and beyond them.
        for (const BehaviourParameter &parameter : kind.parameters) {
            QVERIFY(parameter.most <= std::numeric_limits<int>::max());
            QVERIFY(parameter.least <= parameter.usual && parameter.usual <= parameter.most);
            const auto text = [&](qint64 value) -> QString {
                return name + u':' + QLatin1StringView(parameter.name) + u'=' + QString::number(value);
            };
            for (const qint64 value : {parameter.least, parameter.most}) {
                const auto choice = chosen(text(value));
                QVERIFY(choice);
                QCOMPARE(chosen(choice->toString()), choice);
            }
            for (const qint64 value : {parameter.least - 1, parameter.most + 1})
                QVERIFY(!chosen(text(value)));
        }
    }
}

QTEST_GUILESS_MAIN(TestBehaviourList)
#include "tst_behaviour_list.moc"
