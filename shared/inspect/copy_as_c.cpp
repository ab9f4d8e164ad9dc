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
        for (const QByteArray &note : omissions(exchange_))
            text_ += "/* " + note + ". */\n";
        const bool hasGroup = std::any_of(exchange_.options.begin(), exchange_.options.end(),
                                          [](const Event &event) { return !event.group().isNull(); });
        text_ += hasGroup ? "#define _DEFAULT_SOURCE\n" : "#define _POSIX_C_SOURCE 200809L\n";
        for (const char *header : {"arpa/inet.h", "net/if.h", "netinet/in.h", "stddef.h", "stdint.h", "stdio.h",
                                   "stdlib.h", "string.h", "sys/socket.h", "sys/un.h", "unistd.h"})
            text_ += QByteArray("#include <") + header + ">\n";
        text_ += CheckedFunction;
        if (!isDatagram() && exchange_.has(Kind::Send))
            text_ += SendAllFunction;
        if (!isDatagram() && (exchange_.has(Kind::Receive) || exchange_.has(Kind::ReceiveAll)))
            text_ += ReceiveFunction;
        if (isDatagram() && exchange_.has(Kind::Receive))
            text_ += ReceiveDatagramFunction;
        text_ += "\nint main(void)\n{\n";
        writeAddress();
        const QByteArray socket = isServer() && !isDatagram() ? "listener" : "fd";
        line("int " + socket + " = checked(socket(" + Address::familyName(exchange_.family()) + ", "
             + typeName(exchange_.transport) + ", 0), \"socket\");");
        if (isServer())
            writeListening(socket);
        for (const Event &event : exchange_.options)
            writeOption(event);
        if (!exchange_.source.isNull()) {
            writeInternetAddress("source", exchange_.source);
            line("checked(bind(fd, (struct sockaddr *)&source, sizeof source), \"bind\");");
        }
        if (!isServer() && !exchange_.isToMany())
            line("checked(connect(fd, (struct sockaddr *)&address, length), \"connect\");");
        if (isDatagram() && exchange_.has(Kind::Receive)) {
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
    bool isIPv6() const { return exchange_.family() == Address::Family::IPv6; }
    void line(const QByteArray &text) { text_ += "    " + text + '\n'; }

    void writeAddress()
    {
        if (isUnix()) {
            const QByteArray path = exchange_.socketPath();
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
        writeInternetAddress("address", exchange_.address);
        line("socklen_t length = sizeof address;");
    }

    void writeInternetAddress(const QByteArray &name, const Address &address)
    {
        const QByteArray port = QByteArray::number(address.port());
        const QByteArray host = address.withScope(0).host();
        if (isIPv6()) {
            line("struct sockaddr_in6 " + name + " = {.sin6_family = AF_INET6, .sin6_port = htons(" + port
                 + "), .sin6_scope_id = " + QByteArray::number(address.scope()) + "};");
            line("inet_pton(AF_INET6, \"" + host + "\", &" + name + ".sin6_addr);");
        } else {
            line("struct sockaddr_in " + name + " = {.sin_family = AF_INET, .sin_port = htons(" + port + ")};");
            line("inet_pton(AF_INET, \"" + host + "\", &" + name + ".sin_addr);");
        }
    }

    void writeListening(const QByteArray &socket)
    {
        if (exchange_.transport == Transport::Tcp || exchange_.address.isMulticast())
            writeOption(socket, "SOL_SOCKET", "SO_REUSEADDR", 1);
        if (isIPv6())
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

    void writeOption(const Event &event)
    {
        const Address group = event.group();
        if (group.isNull()) {
            writeOption("fd", event.optionLevel(), event.option(), event.optionValue().toInt());
            return;
        }
        const bool v6 = group.family() == Address::Family::IPv6;
        const bool joins = !event.option().endsWith("_IF");
        const QByteArray interface =
            group.scope() == 0 ? QByteArray("0") : "if_nametoindex(" + cString(group.interface()) + ')';
        if (v6 && !joins)
            line("unsigned group = " + interface + ';');
        else if (v6)
            line("struct ipv6_mreq group = {.ipv6mr_interface = " + interface + "};");
        else
            line("struct ip_mreqn group = {.imr_ifindex = (int)" + interface + "};");
        if (joins)
            line(QByteArray("inet_pton(") + Address::familyName(group.family()) + ", \"" + group.withScope(0).host()
                 + "\", &group." + (v6 ? "ipv6mr_multiaddr" : "imr_multiaddr") + ");");
        line("checked(setsockopt(fd, " + event.optionLevel() + ", " + event.option()
             + ", &group, sizeof group), \"setsockopt\");");
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
        else if (exchange_.isToMany())
            line("checked((int)sendto(fd, " + bytes + ", 0, (struct sockaddr *)&address, length), \"sendto\");");
        else
            line("checked((int)send(fd, " + bytes + ", 0), \"send\");");
    }

    const Exchange &exchange_;
    QByteArray text_;
};

} // namespace

QByteArray cString(const QByteArray &bytes, const QByteArray &indent)
{
    constexpr qsizetype perLine = 64;
    QByteArray literal = "\"";
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (i > 0 && i % perLine == 0)
            literal += "\"\n" + indent + '"';
        const char c = bytes[i]; // a question mark could begin a trigraph
        literal += isPlain(c) && c != '"' && c != '\\' && c != '?' ? QByteArray(1, c) : octal(c);
    }
    return literal + '"';
}

QByteArray copyAsC(const Exchange &exchange)
{
    return CWriter(exchange).write();
}

} // namespace parley
