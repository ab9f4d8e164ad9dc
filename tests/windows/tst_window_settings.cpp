// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "shared/ui/appearance.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QHeaderView>
#include <QSplitter>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

} // namespace

/// The values that the windows remember from one run to the next.
class TestWindowSettings : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void settingsSurvive();
    void settingsOfOtherVersions();
    void defaultsAreNotSaved();
    void optionsWinOverSettings();
    void optionsAreNotSaved();
    void damagedSettings_data();
    void damagedSettings();
    void anotherScreen();
    void damagedBesideARun();
    void onlyRegularFiles_data();
    void onlyRegularFiles();

private:
    /// The settings of parley-server or parley-client as they are in the file.
    QSettings settingsOf(const QString &program) const
    {
        return QSettings(scratch().filePath(u"Parley/%1.ini"_s.arg(program)), QSettings::IniFormat);
    }
};

void TestWindowSettings::settingsSurvive()
{
    const QSize serverSize(740, 480);
    const QSize clientSize(600, 560);
    QList<int> parts;
    const QString greeting = u"one, \"two\"; 100 % 🌍\\"_s;
    {
        ServerProgram server(notListening());
        server.type(u"host"_s, u"localhost"_s);
        server.type(u"port"_s, u"4711"_s);
        server.type(u"greeting"_s, greeting);
        server.window().resize(serverSize);
        server.child<QTableView>(u"connections"_s).horizontalHeader()->resizeSection(ConnectionModel::PeerAddress, 123);
        server.action(u"Dark"_s).trigger();
        QVERIFY(server.close());

        ClientProgram client(ClientOptions{});
        client.type(u"host"_s, u"::1"_s);
        client.type(u"port"_s, u"http"_s);
        client.type(u"send"_s, greeting);
        client.child<QToolButton>(u"details"_s).setChecked(false); // there is room for the parts above it
        client.window().resize(clientSize);
        QCoreApplication::processEvents();
        client.child<QTableView>(u"history"_s).horizontalHeader()->resizeSection(AttemptModel::RemoteEndpoint, 123);
        client.child<QSplitter>(u"splitter"_s).setSizes({100, 300});
        parts = client.child<QSplitter>(u"splitter"_s).sizes(); // as far as there is room
        client.action(u"Light"_s).trigger();
        QVERIFY(client.close());
    }
    applyAppearance(Appearance::System);

    const ServerProgram server(notListening());
    QCOMPARE(server.field(u"host"_s).text(), u"localhost"_s);
    QCOMPARE(server.field(u"port"_s).text(), u"4711"_s);
    QCOMPARE(server.field(u"greeting"_s).text(), greeting);
    QCOMPARE(server.window().size(), serverSize);
    QCOMPARE(server.child<QTableView>(u"connections"_s).columnWidth(ConnectionModel::PeerAddress), 123);
    QCOMPARE(currentAppearance(), Appearance::Dark);
    QVERIFY(server.action(u"Dark"_s).isChecked());
    QCOMPARE(server.notice(), QString());

    const ClientProgram client(ClientOptions{});
    QCOMPARE(client.field(u"host"_s).text(), u"::1"_s);
    QCOMPARE(client.field(u"port"_s).text(), u"http"_s);
    QCOMPARE(client.field(u"send"_s).text(), greeting);
    QCOMPARE(client.window().size(), clientSize);
    QCOMPARE(client.child<QTableView>(u"history"_s).columnWidth(AttemptModel::RemoteEndpoint), 123);
    const QList<int> sizes = client.child<QSplitter>(u"splitter"_s).sizes();
    QVERIFY2(std::abs(sizes.at(0) - parts.at(0)) < 10, qPrintable(u"%1, not %2"_s.arg(sizes.at(0)).arg(parts.at(0))));
    QCOMPARE(currentAppearance(), Appearance::Light);
    QCOMPARE(client.notice(), QString());
    applyAppearance(Appearance::System);
}

void TestWindowSettings::settingsOfOtherVersions()
{
    QSettings settings = settingsOf(u"parley-server"_s);
    settings.setValue(u"connections/columns"_s, QStringList{u"50"_s, u"50"_s});
    settings.setValue(u"from/the/future"_s, 42);
    settings.sync();
    const ServerProgram server(notListening());
    QCOMPARE(server.notice(), QString());
    QHeaderView &header = *server.child<QTableView>(u"connections"_s).horizontalHeader();
    QCOMPARE(header.count(), int(ConnectionModel::ColumnCount));
    server.window().resize(1200, 600); // there is room for all columns
    TRY_COMPARE(header.sectionResizeMode(ConnectionModel::State), QHeaderView::Stretch);
    QVERIFY(header.sectionSize(ConnectionModel::Number) != 50);
}

/// A later version may have others, and a computer another name.
void TestWindowSettings::defaultsAreNotSaved()
{
    ServerProgram server(notListening());
    QCOMPARE(server.field(u"host"_s).text(), localHostName());
    QCOMPARE(server.field(u"port"_s).text(), u"3000"_s);
    QCOMPARE(server.field(u"greeting"_s).text(), u"Hello World!"_s);
    QVERIFY(server.close());
    ClientProgram client(ClientOptions{});
    QCOMPARE(client.field(u"host"_s).text(), localHostName());
    QCOMPARE(client.field(u"port"_s).text(), u"3000"_s);
    QVERIFY(client.close());
    for (const QString &program : {u"parley-server"_s, u"parley-client"_s}) {
        const QStringList keys = settingsOf(program).allKeys();
        QVERIFY2(keys.contains(u"window/geometry"_s), qUtf8Printable(keys.join(u' ')));
        for (const QString &key : {u"host"_s, u"port"_s, u"greeting"_s, u"send"_s, u"appearance"_s})
            QVERIFY2(!keys.contains(key), qUtf8Printable(program + u": "_s + keys.join(u' ')));
    }
}

void TestWindowSettings::optionsWinOverSettings()
{
    for (const QString &program : {u"parley-server"_s, u"parley-client"_s}) {
        QSettings settings = settingsOf(program);
        settings.setValue(u"host"_s, u"saved.example"_s);
        settings.setValue(u"port"_s, u"1111"_s);
        settings.setValue(u"greeting"_s, u"saved"_s);
        settings.setValue(u"send"_s, u"saved"_s);
    }
    ServerOptions some = notListening();
    some.port = u"2222"_s;
    const ServerProgram partly(some);
    QCOMPARE(partly.field(u"host"_s).text(), u"saved.example"_s);
    QCOMPARE(partly.field(u"port"_s).text(), u"2222"_s);
    QCOMPARE(partly.field(u"greeting"_s).text(), u"saved"_s);

    ServerOptions all = some;
    all.host = u"given.example"_s;
    all.greeting = "given";
    const ServerProgram server(all);
    QCOMPARE(server.field(u"host"_s).text(), u"given.example"_s);
    QCOMPARE(server.field(u"port"_s).text(), u"2222"_s);
    QCOMPARE(server.field(u"greeting"_s).text(), u"given"_s);

    ClientOptions options;
    options.host = u"given.example"_s;
    options.port = u"2222"_s;
    options.send = "given";
    const ClientProgram client(options);
    QCOMPARE(client.field(u"host"_s).text(), u"given.example"_s);
    QCOMPARE(client.field(u"port"_s).text(), u"2222"_s);
    QCOMPARE(client.field(u"send"_s).text(), u"given"_s);
}

/// What the command line gave is for this once, even where the user changes a field beside it.
void TestWindowSettings::optionsAreNotSaved()
{
    ServerOptions serverOptions = notListening();
    serverOptions.port = u"2222"_s;
    serverOptions.greeting = "given";
    ServerProgram server(serverOptions);
    server.type(u"host"_s, u"localhost"_s);
    QVERIFY(server.close());
    ClientOptions clientOptions;
    clientOptions.port = u"2222"_s;
    clientOptions.timeout = std::chrono::seconds(7);
    ClientProgram client(clientOptions);
    client.type(u"host"_s, u"localhost"_s);
    client.type(u"send"_s, u"typed"_s);
    QVERIFY(client.close());
    for (const QString &program : {u"parley-server"_s, u"parley-client"_s}) {
        const QSettings settings = settingsOf(program);
        QCOMPARE(settings.value(u"host"_s).toString(), u"localhost"_s);
        QVERIFY2(!settings.contains(u"port"_s), qUtf8Printable(program));
    }
    QVERIFY(!settingsOf(u"parley-server"_s).contains(u"greeting"_s));
    QCOMPARE(settingsOf(u"parley-client"_s).value(u"send"_s).toString(), u"typed"_s);
    QVERIFY(!settingsOf(u"parley-client"_s).contains(u"limits/timeout"_s));
}

void TestWindowSettings::damagedSettings_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("host"); // what is not damaged is kept
    QTest::newRow("rubbish") << QByteArray("\x7f"
                                           "ELF\x02\x01\xff\xfe\0\0\n[[\n\x80=@@=\n]%General\n=\n",
                                           31)
                             << localHostName();
    QTest::newRow("port") << QByteArray("[General]\nhost=saved.example\nport=65536\n") << u"saved.example"_s;
    QTest::newRow("port without a name") << QByteArray("[General]\nhost=saved.example\nport=no such port\n")
                                         << u"saved.example"_s;
    QTest::newRow("a list of ports") << QByteArray("[General]\nhost=saved.example\nport=1, 2\n") << u"saved.example"_s;
    QTest::newRow("host") << QByteArray("[General]\nhost=not a host\n") << localHostName();
    QTest::newRow("geometry") << QByteArray("[General]\nhost=saved.example\n[window]\ngeometry=@ByteArray(rubbish)\n")
                              << u"saved.example"_s;
    for (const QByteArray &columns : {"@ByteArray(rubbish)"_ba, "60, 0, 90"_ba, "1000000000"_ba, "\"\""_ba}) {
        QTest::addRow("columns %s", columns.constData()) << ("[General]\nhost=saved.example\n[connections]\ncolumns="
                                                             + columns + "\n[history]\ncolumns=" + columns + '\n')
                                                         << u"saved.example"_s;
    }
}

void TestWindowSettings::damagedSettings()
{
    QFETCH(const QByteArray, file);
    QFETCH(const QString, host);
    QVERIFY(QDir(scratch().path()).mkdir(u"Parley"_s));
    for (const QString &program : {u"parley-server"_s, u"parley-client"_s}) {
        QFile saved(scratch().filePath(u"Parley/%1.ini"_s.arg(program)));
        QVERIFY(saved.open(QIODevice::WriteOnly));
        QCOMPARE(saved.write(file), file.size());
    }
    const QString notice = u"Some of the saved settings could not be read, so defaults are used in their place. They "
                           "are kept in .*/Parley/parley-%1.ini."_s;

    ServerProgram server(notListening());
    TRY_MATCH(server.notice(), notice.arg(u"server"_s));
    QCOMPARE(server.field(u"host"_s).text(), host);
    QCOMPARE(server.field(u"port"_s).text(), u"3000"_s);
    QCOMPARE(server.field(u"greeting"_s).text(), u"Hello World!"_s);
    server.type(u"host"_s, u"127.0.0.1"_s);
    server.type(u"port"_s, u"0"_s);
    server.click(u"listen"_s);
    const quint16 port = portOf(server);
    QVERIFY2(port != 0, qUtf8Printable(server.notice()));

    ClientProgram client(ClientOptions{});
    TRY_MATCH(client.notice(), notice.arg(u"client"_s));
    QCOMPARE(client.field(u"host"_s).text(), host);
    QCOMPARE(client.field(u"port"_s).text(), u"3000"_s);
    client.type(u"host"_s, u"127.0.0.1"_s);
    client.type(u"port"_s, QString::number(port));
    client.click(u"connect"_s);
    TRY_COMPARE(client.child<MessageView>(u"message"_s).toPlainText(), u"Hello World!"_s);

    // Closing mends the file.
    QVERIFY(client.close());
    TRY_MATCH(server.text(u"status"_s), u".* · 0 open, 1 in total"_s);
    QVERIFY(server.close());
    QCOMPARE(ServerProgram(notListening()).notice(), QString());
    QCOMPARE(ClientProgram(ClientOptions{}).notice(), QString());
}

/// Windows that were closed on a wider screen open in their usual size, and nothing is said to be damaged.
void TestWindowSettings::anotherScreen()
{
    for (const QString &program : {u"parley-server"_s, u"parley-client"_s}) {
        QByteArray geometry = QWidget().saveGeometry();
        constexpr qsizetype screenWidth = 46; // where it stands in Qt's format: four bytes, the highest first
        geometry[screenWidth + 2] = 0x40;
        QSettings settings = settingsOf(program);
        settings.setValue(u"window/geometry"_s, geometry);
        settings.setValue(u"host"_s, u"saved.example"_s);
        settings.setValue(u"port"_s, u"1111"_s);
    }
    for (int time = 1; time <= 2; ++time) { // closing has not forgotten them
        ServerProgram server(notListening());
        QCOMPARE(server.notice(), QString());
        QCOMPARE(server.field(u"host"_s).text(), u"saved.example"_s);
        QVERIFY(server.close());
        ClientProgram client(ClientOptions{});
        QCOMPARE(client.notice(), QString());
        QCOMPARE(client.field(u"port"_s).text(), u"1111"_s);
        QVERIFY(client.close());
    }
}

/// The second window's settings are not lost because the first one's are damaged.
void TestWindowSettings::damagedBesideARun()
{
    QSettings settings = settingsOf(u"parley-client"_s);
    settings.setValue(u"port"_s, u"65536"_s);
    settings.setValue(u"repeat/count"_s, u"4711"_s);
    settings.sync();
    ClientProgram client(ClientOptions{});
    TRY_MATCH(client.notice(), u"Some of the saved settings could not be read.*"_s);
    QVERIFY(client.close());
    settings.sync();
    QVERIFY(!settings.contains(u"port"_s));
    QCOMPARE(settings.value(u"repeat/count"_s).toString(), u"4711"_s);
}

void TestWindowSettings::onlyRegularFiles_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("is");
    QTest::newRow("FIFO") << u"FIFO"_s << u"is a FIFO"_s;
    QTest::newRow("folder") << u"folder"_s << u"is a folder"_s;
    QTest::newRow("link to a device") << u"link to a device"_s << u"is a link to /dev/null"_s;
    QTest::newRow("link to a file") << u"link to a file"_s << u"is a link to %1"_s;
    QTest::newRow("unreadable") << u"unreadable"_s << u"cannot be read"_s;
}

/// Whatever stands in the settings' place, the windows open, say so, and leave it as it is.
void TestWindowSettings::onlyRegularFiles()
{
    QFETCH(const QString, what);
    QFETCH(const QString, is);
    QVERIFY(QDir(scratch().path()).mkdir(u"Parley"_s));
    const QString target = scratch().filePath(u"target"_s);
    const QByteArray settings = "[General]\nhost=saved.example\n";
    for (const QString &program : {u"parley-server"_s, u"parley-client"_s}) {
        const QString name = scratch().filePath(u"Parley/%1.ini"_s.arg(program));
        const QByteArray nativeName = QFile::encodeName(name);
        if (what == u"FIFO"_s) {
            QCOMPARE(::mkfifo(nativeName.constData(), 0600), 0);
        } else if (what == u"folder"_s) {
            QVERIFY(QDir().mkdir(name));
        } else if (what == u"link to a device"_s) {
            QVERIFY(QFile::link(u"/dev/null"_s, name));
        } else {
            QFile file(what == u"unreadable"_s ? name : target);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(settings) == settings.size());
            file.close();
            QVERIFY(what == u"unreadable"_s ? ::chmod(nativeName.constData(), 0) == 0 : QFile::link(target, name));
        }
        struct stat before = {};
        QCOMPARE(::lstat(nativeName.constData(), &before), 0);

        const QString kind = what == u"link to a file"_s ? is.arg(target) : is;
        const QString notice = u"Settings are neither read nor saved, because %1 %2; there has to be a regular file "
                               "that can be read, or nothing."_s.arg(name, kind);
        const bool asNobody = what == u"unreadable"_s && ::geteuid() == 0; // root can read every file
        const auto back = qScopeGuard([asNobody] {
            if (asNobody && ::setresuid(0, 0, 0) != 0)
                qFatal("Cannot become root again");
        });
        if (asNobody) {
            constexpr uid_t nobody = 65534;
            for (const QString &folder : {scratch().path(), scratch().filePath(u"Parley"_s)})
                QCOMPARE(::chmod(QFile::encodeName(folder).constData(), 0777), 0);
            QCOMPARE(::setresuid(nobody, nobody, 0), 0);
        }
        if (program == u"parley-server"_s) {
            ServerProgram server(notListening());
            TRY_COMPARE(server.notice(), notice);
            QCOMPARE(server.field(u"host"_s).text(), localHostName());
            server.type(u"port"_s, u"4711"_s);
            QVERIFY(server.close());
        } else {
            ClientProgram client(ClientOptions{});
            TRY_COMPARE(client.notice(), notice);
            QCOMPARE(client.field(u"host"_s).text(), localHostName());
            client.type(u"port"_s, u"4711"_s);
            QVERIFY(client.close());
        }

        struct stat after = {};
        QCOMPARE(::lstat(nativeName.constData(), &after), 0);
        QCOMPARE(after.st_ino, before.st_ino);
        QCOMPARE(after.st_mode, before.st_mode);
        if (what == u"link to a file"_s) {
            QFile file(target);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(file.readAll(), settings);
        }
    }
}

QTEST_MAIN(TestWindowSettings)
#include "tst_window_settings.moc"
