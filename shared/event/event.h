// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"
#include "shared/address/transport.h"
#include "shared/event/ending.h"
#include "shared/message/call_result.h"

#include <QByteArray>
#include <QMetaType>
#include <QString>

#include <algorithm>
#include <vector>

namespace parley
{

/// What was called. All but End are calls of the system that were really made.
enum class Call : std::uint8_t {
    GetAddrInfo,
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    GetSockName,
    SetSockOpt,
    Send,
    Recv,
    SendTo,
    RecvFrom,
    Shutdown,
    Close,
    End, ///< the engine's verdict on a connection, its last event
};

/// One call and its result. This is the one thing that flows from an engine to its readers.
///
/// A reader that names calls in its comment is asked on those alone, unless it says what it returns for the others.
class Event
{
public:
    /// The verdict on a connection that has not ended, as a place for another event.
    Event() = default;

    // One for each call. @p number is the connection's, 0 for the listener; @p result is what the call returned.
    /// @p duration from the call to its result, in ns.
    static Event lookUp(quint64 number, const QByteArray &host, int eaiError, qint64 duration = 0);
    static Event socket(quint64 number, const CallResult &result, Transport transport, Address::Family family);
    static Event bind(quint64 number, const CallResult &result, const Address &address);
    static Event bind(quint64 number, const CallResult &result, const QByteArray &path);
    static Event listen(quint64 number, const CallResult &result, const Address &address, const QByteArray &path,
                        int backlog);
    static Event accept(quint64 number, const CallResult &result, const Address &peer, Transport transport);
    static Event connect(quint64 number, const CallResult &result, const Address &peer);
    static Event connect(quint64 number, const CallResult &result, const QByteArray &path);
    static Event getSockName(quint64 number, const CallResult &result, const Address &address);
    /// @param option its name, such as `IP_MULTICAST_TTL`. @param address of an option about a group or its interface.
    static Event setSockOpt(quint64 number, const CallResult &result, const char *option, int value,
                            const Address &address = {});
    /// @p asked bytes were given, the first at @p offset in @p bytes, which are empty where they are not kept.
    static Event send(quint64 number, const CallResult &result, QByteArray bytes, qint64 offset, qint64 asked);
    /// There was room for @p room bytes; @p bytes are those that came, or empty where they are not kept. A datagram
    /// came from @p peer, to which its socket is connected.
    static Event recv(quint64 number, const CallResult &result, QByteArray bytes, qint64 room,
                      const Address &peer = {});
    static Event sendTo(quint64 number, const CallResult &result, QByteArray bytes, const Address &peer);
    static Event recvFrom(quint64 number, const CallResult &result, QByteArray bytes, qint64 room, const Address &peer);
    static Event shutdown(quint64 number, const CallResult &result);
    /// @p resets: with RST rather than FIN (SO_LINGER 0).
    static Event close(quint64 number, bool resets);
    /// The engine's verdict; @p acknowledged are the bytes that the peer of a server has acknowledged.
    static Event end(quint64 number, Outcome outcome, int error, qint64 acknowledged = 0,
                     ClosedBy closedBy = ClosedBy::Nobody);

    // Of every event.
    Call call() const { return call_; }
    quint64 connection() const { return connection_; } ///< unique in the run; 0 for the listener
    qint64 time() const { return time_; }              ///< ns since the stream's start, monotonic
    void setTime(qint64 time) { time_ = time; }        ///< EventStream::write() alone does
    /// The number that the call returned, as JSON tells it; -1 where it failed. Other readers say what it means.
    qint64 result() const { return result_; }
    /// Of an End: what it was the end of. Udp matters: its words are other ones.
    void setTransport(Transport transport) { transport_ = transport; }
    void setLimit(const Limit &limit); ///< of an End: that brought it about
    /// errno of a failed call; an EAI_ code of GetAddrInfo, and of the End of an UnknownHost; 0 for none.
    int errorNumber() const { return error_; }
    /// Whether that is an EAI_ code.
    bool isAboutLookUp() const { return call_ == Call::GetAddrInfo || outcome_ == Outcome::UnknownHost; }
    QByteArray errorName() const; ///< of errorNumber(): `ECONNRESET`, `EAI_NONAME`; empty for none
    QString errorText() const;    ///< the system's words for it

    // What the call was about.
    QByteArray host() const; ///< GetAddrInfo: the name
    qint64 duration() const; ///< GetAddrInfo: ns from the call to its result; others: 0, unknown
    /// Bind, Listen, GetSockName: this side's address; null for others, and of Unix sockets.
    Address local() const { return isOfThisSide() ? address_ : Address(); }
    /// Accept, Connect, SendTo, RecvFrom, and Recv of a datagram: the other side's address; null for others.
    Address peer() const { return isOfThisSide() || call_ == Call::SetSockOpt ? Address() : address_; }
    /// SetSockOpt: `IP_ADD_MEMBERSHIP`, the level it belongs to, and what it was set to.
    QByteArray option() const;
    QByteArray optionLevel() const; ///< `IPPROTO_IP`
    QByteArray optionValue() const; ///< `4`; of a membership the group, `239.1.2.3%eth0`; of an interface its name
    Address group() const { return call_ == Call::SetSockOpt ? address_ : Address(); } ///< with the interface
    QByteArray path() const;                     ///< Bind, Listen, Connect of Unix sockets; empty for others
    Address::Family family() const;              ///< Socket: the one asked for
    Transport transport() const;                 ///< Socket, Accept: the socket's kind; End: Udp of datagrams
    int descriptor() const;                      ///< Socket, Accept: of the new socket, -1 where there is none
    int backlog() const;                         ///< Listen
    bool resets() const;                         ///< Close: it sends RST rather than FIN, by SO_LINGER
    Outcome outcome() const { return outcome_; } ///< End; None for others
    qint64 acknowledged() const;                 ///< End, server: the bytes that the peer acknowledged
    ClosedBy closedBy() const;                   ///< End, where the outcome is Closed
    Limit limit() const;                         ///< End: that brought it about; None for others

    // What it moved.
    /// Whether it is a Send, Recv, SendTo or RecvFrom.
    bool movesBytes() const
    {
        return call_ == Call::Send || call_ == Call::Recv || call_ == Call::SendTo || call_ == Call::RecvFrom;
    }
    qint64 given() const; ///< Send, SendTo: the bytes that it was given; it may have taken fewer
    int room() const;     ///< Recv, RecvFrom: for so many bytes
    /// Send, Recv, SendTo, RecvFrom: how many bytes, whether they were kept or not; 0 where it failed.
    qint64 moved() const
    {
        Q_ASSERT(movesBytes());
        return std::max<qint64>(result_, 0);
    }
    /// The bytes that a Send, Recv, SendTo or RecvFrom moved, as far as they were kept; empty for others.
    QByteArrayView payload() const;
    /// The same, to be kept: it shares the event's memory where that holds nothing else.
    QByteArray sharedPayload() const;
    /// Whether it is the Recv that met the end of what a peer sends (FIN); an empty datagram is no end.
    bool meetsEnd() const { return call_ == Call::Recv && result_ == 0 && error_ == 0 && address_.isNull(); }
    /// Forgets the payload. How much there was stays known.
    void dropPayload();
    /// The memory that it shares with others: what payload(), host() or path() is a part of.
    const QByteArray &heldBytes() const { return bytes_; }

private:
    Event(Call call, quint64 number, const CallResult &result, const Address &address = {}, QByteArray bytes = {},
          qint64 argument = 0);
    bool isOfThisSide() const { return call_ == Call::Bind || call_ == Call::Listen || call_ == Call::GetSockName; }

    qint64 time_ = 0;
    quint64 connection_ = 0;
    qint64 result_ = 0;
    QByteArray bytes_;  // heldBytes()
    qint64 offset_ = 0; // where in bytes_ the payload starts (a greeting is shared, never copied); duration(); limit()
    Address address_;   // local() or peer()
    int error_ = 0;
    // backlog(), room(), resets(), closedBy() with the kind of limit(), optionValue(); given(), if not all that bytes_
    // holds
    int argument_ = 0;
    Call call_ = Call::End;
    Outcome outcome_ = Outcome::None;
    Transport transport_ = Transport::Tcp;
    Address::Family family_ = Address::Family::None;
};

/// What @p error, the errno of a call on a connection or of connect, makes of it; Failed for 0 and the unknown.
Outcome outcomeOf(int error);
/// Of the errors of two addresses of a host, the one that says more: a refusal came from the host itself. 0 is none.
int moreTelling(int a, int b);

/// `accept`, as the man pages spell it.
const char *callName(Call call);
/// What @p call makes of @p error, as Event::errorNumber() tells it: `ECONNRESET`, or of GetAddrInfo `EAI_NONAME`;
/// empty where there is no error.
QByteArray eventErrorName(Call call, int error);

/// Events in the order in which they happened.
struct EventBatch
{
    std::vector<Event> events;
    quint64 dropped = 0; ///< events that were left out before these, because the reader was too slow
};

} // namespace parley

Q_DECLARE_METATYPE(parley::EventBatch)
