// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event_stream.h"
#include "shared/socket/byte_channel.h"
#include "shared/socket/transfer.h"

#include <QByteArray>

#include <memory>

namespace parley
{

/// This program's side of one connected stream socket: the bytes still to be sent, the bytes received, and whether
/// either side has closed. Each call is written to an EventStream. The user of this class decides what to send and when
/// to close; the dispatcher says when the socket is ready.
///
/// The order of sending: the queued bytes, the user's Transfer, FIN.
///
/// Lives on one thread.
class StreamPeer
{
public:
    /// @param number of the connection, for its events.
    StreamPeer(EventStream &events, quint64 number, std::unique_ptr<ByteChannel> channel);

    // Output.
    /// Appends @p count of @p bytes, the first at @p offset. They are shared, not copied, where nothing else is queued.
    /// Nothing is queued after closeSending().
    void queue(const QByteArray &bytes, qint64 offset, qint64 count);
    /// Whether a transfer can begin: the sending side stays open, and no other transfer is under way.
    bool isFree() const { return !sendsFin_ && !part_; }
    /// Sends @p transfer, which has begun. Only while isFree().
    void begin(const std::shared_ptr<Transfer> &transfer);
    /// Gives up the unsent rest of @p transfer. Returns whether it was under way.
    bool drop(const Transfer &transfer);
    /// FIN follows the output.
    void closeSending() { sendsFin_ = true; }

    bool isSending() const { return hasOutput() || part_; }
    bool sendsFin() const { return sendsFin_; }
    bool sentFin() const { return sentFin_; }
    /// Gives up the rest of the output, FIN too.
    void dropOutput();

    /// Queued bytes that are still to be sent.
    qint64 unsent() const { return end_ - offset_; }

    // The calls.
    /// Calls send() once, so that no reader, however fast, keeps the others waiting. Returns {0, 0} if there is nothing
    /// to send.
    native::Result send();
    /// Calls shutdown() if all is sent and FIN is to follow.
    void sendFinIfDue();

    struct Received
    {
        native::Result result; ///< a value of 0 is the peer's FIN; the error may be one that send() met
        QByteArray bytes;      ///< of result.value bytes
    };
    /// Calls recv() once, for at most @p most bytes. @p kept: what becomes of them in the event.
    Received receive(qint64 most, EventStream::Bytes kept);

    /// The peer's FIN was received.
    bool peerClosed() const { return peerClosed_; }
    qint64 sent() const { return sent_; } ///< bytes that the system took
    qint64 received() const { return received_; }
    /// How many of the bytes sent the peer has acknowledged, as far as the system tells.
    qint64 delivered() const { return channel_->acknowledged(sent_); }

    // The end.
    /// Closing sends RST and drops what is unsent.
    void resetOnClose();
    void close();
    bool isOpen() const { return channel_->isOpen(); }

    quint64 number() const { return number_; }
    const ByteChannel &channel() const { return *channel_; }

private:
    bool hasOutput() const { return offset_ < end_; }
    native::Result sendOutput();
    native::Result sendPart();

    EventStream &events_;
    const quint64 number_;
    const std::unique_ptr<ByteChannel> channel_;
    QByteArray output_; // shared with the events
    qint64 offset_ = 0; // in output_: the first unsent byte
    qint64 end_ = 0;    // in output_: after the last byte to send
    std::unique_ptr<TransferPart> part_;
    qint64 sent_ = 0;
    qint64 received_ = 0;
    int sendError_ = 0;
    bool sendsFin_ = false; // once all else is sent
    bool sentFin_ = false;
    bool peerClosed_ = false;
    bool resets_ = false; // close() sends RST
};

} // namespace parley
