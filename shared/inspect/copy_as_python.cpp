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

class PythonWriter
{
public:
    explicit PythonWriter(const Exchange &exchange) : exchange_(exchange) {}

    QByteArray write()
    {
        const bool unlinks = isServer() && isUnix() && !exchange_.path.startsWith('@');
        text_ = "#!/usr/bin/env python3\n";
        for (const QByteArray &note : omissions(exchange_))
            text_ += "# " + note + ".\n";
        if (unlinks)
            text_ += "import os\n";
        text_ += "import socket\n";
        const bool packs = std::any_of(exchange_.options.begin(), exchange_.options.end(),
                                       [](const Event &event) { return !event.group().isNull(); });
        if (exchange_.has(Kind::Reset) || packs)
            text_ += "import struct\n";
        text_ += '\n';
        line(QByteArray("with socket.socket(socket.") + Address::familyName(exchange_.family()) + ", socket."
             + typeName(exchange_.transport) + ") as " + (isServer() && !isDatagram() ? "listener" : "s") + ":");
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
    bool isIPv6() const { return exchange_.family() == Address::Family::IPv6; }
    QByteArray address() const { return isUnix() ? pythonBytes(exchange_.socketPath()) : exchange_.address.toPython(); }
    void line(const QByteArray &text) { text_ += QByteArray(4 * depth_, ' ') + text + '\n'; }

    void writeServer()
    {
        const QByteArray socket = isDatagram() ? "s" : "listener";
        if (exchange_.transport == Transport::Tcp || exchange_.address.isMulticast())
            line(socket + ".setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)");
        if (isIPv6())
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
        writeOptions();
        writeSteps();
    }

    void writeOptions()
    {
        for (const Event &event : exchange_.options) {
            const Address group = event.group();
            const bool joins = !event.option().endsWith("_IF");
            const QByteArray interface = group.scope() == 0
                                             ? QByteArray("0")
                                             : "socket.if_nametoindex(" + pythonBytes(group.interface()) + ".decode())";
            const QByteArray member = QByteArray("socket.inet_pton(socket.") + Address::familyName(group.family())
                                      + ", '" + (joins ? group.withScope(0).host() : QByteArray("0.0.0.0")) + "')";
            QByteArray value = event.optionValue();
            if (group.family() == Address::Family::IPv4) // struct ip_mreqn
                value = "struct.pack('@4s4si', " + member + ", bytes(4), " + interface + ')';
            else if (!group.isNull() && joins) // struct ipv6_mreq
                value = "struct.pack('@16sI', " + member + ", " + interface + ')';
            else if (!group.isNull())
                value = interface;
            line("s.setsockopt(socket." + event.optionLevel() + ", socket." + event.option() + ", " + value + ')');
        }
    }

    void writeClient()
    {
        writeOptions();
        if (!exchange_.source.isNull())
            line("s.bind(" + exchange_.source.toPython() + ')');
        if (!exchange_.isToMany())
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
        const bool isConnected = !isServer() && !exchange_.isToMany();
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

} // namespace

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

QByteArray copyAsPython(const Exchange &exchange)
{
    return PythonWriter(exchange).write();
}

} // namespace parley
