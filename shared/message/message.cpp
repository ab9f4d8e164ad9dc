// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/message.h"

#include <QCoreApplication>
#include <QLocale>

namespace parley
{

namespace
{

/// Format characters that reorder, hide or forge text: Unicode's bidirectional controls (UAX #9), invisible ones but
/// for the joiners that scripts and emoji need, line and paragraph separators, interlinear annotations, the byte order
/// mark within text, and tag characters.
bool isDeceptive(char32_t c)
{
    return c == 0x00ad || c == 0x061c || c == 0x200b || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e)
           || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb)
           || (c >= 0xe0000 && c <= 0xe007f);
}

QString escaped(char32_t c)
{
    const auto code = static_cast<uint>(c);
    if (c < 0x100)
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
    text += decoder.finish(); // not in one expression: the calls must come in this order
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
    QString safe;
    safe.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        char32_t c = text[i].unicode();
        qsizetype units = 1;
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            c = QChar::surrogateToUcs4(text[i], text[i + 1]);
            units = 2;
        }
        const bool keptBreak = lineBreaks == LineBreaks::Keep && (c == U'\n' || c == U'\t');
        const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
        if (isDeceptive(c) || (control && !keptBreak))
            safe += escaped(c);
        else
            safe += text.sliced(i, units);
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

} // namespace parley
