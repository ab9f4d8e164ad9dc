// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <cstddef>
#include <optional>

namespace parley
{

/// Lets a program that runs short of something end with one sentence on stderr and ExitFailure: if memory runs out, if
/// an exception is not caught (std::system_error names what was missing), or if Qt itself gives up. To be called first
/// in main().
/// @param program the name that stands before the sentence.
void endWithSentenceWhereShort(const QByteArray &program);

/// Ends the program with its sentence if it cannot have @p needed bytes more: libraries do not all check for that.
void endWhereMemoryIsShort(std::size_t needed);
/// Tries whether there are descriptors and memory enough for an application object, which would otherwise end the
/// program by a signal. If not, says so on stderr and returns the exit status.
std::optional<int> missingResources();
/// Tries the same for the threads that an engine, its look-up and its output have at the same time.
std::optional<int> missingThreads();

} // namespace parley
