// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer is connected, and that is all. It receives nothing, not even FIN. Its bytes are not read, so in the end it
/// cannot send more.
class Silent final : public Behaviour
{
public:
    void begin(Conversation &) override {}
    qint64 inputWanted(qint64) const override { return 0; }
    void peerClosed(Conversation &) override {}
};

} // namespace parley
