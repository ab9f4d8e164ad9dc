// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event.h"

#include "shared/native_socket.h"

#include <netdb.h>

#include <algorithm>

namespace parley
{

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

qint64 Event::given() const
{
    return argument > 0 ? argument : std::max(bytes.size() - offset, result); // the bytes may be kept no longer
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
        return native::errorName(event.error);
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
