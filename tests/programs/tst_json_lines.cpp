// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"
#include "tests/support/process_state.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

/// README's part on JSON Lines.
QString documentation()
{
    QFile readme(QStringLiteral(PARLEY_INTEROP) + u"/../../README.md"_s);
    if (!readme.open(QIODevice::ReadOnly))
        qFatal("There is no README.md");
    const QString text = QString::fromUtf8(readme.readAll());
    const qsizetype start = text.indexOf(u"\n### JSON Lines\n"_s);
    return text.sliced(start, text.indexOf(u"\n## "_s, start) - start);
}

/// The lines between the fences of the first block of @p language in @p text after @p heading.
QStringList block(const QString &text, const QString &language)
{
    const QString fence = u"```"_s + language + u'\n';
    const qsizetype start = text.indexOf(fence) + fence.size();
    return text.sliced(start, text.indexOf(u"\n```"_s, start) - start).split(u'\n');
}

QJsonObject objectOf(const QString &line)
{
    return QJsonDocument::fromJson(line.toUtf8()).object();
}

/// What README shows, by its fields; times and ports differ from one run to the next.
QStringList shapes(const QStringList &lines)
{
    QStringList shapes;
    for (const QString &line : lines) {
        QJsonObject object = objectOf(line);
        for (const QString &varying : {u"time"_s, u"ns"_s}) {
            if (object.contains(varying))
                object.insert(varying, 0);
        }
        for (const QString &address : {u"peer"_s, u"local"_s}) {
            if (object.contains(address))
                object.insert(address, QJsonArray{object.value(address).toArray().at(0), 0});
        }
        if (object.value(u"result"_s).toInt() > 0 && !object.contains(u"data"_s) && object.value(u"call"_s) != u"end"_s)
            object.insert(u"result"_s, u"descriptor"_s);
        shapes.append(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
    }
    return shapes;
}

} // namespace

/// The programs print what README says of --json.
class TestJsonLines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void example();
    void fields();
    void jq();

private:
    QByteArrayList serverLines();
};

/// The lines of a server that one client connects to.
QByteArrayList TestJsonLines::serverLines()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--json"_s});
    Process client(QStringLiteral(PARLEY_CLIENT), {u"--headless"_s, u"127.0.0.1"_s, QString::number(server.port())});
    if (client.exitStatus() != 0)
        qFatal("%s", client.report().constData());
    QByteArrayList lines;
    do
        lines.append(server.nextLine());
    while (!lines.constLast().isNull() && !lines.constLast().contains("\"outcome\""));
    server.sendSignal(SIGTERM);
    server.exitStatus();
    return server.output().trimmed().split('\n');
}

void TestJsonLines::example()
{
    QStringList lines;
    for (const QByteArray &line : serverLines())
        lines.append(QString::fromUtf8(line));
    QCOMPARE(shapes(lines), shapes(block(documentation(), u"json"_s)));
}

/// Each field that is printed has its row.
void TestJsonLines::fields()
{
    const QString text = documentation();
    QSet<QString> documented;
    static const QRegularExpression row(u"^\\| (`[^|]*`) \\|"_s, QRegularExpression::MultilineOption);
    static const QRegularExpression name(u"`([a-z_]+)`"_s);
    for (const QRegularExpressionMatch &match : row.globalMatch(text)) {
        for (const QRegularExpressionMatch &field : name.globalMatch(match.captured(1)))
            documented.insert(field.captured(1));
    }
    QVERIFY(documented.size() > 10);
    for (const QByteArray &line : serverLines()) {
        for (const QString &key : objectOf(QString::fromUtf8(line)).keys())
            QVERIFY2(documented.contains(key), qPrintable(key));
    }
}

void TestJsonLines::jq()
{
    QVERIFY2(!QStandardPaths::findExecutable(u"jq"_s).isEmpty(), "jq is not installed");
    const QStringList console = block(documentation(), u"console"_s);
    QVERIFY(console.constFirst().startsWith(u"$ jq "_s) && console.constFirst().endsWith(u" log.jsonl"_s));
    const QString filter = console.constFirst().sliced(5).chopped(10);
    Process jq(u"sh"_s, {u"-c"_s, u"jq "_s + filter}, serverLines().join('\n') + '\n');
    QCOMPARE(jq.exitStatus(), 0);
    const QString expected = console.mid(1).join(u'\n') + u'\n';
    static const QRegularExpression port(u"\\d{4,5}"_s);
    QCOMPARE(QString::fromUtf8(jq.output()).replace(port, u"PORT"_s), QString(expected).replace(port, u"PORT"_s));
}

QTEST_GUILESS_MAIN(TestJsonLines)
#include "tst_json_lines.moc"
