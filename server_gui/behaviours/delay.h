// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer receives nothing for a while, and then the greeting and FIN.
class Delay final : public Behaviour
{
public:
    Delay(const QByteArray &greeting, std::chrono::milliseconds time) : greeting_(greeting), time_(time) {}

    void begin(Conversation &conversation) override { conversation.wakeAfter(time_); }
    void woken(Conversation &conversation) override
    {
        conversation.send(greeting_);
        conversation.leave();
        hasGreeted_ = true;
    }
    void peerClosed(Conversation &) override {} // the peer is greeted all the same
    void finish(Conversation &conversation) override { woken(conversation); }
    bool hasGreeted() const override { return hasGreeted_; }

private:
    const QByteArray greeting_;
    const std::chrono::milliseconds time_;
    bool hasGreeted_ = false;
};

} // namespace parley
