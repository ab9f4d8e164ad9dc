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

constexpr int LimitShift = 8; // above the ClosedBy in the argument of an End

} // namespace

Event::Event(Call call, quint64 number, const CallResult &result, const Address &address, QByteArray bytes,
             qint64 argument)
    : connection_(number), result_(result.value), bytes_(std::move(bytes)), address_(address), error_(result.error),
      argument_(static_cast<int>(argument)), call_(call)
{
}

Event Event::lookUp(quint64 number, const QByteArray &host, int eaiError, qint64 duration)
{
    Event event(Call::GetAddrInfo, number, {eaiError == 0 ? 0 : -1, eaiError}, {}, host);
    event.offset_ = duration;
    return event;
}

Event Event::socket(quint64 number, const CallResult &result, Transport transport, Address::Family family)
{
    Event event(Call::Socket, number, result);
    event.transport_ = transport;
    event.family_ = family;
    return event;
}

Event Event::bind(quint64 number, const CallResult &result, const Address &address)
{
    return {Call::Bind, number, result, address};
}

Event Event::bind(quint64 number, const CallResult &result, const QByteArray &path)
{
    return {Call::Bind, number, result, {}, path};
}

Event Event::listen(quint64 number, const CallResult &result, const Address &address, const QByteArray &path,
                    int backlog)
{
    return {Call::Listen, number, result, address, path, backlog};
}

Event Event::accept(quint64 number, const CallResult &result, const Address &peer, Transport transport)
{
    Event event(Call::Accept, number, result, peer);
    event.transport_ = transport;
    return event;
}

Event Event::connect(quint64 number, const CallResult &result, const Address &peer)
{
    return {Call::Connect, number, result, peer};
}

Event Event::connect(quint64 number, const CallResult &result, const QByteArray &path)
{
    return {Call::Connect, number, result, {}, path};
}

Event Event::getSockName(quint64 number, const CallResult &result, const Address &address)
{
    return {Call::GetSockName, number, result, address};
}

Event Event::setSockOpt(quint64 number, const CallResult &result, const char *option, int value, const Address &address)
{
    return {Call::SetSockOpt, number, result, address, option, value};
}

Event Event::send(quint64 number, const CallResult &result, QByteArray bytes, qint64 offset, qint64 asked)
{
    Event event(Call::Send, number, result, {}, std::move(bytes), asked);
    event.offset_ = offset;
    return event;
}

Event Event::recv(quint64 number, const CallResult &result, QByteArray bytes, qint64 room, const Address &peer)
{
    return {Call::Recv, number, result, peer, std::move(bytes), room};
}

Event Event::sendTo(quint64 number, const CallResult &result, QByteArray bytes, const Address &peer)
{
    return {Call::SendTo, number, result, peer, std::move(bytes)};
}

Event Event::recvFrom(quint64 number, const CallResult &result, QByteArray bytes, qint64 room, const Address &peer)
{
    return {Call::RecvFrom, number, result, peer, std::move(bytes), room};
}

Event Event::shutdown(quint64 number, const CallResult &result)
{
    return {Call::Shutdown, number, result};
}

Event Event::close(quint64 number, bool resets)
{
    return {Call::Close, number, {0, 0}, {}, {}, resets ? 1 : 0};
}

Event Event::end(quint64 number, Outcome outcome, int error, qint64 acknowledged, ClosedBy closedBy)
{
    Event event(Call::End, number, {acknowledged, error}, {}, {}, static_cast<qint64>(closedBy));
    event.outcome_ = outcome;
    return event;
}

QByteArray Event::host() const
{
    Q_ASSERT(call_ == Call::GetAddrInfo);
    return bytes_;
}

qint64 Event::duration() const
{
    return call_ == Call::GetAddrInfo ? offset_ : 0;
}

QByteArray Event::errorName() const
{
    return eventErrorName(isAboutLookUp() ? Call::GetAddrInfo : call_, error_);
}

QString Event::errorText() const
{
    return isAboutLookUp() ? QString::fromLocal8Bit(::gai_strerror(error_)) : parley::errorText(error_);
}

ClosedBy Event::closedBy() const
{
    Q_ASSERT(call_ == Call::End);
    return static_cast<ClosedBy>(argument_ & ((1 << LimitShift) - 1));
}

void Event::setLimit(const Limit &limit)
{
    Q_ASSERT(call_ == Call::End);
    argument_ = static_cast<int>(closedBy()) | static_cast<int>(limit.kind) << LimitShift;
    offset_ = limit.value;
}

Limit Event::limit() const
{
    return call_ == Call::End ? Limit{static_cast<Limit::Kind>(argument_ >> LimitShift), offset_} : Limit();
}

QByteArray Event::path() const
{
    return call_ == Call::Bind || call_ == Call::Listen || call_ == Call::Connect ? bytes_ : QByteArray();
}

QByteArray Event::option() const
{
    return call_ == Call::SetSockOpt ? bytes_ : QByteArray();
}

QByteArray Event::optionLevel() const
{
    return option().startsWith("SO_") ? "SOL_SOCKET" : option().startsWith("IPV6_") ? "IPPROTO_IPV6" : "IPPROTO_IP";
}

QByteArray Event::optionValue() const
{
    if (address_.isNull())
        return QByteArray::number(argument_);
    return option().endsWith("_IF") ? address_.interface() : address_.host();
}

Address::Family Event::family() const
{
    Q_ASSERT(call_ == Call::Socket);
    return family_;
}

Transport Event::transport() const
{
    Q_ASSERT(call_ == Call::Socket || call_ == Call::Accept || call_ == Call::End);
    return transport_;
}

int Event::descriptor() const
{
    Q_ASSERT(call_ == Call::Socket || call_ == Call::Accept);
    return static_cast<int>(result_);
}

int Event::backlog() const
{
    Q_ASSERT(call_ == Call::Listen);
    return argument_;
}

bool Event::resets() const
{
    Q_ASSERT(call_ == Call::Close);
    return argument_ != 0;
}

qint64 Event::acknowledged() const
{
    Q_ASSERT(call_ == Call::End);
    return result_;
}

QByteArray Event::sharedPayload() const
{
    const QByteArrayView moved = payload();
    return moved.size() == bytes_.size() ? bytes_ : moved.toByteArray();
}

qint64 Event::given() const
{
    Q_ASSERT(call_ == Call::Send || call_ == Call::SendTo);
    return argument_ > 0 ? argument_ : std::max(bytes_.size() - offset_, result_); // the bytes may be kept no longer
}

int Event::room() const
{
    Q_ASSERT(call_ == Call::Recv || call_ == Call::RecvFrom);
    return argument_;
}

QByteArrayView Event::payload() const
{
    if (!movesBytes() || result_ <= 0 || offset_ >= bytes_.size())
        return {};
    return QByteArrayView(bytes_).sliced(offset_, std::min(result_, bytes_.size() - offset_));
}

void Event::dropPayload()
{
    if (movesBytes())
        bytes_.clear();
}

Outcome outcomeOf(int error)
{
    switch (error) {
    case ECONNREFUSED:
    case ENOENT: // of a Unix socket: there is no such path, or something else is there (native::notSocketError())
    case ENOTSOCK:
    case EISDIR:
    case ENXIO: return Outcome::Refused;
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
    case Call::SetSockOpt: return "setsockopt";
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

QByteArray eventErrorName(Call call, int error)
{
    if (error == 0)
        return {};
    if (call != Call::GetAddrInfo)
        return errorName(error);
    switch (error) {
    case EAI_NONAME: return "EAI_NONAME";
    case EAI_AGAIN: return "EAI_AGAIN";
    case EAI_FAIL: return "EAI_FAIL";
    case EAI_FAMILY: return "EAI_FAMILY";
    case EAI_MEMORY: return "EAI_MEMORY";
    case EAI_SYSTEM: return "EAI_SYSTEM";
    case EAI_SERVICE: return "EAI_SERVICE";
    case EAI_SOCKTYPE: return "EAI_SOCKTYPE";
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY: return "EAI_ADDRFAMILY";
#endif
#ifdef EAI_NODATA
    case EAI_NODATA: return "EAI_NODATA";
#endif
    default: return QByteArray::number(error);
    }
}

} // namespace parley
