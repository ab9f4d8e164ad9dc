// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

namespace parley
{

/// What a behaviour can do on its connection. Nothing happens before the behaviour returns: it asks, and is told.
class Conversation
{
public:
    /// Sends @p bytes after what still waits to be sent.
    virtual void send(const QByteArray &bytes) = 0;
    /// Sends FIN after what still waits to be sent. Nothing can be sent after it.
    virtual void closeSending() = 0;

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
    virtual ~Behaviour() = default;

    /// The connection was accepted.
    virtual void begin(Conversation &conversation) = 0;
    /// The peer closed its sending side. The connection ends once both sides have, and all is acknowledged.
    virtual void peerClosed(Conversation &conversation) { conversation.closeSending(); }
};

} // namespace parley
