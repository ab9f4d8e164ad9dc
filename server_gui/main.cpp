// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/options/server_options.h"
#include "server_gui/terminal/headless_server.h"
#include "shared/program/shortage.h"
#include "shared/program/start.h"

#include <QCoreApplication>

int main(int argc, char *argv[])
{
    using namespace parley;
    startProgram(QStringLiteral("parley-server"));
    CommandLine commandLine;
    ServerOptions::declare(commandLine);
    if (opensWindow(commandLine, argc, argv))
        return openWindow(QStringLiteral(PARLEY_WINDOW), argc, argv);
    const auto application = makeTerminalApplication(argc, argv, commandLine);
    const ServerOptions options = ServerOptions::read(commandLine);
    if (const auto status = commandLine.answer())
        return *status;
    if (const auto status = missingThreads())
        return *status;
    if (!options.headless)
        return missingDisplay();
    return runHeadlessServer(options);
}
