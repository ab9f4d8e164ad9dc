// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <chrono>

namespace parley
{

/// What a behaviour can do on its connection. Nothing happens before the behaviour returns: it asks, and is told.
class Conversation
{
public:
    /// Sends @p count of @p bytes, the first at @p offset, after what still waits to be sent. They are shared, not
    /// copied; what is made as it goes is sent in pieces, the next one when Behaviour::sent() is called.
    virtual void send(const QByteArray &bytes, qint64 offset, qint64 count) = 0;
    void send(const QByteArray &bytes) { send(bytes, 0, bytes.size()); }
    /// Sends FIN after what still waits to be sent. Nothing can be sent after it, and the connection stays.
    virtual void closeSending() = 0;
    /// Likewise, and the connection ends as soon as the peer has closed too, or when it has kept us waiting too long.
    virtual void leave() = 0;
    /// Sends RST once the peer has acknowledged what was sent.
    virtual void reset() = 0;
    /// Calls Behaviour::woken() after @p time (1 ms or more), in place of what was asked for before.
    virtual void wakeAfter(std::chrono::milliseconds time) = 0;

protected:
    ~Conversation() = default;
};

/// What the server does with one connection, defined by what the peer sees of it. It knows nothing of sockets. A new
/// one is a file in behaviours/ and a line in behaviours.cpp.
///
/// Lives on the I/O thread; one for each connection.
class Behaviour
{
public:
    static constexpr qint64 MostInput = 256 * 1024; ///< bytes that are received at once

    virtual ~Behaviour() = default;

    /// The connection was accepted.
    virtual void begin(Conversation &conversation) = 0;
    /// The peer said something.
    virtual void received(Conversation &, const QByteArray &) {}
    /// How many bytes at most are to be received now at once, while @p unsent bytes wait to be sent; 0 for none. What
    /// is not received stays with the system, and in the end with the peer, which has to wait.
    virtual qint64 inputWanted(qint64 unsent) const
    {
        Q_UNUSED(unsent)
        return MostInput;
    }
    /// All that was to be sent is with the system.
    virtual void sent(Conversation &) {}
    virtual void woken(Conversation &) {}
    /// The peer closed its sending side. One that then waits for nothing more, and does not leave, is reset after a
    /// while: a peer that is gone for good looks the same.
    virtual void peerClosed(Conversation &conversation) { conversation.leave(); }
    /// The server is about to end: what is under way is to be completed now.
    virtual void finish(Conversation &conversation) { conversation.leave(); }
    /// Whether the whole greeting was sent, as far as this knows.
    virtual bool hasGreeted() const { return false; }
};

} // namespace parley
