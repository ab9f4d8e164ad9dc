// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/unix_file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace parley
{

FolderLock::FolderLock(const QByteArray &path)
{
    if (path.startsWith('@'))
        return;
    const qsizetype slash = path.lastIndexOf('/');
    const QByteArray folder = slash < 0 ? QByteArray(".") : path.first(slash + 1);
    folder_ = native::Descriptor(::open(folder.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder_.isOpen())
        return;
    const auto end = std::chrono::steady_clock::now() + Patience;
    constexpr std::chrono::milliseconds turn{5};
    while (::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return; // the file system has no locks
        if (std::chrono::steady_clock::now() >= end) {
            mayReplace_ = false;
            return;
        }
        std::this_thread::sleep_for(turn);
    }
}

UnixFile::UnixFile(QByteArray path) : path_(std::move(path))
{
    if (!path_.startsWith('@'))
        file_ = native::Descriptor(::open(path_.constData(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

UnixFile::~UnixFile()
{
    if (!file_.isOpen())
        return;
    const FolderLock lock(path_);
    if (isInPlace())
        ::unlink(path_.constData());
}

bool UnixFile::isInPlace() const
{
    if (path_.startsWith('@'))
        return true;
    struct stat made = {};
    struct stat now = {};
    return file_.isOpen() && ::fstat(file_.get(), &made) == 0 && ::lstat(path_.constData(), &now) == 0
           && S_ISSOCK(now.st_mode) && now.st_dev == made.st_dev && now.st_ino == made.st_ino;
}

bool UnixFile::removeStale(const QByteArray &path)
{
    struct stat file = {};
    if (path.startsWith('@') || ::lstat(path.constData(), &file) != 0 || !S_ISSOCK(file.st_mode))
        return false;
    const native::Descriptor probe(static_cast<int>(native::socket(Transport::Unix, {}).value));
    if (!probe.isOpen())
        return false;
    // Only a refusal says that nobody serves it: EAGAIN is a full queue, EACCES is another user's socket.
    if (native::connectUnix(probe.get(), path).error != ECONNREFUSED)
        return false;
    struct stat now = {}; // another server may have replaced the socket meanwhile
    return ::lstat(path.constData(), &now) == 0 && now.st_dev == file.st_dev && now.st_ino == file.st_ino
           && ::unlink(path.constData()) == 0;
}

} // namespace parley
