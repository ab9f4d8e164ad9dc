// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/text_encoding.h"

#include "shared/message/quoted.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>
#include <utility>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(TextEncoding)
};

struct Named
{
    TextEncoding encoding;
    const char *name;      // as Qt and ICU know it
    QStringList otherwise; // lower case, without hyphens
};

const std::vector<Named> &all()
{
    static const std::vector<Named> names{
        {TextEncoding::Utf8, "UTF-8", {}},
        {TextEncoding::Latin1, "ISO-8859-1", {u"latin1"_s, u"l1"_s}},
        {TextEncoding::Gbk, "GBK", {u"gb2312"_s, u"cp936"_s}},
        {TextEncoding::ShiftJis, "Shift_JIS", {u"sjis"_s, u"cp932"_s, u"windows31j"_s}},
        {TextEncoding::Utf16Le, "UTF-16LE", {u"utf16"_s}},
        {TextEncoding::Utf16Be, "UTF-16BE", {}},
    };
    return names;
}

const char *nameOf(TextEncoding encoding)
{
    return std::find_if(all().begin(), all().end(), [=](const Named &named) { return named.encoding == encoding; })
        ->name;
}

QString simplified(const QString &name)
{
    QString simple;
    for (const QChar c : name) {
        if (c.isLetterOrNumber())
            simple += c.toLower();
    }
    return simple;
}

bool isUtf16(TextEncoding encoding)
{
    return encoding == TextEncoding::Utf16Le || encoding == TextEncoding::Utf16Be;
}

constexpr char Substitute = '\x1a';

/// ICU's Shift_JIS (ibm-943_P15A-2003) exchanges three control characters, as IBM's PCs did: a byte that stands for
/// itself everywhere else gives another one there.
char toIcu(char byte)
{
    switch (byte) {
    case '\x1a': return '\x7f';
    case '\x1c': return '\x1a';
    case '\x7f': return '\x1c';
    default: return byte;
    }
}

char fromIcu(char byte)
{
    return toIcu(toIcu(byte));
}

void eachByte(QByteArray &bytes, char (&changed)(char))
{
    std::transform(bytes.begin(), bytes.end(), bytes.begin(), changed);
}

/// The bytes as the converter gives them, which has something in place of each character that it does not know.
QByteArray converted(QStringView text, TextEncoding encoding)
{
    QStringEncoder encoder(nameOf(encoding));
    QByteArray bytes = encoder.encode(text);
    if (encoding == TextEncoding::ShiftJis)
        eachByte(bytes, fromIcu);
    return bytes;
}

bool isFaithful(QStringView text, QByteArrayView bytes, TextEncoding encoding)
{
    return decodeText(bytes, encoding) == text && (isUtf16(encoding) || !text.contains(QChar::ReplacementCharacter));
}

} // namespace

std::vector<TextEncoding> textEncodings()
{
    std::vector<TextEncoding> known;
    for (const Named &named : all()) {
        if (QStringDecoder(named.name).isValid())
            known.push_back(named.encoding);
    }
    return known;
}

QString encodingName(TextEncoding encoding)
{
    return QString::fromLatin1(nameOf(encoding));
}

std::variant<TextEncoding, QString> parseEncoding(const QString &name)
{
    QStringList names;
    const QString asked = simplified(name);
    for (const TextEncoding encoding : textEncodings()) {
        const Named &named = *std::find_if(all().begin(), all().end(),
                                           [=](const Named &candidate) { return candidate.encoding == encoding; });
        names.append(QString::fromLatin1(named.name));
        if (simplified(names.last()) == asked || named.otherwise.contains(asked))
            return encoding;
    }
    const QString last = names.takeLast();
    return Texts::tr("%1 is no text encoding that is known here: give %2 or %3.")
        .arg(quoted(name), names.join(u", "_s), last);
}

std::variant<QByteArray, BytesError> encodeText(QStringView text, TextEncoding encoding)
{
    if (encoding == TextEncoding::Utf8)
        return encodeMessage(text);
    const QByteArray bytes = converted(text, encoding);
    if (isFaithful(text, bytes, encoding))
        return bytes;
    for (qsizetype at = 0; at < text.size();) {
        const bool isPair = text[at].isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate();
        const QStringView character = text.sliced(at, isPair ? 2 : 1);
        if (!isFaithful(character, converted(character, encoding), encoding))
            return BytesError{
                at, Texts::tr("%1 is not a character of %2: choose another text encoding, or write bytes as \\xhh.")
                        .arg(quoted(character.toString()), encodingName(encoding))};
        at += character.size();
    }
    return bytes; // no encoding here joins characters, so one of them was found
}

QString decodeText(QByteArrayView bytes, TextEncoding encoding, bool isOdd)
{
    if (isOdd && isUtf16(encoding) && !bytes.isEmpty())
        return QChar(QChar::ReplacementCharacter) + decodeText(bytes.sliced(1), encoding);
    TextDecoder decoder(encoding);
    QString text = decoder.decode(bytes);
    text += decoder.finish(); // a statement of its own: the calls must come in this order
    return text;
}

TextDecoder::TextDecoder(TextEncoding encoding)
    : encoding_(encoding), other_(nameOf(encoding), QStringConverter::Flag::ConvertInitialBom)
{
}

QString TextDecoder::decode(QByteArrayView bytes)
{
    switch (encoding_) {
    case TextEncoding::Utf8: return utf8_.decode(bytes);
    case TextEncoding::Utf16Le:
    case TextEncoding::Utf16Be: {
        isOdd_ ^= bytes.size() % 2 != 0;
        QString text = std::exchange(half_, {}) + QString(other_.decode(bytes));
        if (!text.isEmpty() && text.back().isHighSurrogate()) { // its other half may follow
            half_ = text.last(1);
            text.chop(1);
        }
        return text;
    }
    case TextEncoding::Latin1: return other_.decode(bytes);
    case TextEncoding::Gbk:
    case TextEncoding::ShiftJis: break;
    }
    // For a single byte that is no character, ICU gives U+001A, as it does for the character of that number.
    QString text;
    for (qsizetype at = 0; at < bytes.size();) {
        const qsizetype found = bytes.sliced(at).indexOf(Substitute);
        const qsizetype end = found < 0 ? bytes.size() : at + found + 1;
        text += convert(bytes.sliced(at, end - at)).replace(QChar(u'\x1a'), QChar::ReplacementCharacter);
        if (found >= 0)
            text.back() = QChar(u'\x1a');
        at = end;
    }
    return text;
}

QString TextDecoder::convert(QByteArrayView bytes)
{
    if (encoding_ != TextEncoding::ShiftJis)
        return other_.decode(bytes);
    QByteArray exchanged = bytes.toByteArray();
    eachByte(exchanged, toIcu);
    return other_.decode(exchanged);
}

QString TextDecoder::finish()
{
    if (encoding_ == TextEncoding::Utf8)
        return utf8_.finish();
    // A line feed is no part of a longer character: it shows whether one was begun.
    const bool isCut = isUtf16(encoding_) ? isOdd_ : convert("\n").size() > 1;
    const QString half = half_;
    *this = TextDecoder(encoding_);
    return isCut ? half + QChar(QChar::ReplacementCharacter) : half;
}

qsizetype characterBoundary(QByteArrayView bytes, qsizetype position, TextEncoding encoding, bool isOdd)
{
    if (position >= bytes.size())
        return bytes.size();
    if (isOdd && isUtf16(encoding))
        return 1 + characterBoundary(bytes.sliced(1), std::max<qsizetype>(position - 1, 0), encoding);
    switch (encoding) {
    case TextEncoding::Latin1: return position;
    case TextEncoding::Utf16Le:
    case TextEncoding::Utf16Be: {
        const qsizetype unit = std::min(position + position % 2, bytes.size());
        if (unit < 2 || unit + 2 > bytes.size())
            return unit;
        const QString pair = decodeText(bytes.sliced(unit - 2, 4), encoding);
        return pair.at(0).isHighSurrogate() && pair.at(1).isLowSurrogate() ? unit + 2 : unit;
    }
    case TextEncoding::Gbk:
    case TextEncoding::ShiftJis: {
        // Two bytes make a character where the first one is above ASCII and no katakana of half the width, which
        // Shift_JIS has from a1 to df. No second byte is below 40, and a byte up to 80 always ends a character.
        constexpr qsizetype farthest = 64 * 1024;
        const auto valueAt = [bytes](qsizetype at) { return static_cast<unsigned char>(bytes[at]); };
        qsizetype at = position;
        while (at > 0 && position - at < farthest && valueAt(at - 1) > 0x80)
            --at;
        while (at < position) {
            const bool isLead =
                valueAt(at) > 0x80
                && (encoding == TextEncoding::Gbk || valueAt(at) < 0xa0 || (valueAt(at) > 0xdf && valueAt(at) < 0xfd));
            const bool hasTrail = at + 1 < bytes.size() && valueAt(at + 1) >= 0x40;
            at += isLead && hasTrail ? 2 : 1;
        }
        return at;
    }
    case TextEncoding::Utf8: break;
    }
    for (qsizetype back = 1; back <= 3 && back <= position; ++back) {
        const auto byte = static_cast<unsigned char>(bytes[position - back]);
        if ((byte & 0xc0) == 0x80) // a continuation byte: further back
            continue;
        const qsizetype length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        if (length <= back || position - back + length > bytes.size())
            break;
        const QString character = MessageDecoder::decodeAll(bytes.sliced(position - back, length));
        return character.contains(QChar::ReplacementCharacter) ? position : position - back + length;
    }
    return position;
}

} // namespace parley
