// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/message/text_encoding.h"

#include <QLineEdit>

#include <optional>

namespace parley
{

/// The line `greeting`: the text that is sent to each client; or bytes of the command line or of a file, which stay
/// what they are until something else is typed.
class GreetingField : public QLineEdit
{
    Q_OBJECT

public:
    static constexpr int LongestGreeting = 4096; ///< UTF-16 code units; one line lays these out without a stall

    explicit GreetingField(TextEncoding encoding);

    /// Shows @p bytes as text, or by their size if they are not the bytes of a text in the encoding, or too many.
    /// @param source the file that they come from, display-safe; or empty.
    void setGiven(const QByteArray &bytes, const QString &source);
    bool isGiven() const { return given_.has_value(); }
    /// What is sent: the given bytes, or the text, in UTF-8 where the encoding lacks one of its characters.
    QByteArray greeting() const { return greeting_; }
    /// One sentence that tells why the text is not sent in the encoding, or nothing.
    QString problem() const { return problem_; }
    /// A text stays, and stands for other bytes then. Given bytes are shown anew.
    void setEncoding(TextEncoding encoding);

Q_SIGNALS:
    void changed(); ///< greeting() or problem()

private:
    void showGiven();
    void encode();

    TextEncoding encoding_;
    std::optional<QByteArray> given_; // and not edited since
    QString source_;                  // of these
    QByteArray greeting_;
    QString problem_;
};

} // namespace parley
