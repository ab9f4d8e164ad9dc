// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QString>

namespace parley
{

/// The name of an errno, `ECONNREFUSED`; its number where the system has no name for it.
QByteArray errorName(int error);
/// The system's words for an errno: `Connection refused`.
QString errorText(int error);

} // namespace parley
