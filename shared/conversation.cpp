// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/conversation.h"

#include <algorithm>

namespace parley
{

namespace
{

using Kind = Conversation::Step::Kind;

/// Fills in where the connection came in: on the listener that was there at @p time.
bool findListener(Conversation &conversation, const std::vector<Event> &listener, qint64 time)
{
    bool found = false;
    for (const Event &event : listener) {
        if (event.time > time)
            break;
        const bool serves = event.call == Call::Listen || event.call == Call::GetSockName;
        if (!serves || event.error != 0)
            continue;
        conversation.address = event.address;
        conversation.path = event.bytes;
        conversation.backlog = event.argument;
        found = true;
    }
    return found;
}

void addSent(Conversation &conversation, const Event &event, qint64 &room)
{
    const bool isStream = conversation.transport != Transport::Udp;
    const QByteArrayView payload = event.payload();
    const QByteArray bytes = payload.first(std::min(payload.size(), room)).toByteArray();
    room -= bytes.size();
    conversation.omitted += event.result - bytes.size();
    std::vector<Conversation::Step> &steps = conversation.steps;
    if (isStream && !steps.empty() && steps.back().kind == Kind::Send)
        steps.back().bytes += bytes;
    else
        steps.push_back({Kind::Send, bytes});
}

void addReceived(Conversation &conversation, const Event &event)
{
    std::vector<Conversation::Step> &steps = conversation.steps;
    const bool isStream = conversation.transport != Transport::Udp;
    const bool follows = isStream && !steps.empty() && steps.back().kind == Kind::Receive;
    if (!isStream || (event.result > 0 && !follows))
        steps.push_back({Kind::Receive, {}, event.result});
    else if (event.result > 0)
        steps.back().count += event.result;
    else if (follows)
        steps.back() = {Kind::ReceiveAll};
    else
        steps.push_back({Kind::ReceiveAll});
}

} // namespace

std::optional<Conversation> Conversation::of(const std::vector<Event> &events, const std::vector<Event> &listener)
{
    if (events.empty() || events.front().connection == 0)
        return std::nullopt;
    Conversation conversation;
    const Event &first = events.front();
    if (first.call == Call::Accept || first.call == Call::RecvFrom) {
        conversation.side = Side::Server;
        conversation.transport = first.call == Call::Accept ? first.transport : Transport::Udp;
        if (!findListener(conversation, listener, first.time))
            return std::nullopt;
    }
    bool hasPeer = conversation.side == Side::Server;
    bool connected = false;
    qint64 room = MaxBytes;
    for (const Event &event : events) {
        const bool ok = event.error == 0;
        switch (event.call) {
        case Call::Socket: conversation.transport = event.transport; break;
        case Call::Connect:
            // Of several addresses, the one that connected, or else the last that was tried.
            if (!connected) {
                conversation.address = event.address;
                conversation.path = event.bytes;
                hasPeer = true;
            }
            connected = connected || ok;
            break;
        case Call::SendTo:
            if (conversation.side == Side::Client) {
                conversation.address = event.address;
                hasPeer = true;
            }
            [[fallthrough]];
        case Call::Send:
            if (ok)
                addSent(conversation, event, room);
            break;
        case Call::Recv:
        case Call::RecvFrom:
            if (ok)
                addReceived(conversation, event);
            break;
        case Call::Shutdown:
            if (ok)
                conversation.steps.push_back({Kind::Shutdown});
            break;
        case Call::Close:
            if (event.argument != 0)
                conversation.steps.push_back({Kind::Reset});
            break;
        default: break;
        }
    }
    if (!hasPeer)
        return std::nullopt;
    return conversation;
}

} // namespace parley
