// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/command_line.h"

#include "shared/message/escaped_bytes.h"
#include "shared/message/message.h"
#include "shared/message/quoted.h"

#include <QCoreApplication>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(CommandLine)
};

/// An argument of the parser as text. QString's own decoder would leave out U+FEFF, and replace what is not UTF-8.
QString decoded(const QString &argument)
{
    return MessageDecoder::decodeAll(argument.toLatin1());
}

bool isUtf8(const QString &argument)
{
    return encodeMessage(decoded(argument)) == argument.toLatin1();
}

} // namespace

CommandLine::CommandLine()
{
    // Qt's own options have one dash: -reverse is not -r, -e, -v and so on.
    parser_.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    parser_.addOption({{u"h"_s, u"help"_s}, Texts::tr("Show this help and exit.")});
    parser_.addOption({{u"v"_s, u"version"_s}, Texts::tr("Show the version and exit.")});
    addFlag(u"headless"_s, Texts::tr("Open no window: work in the terminal."));
    addFlag(u"udp"_s, Texts::tr("Datagrams (UDP) in place of TCP."));
    addValue(u"unix"_s, u"PATH"_s,
             Texts::tr("A Unix-domain stream socket, in place of host and port; @NAME is an abstract one."));
    addValue(
        u"keep-alive"_s, u"SECONDS"_s,
        Texts::tr("Probe a TCP connection that was idle so long, so that a peer that is gone without a word shows. "
                  "Default: no probes."));
    addValue(u"keep-alive-probes"_s, u"N"_s,
             Texts::tr("With --keep-alive: end the connection after N probes without an answer. Default: 3."));
    addFlag(u"json"_s, Texts::tr("With --headless: one JSON object per event on stdout, a line each."));
    QStringList encodings;
    for (const TextEncoding encoding : textEncodings())
        encodings.append(encodingName(encoding));
    addValue(
        u"encoding"_s, u"NAME"_s,
        Texts::tr("How texts on the command line become bytes, and bytes texts that are shown: %1. Default: UTF-8, "
                  "and TEXT is sent byte for byte.")
            .arg(encodings.join(u", "_s)));
    addValue(u"ttl"_s, u"N"_s,
             Texts::tr("With --udp: how many routers a datagram may pass, 1 to 255 (TTL, hop limit). Default: 1 to a "
                       "group, else the system's."));
    parser_.addPositionalArgument(u"host"_s,
                                  Texts::tr("A name or an address; also HOST:PORT, a URL or a Unix socket's path. "
                                            "Default: this computer's name."),
                                  u"[host]"_s);
    parser_.addPositionalArgument(u"port"_s, Texts::tr("A number or a service name. Default: 3000."), u"[port]"_s);
}

void CommandLine::addFlag(const QString &name, const QString &meaning)
{
    parser_.addOption({name, meaning});
}

void CommandLine::addValue(const QString &name, const QString &valueName, const QString &meaning)
{
    parser_.addOption({name, meaning, valueName});
    values_.append(name);
}

void CommandLine::addBytes(const QString &name, const QString &valueName, const QString &meaning)
{
    parser_.addOption({name, meaning, valueName});
}

bool CommandLine::parse(const QByteArrayList &arguments)
{
    QStringList characters;
    for (const QByteArray &argument : arguments)
        characters.append(QString::fromLatin1(argument));
    if (!parser_.parse(characters))
        setError(decoded(parser_.errorText()));
    refuseOtherThanUtf8();
    if (parser_.positionalArguments().size() > 2)
        setError(Texts::tr("Unexpected argument %1: a host and a port are all there is.")
                     .arg(quoted(decoded(parser_.positionalArguments().at(2)))));
    else if (isSet(u"udp"_s) && isSet(u"unix"_s))
        setError(Texts::tr("--udp and --unix exclude each other."));
    else if (isSet(u"unix"_s) && !parser_.positionalArguments().isEmpty())
        setError(Texts::tr("Unexpected argument %1: --unix takes the place of host and port.")
                     .arg(quoted(decoded(parser_.positionalArguments().at(0)))));
    else if (isSet(u"json"_s) && !isSet(u"headless"_s))
        setError(Texts::tr("--json goes with --headless."));
    readEndpoint();
    return error_.isEmpty();
}

bool CommandLine::parse(const QStringList &arguments)
{
    QByteArrayList encoded;
    for (const QString &argument : arguments)
        encoded.append(encodeMessage(argument));
    return parse(encoded);
}

void CommandLine::refuseOtherThanUtf8()
{
    const auto shown = [](const QString &argument) { return u"“"_s + escapedText(argument.toLatin1()) + u"”"_s; };
    for (const QString &argument : parser_.positionalArguments()) {
        if (!isUtf8(argument))
            setError(Texts::tr("The argument %1 is not UTF-8.").arg(shown(argument)));
    }
    for (const QString &name : std::as_const(values_)) {
        for (const QString &value : parser_.values(name)) {
            if (!isUtf8(value))
                setError(Texts::tr("--%1 %2 is not UTF-8.").arg(name, shown(value)));
        }
    }
}

void CommandLine::readEndpoint()
{
    path_ = text(u"unix"_s);
    const auto chosen = [this]() -> std::optional<Transport> {
        return path_ ? std::optional(Transport::Unix) : isSet(u"udp"_s) ? std::optional(Transport::Udp) : std::nullopt;
    }();
    transport_ = chosen;
    QStringList arguments;
    for (const QString &argument : parser_.positionalArguments())
        arguments.append(decoded(argument));
    if (arguments.isEmpty() || path_)
        return;
    const QString &host = arguments.at(0);
    const auto taken = EndpointParts::of(host);
    if (const auto *error = std::get_if<EndpointError>(&taken)) {
        setError(error->sentence);
        return;
    }
    const auto &parts = std::get<EndpointParts>(taken);
    transport_ = chosen ? chosen : parts.transport.value_or(Transport::Tcp);
    const QString port = arguments.value(1);
    if (parts.transport && parts.transport != transport_) {
        setError(Texts::tr("%1 is not for UDP, and --udp asks for that: leave one of them out.").arg(quoted(host)));
    } else if (transport_ == Transport::Unix) {
        path_ = parts.path;
        if (arguments.size() > 1)
            setError(Texts::tr("Unexpected argument %1: %2 is a Unix socket, which has no port.")
                         .arg(quoted(port), quoted(host)));
    } else {
        host_ = parts.host;
        if (!parts.port.isEmpty())
            port_ = parts.port;
        else if (arguments.size() > 1)
            port_ = port;
        const auto number = [this](const QString &text) {
            const auto parsed = Endpoint::parse(u"localhost"_s, text, Endpoint::Use::Listen, *transport_);
            return std::holds_alternative<Endpoint>(parsed) ? std::get<Endpoint>(parsed).port : -1;
        };
        if (arguments.size() > 1 && port != *port_ && (number(port) < 0 || number(port) != number(*port_)))
            setError(Texts::tr("Two ports are given: %1 in %2, and %3. Leave one of them out.")
                         .arg(quoted(*port_), quoted(host), quoted(port)));
    }
}

bool CommandLine::wantsNoWindow(const QStringList &arguments)
{
    parser_.parse(arguments); // parse() will find errors again, and report them
    return isSet(u"headless"_s) || isSet(u"help"_s) || isSet(u"version"_s);
}

std::optional<QString> CommandLine::text(const QString &name) const
{
    return isSet(name) ? std::optional(decoded(parser_.value(name))) : std::nullopt;
}

std::optional<TextEncoding> CommandLine::encoding()
{
    const auto name = text(u"encoding"_s);
    if (!name)
        return std::nullopt;
    const auto parsed = parseEncoding(*name);
    if (const auto *sentence = std::get_if<QString>(&parsed)) {
        setError(u"--encoding: "_s + *sentence);
        return std::nullopt;
    }
    return std::get<TextEncoding>(parsed);
}

std::optional<QByteArray> CommandLine::bytes(const QString &name, bool hasEscapes)
{
    if (!isSet(name))
        return std::nullopt;
    QByteArray given = parser_.value(name).toLatin1();
    const TextEncoding encoded = encoding().value_or(TextEncoding::Utf8);
    if (!hasEscapes && encoded == TextEncoding::Utf8)
        return given;
    const QString text = decoded(parser_.value(name));
    if (!isUtf8(parser_.value(name))) {
        setError(hasEscapes ? Texts::tr("--%1 “%2” is not UTF-8: with --escapes, write such a byte as \\xhh.")
                                  .arg(name, escapedText(given))
                            : Texts::tr("--%1 “%2” is not UTF-8, so --encoding cannot change it to %3.")
                                  .arg(name, escapedText(given), encodingName(encoded)));
        return given;
    }
    const auto parsed = hasEscapes ? parseEscaped(text, encoded) : encodeText(text, encoded);
    if (const auto *error = std::get_if<BytesError>(&parsed)) {
        setError(Texts::tr("--%1 %2: %3").arg(name, quoted(text), error->sentence));
        return given;
    }
    return std::get<QByteArray>(parsed);
}

QStringList CommandLine::texts(const QString &name) const
{
    QStringList texts;
    for (const QString &value : parser_.values(name))
        texts.append(decoded(value));
    return texts;
}

std::optional<qint64> CommandLine::number(const QString &name, qint64 least, qint64 most)
{
    const std::optional<QString> value = text(name);
    if (!value)
        return std::nullopt;
    bool isNumber = false;
    const qint64 number = value->toLongLong(&isNumber);
    if (isNumber && number >= least && number <= most)
        return number;
    setError(Texts::tr("--%1 %2: give a whole number from %3 to %4.")
                 .arg(name, quoted(*value), QString::number(least), QString::number(most)));
    return std::nullopt;
}

std::optional<double> CommandLine::real(const QString &name, double least, double most)
{
    const std::optional<QString> value = text(name);
    if (!value)
        return std::nullopt;
    bool isNumber = false;
    const double number = value->toDouble(&isNumber);
    if (isNumber && number >= least && number <= most)
        return number;
    setError(Texts::tr("--%1 %2: give a number from %3 to %4.")
                 .arg(name, quoted(*value), QString::number(least), QString::number(most, 'f', 0)));
    return std::nullopt;
}

int CommandLine::ttl()
{
    const auto hops = number(u"ttl"_s, 1, 255);                      // an octet of the datagram's header
    if (isSet(u"ttl"_s) && isSet(u"headless"_s) && !isSet(u"udp"_s)) // a window may remember UDP
        setError(Texts::tr("--ttl goes with --udp."));
    return static_cast<int>(hops.value_or(0));
}

std::optional<std::chrono::milliseconds> CommandLine::seconds(const QString &name, Zero zero)
{
    const std::optional<QString> value = text(name);
    if (!value)
        return std::nullopt;
    constexpr double most = 86'400;
    bool isNumber = false;
    const double seconds = value->toDouble(&isNumber);
    const bool isZero = zero == Zero::Allowed && seconds == 0;
    if (isNumber && (isZero || seconds >= 0.001) && seconds <= most)
        return std::chrono::milliseconds(qRound64(seconds * 1000));
    const QString range = zero == Zero::Allowed
                              ? Texts::tr("--%1 %2: give a number of seconds from 0.001 to 86400, or 0 for no limit.")
                              : Texts::tr("--%1 %2: give a number of seconds from 0.001 to 86400.");
    setError(range.arg(name, quoted(*value)));
    return std::nullopt;
}

Endpoint CommandLine::endpoint(Endpoint::Use use)
{
    const auto parsed =
        path_ ? Endpoint::parseUnix(*path_)
              : Endpoint::parse(host_.value_or(localHostName()), port_.value_or(QString::number(Endpoint::DefaultPort)),
                                use, transport_.value_or(Transport::Tcp));
    if (const auto *error = std::get_if<EndpointError>(&parsed)) {
        setError(error->sentence);
        return {};
    }
    return std::get<Endpoint>(parsed);
}

std::optional<KeepAlive> CommandLine::keepAlive()
{
    KeepAlive keepAlive;
    const auto interval = number(u"keep-alive"_s, 1, KeepAlive::MostSeconds);
    const auto probes = number(u"keep-alive-probes"_s, 1, KeepAlive::MostProbes);
    if (isSet(u"keep-alive-probes"_s) && !isSet(u"keep-alive"_s))
        setError(Texts::tr("--keep-alive-probes goes with --keep-alive."));
    else if (isSet(u"keep-alive"_s) && transport().value_or(Transport::Tcp) != Transport::Tcp)
        setError(Texts::tr("--keep-alive is for TCP: it does not go with --udp and --unix."));
    if (!interval)
        return std::nullopt;
    keepAlive.interval = std::chrono::seconds(*interval);
    keepAlive.probes = static_cast<int>(probes.value_or(keepAlive.probes));
    return keepAlive;
}

void CommandLine::setError(const QString &sentence)
{
    if (error_.isEmpty())
        error_ = sentence;
}

std::optional<int> CommandLine::answer() const
{
    if (isSet(u"help"_s)) {
        std::fputs(parser_.helpText().toUtf8().constData(), stdout);
        return std::fflush(stdout) == 0 ? ExitOk : ExitFailure;
    }
    if (isSet(u"version"_s)) {
        std::printf("%s %s\n", qUtf8Printable(QCoreApplication::applicationName()),
                    qUtf8Printable(QCoreApplication::applicationVersion()));
        return ExitOk;
    }
    if (error_.isEmpty())
        return std::nullopt;
    printError(error_);
    return ExitUsage;
}

QByteArray errorLine(const QString &sentence)
{
    const QString line = QCoreApplication::applicationName() + u": "_s + sentenceSafe(sentence) + u'\n';
    return line.toUtf8();
}

void printError(const QString &sentence)
{
    std::fputs(errorLine(sentence).constData(), stderr);
}

} // namespace parley
