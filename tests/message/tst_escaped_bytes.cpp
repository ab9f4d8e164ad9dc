// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/escaped_bytes.h"
#include "shared/message/message.h"

#include <QRegularExpression>
#include <QTest>

using namespace parley;
using namespace Qt::StringLiterals;

/// What a user types, and the bytes that are sent.
class TestEscapedBytes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void previews();
    void roundTrip();
};

void TestEscapedBytes::parses_data()
{
    QTest::addColumn<bool>("hex");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << false << u""_s << ""_ba;
    QTest::newRow("plain") << false << u"GET / HTTP/1.0"_s << "GET / HTTP/1.0"_ba;
    QTest::newRow("UTF-8") << false << u"Grüße, 世界 🌍"_s << "Grüße, 世界 🌍"_ba;
    QTest::newRow("line feeds") << false << u"a\\nb\\r\\n\\t"_s << "a\nb\r\n\t"_ba;
    QTest::newRow("NUL") << false << u"a\\0b\\x00"_s << QByteArray("a\0b\0", 4);
    QTest::newRow("any byte") << false << u"\\xff\\xFE\\x7f"_s << "\xff\xfe\x7f"_ba;
    QTest::newRow("characters") << false << u"\\u00e9\\u4e16\\U0001f30d"_s << "é世🌍"_ba;
    QTest::newRow("digits after it") << false << u"\\x411\\u00e99"_s << "A1é9"_ba;
    QTest::newRow("backslashes") << false << u"\\\\n\\\\\\n"_s << "\\n\\\n"_ba;
    QTest::newRow("no bytes") << true << u"  "_s << ""_ba;
    QTest::newRow("pairs") << true << u"48 65 6C6c\t6f 0A"_s << "Hello\n"_ba;
    QTest::newRow("zeros") << true << u"0000 00"_s << QByteArray(3, '\0');
}

void TestEscapedBytes::parses()
{
    QFETCH(const bool, hex);
    QFETCH(const QString, text);
    QFETCH(const QByteArray, bytes);
    const auto parsed = hex ? parseHex(text) : parseEscaped(text);
    const auto *parsedBytes = std::get_if<QByteArray>(&parsed);
    QVERIFY(parsedBytes);
    QCOMPARE(*parsedBytes, bytes);
}

void TestEscapedBytes::refuses_data()
{
    QTest::addColumn<bool>("hex");
    QTest::addColumn<QString>("text");
    QTest::addColumn<qsizetype>("position");
    QTest::addColumn<QString>("sentence");
    const auto row = [](bool hex, const QString &text, qsizetype position, const QString &sentence) {
        QTest::newRow(qPrintable(text)) << hex << text << position << sentence;
    };
    row(false, u"end\\"_s, 3, u"A single \\ ends the text: write \\\\ for the character."_s);
    row(false, u"a\\q"_s, 1,
        u"\\q is not a known escape. Use \\n, \\r, \\t, \\0, \\\\, \\xhh, \\uhhhh or \\Uhhhhhhhh."_s);
    row(false, u"\\x4"_s, 0, u"\\x takes 2 hexadecimal digits."_s);
    row(false, u"\\x4g"_s, 0, u"\\x takes 2 hexadecimal digits."_s);
    row(false, u"ok \\u00e"_s, 3, u"\\u takes 4 hexadecimal digits."_s);
    row(false, u"\\ud800"_s, 0, u"\\ud800 is not a character."_s);
    row(false, u"\\U00110000"_s, 0, u"\\U00110000 is not a character."_s);
    row(false, u"\\Uffffffff"_s, 0, u"\\Uffffffff is not a character."_s);
    row(true, u"48 6"_s, 3, u"6 is half a byte: each takes two hexadecimal digits."_s);
    row(true, u"48 6 65"_s, 3, u"6 is half a byte: each takes two hexadecimal digits."_s);
    row(true, u"zz"_s, 0, u"“zz” is not a byte: each takes two hexadecimal digits, such as 0a."_s);
    row(true, u"0x41"_s, 0, u"“0x” is not a byte: each takes two hexadecimal digits, such as 0a."_s);
    row(true, u"41,42"_s, 2, u"“,4” is not a byte: each takes two hexadecimal digits, such as 0a."_s);
}

void TestEscapedBytes::refuses()
{
    QFETCH(const bool, hex);
    QFETCH(const QString, text);
    QFETCH(const qsizetype, position);
    QFETCH(const QString, sentence);
    const auto parsed = hex ? parseHex(text) : parseEscaped(text);
    const auto *error = std::get_if<BytesError>(&parsed);
    QVERIFY(error);
    QCOMPARE(error->sentence, sentence);
    QCOMPARE(error->position, position);
}

void TestEscapedBytes::previews()
{
    QCOMPARE(hexText("", 4), u""_s);
    QCOMPARE(hexText("Hello", 5), u"48 65 6c 6c 6f"_s);
    QCOMPARE(hexText("Hello", 4), u"48 65 6c 6c …"_s);
}

/// What is shown can be typed: each character, and texts that look like escapes.
void TestEscapedBytes::roundTrip()
{
    const auto typed = [](const QString &shown) {
        const auto parsed = parseEscaped(shown);
        const auto *bytes = std::get_if<QByteArray>(&parsed);
        return bytes ? *bytes : "refused: "_ba + std::get<BytesError>(parsed).sentence.toUtf8();
    };
    for (const QString &text : {u"\\x00"_s, u"\0"_s, u"\\\\n\n\\"_s, u"C:\\new\\u00e9"_s, u"\\\u0301 e\u0301"_s}) {
        QCOMPARE(typed(displaySafe(text)), text.toUtf8());
        QCOMPARE(typed(displaySafe(text, LineBreaks::Escape)), text.toUtf8());
    }
    for (char32_t c = 0; c <= QChar::LastValidCodePoint; ++c) {
        if (QChar::isSurrogate(c))
            continue;
        const QString text = QString::fromUcs4(&c, 1) + u'x';
        QCOMPARE(typed(displaySafe(text, LineBreaks::Escape)), encodeMessage(text));
    }
}

QTEST_GUILESS_MAIN(TestEscapedBytes)
#include "tst_escaped_bytes.moc"
