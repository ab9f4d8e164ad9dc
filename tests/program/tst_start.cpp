// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/start.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

/// What @p work writes to stderr.
template <typename Work>
QByteArray writtenBy(Work work)
{
    QTemporaryFile file;
    if (!file.open())
        qFatal("There is no temporary file");
    const int usual = ::dup(STDERR_FILENO);
    ::dup2(file.handle(), STDERR_FILENO);
    work();
    ::dup2(usual, STDERR_FILENO);
    ::close(usual);
    file.seek(0);
    return file.readAll();
}

} // namespace

/// The first steps of both programs' main().
class TestStart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void preparesTheProcess();
    void opensAWindow_data();
    void opensAWindow();
    void saysWhatIsMissing();
    void keepsQtSilent();
};

void TestStart::preparesTheProcess()
{
    const int input = ::dup(STDIN_FILENO);
    ::close(STDIN_FILENO);
    startProgram(u"tst_start"_s);
    QVERIFY(::fcntl(STDIN_FILENO, F_GETFD) >= 0); // no socket can get this number
    ::dup2(input, STDIN_FILENO);
    ::close(input);
    struct sigaction action = {};
    QCOMPARE(::sigaction(SIGPIPE, nullptr, &action), 0);
    QVERIFY(action.sa_handler == SIG_IGN);
    QCOMPARE(QCoreApplication::applicationName(), u"tst_start"_s);
    QCOMPARE(QCoreApplication::applicationVersion(), QStringLiteral(PARLEY_VERSION));
}

void TestStart::opensAWindow_data()
{
    QTest::addColumn<QByteArray>("variable");
    QTest::addColumn<QByteArray>("arguments");
    QTest::addColumn<bool>("opens");

    QTest::newRow("no display") << ""_ba
                                << "localhost"_ba << false;
    QTest::newRow("X") << "DISPLAY"_ba
                       << "localhost"_ba << true;
    QTest::newRow("Wayland") << "WAYLAND_DISPLAY"_ba
                             << "localhost"_ba << true;
    QTest::newRow("a platform in the environment") << "QT_QPA_PLATFORM"_ba
                                                   << "localhost"_ba << true;
    QTest::newRow("a platform as an option") << ""_ba
                                             << "-platform offscreen"_ba << true;
    QTest::newRow("headless") << "DISPLAY"_ba
                              << "--headless"_ba << false;
    QTest::newRow("help") << "DISPLAY"_ba
                          << "--help"_ba << false;
}

void TestStart::opensAWindow()
{
    QFETCH(const QByteArray, variable);
    QFETCH(const QByteArray, arguments);
    for (const char *name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        qunsetenv(name);
    if (!variable.isEmpty())
        qputenv(variable.constData(), "somewhere");
    QByteArrayList words = ("program " + arguments).split(' ');
    std::vector<char *> argv;
    for (QByteArray &word : words)
        argv.push_back(word.data());
    CommandLine commandLine;
    QTEST(opensWindow(commandLine, static_cast<int>(argv.size()), argv.data()), "opens");
}

void TestStart::saysWhatIsMissing()
{
    QByteArray name = "tst_start";
    char *argv[] = {name.data(), nullptr};
    int status = ExitOk;
    const QByteArray noLibrary = writtenBy([&] { status = openWindow(u"no/such/library.so"_s, 1, argv); });
    QCOMPARE(status, ExitFailure);
    QVERIFY2(noLibrary.contains("Cannot open the window: ") && noLibrary.contains("no/such/library.so"),
             noLibrary.constData());
    const QByteArray noDisplay = writtenBy([&] { status = missingDisplay(); });
    QCOMPARE(status, ExitFailure);
    QVERIFY2(noDisplay.contains("There is no display to open a window on"), noDisplay.constData());
}

void TestStart::keepsQtSilent()
{
    const QtMessageHandler usual = qInstallMessageHandler(nullptr);
    QByteArray name = "tst_start";
    QByteArray option = "--headless";
    char *argv[] = {name.data(), option.data(), nullptr};
    int argc = 2;
    CommandLine commandLine;
    const QByteArray written = writtenBy([&] {
        const auto application = makeTerminalApplication(argc, argv, commandLine);
        qWarning("a warning of Qt's");
    });
    qInstallMessageHandler(usual);
    QCOMPARE(written, ""_ba);
    QVERIFY(commandLine.isSet(u"headless"_s));
}

QTEST_APPLESS_MAIN(TestStart)
#include "tst_start.moc"
