// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"
#include "shared/message/text_encoding.h"

#include <QByteArrayList>
#include <QPlainTextEdit>

#include <vector>

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

    /// How the bytes become text; UTF-8 until then. What is shown is decoded anew.
    void setEncoding(TextEncoding encoding);
    /// @param most the most bytes that are kept, from the beginning of the message.
    void startMessage(qint64 most);
    /// Shares @p bytes where they fill their memory. They are shown with showAppended().
    void append(const QByteArray &bytes);
    /// Called once for all that is at hand, because each call lays out the last line again.
    void showAppended();
    /// What is appended next is another datagram: it is shown from a line of its own.
    void startDatagram();
    /// Adds a datagram, under a line that names its sender, and shows it.
    void appendDatagram(const Address &sender, const QByteArray &bytes);
    /// Shows what was appended, and a character that was cut.
    void finishMessage();

    /// What is kept, in parts that follow each other.
    const QByteArrayList &parts() const { return parts_; }
    qint64 size() const { return size_; } ///< bytes kept
    bool isCut() const { return cut_; }
    /// How many UTF-16 code units of the message are shown.
    qsizetype shown() const { return shown_; }

protected:
    QMimeData *createMimeDataFromSelection() const override;

private:
    /// Where a datagram begins that is shown from a line of its own.
    struct Datagram
    {
        qint64 at;      // bytes of the message before it
        QString sender; // of an answer that anybody may send; else empty
    };

    void keep(const QByteArray &bytes);
    void beginDatagram(const QString &sender);
    void showBytes(QByteArrayView bytes);
    void showBreak();
    void showDatagram(const QString &sender, QByteArrayView bytes);
    void showAnew();
    qsizetype mostBytes() const;
    QByteArrayView shownPart(QByteArrayView bytes);
    void insert(QString safe);

    qint64 most_ = 0;
    QByteArrayList parts_;
    qint64 size_ = 0; // of all parts
    QString unshown_; // appended since
    std::vector<Datagram> datagrams_;
    bool isFinished_ = false;
    TextEncoding encoding_ = TextEncoding::Utf8;
    TextDecoder decoder_;
    SafeText safe_;
    qsizetype shown_ = 0;
    qsizetype lines_ = 0; // line feeds shown
    bool cut_ = false;
};

} // namespace parley
