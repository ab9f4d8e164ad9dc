// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/socket/repeated_send.h"

#include <functional>

class QWidget;

namespace parley
{

/// Asks how often and at which interval to send again.
/// @param plan what the fields begin with.
/// @param start is called with the choice; not at all if the user cancels.
void askRepeatedSend(QWidget *parent, const RepeatedSend::Plan &plan,
                     const std::function<void(const RepeatedSend::Plan &)> &start);

} // namespace parley
