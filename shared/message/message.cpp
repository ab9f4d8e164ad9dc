// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/message.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <iterator>

namespace parley
{

namespace
{

struct Range
{
    char32_t first;
    char32_t last;
};

/// Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt, Unicode 15): nothing is drawn for them.
/// Qt knows the categories of characters, but not this property.
constexpr Range DefaultIgnorable[] = {
    {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
    {0xffa0, 0xffa0}, {0xfff0, 0xfff8}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

bool isDefaultIgnorable(char32_t c)
{
    const Range *range = std::lower_bound(std::begin(DefaultIgnorable), std::end(DefaultIgnorable), c,
                                          [](const Range &before, char32_t value) { return before.last < value; });
    return range != std::end(DefaultIgnorable) && c >= range->first;
}

/// Whether @p c has no glyph, or changes how the characters beside it are shown.
bool isInvisible(char32_t c)
{
    if (c < 0x7f)
        return c < 0x20;
    switch (QChar::category(c)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate: // half of a pair alone
    case QChar::Other_PrivateUse:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph: return true;
    default: return isDefaultIgnorable(c);
    }
}

/// A mark that takes no room of its own, and is drawn on the character before it.
bool isNonspacingMark(char32_t c)
{
    return c >= 0x300 && (QChar::category(c) == QChar::Mark_NonSpacing || QChar::category(c) == QChar::Mark_Enclosing);
}

QString escaped(char32_t c)
{
    const auto code = static_cast<uint>(c);
    if (c < 0x80) // above, \x would be a byte that is no character
        return QStringLiteral("\\x%1").arg(code, 2, 16, QLatin1Char('0'));
    if (c < 0x10000)
        return QStringLiteral("\\u%1").arg(code, 4, 16, QLatin1Char('0'));
    return QStringLiteral("\\U%1").arg(code, 8, 16, QLatin1Char('0'));
}

} // namespace

QByteArray encodeMessage(QStringView text)
{
    // QStringView::toUtf8() turns a lone surrogate into a question mark, and QString::fromUcs4() drops a byte order
    // mark (Qt 6.4).
    QString valid = text.toString();
    for (qsizetype i = 0; i < valid.size(); ++i) {
        if (valid.at(i).isHighSurrogate() && i + 1 < valid.size() && valid.at(i + 1).isLowSurrogate())
            ++i;
        else if (valid.at(i).isSurrogate())
            valid[i] = QChar::ReplacementCharacter;
    }
    return valid.toUtf8();
}

QString MessageDecoder::decodeAll(QByteArrayView bytes)
{
    MessageDecoder decoder;
    QString text = decoder.decode(bytes);
    text += decoder.finish(); // a statement of its own: the calls must come in this order
    return text;
}

QString MessageDecoder::decode(QByteArrayView bytes)
{
    QString text;
    text.reserve(bytes.size() + 1);
    for (const char byte : bytes)
        decodeByte(static_cast<unsigned char>(byte), text);
    return text;
}

QString MessageDecoder::finish()
{
    const bool cut = missing_ > 0;
    *this = {};
    return cut ? QString(QChar(QChar::ReplacementCharacter)) : QString();
}

void MessageDecoder::decodeByte(unsigned char byte, QString &text)
{
    if (missing_ > 0) {
        if (byte >= lowest_ && byte <= highest_) {
            codePoint_ = codePoint_ << 6 | (byte & 0x3fU);
            lowest_ = 0x80;
            highest_ = 0xbf;
            if (--missing_ == 0)
                text += QStringView(QChar::fromUcs4(codePoint_));
            return;
        }
        text += QChar(QChar::ReplacementCharacter);
        *this = {}; // and the byte starts a character of its own
    }
    if (byte < 0x80) {
        text += QLatin1Char(static_cast<char>(byte));
    } else if (byte >= 0xc2 && byte <= 0xdf) {
        codePoint_ = byte & 0x1fU;
        missing_ = 1;
    } else if (byte >= 0xe0 && byte <= 0xef) {
        codePoint_ = byte & 0x0fU;
        missing_ = 2;
        if (byte == 0xe0)
            lowest_ = 0xa0; // shorter forms exist
        else if (byte == 0xed)
            highest_ = 0x9f; // surrogates
    } else if (byte >= 0xf0 && byte <= 0xf4) {
        codePoint_ = byte & 0x07U;
        missing_ = 3;
        if (byte == 0xf0)
            lowest_ = 0x90;
        else if (byte == 0xf4)
            highest_ = 0x8f; // above U+10FFFF
    } else {
        text += QChar(QChar::ReplacementCharacter);
    }
}

QString displaySafe(QStringView text, LineBreaks lineBreaks)
{
    return SafeText(lineBreaks).next(text);
}

QString sentenceSafe(QStringView sentence)
{
    SafeText safe(LineBreaks::Escape);
    safe.escapesBackslash_ = false;
    return safe.next(sentence);
}

QString SafeText::next(QStringView text)
{
    QString safe;
    safe.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        char32_t c = text[i].unicode();
        qsizetype units = 1;
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            c = QChar::surrogateToUcs4(text[i], text[i + 1]);
            units = 2;
        }
        const bool keptBreak = lineBreaks_ == LineBreaks::Keep && (c == U'\n' || c == U'\t');
        const bool isMark = isNonspacingMark(c);
        if ((isInvisible(c) && !keptBreak) || (isMark && marks_ == MaxMarks)) {
            safe += escaped(c);
            marks_ = MaxMarks; // a mark that follows would be drawn on the escape
        } else if (c == U'\\' && escapesBackslash_) {
            safe += QStringLiteral("\\\\");
            marks_ = MaxMarks;
        } else {
            safe += text.sliced(i, units);
            marks_ = keptBreak ? MaxMarks : isMark ? marks_ + 1 : 0;
        }
        i += units - 1;
    }
    return safe;
}

QString durationText(std::chrono::nanoseconds duration)
{
    const double ms = std::chrono::duration<double, std::milli>(duration).count();
    const QLocale locale;
    if (ms < 0.0995)
        return QCoreApplication::translate("duration", "%1 µs").arg(locale.toString(ms * 1000, 'f', 0));
    if (ms < 9.95)
        return QCoreApplication::translate("duration", "%1 ms").arg(locale.toString(ms, 'f', 1));
    if (ms < 999.5)
        return QCoreApplication::translate("duration", "%1 ms").arg(locale.toString(ms, 'f', 0));
    if (ms < 59'995)
        return QCoreApplication::translate("duration", "%1 s").arg(locale.toString(ms / 1000, 'f', 2));
    const auto seconds = static_cast<qint64>(ms / 1000 + 0.5);
    return QCoreApplication::translate("duration", "%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

QString bytesText(qint64 count)
{
    return count == 1 ? QCoreApplication::translate("bytes", "1 byte")
                      : QCoreApplication::translate("bytes", "%1 bytes").arg(QLocale().toString(count));
}

QString enumerated(const QStringList &texts)
{
    constexpr qsizetype named = 4;
    if (texts.size() <= named + 1)
        return texts.join(QStringLiteral(", "));
    return QCoreApplication::translate("enumeration", "%1 and %2 more")
        .arg(texts.first(named).join(QStringLiteral(", ")), QLocale().toString(texts.size() - named));
}

} // namespace parley
