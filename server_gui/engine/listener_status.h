// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"

namespace parley
{

/// What the listener is doing: what was asked of the server, and what its events say came of it.
///
/// Each Server::listen() that was asked for ends with one End of the listener. Where one listener takes the place of
/// another, the events of both may still be on their way: it is the count of these Ends that tells whose they are.
class ListenerStatus
{
public:
    enum class State { Stopped, Starting, Listening, Stopping };

    /// The server was told to listen, or to stop.
    void listenAsked();
    void stopAsked();
    /// Takes an event of the listener, which is connection 0; others are ignored.
    void read(const Event &event);

    State state() const;
    /// Where it listens; null for a Unix socket, and where it does not listen.
    const Address &address() const { return address_; }
    /// What bind() was called with last.
    const Address &tried() const { return tried_; }

private:
    int unended_ = 0; // listeners that were asked for, less those that have ended
    bool serves_ = false;
    bool stops_ = false;
    Address address_;
    Address tried_;
};

} // namespace parley
