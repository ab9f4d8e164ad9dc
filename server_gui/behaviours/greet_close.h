// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer receives the greeting and FIN.
class GreetClose final : public Behaviour
{
public:
    explicit GreetClose(const QByteArray &greeting) : greeting_(greeting) {}

    void begin(Conversation &conversation) override
    {
        conversation.send(greeting_);
        conversation.leave();
    }
    bool hasGreeted() const override { return true; }

private:
    const QByteArray greeting_; // shared with the server: a pointer, not a copy
};

} // namespace parley
