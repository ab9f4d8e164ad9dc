// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"
#include "shared/message/message.h"

#include <QPlainTextEdit>

namespace parley
{

/// Shows a message as it arrives: as plain text, whatever the peer sent, with control and bidirectional characters
/// escaped. Its bytes are kept up to the limit that start() gets. At most MaxShown characters and MaxLines lines are
/// laid out, because more would make the window slow.
class MessageView : public QPlainTextEdit
{
    Q_OBJECT

public:
    static constexpr qsizetype MaxShown = 64 * 1024; ///< UTF-16 code units; 15 ms to lay out as one line
    static constexpr qsizetype MaxLines = 20'000;    ///< 40 ms if they are empty

    explicit MessageView(QWidget *parent = nullptr);

    /// @param most the most bytes that are kept, from the beginning of the message.
    void startMessage(qint64 most);
    void append(QByteArrayView bytes);
    /// Adds a datagram, under a line that names its sender.
    void appendDatagram(const Address &sender, QByteArrayView bytes);
    void finishMessage();

    const QByteArray &bytes() const { return bytes_; }
    bool isCut() const { return cut_; }
    /// How many UTF-16 code units of the message are shown.
    qsizetype shown() const { return shown_; }

private:
    void insert(const QString &text);
    QByteArrayView shownPart(QByteArrayView bytes);

    void keep(QByteArrayView bytes);

    qint64 most_ = 0;
    QByteArray bytes_;
    MessageDecoder decoder_;
    SafeText safe_;
    qsizetype shown_ = 0;
    qsizetype lines_ = 0; // line feeds shown
    bool cut_ = false;
};

} // namespace parley
