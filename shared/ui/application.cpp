// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/application.h"

#include "shared/program/termination_signal.h"
#include "shared/ui/appearance.h"

#include <QApplication>
#include <QIcon>
#include <QWidget>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

/// Whether Qt can open a window: it ends the program with SIGABRT where it cannot.
bool hasDisplay(const QStringList &arguments)
{
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
           || !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") || arguments.contains(u"-platform"_s);
}

/// In a terminal only our lines are printed: scripts read them, and Qt's own (about a locale that is not UTF-8, say)
/// would stand before the first.
void keepQtSilent(QtMsgType type, const QMessageLogContext &, const QString &text)
{
    if (type == QtFatalMsg) // the program ends with it
        printError(text);
}

} // namespace

std::unique_ptr<QCoreApplication> makeApplication(int &argc, char **argv, const QString &name, CommandLine &commandLine)
{
    // A socket must not get the number of a standard stream that was closed: what is printed would go to the peer.
    int fd = 0;
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = ::open("/dev/null", O_RDWR);
    ::close(fd);
    std::signal(SIGPIPE, SIG_IGN); // a reader of stdout that goes away is an error of write(2), not our end
    QCoreApplication::setApplicationName(name);
    QCoreApplication::setApplicationVersion(QStringLiteral(PARLEY_VERSION));
    QCoreApplication::setOrganizationName(u"Parley"_s);

    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    std::unique_ptr<QCoreApplication> application;
    if (commandLine.wantsNoWindow(arguments) || !hasDisplay(arguments)) {
        qInstallMessageHandler(keepQtSilent);
        application = std::make_unique<QCoreApplication>(argc, argv);
    } else {
        application = std::make_unique<QApplication>(argc, argv);
        QGuiApplication::setDesktopFileName(name);
        rememberSystemAppearance();
    }
    commandLine.parse(QCoreApplication::arguments()); // without Qt's own
    return application;
}

std::optional<int> missingDisplay()
{
    if (qobject_cast<QApplication *>(QCoreApplication::instance()))
        return std::nullopt;
    printError(QCoreApplication::translate("Application",
                                           "There is no display to open a window on: set DISPLAY, or use --headless."));
    return ExitFailure;
}

int runWindow(QWidget &window, const TerminationSignal &termination)
{
    QObject::connect(&termination, &TerminationSignal::received, &window, &QWidget::close);
    // Not before: the first icon makes Qt look for its plugins, and the server listens by now.
    QApplication::setWindowIcon(QIcon(u":/icons/"_s + QCoreApplication::applicationName() + u".png"_s));
    window.show();
    return QApplication::exec();
}

} // namespace parley
