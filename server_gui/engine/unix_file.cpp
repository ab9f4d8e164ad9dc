// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/unix_file.h"

#include "shared/socket/socket_calls.h"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace parley
{

UnixFile::UnixFile(QByteArray path) : path_(std::move(path))
{
    struct stat file
    {
    };
    if (!path_.startsWith('@') && ::lstat(path_.constData(), &file) == 0) {
        device_ = file.st_dev;
        inode_ = file.st_ino;
    }
}

UnixFile::~UnixFile()
{
    struct stat file
    {
    };
    if (inode_ != 0 && ::lstat(path_.constData(), &file) == 0 && file.st_dev == device_ && file.st_ino == inode_)
        ::unlink(path_.constData());
}

bool UnixFile::removeStale(const QByteArray &path)
{
    struct stat file
    {
    };
    if (path.startsWith('@') || ::lstat(path.constData(), &file) != 0 || !S_ISSOCK(file.st_mode))
        return false;
    const native::Descriptor probe(static_cast<int>(native::socket(Transport::Unix, {}).value));
    if (!probe.isOpen())
        return false;
    // Only a refusal says that nobody is there: EAGAIN is a full queue, EACCES a socket of somebody else.
    if (native::connectUnix(probe.get(), path).error != ECONNREFUSED)
        return false;
    struct stat now
    {
    }; // another server may have replaced it meanwhile
    return ::lstat(path.constData(), &now) == 0 && now.st_dev == file.st_dev && now.st_ino == file.st_ino
           && ::unlink(path.constData()) == 0;
}

} // namespace parley
