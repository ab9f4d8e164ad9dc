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
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << u""_s << ""_ba;
    QTest::newRow("plain") << u"GET / HTTP/1.0"_s << "GET / HTTP/1.0"_ba;
    QTest::newRow("UTF-8") << u"Grüße, 世界 🌍"_s << "Grüße, 世界 🌍"_ba;
    QTest::newRow("line feeds") << u"a\\nb\\r\\n\\t"_s << "a\nb\r\n\t"_ba;
    QTest::newRow("NUL") << u"a\\0b\\x00"_s << QByteArray("a\0b\0", 4);
    QTest::newRow("any byte") << u"\\xff\\xFE\\x7f"_s << "\xff\xfe\x7f"_ba;
    QTest::newRow("characters") << u"\\u00e9\\u4e16\\U0001f30d"_s << "é世🌍"_ba;
    QTest::newRow("byte order mark") << u"\\ufeffa"_s
                                     << "\xef\xbb\xbf"
                                        "a"_ba;
    QTest::newRow("digits after it") << u"\\x411\\u00e99"_s << "A1é9"_ba;
    QTest::newRow("backslashes") << u"\\\\n\\\\\\n"_s << "\\n\\\n"_ba;
}

void TestEscapedBytes::parses()
{
    QFETCH(const QString, text);
    QFETCH(const QByteArray, bytes);
    const auto parsed = parseEscaped(text);
    const auto *parsedBytes = std::get_if<QByteArray>(&parsed);
    QVERIFY(parsedBytes);
    QCOMPARE(*parsedBytes, bytes);
}

void TestEscapedBytes::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qsizetype>("position");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const QString &text, qsizetype position, const QString &sentence) {
        QTest::newRow(qPrintable(text)) << text << position << sentence;
    };
    row(u"end\\"_s, 3, u"A single \\ ends the text: write \\\\ for the character."_s);
    row(u"a\\q"_s, 1, u"\\q is not a known escape. Use \\n, \\r, \\t, \\0, \\\\, \\xhh, \\uhhhh or \\Uhhhhhhhh."_s);
    row(u"\\x4"_s, 0, u"\\x takes 2 hexadecimal digits."_s);
    row(u"\\x4g"_s, 0, u"\\x takes 2 hexadecimal digits."_s);
    row(u"ok \\u00e"_s, 3, u"\\u takes 4 hexadecimal digits."_s);
    row(u"\\ud800"_s, 0, u"\\ud800 is not a character."_s);
    row(u"\\U00110000"_s, 0, u"\\U00110000 is not a character."_s);
    row(u"\\Uffffffff"_s, 0, u"\\Uffffffff is not a character."_s);
}

void TestEscapedBytes::refuses()
{
    QFETCH(const QString, text);
    QFETCH(const qsizetype, position);
    QFETCH(const QString, sentence);
    const auto parsed = parseEscaped(text);
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
    QCOMPARE(escapedText("a\xff\n\xc3z\xc3\xa9\\"), u"a\\xff\\x0a\\xc3zé\\\\"_s);
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const char bytes[]{static_cast<char>(first), static_cast<char>(second), '\xa9', 'x'};
            QCOMPARE(typed(escapedText(QByteArrayView(bytes, 4))), QByteArray(bytes, 4));
        }
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
