// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

#include <algorithm>

namespace parley
{

/// The peer receives the greeting some bytes at a time, the first piece at once and the others at fixed times after it,
/// then FIN. If a timer was late, the missed pieces follow at once; if the peer did not read, they do not.
class Drip final : public Behaviour
{
public:
    Drip(const QByteArray &greeting, qint64 bytes, std::chrono::milliseconds every)
        : greeting_(greeting), bytes_(bytes), every_(every)
    {
    }

    void begin(Conversation &conversation) override
    {
        due_ = Clock::now();
        woken(conversation);
    }
    void woken(Conversation &conversation) override
    {
        const auto now = Clock::now();
        const auto times = now < due_ ? 0 : (now - due_) / every_ + 1;
        due_ += times * every_;
        if (isTaken_ && times > 0)
            sendNext(conversation, bytes_ * times);
        if (!hasGreeted())
            conversation.wakeAfter(std::chrono::ceil<std::chrono::milliseconds>(due_ - now));
    }
    void sent(Conversation &) override { isTaken_ = true; }
    void peerClosed(Conversation &) override {} // the peer is greeted all the same
    void finish(Conversation &conversation) override { sendNext(conversation, greeting_.size()); }
    bool hasGreeted() const override { return offset_ == greeting_.size(); }

private:
    using Clock = std::chrono::steady_clock;

    void sendNext(Conversation &conversation, qint64 most)
    {
        const qint64 count = std::min(most, greeting_.size() - offset_);
        conversation.send(greeting_, offset_, count);
        offset_ += count;
        isTaken_ = false;
        if (hasGreeted())
            conversation.leave();
    }

    const QByteArray greeting_;
    const qint64 bytes_;
    const std::chrono::milliseconds every_;
    qint64 offset_ = 0;
    bool isTaken_ = true;
    Clock::time_point due_;
};

} // namespace parley
