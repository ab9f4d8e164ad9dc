// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/message/text_encoding.h"

namespace parley
{

/// The bytes of @p text, with the escapes replaced: `\xhh` by a byte; `\n`, `\r`, `\t`, `\0`, `\\`, `\uhhhh` and
/// `\Uhhhhhhhh` by a character.
std::variant<QByteArray, BytesError> parseEscaped(QStringView text, TextEncoding encoding = TextEncoding::Utf8);

/// @p bytes as a text on one line, from which parseEscaped() gives them back: displaySafe(), and `\xhh` for each byte
/// that is not UTF-8.
QString escapedText(QByteArrayView bytes);

/// The first @p most of @p bytes as pairs of hexadecimal digits with blanks between them; an ellipsis stands for the
/// rest.
QString hexText(QByteArrayView bytes, qsizetype most);

} // namespace parley
