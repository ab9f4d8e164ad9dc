// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

namespace parley
{

/// The peer receives what it sends (RFC 862), no faster than it reads, and FIN after its own.
class Echo final : public Behaviour
{
public:
    void begin(Conversation &) override {}
    void received(Conversation &conversation, const QByteArray &bytes) override { conversation.send(bytes); }
    qint64 inputWanted(qint64 unsent) const override { return unsent == 0 ? MostInput : 0; }
};

} // namespace parley
