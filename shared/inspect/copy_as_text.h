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

/// An octal escape of three digits: no digit after it can lengthen it.
inline QByteArray octal(char c)
{
    const auto value = static_cast<unsigned char>(c);
    return '\\' + QByteArray::number(value, 8).rightJustified(3, '0');
}

/// One word for a POSIX shell, of any bytes but NUL: `plain`, `'/tmp/it'\''s'`, and where they are no text,
/// `'/tmp/'"$(printf '\377')"''`.
QByteArray shellWord(const QByteArray &bytes);
/// A path as one word that no program takes for an option.
QByteArray shellPath(const QByteArray &path);
/// A bytes literal of Python: `b'Hello\n'`.
QByteArray pythonBytes(const QByteArray &bytes);
/// A string literal of C, of several parts, in lines that begin with @p indent.
QByteArray cString(const QByteArray &bytes, const QByteArray &indent = {});

/// A comment for each thing that the program lacks.
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
