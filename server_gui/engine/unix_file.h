// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/socket/socket_calls.h"

#include <QByteArray>

#include <chrono>

namespace parley
{

/// The right to make a Unix-domain socket in a folder and to remove one from it: a lock on the folder itself
/// (flock(2)).
///
/// Between bind and listen a socket refuses every client, as a socket does that a dead process has left behind. Servers
/// that start or end at one path therefore take turns. The lock needs no file and no right to write, holds for every
/// name of the folder and every user, and is gone with the process that held it.
class FolderLock
{
public:
    /// Waits for the lock, for Patience at the longest.
    /// @param path of the socket. An abstract `@name` has no folder and needs no lock.
    explicit FolderLock(const QByteArray &path);

    /// False if another process keeps the lock: then nothing is to be replaced. (True if nobody can lock the folder at
    /// all.)
    bool mayReplace() const { return mayReplace_; }

private:
    static constexpr std::chrono::milliseconds Patience{3000}; ///< another user may keep the lock of a shared folder

    native::Descriptor folder_;
    bool mayReplace_ = true;
};

/// The file of a bound Unix-domain socket. Closing the socket leaves the file behind (unix(7)), and the next bind would
/// fail. So this object removes it when destroyed, unless another program's file has taken its place.
///
/// Between bind and this object somebody who may write to the folder can put another socket of the same user there, and
/// it is then taken for the one that was made. (One of another user is refused by native::bindUnix().) Only the kernel
/// could tell the two apart (sock_diag(7), UNIX_DIAG_VFS). It is not asked: whoever can do that can take the path away
/// at any later moment, too, and so such a folder is no place for a socket.
///
/// To be destroyed before the socket is closed: nobody then takes the file for one that was left behind.
class UnixFile
{
public:
    /// @param path of the file that bind has just made, or an abstract `@name`, which has no file.
    explicit UnixFile(QByteArray path);
    ~UnixFile();
    Q_DISABLE_COPY_MOVE(UnixFile)

    /// Whether the path still leads to the file; true for an abstract name.
    bool isInPlace() const;

    /// Removes the socket at @p path if no process serves it any more, and returns whether it did. A socket that is
    /// served, a socket that cannot be asked, and a file of another kind stay. The caller holds the FolderLock.
    static bool removeStale(const QByteArray &path);

private:
    const QByteArray path_;
    native::Descriptor file_; // while it is open, no other file gets the same inode
};

} // namespace parley
