// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "server_gui/table/connections_csv.h"
#include "shared/event/event_history.h"
#include "shared/event/event_json.h"
#include "shared/event/event_log.h"
#include "shared/event/wall_clock.h"
#include "shared/ui/file_saver.h"
#include "tests/support/events.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_test.h"

#include <QBuffer>
#include <QFileDialog>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStatusBar>
#include <QTimer>

#include <csignal>
#include <future>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// A client's window that has received @p message.
std::unique_ptr<ClientProgram> clientWith(const QByteArray &message)
{
    const RawSocket listener = RawSocket::listening();
    ClientOptions options = connectingTo(listener.localPort());
    options.connectAtOnce = true;
    auto client = std::make_unique<ClientProgram>(options);
    RawSocket peer = listener.accept();
    if (!peer.send(message))
        qFatal("The message is not sent");
    peer.close();
    return client;
}

const QDateTime Start(QDate(2026, 11, 22), QTime(16, 0), Qt::UTC);

/// The clock of a stream that began at @p start.
WallClock clockFrom(const QDateTime &start)
{
    WallClock clock;
    clock.step(0, start.toMSecsSinceEpoch() * Millisecond);
    return clock;
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

QStringList callsOf(const QByteArray &lines)
{
    QStringList calls;
    for (const QByteArray &line : lines.split('\n')) {
        if (!line.isEmpty())
            calls.append(QJsonDocument::fromJson(line).object().value(u"call"_s).toString(u"no JSON"_s));
    }
    return calls;
}

/// What a FileSaver says.
class Said
{
public:
    explicit Said(const FileSaver &saver)
    {
        const auto keep = [this](const QString &text) { text_ = text; };
        QObject::connect(&saver, &FileSaver::saved, &saver, keep);
        QObject::connect(&saver, &FileSaver::failed, &saver, keep);
    }

    const QString &text() const { return text_; }
    /// Saving takes long with sanitizers; but a failed wait has to be reported before ctest's limit.
    bool waitLong() const
    {
        return QTest::qWaitFor([this] { return !text_.isEmpty(); }, 2 * WindowPatience);
    }

private:
    QString text_;
};

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestSaving : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void logOfServer();
    void logOfClient();
    void logIsWhatJsonPrints();
    void logSaysWhatIsOmitted();
    void windowGoesOn();
    void message();
    void history();
    void details();
    void connections();
    void aMillionConnections();
    void nowhere();
    void onlyRegularFiles_data();
    void onlyRegularFiles();
    void disk();
    void closingWaits();

private:
    QString path(const QString &name) const { return scratch().filePath(name); }
    QByteArray stateOf(const Said &said) const;
};

/// The sentence, and the file as it is by then.
QByteArray TestSaving::stateOf(const Said &said) const
{
    QString state = u"said: “%1”; files:"_s.arg(said.text());
    for (const QFileInfo &file : QDir(scratch().path()).entryInfoList(QDir::Files | QDir::Hidden))
        state += u" %1 (%2 bytes)"_s.arg(file.fileName(), QString::number(file.size()));
    return state.toUtf8();
}

void TestSaving::logOfServer()
{
    ServerOptions options;
    options.transport = Transport::Tcp;
    options.host = u"127.0.0.1"_s;
    options.port = u"0"_s;
    const ServerProgram server(options);
    static const QRegularExpression pattern(u", (\\d+)\\)"_s);
    QString port;
    QTRY_VERIFY((port = pattern.match(server.text(u"status"_s)).captured(1)) != QString());
    RawSocket client = RawSocket::connectedTo("127.0.0.1", port.toUShort());
    QCOMPARE(client.receive(12), "Hello World!"_ba);
    client.close();
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"complete"_s);

    QCOMPARE(server.action(u"Save Log…"_s).shortcut(), QKeySequence(Qt::CTRL | Qt::Key_S));
    server.action(u"Save Log…"_s).trigger();
    saveAs(server, path(u"log"_s));
    TRY_MATCH(server.window().statusBar()->currentMessage(), u"Saved [\\d,]+ bytes to %1"_s.arg(path(u"log.jsonl"_s)));
    const QByteArray log = contents(path(u"log.jsonl"_s));
    QCOMPARE(callsOf(log).join(u' '), u"start socket bind listen accept send shutdown recv close end"_s);
    const QJsonObject start = QJsonDocument::fromJson(log.left(log.indexOf('\n'))).object();
    QCOMPARE(start.value(u"program"_s).toString(), u"parley-server"_s);
    QCOMPARE(start.value(u"schema"_s).toInt(), JsonSchemaVersion);
    QCOMPARE(start.value(u"omitted"_s).toInt(-1), 0);

    QCOMPARE(server.action(u"Save Connections…"_s).shortcut(), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S));
    server.action(u"Save Connections…"_s).trigger();
    saveAs(server, path(u"connections"_s));
    TRY_MATCH(server.window().statusBar()->currentMessage(), u"Saved .* to .*connections\\.csv"_s);
    QVERIFY(contents(path(u"connections.csv"_s)).contains(",complete,12,0,12,0,0,"));
}

void TestSaving::logOfClient()
{
    const auto client = clientWith("Hello World!");
    TRY_COMPARE(client->text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    QCOMPARE(client->action(u"Save Log…"_s).shortcut(), QKeySequence(Qt::CTRL | Qt::Key_S));
    client->action(u"Save Log…"_s).trigger();
    saveAs(*client, path(u"log.jsonl"_s));
    TRY_MATCH(client->text(u"status"_s), u"Saved .* to .*"_s);
    const QByteArray log = contents(path(u"log.jsonl"_s));
    QCOMPARE(callsOf(log).join(u' '), u"start socket connect connect getsockname recv recv close end"_s);
    QVERIFY2(log.contains("\"SGVsbG8gV29ybGQh\""), log.constData()); // the message, in base64
}

void TestSaving::logIsWhatJsonPrints()
{
    EventLog log{"parley-server", clockFrom(Start), {}, 3};
    log.wallClock.step(2'500'000'000, (Start.toMSecsSinceEpoch() + 3'602'500) * Millisecond); // set by an hour
    QByteArray printed = startToJson(log.program, Start, 3);
    for (int number = 1; number <= 3; ++number) {
        const Event event =
            acceptedFrom(Address::ipv4(0x7f000001, 3000), static_cast<quint64>(number), qint64{1'000'000'000} * number);
        printed += eventToJson(event, Start.addSecs(number < 3 ? number : number + 3600));
        log.events.insert(log.events.begin(), event); // it puts them in order
    }
    QBuffer file;
    QVERIFY(file.open(QIODevice::WriteOnly));
    writeEventLog(file, log);
    QCOMPARE(file.data(), printed);
}

void TestSaving::logSaysWhatIsOmitted()
{
    EventHistory history;
    EventBatch batch;
    batch.dropped = 7; // on their way
    for (std::size_t i = 0; i < EventHistory::MaxEvents + 1000; ++i)
        batch.events.push_back(eventOf(i + 1, Call::Recv));
    batch.events.push_back(eventOf(0, Call::Recv)); // the listener's stay
    history.read(batch);
    QCOMPARE(history.total(), EventHistory::MaxEvents + 1008);
    QCOMPARE(history.everything().size(), EventHistory::MaxEvents + 1);
}

/// However much is saved.
void TestSaving::windowGoesOn()
{
    EventHistory history;
    EventBatch batch;
    for (std::size_t i = 0; i < EventHistory::MaxEvents; ++i)
        batch.events.push_back(received(i + 1, "Hello World!"));
    history.read(batch);
    QWidget window;
    auto *saver = new FileSaver(&window);
    const Said said(*saver);
    QElapsedTimer all;
    all.start();
    qint64 snapshot = 0;
    saver->ask({u"Save"_s, u"long.jsonl"_s, {}}, [&]() -> FileSaver::Writer {
        QElapsedTimer elapsed;
        elapsed.start();
        EventLog log{"parley-server", clockFrom(Start), history.everything(), 0};
        snapshot = elapsed.elapsed();
        return [log = std::move(log)](QIODevice &file) { writeEventLog(file, log); };
    });
    auto *dialog = window.findChild<QFileDialog *>();
    Q_EMIT dialog->fileSelected(path(u"long.jsonl"_s));
    int turns = 0; // it would not turn while it saved
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&turns] { ++turns; });
    timer.start(5);
    const bool isAnswered = said.waitLong();
    QVERIFY2(isAnswered && said.text().startsWith(u"Saved "_s), stateOf(said).constData());
    QVERIFY(turns > 1);
    QCOMPARE(contents(path(u"long.jsonl"_s)).count('\n'), EventHistory::MaxEvents + 1);
    qInfo("a log of %zu events: %lld ms for the snapshot, %lld ms in all, %d turns of the event loop meanwhile",
          EventHistory::MaxEvents, snapshot, all.elapsed(), turns);
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

/// The contents of the area below are saved in the same way.
void TestSaving::details()
{
    const QByteArray bytes("Hello\0\xff World", 13);
    const auto client = clientWith(bytes);
    TRY_COMPARE(client->text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    client->action(u"Details"_s).setChecked(true);
    const QString gone = path(u"gone/received.bin"_s);
    client->action(u"Save Received Bytes As…"_s).trigger();
    auto *dialog = client->window().findChild<QFileDialog *>();
    QVERIFY(dialog);
    Q_EMIT dialog->fileSelected(gone);
    TRY_COMPARE(client->notice(), u"Cannot save to %1: No such file or directory."_s.arg(gone));
    dialog->reject();
    delete dialog;
    client->action(u"Save Received Bytes As…"_s).trigger();
    saveAs(*client, path(u"received"_s));
    TRY_COMPARE(client->text(u"status"_s), u"Saved 13 bytes to %1"_s.arg(path(u"received.bin"_s)));
    QCOMPARE(contents(path(u"received.bin"_s)), bytes);
    client->action(u"Save Ladder as SVG…"_s).trigger();
    saveAs(*client, path(u"ladder"_s));
    TRY_MATCH(client->text(u"status"_s), u"Saved [\\d,]+ bytes to .*ladder\\.svg"_s);
    QVERIFY(contents(path(u"ladder.svg"_s)).startsWith("<?xml"));
}

void TestSaving::connections()
{
    EventStream stream;
    ConnectionModel model(stream);
    EventBatch batch;
    const Event datagram = at(40 * Millisecond, made(4, Call::RecvFrom, {5, 0}, Address::parseIPv6("fe80::1", 7)));
    batch.events = {accepted(1, 10 * Millisecond),
                    eventOf(1, Call::Send, 12, 11 * Millisecond),
                    ended(1, Outcome::Complete, 0, 12 * Millisecond, 12),
                    accepted(2, 20 * Millisecond),
                    acceptedFrom(Address::unixPeer(7, 8), 3, 30 * Millisecond),
                    ended(3, Outcome::Denied, 0, 31 * Millisecond),
                    datagram,
                    eventOf(4, Call::SendTo, 12, 41 * Millisecond)};
    model.read(batch);
    QBuffer file;
    QVERIFY(file.open(QIODevice::WriteOnly));
    writeConnections(file, model.records(), clockFrom(Start));
    QCOMPARE(file.data(),
             "number,started,ended,peer_address,peer_port,outcome,sent_bytes,received_bytes,acknowledged_bytes,"
             "datagrams_received,datagrams_sent,duration_us\r\n"
             "1,2026-11-22T16:00:00.010Z,2026-11-22T16:00:00.012Z,192.168.0.104,60001,complete,12,0,12,0,0,2000\r\n"
             "2,2026-11-22T16:00:00.020Z,,192.168.0.104,60002,open,0,0,,0,0,\r\n"
             "3,2026-11-22T16:00:00.030Z,2026-11-22T16:00:00.031Z,\"pid 7, uid 8\",,denied,0,0,0,0,0,1000\r\n"
             "4,2026-11-22T16:00:00.040Z,2026-11-22T16:00:00.041Z,fe80::1,7,datagrams,12,5,,1,1,1000\r\n"_ba);
}

void TestSaving::aMillionConnections()
{
    EventStream stream;
    ConnectionModel model(stream);
    EventBatch batch;
    for (quint64 number = 1; number <= ConnectionModel::MaxRows; ++number)
        batch.events.push_back(accepted(number));
    model.read(batch);
    QWidget window;
    auto *saver = new FileSaver(&window);
    const Said said(*saver);
    QElapsedTimer elapsed;
    qint64 snapshot = 0; // ns
    saver->ask({u"Save"_s, u"million.csv"_s, {}}, [&]() -> FileSaver::Writer {
        elapsed.start();
        const ConnectionStore records = model.records();
        snapshot = elapsed.nsecsElapsed();
        return [records](QIODevice &file) { writeConnections(file, records, clockFrom(Start)); };
    });
    Q_EMIT window.findChild<QFileDialog *>()->fileSelected(path(u"million.csv"_s));
    const bool isAnswered = said.waitLong();
    QVERIFY2(isAnswered && said.text().startsWith(u"Saved "_s), stateOf(said).constData());
    const qint64 all = elapsed.elapsed();
    QCOMPARE(contents(path(u"million.csv"_s)).count('\n'), ConnectionModel::MaxRows + 1);
    qInfo("%d connections: %lld µs for the snapshot, %lld ms in all", ConnectionModel::MaxRows, snapshot / 1000, all);
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

void TestSaving::onlyRegularFiles_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("reason");
    QTest::newRow("FIFO") << u"fifo"_s << u"it is a FIFO; choose a regular file or a new name"_s;
    QTest::newRow("socket") << u"socket"_s << u"it is a socket; choose a regular file or a new name"_s;
    QTest::newRow("device") << u"device"_s << u"it is a device; choose a regular file or a new name"_s;
    QTest::newRow("folder") << u"folder"_s << u"it is a folder; choose a regular file or a new name"_s;
    QTest::newRow("link to a device") << u"/dev/null"_s
                                      << u"it is a link to /dev/null, which has to be chosen itself"_s;
    QTest::newRow("link to a file") << u"file"_s << u"it is a link to %1, which has to be chosen itself"_s;
}

/// Anything but a regular file is refused, and stays what it was.
void TestSaving::onlyRegularFiles()
{
    QFETCH(const QString, what);
    QFETCH(const QString, reason);
    const QString name = path(u"chosen.txt"_s);
    const QByteArray nativeName = QFile::encodeName(name);
    const QString target = path(u"target"_s);
    if (what == u"fifo"_s) {
        QCOMPARE(::mkfifo(nativeName.constData(), 0600), 0);
    } else if (what == u"folder"_s) {
        QVERIFY(QDir().mkdir(name));
    } else if (what == u"socket"_s) {
        QVERIFY(RawSocket::listeningOn(nativeName).isOpen());
    } else if (what == u"device"_s) {
        if (::mknod(nativeName.constData(), S_IFCHR | 0600, ::makedev(1, 3)) != 0) // that of /dev/null
            QSKIP("Only root may make devices.");
    } else if (what == u"file"_s) {
        QFile file(target);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("before") == 6);
        file.close();
        QVERIFY(QFile::link(target, name));
    } else {
        QVERIFY(QFile::link(what, name));
    }
    struct stat before = {};
    QCOMPARE(::lstat(nativeName.constData(), &before), 0);

    QWidget window;
    auto *saver = new FileSaver(&window);
    const Said said(*saver);
    saver->ask({u"Save"_s, u"chosen.txt"_s, {}},
               []() -> FileSaver::Writer { return [](QIODevice &file) { file.write("after"); }; });
    Q_EMIT window.findChild<QFileDialog *>()->fileSelected(name);
    const QString why = what == u"file"_s ? reason.arg(target) : reason;
    TRY_COMPARE(said.text(), u"Cannot save to %1: %2."_s.arg(name, why));

    struct stat after = {};
    QCOMPARE(::lstat(nativeName.constData(), &after), 0);
    QCOMPARE(after.st_ino, before.st_ino);
    QCOMPARE(after.st_mode, before.st_mode);
    if (what == u"file"_s)
        QCOMPARE(contents(target), "before"_ba);
}

/// A file that does not become whole does not appear, and an earlier file stays.
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
    QCOMPARE(QDir(scratch().path()).entryList({u"message*"_s}, QDir::Files), QStringList{u"message.txt"_s});
}

/// The window answers while a file is written, and a file under way is still saved when the window goes.
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
