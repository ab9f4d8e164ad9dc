// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/hex_bytes.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

using namespace parley;
using namespace Qt::StringLiterals;

/// Hexadecimal as people and other programs write it, and the bytes that are sent.
class TestHexBytes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void printedByOthers_data();
    void printedByOthers();
};

void TestHexBytes::parses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("bytes");
    const auto hello = [](const char *name, const QString &text) {
        QTest::newRow(name) << text << "Hello World!\n"_ba;
    };
    QTest::newRow("no bytes") << u"  "_s << ""_ba;
    QTest::newRow("pairs") << u"48 65 6C6c\t6f 0A"_s << "Hello\n"_ba;
    QTest::newRow("zeros") << u"0000 00"_s << QByteArray(3, '\0');
    QTest::newRow("two blanks after a group") << u"48656c6c  6f 0a"_s << "Hello\n"_ba;
    QTest::newRow("0x") << u"0x48 0x65"_s << "He"_ba;
    QTest::newRow("one digit after 0x") << u"0x1, 0xa, 0X0"_s << "\x01\n\0"_ba;
    QTest::newRow("colons") << u"48:65:6c"_s << "Hel"_ba;
    QTest::newRow("hyphens") << u"48-65-6c"_s << "Hel"_ba;
    QTest::newRow("commas") << u"48,65, 6c"_s << "Hel"_ba;
    QTest::newRow("array in C") << u"{0x48, 0x65};"_s << "He"_ba;
    QTest::newRow("array in C on lines") << u"{\n  0x48, 0x65,\n  0x6c\n};\n"_s << "Hel"_ba;
    QTest::newRow("list in Python") << u"[0x48, 0x65]"_s << "He"_ba;
    QTest::newRow("escapes") << u"\\x48\\x65"_s << "He"_ba;
    QTest::newRow("escapes in C") << u"\"\\x48\\x65\" \\\n\"\\x6c\""_s << "Hel"_ba;
    // What the programs have printed of `printf 'Hello World!\n'`.
    hello("xxd", u"00000000: 4865 6c6c 6f20 576f 726c 6421 0a         Hello World!.\n"_s);
    hello("xxd, indented", u"  00000000: 4865 6c6c 6f20 576f 726c 6421 0a         Hello World!."_s);
    hello("xxd without the text", u"00000000: 4865 6c6c 6f20 576f 726c 6421 0a"_s);
    hello("xxd -g 1", u"00000000: 48 65 6c 6c 6f 20 57 6f 72 6c 64 21 0a           Hello World!.\n"_s);
    hello("xxd -c 8", u"00000000: 4865 6c6c 6f20 576f  Hello Wo\r\n00000008: 726c 6421 0a         rld!.\r\n"_s);
    hello("xxd -p", u"48656c6c6f20576f726c64210a\n"_s);
    hello("xxd -u -p -c 5", u"48656C6C6F\n20576F726C\n64210A\n"_s);
    hello("hexdump -C", u"00000000  48 65 6c 6c 6f 20 57 6f  72 6c 64 21 0a           |Hello World!.|\n0000000d\n"_s);
    hello("hexdump -C, a part of the text", u"00000000  48 65 6c 6c 6f 20 57 6f  72 6c 64 21 0a\n0000000d\n"_s);
    hello("Wireshark", u"0000   48 65 6c 6c 6f 20 57 6f 72 6c 64 21 0a            Hello World!.\n"_s);
    hello("Wireshark, a dot in the middle",
          u"0000   48 65 6c 6c 6f 20 57 6f 72 6c 64 21 0a            Hello World!·"_s);
    hello("Wireshark, a stream",
          u"    00000000  48 65 6c 6c 6f 20 57 6f  72 6c 64 21 0a              Hello Wo rld!.\n"_s);
    QTest::newRow("text like bytes") << u"0000   61 62 63                                          abc"_s << "abc"_ba;
    QTest::newRow("eight bytes, text like bytes")
        << u"00000000  61 62 20 63 64 20 65 66                           |ab cd ef|\n00000008\n"_s << "ab cd ef"_ba;
    QTest::newRow("blanks at the edges") << u"00000000: 2020 4820 20                               H  "_s << "  H  "_ba;
    QTest::newRow("bars") << u"00000000  7c 7c 7c                                          |||||\n"_s << "|||"_ba;
    QTest::newRow("bars in Wireshark") << u"0000   7c 7c 7c                                          |||\n"_s
                                       << "|||"_ba;
    QTest::newRow("from the middle") << u"00000010: 4865                                     He\n"
                                        "00000012: 6c6c                                     ll\n"_s
                                     << "Hell"_ba;
}

void TestHexBytes::parses()
{
    QFETCH(QString, text);
    QFETCH(const QByteArray, bytes);
    const auto parsed = parseHex(text);
    const auto *error = std::get_if<BytesError>(&parsed);
    QVERIFY2(!error, error ? qPrintable(error->sentence) : "");
    QCOMPARE(std::get<QByteArray>(parsed), bytes);
}

void TestHexBytes::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qsizetype>("position");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const QString &text, qsizetype position, const QString &sentence) {
        QTest::newRow(qPrintable(text)) << text << position << sentence;
    };
    const QString noByte = u"“%1” is not a byte: each takes two hexadecimal digits, such as 0a."_s;
    row(u"48 6"_s, 3, u"6 is half a byte: each takes two hexadecimal digits."_s);
    row(u"48 6 65"_s, 3, u"6 is half a byte: each takes two hexadecimal digits."_s);
    row(u"486"_s, 0, u"“486” has a digit too many or too few: each byte takes two hexadecimal digits."_s);
    row(u"zz"_s, 0, noByte.arg(u"zz"_s));
    row(u"4g"_s, 0, noByte.arg(u"4g"_s));
    row(u"48zz"_s, 2, noByte.arg(u"zz"_s));
    row(u"0x"_s, 0, noByte.arg(u"0x"_s));
    row(u"0x4z"_s, 2, noByte.arg(u"4z"_s));
    row(u"48 \u202e65"_s, 3, noByte.arg(u"\\u202e6"_s));
    row(u"char x[] = {0x48};"_s, 0, noByte.arg(u"ch"_s));
    row(u"0x48, 65"_s, 6,
        u"“65” has no 0x or \\x before it, as the bytes before have: it may be decimal or a character."_s);
    row(u"\\x48e"_s, 0, u"“\\\\x48e” is not a byte: \\x takes two hexadecimal digits."_s);
    row(u"48 0x65"_s, 3, u"“0x65” has a prefix, and the bytes before have none: they may be decimal."_s);
    row(u"0x4865"_s, 0,
        u"“0x4865” is longer than a byte, and the order of its bytes is not known: give each byte its own 0x."_s);
    row(u"\\x4"_s, 0, u"“\\\\x4” is not a byte: \\x takes two hexadecimal digits."_s);
    row(u"00000000  48 65"_s, 0, u"“00000000” may be an offset, or bytes: leave it out, or put one blank after it."_s);
    // Other forms of the programs' output
    row(u"0000000 6548 6c6c 206f 6f57 6c72 2164 000a\n000000d\n"_s, 0,
        u"“0000000” looks like an offset of od or hexdump, whose bytes may be swapped: use hexdump -C or xxd."_s);
    row(u"00000000: 6c6c6548 6f57206f 21646c72       0a  Hello World!.\n"_s, 10,
        u"The bytes at the offset “00000000” are not the text beside them, “0a  Hello World!.”: the dump may be in "
        "another order or base."_s);
    row(u"00000000: 01001000 01100101 01101100 01101100 01101111 00100000  Hello \n"_s, 10,
        u"The bytes at the offset “00000000” are not the text beside them, “Hello”: the dump may be in another order "
        "or base."_s);
    row(u"00000000: 4865  Hx\n"_s, 10,
        u"The bytes at the offset “00000000” are not the text beside them, “Hx”: the dump may be in another order or "
        "base."_s);
    row(u"00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n"
        "00000040  00 00 00 00 00 00                                 |......|\n00000046\n"_s,
        79, u"“*” stands for lines that the dump leaves out: make it with hexdump -v or xxd."_s);
    row(u"00000000: 4865  He\n00000010: 4865  He\n"_s, 19, u"The offset “00000010” does not follow: 00000002 would."_s);
    row(u"00000000: 4865  He\nsome text\n"_s, 19, u"A line without an offset stands in a dump with offsets."_s);
    row(u"00000000: zz"_s, 10, noByte.arg(u"zz"_s));
}

void TestHexBytes::refuses()
{
    QFETCH(const QString, text);
    QFETCH(const qsizetype, position);
    QFETCH(const QString, sentence);
    const auto parsed = parseHex(text);
    const auto *error = std::get_if<BytesError>(&parsed);
    QVERIFY(error);
    QCOMPARE(error->sentence, sentence);
    QCOMPARE(error->position, position);
}

void TestHexBytes::printedByOthers_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const QString &command) {
        const QStringList words = command.split(u' ');
        QTest::newRow(qPrintable(command)) << words.first() << words.sliced(1);
    };
    for (const QString &command : {u"xxd"_s, u"xxd -u"_s, u"xxd -g 1"_s, u"xxd -g 4"_s, u"xxd -c 8"_s,
                                   u"xxd -c 8 -g 1"_s, u"xxd -c 20"_s, u"xxd -p"_s, u"hexdump -Cv"_s})
        row(command);
}

/// Bytes of all kinds and lengths, as this computer's own programs print them.
void TestHexBytes::printedByOthers()
{
    QFETCH(const QString, program);
    QFETCH(const QStringList, arguments);
    const QString found = QStandardPaths::findExecutable(program);
    if (found.isEmpty())
        QSKIP("The program is not installed.");
    QRandomGenerator random(4711);
    for (int size = 1; size <= 40; ++size) {
        QByteArray bytes(size, Qt::Uninitialized);
        for (char &byte : bytes) { // hexadecimal digits and blanks are what a column of text is mistaken by
            constexpr QByteArrayView likely = " 0af|.:*\n\xff";
            byte = likely[random.bounded(likely.size())];
        }
        QProcess process;
        process.start(found, arguments);
        process.write(bytes);
        process.closeWriteChannel();
        QVERIFY2(process.waitForFinished(), qPrintable(process.errorString()));
        const QString text = QString::fromLatin1(process.readAllStandardOutput());
        const auto parsed = parseHex(text);
        const auto *error = std::get_if<BytesError>(&parsed);
        QVERIFY2(!error, error ? qPrintable(error->sentence + u'\n' + text) : "");
        QVERIFY2(std::get<QByteArray>(parsed) == bytes, qPrintable(text));
    }
}

QTEST_GUILESS_MAIN(TestHexBytes)
#include "tst_hex_bytes.moc"
