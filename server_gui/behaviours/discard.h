// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer can send as much as it likes, and receives nothing (RFC 863) but FIN, after its own.
class Discard final : public Behaviour
{
public:
    void begin(Conversation &) override {}
};

} // namespace parley
