// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/greeting_field.h"

#include "shared/message/message.h"
#include "shared/ui/field_help.h"

#include <QSignalBlocker>

namespace parley
{

GreetingField::GreetingField(TextEncoding encoding) : encoding_(encoding)
{
    using namespace Qt::StringLiterals;
    setObjectName(u"greeting"_s);
    setAccessibleName(tr("Greeting"));
    explainField(*this, tr("The text that send() sends to each client."));
    setMaxLength(LongestGreeting);
    encode();
    connect(this, &QLineEdit::textChanged, this, [this] {
        given_.reset();
        encode();
        Q_EMIT changed();
    });
}

void GreetingField::setGiven(const QByteArray &bytes, const QString &source)
{
    given_ = bytes;
    source_ = source;
    showGiven();
    Q_EMIT changed();
}

void GreetingField::setEncoding(TextEncoding encoding)
{
    encoding_ = encoding;
    if (given_)
        showGiven();
    else
        encode();
    Q_EMIT changed();
}

void GreetingField::showGiven()
{
    const QSignalBlocker blocker(this);
    const QString text = decodeText(*given_, encoding_);
    const bool fits =
        text.size() <= LongestGreeting && encodeText(text, encoding_) == std::variant<QByteArray, BytesError>(*given_);
    const QString size = bytesText(given_->size());
    setText(fits ? text : QString());
    setPlaceholderText(source_.isEmpty() ? size : tr("%1 from %2").arg(size, source_));
    greeting_ = *given_;
    problem_.clear();
}

void GreetingField::encode()
{
    const auto encoded = encodeText(text(), encoding_);
    const auto *error = std::get_if<BytesError>(&encoded);
    greeting_ = error ? encodeMessage(text()) : std::get<QByteArray>(encoded);
    problem_ = error ? tr("The greeting is sent in UTF-8: %1").arg(error->sentence) : QString();
    setPlaceholderText(tr("Nothing: close at once"));
}

} // namespace parley
