// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <chrono>

namespace parley
{

/// What a behaviour can do on its connection. It only asks: nothing happens before the behaviour returns.
class Conversation
{
public:
    /// Sends @p count of @p bytes, the first at @p offset, after the bytes that still wait. They are shared, not
    /// copied. A behaviour that makes its bytes as it goes sends them in pieces, the next one when Behaviour::sent() is
    /// called.
    virtual void send(const QByteArray &bytes, qint64 offset, qint64 count) = 0;
    void send(const QByteArray &bytes) { send(bytes, 0, bytes.size()); }
    /// Sends FIN after the bytes that still wait. Nothing can be sent after it. The connection stays.
    virtual void closeSending() = 0;
    /// Sends FIN as closeSending() does. The connection ends as soon as the peer has closed too, or has kept us waiting
    /// too long.
    virtual void leave() = 0;
    /// Sends RST once the peer has acknowledged what was sent.
    virtual void reset() = 0;
    /// Calls Behaviour::woken() after @p time (1 ms or more). It replaces an earlier request.
    virtual void wakeAfter(std::chrono::milliseconds time) = 0;

protected:
    ~Conversation() = default;
};

/// What the server does with one connection, defined by what the peer sees. It knows nothing of sockets. A new
/// behaviour is a file in behaviours/ and a row of `kinds` in behaviour_list.cpp.
///
/// Lives on the I/O thread; one for each connection.
class Behaviour
{
public:
    static constexpr qint64 MostInput = 256 * 1024; ///< the most bytes that are received at once

    virtual ~Behaviour() = default;

    /// The connection was accepted.
    virtual void begin(Conversation &conversation) = 0;
    /// The peer sent @p bytes.
    virtual void received(Conversation &, const QByteArray &) {}
    /// The most bytes to receive now at once, while @p unsent bytes wait to be sent; 0 for none. Bytes that are not
    /// received stay with the system, and in the end with the peer, which has to wait.
    virtual qint64 inputWanted(qint64 unsent) const
    {
        Q_UNUSED(unsent)
        return MostInput;
    }
    /// The system has taken all bytes that were to be sent.
    virtual void sent(Conversation &) {}
    virtual void woken(Conversation &) {}
    /// The peer closed its sending side. A connection that then waits for nothing more and does not leave is reset
    /// after a while, because a peer that is gone for good looks the same.
    virtual void peerClosed(Conversation &conversation) { conversation.leave(); }
    /// Whether the peer's FIN ends nothing: the user can go on sending, and no limit but the deadline's holds then.
    virtual bool staysAfterFin() const { return false; }
    /// The server is about to end. The behaviour completes at once what it has begun.
    virtual void finish(Conversation &conversation) { conversation.leave(); }
    /// Whether the whole greeting was sent, as far as this knows.
    virtual bool hasGreeted() const { return false; }
};

} // namespace parley
