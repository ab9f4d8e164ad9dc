// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/listener_status.h"

#include "server_gui/engine/server.h"

#include <algorithm>

namespace parley
{

void ListenerStatus::listenAsked()
{
    ++unended_;
    serves_ = false;
    stops_ = false;
    address_ = {};
}

void ListenerStatus::stopAsked()
{
    stops_ = unended_ > 0;
}

void ListenerStatus::read(const Event &event)
{
    if (event.connection() != 0)
        return;
    if (event.call() == Call::Bind)
        tried_ = event.local();
    if (event.call() == Call::End) {
        unended_ = std::max(unended_ - 1, 0);
        serves_ = false;
        stops_ = stops_ && unended_ > 0;
        address_ = {};
    } else if (unended_ == 1 && Server::isServing(event)) { // and not a predecessor that is still to end
        serves_ = true;
        address_ = event.local();
    }
}

ListenerStatus::State ListenerStatus::state() const
{
    if (unended_ == 0)
        return State::Stopped;
    if (stops_)
        return State::Stopping;
    return serves_ ? State::Listening : State::Starting;
}

} // namespace parley
