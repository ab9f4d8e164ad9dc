// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/program/command_line.h"

#include <QtGlobal>

#include <memory>

class QCoreApplication;

/// The main() of a program that opens its window. The library beside each program exports it (openWindow()).
extern "C" Q_DECL_EXPORT int parleyWindowMain(int argc, char **argv);

namespace parley
{

/// Gives the process what both programs take for granted: open standard streams, no SIGPIPE, a name. To be called first
/// in main(). Ends the program with a sentence and ExitFailure if the system lacks what it needs.
void startProgram(const QString &name);

/// Makes the user's locale one that fits the English texts, where it does not. startProgram() does so.
void chooseLocale();

/// Whether the command line asks for a window and there is a display for it.
bool opensWindow(CommandLine &commandLine, int argc, char **argv);

/// Runs parleyWindowMain() of @p library and returns its result. Qt Widgets comes with that library: a program that
/// opens no window never loads it.
/// @param library the path of its file, relative to the folder of the program's file.
/// @return ExitFailure, with a sentence on stderr, if the library cannot be loaded.
int openWindow(const QString &library, int argc, char **argv);

/// Makes the application object of a program without a window, and parses its arguments.
std::unique_ptr<QCoreApplication> makeTerminalApplication(int &argc, char **argv, CommandLine &commandLine);

/// Says on stderr that there is no display to open a window on. Returns the exit status.
int missingDisplay();

/// Ends the process with one sentence, as missingDisplay() does, if Qt cannot open the display that is set. Qt by
/// itself would abort, with several lines. For the time in which the QApplication is made.
class DisplayGuard
{
public:
    DisplayGuard();
    ~DisplayGuard();
    Q_DISABLE_COPY_MOVE(DisplayGuard)
};

} // namespace parley
