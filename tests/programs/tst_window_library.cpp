// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

#include <chrono>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Server = QStringLiteral(PARLEY_SERVER);
const QString Client = QStringLiteral(PARLEY_CLIENT);
const QMap<QString, QString> Offscreen{{u"QT_QPA_PLATFORM"_s, u"offscreen"_s}};

/// The files that a process has in its memory (proc(5), maps); none where the system does not tell.
QByteArray mappedFiles(qint64 pid)
{
    QFile maps(u"/proc/%1/maps"_s.arg(pid));
    return maps.open(QIODevice::ReadOnly) ? maps.readAll() : QByteArray();
}

/// A program, of whichever kind, that is known to run: the other end has heard of it.
class Running
{
public:
    /// @param command the program or what starts it, with arguments.
    Running(const QStringList &command, bool isServer, const QStringList &options,
            const QMap<QString, QString> &environment)
        : own_(isServer ? RawSocket::bound() : RawSocket::listening()),
          process_(command.first(),
                   command.mid(1) + options + QStringList{u"127.0.0.1"_s, QString::number(own_.localPort())}, {},
                   environment)
    {
        if (isServer)
            (void)QTest::qWaitFor(
                [this] { return (peer_ = RawSocket::connectedTo("127.0.0.1", own_.localPort())).isOpen(); },
                std::chrono::milliseconds(Patience).count());
        else
            peer_ = own_.accept();
    }

    bool isHeard() const { return peer_.isOpen(); }
    Process &process() { return process_; }
    /// Closes the connection, so that the program does not wait for the other end when it is told to end.
    void closePeer() { peer_.close(); }

private:
    RawSocket own_; // which keeps the port
    Process process_;
    RawSocket peer_;
};

} // namespace

/// The window and Qt Widgets are in a library beside each program, which is loaded where a window is opened.
class TestWindowLibrary : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void headlessLoadsNoWidgets_data();
    void headlessLoadsNoWidgets();
    void windowOpens_data();
    void windowOpens();
    void windowKeepsItsSettingsAtASignal_data();
    void windowKeepsItsSettingsAtASignal();
    void saysWhichFileIsMissing_data();
    void saysWhichFileIsMissing();
    void displayThatCannotBeOpened_data();
    void displayThatCannotBeOpened();
    void shortOfMemory();
};

void TestWindowLibrary::headlessLoadsNoWidgets_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("options");

    QTest::addRow("server") << Server << QStringList();
    QTest::addRow("client") << Client << QStringList();
    QTest::addRow("client --repeat") << Client << QStringList{u"--repeat"_s, u"1"_s};
}

/// Whether a display could be had or not.
void TestWindowLibrary::headlessLoadsNoWidgets()
{
    QFETCH(const QString, program);
    QFETCH(const QStringList, options);
    Running running({program}, program == Server, QStringList{u"--headless"_s} + options, Offscreen);
    VERIFY(running.isHeard(), running.process());
    const QByteArray files = mappedFiles(running.process().pid());
    if (files.isEmpty())
        QSKIP("The system does not tell which files a process has in its memory.");
    QVERIFY(files.contains("Qt6Network"));
    for (const char *unwanted : {"Qt6Widgets", "Qt6Gui", "-window.so"})
        QVERIFY2(!files.contains(unwanted), unwanted);
}

void TestWindowLibrary::windowOpens_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("script"); // of a shell in an empty folder; its first argument is the program's path
    QTest::addColumn<bool>("installed");

    for (const QString &program : {Server, Client}) {
        const QByteArray name = program.section(u'/', -1).toUtf8();
        QTest::addRow("%s", name.constData()) << program << u"exec \"$@\""_s << false;
        QTest::addRow("%s, symbolic link", name.constData())
            << program << u"ln -s \"$1\" link && shift && exec ./link \"$@\""_s << false;
        QTest::addRow("%s, link to a link in PATH", name.constData())
            << program << u"ln -s \"$1\" link && ln -s link parley && shift && PATH=$PWD:$PATH && exec parley \"$@\""_s
            << false;
        QTest::addRow("%s, relative path", name.constData())
            << program << u"p=$1 && shift && cd \"${p%/*}/..\" && exec \"./bin/${p##*/}\" \"$@\""_s << false;
        QTest::addRow("%s, installed", name.constData()) << program << u"exec \"$@\""_s << true;
        QTest::addRow("%s, installed, symbolic link", name.constData())
            << program << u"ln -s \"$1\" link && shift && exec ./link \"$@\""_s << true;
    }
}

void TestWindowLibrary::windowOpens()
{
    QFETCH(const QString, program);
    QFETCH(const QString, script);
    QFETCH(const bool, installed);
    const QTemporaryDir folder;
    QString called = program;
    if (installed) {
        Process install(QStringLiteral(CMAKE_COMMAND),
                        {u"--install"_s, QStringLiteral(PARLEY_BUILD), u"--prefix"_s, folder.filePath(u"prefix"_s)});
        VERIFY(install.exitStatus() == 0, install);
        called = folder.filePath(u"prefix/bin/"_s + program.section(u'/', -1));
        QVERIFY2(QFileInfo(called).isExecutable(), qPrintable(called));
    }
    const bool isServer = program == Server;
    Running running({u"/bin/sh"_s, u"-c"_s, u"cd '%1' && "_s.arg(folder.path()) + script, u"sh"_s, called}, isServer,
                    isServer ? QStringList() : QStringList{u"--connect"_s}, Offscreen);
    VERIFY(running.isHeard(), running.process());
    if (const QByteArray files = mappedFiles(running.process().pid()); !files.isEmpty()) {
        VERIFY(files.contains("Qt6Widgets"), running.process());
        // The library that belongs to this program, and no other one that is installed somewhere.
        const QByteArray own =
            QFileInfo(QFileInfo(called).canonicalPath() + u"/.."_s).canonicalFilePath().toUtf8() + '/';
        const qsizetype at = files.indexOf("-window.so");
        const qsizetype start = files.lastIndexOf(' ', at) + 1;
        QVERIFY2(at > 0 && files.mid(start).startsWith(own), files.mid(start, at - start + 10).constData());
    }
    running.closePeer();
    running.process().sendSignal(SIGINT);
    VERIFY(running.process().exitStatus() == 0, running.process());
}

void TestWindowLibrary::windowKeepsItsSettingsAtASignal_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<int>("signal");
    for (const QString &program : {Server, Client}) {
        const QByteArray name = program.section(u'/', -1).toUtf8();
        QTest::addRow("%s, SIGTERM", name.constData()) << program << SIGTERM;
        QTest::addRow("%s, SIGHUP", name.constData()) << program << SIGHUP;
    }
}

void TestWindowLibrary::windowKeepsItsSettingsAtASignal()
{
    QFETCH(const QString, program);
    QFETCH(const int, signal);
    const QTemporaryDir folder;
    QMap<QString, QString> environment = Offscreen;
    environment.insert(u"XDG_CONFIG_HOME"_s, folder.path());
    const bool isServer = program == Server;
    Running running({program}, isServer, isServer ? QStringList() : QStringList{u"--connect"_s}, environment);
    VERIFY(running.isHeard(), running.process());
    running.closePeer();
    running.process().sendSignal(signal);
    VERIFY(running.process().exitStatus() == 0, running.process());
    const QString file = folder.filePath(u"Parley/%1.ini"_s.arg(program.section(u'/', -1)));
    QVERIFY2(QFileInfo(file).size() > 0, qPrintable(file));
}

void TestWindowLibrary::saysWhichFileIsMissing_data()
{
    QTest::addColumn<QString>("program");
    QTest::addRow("server") << Server;
    QTest::addRow("client") << Client;
}

/// A copy of the program alone, without the library: everything works that needs no window.
void TestWindowLibrary::saysWhichFileIsMissing()
{
    QFETCH(const QString, program);
    const QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkdir(u"bin"_s));
    const QString name = program.section(u'/', -1);
    const QString copy = folder.filePath(u"bin/"_s + name);
    QVERIFY(QFile::copy(program, copy));

    Process window(copy, {u"127.0.0.1"_s, u"0"_s}, {}, Offscreen);
    VERIFY(window.exitStatus() == 1, window);
    VERIFY(window.output().isEmpty(), window);
    const QString says =
        u"^%1: Cannot open the window: %2/[^ ]*/%1-window[.]so: .*\\. Install the program anew, or use "
        u"--headless[.]\n$"_s.arg(name, QFileInfo(folder.path()).canonicalFilePath());
    VERIFY(QRegularExpression(says).match(QString::fromUtf8(window.errorOutput())).hasMatch(), window);

    Process help(copy, {u"--help"_s}, {}, Offscreen);
    VERIFY(help.exitStatus() == 0 && help.output().startsWith("Usage: "), help);
    Running headless({copy}, program == Server, {u"--headless"_s}, Offscreen);
    VERIFY(headless.isHeard(), headless.process());
}

void TestWindowLibrary::displayThatCannotBeOpened_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("variable");
    QTest::addColumn<QString>("value");
    for (const QString &program : {Server, Client}) {
        const QByteArray name = program.section(u'/', -1).toUtf8();
        QTest::addRow("%s, X", name.constData()) << program << u"DISPLAY"_s << u":47119"_s;
        QTest::addRow("%s, Wayland", name.constData()) << program << u"WAYLAND_DISPLAY"_s << u"no-such-display"_s;
        QTest::addRow("%s, plugin", name.constData()) << program << u"QT_QPA_PLATFORM"_s << u"no-such-plugin"_s;
    }
}

/// One sentence that names what was set; Qt would abort.
void TestWindowLibrary::displayThatCannotBeOpened()
{
    QFETCH(const QString, program);
    QFETCH(const QString, variable);
    QFETCH(const QString, value);
    Process window(program, {u"127.0.0.1"_s, u"0"_s}, {}, {{variable, value}});
    VERIFY(window.exitStatus() == 1, window);
    VERIFY(window.output().isEmpty(), window);
    const QByteArray says = window.errorOutput();
    VERIFY(says.count('\n') == 1 && says.endsWith("or use --headless.\n"), window);
    VERIFY(says.contains((variable + u'=' + value).toUtf8()), window);
}

/// From a limit that nothing can start with to the first that is enough: the window opens, or there is one sentence.
void TestWindowLibrary::shortOfMemory()
{
    if constexpr (IsSanitized)
        QSKIP("A sanitizer takes terabytes of addresses.");
    constexpr int least = 40'000; // KiB
    constexpr int step = 1'000;
    int refused = 0;
    for (int limit = least; limit < 200'000; limit += step) {
        const RawSocket port = RawSocket::bound();
        Process window(u"/bin/sh"_s,
                       {u"-c"_s, u"ulimit -c 0; ulimit -v %1 && exec \"$@\""_s.arg(limit), u"sh"_s, Server,
                        u"127.0.0.1"_s, QString::number(port.localPort())},
                       {}, Offscreen);
        RawSocket peer;
        TRY_VERIFY(!window.isRunning() || (peer = RawSocket::connectedTo("127.0.0.1", port.localPort())).isOpen(),
                   window);
        if (peer.isOpen()) {
            QVERIFY2(refused > 0, "No start was refused: begin with less");
            return;
        }
        const int status = window.exitStatus();
        if (endedBeforeMain(window))
            continue;
        ++refused;
        VERIFY(status == 1, window);
        VERIFY(window.errorOutput().startsWith("parley-server: "), window);
        VERIFY(window.errorOutput().count('\n') == 1 && window.errorOutput().endsWith('\n'), window);
    }
    QFAIL("No limit is enough");
}

QTEST_GUILESS_MAIN(TestWindowLibrary)
#include "tst_window_library.moc"
