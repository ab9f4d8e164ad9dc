// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/file_kind.h"

#include "shared/message/message.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(FileKind)
};

} // namespace

QString otherThanFile(const QString &name)
{
    struct stat file = {};
    if (::lstat(QFile::encodeName(name).constData(), &file) != 0)
        return {};
    switch (file.st_mode & S_IFMT) {
    case S_IFREG: return {};
    case S_IFLNK:
        return Texts::tr("is a link to %1")
            .arg(displaySafe(QDir::toNativeSeparators(QFileInfo(name).symLinkTarget()), LineBreaks::Escape));
    case S_IFIFO: return Texts::tr("is a FIFO");
    case S_IFDIR: return Texts::tr("is a folder");
    case S_IFSOCK: return Texts::tr("is a socket");
    default: return Texts::tr("is a device");
    }
}

} // namespace parley
