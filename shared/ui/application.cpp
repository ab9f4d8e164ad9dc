// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/application.h"

#include "shared/program/start.h"
#include "shared/program/termination_signal.h"
#include "shared/ui/appearance.h"

#include <QApplication>
#include <QIcon>
#include <QWidget>

using namespace Qt::StringLiterals;

namespace parley
{

std::unique_ptr<QApplication> makeWindowApplication(int &argc, char **argv, CommandLine &commandLine)
{
    std::unique_ptr<QApplication> application;
    {
        const DisplayGuard guard;
        application = std::make_unique<QApplication>(argc, argv);
    }
    QGuiApplication::setDesktopFileName(QCoreApplication::applicationName());
    rememberSystemAppearance();
    commandLine.parse(QByteArrayList(argv, argv + argc)); // QApplication has taken its own options out
    return application;
}

int runWindow(QWidget &window, const TerminationSignal &termination)
{
    QObject::connect(&termination, &TerminationSignal::received, &window, &QWidget::close);
    // Not earlier: the first icon makes Qt look for its plugins, which takes a while; the server listens by now.
    QApplication::setWindowIcon(QIcon(u":/icons/"_s + QCoreApplication::applicationName() + u".png"_s));
    window.show();
    return QApplication::exec();
}

} // namespace parley
