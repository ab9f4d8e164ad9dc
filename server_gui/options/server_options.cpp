// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/options/server_options.h"

#include "shared/message/message.h"

#include <QCoreApplication>
#include <QFile>

#include <limits>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(ServerOptions)
};

/// The greeting file's bytes. Leaves an error in @p line if the file cannot be read or is too long.
QByteArray readGreetingFile(const QString &name, CommandLine &line)
{
    if (name.isEmpty()) {
        line.setError(Texts::tr("--greeting-file “”: give the name of a file."));
        return {};
    }
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly)) {
        line.setError(Texts::tr("--greeting-file “%1”: %2.").arg(name, file.errorString()));
        return {};
    }
    const QByteArray bytes = file.read(MaxGreetingBytes + 1); // /dev/zero has no end
    if (file.error() != QFileDevice::NoError)
        line.setError(Texts::tr("--greeting-file “%1”: %2.").arg(name, file.errorString()));
    else if (bytes.size() > MaxGreetingBytes)
        line.setError(Texts::tr("--greeting-file “%1” is longer than %2 bytes, the longest greeting.")
                          .arg(name, QString::number(MaxGreetingBytes)));
    return bytes;
}

/// A line for each behaviour, with its parameters.
QString behaviourHelp()
{
    QStringList lines{Texts::tr("What to do with a connection, such as drip:bytes=4,every=50. Default: greet-close.")};
    for (const BehaviourKind &kind : behaviours()) {
        lines.append(QLatin1StringView(kind.name) + u": "_s + behaviourText(kind.description));
        for (const BehaviourParameter &parameter : kind.parameters) {
            const QString usual = QLatin1StringView(parameter.unit) + (*parameter.unit ? u", "_s : QString());
            lines.append(Texts::tr("   %1=%2..%3 (%4default %5): %6")
                             .arg(QLatin1StringView(parameter.name))
                             .arg(parameter.least)
                             .arg(parameter.most)
                             .arg(usual)
                             .arg(parameter.usual)
                             .arg(behaviourText(parameter.meaning)));
        }
    }
    return lines.join(u'\n');
}

std::optional<BehaviourChoice> readBehaviour(const QString &text, CommandLine &line)
{
    const auto parsed = BehaviourChoice::parse(text);
    if (const auto *error = std::get_if<QString>(&parsed)) {
        line.setError(u"--behaviour "_s + *error);
        return std::nullopt;
    }
    const auto choice = std::get<BehaviourChoice>(parsed);
    if (line.transport() == Transport::Udp && choice != BehaviourChoice())
        line.setError(
            Texts::tr("--behaviour “%1” does not go with --udp: datagrams are answered with the greeting.").arg(text));
    return choice;
}

/// Nothing if the option was not given.
std::optional<std::vector<Net>> readNets(const QString &name, CommandLine &line)
{
    if (!line.isSet(name))
        return std::nullopt;
    std::vector<Net> nets;
    for (const QString &text : line.texts(name)) {
        const auto parsed = Net::parse(text);
        if (const auto *error = std::get_if<QString>(&parsed))
            line.setError(u"--"_s + name + u' ' + *error);
        else
            nets.push_back(std::get<Net>(parsed));
    }
    return nets;
}

} // namespace

void ServerOptions::declare(CommandLine &line)
{
    line.setDescription(
        Texts::tr("Listens for connections over TCP, UDP or a Unix socket, greets each client and lists them all."));
    line.addFlag(u"no-listen"_s, Texts::tr("Do not listen as soon as the window opens."));
    line.addBytes(u"greeting"_s, u"TEXT"_s, Texts::tr("The greeting, byte for byte. Default: Hello World!"));
    line.addValue(u"greeting-file"_s, u"FILE"_s, Texts::tr("Send the contents of FILE, byte for byte."));
    line.addValue(u"backlog"_s, u"N"_s, Texts::tr("Length of the accept queue. Default: 4096."));
    line.addValue(u"behaviour"_s, u"NAME"_s, behaviourHelp());
    line.addValue(u"unix-mode"_s, u"MODE"_s,
                  Texts::tr("With --unix: who may connect, as octal file permissions. Default: 600, this user."));
    line.addValue(u"max-connections"_s, u"N"_s,
                  Texts::tr("The most connections at once; further clients are closed at once. Default: what the "
                            "descriptor limit allows."));
    line.addValue(u"max-per-peer"_s, u"N"_s,
                  Texts::tr("The most connections at once from one address. Default: no limit."));
    line.addValue(u"allow"_s, u"NET"_s,
                  Texts::tr("Serve only this address or net, such as 192.168.0.0/16. Can be repeated."));
    line.addValue(u"deny"_s, u"NET"_s,
                  Texts::tr("Do not serve this address or net, even if --allow names it. Can be repeated."));
    line.addValue(
        u"deadline"_s, u"SECONDS"_s,
        Texts::tr("How long a connection may keep the server waiting; 0 for no limit. It counts from accept to end "
                  "(default: 30) or, where the server stays, since the last byte either way (default: 0)."));
}

ServerOptions ServerOptions::read(CommandLine &line)
{
    ServerOptions options;
    options.host = line.host();
    options.port = line.port();
    options.path = line.path();
    options.transport = line.transport();
    options.headless = line.isSet(u"headless"_s);
    options.json = line.isSet(u"json"_s);
    options.listenAtOnce = !line.isSet(u"no-listen"_s);
    options.backlog =
        static_cast<int>(line.number(u"backlog"_s, 0, std::numeric_limits<int>::max()).value_or(options.backlog));
    options.ttl = line.ttl();
    options.deadline = line.seconds(u"deadline"_s, CommandLine::Zero::Allowed);
    const auto limit = [&line](const QString &name) -> std::optional<int> {
        const auto number = line.number(name, 1, ServerLimits::MostConnections);
        return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
    };
    options.maxConnections = limit(u"max-connections"_s);
    options.maxPerPeer = limit(u"max-per-peer"_s);
    options.allow = readNets(u"allow"_s, line);
    options.deny = readNets(u"deny"_s, line);
    options.keepAlive = line.keepAlive();
    if (const auto mode = line.text(u"unix-mode"_s)) {
        bool isOctal = false;
        options.unixMode = mode->toUInt(&isOctal, 8);
        if (!isOctal || options.unixMode > 0777)
            line.setError(
                Texts::tr("--unix-mode “%1”: give octal permissions from 000 to 777, such as 660.").arg(*mode));
        else if (options.headless && !options.path)
            line.setError(Texts::tr("--unix-mode goes with --unix."));
    }
    options.encoding = line.encoding();
    options.greeting = line.bytes(u"greeting"_s);
    if (const auto file = line.text(u"greeting-file"_s)) {
        if (options.greeting)
            line.setError(Texts::tr("--greeting and --greeting-file exclude each other."));
        options.greeting = readGreetingFile(*file, line);
        options.greetingSource = *file;
    }
    if (const auto text = line.text(u"behaviour"_s))
        options.behaviour = readBehaviour(*text, line);
    if (options.headless && !options.listenAtOnce)
        line.setError(Texts::tr("--no-listen is for the window; --headless does nothing but listen."));
    if (options.headless)
        options.endpoint = line.endpoint(Endpoint::Use::Listen);
    return options;
}

ServerSettings ServerOptions::settings(const Endpoint &served) const
{
    ServerSettings settings;
    settings.endpoint = served;
    settings.behaviour = behaviour.value_or(settings.behaviour);
    const auto usual = encodeText(DefaultGreeting, encoding.value_or(TextEncoding::Utf8)); // all of them have ASCII
    settings.greeting = greeting.value_or(std::get<QByteArray>(usual));
    settings.backlog = backlog;
    settings.limits = limits();
    settings.unixMode = unixMode;
    return settings;
}

ServerLimits ServerOptions::limits(ServerLimits saved) const
{
    saved.deadline = deadline ? deadline : saved.deadline;
    saved.maxConnections = maxConnections.value_or(saved.maxConnections);
    saved.maxPerPeer = maxPerPeer.value_or(saved.maxPerPeer);
    saved.access.allow = allow.value_or(saved.access.allow);
    saved.access.deny = deny.value_or(saved.access.deny);
    saved.keepAlive = keepAlive.value_or(saved.keepAlive);
    saved.ttl = ttl > 0 ? ttl : saved.ttl;
    return saved;
}

} // namespace parley
