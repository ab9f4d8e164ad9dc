// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QObject>
#include <QTemporaryDir>

#include <optional>

namespace parley::test
{

/// A test of windows. Each of its functions begins without settings, and ends without a dialog or menu being open.
class WindowTest : public QObject
{
    Q_OBJECT

protected:
    /// For the function's files; the windows' settings are in it.
    const QTemporaryDir &scratch() const { return *scratch_; }

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

private:
    std::optional<QTemporaryDir> scratch_;
};

} // namespace parley::test
