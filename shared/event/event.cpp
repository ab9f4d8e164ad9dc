// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event.h"

#include "shared/message/error_text.h"

#include <netdb.h>

#include <algorithm>
#include <cerrno>

namespace parley
{

namespace
{

Event make(Call call, quint64 number, const CallResult &result, const Address &address = {}, QByteArray bytes = {},
           qint64 argument = 0)
{
    Event event;
    event.connection = number;
    event.call = call;
    event.result = result.value;
    event.error = result.error;
    event.address = address;
    event.bytes = std::move(bytes);
    event.argument = static_cast<int>(argument);
    return event;
}

} // namespace

Event Event::lookUp(quint64 number, const QByteArray &host, int eaiError)
{
    return make(Call::GetAddrInfo, number, {eaiError == 0 ? 0 : -1, eaiError}, {}, host);
}

Event Event::socket(quint64 number, const CallResult &result, Transport transport, Address::Family family)
{
    Event event = make(Call::Socket, number, result);
    event.transport = transport;
    event.family = family;
    return event;
}

Event Event::bind(quint64 number, const CallResult &result, const Address &address)
{
    return make(Call::Bind, number, result, address);
}

Event Event::bind(quint64 number, const CallResult &result, const QByteArray &path)
{
    return make(Call::Bind, number, result, {}, path);
}

Event Event::listen(quint64 number, const CallResult &result, const Address &address, const QByteArray &path,
                    int backlog)
{
    return make(Call::Listen, number, result, address, path, backlog);
}

Event Event::accept(quint64 number, const CallResult &result, const Address &peer, Transport transport)
{
    Event event = make(Call::Accept, number, result, peer);
    event.transport = transport;
    return event;
}

Event Event::connect(quint64 number, const CallResult &result, const Address &peer)
{
    return make(Call::Connect, number, result, peer);
}

Event Event::connect(quint64 number, const CallResult &result, const QByteArray &path)
{
    return make(Call::Connect, number, result, {}, path);
}

Event Event::getSockName(quint64 number, const CallResult &result, const Address &address)
{
    return make(Call::GetSockName, number, result, address);
}

Event Event::send(quint64 number, const CallResult &result, QByteArray bytes, qint64 offset, qint64 asked)
{
    Event event = make(Call::Send, number, result, {}, std::move(bytes), asked);
    event.offset = offset;
    return event;
}

Event Event::recv(quint64 number, const CallResult &result, QByteArray bytes, qint64 room)
{
    return make(Call::Recv, number, result, {}, std::move(bytes), room);
}

Event Event::sendTo(quint64 number, const CallResult &result, QByteArray bytes, const Address &peer)
{
    return make(Call::SendTo, number, result, peer, std::move(bytes));
}

Event Event::recvFrom(quint64 number, const CallResult &result, QByteArray bytes, qint64 room, const Address &peer)
{
    return make(Call::RecvFrom, number, result, peer, std::move(bytes), room);
}

Event Event::shutdown(quint64 number, const CallResult &result)
{
    return make(Call::Shutdown, number, result);
}

Event Event::close(quint64 number, bool resets)
{
    return make(Call::Close, number, {0, 0}, {}, {}, resets ? 1 : 0);
}

Event Event::end(quint64 number, Outcome outcome, int error, qint64 acknowledged)
{
    Event event = make(Call::End, number, {acknowledged, error});
    event.outcome = outcome;
    return event;
}

bool Event::movesBytes() const
{
    return call == Call::Send || call == Call::Recv || call == Call::SendTo || call == Call::RecvFrom;
}

QByteArrayView Event::payload() const
{
    if (!movesBytes() || result <= 0 || offset >= bytes.size())
        return {};
    return QByteArrayView(bytes).sliced(offset, std::min(result, bytes.size() - offset));
}

QByteArray Event::sharedPayload() const
{
    const QByteArrayView moved = payload();
    return moved.size() == bytes.size() ? bytes : moved.toByteArray();
}

qint64 Event::given() const
{
    return argument > 0 ? argument : std::max(bytes.size() - offset, result); // the bytes may be kept no longer
}

Outcome outcomeOf(int error)
{
    switch (error) {
    case ECONNREFUSED:
    case ENOENT: return Outcome::Refused; // of a Unix socket: there is no such path
    case ETIMEDOUT: return Outcome::TimedOut;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN: return Outcome::Unreachable;
    case ECONNRESET:
    case EPIPE: return Outcome::Reset;
    default: return Outcome::Failed;
    }
}

int moreTelling(int a, int b)
{
    const auto rank = [](int error) {
        switch (outcomeOf(error)) {
        case Outcome::Refused: return 4;
        case Outcome::Reset: return 3;
        case Outcome::TimedOut: return 2;
        case Outcome::Unreachable: return 1;
        default: return error == 0 ? -1 : 0;
        }
    };
    return rank(b) > rank(a) ? b : a;
}

const char *callName(Call call)
{
    switch (call) {
    case Call::GetAddrInfo: return "getaddrinfo";
    case Call::Socket: return "socket";
    case Call::Bind: return "bind";
    case Call::Listen: return "listen";
    case Call::Accept: return "accept";
    case Call::Connect: return "connect";
    case Call::GetSockName: return "getsockname";
    case Call::Send: return "send";
    case Call::Recv: return "recv";
    case Call::SendTo: return "sendto";
    case Call::RecvFrom: return "recvfrom";
    case Call::Shutdown: return "shutdown";
    case Call::Close: return "close";
    case Call::End: return "end";
    }
    Q_UNREACHABLE();
}

const char *outcomeName(Outcome outcome)
{
    switch (outcome) {
    case Outcome::None: return "open";
    case Outcome::Complete: return "complete";
    case Outcome::Closed: return "closed";
    case Outcome::Aborted: return "aborted";
    case Outcome::NoMessage: return "no-message";
    case Outcome::Reset: return "reset";
    case Outcome::TimedOut: return "timed-out";
    case Outcome::Cancelled: return "cancelled";
    case Outcome::LimitReached: return "limit-reached";
    case Outcome::Refused: return "refused";
    case Outcome::Denied: return "denied";
    case Outcome::OverLimit: return "over-limit";
    case Outcome::Unreachable: return "unreachable";
    case Outcome::UnknownHost: return "unknown-host";
    case Outcome::Failed: return "failed";
    }
    Q_UNREACHABLE();
}

QByteArray eventErrorName(const Event &event)
{
    if (event.error == 0)
        return {};
    if (event.call != Call::GetAddrInfo)
        return errorName(event.error);
    switch (event.error) {
    case EAI_NONAME: return "EAI_NONAME";
    case EAI_AGAIN: return "EAI_AGAIN";
    case EAI_FAIL: return "EAI_FAIL";
    case EAI_FAMILY: return "EAI_FAMILY";
    case EAI_MEMORY: return "EAI_MEMORY";
    case EAI_SYSTEM: return "EAI_SYSTEM";
#ifdef EAI_NODATA
    case EAI_NODATA: return "EAI_NODATA";
#endif
    default: return QByteArray::number(event.error);
    }
}

} // namespace parley
