// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/client_options.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

QString tr(const char *text)
{
    return QCoreApplication::translate("ClientOptions", text);
}

} // namespace

void ClientOptions::declare(CommandLine &line)
{
    line.setDescription(tr("Connects to a server over TCP, UDP or a Unix socket and shows the message that it sends."));
    line.addFlag(u"connect"_s, tr("Connect as soon as the window opens."));
    line.addValue(u"send"_s, u"TEXT"_s, tr("Send TEXT, in UTF-8, after connecting."));
    line.addValue(u"timeout"_s, u"SECONDS"_s,
                  tr("The longest that look-up, connect and receive may take together. Default: 10."));
    line.addValue(u"max-bytes"_s, u"N"_s, tr("The longest message taken. Default: 16777216 (16 MiB)."));
    line.addFlag(u"raw"_s, tr("With --headless: print the message byte for byte, with nothing escaped or added."));
}

ClientOptions ClientOptions::read(CommandLine &line)
{
    ClientOptions options;
    options.host = line.host();
    options.port = line.port();
    options.path = line.text(u"unix"_s);
    if (line.isSet(u"udp"_s) || line.isSet(u"unix"_s))
        options.transport = line.transport();
    else if (options.host)
        options.transport = Transport::Tcp;
    options.send = line.text(u"send"_s);
    options.timeout = line.seconds(u"timeout"_s);
    options.maxBytes = line.number(u"max-bytes"_s, 1, MaxMessageBytes);
    options.headless = line.isSet(u"headless"_s);
    options.json = line.isSet(u"json"_s);
    options.raw = line.isSet(u"raw"_s);
    options.connectAtOnce = line.isSet(u"connect"_s);
    if (options.raw && !options.headless)
        line.setError(tr("--raw goes with --headless."));
    if (options.raw && options.json)
        line.setError(tr("--raw and --json exclude each other: both decide what stdout carries."));
    if (options.headless)
        options.endpoint = line.endpoint(Endpoint::Use::Connect);
    return options;
}

} // namespace parley
