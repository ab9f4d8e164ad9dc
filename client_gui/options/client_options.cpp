// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/options/client_options.h"

#include <QCoreApplication>

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
    line.addValue(u"send"_s, u"TEXT"_s, Texts::tr("Send TEXT, in UTF-8, after connecting."));
    line.addValue(u"timeout"_s, u"SECONDS"_s,
                  Texts::tr("The longest that look-up, connect and receive may take together. Default: 10."));
    line.addValue(u"max-bytes"_s, u"N"_s, Texts::tr("The longest message to receive. Default: 16777216 (16 MiB)."));
    line.addValue(u"repeat"_s, u"N"_s,
                  Texts::tr("Make N connections, and tell what became of them and how long they took."));
    line.addValue(u"concurrency"_s, u"C"_s, Texts::tr("With --repeat: how many at a time, 1 to 10000. Default: 1."));
    line.addValue(u"rate"_s, u"R"_s,
                  Texts::tr("With --repeat: start R connections a second. Default: as many as the server takes."));
    line.addValue(u"expect"_s, u"TEXT"_s,
                  Texts::tr("With --repeat: the greeting to expect. Default: any of at least a byte."));
    line.addValue(u"source"_s, u"NET"_s,
                  Texts::tr("With --repeat: connect from this address, or from the addresses of a net such as "
                            "127.0.0.0/8 in turn. Can be repeated."));
    line.addValue(u"hold"_s, u"SECONDS"_s,
                  Texts::tr("With --repeat: keep each greeted connection open that long. Default: not at all."));
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
    options.send = line.text(u"send"_s);
    options.timeout = line.seconds(u"timeout"_s);
    options.maxBytes = line.number(u"max-bytes"_s, 1, MaxMessageBytes);
    options.repeat = line.number(u"repeat"_s, 1, RepeatRequest::MostConnections);
    if (const auto number = line.number(u"concurrency"_s, 1, RepeatRequest::MostConcurrency))
        options.concurrency = static_cast<int>(*number);
    options.rate = line.real(u"rate"_s, RepeatRequest::LeastRate, RepeatRequest::MostRate);
    options.expected = line.text(u"expect"_s);
    for (const QString &text : line.texts(u"source"_s)) {
        const auto parsed = Net::parse(text);
        if (const auto *error = std::get_if<QString>(&parsed))
            line.setError(u"--source "_s + *error);
        else
            options.sources.push_back(std::get<Net>(parsed));
    }
    options.hold = line.seconds(u"hold"_s);
    options.headless = line.isSet(u"headless"_s);
    options.json = line.isSet(u"json"_s);
    options.csv = line.isSet(u"csv"_s);
    options.raw = line.isSet(u"raw"_s);
    options.connectAtOnce = line.isSet(u"connect"_s);
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
    options.checkRepeat(line);
    return options;
}

void ClientOptions::checkRepeat(CommandLine &line) const
{
    for (const QString &name : {u"concurrency"_s, u"rate"_s, u"expect"_s, u"source"_s, u"hold"_s, u"csv"_s}) {
        if (line.isSet(name) && !line.isSet(u"repeat"_s))
            line.setError(Texts::tr("--%1 goes with --repeat.").arg(name));
    }
    if (!repeat)
        return;
    if (raw)
        line.setError(Texts::tr("--raw and --repeat exclude each other: a run prints no messages."));
    if (expected && expected->isEmpty())
        line.setError(Texts::tr("--expect “”: give a text of at least a byte."));
    if (const QString problem = repeatRequest().problem(); headless && !problem.isEmpty())
        line.setError(u"--repeat: "_s + problem);
}

RepeatRequest ClientOptions::repeatRequest() const
{
    RepeatRequest request;
    request.endpoint = endpoint;
    request.count = repeat.value_or(request.count);
    request.concurrency = concurrency.value_or(request.concurrency);
    request.rate = rate.value_or(request.rate);
    request.send = encodeMessage(send.value_or(QString()));
    request.expected = encodeMessage(expected.value_or(QString()));
    request.sources = sources;
    request.hold = hold.value_or(request.hold);
    request.timeout = timeout.value_or(request.timeout);
    request.maxBytes = maxBytes.value_or(request.maxBytes);
    return request;
}

} // namespace parley
