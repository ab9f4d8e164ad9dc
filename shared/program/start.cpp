// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/start.h"

#include "shared/message/message.h"
#include "shared/program/shortage.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>
#ifdef PARLEY_PORTABLE
#include <QStandardPaths>
#endif

#include <csignal>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Application)
};

/// Whether Qt can open a window: it ends the program with SIGABRT where it cannot.
bool hasDisplay(const QStringList &arguments)
{
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
           || !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") || arguments.contains(u"-platform"_s);
}

/// The folder of this program's file, whatever symbolic link it was called by. (Qt's applicationDirPath() needs an
/// application object, and whoever opens the window makes that.)
/// @param called argv[0].
QDir programFolder([[maybe_unused]] const char *called)
{
#ifdef PARLEY_PORTABLE
    const QString name = QFile::decodeName(called);
    return QFileInfo(QFileInfo(name.contains(u'/') ? name : QStandardPaths::findExecutable(name)).canonicalFilePath())
        .path();
#else
    return QFileInfo(QFile::symLinkTarget(u"/proc/self/exe"_s)).path();
#endif
}

QtMessageHandler handlerBefore = nullptr;

/// What Qt said while the QApplication was made.
QList<std::pair<QtMsgType, QString>> heldMessages;

/// What tells Qt which display to open: `DISPLAY=:0`.
QString displaySettings()
{
    QStringList settings;
    for (const char *name : {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"}) {
        if (const QString value = qEnvironmentVariable(name); !value.isEmpty())
            settings.append(QLatin1String(name) + u'=' + value);
    }
    return settings.isEmpty() ? u"-platform"_s : settings.join(u", "_s);
}

void endWithoutDisplay(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    if (type == QtFatalMsg && !text.contains(u"platform plugin"_s))
        handlerBefore(type, context, text); // another shortage
    if (type != QtFatalMsg) {
        heldMessages.emplaceBack(type, text);
        return;
    }
    printError(
        Texts::tr("The display cannot be opened (%1): it does not run, does not let this user in, or Qt lacks its "
                  "plugin. Name one that does, or use --headless.")
            .arg(displaySettings()));
    std::_Exit(ExitFailure);
}

/// In a terminal only our lines are printed. Scripts read them, and Qt's warnings (about a locale that is not UTF-8,
/// say) would stand before the first one.
void keepQtSilent(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    if (type == QtFatalMsg)
        handlerBefore(type, context, text);
}

} // namespace

void startProgram(const QString &name)
{
    // A socket must not get the number of a standard stream that was closed: printed text would go to the peer.
    int fd = 0;
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = ::open("/dev/null", O_RDWR);
    ::close(fd);
    std::signal(SIGPIPE, SIG_IGN); // if the reader of stdout goes away, write(2) fails and the program goes on
    QCoreApplication::setApplicationName(name);
    QCoreApplication::setApplicationVersion(QStringLiteral(PARLEY_VERSION));
    QCoreApplication::setOrganizationName(u"Parley"_s);
    chooseLocale();
    endWithSentenceWhereShort(name.toUtf8());
    if (const auto status = missingResources())
        std::exit(*status);
}

/// Other digits than those of the English texts, or texts from right to left, would get out of order among them.
void chooseLocale()
{
    if (const QLocale locale; locale.zeroDigit() != u"0" || locale.textDirection() == Qt::RightToLeft)
        QLocale::setDefault(QLocale(QLocale::English, locale.territory()));
}

bool opensWindow(CommandLine &commandLine, int argc, char **argv)
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    return !commandLine.wantsNoWindow(arguments) && hasDisplay(arguments);
}

int openWindow(const QString &library, int argc, char **argv)
{
    endWhereMemoryIsShort(96 * 1024 * 1024); // more than a window takes; short of that, Qt and FreeType crash
    const QByteArray file = QFile::encodeName(QDir::cleanPath(programFolder(argv[0]).filePath(library)));
    // The path is absolute: a sanitizer's dlopen() would look in the sanitizer's RUNPATH, not in ours.
    void *const loaded = ::dlopen(file.constData(), RTLD_LAZY | RTLD_LOCAL);
    void *const entry = loaded ? ::dlsym(loaded, "parleyWindowMain") : nullptr;
    if (entry)
        return reinterpret_cast<decltype(&parleyWindowMain)>(entry)(argc, argv);
    printError(Texts::tr("Cannot open the window: %1. Install the program anew, or use --headless.")
                   .arg(displaySafe(QString::fromLocal8Bit(::dlerror()), LineBreaks::Escape)));
    return ExitFailure;
}

std::unique_ptr<QCoreApplication> makeTerminalApplication(int &argc, char **argv, CommandLine &commandLine)
{
    handlerBefore = qInstallMessageHandler(keepQtSilent);
    auto application = std::make_unique<QCoreApplication>(argc, argv);
    commandLine.parse(QByteArrayList(argv, argv + argc));
    return application;
}

DisplayGuard::DisplayGuard()
{
    handlerBefore = qInstallMessageHandler(endWithoutDisplay);
}

DisplayGuard::~DisplayGuard()
{
    qInstallMessageHandler(handlerBefore);
    for (const auto &[type, text] : std::exchange(heldMessages, {}))
        handlerBefore(type, QMessageLogContext(), text);
}

int missingDisplay()
{
    printError(Texts::tr("There is no display to open a window on: set DISPLAY, or use --headless."));
    return ExitFailure;
}

} // namespace parley
