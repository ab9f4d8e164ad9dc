// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QString>

#include <variant>

namespace parley
{

/// What is wrong with typed bytes, and where.
struct BytesError
{
    qsizetype position; ///< UTF-16 code units before the mistake
    QString sentence;   ///< one sentence that names the mistake
};

/// The bytes of @p text in UTF-8, with the escapes `\n`, `\r`, `\t`, `\0`, `\\`, `\xhh` (a byte), `\uhhhh` and
/// `\Uhhhhhhhh` (a character) replaced.
std::variant<QByteArray, BytesError> parseEscaped(QStringView text);

/// @p bytes as a text on one line, from which parseEscaped() gives them back: displaySafe(), and `\xhh` for each byte
/// that is not UTF-8.
QString escapedText(QByteArrayView bytes);

/// The first @p most of @p bytes as pairs of hexadecimal digits with blanks between them; an ellipsis stands for the
/// rest.
QString hexText(QByteArrayView bytes, qsizetype most);

} // namespace parley
