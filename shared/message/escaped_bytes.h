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
    qsizetype position; ///< UTF-16 code units before what is wrong
    QString sentence;   ///< one, that names it
};

/// The bytes of @p text in UTF-8, with the escapes `\n`, `\r`, `\t`, `\0`, `\\`, `\xhh` (a byte), `\uhhhh` and
/// `\Uhhhhhhhh` (a character) replaced.
std::variant<QByteArray, BytesError> parseEscaped(QStringView text);

/// The bytes that pairs of hexadecimal digits stand for; between pairs there may be blanks.
std::variant<QByteArray, BytesError> parseHex(QStringView text);

/// At most @p most of @p bytes as pairs of hexadecimal digits with blanks between; an ellipsis says that there are
/// more.
QString hexText(QByteArrayView bytes, qsizetype most);

} // namespace parley
