// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/message/hex_bytes.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLineEdit;

namespace parley
{

/// Where a user types bytes to send, on one line: as text with escapes (parseEscaped()) and a line end to follow, or in
/// hexadecimal (parseHex()).
///
/// What is pasted stays what it is: a line break, a tab or another control character becomes its escape, and several
/// lines of hexadecimal become pairs of digits.
class BytesField : public QWidget
{
    Q_OBJECT

public:
    static constexpr int LongestText = 4096; ///< UTF-16 code units; the field lays these out without a stall

    /// A line as it was typed.
    struct Line
    {
        bool isHex = false;
        QString text;
        QString ending = QStringLiteral("no"); ///< of a text

        friend bool operator==(const Line &, const Line &) = default;
    };

    /// @param name of the line edit; @p modeName and @p endingName of the boxes beside it.
    BytesField(const QString &name, const QString &modeName, const QString &endingName, QWidget *parent = nullptr);

    QLineEdit *edit() const { return edit_; }
    bool isHex() const;
    std::variant<QByteArray, BytesError> bytes() const;
    static std::variant<QByteArray, BytesError> bytesOf(const Line &line, TextEncoding encoding);
    /// Of the text and the line end; UTF-8 until then. What is typed stays, and stands for other bytes then; the bytes
    /// of setBytes() stay, and are shown anew.
    void setEncoding(TextEncoding encoding);
    /// Shows @p bytes as escaped text, or in hexadecimal if they are no text in the encoding. Bytes that are too many
    /// for that, or have a @p source, are sent as they are until something else is typed; the placeholder tells.
    void setBytes(const QByteArray &bytes, const QString &source = {});

    /// What is in the field; its text is empty where bytes are held.
    Line line() const;
    /// @p line has one of the endings().
    void setLine(const Line &line);
    /// `no`, `lf` and `crlf`.
    static const QStringList &endings();
    /// Shown in an empty field of text.
    void setPlaceholder(const QString &text);

Q_SIGNALS:
    void changed();

private:
    void edited();
    void showPlaceholder();

    TextEncoding encoding_ = TextEncoding::Utf8;
    QComboBox *const mode_;
    QLineEdit *const edit_;
    QComboBox *const ending_;
    QString placeholder_;
    std::optional<QByteArray> given_; // by setBytes(), and not edited since
    std::optional<QByteArray> held_;  // bytes that are not in the field
    QString source_;                  // of these
};

} // namespace parley
