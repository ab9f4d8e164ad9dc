// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/settings/server_settings.h"
#include "shared/ui/settings.h"

#include <functional>

class QWidget;

namespace parley
{

/// Opens the dialog for the server's limits. @p apply gets the new ones when they are taken.
/// @param behaviour decides which deadline holds where none is set.
void editLimits(QWidget *parent, const ServerLimits &limits, const BehaviourChoice &behaviour,
                const std::function<void(const ServerLimits &)> &apply);

ServerLimits readLimits(Settings &settings);
/// As the settings keep them.
KeyedTexts textsOf(const ServerLimits &limits);

} // namespace parley
