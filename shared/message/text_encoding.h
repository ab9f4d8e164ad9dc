// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/message/message.h"

#include <QStringConverter>

#include <optional>
#include <variant>
#include <vector>

namespace parley
{

/// How characters become bytes, and back.
enum class TextEncoding {
    Utf8,
    Latin1,   ///< ISO-8859-1
    Gbk,      ///< as Windows has it (code page 936)
    ShiftJis, ///< as Windows has it (code page 932)
    Utf16Le,  ///< without a byte order mark: one is a character like others
    Utf16Be,
};

/// Those that Qt can convert here, UTF-8 first. GBK and Shift_JIS need a Qt that was built with ICU.
std::vector<TextEncoding> textEncodings();
/// The name that IANA registers: `Shift_JIS`.
QString encodingName(TextEncoding encoding);
/// The encoding that @p name stands for, in any case, with or without hyphens, or one sentence. Other usual names are
/// known, too: `latin1`, `sjis`, `gb2312`, `utf-16` (which is UTF-16LE, as the WHATWG's Encoding Standard has it).
std::variant<TextEncoding, QString> parseEncoding(const QString &name);

/// What is wrong with typed bytes, and where.
struct BytesError
{
    qsizetype position; ///< UTF-16 code units before the mistake
    QString sentence;   ///< one sentence that names the mistake

    friend bool operator==(const BytesError &, const BytesError &) = default;
};

/// The bytes of @p text, or the first character that the encoding does not have. What is returned gives @p text again
/// when it is decoded. In UTF-8 a lone surrogate becomes U+FFFD, as in encodeMessage().
std::variant<QByteArray, BytesError> encodeText(QStringView text, TextEncoding encoding);
/// The text of a whole message; or of a piece of one, where @p isOdd tells that an odd number of bytes comes before it.
/// Then UTF-16 begins after its first byte, which becomes U+FFFD.
QString decodeText(QByteArrayView bytes, TextEncoding encoding, bool isOdd = false);

/// MessageDecoder for any encoding: however the bytes are split, the text is the same, and what stands for no character
/// becomes U+FFFD.
class TextDecoder
{
public:
    explicit TextDecoder(TextEncoding encoding = TextEncoding::Utf8);

    /// The text that @p bytes completes.
    QString decode(QByteArrayView bytes);
    /// The end of the message: U+FFFD if it ended within a character, else an empty string. A new message may follow.
    QString finish();

private:
    QString convert(QByteArrayView bytes);

    TextEncoding encoding_;
    MessageDecoder utf8_;
    QStringDecoder other_; // for all but UTF-8
    QString half_;         // UTF-16: the first of two surrogates
    bool isOdd_ = false;   // UTF-16: half a code unit is still to come
};

/// @p position, or the end of the character that @p position is within. Of GBK and Shift_JIS only the last 64 KiB
/// before
/// @p position are looked at. @p isOdd as in decodeText().
qsizetype characterBoundary(QByteArrayView bytes, qsizetype position, TextEncoding encoding, bool isOdd = false);

} // namespace parley
