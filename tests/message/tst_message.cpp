// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/message.h"

#include <QLocale>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace std::chrono_literals;

namespace
{

QString decodeWhole(QByteArrayView bytes)
{
    MessageDecoder decoder;
    QString text = decoder.decode(bytes);
    return text += decoder.finish();
}

} // namespace

class TestMessage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(u"en_US"_s)); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void encode_data();
    void encode();
    void everyCodePoint();
    void decode_data();
    void decode();
    void decodePromptly();
    void startsAfreshAfterFinish();
    void display_data();
    void display();
    void ignorableByUnicode();
    void displayInPieces();
    void duration_data();
    void duration();
    void bytes_data();
    void bytes();
};

void TestMessage::encode_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("hex");

    const QString high(QChar(0xd83d));
    const QString low(QChar(0xde00));
    QTest::newRow("nothing") << QString() << ""_ba;
    QTest::newRow("default greeting") << QStringView(DefaultGreeting).toString() << "48656c6c6f20576f726c6421"_ba;
    QTest::newRow("one to four bytes") << u"A\u00e9\u20ac\U0001f600"_s << "41c3a9e282acf09f9880"_ba;
    QTest::newRow("NUL") << u"a\0b"_s << "610062"_ba;
    QTest::newRow("byte order mark") << u"\ufeffa"_s << "efbbbf61"_ba;
    QTest::newRow("lone high surrogate") << (u"a"_s + high + u"b"_s) << "61efbfbd62"_ba;
    QTest::newRow("high surrogate at the end") << (u"a"_s + high) << "61efbfbd"_ba;
    QTest::newRow("lone low surrogate") << (low + u"b"_s) << "efbfbd62"_ba;
    QTest::newRow("surrogates the wrong way round") << (low + high) << "efbfbdefbfbd"_ba;
    QTest::newRow("high surrogate, then a pair") << (high + high + low) << "efbfbdf09f9880"_ba;
}

void TestMessage::encode()
{
    QFETCH(QString, text);
    QFETCH(QByteArray, hex);
    QCOMPARE(encodeMessage(text).toHex(), hex);
}

void TestMessage::everyCodePoint()
{
    QString text;
    for (char32_t c = 0; c <= 0x10ffff; ++c) {
        if (c < 0xd800 || c > 0xdfff)
            text += QStringView(QChar::fromUcs4(c));
    }
    const QByteArray bytes = encodeMessage(text);
    QCOMPARE(bytes.size(), 0x80 + 2 * (0x800 - 0x80) + 3 * (0x10000 - 0x800 - 0x800) + 4 * 0x100000);
    QVERIFY(decodeWhole(bytes) == text); // QCOMPARE would print both
}

void TestMessage::decode_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *hex, const QString &text) {
        QTest::newRow(*hex ? hex : "nothing") << QByteArray::fromHex(hex) << text;
    };

    // The first and last code point of each length, and the neighbours of the surrogates.
    row("", u""_s);
    row("00", u"\0"_s);
    row("7f", u"\x7f"_s);
    row("c280", u"\u0080"_s);
    row("dfbf", u"\u07ff"_s);
    row("e0a080", u"\u0800"_s);
    row("ed9fbf", u"\ud7ff"_s);
    row("ee8080", u"\ue000"_s);
    row("efbfbf", u"\uffff"_s);
    row("f0908080", u"\U00010000"_s);
    row("f48fbfbf", u"\U0010ffff"_s);
    row("610062", u"a\0b"_s);
    row("efbbbf61", u"\ufeffa"_s); // the byte order mark is a part of the message
    row("61efbbbf", u"a\ufeff"_s);
    row("41c3a9e282acf09f9880", u"A\u00e9\u20ac\U0001f600"_s);

    // Not UTF-8: the texts are what CPython 3.11 gives for bytes.decode('utf-8', 'replace').
    row("80", u"\ufffd"_s); // continuation bytes alone
    row("bf", u"\ufffd"_s);
    row("8080", u"\ufffd\ufffd"_s);
    row("c0", u"\ufffd"_s); // bytes that are never valid
    row("fe", u"\ufffd"_s);
    row("ff", u"\ufffd"_s);
    row("fffe", u"\ufffd\ufffd"_s);
    row("f5808080", u"\ufffd\ufffd\ufffd\ufffd"_s);
    row("f888808080", u"\ufffd\ufffd\ufffd\ufffd\ufffd"_s);
    row("fc8480808080", u"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"_s);
    row("c1bf", u"\ufffd\ufffd"_s); // longer than needed
    row("e09fbf", u"\ufffd\ufffd\ufffd"_s);
    row("f08fbfbf", u"\ufffd\ufffd\ufffd\ufffd"_s);
    row("c080c1bf2fe0809fbf2f", u"\ufffd\ufffd\ufffd\ufffd/\ufffd\ufffd\ufffd\ufffd/"_s);
    row("eda080", u"\ufffd\ufffd\ufffd"_s); // surrogates, one and a pair
    row("edbfbf", u"\ufffd\ufffd\ufffd"_s);
    row("eda0bdedb880", u"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"_s);
    row("f4908080", u"\ufffd\ufffd\ufffd\ufffd"_s); // U+110000
    row("c2", u"\ufffd"_s);                         // cut at the end of the message
    row("e0", u"\ufffd"_s);
    row("e0a0", u"\ufffd"_s);
    row("efbf", u"\ufffd"_s);
    row("f0", u"\ufffd"_s);
    row("f090", u"\ufffd"_s);
    row("f09f98", u"\ufffd"_s);
    row("c241", u"\ufffdA"_s); // cut by a valid character, which must not be swallowed
    row("e0a041", u"\ufffdA"_s);
    row("f09f9841", u"\ufffdA"_s);
    row("c2c3a9", u"\ufffd\u00e9"_s);
    row("e282e282ac", u"\ufffd\u20ac"_s);
    row("f09f98f09f9880", u"\ufffd\U0001f600"_s);
    row("e28282ac", u"\u2082\ufffd"_s);
    row("ff41ff", u"\ufffdA\ufffd"_s);
    row("c3a9ffc3a9", u"\u00e9\ufffd\u00e9"_s);
    row("00ff00", u"\0\ufffd\0"_s);
    row("61f1808081e180c262806380bf64", u"a\U00040001\ufffd\ufffdb\ufffdc\ufffd\ufffdd"_s);
}

/// The text is the same however the bytes are split.
void TestMessage::decode()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    QCOMPARE(decodeWhole(bytes), text);
    for (qsizetype at = 0; at <= bytes.size(); ++at) {
        MessageDecoder decoder;
        QString split = decoder.decode(bytes.first(at));
        split += decoder.decode(bytes.sliced(at));
        split += decoder.finish();
        QCOMPARE(split, text);
    }
    MessageDecoder decoder;
    QString piecewise;
    for (const char byte : bytes)
        piecewise += decoder.decode(QByteArrayView(&byte, 1));
    piecewise += decoder.finish();
    QCOMPARE(piecewise, text);
}

/// A character is there as soon as its last byte is, and an error as soon as it is certain.
void TestMessage::decodePromptly()
{
    MessageDecoder decoder;
    QCOMPARE(decoder.decode("a\xe2"_ba), u"a"_s);
    QCOMPARE(decoder.decode("\x82"_ba), QString());
    QCOMPARE(decoder.decode("\xac"_ba), u"\u20ac"_s);
    QCOMPARE(decoder.decode("\xe2\x82"_ba), QString());
    QCOMPARE(decoder.decode("b"_ba), u"\ufffdb"_s);
    QCOMPARE(decoder.decode({}), QString());
    QCOMPARE(decoder.finish(), QString());
}

void TestMessage::startsAfreshAfterFinish()
{
    MessageDecoder decoder;
    QCOMPARE(decoder.decode("\xf0"_ba), QString());
    QCOMPARE(decoder.finish(), u"\ufffd"_s);
    QCOMPARE(decoder.finish(), QString());
    QCOMPARE(decoder.decode("\xe2\x82\xac"_ba), u"\u20ac"_s); // f0's bounds for the next byte are forgotten
}

void TestMessage::display_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("keptBreaks");
    QTest::addColumn<QString>("escapedBreaks");
    const auto same = [](const char *name, const QString &text, const QString &shown) {
        QTest::newRow(name) << text << shown << shown;
    };

    same("nothing", u""_s, u""_s);
    same("plain", u"Hello World!"_s, u"Hello World!"_s);
    QTest::newRow("line feed and tab") << u"a\n\tb"_s << u"a\n\tb"_s << u"a\\x0a\\x09b"_s;
    QTest::newRow("carriage return") << u"true\rfake\r\n"_s << u"true\\x0dfake\\x0d\n"_s
                                     << u"true\\x0dfake\\x0d\\x0a"_s;
    same("NUL, bell, backspace, delete", u"\0\a\b\x7f"_s, u"\\x00\\x07\\x08\\x7f"_s);
    same("clear the screen", u"\x1b[2J"_s, u"\\x1b[2J"_s);
    same("set the window title", u"\x1b]0;x\a"_s, u"\\x1b]0;x\\x07"_s);
    same("C1 controls", u"\u0080\u0085\u009b2J\u009d"_s, u"\\u0080\\u0085\\u009b2J\\u009d"_s);
    same("backslashes", u"C:\\x00\\"_s, u"C:\\\\x00\\\\"_s); // not a NUL byte
    same("a mark on a backslash", u"\\\u0301"_s, u"\\\\\\u0301"_s);
    same("no-break space", u"\u00a0"_s, u"\u00a0"_s);
    same("bidirectional embeddings", u"\u202a\u202b\u202c\u202d\u202e"_s, u"\\u202a\\u202b\\u202c\\u202d\\u202e"_s);
    same("bidirectional isolates", u"\u2066\u2067\u2068\u2069"_s, u"\\u2066\\u2067\\u2068\\u2069"_s);
    same("bidirectional marks", u"\u061c\u200e\u200f"_s, u"\\u061c\\u200e\\u200f"_s);
    same("line and paragraph separators", u"\u2028\u2029"_s, u"\\u2028\\u2029"_s);
    same("byte order mark", u"\ufeffa"_s, u"\\ufeffa"_s);
    same("annotations", u"\ufff9\ufffa\ufffb"_s, u"\\ufff9\\ufffa\\ufffb"_s);
    same("tags", u"\U000e0001\U000e0041\U000e007f"_s, u"\\U000e0001\\U000e0041\\U000e007f"_s);
    same("surrogate pairs", u"\U0001f600\U00020000"_s, u"\U0001f600\U00020000"_s);
    same("not characters, private ones", u"\uffff\U0010ffff\ue000\U000f0000"_s,
         u"\\uffff\\U0010ffff\\ue000\\U000f0000"_s);
    same("half a surrogate pair", QString(QChar(0xd83d)) + u'a' + QChar(0xde00), u"\\ud83da\\ude00"_s);
    same("joiners", u"\U0001f469\u200d\U0001f680\u0915\u094d\u200c"_s,
         u"\U0001f469\\u200d\U0001f680\u0915\u094d\\u200c"_s);
    same("no glyph", u"\u180e\U0001d173\u034f\u115f\u3164\uffa0\ufe0f\u17b4\U000e0100"_s,
         u"\\u180e\\U0001d173\\u034f\\u115f\\u3164\\uffa0\\ufe0f\\u17b4\\U000e0100"_s);
    same("marks", u"e\u0301 \u0e19\u0e49\u0e33 \u05e9\u05c1\u05b8\u0591"_s,
         u"e\u0301 \u0e19\u0e49\u0e33 \u05e9\u05c1\u05b8\u0591"_s);
    same("too many marks", u"a"_s + QString(6, QChar(0x0301)) + u"b\u0301"_s,
         u"a"_s + QString(4, QChar(0x0301)) + u"\\u0301\\u0301b\u0301"_s);
    same("marks on nothing", u"\u20dda\x1b\u0301"_s, u"\\u20dda\\x1b\\u0301"_s);
    same("letters written from right to left", u"\u05e9\u05dc\u05d5\u05dd"_s, u"\u05e9\u05dc\u05d5\u05dd"_s);
    same("replacement character", u"\ufffd"_s, u"\ufffd"_s);
    same("markup", u"<img src=\"/dev/zero\">&amp;"_s, u"<img src=\"/dev/zero\">&amp;"_s);
}

void TestMessage::display()
{
    QFETCH(QString, text);
    QFETCH(QString, keptBreaks);
    QFETCH(QString, escapedBreaks);
    QCOMPARE(displaySafe(text), keptBreaks);
    QCOMPARE(displaySafe(text, LineBreaks::Escape), escapedBreaks);
}

/// All of Unicode, as Perl knows it. Perl is asked for nothing else: its version of Unicode may be another.
void TestMessage::ignorableByUnicode()
{
    QProcess perl;
    perl.start(u"perl"_s, {u"-e"_s, u"for (0 .. 0xd7ff, 0xe000 .. 0x10ffff) "
                                    u"{ print \"$_\\n\" if chr =~ /\\p{Default_Ignorable_Code_Point}/ }"_s});
    QVERIFY2(perl.waitForFinished(60'000), qPrintable(perl.errorString()));
    QVERIFY2(perl.exitCode() == 0, perl.readAllStandardError().constData());
    QList<uint> ignorable;
    const QByteArray output = perl.readAllStandardOutput().trimmed();
    for (const QByteArray &number : output.split('\n'))
        ignorable.append(number.toUInt());
    QVERIFY2(ignorable.size() > 4000, output.constData());
    // All of those are escaped; of the others, those are whose category says it.
    const QList<QChar::Category> invisible{QChar::Other_Control,      QChar::Other_Format,      QChar::Other_Surrogate,
                                           QChar::Other_PrivateUse,   QChar::Other_NotAssigned, QChar::Separator_Line,
                                           QChar::Separator_Paragraph};
    QList<uint> wrong;
    const QSet<uint> isIgnorable(ignorable.cbegin(), ignorable.cend());
    for (uint c = 0; c <= 0x10ffff; ++c) {
        const QString text = QString(u'a').append(QChar::fromUcs4(c));
        const bool isEscaped = displaySafe(text, LineBreaks::Escape) != text;
        if (c != U'\\' && isEscaped != (isIgnorable.contains(c) || invisible.contains(QChar::category(c))))
            wrong.append(c);
    }
    QCOMPARE(wrong, QList<uint>());
}

/// Between which characters the text is cut does not matter.
void TestMessage::displayInPieces()
{
    const QString text = u"a\\\u0301\u0301\u0301\u0301\u0301\u0301b\n\u0301c\u202e\u0301d\u0301"_s;
    const QString whole = displaySafe(text);
    QCOMPARE(sentenceSafe(u"“"_s + displaySafe(text, LineBreaks::Escape) + u'”'),
             u"“"_s + displaySafe(text, LineBreaks::Escape) + u'”');
    QCOMPARE(sentenceSafe(u"“\\n”\n\x1b"_s), u"“\\n”\\x0a\\x1b"_s);
    for (qsizetype at = 0; at <= text.size(); ++at) {
        SafeText safe;
        QString split = safe.next(text.first(at));
        split += safe.next(text.sliced(at));
        QCOMPARE(split, whole);
    }
}

void TestMessage::duration_data()
{
    QTest::addColumn<std::chrono::nanoseconds>("duration");
    QTest::addColumn<QString>("text");

    const auto row = [](std::chrono::nanoseconds duration, const QString &text) {
        QTest::addRow("%lld ns", static_cast<long long>(duration.count())) << duration << text;
    };
    row(0ns, u"0 µs"_s);
    row(40us, u"40 µs"_s);
    row(99us, u"99 µs"_s);
    row(100us, u"0.1 ms"_s);
    row(400us, u"0.4 ms"_s);
    row(3ms, u"3.0 ms"_s);
    row(9949us, u"9.9 ms"_s);
    row(9950us, u"10 ms"_s);
    row(999ms, u"999 ms"_s);
    row(999'499us, u"999 ms"_s);
    row(999'500us, u"1.00 s"_s);
    row(1250ms, u"1.25 s"_s);
    row(59'994ms, u"59.99 s"_s);
    row(59'995ms, u"1 min 0 s"_s);
    row(125s, u"2 min 5 s"_s);
    row(119'499ms, u"1 min 59 s"_s);
    row(119'500ms, u"2 min 0 s"_s);
    row(2h, u"120 min 0 s"_s);
}

void TestMessage::duration()
{
    QFETCH(std::chrono::nanoseconds, duration);
    QFETCH(QString, text);
    QCOMPARE(durationText(duration), text);
}

void TestMessage::bytes_data()
{
    QTest::addColumn<qint64>("count");
    QTest::addColumn<QString>("text");

    QTest::newRow("none") << qint64(0) << u"0 bytes"_s;
    QTest::newRow("one") << qint64(1) << u"1 byte"_s;
    QTest::newRow("twelve") << qint64(12) << u"12 bytes"_s;
    QTest::newRow("grouped") << qint64(1024) << u"1,024 bytes"_s;
    QTest::newRow("more than 32 bits") << qint64(5'000'000'000) << u"5,000,000,000 bytes"_s;
}

void TestMessage::bytes()
{
    QFETCH(qint64, count);
    QFETCH(QString, text);
    QCOMPARE(bytesText(count), text);
}

QTEST_GUILESS_MAIN(TestMessage)
#include "tst_message.moc"
