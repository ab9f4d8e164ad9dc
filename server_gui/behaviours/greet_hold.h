// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer receives the greeting, and the connection stays until the peer leaves.
class GreetHold final : public Behaviour
{
public:
    explicit GreetHold(const QByteArray &greeting) : greeting_(greeting) {}

    void begin(Conversation &conversation) override { conversation.send(greeting_); }
    bool hasGreeted() const override { return true; }

private:
    const QByteArray greeting_;
};

} // namespace parley
