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
/// Between bind and listen a socket refuses whoever connects, as one does that a process has left behind. Servers that
/// start on one path, and one that ends, therefore take turns. The lock needs no file and no right to write, holds for
/// every name of the folder and every user, and is gone with the process that held it.
class FolderLock
{
public:
    /// Waits for the lock, no longer than Patience.
    /// @param path of the socket; an abstract `@name` has no folder, and needs no lock.
    explicit FolderLock(const QByteArray &path);

    /// False where another process keeps the lock: nothing there is to be replaced then. (True where the folder cannot
    /// be locked at all, which nobody can then.)
    bool mayReplace() const { return mayReplace_; }

private:
    static constexpr std::chrono::milliseconds Patience{3000}; ///< somebody may hold the lock of a shared folder

    native::Descriptor folder_;
    bool mayReplace_ = true;
};

/// The file of a bound Unix-domain socket. Closing the socket leaves it behind (unix(7)), so that the next bind fails:
/// it is removed with this object, unless another program's file has taken its place meanwhile.
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
    /// @param path of the file that bind has just made, or an abstract `@name`, which has none.
    explicit UnixFile(QByteArray path);
    ~UnixFile();
    Q_DISABLE_COPY_MOVE(UnixFile)

    /// Whether the path still leads to the file; true for an abstract name.
    bool isInPlace() const;

    /// Removes the socket at @p path if no process serves it any more. Returns whether it did: a socket that is served,
    /// one that cannot be asked, and a file of another kind stay. For whoever holds the FolderLock.
    static bool removeStale(const QByteArray &path);

private:
    const QByteArray path_;
    native::Descriptor file_; // as long as it is open, no other file gets the same inode
};

} // namespace parley
