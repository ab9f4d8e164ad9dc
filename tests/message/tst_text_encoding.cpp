// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/escaped_bytes.h"
#include "shared/message/text_encoding.h"

#include <QRegularExpression>
#include <QTest>

using namespace parley;
using namespace Qt::StringLiterals;

namespace
{

QString sentenceOf(const std::variant<QByteArray, BytesError> &encoded)
{
    const auto *error = std::get_if<BytesError>(&encoded);
    return error ? error->sentence : u"none"_s;
}

} // namespace

/// Characters and their bytes in each encoding. The expected bytes are those of Python's codecs.
class TestTextEncoding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void names();
    void bytes_data();
    void bytes();
    void refusesWhatItLacks();
    void unknownBytes_data();
    void unknownBytes();
    void pieces_data();
    void pieces();
    void everyByteStandsForItself();
    void escapes();
    void boundaries();
};

void TestTextEncoding::names()
{
    const QList<std::pair<QString, TextEncoding>> names{
        {u"utf8"_s, TextEncoding::Utf8},         {u"Latin-1"_s, TextEncoding::Latin1},
        {u"iso-8859-1"_s, TextEncoding::Latin1}, {u"gbk"_s, TextEncoding::Gbk},
        {u"GB2312"_s, TextEncoding::Gbk},        {u"shift-jis"_s, TextEncoding::ShiftJis},
        {u"SJIS"_s, TextEncoding::ShiftJis},     {u"UTF-16"_s, TextEncoding::Utf16Le},
        {u"utf-16le"_s, TextEncoding::Utf16Le},  {u"UTF-16BE"_s, TextEncoding::Utf16Be},
    };
    for (const auto &[name, encoding] : names)
        QVERIFY2(parseEncoding(name) == (std::variant<TextEncoding, QString>(encoding)), qPrintable(name));
    for (const TextEncoding encoding : textEncodings())
        QVERIFY(parseEncoding(encodingName(encoding)) == (std::variant<TextEncoding, QString>(encoding)));
    QCOMPARE(textEncodings().size(), std::size_t(6));
    QCOMPARE(std::get<QString>(parseEncoding(u"EBCDIC"_s)),
             u"“EBCDIC” is no text encoding that is known here: give UTF-8, ISO-8859-1, GBK, Shift_JIS, UTF-16LE or "
             "UTF-16BE."_s);
    QVERIFY(std::holds_alternative<QString>(parseEncoding(QString())));
}

void TestTextEncoding::bytes_data()
{
    QTest::addColumn<TextEncoding>("encoding");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](TextEncoding encoding, const QString &text, const char *hex) {
        QTest::addRow("%s: %s", qPrintable(encodingName(encoding)), qPrintable(text))
            << encoding << text << QByteArray::fromHex(hex);
    };
    for (const TextEncoding encoding :
         {TextEncoding::Utf8, TextEncoding::Latin1, TextEncoding::Gbk, TextEncoding::ShiftJis})
        row(encoding, u"GET / \\ ~\r\n"_s, "474554202f205c207e0d0a");
    row(TextEncoding::Utf8, u"é你\ufeff"_s, "c3a9e4bda0efbbbf");
    row(TextEncoding::Latin1, u"Grüße"_s, "4772fcdf65");
    row(TextEncoding::Gbk, u"你好，世界"_s, "c4e3bac3a3accac0bde7");
    row(TextEncoding::ShiftJis, u"表示ｱ日本"_s, "955c8ea6b193fa967b"); // the second byte of 表 is a backslash
    row(TextEncoding::ShiftJis, u"\x1a\x1c\x7f"_s, "1a1c7f");
    row(TextEncoding::Gbk, u"\x1a\x1c\x7f"_s, "1a1c7f");
    row(TextEncoding::Utf16Le, u"a🌍"_s, "61003cd80ddf");
    row(TextEncoding::Utf16Be, u"a🌍"_s, "0061d83cdf0d");
    row(TextEncoding::Utf16Le, u"\ufeffa"_s, "fffe6100"); // a byte order mark is kept
}

void TestTextEncoding::bytes()
{
    QFETCH(const TextEncoding, encoding);
    QFETCH(const QString, text);
    QFETCH(const QByteArray, bytes);
    const auto encoded = encodeText(text, encoding);
    QCOMPARE(sentenceOf(encoded), u"none"_s);
    QCOMPARE(std::get<QByteArray>(encoded).toHex(), bytes.toHex());
    QCOMPARE(decodeText(bytes, encoding), text);
}

void TestTextEncoding::refusesWhatItLacks()
{
    const auto encoded = encodeText(u"aéüß"_s, TextEncoding::Gbk); // which has é and ü
    QCOMPARE(sentenceOf(encoded),
             u"“ß” is not a character of GBK: choose another text encoding, or write bytes as \\xhh."_s);
    QCOMPARE(std::get<BytesError>(encoded).position, qsizetype(3));
    QCOMPARE(std::get<BytesError>(encodeText(u"ab🌍"_s, TextEncoding::ShiftJis)).position, qsizetype(2));
    for (const char16_t c : u"¥‾\u301c\ufffd") { // what a converter may put in place of another character
        if (c != 0)
            QVERIFY(std::holds_alternative<BytesError>(encodeText(QString(QChar(c)), TextEncoding::ShiftJis)));
    }
    QVERIFY(std::holds_alternative<BytesError>(encodeText(u"€"_s, TextEncoding::Latin1)));
    QVERIFY(std::holds_alternative<BytesError>(encodeText(u"\ufeff"_s, TextEncoding::Gbk)));
}

void TestTextEncoding::unknownBytes_data()
{
    QTest::addColumn<TextEncoding>("encoding");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("Shift_JIS, single") << TextEncoding::ShiftJis << "a\x80 \xff"_ba << u"a\ufffd \ufffd"_s;
    QTest::newRow("Shift_JIS, cut") << TextEncoding::ShiftJis << "a\x95"_ba << u"a\ufffd"_s;
    QTest::newRow("Shift_JIS, control") << TextEncoding::ShiftJis << "\x95\x1a\xff"_ba << u"\ufffd\u001a\ufffd"_s;
    QTest::newRow("GBK, control") << TextEncoding::Gbk << "\xc4\x1a\xff"_ba << u"\ufffd\u001a\uf8f5"_s;
    QTest::newRow("GBK, cut") << TextEncoding::Gbk << "a\xc4"_ba << u"a\ufffd"_s;
    QTest::newRow("GBK, broken") << TextEncoding::Gbk << "\xc4\n"_ba << u"\ufffd\n"_s;
    QTest::newRow("UTF-16, odd") << TextEncoding::Utf16Le << "a\0b"_ba << u"a\ufffd"_s;
    QTest::newRow("UTF-8, cut") << TextEncoding::Utf8 << "a\xc3"_ba << u"a\ufffd"_s;
}

void TestTextEncoding::unknownBytes()
{
    QFETCH(const TextEncoding, encoding);
    QFETCH(const QByteArray, bytes);
    QFETCH(const QString, text);
    QCOMPARE(decodeText(bytes, encoding), text);
}

void TestTextEncoding::pieces_data()
{
    QTest::addColumn<TextEncoding>("encoding");
    for (const TextEncoding encoding : textEncodings())
        QTest::newRow(qPrintable(encodingName(encoding))) << encoding;
}

/// However the bytes are split, the text is the same; and a decoder can be used again after the end.
void TestTextEncoding::pieces()
{
    QFETCH(const TextEncoding, encoding);
    const QByteArray all =
        "a\xc4\xe3\xba\xc3 \x95\x5c\x1a\xff\x80\x7f\xe4\xbd\xa0 \xd8\x3c\xdf\x0d\x3c\xd8\x0d\xdf\x81\x30\x81"_ba;
    TextDecoder reused(encoding);
    for (qsizetype length = 0; length <= all.size(); ++length) {
        const QByteArrayView bytes = QByteArrayView(all).first(length);
        const QString whole = decodeText(bytes, encoding);
        for (qsizetype split = 0; split <= length; ++split) {
            QString text = reused.decode(bytes.first(split));
            QVERIFY(text.isEmpty() || !text.back().isHighSurrogate()); // each piece can be shown by itself
            text += reused.decode(bytes.sliced(split));
            text += reused.finish();
            QCOMPARE(text, whole);
        }
        QString single;
        for (const char byte : bytes)
            single += reused.decode(QByteArrayView(&byte, 1));
        single += reused.finish();
        QCOMPARE(single, whole);
    }
}

/// ASCII is ASCII in each encoding but UTF-16, and a byte above it never looks like a character of ASCII.
void TestTextEncoding::everyByteStandsForItself()
{
    for (const TextEncoding encoding :
         {TextEncoding::Utf8, TextEncoding::Latin1, TextEncoding::Gbk, TextEncoding::ShiftJis}) {
        for (int value = 0; value < 256; ++value) {
            const QString text = decodeText(QByteArray(1, static_cast<char>(value)), encoding);
            QCOMPARE(text.size(), qsizetype(1));
            if (value < 128)
                QCOMPARE(text.at(0).unicode(), char16_t(value));
            else
                QVERIFY(text.at(0).unicode() >= 128);
        }
    }
}

void TestTextEncoding::escapes()
{
    QCOMPARE(std::get<QByteArray>(parseEscaped(u"你\\n\\xff\\u597d"_s, TextEncoding::Gbk)).toHex(' '),
             "c4 e3 0a ff ba c3"_ba);
    QCOMPARE(std::get<QByteArray>(parseEscaped(u"a\\n\\x0a\\0"_s, TextEncoding::Utf16Le)).toHex(' '),
             "61 00 0a 00 0a 00 00"_ba);
    const auto typed = parseEscaped(u"ok\\n ß"_s, TextEncoding::Gbk);
    QCOMPARE(std::get<BytesError>(typed).position, qsizetype(5));
    const auto escaped = parseEscaped(u"ok\\u00df"_s, TextEncoding::Gbk);
    QCOMPARE(std::get<BytesError>(escaped).position, qsizetype(2));
}

/// Each boundary that is found is one: the two parts decode to the whole.
void TestTextEncoding::boundaries()
{
    const auto encoded = [](const QString &text, TextEncoding encoding) {
        return std::get<QByteArray>(encodeText(text, encoding));
    };
    for (const TextEncoding encoding : textEncodings()) {
        const bool isJapanese = encoding == TextEncoding::ShiftJis;
        const bool isWestern = encoding == TextEncoding::Latin1;
        const QByteArray bytes = encoded(isJapanese  ? u"a表ｱ1示示b"_s
                                         : isWestern ? u"a\u00e91\u00fcb"_s
                                                     : u"a你好1，世界b"_s,
                                         encoding);
        const QString whole = decodeText(bytes, encoding);
        for (qsizetype position = 0; position <= bytes.size(); ++position) {
            const qsizetype boundary = characterBoundary(bytes, position, encoding);
            QVERIFY(boundary >= position && boundary <= position + 3);
            QCOMPARE(decodeText(bytes.first(boundary), encoding) + decodeText(bytes.sliced(boundary), encoding), whole);
        }
    }
    const QByteArray prose = encoded(u"a"_s + QString(2000, u'中'), TextEncoding::Gbk); // no byte of ASCII for long
    QCOMPARE(characterBoundary(prose, 3000, TextEncoding::Gbk), qsizetype(3001));
    QCOMPARE(characterBoundary(prose, 3001, TextEncoding::Gbk), qsizetype(3001));
    const QByteArray half = encoded(u"ab"_s, TextEncoding::Utf16Le).sliced(1); // 00 62 00
    QCOMPARE(characterBoundary(half, 0, TextEncoding::Utf16Le, true), qsizetype(1));
    QCOMPARE(characterBoundary(half, 2, TextEncoding::Utf16Le, true), qsizetype(3));
    QCOMPARE(decodeText(half, TextEncoding::Utf16Le, true), u"\ufffdb"_s);
    const QByteArray pair = encoded(u"a🌍"_s, TextEncoding::Utf16Be);
    QCOMPARE(characterBoundary(pair, 3, TextEncoding::Utf16Be), qsizetype(6));
    QCOMPARE(characterBoundary("\xff"
                               "a",
                               1, TextEncoding::ShiftJis),
             qsizetype(1));
}

QTEST_GUILESS_MAIN(TestTextEncoding)
#include "tst_text_encoding.moc"
