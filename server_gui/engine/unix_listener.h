// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/stream_listener.h"
#include "server_gui/engine/unix_file.h"

#include <optional>

namespace parley
{

/// A listener at a path, or at a Linux abstract name. The system vouches for its peers: they are processes.
class UnixListener final : public StreamListener
{
public:
    explicit UnixListener(ListenerOwner &owner) : StreamListener(owner, Transport::Unix) {}

    /// Listens at the path of the settings. Replaces a socket that nobody serves any more.
    int open(const Address &) override;
    Address localAddress() const override { return {}; }

protected:
    int listening() override;
    void closeSocket() override;
    void take(int fd, const Address &) override;

private:
    int bindPath(const QByteArray &path);

    std::optional<UnixFile> file_;
};

} // namespace parley
