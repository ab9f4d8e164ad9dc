// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QObject>

namespace parley
{

/// Turns the first SIGINT or SIGTERM into a Qt signal. A second one ends the program at once, which is what these
/// signals do by default. One object in a program.
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
