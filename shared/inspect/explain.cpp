// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/inspect/explain.h"

#include "shared/event/event_history.h"
#include "shared/inspect/ladder.h"
#include "shared/message/error_reason.h"
#include "shared/message/message.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <cerrno>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Explain)
};

QString safe(const QByteArray &bytes)
{
    return displaySafe(MessageDecoder::decodeAll(bytes), LineBreaks::Escape);
}

QString optionMeaning(QByteArrayView option)
{
    if (option == "SO_BROADCAST")
        return Texts::tr("Lets the socket send to everyone on a net. Without it the system refuses that (EACCES).");
    if (option.contains("MEMBERSHIP") || option.contains("JOIN"))
        return Texts::tr("Takes part in a group: from now on the system takes in, on that interface, what is sent to "
                         "the group.");
    if (option.endsWith("_IF"))
        return Texts::tr("Chooses the interface by which datagrams to groups leave.");
    if (option.endsWith("_LOOP"))
        return Texts::tr("Says whether members on this computer get the datagrams, too.");
    return Texts::tr("Says how many routers a datagram may pass. The last one drops it.");
}

QString purpose(const Event &event)
{
    switch (event.call()) {
    case Call::GetAddrInfo: return Texts::tr("Looks up the addresses that belong to a host's name.");
    case Call::Socket:
        return Texts::tr("Makes a socket: one end of a later connection, for one family of addresses and one type.");
    case Call::Bind: return Texts::tr("Gives the socket its own address: others reach it there.");
    case Call::Listen:
        return Texts::tr("Lets the system take connections at this address. They wait in the accept queue until accept "
                         "fetches them.");
    case Call::Accept:
        return Texts::tr(
            "Takes the first connection out of the accept queue and makes a socket for it. The handshake was "
            "complete before: the system did it by itself.");
    case Call::Connect:
        return Texts::tr(
            "Asks for a connection to an address, and waits for the result. On a socket that does not block the call "
            "returns at once, and the result is fetched when the system has it. On a datagram socket nothing is "
            "sent: it only fixes the peer.");
    case Call::GetSockName: return Texts::tr("Asks for the socket's own address: the system has chosen it.");
    case Call::SetSockOpt: return optionMeaning(event.option());
    case Call::Send:
    case Call::SendTo:
        return Texts::tr(
            "Hands bytes to the system, which sends them when it can. It may take fewer bytes than it is given; the "
            "program then sends the rest again. Bytes that the system took have not necessarily reached the peer.");
    case Call::Recv:
    case Call::RecvFrom:
        return Texts::tr(
            "Fetches the bytes that have come, as many as there is room for. A stream has no messages: the bytes of "
            "one send may need several calls, and one call may fetch the bytes of several sends.");
    case Call::Shutdown: return Texts::tr("Closes the sending side: the peer reads to the end, and can still send.");
    case Call::Close:
        return Texts::tr("Gives the socket back to the system. If bytes are still unread, TCP resets the connection "
                         "(RST), and the peer may lose bytes that it has not read yet.");
    case Call::End: return Texts::tr("Not a call: the program's verdict on all of them.");
    }
    return {};
}

QString inference(Ladder::Rung rung)
{
    switch (rung) {
    case Ladder::Rung::Syn: return Texts::tr("The first segment of TCP's handshake: the client asks for a connection.");
    case Ladder::Rung::SynAck: return Texts::tr("The second segment of the handshake: the server's system agrees.");
    case Ladder::Rung::Ack:
        return Texts::tr("The third segment of the handshake: both ends now consider the connection established.");
    case Ladder::Rung::Data:
        return Texts::tr("These bytes travelled in one segment or in several: TCP decides, and a program cannot tell.");
    case Ladder::Rung::Fin: return Texts::tr("The end of the bytes that this side sends.");
    case Ladder::Rung::FinOrReset:
        return Texts::tr("Closing sends FIN, or RST if bytes were unread: the call does not tell which.");
    case Ladder::Rung::Reset: return Texts::tr("The connection is gone at once; bytes in flight are lost.");
    case Ladder::Rung::Datagram: return Texts::tr("One UDP datagram. It may be lost on its way, and nobody is told.");
    case Ladder::Rung::Unreachable:
        return Texts::tr("The peer's system says that nothing listens on that port there (ICMP).");
    case Ladder::Rung::Bytes:
        return Texts::tr("The system passes the bytes to the other process. There is no network.");
    case Ladder::Rung::EndOfData: return Texts::tr("The system tells the other process that nothing more will come.");
    case Ladder::Rung::Call:
    case Ladder::Rung::Verdict: break;
    }
    return {};
}

QString familyText(Address::Family family)
{
    switch (family) {
    case Address::Family::IPv4: return Texts::tr("AF_INET (IPv4)");
    case Address::Family::IPv6: return Texts::tr("AF_INET6 (IPv6)");
    case Address::Family::Unix: return Texts::tr("AF_UNIX (within this computer)");
    case Address::Family::None: break;
    }
    return Texts::tr("unknown");
}

QString typeText(Transport transport)
{
    return transport == Transport::Udp ? Texts::tr("SOCK_DGRAM (datagrams)")
                                       : Texts::tr("SOCK_STREAM (a stream of bytes)");
}

QString protocolText(Transport transport)
{
    switch (transport) {
    case Transport::Tcp: return Texts::tr("0, the type's usual one: 6 (TCP)");
    case Transport::Udp: return Texts::tr("0, the type's usual one: 17 (UDP)");
    case Transport::Unix: break;
    }
    return Texts::tr("0: there is only one");
}

QString number(qint64 value)
{
    return QLocale().toString(value);
}

/// Name, tab, value: a field of the explanation.
QString field(const QString &name, const QString &value)
{
    return u"  "_s + name + u": "_s + value;
}

QString shown(const Address &address)
{
    return QString::fromLatin1(address.toPython());
}

QStringList parameters(const Event &event)
{
    switch (event.call()) {
    case Call::GetAddrInfo: return {field(Texts::tr("host"), safe(event.host()))};
    case Call::Socket:
        return {field(Texts::tr("family"), familyText(event.family())),
                field(Texts::tr("type"), typeText(event.transport())),
                field(Texts::tr("protocol"), protocolText(event.transport()))};
    case Call::Bind:
    case Call::Connect: {
        const Address address = event.call() == Call::Bind ? event.local() : event.peer();
        return {field(Texts::tr("address"), address.isNull() ? safe(event.path()) : shown(address))};
    }
    case Call::Listen:
        return {
            field(Texts::tr("backlog"),
                  Texts::tr("%1, the most connections that wait in the accept queue").arg(number(event.backlog())))};
    case Call::SetSockOpt:
        return {
            field(Texts::tr("option"), QLatin1String(event.optionLevel()) + u", "_s + QLatin1String(event.option())),
            field(Texts::tr("value"), QString::fromLocal8Bit(event.optionValue()))};
    case Call::Send:
    case Call::SendTo: {
        QStringList fields{field(Texts::tr("bytes"), bytesText(event.given()))};
        if (event.call() == Call::SendTo)
            fields.append(field(Texts::tr("address"), shown(event.peer())));
        return fields;
    }
    case Call::Recv:
    case Call::RecvFrom:
        return event.room() > 0
                   ? QStringList{field(Texts::tr("room"), Texts::tr("at most %1").arg(bytesText(event.room())))}
                   : QStringList();
    case Call::Shutdown: return {field(Texts::tr("how"), Texts::tr("SHUT_WR, the sending side"))};
    case Call::Close:
        return event.resets() ? QStringList{field(u"SO_LINGER"_s, Texts::tr("set to 0 before: it sends RST"))}
                              : QStringList();
    default: return {};
    }
}

/// Cause and remedy, in sentences.
QString errorMeaning(const Event &event)
{
    const ErrorReason reason =
        event.isAboutLookUp() ? lookUpReason(event.errorNumber()) : errorReason(event.errorNumber());
    const auto with = [&reason](const QString &cause) { return cause + u' ' + reason.remedy; };
    switch (event.isAboutLookUp() ? 0 : event.errorNumber()) {
    case ECONNRESET:
        return with(Texts::tr("The peer reset the connection: it ended abnormally, or closed with bytes unread."));
    case EPIPE: return with(Texts::tr("The connection was gone already."));
    case EINPROGRESS: return Texts::tr("Not an error: the connection is being made, and the result comes later.");
    case EACCES:
        if (event.call() == Call::Bind && event.path().isEmpty())
            return Texts::tr("This user may not do that: ports below 1024 need a privilege on many systems. Choose a "
                             "port of 1024 or above.");
        break;
    default: break;
    }
    if (reason.remedy.isEmpty())
        return Texts::tr("An error that is not usual for sockets. Look for it in the manual page of the call.");
    return with(reason.cause.front().toUpper() + reason.cause.sliced(1) + u'.');
}

/// Where the limit can be changed; empty for none.
QString remedyOf(const Limit &limit)
{
    const auto settable = [](const QString &options) {
        return Texts::tr("It is set by Connection → Limits… or %1.").arg(options);
    };
    switch (limit.kind) {
    case Limit::Kind::None: return {};
    case Limit::Kind::Deadline:
    case Limit::Kind::Idle: return settable(u"--deadline"_s);
    case Limit::Kind::AfterFin:
        return Texts::tr("A peer that has closed its sending side may be gone for good, which looks the same. So the "
                         "server waits no longer for it, unless a deadline is set by Connection → Limits… or "
                         "--deadline.");
    case Limit::Kind::TimeOut: return settable(u"--timeout"_s);
    case Limit::Kind::MessageLength: return settable(u"--max-bytes"_s);
    case Limit::Kind::Connections:
        return Texts::tr("It is set by Connection → Limits… or --max-connections, and is never more than the file "
                         "descriptors of the process allow.");
    case Limit::Kind::PerPeer: return settable(u"--max-per-peer"_s);
    }
    return {};
}

/// Names the limit where one has ended the connection.
QString verdict(const Event &event)
{
    const QString text = outcomeText(event.outcome(), event.closedBy(), event.transport());
    if (const Limit limit = event.limit(); limit.kind != Limit::Kind::None)
        return Texts::tr("%1: %2. %3").arg(text, limitText(limit), remedyOf(limit));
    return event.outcome() == Outcome::Denied
               ? Texts::tr("%1: the list of addresses (Connection → Limits…, --allow, --deny)").arg(text)
               : text;
}

QString resultMeaning(const Event &event)
{
    const Address known = event.call() == Call::GetSockName ? event.local() : event.peer();
    const QString address = known.isNull() ? Texts::tr("none") : shown(known);
    switch (event.call()) {
    case Call::Socket: return Texts::tr("%1, the socket's descriptor").arg(event.descriptor());
    case Call::Accept:
        return Texts::tr("%1, the new socket's descriptor; the peer is %2").arg(event.descriptor()).arg(address);
    case Call::GetSockName: return address;
    case Call::Send:
    case Call::SendTo: return Texts::tr("%1, the bytes that the system took").arg(number(event.moved()));
    case Call::Recv:
        return event.meetsEnd() ? Texts::tr("0, the end: the peer has closed its sending side (FIN)")
                                : Texts::tr("%1, the bytes that had come").arg(number(event.moved()));
    case Call::RecvFrom: return Texts::tr("%1, the length of a datagram from %2").arg(number(event.moved()), address);
    case Call::End: return verdict(event);
    default: return Texts::tr("0, it succeeded");
    }
}

QStringList socketFields(const Ladder &ladder)
{
    const Transport transport = ladder.transport().value_or(Transport::Tcp);
    const Address &known = ladder.peer().isNull() ? ladder.local() : ladder.peer();
    const Address::Family family = transport == Transport::Unix ? Address::Family::Unix : known.family();
    QStringList fields;
    if (ladder.transport())
        fields = {field(Texts::tr("family"), familyText(family)), field(Texts::tr("type"), typeText(transport)),
                  field(Texts::tr("protocol"), protocolText(transport))};
    if (!ladder.local().isNull())
        fields.append(field(Texts::tr("this end"), shown(ladder.local())));
    if (!ladder.path().isEmpty())
        fields.append(field(Texts::tr("path"), safe(ladder.path())));
    if (!ladder.peer().isNull())
        fields.append(field(Texts::tr("peer"), shown(ladder.peer())));
    return fields;
}

} // namespace

QString explain(const Ladder &ladder, int row)
{
    const Event &event = ladder.eventAt(row);
    QStringList text{ladder.text(row), {}};
    if (!ladder.row(row).isObserved()) {
        text.append(inference(ladder.row(row).rung));
        text.append(QString());
        text.append(
            Texts::tr("Inferred, not observed: no program sees what passes below its calls. %1 could only return what "
                      "it did because this had happened.")
                .arg(QLatin1String(callName(event.call()))));
        return text.join(u'\n');
    }
    text.append(purpose(event));
    if (const QStringList fields = parameters(event); !fields.isEmpty())
        text += QStringList{QString(), Texts::tr("Parameters")} + fields;
    text += QStringList{QString(), Texts::tr("Result")};
    if (event.errorNumber() != 0) {
        text.append(field(QString::fromLatin1(event.errorName()), event.errorText()));
        text.append(u"  "_s + errorMeaning(event));
    }
    if (event.errorNumber() == 0 || event.call() == Call::End)
        text.append(u"  "_s + resultMeaning(event));
    if (ladder.isFolded(row))
        text.append(field(Texts::tr("non-blocking"), Texts::tr("EINPROGRESS first, and the result later")));
    if (const qint64 span = ladder.lasting(row); span > 0)
        text.append(field(Texts::tr("took"), durationText(std::chrono::nanoseconds(span))));
    text.append(field(Texts::tr("since the start"), durationText(std::chrono::nanoseconds(ladder.sinceStart(row)))));
    if (const QStringList fields = socketFields(ladder); !fields.isEmpty())
        text += QStringList{QString(), Texts::tr("Socket")} + fields;
    return text.join(u'\n');
}

} // namespace parley
