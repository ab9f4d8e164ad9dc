// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QDir>
#include <QFile>
#include <QStringList>

#include <cstdio>

namespace parley::test
{

/// A wall clock that can be set for programs which are started with its environment (libfaketime). Their monotonic
/// clock stays as it is.
class FakeClock
{
public:
    /// @param folder for its file.
    explicit FakeClock(const QString &folder) : file_(folder + QStringLiteral("/clock")) {}

    /// The library that has to be loaded first; empty where it is not installed.
    static QString library()
    {
        const QDir root(QStringLiteral("/usr/lib"));
        for (const QString &folder : root.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            const QString file = root.filePath(folder + QStringLiteral("/faketime/libfaketimeMT.so.1"));
            if (QFile::exists(file))
                return file;
        }
        return {};
    }

    /// `NAME=value` each.
    QStringList environment() const
    {
        return {QStringLiteral("LD_PRELOAD=") + library(), QStringLiteral("FAKETIME_DONT_FAKE_MONOTONIC=1"),
                QStringLiteral("FAKETIME_NO_CACHE=1"), QStringLiteral("FAKETIME_TIMESTAMP_FILE=") + file_};
    }

    /// Sets it to @p seconds from the real time.
    bool set(qint64 seconds) const
    {
        QFile next(file_ + QStringLiteral(".next"));
        if (!next.open(QIODevice::WriteOnly | QIODevice::Truncate))
            return false;
        next.write((seconds < 0 ? "" : "+") + QByteArray::number(seconds));
        next.close();
        // Whole, whenever it is read.
        return std::rename(QFile::encodeName(next.fileName()).constData(), QFile::encodeName(file_).constData()) == 0;
    }

private:
    const QString file_;
};

} // namespace parley::test
