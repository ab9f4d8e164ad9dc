// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QObject>

namespace parley
{

/// Turns the first SIGINT, SIGTERM or SIGHUP into a Qt signal. After it, SIGINT and SIGTERM end the program at once,
/// which is what they do by default, and SIGHUP does nothing. One that was ignored at the start stays ignored. One
/// object in a program.
class TerminationSignal : public QObject
{
    Q_OBJECT

public:
    explicit TerminationSignal(QObject *parent = nullptr);

    /// Whether a signal has come; received() may still wait for the event loop. Thread-safe.
    static bool hasCome();

Q_SIGNALS:
    void received();
};

} // namespace parley
