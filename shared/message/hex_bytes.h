// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/message/escaped_bytes.h"

namespace parley
{

/// The bytes that @p text stands for in hexadecimal, as people and other programs write them:
/// - pairs of digits, together or apart, with blanks, line breaks, `,` `;` `:` `-`, brackets and quotation marks
/// between
///   them; `xxd -p` prints such lines;
/// - each byte after `0x` or `\x`, as in C, Python and a shell;
/// - dumps with offsets: xxd, `hexdump -C`, Wireshark. The column of text is left out once it agrees with the bytes.
///
/// A text that may mean two things is refused: decimal numbers among those with `0x`, `0x4865`, a dump whose offsets
/// leave a gap or whose bytes are swapped.
std::variant<QByteArray, BytesError> parseHex(QStringView text);

} // namespace parley
