// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/options/client_options.h"

#include "shared/message/hex_bytes.h"
#include "shared/message/message.h"
#include "shared/message/quoted.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <unistd.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(ClientOptions)
};

} // namespace

void ClientOptions::declare(CommandLine &line)
{
    line.setDescription(
        Texts::tr("Connects to a server over TCP, UDP or a Unix socket and shows the message that it sends."));
    line.addFlag(u"connect"_s, Texts::tr("Connect as soon as the window opens."));
    line.addBytes(u"send"_s, u"TEXT"_s, Texts::tr("Send TEXT, byte for byte, after connecting."));
    line.addFlag(u"escapes"_s, Texts::tr("With --send: replace \\n, \\r, \\t, \\0, \\\\, \\xhh, \\uhhhh and "
                                         "\\Uhhhhhhhh in TEXT."));
    line.addValue(u"send-hex"_s, u"HEX"_s,
                  Texts::tr("Send these bytes after connecting: hexadecimal digits, as \"48 65\", 0x48, \\x48 or a "
                            "dump of xxd."));
    line.addValue(u"send-file"_s, u"FILE"_s,
                  Texts::tr("Send the contents of FILE after connecting, byte for byte; - is stdin. The time-out does "
                            "not run while nothing is there to be read."));
    line.addValue(u"every"_s, u"MILLISECONDS"_s,
                  Texts::tr("Send the same bytes again at this interval, on the same connection, until it ends."));
    line.addValue(u"times"_s, u"N"_s,
                  Texts::tr("With --every: how often in all. --timeout counts for each time, and from the last one."));
    line.addValue(u"timeout"_s, u"SECONDS"_s,
                  Texts::tr("The longest that look-up, connect and receive may take together. Default: 10."));
    line.addValue(u"max-bytes"_s, u"N"_s, Texts::tr("The longest message to receive. Default: 16777216 (16 MiB)."));
    line.addFlag(u"no-multicast-loopback"_s,
                 Texts::tr("With --udp: members of the group on this computer do not get the datagram."));
    line.addValue(u"repeat"_s, u"N"_s,
                  Texts::tr("Make N connections, and tell what became of them and how long they took. With --udp: send "
                            "N datagrams, and wait for the answer to each."));
    line.addValue(u"for"_s, u"SECONDS"_s,
                  Texts::tr("In place of --repeat N: start connections for that long, then finish those under way. The "
                            "options of --repeat go with it."));
    line.addValue(u"concurrency"_s, u"C"_s, Texts::tr("With --repeat: how many at a time, 1 to 10000. Default: 1."));
    line.addValue(u"rate"_s, u"R"_s,
                  Texts::tr("With --repeat: start R connections a second. Default: as many as the server takes."));
    line.addValue(u"expect"_s, u"TEXT"_s,
                  Texts::tr("With --repeat: the greeting, or the answer, to expect. Default: any of at least a byte."));
    line.addValue(u"source"_s, u"ADDRESS[:PORT]"_s,
                  Texts::tr("Connect from this address of this computer, and this port. With --repeat: from an "
                            "address, or the addresses of a net such as 127.0.0.0/8 in turn; can be repeated."));
    line.addValue(u"hold"_s, u"SECONDS"_s,
                  Texts::tr("With --repeat: keep each greeted connection open that long. Default: not at all."));
    line.addValue(u"exchanges"_s, u"N"_s,
                  Texts::tr("With --repeat: on each connection send N times, and each time wait for the answer: the "
                            "text of --expect, else as many bytes as --expect-bytes says, else as many as are sent. "
                            "Then close. --timeout holds for each answer."));
    line.addValue(u"expect-bytes"_s, u"N"_s,
                  Texts::tr("With --exchanges, or with --repeat and --udp: the length of an answer."));
    line.addFlag(u"csv"_s, Texts::tr("With --headless and --repeat: print the account as comma-separated values."));
    line.addFlag(u"raw"_s,
                 Texts::tr("With --headless: print the message byte for byte, with nothing escaped or added."));
}

ClientOptions ClientOptions::read(CommandLine &line)
{
    ClientOptions options;
    options.host = line.host();
    options.port = line.port();
    options.path = line.path();
    options.transport = line.transport();
    options.timeout = line.seconds(u"timeout"_s);
    options.maxBytes = line.number(u"max-bytes"_s, 1, MaxMessageBytes);
    options.ttl = line.ttl();
    options.multicastLoopback = !line.isSet(u"no-multicast-loopback"_s);
    options.repeat = line.number(u"repeat"_s, 1, RepeatRequest::MostConnections);
    options.lasting = line.seconds(u"for"_s);
    if (const auto number = line.number(u"concurrency"_s, 1, RepeatRequest::MostConcurrency))
        options.concurrency = static_cast<int>(*number);
    options.rate = line.real(u"rate"_s, RepeatRequest::LeastRate, RepeatRequest::MostRate);
    options.encoding = line.encoding();
    options.expected = line.bytes(u"expect"_s);
    options.hold = line.seconds(u"hold"_s);
    options.keepAlive = line.keepAlive();
    options.again.every =
        std::chrono::milliseconds(line.number(u"every"_s, 1, RepeatedSend::MostMilliseconds).value_or(0));
    options.again.times = line.number(u"times"_s, 1, RepeatedSend::MostTimes).value_or(0);
    if (line.isSet(u"times"_s) && !line.isSet(u"every"_s))
        line.setError(Texts::tr("--times goes with --every."));
    if (line.isSet(u"every"_s) && line.isSet(u"udp"_s))
        line.setError(Texts::tr("--every is for a connection: it does not go with --udp."));
    options.exchanges = line.number(u"exchanges"_s, 1, RepeatRequest::MostExchanges);
    options.answerBytes = line.number(u"expect-bytes"_s, 1, MaxMessageBytes);
    options.headless = line.isSet(u"headless"_s);
    options.json = line.isSet(u"json"_s);
    options.csv = line.isSet(u"csv"_s);
    options.raw = line.isSet(u"raw"_s);
    options.connectAtOnce = line.isSet(u"connect"_s);
    if (!options.multicastLoopback && options.headless && !line.isSet(u"udp"_s))
        line.setError(Texts::tr("--no-multicast-loopback goes with --udp."));
    if (options.raw && !options.headless)
        line.setError(Texts::tr("--raw goes with --headless."));
    if (options.raw && options.json)
        line.setError(Texts::tr("--raw and --json exclude each other: both decide what stdout carries."));
    if (options.csv && !options.headless)
        line.setError(Texts::tr("--csv goes with --headless."));
    if (options.csv && options.json)
        line.setError(Texts::tr("--csv and --json exclude each other: both decide what stdout carries."));
    if (options.headless)
        options.endpoint = line.endpoint(Endpoint::Use::Connect);
    options.readSending(line);
    if (options.headless && options.again.every.count() > 0 && options.send.value_or(QByteArray()).isEmpty())
        line.setError(Texts::tr("--every goes with --send or --send-hex: there is nothing to send again."));
    options.readSource(line);
    options.checkRepeat(line);
    return options;
}

void ClientOptions::readSending(CommandLine &line)
{
    const bool isFile = line.isSet(u"send-file"_s);
    if (line.isSet(u"send"_s) + line.isSet(u"send-hex"_s) + isFile > 1)
        line.setError(Texts::tr("--send, --send-hex and --send-file exclude each other: each says what to send."));
    if (line.isSet(u"escapes"_s) && !line.isSet(u"send"_s))
        line.setError(Texts::tr("--escapes goes with --send."));
    send = line.bytes(u"send"_s, line.isSet(u"escapes"_s));
    if (const auto text = line.text(u"send-hex"_s)) {
        const auto parsed = parseHex(*text);
        if (const auto *error = std::get_if<BytesError>(&parsed))
            line.setError(Texts::tr("--send-hex %1: %2").arg(quoted(*text), error->sentence));
        else
            send = std::get<QByteArray>(parsed);
    }
    if (!isFile)
        return;
    sendFile = line.text(u"send-file"_s);
    // A datagram, and what many connections or a window send again and again, is sent as a whole.
    if (headless && !isRun() && transport != Transport::Udp)
        return;
    sendSource = *std::exchange(sendFile, std::nullopt);
    if (sendSource == u"-"_s && !headless) {
        line.setError(Texts::tr("--send-file - goes with --headless: a window does not read stdin."));
        return;
    }
    QFile file(sendSource);
    const bool isStdin = sendSource == u"-"_s;
    if (!isStdin && QFileInfo::exists(sendSource) && !QFileInfo(sendSource).isFile()) // a FIFO's writer may never come
        line.setError(Texts::tr("--send-file %1 is not a regular file: only one TCP or Unix connection with --headless "
                                "takes others.")
                          .arg(quoted(sendSource)));
    else if (isStdin ? !file.open(STDIN_FILENO, QIODevice::ReadOnly) : !file.open(QIODevice::ReadOnly))
        line.setError(Texts::tr("--send-file %1: %2.").arg(quoted(sendSource), file.errorString()));
    else
        send = file.read(MostFileBytes + 1);
    if (file.error() != QFileDevice::NoError)
        line.setError(Texts::tr("--send-file %1: %2.").arg(quoted(sendSource), file.errorString()));
    else if (send && send->size() > MostFileBytes)
        line.setError(Texts::tr("--send-file %1 is longer than %2 bytes, the most that is sent as a whole.")
                          .arg(quoted(sendSource), QString::number(MostFileBytes)));
}

/// One address, or with repeat any number of nets.
void ClientOptions::readSource(CommandLine &line)
{
    const QStringList texts = line.texts(u"source"_s);
    for (const QString &text : texts) {
        if (isRun()) {
            const auto parsed = Net::parse(text);
            if (const auto *error = std::get_if<QString>(&parsed))
                line.setError(u"--source "_s + *error);
            else
                sources.push_back(std::get<Net>(parsed));
            continue;
        }
        source = text;
        if (texts.size() > 1)
            line.setError(Texts::tr("--source can be repeated with --repeat alone: a connection has one source."));
        else if (transport == Transport::Unix)
            line.setError(Texts::tr("--source does not go with a Unix socket, which has no address."));
        else if (text.contains(u'/') && !text.contains(u"://"_s))
            line.setError(
                Texts::tr("--source %1 is a net, which goes with --repeat: give one address.").arg(quoted(text)));
        else if (const auto parsed = parseSource(text); const auto *error = std::get_if<EndpointError>(&parsed))
            line.setError(u"--source "_s + error->sentence);
        else
            sourceAddress = std::get<Address>(parsed);
    }
}

void ClientOptions::checkRepeat(CommandLine &line) const
{
    for (const QString &name :
         {u"concurrency"_s, u"rate"_s, u"expect"_s, u"hold"_s, u"exchanges"_s, u"expect-bytes"_s, u"csv"_s}) {
        if (line.isSet(name) && !line.isSet(u"repeat"_s) && !line.isSet(u"for"_s))
            line.setError(Texts::tr("--%1 goes with --repeat or --for.").arg(name));
    }
    if (repeat && lasting)
        line.setError(Texts::tr("--repeat and --for exclude each other: give either how many connections to make, or "
                                "for how long to start them."));
    if (!isRun())
        return;
    if (raw)
        line.setError(Texts::tr("--raw and --%1 exclude each other: a run prints no messages.")
                          .arg(lasting ? u"for"_s : u"repeat"_s));
    if (again.every.count() > 0)
        line.setError(Texts::tr("--every and --repeat exclude each other: the one sends again on one connection, the "
                                "other makes new ones."));
    if (keepAlive)
        line.setError(Texts::tr("--keep-alive and --repeat exclude each other: a run keeps no connection for long."));
    if (expected && expected->isEmpty())
        line.setError(Texts::tr("--expect “”: give a text of at least a byte."));
    if (const QString problem = repeatRequest().problem(); headless && !problem.isEmpty())
        line.setError((lasting ? u"--for: "_s : u"--repeat: "_s) + problem);
}

RepeatRequest ClientOptions::repeatRequest() const
{
    RepeatRequest request;
    request.endpoint = endpoint;
    request.count = repeat.value_or(request.count);
    request.lasting = lasting.value_or(request.lasting);
    request.concurrency = concurrency.value_or(request.concurrency);
    request.rate = rate.value_or(request.rate);
    request.send = send.value_or(QByteArray());
    request.expected = expected.value_or(QByteArray());
    request.sources = sources;
    request.hold = hold.value_or(request.hold);
    request.exchanges = exchanges.value_or(request.exchanges);
    request.answerBytes = answerBytes.value_or(request.answerBytes);
    request.timeout = timeout.value_or(request.timeout);
    request.maxBytes = maxBytes.value_or(request.maxBytes);
    return request;
}

} // namespace parley
