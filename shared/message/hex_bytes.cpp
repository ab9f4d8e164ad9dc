// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/hex_bytes.h"

#include "shared/message/message.h"
#include "shared/message/quoted.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <optional>
#include <vector>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(EscapedBytes)
};

using Parsed = std::variant<QByteArray, BytesError>;

bool isHexDigit(QChar c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}

/// How many hexadecimal digits @p text begins with.
qsizetype digitsIn(QStringView text)
{
    return std::find_if_not(text.begin(), text.end(), isHexDigit) - text.begin();
}

/// One line of a dump: `00000010: 4865 6c6c  Hell`.
struct DumpLine
{
    qsizetype at = 0; ///< the line's first character in the text
    QString offset;
    bool hasColon = false; ///< after the offset, as xxd prints it
    QStringView rest;      ///< bytes and text
    qsizetype restAt = 0;
};

std::optional<DumpLine> dumpLine(QStringView line, qsizetype at)
{
    // One blank after an offset without a colon would make it a group of bytes like the others.
    static const QRegularExpression form(u"^\\s*([0-9A-Fa-f]{4,16})(?:(:)(?:\\s+|$)|(?:\\s{2,}|\\t|\\s*$))"_s);
    const auto match = form.match(line.toString());
    if (!match.hasMatch())
        return std::nullopt;
    const qsizetype end = match.capturedEnd();
    return DumpLine{at, match.captured(1), match.capturedLength(2) > 0, line.sliced(end), at + end};
}

/// The bytes of @p line without its text, and where that begins in the line's rest.
std::pair<QByteArray, qsizetype> bytesOf(const DumpLine &line)
{
    QByteArray bytes;
    qsizetype at = 0;
    while (at < line.rest.size()) {
        const qsizetype digits = digitsIn(line.rest.sliced(at));
        const qsizetype end = at + digits;
        const bool isGroup = digits > 0 && digits % 2 == 0 && (end == line.rest.size() || line.rest[end].isSpace());
        if (!isGroup || (!line.hasColon && digits != 2))
            break;
        bytes += QByteArray::fromHex(line.rest.sliced(at, digits).toLatin1());
        qsizetype next = end;
        while (next < line.rest.size() && line.rest[next].isSpace())
            ++next;
        at = next;
        // hexdump -C leaves two blanks after the eighth byte. A wider gap is the beginning of the text.
        const bool isMiddle = !line.hasColon && bytes.size() % 8 == 0 && next - end == 2;
        if (next - end > 1 && !isMiddle)
            break;
    }
    return {bytes, at};
}

/// Whether the column of text beside @p bytes is theirs. Blanks do not count: they are also what separates columns.
bool agrees(QByteArrayView bytes, const QString &column)
{
    const auto matches = [bytes](QStringView text) {
        qsizetype at = 0;
        for (const char byte : bytes) {
            if (byte == ' ')
                continue;
            while (at < text.size() && text[at].isSpace())
                ++at;
            const bool isPrintable = byte > ' ' && byte <= '~';
            if (at == text.size() || (isPrintable && text[at] != QLatin1Char(byte)))
                return false;
            ++at;
        }
        return text.sliced(at).trimmed().isEmpty();
    };
    const QStringView text = QStringView(column).trimmed();
    const bool hasBars = text.size() >= 2 && text.startsWith(u'|') && text.endsWith(u'|');
    return text.isEmpty() || matches(text) || (hasBars && matches(text.sliced(1, text.size() - 2)));
}

/// Nothing if @p text is no dump.
std::optional<Parsed> parseDump(QStringView text)
{
    std::vector<DumpLine> lines;
    qsizetype elsewhere = -1; // the first line that is none of a dump
    bool leavesOut = false;   // lines that are as the one before
    qsizetype leftOut = 0;
    for (qsizetype at = 0; at <= text.size();) {
        const qsizetype end = text.indexOf(u'\n', at) < 0 ? text.size() : text.indexOf(u'\n', at);
        const QStringView line = text.sliced(at, end - at);
        if (const auto parsed = dumpLine(line, at)) {
            lines.push_back(*parsed);
        } else if (line.trimmed() == u"*" && !leavesOut) {
            leavesOut = true;
            leftOut = at;
        } else if (!line.trimmed().isEmpty() && elsewhere < 0) {
            elsewhere = at;
        }
        at = end + 1;
    }
    if (lines.empty())
        return std::nullopt;
    const bool hasText = std::any_of(lines.begin(), lines.end(), [](const DumpLine &line) {
        return bytesOf(line).second < line.rest.trimmed().size();
    });
    const bool isFirst = elsewhere < 0 || lines.front().at < elsewhere;
    if (!lines.front().hasColon && (!isFirst || (elsewhere >= 0 && !hasText) || bytesOf(lines.front()).first.isEmpty()))
        return std::nullopt; // groups of bytes with two blanks after the first
    if (elsewhere >= 0)
        return BytesError{elsewhere, Texts::tr("A line without an offset stands in a dump with offsets.")};
    if (leavesOut)
        return BytesError{leftOut,
                          Texts::tr("“*” stands for lines that the dump leaves out: make it with hexdump -v or xxd.")};
    const quint64 first = lines.front().offset.toULongLong(nullptr, 16);
    if (lines.size() == 1 && !lines.front().hasColon && !hasText) {
        if (first % 16 != 0)
            return std::nullopt;
        return BytesError{lines.front().at,
                          Texts::tr("%1 may be an offset, or bytes: leave it out, or put one blank after it.")
                              .arg(quoted(lines.front().offset))};
    }
    QByteArray bytes;
    for (const DumpLine &line : lines) {
        const quint64 due = first + static_cast<quint64>(bytes.size());
        if (line.offset.toULongLong(nullptr, 16) != due)
            return BytesError{line.at, Texts::tr("The offset %1 does not follow: %2 would.")
                                           .arg(quoted(line.offset))
                                           .arg(due, static_cast<int>(line.offset.size()), 16, QLatin1Char('0'))};
        const auto [found, column] = bytesOf(line);
        const QString beside = line.rest.sliced(std::min(column, line.rest.size())).toString();
        if (found.isEmpty() && !line.rest.trimmed().isEmpty())
            return BytesError{line.restAt, Texts::tr("%1 is not a byte: each takes two hexadecimal digits, such as 0a.")
                                               .arg(quoted(line.rest.trimmed().toString()))};
        if (!agrees(found, beside))
            return BytesError{line.restAt, Texts::tr("The bytes at the offset %1 are not the text beside them, %2: the "
                                                     "dump may be in another order or base.")
                                               .arg(quoted(line.offset), quoted(beside.trimmed()))};
        bytes += found;
    }
    return bytes;
}

BytesError noByte(qsizetype at, QStringView text)
{
    const QStringView wrong = text.sliced(at, std::min<qsizetype>(2, text.size() - at));
    return {at, Texts::tr("“%1” is not a byte: each takes two hexadecimal digits, such as 0a.")
                    .arg(displaySafe(wrong, LineBreaks::Escape))};
}

BytesError halfByte(qsizetype at, QStringView digits)
{
    if (digits.size() == 1)
        return {at, Texts::tr("%1 is half a byte: each takes two hexadecimal digits.").arg(digits)};
    const QString sentence =
        digits.size() == 7 // od's offsets are octal, and the words of plain hexdump are in this computer's order
            ? Texts::tr("%1 looks like an offset of od or hexdump, whose bytes may be swapped: use hexdump -C or xxd.")
            : Texts::tr("%1 has a digit too many or too few: each byte takes two hexadecimal digits.");
    return {at, sentence.arg(quoted(digits.toString()))};
}

Parsed parseBytes(QStringView text)
{
    constexpr QStringView separators = u",;:-{}[]()\"'";
    QByteArray bytes;
    enum class Style { None, Plain, Prefixed } style = Style::None; // of the first byte
    for (qsizetype at = 0; at < text.size();) {
        if (text[at].isSpace() || separators.contains(text[at]) || text.sliced(at).startsWith(u"\\\n")) {
            ++at;
            continue;
        }
        const QStringView rest = text.sliced(at);
        const bool is0x = rest.startsWith(u"0x"_s, Qt::CaseInsensitive);
        const bool isEscape = rest.startsWith(u"\\x"_s);
        const Style now = is0x || isEscape ? Style::Prefixed : Style::Plain;
        const qsizetype prefix = now == Style::Prefixed ? 2 : 0;
        const QStringView digits = rest.sliced(prefix, digitsIn(rest.sliced(prefix)));
        const qsizetype end = at + prefix + digits.size();
        if (digits.isEmpty())
            return noByte(at, text);
        if (style != Style::None && now != style)
            return BytesError{at, now == Style::Plain
                                      ? Texts::tr("%1 has no 0x or \\x before it, as the bytes before have: it may be "
                                                  "decimal or a character.")
                                            .arg(quoted(digits.toString()))
                                      : Texts::tr("%1 has a prefix, and the bytes before have none: they may be "
                                                  "decimal.")
                                            .arg(quoted(rest.first(prefix + digits.size()).toString()))};
        style = now;
        if (is0x && digits.size() > 2)
            return BytesError{at, Texts::tr("%1 is longer than a byte, and the order of its bytes is not known: give "
                                            "each byte its own 0x.")
                                      .arg(quoted(rest.first(prefix + digits.size()).toString()))};
        if (isEscape && digits.size() != 2)
            return BytesError{at, Texts::tr("%1 is not a byte: \\x takes two hexadecimal digits.")
                                      .arg(quoted(rest.first(prefix + digits.size()).toString()))};
        const bool endsThere = end == text.size() || text[end].isSpace() || separators.contains(text[end])
                               || (isEscape && text[end] == u'\\');
        const bool isOdd = digits.size() % 2 != 0;
        if (!endsThere)
            return noByte(isOdd ? end - 1 : end, text);
        if (isOdd && now == Style::Plain)
            return halfByte(at, digits);
        const QByteArray latin = digits.toLatin1();
        bytes += QByteArray::fromHex(latin.size() == 1 ? '0' + latin : latin);
        at = end;
    }
    return bytes;
}

} // namespace

std::variant<QByteArray, BytesError> parseHex(QStringView text)
{
    if (auto dump = parseDump(text))
        return *std::move(dump);
    return parseBytes(text);
}

} // namespace parley
