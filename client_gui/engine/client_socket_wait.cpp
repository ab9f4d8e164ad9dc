// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

// ClientSocket's waitFor…(), which do without an event loop.

#include "client_gui/engine/client_socket_p.h"
#include "shared/address/lookup.h"

#include <QDeadlineTimer>

#include <poll.h>

#include <algorithm>

namespace parley
{

bool ClientSocket::waitForConnected(int msecs)
{
    if (state() == ConnectedState)
        return true;
    const Unchanged here(*this);
    const bool isConnected = waitUntil([this] { return state() == ConnectedState; }, msecs);
    if (!isConnected && here.holds() && state() != UnconnectedState) // QTcpSocket gives up, too
        finish();
    return isConnected;
}

bool ClientSocket::waitForReadyRead(int msecs)
{
    const qint64 had = stream_ ? stream_->received() : 0;
    return waitUntil([this, had] { return stream_ && stream_->received() > had; }, msecs);
}

bool ClientSocket::waitForBytesWritten(int msecs)
{
    if (bytesToWrite() == 0 && written_ == 0)
        return false;
    bool isTold = false;
    const QMetaObject::Connection connection =
        connect(this, &QIODevice::bytesWritten, this, [&isTold] { isTold = true; });
    const Unchanged here(*this);
    const bool isWritten = waitUntil([&isTold] { return isTold; }, msecs);
    if (here.exists())
        disconnect(connection);
    return isWritten;
}

bool ClientSocket::waitForDisconnected(int msecs)
{
    return state() != UnconnectedState && waitUntil([this] { return state() == UnconnectedState; }, msecs);
}

/// Returns whether @p done came to hold: before the time has passed, and before the socket was closed or destroyed.
bool ClientSocket::waitUntil(const std::function<bool()> &done, int msecs)
{
    const Unchanged here(*this);
    const QDeadlineTimer deadline(msecs < 0 ? QDeadlineTimer::Forever : QDeadlineTimer(msecs));
    while (!done()) {
        if (state() == UnconnectedState)
            return false;
        const bool isInTime = waitOnce(deadline);
        if (!here.exists())
            return false;
        if (!isInTime) {
            setSocketError(SocketTimeoutError);
            setErrorString(tr("Network operation timed out"));
            return false;
        }
    }
    return true;
}

/// Does what the event loop would do next, once there is something. Returns false if there is nothing in time.
bool ClientSocket::waitOnce(const QDeadlineTimer &deadline)
{
    const int left = static_cast<int>(deadline.remainingTime()); // -1: for ever
    if (lookup_)
        return lookup_->wait(std::chrono::milliseconds(left));
    std::vector<pollfd> waiting;
    if (readable_) {
        const int events = (readable_->isEnabled() ? POLLIN : 0) | (writable_->isEnabled() ? POLLOUT : 0);
        waiting.push_back({stream_->channel().descriptor(), static_cast<short>(events), 0});
    }
    for (const auto &attempt : attempts_) {
        if (attempt->writable)
            waiting.push_back({attempt->socket.get(), POLLOUT, 0});
    }
    const int next = next_.isActive() ? next_.remainingTime() : -1;
    const bool isNext = next >= 0 && (left < 0 || next <= left);
    if (::poll(waiting.data(), waiting.size(), isNext ? next : left) == 0) {
        if (!isNext)
            return false;
        next_.stop();
        if (path_.isEmpty())
            tryNext();
        else
            tryPath();
        return true;
    }
    const Unchanged here(*this);
    for (const pollfd &ready : waiting) {
        if (ready.revents == 0 || !here.holds())
            continue;
        const auto attempt = std::find_if(attempts_.begin(), attempts_.end(), [&ready](const auto &candidate) {
            return candidate->socket.get() == ready.fd;
        });
        if (attempt != attempts_.end()) {
            attemptReady(**attempt);
            return true; // another attempt may have the closed one's descriptor now
        }
        if (readable_) {
            constexpr int Ended = POLLERR | POLLHUP;
            if (writable_->isEnabled() && (ready.revents & (POLLOUT | Ended)) != 0)
                writable();
            if (here.holds() && readable_->isEnabled() && (ready.revents & (POLLIN | Ended)) != 0)
                readable();
        }
    }
    return true;
}

} // namespace parley
