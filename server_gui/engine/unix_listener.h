// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/stream_listener.h"
#include "server_gui/engine/unix_file.h"

#include <optional>

namespace parley
{

/// A listener at a path, or at a Linux abstract name. Its peers are the processes that the system vouches for.
class UnixListener final : public StreamListener
{
public:
    explicit UnixListener(ListenerOwner &owner) : StreamListener(owner, Transport::Unix) {}

    /// At the path of the settings. A socket that nobody serves any more is replaced.
    int open(const Address &) override;
    Address localAddress() const override { return {}; }

protected:
    void closeSocket() override;
    void take(int fd, const Address &) override;

private:
    int bindPath(const QByteArray &path);

    std::optional<UnixFile> file_;
};

} // namespace parley
