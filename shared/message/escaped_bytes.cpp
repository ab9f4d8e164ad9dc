// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/escaped_bytes.h"

#include "shared/message/message.h"

#include <QCoreApplication>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(EscapedBytes)
};

/// The value of a hexadecimal digit; -1 for other characters.
int digitOf(QChar character)
{
    const char16_t c = character.unicode();
    if (c >= u'0' && c <= u'9')
        return c - u'0';
    if (c >= u'a' && c <= u'f')
        return c - u'a' + 10;
    if (c >= u'A' && c <= u'F')
        return c - u'A' + 10;
    return -1;
}

/// The value of the @p count digits that @p text begins with; -1 where there are fewer.
qint64 valueOf(QStringView text, qsizetype count)
{
    if (text.size() < count)
        return -1;
    qint64 value = 0;
    for (const QChar character : text.first(count)) {
        const int digit = digitOf(character);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

} // namespace

std::variant<QByteArray, BytesError> parseEscaped(QStringView text, TextEncoding encoding)
{
    QByteArray bytes;
    std::optional<BytesError> unknown;
    const auto add = [&](QStringView characters, qsizetype at, bool isEscape) {
        auto encoded = encodeText(characters, encoding);
        if (const auto *error = std::get_if<BytesError>(&encoded))
            unknown = BytesError{isEscape ? at : at + error->position, error->sentence};
        else
            bytes += std::get<QByteArray>(encoded);
    };
    qsizetype plain = 0; // the beginning of the text that is not in bytes yet
    for (qsizetype at = text.indexOf(u'\\'); at >= 0 && !unknown; at = text.indexOf(u'\\', plain)) {
        add(text.sliced(plain, at - plain), plain, false);
        if (unknown)
            break;
        if (at + 1 == text.size())
            return BytesError{at, Texts::tr("A single \\ ends the text: write \\\\ for the character.")};
        const QChar kind = text[at + 1];
        const QStringView rest = text.sliced(at + 2);
        qsizetype digits = 0;
        switch (kind.unicode()) {
        case u'n': add(u"\n", at, true); break;
        case u'r': add(u"\r", at, true); break;
        case u't': add(u"\t", at, true); break;
        case u'0': add(QStringView(u"\0", 1), at, true); break;
        case u'\\': add(u"\\", at, true); break;
        case u'x': digits = 2; break;
        case u'u': digits = 4; break;
        case u'U': digits = 8; break;
        default:
            return BytesError{
                at,
                Texts::tr("\\%1 is not a known escape. Use \\n, \\r, \\t, \\0, \\\\, \\xhh, \\uhhhh or \\Uhhhhhhhh.")
                    .arg(displaySafe(QString(kind), LineBreaks::Escape))};
        }
        if (digits > 0) {
            const qint64 value = valueOf(rest, digits);
            if (value < 0)
                return BytesError{at, Texts::tr("\\%1 takes %2 hexadecimal digits.").arg(kind).arg(digits)};
            const auto codePoint = static_cast<char32_t>(value);
            if (digits == 2)
                bytes += static_cast<char>(value);
            else if (value > QChar::LastValidCodePoint || QChar::isSurrogate(codePoint))
                return BytesError{at, Texts::tr("\\%1%2 is not a character.").arg(kind).arg(rest.first(digits))};
            else
                add(QStringView(QChar::fromUcs4(codePoint)), at, true); // QString::fromUcs4() leaves out U+FEFF
        }
        plain = at + 2 + digits;
    }
    if (!unknown)
        add(text.sliced(plain), plain, false);
    if (unknown)
        return *unknown;
    return bytes;
}

QString escapedText(QByteArrayView bytes)
{
    const QString whole = MessageDecoder::decodeAll(bytes);
    if (encodeMessage(whole) == bytes)
        return displaySafe(whole, LineBreaks::Escape);
    QString text;
    for (qsizetype at = 0; at < bytes.size();) {
        const auto lead = static_cast<unsigned char>(bytes[at]);
        const qsizetype length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4; // RFC 3629, 3
        const QByteArrayView piece = bytes.sliced(at, std::min(length, bytes.size() - at));
        const QString character = MessageDecoder::decodeAll(piece);
        const bool isCharacter = encodeMessage(character) == piece;
        // A combining character stands alone here, and is escaped.
        text += isCharacter ? displaySafe(character, LineBreaks::Escape)
                            : QStringLiteral("\\x%1").arg(lead, 2, 16, QLatin1Char('0'));
        at += isCharacter ? piece.size() : 1;
    }
    return text;
}

QString hexText(QByteArrayView bytes, qsizetype most)
{
    const QByteArray shown = bytes.first(std::min(most, bytes.size())).toByteArray();
    return QString::fromLatin1(shown.toHex(' ')) + (bytes.size() > most ? QStringLiteral(" …") : QString());
}

} // namespace parley
