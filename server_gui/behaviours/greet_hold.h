// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer receives the greeting, and the connection stays until the peer leaves, or until the user closes it.
class GreetHold final : public Behaviour
{
public:
    /// @param staysAfterFin a peer that only closes its sending side is not one that leaves.
    GreetHold(const QByteArray &greeting, bool staysAfterFin) : greeting_(greeting), staysAfterFin_(staysAfterFin) {}

    void begin(Conversation &conversation) override { conversation.send(greeting_); }
    void peerClosed(Conversation &conversation) override
    {
        if (!staysAfterFin_)
            conversation.leave();
    }
    bool staysAfterFin() const override { return staysAfterFin_; }
    bool hasGreeted() const override { return true; }

private:
    const QByteArray greeting_;
    const bool staysAfterFin_;
};

} // namespace parley
