// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/program/command_line.h"

#include <memory>
#include <optional>

class QCoreApplication;
class QWidget;

namespace parley
{

class TerminationSignal;

/// Makes the application object that @p commandLine asks for, with a window or without, and parses the arguments.
/// Without a display it is one without a window, whatever was asked for: see missingDisplay().
std::unique_ptr<QCoreApplication> makeApplication(int &argc, char **argv, const QString &name,
                                                  CommandLine &commandLine);

/// The exit status, once it is said on stderr, where there is no display to open a window on. (Qt would end the program
/// with SIGABRT.)
std::optional<int> missingDisplay();

/// Shows @p window and runs the program until it is closed, which @p termination also does. That is to be made before
/// the window: a server listens before its window is there.
int runWindow(QWidget &window, const TerminationSignal &termination);

} // namespace parley
