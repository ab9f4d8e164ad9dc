// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/message_view.h"
#include "raw_socket.h"
#include "shared/ui/file_saver.h"
#include "window_program.h"

#include <QBuffer>
#include <QFileDialog>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>
#include <QStatusBar>
#include <QTemporaryDir>

#include <csignal>
#include <future>
#include <sys/resource.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

ClientOptions connectingTo(quint16 port)
{
    ClientOptions options;
    options.transport = Transport::Tcp;
    options.host = u"127.0.0.1"_s;
    options.port = QString::number(port);
    options.connectAtOnce = true;
    return options;
}

/// A client's window that has received @p message.
std::unique_ptr<ClientProgram> clientWith(const QByteArray &message)
{
    const RawSocket listener = RawSocket::listening();
    auto client = std::make_unique<ClientProgram>(connectingTo(listener.localPort()));
    RawSocket peer = listener.accept();
    if (!peer.send(message))
        qFatal("The message is not sent");
    peer.close();
    return client;
}

/// Answers the dialog that is open.
void saveAs(const auto &program, const QString &path)
{
    auto *dialog = program.window().template findChild<QFileDialog *>();
    if (!dialog || !QTest::qWaitForWindowExposed(dialog))
        qFatal("There is no dialog");
    auto *name = dialog->template findChild<QLineEdit *>(u"fileNameEdit"_s);
    name->setText(path);
    QTest::keyClick(name, Qt::Key_Return);
}

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestSaving : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void message();
    void history();
    void nowhere();
    void disk();
    void closingWaits();

private:
    QString path(const QString &name) const { return scratch_->filePath(name); }

    std::unique_ptr<QTemporaryDir> scratch_;
};

void TestSaving::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QCoreApplication::setOrganizationName(u"Parley"_s);
    QApplication::setQuitOnLastWindowClosed(false);
}

void TestSaving::init()
{
    // The one that is let through tells of Qt's offscreen plugin, whatever window it shows.
    QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support propagateSizeHints)"_s));
    scratch_ = std::make_unique<QTemporaryDir>();
    QVERIFY(scratch_->isValid());
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, scratch_->path());
}

void TestSaving::message()
{
    const QByteArray bytes("Hello\0\xff World", 13);
    const auto client = clientWith(bytes);
    TRY_COMPARE(client->action(u"Save Message As…"_s).isEnabled(), true);
    client->action(u"Save Message As…"_s).trigger();
    saveAs(*client, path(u"greeting"_s));
    TRY_COMPARE(client->text(u"status"_s), u"Saved 13 bytes to %1"_s.arg(path(u"greeting.txt"_s)));
    QCOMPARE(contents(path(u"greeting.txt"_s)), bytes);
}

void TestSaving::history()
{
    const auto client = clientWith("Hello World!");
    TRY_COMPARE(client->text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    const RawSocket nobody = RawSocket::bound();
    client->type(u"port"_s, QString::number(nobody.localPort()));
    client->click(u"connect"_s);
    TRY_COMPARE(client->text(u"status"_s), u"Attempts: 2, complete: 1"_s);

    client->action(u"Save History…"_s).trigger();
    saveAs(*client, path(u"history.csv"_s));
    TRY_MATCH(client->text(u"status"_s), u"Saved .* to .*"_s);
    const QByteArray saved = contents(path(u"history.csv"_s));
    const QString time = u"20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"_s;
    const QString expected =
        u"number,started,ended,endpoint,peer_address,peer_port,local_address,local_port,outcome,error,"
        "received_bytes,reads,duration_us\r\n"
        "1,%1,%1,127.0.0.1:\\d+,127.0.0.1,\\d+,127.0.0.1,\\d+,complete,,12,1,\\d+\r\n"
        "2,%1,%1,127.0.0.1:%2,127.0.0.1,%2,,,refused,ECONNREFUSED,0,0,\\d+\r\n"_s.arg(time)
            .arg(nobody.localPort());
    QVERIFY2(matches(QString::fromUtf8(saved), expected), saved.constData());
}

void TestSaving::nowhere()
{
    const auto client = clientWith("Hello World!");
    TRY_COMPARE(client->text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    client->action(u"Save History…"_s).trigger();
    auto *dialog = client->window().findChild<QFileDialog *>();
    QVERIFY(dialog);
    // The dialog takes no file in a folder that is not there; it can go away after that.
    Q_EMIT dialog->fileSelected(path(u"gone/history.csv"_s));
    TRY_COMPARE(client->notice(), u"Cannot save to %1: No such file or directory."_s.arg(path(u"gone/history.csv"_s)));
    dialog->reject();
    delete dialog;
    auto *again = client->child(u"notice"_s).findChild<QPushButton *>();
    QCOMPARE(again->text(), u"Save Elsewhere…"_s);
    QTest::mouseClick(again, Qt::LeftButton);
    saveAs(*client, path(u"history.csv"_s));
    TRY_MATCH(client->text(u"status"_s), u"Saved .* to .*history\\.csv"_s);
    QVERIFY(!contents(path(u"history.csv"_s)).isEmpty());
}

/// A file that does not become whole is not there, and what was there before still is.
void TestSaving::disk()
{
    const auto client = clientWith(QByteArray(1'000'000, 'a'));
    TRY_COMPARE(client->text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    QFile before(path(u"message.txt"_s));
    QVERIFY(before.open(QIODevice::WriteOnly) && before.write("before") == 6);
    before.close();

    rlimit usual{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &usual), 0);
    const auto restore = qScopeGuard([&usual] { ::setrlimit(RLIMIT_FSIZE, &usual); });
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit low = usual;
    low.rlim_cur = 100'000;
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &low), 0);
    client->action(u"Save Message As…"_s).trigger();
    auto *dialog = client->window().findChild<QFileDialog *>();
    QVERIFY(dialog);
    Q_EMIT dialog->fileSelected(path(u"message.txt"_s)); // it would ask whether to replace the file
    TRY_COMPARE(client->notice(), u"Cannot save to %1: File too large."_s.arg(path(u"message.txt"_s)));
    dialog->reject();
    QCOMPARE(contents(path(u"message.txt"_s)), "before"_ba);
    QCOMPARE(QDir(scratch_->path()).entryList({u"message*"_s}, QDir::Files), QStringList{u"message.txt"_s});
}

/// The window answers while a file is written, and what it goes away with is still saved.
void TestSaving::closingWaits()
{
    std::promise<void> mayWrite;
    std::shared_future<void> go = mayWrite.get_future().share();
    auto window = std::make_unique<QWidget>();
    auto *saver = new FileSaver(window.get());
    saver->ask({u"Save"_s, u"slow.txt"_s, {}}, [go]() -> FileSaver::Writer {
        return [go](QIODevice &file) {
            go.wait();
            file.write("slow");
        };
    });
    Q_EMIT window->findChild<QFileDialog *>()->fileSelected(path(u"slow.txt"_s));
    QCoreApplication::processEvents(); // comes back
    QVERIFY(!QFile::exists(path(u"slow.txt"_s)));
    mayWrite.set_value();
    window.reset();
    QCOMPARE(contents(path(u"slow.txt"_s)), "slow"_ba);
}

QTEST_MAIN(TestSaving)
#include "tst_saving.moc"
