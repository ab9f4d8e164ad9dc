// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer receives the first half of the greeting (rounded down to whole bytes), and then nothing, not even FIN.
class Stall final : public Behaviour
{
public:
    explicit Stall(const QByteArray &greeting) : greeting_(greeting) {}

    void begin(Conversation &conversation) override { conversation.send(greeting_, 0, greeting_.size() / 2); }
    void peerClosed(Conversation &) override {}

private:
    const QByteArray greeting_;
};

} // namespace parley
