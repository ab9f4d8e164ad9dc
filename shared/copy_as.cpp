// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/copy_as.h"

#include <algorithm>

namespace parley
{

namespace
{

using Kind = Exchange::Step::Kind;
using Side = Exchange::Side;

bool isPlain(char c)
{
    return c >= ' ' && c <= '~';
}

/// As an octal escape of three digits, which no digit after it can lengthen.
QByteArray octal(char c)
{
    const auto value = static_cast<unsigned char>(c);
    return '\\' + QByteArray::number(value, 8).rightJustified(3, '0');
}

/// A bytes literal: `b'Hello\n'`.
QByteArray pythonBytes(const QByteArray &bytes)
{
    QByteArray literal = "b'";
    for (const char c : bytes) {
        if (c == '\'' || c == '\\')
            literal += QByteArray("\\") + c;
        else if (isPlain(c))
            literal += c;
        else
            literal += "\\x" + QByteArray(1, c).toHex();
    }
    return literal + '\'';
}

/// A string literal of several parts. A question mark could begin a trigraph.
QByteArray cString(const QByteArray &bytes, const QByteArray &indent = {})
{
    constexpr qsizetype perLine = 64;
    QByteArray literal = "\"";
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (i > 0 && i % perLine == 0)
            literal += "\"\n" + indent + '"';
        const char c = bytes[i];
        literal += isPlain(c) && c != '"' && c != '\\' && c != '?' ? QByteArray(1, c) : octal(c);
    }
    return literal + '"';
}

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

/// For a shell: `'/tmp/it'\''s'`; with bytes that are no text, `$'/tmp/\377'`.
QByteArray shellWord(const QByteArray &bytes)
{
    if (std::all_of(bytes.begin(), bytes.end(), isPlain))
        return '\'' + QByteArray(bytes).replace('\'', "'\\''") + '\'';
    QByteArray word = "$'";
    for (const char c : bytes)
        word += isPlain(c) && c != '\'' && c != '\\' ? QByteArray(1, c) : octal(c);
    return word + '\'';
}

/// The name that the system takes: an abstract one begins with NUL.
QByteArray systemPath(const QByteArray &path)
{
    return path.startsWith('@') ? '\0' + path.mid(1) : path;
}

bool has(const Exchange &exchange, Kind kind)
{
    return std::any_of(exchange.steps.begin(), exchange.steps.end(),
                       [kind](const Exchange::Step &step) { return step.kind == kind; });
}

bool isIPv6(const Exchange &exchange)
{
    return exchange.address.family() == Address::Family::IPv6;
}

const char *familyName(const Exchange &exchange)
{
    return exchange.transport == Transport::Unix ? "AF_UNIX" : isIPv6(exchange) ? "AF_INET6" : "AF_INET";
}

const char *typeName(const Exchange &exchange)
{
    return exchange.transport == Transport::Udp ? "SOCK_DGRAM" : "SOCK_STREAM";
}

QByteArray omission(const Exchange &exchange)
{
    return exchange.omitted == 0
               ? QByteArray()
               : QByteArray::number(exchange.omitted) + " more bytes were sent, which are left out here";
}

// --- Python

class PythonWriter
{
public:
    explicit PythonWriter(const Exchange &exchange) : exchange_(exchange) {}

    QByteArray write()
    {
        const bool unlinks = isServer() && isUnix() && !exchange_.path.startsWith('@');
        text_ = "#!/usr/bin/env python3\n";
        if (const QByteArray note = omission(exchange_); !note.isEmpty())
            text_ += "# " + note + ".\n";
        if (unlinks)
            text_ += "import os\n";
        text_ += "import socket\n";
        if (has(exchange_, Kind::Reset))
            text_ += "import struct\n";
        text_ += '\n';
        line(QByteArray("with socket.socket(socket.") + familyName(exchange_) + ", socket." + typeName(exchange_)
             + ") as " + (isServer() && !isDatagram() ? "listener" : "s") + ":");
        ++depth_;
        if (isServer())
            writeServer();
        else
            writeClient();
        if (unlinks)
            text_ += "os.unlink(" + address() + ")\n";
        return text_;
    }

private:
    bool isServer() const { return exchange_.side == Side::Server; }
    bool isDatagram() const { return exchange_.transport == Transport::Udp; }
    bool isUnix() const { return exchange_.transport == Transport::Unix; }
    QByteArray address() const
    {
        return isUnix() ? pythonBytes(systemPath(exchange_.path)) : exchange_.address.toPython();
    }
    void line(const QByteArray &text) { text_ += QByteArray(4 * depth_, ' ') + text + '\n'; }

    void writeServer()
    {
        const QByteArray socket = isDatagram() ? "s" : "listener";
        if (exchange_.transport == Transport::Tcp)
            line(socket + ".setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)");
        if (isIPv6(exchange_))
            line(socket + ".setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, "
                 + (exchange_.address.isAny() ? "0" : "1") + ')');
        line(socket + ".bind(" + address() + ')');
        if (!isDatagram()) {
            line("listener.listen(" + QByteArray::number(exchange_.backlog) + ')');
            line("s, peer = listener.accept()");
            line("print('Connection established with', peer)");
            line("with s:");
            ++depth_;
        }
        writeSteps();
    }

    void writeClient()
    {
        if (exchange_.isBroadcast())
            line("s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)");
        else
            line("s.connect(" + address() + ')');
        writeSteps();
    }

    void writeSteps()
    {
        for (const Exchange::Step &step : exchange_.steps) {
            if (isDatagram())
                writeDatagram(step);
            else
                writeStep(step);
        }
        if (exchange_.steps.empty() && isServer())
            line("pass");
    }

    void writeStep(const Exchange::Step &step)
    {
        switch (step.kind) {
        case Kind::Send: line("s.sendall(" + pythonBytes(step.bytes) + ')'); break;
        case Kind::Receive:
            line("left = " + QByteArray::number(step.count));
            line("while left > 0 and (data := s.recv(left)):  # recv may return less than is asked for");
            line("    print(data)");
            line("    left -= len(data)");
            break;
        case Kind::ReceiveAll:
            line("while data := s.recv(65536):  # until the peer closes");
            line("    print(data)");
            break;
        case Kind::Shutdown: line("s.shutdown(socket.SHUT_WR)"); break;
        case Kind::Reset:
            line("s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))  # close sends RST");
            break;
        }
    }

    void writeDatagram(const Exchange::Step &step)
    {
        const bool isConnected = !isServer() && !exchange_.isBroadcast();
        if (step.kind == Kind::Send && isConnected)
            line("s.send(" + pythonBytes(step.bytes) + ')');
        else if (step.kind == Kind::Send)
            line("s.sendto(" + pythonBytes(step.bytes) + ", " + (isServer() ? QByteArray("peer") : address()) + ')');
        else if (step.kind == Kind::Receive && isConnected)
            line("print(s.recv(65536))");
        else if (step.kind == Kind::Receive) {
            line("data, peer = s.recvfrom(65536)");
            line("print(data, 'from', peer)");
        }
    }

    const Exchange &exchange_;
    QByteArray text_;
    int depth_ = 0;
};

// --- C

constexpr char CheckedFunction[] = R"(
static int checked(int result, const char *call)
{
    if (result < 0) {
        perror(call);
        exit(EXIT_FAILURE);
    }
    return result;
}
)";

constexpr char SendAllFunction[] = R"(
/* send may take less than it is given. */
static void send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        checked(sent < 0 ? -1 : 0, "send");
        bytes += sent;
        size -= (size_t)sent;
    }
}
)";

constexpr char ReceiveFunction[] = R"(
/* recv may return less than is asked for; 0 is the end. */
static void receive(int fd, size_t size)
{
    static char buffer[65536];
    while (size > 0) {
        ssize_t received = recv(fd, buffer, size < sizeof buffer ? size : sizeof buffer, 0);
        checked(received < 0 ? -1 : 0, "recv");
        if (received == 0)
            break;
        fwrite(buffer, 1, (size_t)received, stdout);
        size -= (size_t)received;
    }
    fflush(stdout);
}
)";

constexpr char ReceiveDatagramFunction[] = R"(
static void receive_datagram(int fd, struct sockaddr_storage *peer, socklen_t *length)
{
    static char buffer[65536];
    *length = sizeof *peer;
    ssize_t received = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)peer, length);
    checked(received < 0 ? -1 : 0, "recvfrom");
    fwrite(buffer, 1, (size_t)received, stdout);
    fflush(stdout);
}
)";

class CWriter
{
public:
    explicit CWriter(const Exchange &exchange) : exchange_(exchange) {}

    QByteArray write()
    {
        if (const QByteArray note = omission(exchange_); !note.isEmpty())
            text_ += "/* " + note + ". */\n";
        text_ += "#define _POSIX_C_SOURCE 200809L\n";
        for (const char *header : {"arpa/inet.h", "netinet/in.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h",
                                   "string.h", "sys/socket.h", "sys/un.h", "unistd.h"})
            text_ += QByteArray("#include <") + header + ">\n";
        text_ += CheckedFunction;
        if (!isDatagram() && has(exchange_, Kind::Send))
            text_ += SendAllFunction;
        if (!isDatagram() && (has(exchange_, Kind::Receive) || has(exchange_, Kind::ReceiveAll)))
            text_ += ReceiveFunction;
        if (isDatagram() && has(exchange_, Kind::Receive))
            text_ += ReceiveDatagramFunction;
        text_ += "\nint main(void)\n{\n";
        writeAddress();
        const QByteArray socket = isServer() && !isDatagram() ? "listener" : "fd";
        line("int " + socket + " = checked(socket(" + familyName(exchange_) + ", " + typeName(exchange_)
             + ", 0), \"socket\");");
        if (isServer())
            writeListening(socket);
        else if (exchange_.isBroadcast())
            writeOption("fd", "SOL_SOCKET", "SO_BROADCAST", 1);
        else
            line("checked(connect(fd, (struct sockaddr *)&address, length), \"connect\");");
        if (isDatagram() && has(exchange_, Kind::Receive)) {
            line("struct sockaddr_storage peer;");
            line("socklen_t peer_length;");
        }
        for (const Exchange::Step &step : exchange_.steps) {
            if (isDatagram())
                writeDatagram(step);
            else
                writeStep(step);
        }
        line("close(fd);");
        if (socket == "listener")
            line("close(listener);");
        if (isServer() && isUnix() && !exchange_.path.startsWith('@'))
            line("unlink(address.sun_path);");
        line("return EXIT_SUCCESS;");
        return text_ + "}\n";
    }

private:
    bool isServer() const { return exchange_.side == Side::Server; }
    bool isDatagram() const { return exchange_.transport == Transport::Udp; }
    bool isUnix() const { return exchange_.transport == Transport::Unix; }
    void line(const QByteArray &text) { text_ += "    " + text + '\n'; }

    void writeAddress()
    {
        const Address &address = exchange_.address;
        const QByteArray port = QByteArray::number(address.port());
        if (isUnix()) {
            const QByteArray path = systemPath(exchange_.path);
            const bool isAbstract = exchange_.path.startsWith('@');
            line("struct sockaddr_un address = {.sun_family = AF_UNIX};");
            line("memcpy(address.sun_path, " + cString(path, QByteArray(29, ' ')) + ", "
                 + QByteArray::number(path.size()) + ");");
            line("socklen_t length = "
                 + (isAbstract ? "offsetof(struct sockaddr_un, sun_path) + " + QByteArray::number(path.size())
                               : QByteArray("sizeof address"))
                 + ';');
            return;
        }
        QByteArray host = address.host();
        host.truncate(host.indexOf('%') < 0 ? host.size() : host.indexOf('%'));
        if (isIPv6(exchange_)) {
            line("struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(" + port
                 + "), .sin6_scope_id = " + QByteArray::number(address.scope()) + "};");
            line("inet_pton(AF_INET6, \"" + host + "\", &address.sin6_addr);");
        } else {
            line("struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(" + port + ")};");
            line("inet_pton(AF_INET, \"" + host + "\", &address.sin_addr);");
        }
        line("socklen_t length = sizeof address;");
    }

    void writeListening(const QByteArray &socket)
    {
        if (exchange_.transport == Transport::Tcp)
            writeOption(socket, "SOL_SOCKET", "SO_REUSEADDR", 1);
        if (isIPv6(exchange_))
            writeOption(socket, "IPPROTO_IPV6", "IPV6_V6ONLY", exchange_.address.isAny() ? 0 : 1);
        line("checked(bind(" + socket + ", (struct sockaddr *)&address, length), \"bind\");");
        if (isDatagram())
            return;
        line("checked(listen(listener, " + QByteArray::number(exchange_.backlog) + "), \"listen\");");
        line("int fd = checked(accept(listener, NULL, NULL), \"accept\");");
    }

    void writeOption(const QByteArray &socket, const QByteArray &level, const QByteArray &name, int value)
    {
        line("checked(setsockopt(" + socket + ", " + level + ", " + name + ", &(int){" + QByteArray::number(value)
             + "}, sizeof(int)), \"setsockopt\");");
    }

    void writeStep(const Exchange::Step &step)
    {
        switch (step.kind) {
        case Kind::Send:
            line("send_all(fd, " + cString(step.bytes, QByteArray(17, ' ')) + ", "
                 + QByteArray::number(step.bytes.size()) + ");");
            break;
        case Kind::Receive: line("receive(fd, " + QByteArray::number(step.count) + ");"); break;
        case Kind::ReceiveAll: line("receive(fd, SIZE_MAX); /* until the peer closes */"); break;
        case Kind::Shutdown: line("checked(shutdown(fd, SHUT_WR), \"shutdown\");"); break;
        case Kind::Reset:
            line("struct linger reset = {.l_onoff = 1, .l_linger = 0}; /* close sends RST */");
            line("checked(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), \"setsockopt\");");
            break;
        }
    }

    void writeDatagram(const Exchange::Step &step)
    {
        if (step.kind == Kind::Receive) {
            line("receive_datagram(fd, &peer, &peer_length);");
            return;
        }
        if (step.kind != Kind::Send)
            return;
        const QByteArray bytes =
            cString(step.bytes, QByteArray(23, ' ')) + ", " + QByteArray::number(step.bytes.size());
        if (isServer())
            line("checked((int)sendto(fd, " + bytes + ", 0, (struct sockaddr *)&peer, peer_length), \"sendto\");");
        else if (exchange_.isBroadcast())
            line("checked((int)sendto(fd, " + bytes + ", 0, (struct sockaddr *)&address, length), \"sendto\");");
        else
            line("checked((int)send(fd, " + bytes + ", 0), \"send\");");
    }

    const Exchange &exchange_;
    QByteArray text_;
};

} // namespace

QByteArray copyAsPython(const Exchange &exchange)
{
    return PythonWriter(exchange).write();
}

QByteArray copyAsC(const Exchange &exchange)
{
    return CWriter(exchange).write();
}

QByteArray copyAsNcat(const Exchange &exchange)
{
    const bool isServer = exchange.side == Side::Server;
    const bool isDatagram = exchange.transport == Transport::Udp;
    const bool isUnix = exchange.transport == Transport::Unix;
    QByteArray text;
    const auto comment = [&text](const QByteArray &words) { text += "# " + words + ".\n"; };
    if (const QByteArray note = omission(exchange); !note.isEmpty())
        comment(note);
    if (isUnix && exchange.path.startsWith('@')) {
        comment("ncat has no abstract Unix sockets");
        return text;
    }
    if (exchange.isBroadcast()) {
        comment("ncat cannot send to everyone on a network (SO_BROADCAST)");
        return text;
    }

    QByteArray sent;
    int turns = 0; // from receiving to sending: for these, ncat does not wait
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
    if (has(exchange, Kind::Reset))
        comment("ncat cannot close with RST");
    if (isServer && !isDatagram)
        comment("ncat does not let one choose the length of the accept queue");
    const bool sends = has(exchange, Kind::Send);
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
    const bool receives = has(exchange, Kind::Receive) || has(exchange, Kind::ReceiveAll);
    if (isServer)
        text += " -l";
    if (isDatagram)
        text += " -u";
    else if (!receives)
        text += " --send-only";
    else if (sent.isEmpty() && !has(exchange, Kind::Shutdown))
        text += " --recv-only";
    else if (!has(exchange, Kind::Shutdown))
        text += " --no-shutdown";
    if (isUnix)
        text += " -U " + shellWord(exchange.path);
    else
        text += ' ' + exchange.address.host() + ' ' + QByteArray::number(exchange.address.port());
    if (!isDatagram && sent.isEmpty() && (!receives || has(exchange, Kind::Shutdown)))
        text += " </dev/null";
    return text + '\n';
}

} // namespace parley
