// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/options/server_options.h"
#include "server_gui/terminal/headless_server.h"
#include "server_gui/window/server_window.h"
#include "shared/program/termination_signal.h"
#include "shared/ui/application.h"

int main(int argc, char *argv[])
{
    using namespace parley;
    CommandLine commandLine;
    ServerOptions::declare(commandLine);
    const auto application = makeApplication(argc, argv, QStringLiteral("parley-server"), commandLine);
    const ServerOptions options = ServerOptions::read(commandLine);
    if (const auto status = commandLine.answer())
        return *status;
    if (options.headless)
        return runHeadlessServer(options);
    if (const auto status = missingDisplay())
        return *status;
    const TerminationSignal termination;
    ServerWindow window(options);
    return runWindow(window, termination);
}
