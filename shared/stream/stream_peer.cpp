// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/stream/stream_peer.h"

#include "shared/socket/receive_buffer.h"

#include <cerrno>

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
        // Many small pieces must not copy all waiting bytes each time: they are copied only if an event shares them.
        if (!output_.isDetached() || offset_ > output_.size() / 2) {
            output_ = QByteArray(output_.constData() + offset_, end_ - offset_);
            offset_ = 0;
        } else {
            output_.truncate(end_);
        }
        output_.append(QByteArrayView(bytes).sliced(offset, count));
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

void StreamPeer::dropOutput()
{
    output_.clear();
    offset_ = end_ = 0;
    part_.reset();
    sendsFin_ = sentFin_;
}

native::Result StreamPeer::send()
{
    native::Result result{0, 0};
    if (isSending())
        result = hasOutput() ? sendOutput() : sendPart();
    if (result.ok())
        sent_ += result.value;
    else if (!result.wouldBlock())
        sendError_ = result.error;
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
    events_.write(Event::send(number_, result, std::move(bytes), from, asked), EventStream::Bytes::Spared);
    return result;
}

/// A piece that the peer has no room for is not kept but read again, because there may be many connections.
native::Result StreamPeer::sendPart()
{
    QByteArray piece = part_->next();
    if (piece.isEmpty()) { // at the end, or the file cannot be read any more
        part_.reset();
        return {0, 0};
    }
    const native::Result result = channel_->send(piece);
    if (result.wouldBlock())
        return result;
    const qint64 asked = piece.size();
    events_.write(Event::send(number_, result, std::move(piece), 0, asked), EventStream::Bytes::Spared);
    part_->sent(std::max<qint64>(result.value, 0));
    if (part_->isDone())
        part_.reset();
    return result;
}

StreamPeer::Received StreamPeer::receive(qint64 most, EventStream::Bytes kept)
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
    events_.write(Event::recv(number_, received.result, received.bytes, std::ssize(room)), kept);
    const bool isAtEnd = received.result.ok() && received.result.value == 0;
    // The system reports a reset once. If send() has reported it, recv() looks like FIN here; after EPIPE it is FIN
    // (Linux: tcp_reset()).
    const bool isReset = isAtEnd && !peerClosed_ && sendError_ != 0 && sendError_ != EPIPE;
    if (isReset)
        received.result = {-1, sendError_};
    peerClosed_ = isAtEnd && !isReset;
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
