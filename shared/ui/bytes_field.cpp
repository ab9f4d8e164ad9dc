// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/bytes_field.h"

#include "shared/message/message.h"
#include "shared/ui/field_help.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

enum Mode { Text, Hex };

/// A dump has several characters for a byte. What is longer is cut by the line edit; one character more than this tells
/// that it was.
constexpr int LongestPasted = 16 * BytesField::LongestText;

QComboBox *choice(const QString &name, const QString &accessibleName)
{
    auto *choice = new QComboBox;
    choice->setObjectName(name);
    choice->setAccessibleName(accessibleName);
    return choice;
}

/// @p text with an escape in place of each character that a line edit shows as a blank.
QString withoutControls(const QString &text)
{
    QString shown;
    for (const QChar c : text) {
        switch (c.unicode()) {
        case u'\n': shown += u"\\n"_s; break;
        case u'\r': shown += u"\\r"_s; break;
        case u'\t': shown += u"\\t"_s; break;
        default:
            if (c.category() == QChar::Other_Control || c == QChar::LineSeparator || c == QChar::ParagraphSeparator
                || c == QChar::ObjectReplacementCharacter)
                shown += displaySafe(QString(c), LineBreaks::Escape);
            else
                shown += c;
        }
    }
    return shown;
}

} // namespace

BytesField::BytesField(const QString &name, const QString &modeName, const QString &endingName, QWidget *parent)
    : QWidget(parent), mode_(choice(modeName, tr("What is typed"))), edit_(new QLineEdit),
      ending_(choice(endingName, tr("Line ending")))
{
    edit_->setObjectName(name);
    edit_->setMaxLength(LongestPasted + 1);
    explainField(*edit_, tr("What to send: text with the escapes \\n, \\r, \\t, \\0, \\\\, \\xhh and \\uhhhh; or, "
                            "with Hex, bytes in hexadecimal, also as xxd, hexdump -C, Wireshark or C write them."));
    mode_->addItem(tr("Text"));
    mode_->addItem(tr("Hex"));
    explainField(*mode_, tr("Text with \\n, \\r, \\t, \\0, \\\\, \\xhh, \\uhhhh; or hexadecimal digits."));
    ending_->addItem(tr("No line ending"));
    ending_->addItem(tr("LF"));
    ending_->addItem(tr("CR LF"));
    explainField(*ending_, tr("The line end that is sent after the text."));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(mode_);
    layout->addWidget(edit_, 1);
    layout->addWidget(ending_);
    setFocusProxy(edit_);

    connect(edit_, &QLineEdit::textEdited, this, &BytesField::edited);
    connect(edit_, &QLineEdit::textChanged, this, [this] {
        given_.reset();
        if (held_ && !edit_->text().isEmpty()) {
            held_.reset();
            showPlaceholder();
        }
        Q_EMIT changed();
    });
    connect(mode_, &QComboBox::currentIndexChanged, this, [this] {
        given_.reset();
        showPlaceholder();
        Q_EMIT changed();
    });
    connect(ending_, &QComboBox::currentIndexChanged, this, [this] {
        given_.reset();
        Q_EMIT changed();
    });
    showPlaceholder();
}

bool BytesField::isHex() const
{
    return mode_->currentIndex() == Hex;
}

std::variant<QByteArray, BytesError> BytesField::bytes() const
{
    return held_ ? *held_ : bytesOf(line(), encoding_);
}

std::variant<QByteArray, BytesError> BytesField::bytesOf(const Line &line, TextEncoding encoding)
{
    if (line.text.size() > LongestText)
        return BytesError{
            LongestText,
            tr("This is longer than %1 characters: send it as a file.").arg(QLocale().toString(LongestText))};
    if (line.isHex)
        return parseHex(line.text);
    auto parsed = parseEscaped(line.text, encoding);
    const QString ending = line.ending == u"crlf" ? u"\r\n"_s : line.ending == u"lf" ? u"\n"_s : QString();
    if (auto *typed = std::get_if<QByteArray>(&parsed)) // every encoding has the ends of lines
        *typed += std::get<QByteArray>(encodeText(ending, encoding));
    return parsed;
}

void BytesField::setEncoding(TextEncoding encoding)
{
    encoding_ = encoding;
    if (const std::optional<QByteArray> given = given_) // a copy: what is shown changes it
        setBytes(*given, source_);
    Q_EMIT changed();
}

void BytesField::setBytes(const QByteArray &bytes, const QString &source)
{
    const bool isShort = bytes.size() <= LongestText;
    const QString escaped = isShort ? displaySafe(decodeText(bytes, encoding_), LineBreaks::Escape) : QString();
    const bool isText = isShort && parseEscaped(escaped, encoding_) == std::variant<QByteArray, BytesError>(bytes);
    const QString text = isText ? escaped : isShort ? hexText(bytes, bytes.size()) : QString();
    const bool fits = source.isEmpty() && isShort && text.size() <= LongestText;
    mode_->setCurrentIndex(isText || !fits ? Text : Hex);
    ending_->setCurrentIndex(0);
    edit_->setText(fits ? text : QString());
    held_ = fits ? std::nullopt : std::optional(bytes);
    given_ = bytes;
    source_ = source;
    showPlaceholder();
    Q_EMIT changed();
}

BytesField::Line BytesField::line() const
{
    return {isHex(), edit_->text(), endings().at(ending_->currentIndex())};
}

/// Also restores the mode and the ending: the same digits stand for other bytes in the other mode.
void BytesField::setLine(const Line &line)
{
    mode_->setCurrentIndex(line.isHex ? Hex : Text);
    ending_->setCurrentIndex(static_cast<int>(endings().indexOf(line.ending)));
    edit_->setText(line.text);
}

const QStringList &BytesField::endings()
{
    static const QStringList names{u"no"_s, u"lf"_s, u"crlf"_s}; // in the order of the box
    return names;
}

void BytesField::setPlaceholder(const QString &text)
{
    placeholder_ = text;
    showPlaceholder();
}

/// A line edit keeps control characters and shows each as a blank.
void BytesField::edited()
{
    const QString text = edit_->text();
    QString shown = text;
    qsizetype cursor = edit_->cursorPosition();
    if (!isHex()) {
        shown = withoutControls(text);
        cursor = withoutControls(text.first(cursor)).size();
    } else if (text.contains(u'\n') || text.size() > LongestText) {
        const auto parsed = parseHex(text);
        if (const auto *bytes = std::get_if<QByteArray>(&parsed); bytes && text.size() <= LongestPasted) {
            shown = hexText(*bytes, bytes->size());
            cursor = shown.size();
        }
    }
    if (shown == text)
        return;
    edit_->setText(shown);
    edit_->setCursorPosition(static_cast<int>(cursor));
}

void BytesField::showPlaceholder()
{
    ending_->setEnabled(!isHex() && !held_);
    const QString held = held_ ? bytesText(held_->size()) : QString();
    edit_->setPlaceholderText(held_     ? (source_.isEmpty() ? held : tr("%1 from %2").arg(held, source_))
                              : isHex() ? tr("Hexadecimal digits, such as 48 65 0a")
                                        : placeholder_);
}

} // namespace parley
