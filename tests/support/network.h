// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "tests/support/process.h"

#include <QStringList>
#include <QTest>

namespace parley::test
{

/// A network, and a view of the file system, that only this test has (unshare(1)): what is set up in it
/// disturbs nobody, and ends with this object.
class Network
{
public:
    /// @param setup commands for sh, as the administrator of that network.
    explicit Network(const QByteArray &setup, const QStringList &prefix = {})
        : holder_(prefix.isEmpty() ? QStringLiteral("unshare") : prefix.first(),
                  prefix.mid(1)
                      + (prefix.isEmpty() ? QStringList{QStringLiteral("--map-root-user"), QStringLiteral("--net"),
                                                        QStringLiteral("--mount")}
                                          : QStringList{QStringLiteral("unshare"), QStringLiteral("--net")})
                      + QStringList{QStringLiteral("sh"), QStringLiteral("-euc"),
                                    QString::fromUtf8(setup) + QStringLiteral("\necho $$; exec sleep 1000")}),
          id_(QString::fromLatin1(holder_.nextLine()))
    {
    }

    /// Whether this system lets the test have one.
    bool isThere() const { return !id_.isEmpty(); }
    QByteArray reason() const
    {
        const QByteArray error = holder_.errorOutput().trimmed();
        return "No private network here: " + (error.isEmpty() ? QByteArrayLiteral("there is no unshare(1).") : error);
    }
    QString id() const { return id_; }

    /// The words before a command that let it run in here.
    QStringList prefix() const
    {
        return {QStringLiteral("nsenter"),
                QStringLiteral("--preserve-credentials"),
                QStringLiteral("--user"),
                QStringLiteral("--net"),
                QStringLiteral("--mount"),
                QStringLiteral("--target"),
                id_};
    }
    Process run(const QString &program, const QStringList &arguments) const
    {
        return Process(prefix().first(), prefix().mid(1) + QStringList{program} + arguments);
    }

private:
    Process holder_;
    QString id_;
};

#define SKIP_WITHOUT(network)                                                                                          \
    if (!(network).isThere())                                                                                          \
    QSKIP((network).reason().constData())

} // namespace parley::test
