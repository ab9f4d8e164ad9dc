// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connections_csv.h"
#include "shared/event/event_history.h"
#include "shared/event/event_json.h"
#include "shared/event/event_log.h"
#include "shared/event/wall_clock.h"
#include "shared/ui/file_saver.h"
#include "tests/support/events.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QFileDialog>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStatusBar>
#include <QTimeZone>
#include <QTimer>

#include <atomic>
#include <csignal>
#include <sys/resource.h>

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

const QDateTime Start(QDate(2026, 11, 22), QTime(16, 0), QTimeZone::utc());

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

/// Passes on what is written, and counts it for another thread.
class Counted : public QIODevice
{
public:
    Counted(QIODevice &device, std::atomic<qint64> &written) : device_(device), written_(written)
    {
        open(QIODevice::WriteOnly | QIODevice::Unbuffered);
    }

protected:
    qint64 readData(char *, qint64) override { return -1; }
    qint64 writeData(const char *data, qint64 size) override
    {
        written_ += size;
        return device_.write(data, size);
    }

private:
    QIODevice &device_;
    std::atomic<qint64> &written_;
};

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
    /// However long it takes, as long as more is @p written.
    bool wait(const std::atomic<qint64> &written) const
    {
        qint64 seen = -1;
        while (text_.isEmpty() && seen != written) {
            seen = written;
            (void)QTest::qWaitFor([&] { return !text_.isEmpty() || written != seen; }, WindowPatience);
        }
        return !text_.isEmpty();
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
    void logSaysWhatIsOmitted();
    void windowGoesOn();
    void message();
    void history();
    void details();
    void aMillionConnections();
    void nowhere();
    void disk();

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
    RawSocket client = RawSocket::connectedTo("127.0.0.1", portOf(server));
    QCOMPARE(client.receive(12), "Hello World!"_ba);
    client.close();
    TRY_COMPARE(server.cell(u"connections"_s, 0, ConnectionModel::State), u"complete"_s);

    QCOMPARE(server.action(u"Save Log…"_s).shortcut(), QKeySequence(Qt::CTRL | Qt::Key_S));
    server.action(u"Save Log…"_s).trigger();
    const QString proposed = QFileInfo(server.window().findChild<QFileDialog *>()->selectedFiles().value(0)).fileName();
    QVERIFY2(matches(proposed, uR"(parley-server-\d{4}-\d\d-\d\dT\d{4}\.jsonl)"_s), qPrintable(proposed));
    const auto minute = QDateTime::fromString(proposed.sliced(14, 15), u"yyyy-MM-ddTHHmm"_s);
    QVERIFY2(minute.secsTo(QDateTime::currentDateTime()) < 600, qPrintable(proposed));
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
    std::atomic<qint64> written = 0; // the worker ends with the window
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
        return [log = std::move(log), &written](QIODevice &file) {
            Counted counted(file, written);
            writeEventLog(counted, log);
        };
    });
    auto *dialog = window.findChild<QFileDialog *>();
    Q_EMIT dialog->fileSelected(path(u"long.jsonl"_s));
    int turns = 0; // it would not turn while it saved
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&turns] { ++turns; });
    timer.start(5);
    const bool isAnswered = said.wait(written);
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
        "received_bytes,reads,duration_us,ending\r\n"
        "1,%1,%1,127.0.0.1:\\d+,127.0.0.1,\\d+,127.0.0.1,\\d+,complete,,12,1,\\d+,complete\r\n"
        "2,%1,%1,127.0.0.1:%2,127.0.0.1,%2,,,refused,ECONNREFUSED,0,0,\\d+,refused\r\n"_s.arg(time)
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

void TestSaving::aMillionConnections()
{
    EventStream stream;
    ConnectionModel model(stream);
    EventBatch batch;
    for (quint64 number = 1; number <= ConnectionModel::MaxRows; ++number)
        batch.events.push_back(accepted(number));
    model.read(batch);
    std::atomic<qint64> written = 0; // the worker ends with the window
    QWidget window;
    auto *saver = new FileSaver(&window);
    const Said said(*saver);
    QElapsedTimer elapsed;
    qint64 snapshot = 0; // ns
    saver->ask({u"Save"_s, u"million.csv"_s, {}}, [&]() -> FileSaver::Writer {
        elapsed.start();
        const ConnectionStore records = model.records();
        snapshot = elapsed.nsecsElapsed();
        return [records, &written](QIODevice &file) {
            Counted counted(file, written);
            writeConnections(counted, records, clockFrom(Start));
        };
    });
    Q_EMIT window.findChild<QFileDialog *>()->fileSelected(path(u"million.csv"_s));
    const bool isAnswered = said.wait(written);
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

QTEST_MAIN(TestSaving)
#include "tst_saving.moc"
