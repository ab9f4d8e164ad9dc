// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/options/server_options.h"
#include "server_gui/window/server_window.h"
#include "shared/program/shortage.h"
#include "shared/program/start.h"
#include "shared/program/termination_signal.h"
#include "shared/ui/application.h"

#include <QApplication>

int parleyWindowMain(int argc, char **argv)
{
    using namespace parley;
    CommandLine commandLine;
    ServerOptions::declare(commandLine);
    const auto application = makeWindowApplication(argc, argv, commandLine);
    const ServerOptions options = ServerOptions::read(commandLine);
    if (const auto status = commandLine.answer())
        return *status;
    if (const auto status = missingThreads())
        return *status;
    const TerminationSignal termination;
    ServerWindow window(options);
    return runWindow(window, termination);
}
