// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/inspect/exchange.h"

#include <algorithm>

namespace parley
{

namespace
{

using Kind = Exchange::Step::Kind;

/// Fills in the listener that accepted the connection: the one that was there at @p time.
bool findListener(Exchange &exchange, const std::vector<Event> &listener, qint64 time)
{
    bool found = false;
    for (const Event &event : listener) {
        if (event.time() > time)
            break;
        if (event.call() == Call::Socket)
            exchange.options.clear();
        if (event.call() == Call::SetSockOpt && event.errorNumber() == 0)
            exchange.options.push_back(event);
        const bool serves = event.call() == Call::Listen || event.call() == Call::GetSockName;
        if (!serves || event.errorNumber() != 0)
            continue;
        exchange.address = event.local();
        exchange.path = event.path();
        if (event.call() == Call::Listen)
            exchange.backlog = event.backlog();
        found = true;
    }
    return found;
}

/// What a client's socket of that family was bound to.
Address sourceOf(const std::vector<Event> &events, Address::Family family)
{
    const auto bind = std::find_if(events.begin(), events.end(), [family](const Event &event) {
        return event.call() == Call::Bind && event.errorNumber() == 0 && event.local().family() == family;
    });
    return bind == events.end() ? Address() : bind->local();
}

void addSent(Exchange &exchange, const Event &event, qint64 &room)
{
    const bool isStream = exchange.transport != Transport::Udp;
    const QByteArrayView payload = event.payload();
    const QByteArray bytes = payload.first(std::min(payload.size(), room)).toByteArray();
    room -= bytes.size();
    exchange.omitted += event.moved() - bytes.size();
    std::vector<Exchange::Step> &steps = exchange.steps;
    if (isStream && !steps.empty() && steps.back().kind == Kind::Send)
        steps.back().bytes += bytes;
    else
        steps.push_back({Kind::Send, bytes});
}

void addReceived(Exchange &exchange, const Event &event)
{
    std::vector<Exchange::Step> &steps = exchange.steps;
    const bool isStream = exchange.transport != Transport::Udp;
    const bool follows = isStream && !steps.empty() && steps.back().kind == Kind::Receive;
    if (!isStream || (event.moved() > 0 && !follows))
        steps.push_back({Kind::Receive, {}, event.moved()});
    else if (event.moved() > 0)
        steps.back().count += event.moved();
    else if (follows)
        steps.back() = {Kind::ReceiveAll};
    else
        steps.push_back({Kind::ReceiveAll});
}

} // namespace

Address::Family Exchange::family() const
{
    return transport == Transport::Unix ? Address::Family::Unix : address.family();
}

QByteArray Exchange::socketPath() const
{
    return path.startsWith('@') ? '\0' + path.sliced(1) : path;
}

bool Exchange::has(Step::Kind kind) const
{
    return std::any_of(steps.begin(), steps.end(), [kind](const Step &step) { return step.kind == kind; });
}

std::optional<Exchange> Exchange::of(const std::vector<Event> &events, const std::vector<Event> &listener)
{
    if (events.empty() || events.front().connection() == 0)
        return std::nullopt;
    Exchange exchange;
    const Event &first = events.front();
    if (first.call() == Call::Accept || first.call() == Call::RecvFrom) {
        exchange.side = Side::Server;
        exchange.transport = first.call() == Call::Accept ? first.transport() : Transport::Udp;
        if (!findListener(exchange, listener, first.time()))
            return std::nullopt;
    }
    bool hasPeer = exchange.side == Side::Server;
    bool connected = false;
    qint64 room = MaxBytes;
    for (const Event &event : events) {
        const bool ok = event.errorNumber() == 0;
        switch (event.call()) {
        case Call::Socket:
            exchange.transport = event.transport();
            if (!connected)
                exchange.options.clear();
            break;
        case Call::SetSockOpt:
            if (ok)
                exchange.options.push_back(event);
            break;
        case Call::Connect:
            // Of several addresses, the one that connected counts, or else the one that was tried last.
            if (!connected) {
                exchange.address = event.peer();
                exchange.path = event.path();
                hasPeer = true;
            }
            connected = connected || ok;
            break;
        case Call::SendTo:
            if (exchange.side == Side::Client) {
                exchange.address = event.peer();
                exchange.collects = true;
                hasPeer = true;
            }
            [[fallthrough]];
        case Call::Send:
            if (ok)
                addSent(exchange, event, room);
            break;
        case Call::Recv:
        case Call::RecvFrom:
            if (ok)
                addReceived(exchange, event);
            break;
        case Call::Shutdown:
            if (ok)
                exchange.steps.push_back({Kind::Shutdown});
            break;
        case Call::Close:
            if (event.resets())
                exchange.steps.push_back({Kind::Reset});
            break;
        default: break;
        }
    }
    if (!hasPeer)
        return std::nullopt;
    if (exchange.side == Side::Client)
        exchange.source = sourceOf(events, exchange.family());
    return exchange;
}

} // namespace parley
