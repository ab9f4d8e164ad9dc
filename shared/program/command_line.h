// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/endpoint.h"

#include <QCommandLineParser>
#include <QString>

#include <chrono>
#include <optional>

namespace parley
{

/// Exit statuses of both programs; people's scripts rely on them.
enum ExitStatus : int {
    ExitOk = 0,
    ExitFailure = 1, ///< a network failure, an incomplete message, or a limit that was reached
    ExitUsage = 2,   ///< the command line was wrong
};

/// The common part of both command lines: `[options] [host] [port]`, --udp, --unix, --headless, --json, --help,
/// --version.
///
/// Values are read with the functions below. The first wrong value leaves its sentence in error().
class CommandLine
{
public:
    CommandLine();

    void setDescription(const QString &description) { parser_.setApplicationDescription(description); }
    void addFlag(const QString &name, const QString &meaning);
    void addValue(const QString &name, const QString &valueName, const QString &meaning);

    /// Reads @p arguments (the program's name first). Returns whether they were well-formed.
    bool parse(const QStringList &arguments);
    /// Whether @p arguments ask for no window, however wrong they are otherwise. It is called before there is a
    /// QApplication, so the options of QApplication (-platform and so on) are still among them.
    bool wantsNoWindow(const QStringList &arguments);

    bool isSet(const QString &name) const { return parser_.isSet(name); }
    std::optional<QString> host() const { return positional(0); }
    std::optional<QString> port() const { return positional(1); }
    std::optional<QString> text(const QString &name) const;
    /// The values of an option that can be repeated.
    QStringList texts(const QString &name) const { return parser_.values(name); }
    /// A whole number from @p least to @p most.
    std::optional<qint64> number(const QString &name, qint64 least, qint64 most);
    /// A number from @p least to @p most; a fraction is allowed.
    std::optional<double> real(const QString &name, double least, double most);
    /// The value of --ttl: a whole number from 1 to 255, which goes with --udp; 0 where it was not given.
    int ttl();
    enum class Zero { Refused, Allowed };
    /// A number of seconds, from a millisecond to a day; a fraction is allowed, and 0 if @p zero allows it.
    std::optional<std::chrono::milliseconds> seconds(const QString &name, Zero zero = Zero::Refused);

    /// The endpoint that the arguments name by --udp, --unix, host and port. The defaults are this computer's name and
    /// port 3000. An error is left in error().
    Endpoint endpoint(Endpoint::Use use);
    Transport transport() const;
    /// --keep-alive and --keep-alive-probes; nothing if they were not given.
    std::optional<KeepAlive> keepAlive();

    /// One sentence that names the argument; empty if all was well.
    QString error() const { return error_; }
    void setError(const QString &sentence);

    /// Answers --help and --version on stdout, and an error on stderr. Returns the exit status if the program is to
    /// end.
    std::optional<int> answer() const;

private:
    std::optional<QString> positional(qsizetype index) const;

    QCommandLineParser parser_;
    QString error_;
};

/// `program: sentence` and a line feed, in UTF-8 whatever the locale.
QByteArray errorLine(const QString &sentence);
/// Writes errorLine() to stderr, however long that takes.
void printError(const QString &sentence);

} // namespace parley
