// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer receives what it sends (RFC 862), no faster than it reads, and FIN once it has sent its own.
class Echo final : public Behaviour
{
public:
    void begin(Conversation &) override {}
    void received(Conversation &conversation, QByteArrayView bytes) override { conversation.send(bytes.toByteArray()); }
    bool wantsInput(qint64 unsent) const override { return unsent == 0; }
};

} // namespace parley
