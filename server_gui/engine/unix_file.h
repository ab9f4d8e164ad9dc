// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>

#include <sys/types.h>

namespace parley
{

/// The file of a bound Unix-domain socket. Closing the socket leaves it behind (unix(7)), so that the next bind fails:
/// it is removed with this object, unless another program's file has taken its place meanwhile.
class UnixFile
{
public:
    /// @param path of the file that bind has just made, or an abstract `@name`, which has none.
    explicit UnixFile(QByteArray path);
    ~UnixFile();
    Q_DISABLE_COPY_MOVE(UnixFile)

    /// Removes the socket at @p path if no process serves it any more. Returns whether it did: a socket that is served,
    /// one that cannot be asked, and a file of another kind stay.
    static bool removeStale(const QByteArray &path);

private:
    const QByteArray path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

} // namespace parley
