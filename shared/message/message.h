// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>

namespace parley
{

/// The greeting that the server sends unless told otherwise.
inline constexpr char16_t DefaultGreeting[] = u"Hello World!";
/// The longest message that a client takes unless told otherwise (bytes).
inline constexpr qint64 DefaultMaxMessageBytes = 16 * 1024 * 1024;
/// The most that this limit can be raised to (bytes): the message is held in memory until it is whole.
inline constexpr qint64 MaxMessageBytes = 256 * 1024 * 1024;
/// The longest greeting that a server sends (bytes): as long as the longest message that a client takes by default.
inline constexpr qint64 MaxGreetingBytes = DefaultMaxMessageBytes;

/// The bytes of @p text on the wire: UTF-8 (RFC 3629). A lone surrogate becomes U+FFFD.
QByteArray encodeMessage(QStringView text);

/// Decodes UTF-8 that arrives in pieces, as recv(2) returns it: however the bytes are split, the text is the same.
///
/// Bytes that are not UTF-8 become U+FFFD, one for each maximal subpart (Unicode 15, 3.9, D93b), as Python's
/// `bytes.decode(errors='replace')` does. (QStringDecoder in Qt 6.4 gives another text for the same invalid
/// bytes when they are split differently, and swallows a valid byte that follows them.)
class MessageDecoder
{
public:
    /// The text of a whole message.
    static QString decodeAll(QByteArrayView bytes);

    /// The text that @p bytes completes.
    QString decode(QByteArrayView bytes);
    /// The end of the message: U+FFFD if it ended within a character, else an empty string.
    QString finish();

private:
    void decodeByte(unsigned char byte, QString &text);

    char32_t codePoint_ = 0;
    int missing_ = 0;             // continuation bytes still to come
    unsigned char lowest_ = 0x80; // bounds of the next continuation byte (Unicode 15, table 3-7)
    unsigned char highest_ = 0xbf;
};

enum class LineBreaks { Keep, Escape };

/// @p text with every character escaped that could act on a terminal, or make the text look like another one. ASCII's
/// control characters become `\x1b`. Characters that have no glyph or change their neighbours become `\u202e`, by
/// Unicode's properties (general categories Cc, Cf, Cn, Co, Cs, Zl and Zp, and Default_Ignorable_Code_Point). Tabs and
/// line feeds stay with LineBreaks::Keep. A backslash becomes `\\`, so that parseEscaped() gives the text back.
///
/// Nonspacing marks (Mn, Me) that have no character before them to be drawn on are escaped too, and so are all after
/// the fourth on one character: they would be drawn over other text (UTS #39, 5.4).
QString displaySafe(QStringView text, LineBreaks lineBreaks = LineBreaks::Keep);
/// displaySafe() on one line for a sentence with parts that it has made safe before: backslashes stay as they are.
QString sentenceSafe(QStringView sentence);

/// displaySafe() for a text that arrives in pieces: split between any characters, it gives the same result.
class SafeText
{
public:
    explicit SafeText(LineBreaks lineBreaks = LineBreaks::Keep) : lineBreaks_(lineBreaks) {}

    /// The next piece.
    QString next(QStringView text);

private:
    static constexpr int MaxMarks = 4;

    friend QString sentenceSafe(QStringView sentence);

    LineBreaks lineBreaks_;
    bool escapesBackslash_ = true;
    int marks_ = MaxMarks; // on the last character; none may come before the first
};

/// A duration for people: `40 µs`, `0.4 ms`, `3.0 ms`, `47 ms`, `1.25 s`, `2 min 5 s`.
QString durationText(std::chrono::nanoseconds duration);

/// `1 byte`, `12 bytes`, `1,024 bytes`, in the user's locale.
QString bytesText(qint64 count);

/// `a, b, c`. Of more than five, the first four, and how many more there are: `a, b, c, d and 36 more`.
QString enumerated(const QStringList &texts);

} // namespace parley
