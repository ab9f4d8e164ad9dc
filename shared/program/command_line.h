// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/endpoint_parts.h"
#include "shared/message/text_encoding.h"

#include <QByteArrayList>
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
    /// An option whose value is any bytes: bytes() reads it. All other arguments have to be UTF-8.
    void addBytes(const QString &name, const QString &valueName, const QString &meaning);

    /// Reads @p arguments (the program's name first), as the system passes them. Returns whether they were well-formed.
    bool parse(const QByteArrayList &arguments);
    /// The same for arguments that are text.
    bool parse(const QStringList &arguments);
    /// Whether @p arguments ask for no window, however wrong they are otherwise. It is called before there is a
    /// QApplication, so the options of QApplication (-platform and so on) are still among them.
    bool wantsNoWindow(const QStringList &arguments);

    bool isSet(const QString &name) const { return parser_.isSet(name); }
    /// What the arguments say about the endpoint; empty where they say nothing. A host that names the port, the
    /// transport or a path as well is taken apart (EndpointParts).
    std::optional<QString> host() const { return host_; }
    std::optional<QString> port() const { return port_; }
    std::optional<QString> path() const { return path_; }
    std::optional<Transport> transport() const { return transport_; }
    std::optional<QString> text(const QString &name) const;
    /// The value of --encoding.
    std::optional<TextEncoding> encoding();
    /// The value: byte for byte, or in the encoding that was asked for; @p hasEscapes: as parseEscaped() takes it.
    std::optional<QByteArray> bytes(const QString &name, bool hasEscapes = false);
    /// The values of an option that can be repeated.
    QStringList texts(const QString &name) const;
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
    /// --keep-alive and --keep-alive-probes; nothing if they were not given.
    std::optional<KeepAlive> keepAlive();

    /// One sentence that names the argument; empty if all was well.
    QString error() const { return error_; }
    void setError(const QString &sentence);

    /// Answers --help and --version on stdout, and an error on stderr. Returns the exit status if the program is to
    /// end.
    std::optional<int> answer() const;

private:
    void refuseOtherThanUtf8();
    void readEndpoint();

    QCommandLineParser parser_; // each character of its arguments is a byte
    QStringList values_;        // options with a value that has to be UTF-8
    std::optional<QString> host_;
    std::optional<QString> port_;
    std::optional<QString> path_;
    std::optional<Transport> transport_;
    QString error_;
};

/// `program: sentence` and a line feed, in UTF-8 whatever the locale.
QByteArray errorLine(const QString &sentence);
/// Writes errorLine() to stderr, however long that takes.
void printError(const QString &sentence);

} // namespace parley
