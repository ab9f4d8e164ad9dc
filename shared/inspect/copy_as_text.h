// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/inspect/exchange.h"

#include <QByteArrayList>

// What the three languages of copy_as.h share.
namespace parley
{

inline bool isPlain(char c)
{
    return c >= ' ' && c <= '~';
}

/// As an octal escape of three digits, which no digit after it can lengthen.
inline QByteArray octal(char c)
{
    const auto value = static_cast<unsigned char>(c);
    return '\\' + QByteArray::number(value, 8).rightJustified(3, '0');
}

/// One word for a POSIX shell, whatever its bytes are but NUL: `plain`, `'/tmp/it'\''s'`; with bytes that are no text,
/// `'/tmp/'"$(printf '\377')"''`.
QByteArray shellWord(const QByteArray &bytes);
/// A path likewise, which no program takes for an option.
QByteArray shellPath(const QByteArray &path);
/// A bytes literal of Python: `b'Hello\n'`.
QByteArray pythonBytes(const QByteArray &bytes);
/// A string literal of C, of several parts, in lines that begin with @p indent.
QByteArray cString(const QByteArray &bytes, const QByteArray &indent = {});

/// What the program lacks, a comment each.
inline QByteArrayList omissions(const Exchange &exchange)
{
    QByteArrayList notes;
    if (exchange.mayLackCalls)
        notes.append("Calls may be missing here: not all of them were kept");
    if (exchange.omitted > 0)
        notes.append(QByteArray::number(exchange.omitted) + " more bytes were sent, which are left out here");
    return notes;
}

} // namespace parley
