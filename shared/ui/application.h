// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/program/command_line.h"

#include <memory>

class QApplication;
class QWidget;

namespace parley
{

class TerminationSignal;

/// Makes the application object of a program with a window, once startProgram() has given it its name, and parses the
/// arguments that Qt leaves.
std::unique_ptr<QApplication> makeWindowApplication(int &argc, char **argv, CommandLine &commandLine);

/// Shows @p window and runs the program until it is closed, which @p termination also does. That is to be made before
/// the window: a server listens before its window is there.
int runWindow(QWidget &window, const TerminationSignal &termination);

} // namespace parley
