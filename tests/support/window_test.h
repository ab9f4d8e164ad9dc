// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/ui/appearance.h"
#include "tests/support/window_program.h"

#include <QLocale>
#include <QSettings>
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
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QCoreApplication::setOrganizationName(QStringLiteral("Parley"));
        QApplication::setQuitOnLastWindowClosed(false);
        rememberSystemAppearance();
    }

    void init()
    {
        // The warnings that are let through come from Qt's offscreen plugin, whatever is shown.
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support )")));
        scratch_.emplace();
        QVERIFY2(scratch_->isValid(), qUtf8Printable(scratch_->errorString()));
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, scratch_->path());
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(scratch_->path()));
    }

    void cleanup()
    {
        QVERIFY(!QApplication::activeModalWidget());
        QVERIFY(!QApplication::activePopupWidget());
    }

private:
    std::optional<QTemporaryDir> scratch_;
};

} // namespace parley::test
