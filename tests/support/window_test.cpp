// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/window_test.h"

#include "shared/ui/appearance.h"

#include <QApplication>
#include <QFile>
#include <QLocale>
#include <QRegularExpression>
#include <QSettings>
#include <QTest>

using namespace Qt::StringLiterals;

namespace parley::test
{

void WindowTest::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QCoreApplication::setOrganizationName(u"Parley"_s);
    QApplication::setQuitOnLastWindowClosed(false);
    rememberSystemAppearance();
}

void WindowTest::init()
{
    // The warnings that are let through come from Qt's offscreen plugin, whatever is shown.
    QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support )"_s));
    scratch_.emplace();
    QVERIFY2(scratch_->isValid(), qUtf8Printable(scratch_->errorString()));
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, scratch_->path());
    qputenv("XDG_CONFIG_HOME", QFile::encodeName(scratch_->path()));
}

void WindowTest::cleanup()
{
    QVERIFY(!QApplication::activeModalWidget());
    QVERIFY(!QApplication::activePopupWidget());
}

} // namespace parley::test
