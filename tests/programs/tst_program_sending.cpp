// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/portable.h"
#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitizer.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Client = QStringLiteral(PARLEY_CLIENT);

/// parley-client --headless with @p options, words of a shell, and the endpoint 127.0.0.1 @p port.
struct ShellClient : Process
{
    /// @p before: what writes to its stdin, with a bar.
    ShellClient(const QString &options, quint16 port, const QString &before = {})
        : Process(u"/bin/sh"_s,
                  {u"-c"_s, before + u" \"$0\" --headless "_s + options + u" 127.0.0.1 %1"_s.arg(port), Client})
    {
    }
};

} // namespace

/// What the client is told to send, and from where, on the command line.
class TestProgramSending : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void sendsTheseBytes_data();
    void sendsTheseBytes();
    void sendsADatagram();
    void sendsToEachOfMany();
    void streamsStdin();
    void streamsAFifo();
    void streamsWithoutEnd();
    void goesOnAfterThePeersFin();
    void refuses_data();
    void refuses();
    void comesFrom_data();
    void comesFrom();
    void sourceOfADatagram();
    void sourceCannotBeUsed_data();
    void sourceCannotBeUsed();
    void sourcePortIsInUse();

private:
    QString path(const QString &name) const { return scratch_.filePath(name); }

    const QTemporaryDir scratch_;
};

void TestProgramSending::sendsTheseBytes_data()
{
    QTest::addColumn<QString>("options");
    QTest::addColumn<QByteArray>("bytes");

    QFile file(path(u"bytes"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QByteArray content = QByteArray::fromHex("00ff0a0d0080efbbbf");
    file.write(content);
    file.close();
    QTest::newRow("text") << u"--send 'Grüße\\n'"_s << "Grüße\\n"_ba;
    QTest::newRow("not UTF-8") << u"--send \"$(printf 'a\\377\\303z\\344\\270')\""_s << "a\xff\xc3z\xe4\xb8"_ba;
    QTest::newRow("byte order mark") << u"--send=\"$(printf '\\357\\273\\277x')\""_s << "\xef\xbb\xbfx"_ba;
    QTest::newRow("escapes") << u"--escapes --send 'a\\r\\n\\x00\\xff\\u00e9\\\\'"_s
                             << QByteArray("a\r\n\0\xff\xc3\xa9\\", 8);
    QTest::newRow("hex") << u"--send-hex '48 65 0a ff'"_s << "He\n\xff"_ba;
    QTest::newRow("hex in C") << u"--send-hex '{0x48, 0x00};'"_s << QByteArray("H\0", 2);
    QTest::newRow("a dump") << u"--send-hex '00000000: 4865 6c6c 6f                             Hello\n'"_s
                            << "Hello"_ba;
    QTest::newRow("file") << u"--send-file '%1'"_s.arg(path(u"bytes"_s)) << content;
    QTest::newRow("file as stdin") << u"--send-file - < '%1'"_s.arg(path(u"bytes"_s)) << content;
}

void TestProgramSending::sendsTheseBytes()
{
    QFETCH(const QString, options);
    QFETCH(const QByteArray, bytes);
    const RawSocket listener = RawSocket::listening();
    // The redirection of a row stands before the endpoint, where a shell takes it, too.
    ShellClient client(options, listener.localPort());
    RawSocket peer = listener.accept();
    VERIFY(peer.receive(bytes.size()) == bytes, client);
    QVERIFY(peer.send("Thanks"));
    peer.shutdownSending();
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(client.output(), "Thanks\n"_ba);
    VERIFY(peer.receive(1).isEmpty(), client); // nothing more
}

void TestProgramSending::sendsADatagram()
{
    RawDatagrams server = RawDatagrams::bound();
    ShellClient client(u"--udp --timeout 0.3 --send-file -"_s, server.localPort(), u"printf 'a\\0\\377' |"_s);
    VERIFY(server.receive() == QByteArray("a\0\xff", 3), client);
    VERIFY(client.exitStatus() == 1, client); // nobody answers
}

void TestProgramSending::sendsToEachOfMany()
{
    QFile file(path(u"many"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("x\ny");
    file.close();
    for (const QString &options :
         {u"--send-hex 780a79"_s, u"--escapes --send 'x\\ny'"_s, u"--send-file '%1'"_s.arg(path(u"many"_s))}) {
        const RawSocket listener = RawSocket::listening();
        ShellClient client(options + u" --repeat 2"_s, listener.localPort());
        for (int i = 0; i < 2; ++i) {
            RawSocket peer = listener.accept();
            VERIFY(peer.receive(3) == "x\ny"_ba, client);
            QVERIFY(peer.send("Hello"));
        }
        VERIFY(client.exitStatus() == 0, client);
    }
}

void TestProgramSending::streamsStdin()
{
    QByteArray bytes(5'000'000, Qt::Uninitialized);
    for (qsizetype i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i % 251);
    QFile file(path(u"long"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.close();
    const RawSocket listener = RawSocket::listening();
    ShellClient client(u"--send-file -"_s, listener.localPort(), u"cat '%1' |"_s.arg(path(u"long"_s)));
    RawSocket peer = listener.accept();
    VERIFY(peer.receive(bytes.size()) == bytes, client);
    QVERIFY(peer.send("Thanks"));
    peer.close();
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(client.output(), "Thanks\n"_ba);
}

/// Piece by piece, whatever time passes between them, until the writer closes.
void TestProgramSending::streamsAFifo()
{
    const QByteArray fifo = QFile::encodeName(path(u"fifo"_s));
    QCOMPARE(::mkfifo(fifo.constData(), 0600), 0);
    const RawSocket listener = RawSocket::listening();
    ShellClient client(u"--timeout 0.2 --send-file '%1'"_s.arg(path(u"fifo"_s)), listener.localPort());
    RawSocket peer = listener.accept();
    const int writer = ::open(fifo.constData(), O_RDWR | O_CLOEXEC); // does not wait for a reader
    QVERIFY(writer >= 0);
    for (const QByteArray &piece : {"one"_ba, "two"_ba}) {
        QCOMPARE(::write(writer, piece.constData(), 3), 3);
        VERIFY(peer.receive(3) == piece, client);
        VERIFY(!QTest::qWaitFor([&] { return !client.isRunning(); }, 500), client); // longer than the time-out
    }
    QVERIFY(peer.send("Thanks"));
    ::close(writer);
    VERIFY(client.exitStatus() == 1, client); // the time-out runs from the end of the file on
    QCOMPARE(client.output(), "Thanks\n"_ba);
}

/// Endless input costs no memory, and a signal ends it.
void TestProgramSending::streamsWithoutEnd()
{
    const RawSocket listener = RawSocket::listening();
    ShellClient client(u"--send-file - < /dev/zero"_s, listener.localPort(), u"exec"_s); // its id is the client's
    RawSocket peer = listener.accept();
    constexpr qsizetype piece = 1'000'000;
    for (int i = 0; i < 100; ++i)
        VERIFY(peer.receive(piece) == QByteArray(piece, '\0'), client);
    const qint64 most = memory(client.pid(), "VmHWM"); // KiB
    if (!IsPortable && !IsSanitized)
        QVERIFY2(most > 0 && most < 64 * 1024, qPrintable(QString::number(most)));
    client.sendSignal(SIGINT);
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(isOneLine(client.errorOutput()), client);
}

/// All of the file goes to a peer that has closed its own side already.
void TestProgramSending::goesOnAfterThePeersFin()
{
    const QByteArray bytes(3'000'000, '\0');
    const RawSocket listener = RawSocket::listening();
    ShellClient client(u"--send-file -"_s, listener.localPort(), u"head -c 3000000 /dev/zero |"_s);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send("Hello"));
    peer.shutdownSending();
    VERIFY(peer.receive(bytes.size() + 1) == bytes, client); // until the client closes
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(client.output(), "Hello\n"_ba);
}

void TestProgramSending::refuses_data()
{
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("sentence");

    const QString excluded = u"--send, --send-hex and --send-file exclude each other: each says what to send."_s;
    QTest::newRow("text and hex") << u"--send a --send-hex 61"_s << excluded;
    QTest::newRow("text and file") << u"--send a --send-file -"_s << excluded;
    QTest::newRow("hex and file") << u"--send-hex 61 --send-file -"_s << excluded;
    QTest::newRow("escapes alone") << u"--escapes"_s << u"--escapes goes with --send."_s;
    QTest::newRow("wrong escape") << u"--escapes --send '\\q'"_s
                                  << u"--send “\\\\q”: \\q is not a known escape. Use \\n, \\r, \\t, \\0, \\\\, \\xhh, "
                                     "\\uhhhh or \\Uhhhhhhhh."_s;
    QTest::newRow("escapes in other than UTF-8")
        << u"--escapes --send \"$(printf 'a\\377')\""_s
        << u"--send “a\\xff” is not UTF-8: with --escapes, write such a byte as \\xhh."_s;
    QTest::newRow("wrong hex") << u"--send-hex '48 6'"_s
                               << u"--send-hex “48 6”: 6 is half a byte: each takes two hexadecimal digits."_s;
    QTest::newRow("no such file") << u"--send-file /no/such/file"_s
                                  << u"--send-file “/no/such/file”: No such file or directory."_s;
    QTest::newRow("folder") << u"--send-file /tmp"_s << u"--send-file “/tmp”: Is a directory."_s;
    QTest::newRow("folder for many") << u"--repeat 2 --send-file /tmp"_s
                                     << u"--send-file “/tmp” is not a regular file: only one TCP or Unix connection "
                                        "with --headless takes others."_s;
    QTest::newRow("endless for many") << u"--repeat 2 --send-file - < /dev/zero"_s
                                      << u"--send-file “-” is longer than 16777216 bytes, the most that is sent as a "
                                         "whole."_s;
    QTest::newRow("two sources") << u"--source 127.0.0.1 --source 127.0.0.2"_s
                                 << u"--source can be repeated with --repeat alone: a connection has one source."_s;
    QTest::newRow("net") << u"--source 127.0.0.0/8"_s
                         << u"--source “127.0.0.0/8” is a net, which goes with --repeat: give one address."_s;
    QTest::newRow("name") << u"--source localhost"_s
                          << u"--source “localhost” is not an address of this computer: give one such as 127.0.0.1, or "
                             "with a port 127.0.0.1:4000 or [::1]:4000."_s;
    QTest::newRow("port out of range") << u"--source 127.0.0.1:65536"_s
                                       << u"--source “65536” is not a port: give a number from 0 to 65535, or the name "
                                          "of a TCP service such as http."_s;
}

void TestProgramSending::refuses()
{
    QFETCH(const QString, options);
    QFETCH(const QString, sentence);
    ShellClient client(options, 1);
    VERIFY(client.exitStatus() == 2, client);
    QCOMPARE(QString::fromUtf8(client.errorOutput()), u"parley-client: "_s + sentence + u'\n');
    QCOMPARE(client.output(), ""_ba);
}

void TestProgramSending::comesFrom_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("source"); // %1: the port
    QTest::addColumn<QString>("from");
    if constexpr (!IsPortable) { // Linux has all of 127.0.0.0/8
        QTest::newRow("address") << u"127.0.0.1"_s << u"127.0.0.2"_s << u"127.0.0.2"_s;
        QTest::newRow("address and port") << u"127.0.0.1"_s << u"127.0.0.3:%1"_s << u"127.0.0.3"_s;
    }
    QTest::newRow("port") << u"127.0.0.1"_s << u"*:%1"_s << u"127.0.0.1"_s;
    QTest::newRow("IPv6") << u"::1"_s << u"[::1]:%1"_s << u"::1"_s;
    QTest::newRow("a name's addresses of that family") << u"localhost"_s << u"127.0.0.1:%1"_s << u"127.0.0.1"_s;
}

void TestProgramSending::comesFrom()
{
    QFETCH(const QString, host);
    QFETCH(QString, source);
    QFETCH(const QString, from);
    if (host.contains(u':') && !RawSocket::bound("::1").isOpen())
        QSKIP("This computer has no IPv6.");
    const quint16 free = RawSocket::bound(from.toLatin1().constData()).localPort();
    const bool hasPort = source.contains(u"%1"_s);
    source = hasPort ? source.arg(free) : source;
    ServerProcess server(host);
    Process client(Client, {u"--headless"_s, u"--json"_s, u"--source"_s, source, host, QString::number(server.port())});
    VERIFY(client.exitStatus() == 0, client, server);
    const QJsonObject bound = firstEvent(client.output(), u"bind"_s);
    QVERIFY2(!bound.isEmpty(), client.output().constData());
    const QJsonArray local = firstEvent(client.output(), u"getsockname"_s).value(u"local"_s).toArray();
    QCOMPARE(local.at(0).toString(), from);
    if (hasPort)
        QCOMPARE(local.at(1).toInt(), free);
    VERIFY(server.nextLine().contains("('" + from.toLatin1() + "', " + QByteArray::number(local.at(1).toInt())),
           server);
}

void TestProgramSending::sourceOfADatagram()
{
    const quint16 free = RawDatagrams::bound().localPort();
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s});
    Process client(Client, {u"--headless"_s, u"--udp"_s, u"--source"_s, u"127.0.0.1:%1"_s.arg(free), u"127.0.0.1"_s,
                            QString::number(server.port())});
    VERIFY(client.exitStatus() == 0, client, server);
    VERIFY(server.nextLine() == "Datagram from ('127.0.0.1', " + QByteArray::number(free) + ')', server);
}

void TestProgramSending::sourceCannotBeUsed_data()
{
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("sentence"); // %1: the endpoint
    const QString advice = u" Give another source, or none: the system then chooses it."_s;
    for (const QString &udp : {QString(), u"--udp "_s}) {
        QTest::addRow("%sother address", qPrintable(udp))
            << udp + u"--source 192.0.2.7"_s
            << u"192.0.2.7 is not an address of this computer, so nothing can be sent from it."_s + advice;
        QTest::addRow("%sother family", qPrintable(udp))
            << udp + u"--source ::1"_s << u"%1 has no IPv6 address, and the source ::1 is one."_s + advice;
    }
}

void TestProgramSending::sourceCannotBeUsed()
{
    QFETCH(const QString, options);
    QFETCH(const QString, sentence);
    const RawSocket listener = RawSocket::listening();
    ShellClient client(options, listener.localPort());
    VERIFY(client.exitStatus() == 1, client);
    QCOMPARE(QString::fromUtf8(client.errorOutput()),
             u"parley-client: "_s + QString(sentence).replace(u"%1"_s, u"127.0.0.1:%1"_s.arg(listener.localPort()))
                 + u'\n');
}

void TestProgramSending::sourcePortIsInUse()
{
    const RawSocket other = RawSocket::listening();
    const RawSocket listener = RawSocket::listening();
    ShellClient client(u"--source 127.0.0.1:%1"_s.arg(other.localPort()), listener.localPort());
    VERIFY(client.exitStatus() == 1, client);
    QCOMPARE(QString::fromUtf8(client.errorOutput()),
             u"parley-client: The source 127.0.0.1:%1 is in use: another socket has that port. Give another source, "
             "or none: the system then chooses it.\n"_s.arg(other.localPort()));
}

QTEST_GUILESS_MAIN(TestProgramSending)
#include "tst_program_sending.moc"
