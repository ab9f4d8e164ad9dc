// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/repeat/repeat_result.h"
#include "client_gui/settings/connect_request.h"
#include "shared/program/command_line.h"

#include <optional>
#include <vector>

namespace parley
{

/// parley-client's command line. An option that was not given is empty: the window then takes the value that it
/// remembers.
struct ClientOptions
{
    /// The longest file that is sent as a whole (bytes): it is held in memory.
    static constexpr qint64 MostFileBytes = 16 * 1024 * 1024;

    std::optional<QString> host;
    std::optional<QString> port;
    std::optional<QString> path; ///< with transport Unix
    std::optional<Transport> transport;
    std::optional<TextEncoding> encoding; ///< of what is shown, and typed
    std::optional<QByteArray> send;
    QString sendSource;              ///< the file that `send` was read from
    std::optional<QString> sendFile; ///< to be sent as it is read; `-`: stdin
    Address sourceAddress;           ///< the same; null: the system chooses
    std::optional<QString> source;   ///< of a single connection, as parseSource() takes it
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<qint64> maxBytes;
    std::optional<qint64> repeat;                     ///< how many connections; the options below are for them
    std::optional<std::chrono::milliseconds> lasting; ///< in place of repeat: for how long connections are started
    std::optional<int> concurrency;
    std::optional<double> rate;
    std::optional<QByteArray> expected; ///< in the encoding
    std::vector<Net> sources;           ///< with repeat
    std::optional<std::chrono::milliseconds> hold;
    int ttl = 0; ///< 0 if it was not given
    bool multicastLoopback = true;
    std::optional<KeepAlive> keepAlive;
    RepeatedSend::Plan again;
    std::optional<qint64> exchanges;
    std::optional<qint64> answerBytes;
    bool headless = false;
    Endpoint endpoint; ///< with headless: where to connect
    bool json = false;
    bool csv = false;
    bool raw = false;
    bool connectAtOnce = false;

    static void declare(CommandLine &commandLine);
    /// Reads @p commandLine, which has been parsed; leaves an error in it if a value is wrong.
    static ClientOptions read(CommandLine &commandLine);
    /// Whether many connections are asked for.
    bool isRun() const { return repeat || lasting; }
    /// The run to make.
    RepeatRequest repeatRequest() const;

private:
    void readSending(CommandLine &commandLine);
    void readSource(CommandLine &commandLine);
    void checkRepeat(CommandLine &commandLine) const;
};

} // namespace parley
