// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/options/client_options.h"
#include "client_gui/terminal/headless_client.h"
#include "client_gui/terminal/headless_repeat.h"
#include "client_gui/window/client_window.h"
#include "shared/program/termination_signal.h"
#include "shared/ui/application.h"

int main(int argc, char *argv[])
{
    using namespace parley;
    CommandLine commandLine;
    ClientOptions::declare(commandLine);
    const auto application = makeApplication(argc, argv, QStringLiteral("parley-client"), commandLine);
    const ClientOptions options = ClientOptions::read(commandLine);
    if (const auto status = commandLine.answer())
        return *status;
    if (options.headless)
        return options.repeat ? runHeadlessRepeat(options) : runHeadlessClient(options);
    if (const auto status = missingDisplay())
        return *status;
    const TerminationSignal termination;
    ClientWindow window(options);
    return runWindow(window, termination);
}
