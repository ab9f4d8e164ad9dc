// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/stream/stream_peer.h"

#include "shared/event/event_stream.h"
#include "shared/socket/receive_buffer.h"

namespace parley
{

StreamPeer::StreamPeer(EventStream &events, quint64 number, std::unique_ptr<ByteChannel> channel)
    : events_(events), number_(number), channel_(std::move(channel))
{
}

void StreamPeer::queue(const QByteArray &bytes, qint64 offset, qint64 count)
{
    if (sendsFin_ || count == 0)
        return;
    if (hasOutput() && bytes.constData() == output_.constData() && offset == end_) {
        end_ += count;
    } else if (hasOutput()) {
        output_ = output_.sliced(offset_, end_ - offset_) + bytes.sliced(offset, count);
        offset_ = 0;
        end_ = output_.size();
    } else {
        output_ = bytes;
        offset_ = offset;
        end_ = offset + count;
    }
}

void StreamPeer::begin(const std::shared_ptr<Transfer> &transfer)
{
    part_ = std::make_unique<TransferPart>(transfer);
}

bool StreamPeer::drop(const Transfer &transfer)
{
    if (!part_ || !part_->isOf(transfer))
        return false;
    part_.reset();
    return true;
}

native::Result StreamPeer::send()
{
    native::Result result{0, 0};
    if (isSending())
        result = hasOutput() ? sendOutput() : sendPart();
    if (result.ok())
        sent_ += result.value;
    return result;
}

void StreamPeer::sendFinIfDue()
{
    if (isSending() || !sendsFin_ || sentFin_)
        return;
    sentFin_ = true;
    events_.write(Event::shutdown(number_, channel_->shutdownSending()));
}

native::Result StreamPeer::sendOutput()
{
    const native::Result result = channel_->send(QByteArrayView(output_).sliced(offset_, end_ - offset_));
    if (result.wouldBlock())
        return result;
    const qint64 from = offset_;
    const qint64 asked = end_ - offset_;
    offset_ += std::max<qint64>(result.value, 0);
    QByteArray bytes = hasOutput() ? output_ : std::exchange(output_, {});
    // A greeting is shared with the server. Of what is held by this event alone, a flood is counted, but not kept.
    if (bytes.isDetached() && events_.isCrowded())
        bytes.clear();
    events_.write(Event::send(number_, result, std::move(bytes), from, asked));
    return result;
}

/// A piece that the peer has no room for is not kept, but read again: there may be many connections.
native::Result StreamPeer::sendPart()
{
    QByteArray piece = part_->next();
    if (piece.isEmpty()) { // the end, or the file cannot be read any more
        part_.reset();
        return {0, 0};
    }
    const native::Result result = channel_->send(piece);
    if (result.wouldBlock())
        return result;
    const qint64 asked = piece.size();
    if (events_.isCrowded())
        piece.clear();
    events_.write(Event::send(number_, result, std::move(piece), 0, asked));
    part_->sent(std::max<qint64>(result.value, 0));
    if (part_->isDone())
        part_.reset();
    return result;
}

StreamPeer::Received StreamPeer::receive(qint64 most, Keep keep)
{
    static thread_local ReceiveBuffer buffer;
    const std::span<char> room = buffer.room(most);
    Received received{channel_->receive(room), {}};
    if (received.result.wouldBlock())
        return received;
    if (received.result.value > 0) {
        received.bytes = buffer.take(received.result.value);
        received_ += received.result.value;
    }
    peerClosed_ = received.result.ok() && received.result.value == 0;
    const bool isKept = keep == Keep::Always || !events_.isCrowded();
    events_.write(Event::recv(number_, received.result, isKept ? received.bytes : QByteArray(), std::ssize(room)));
    return received;
}

void StreamPeer::resetOnClose()
{
    channel_->resetOnClose();
    resets_ = true;
}

void StreamPeer::close()
{
    part_.reset();
    channel_->close();
    events_.write(Event::close(number_, resets_));
}

} // namespace parley
