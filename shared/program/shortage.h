// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <optional>

namespace parley
{

/// Lets a program that runs short of something end with one sentence on stderr and ExitFailure: where memory runs out,
/// an exception goes uncaught (std::system_error tells what could not be had), or Qt itself gives up. To be called
/// first in main().
/// @param program its name, as it stands before the sentence.
void endWithSentenceWhereShort(const QByteArray &program);

/// Tries whether there are the descriptors and the memory for an application object, which otherwise ends the program
/// by a signal. Returns the exit status, once it is said on stderr, where there are not.
std::optional<int> missingResources();
/// Likewise for the threads that an engine, its look-up and its output have at the same time.
std::optional<int> missingThreads();

} // namespace parley
