// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/options/client_options.h"
#include "client_gui/window/client_window.h"
#include "shared/program/shortage.h"
#include "shared/program/start.h"
#include "shared/program/termination_signal.h"
#include "shared/ui/application.h"

#include <QApplication>

int parleyWindowMain(int argc, char **argv)
{
    using namespace parley;
    CommandLine commandLine;
    ClientOptions::declare(commandLine);
    const auto application = makeWindowApplication(argc, argv, commandLine);
    const ClientOptions options = ClientOptions::read(commandLine);
    if (const auto status = commandLine.answer())
        return *status;
    if (const auto status = missingThreads())
        return *status;
    const TerminationSignal termination;
    ClientWindow window(options);
    return runWindow(window, termination);
}
