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

/// Makes the application object of a program with a window, and parses the arguments that Qt leaves. To be called after
/// startProgram(), which sets the name.
std::unique_ptr<QApplication> makeWindowApplication(int &argc, char **argv, CommandLine &commandLine);

/// Shows @p window and runs the program until the window is closed, by the user or by @p termination. @p termination is
/// to be made before the window, because a server listens before its window is there.
int runWindow(QWidget &window, const TerminationSignal &termination);

} // namespace parley
