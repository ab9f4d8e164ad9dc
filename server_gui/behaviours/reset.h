// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

#include <algorithm>

namespace parley
{

/// The peer receives the given number of bytes of the greeting, or all if there are fewer, and then RST.
class Reset final : public Behaviour
{
public:
    Reset(const QByteArray &greeting, qint64 bytes) : greeting_(greeting), bytes_(std::min(bytes, greeting.size())) {}

    void begin(Conversation &conversation) override
    {
        conversation.send(greeting_, 0, bytes_);
        conversation.reset();
    }
    void peerClosed(Conversation &) override {}

private:
    const QByteArray greeting_;
    const qint64 bytes_;
};

} // namespace parley
