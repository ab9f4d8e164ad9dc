// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/unix_listener.h"

#include "server_gui/settings/server_settings.h"
#include "shared/event/event_stream.h"

#include <cerrno>

namespace parley
{

int UnixListener::open(const Address &)
{
    if (const int error = makeSocket(Address::Family::Unix); error != 0)
        return error;
    const QByteArray &path = owner_.settings().endpoint.path;
    const FolderLock lock(path); // until it listens
    int error = bindPath(path);
    if (error == EADDRINUSE && lock.mayReplace() && UnixFile::removeStale(path))
        error = bindPath(path);
    if (error != 0) {
        const int other = error == EADDRINUSE ? native::notSocketError(path, false) : 0;
        return other != 0 ? other : error;
    }
    file_.emplace(path);
    return serve({}, path);
}

int UnixListener::bindPath(const QByteArray &path)
{
    const native::Result bound = native::bindUnix(socket_.get(), path, owner_.settings().unixMode);
    owner_.events().write(Event::bind(0, bound, path));
    return bound.error;
}

/// A process that does not ask for the lock may have replaced the file.
int UnixListener::listening()
{
    return file_->isInPlace() ? 0 : EADDRINUSE;
}

void UnixListener::closeSocket()
{
    file_.reset(); // before the socket is closed: nobody finds a file that is not served
    StreamListener::closeSocket();
}

void UnixListener::take(int fd, const Address &)
{
    native::Descriptor socket(fd);
    const Address peer = native::peerCredentials(fd);
    owner_.accepted(std::move(socket), peer);
}

} // namespace parley
