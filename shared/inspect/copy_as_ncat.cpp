// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/inspect/copy_as.h"
#include "shared/inspect/copy_as_text.h"

#include <algorithm>

namespace parley
{

namespace
{

using Kind = Exchange::Step::Kind;
using Side = Exchange::Side;

/// For printf(1), as its format: `'Hello\012'`.
QByteArray printfFormat(const QByteArray &bytes)
{
    QByteArray format = "'";
    for (const char c : bytes) {
        const bool isSafe = isPlain(c) && c != '\'' && c != '\\' && c != '%' && (c != '-' || format.size() > 1);
        format += c == '%' ? QByteArray("%%") : isSafe ? QByteArray(1, c) : octal(c);
    }
    return format + '\'';
}

bool isBare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || QByteArrayView("%+,-./:@_").contains(c);
}

} // namespace

QByteArray shellWord(const QByteArray &bytes)
{
    if (!bytes.isEmpty() && std::all_of(bytes.begin(), bytes.end(), isBare))
        return bytes;
    QByteArray word = "'";
    for (qsizetype at = 0; at < bytes.size();) {
        // $(…) drops the line feeds at its end, so line feeds stay outside of it.
        const auto isQuoted = [](char c) { return isPlain(c) || c == '\n'; };
        const auto *from = bytes.begin() + at;
        const auto *to = std::find_if_not(from, bytes.end(), isQuoted);
        word += QByteArray(from, to - from).replace('\'', "'\\''");
        const auto *end = std::find_if(to, bytes.end(), isQuoted);
        if (end != to)
            word += "'\"$(printf " + printfFormat(QByteArray(to, end - to)) + ")\"'";
        at = end - bytes.begin();
    }
    return word + '\'';
}

QByteArray shellPath(const QByteArray &path)
{
    return shellWord(path.startsWith('-') ? "./" + path : path);
}

QByteArray copyAsNcat(const Exchange &exchange)
{
    const bool isServer = exchange.side == Side::Server;
    const bool isDatagram = exchange.transport == Transport::Udp;
    const bool isUnix = exchange.transport == Transport::Unix;
    QByteArray text;
    const auto comment = [&text](const QByteArray &words) { text += "# " + words + ".\n"; };
    for (const QByteArray &note : omissions(exchange))
        comment(note);
    if (isUnix && exchange.path.startsWith('@')) {
        comment("ncat has no abstract Unix sockets");
        return text;
    }
    if (exchange.address.isMulticast()) {
        comment("ncat has no groups: it joins none, and hears no answers from their members");
        return text;
    }
    if (exchange.isToMany()) {
        comment("ncat cannot send to everyone on a network (SO_BROADCAST)");
        return text;
    }

    QByteArray sent;
    int turns = 0; // from receiving to sending; ncat does not wait for them
    bool received = false;
    for (const Exchange::Step &step : exchange.steps) {
        if (step.kind == Kind::Send) {
            turns += received ? 1 : 0;
            sent += step.bytes;
        }
        received = step.kind == Kind::Receive || step.kind == Kind::ReceiveAll;
    }
    const bool serves = isServer && isDatagram;
    if (turns > (serves ? 1 : 0))
        comment("ncat sends all of it at once, and does not wait for the peer in between");
    if (exchange.has(Kind::Reset))
        comment("ncat cannot close with RST");
    if (isServer && !isDatagram)
        comment("ncat does not let one choose the length of the accept queue");
    const bool sends = exchange.has(Kind::Send);
    if (isDatagram && sends && sent.isEmpty())
        comment("ncat cannot send an empty datagram");
    if (isDatagram && isServer)
        comment("datagrams have no end: Ctrl+C ends ncat");
    else if (isDatagram)
        comment("ncat ends with its input, which is kept open for 2 seconds for the answer to come");

    const QByteArray print = "printf " + printfFormat(sent);
    if (isDatagram && !isServer)
        text += sent.isEmpty() ? QByteArray("sleep 2 | ") : "{ " + print + "; sleep 2; } | ";
    else if (!sent.isEmpty())
        text += print + " | ";
    text += "ncat";
    const bool receives = exchange.has(Kind::Receive) || exchange.has(Kind::ReceiveAll);
    if (isServer)
        text += " -l";
    if (isDatagram)
        text += " -u";
    else if (!receives)
        text += " --send-only";
    else if (sent.isEmpty() && !exchange.has(Kind::Shutdown))
        text += " --recv-only";
    else if (!exchange.has(Kind::Shutdown))
        text += " --no-shutdown";
    if (!exchange.source.isNull())
        text += " -s " + shellWord(exchange.source.host());
    if (exchange.source.port() != 0)
        text += " -p " + QByteArray::number(exchange.source.port());
    if (isUnix)
        text += " -U " + shellPath(exchange.path);
    else
        text += ' ' + shellWord(exchange.address.host()) + ' ' + QByteArray::number(exchange.address.port());
    if (!isDatagram && sent.isEmpty() && (!receives || exchange.has(Kind::Shutdown)))
        text += " </dev/null";
    return text + '\n';
}

} // namespace parley
