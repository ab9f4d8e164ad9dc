// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/options/client_options.h"
#include "client_gui/terminal/headless_client.h"
#include "client_gui/terminal/headless_repeat.h"
#include "shared/program/shortage.h"
#include "shared/program/start.h"

#include <QCoreApplication>

int main(int argc, char *argv[])
{
    using namespace parley;
    startProgram(QStringLiteral("parley-client"));
    CommandLine commandLine;
    ClientOptions::declare(commandLine);
    if (opensWindow(commandLine, argc, argv))
        return openWindow(QStringLiteral(PARLEY_WINDOW), argc, argv);
    const auto application = makeTerminalApplication(argc, argv, commandLine);
    const ClientOptions options = ClientOptions::read(commandLine);
    if (const auto status = commandLine.answer())
        return *status;
    if (const auto status = missingThreads())
        return *status;
    if (!options.headless)
        return missingDisplay();
    return options.isRun() ? runHeadlessRepeat(options) : runHeadlessClient(options);
}
