// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QObject>

namespace parley
{

/// Turns the first SIGINT or SIGTERM into a Qt signal. A second one ends the program at once, as it would have
/// done by itself. One object in a program.
class TerminationSignal : public QObject
{
    Q_OBJECT

public:
    explicit TerminationSignal(QObject *parent = nullptr);

Q_SIGNALS:
    void received();
};

} // namespace parley
