// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer receives the greeting and FIN, and can go on sending for as long as it likes.
class HalfClose final : public Behaviour
{
public:
    explicit HalfClose(const QByteArray &greeting) : greeting_(greeting) {}

    void begin(Conversation &conversation) override
    {
        conversation.send(greeting_);
        conversation.closeSending();
    }
    bool hasGreeted() const override { return true; }

private:
    const QByteArray greeting_;
};

} // namespace parley
