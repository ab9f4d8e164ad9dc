// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Peer = QStringLiteral(PARLEY_INTEROP "/encoded_peer.py");

struct PythonPeer : Process
{
    explicit PythonPeer(const QStringList &arguments) : Process(u"python3"_s, QStringList{Peer} + arguments) {}
};

} // namespace

/// Texts in other encodings, between the headless programs and Python's codecs.
class TestInteropEncodings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void sentAndReceived_data() { encodings(); }
    void sentAndReceived();
    void greeting_data() { encodings(); }
    void greeting();
    void escapes();
    void datagrams();
    void expected();
    void eventsKeepTheirBytes();
    void refuses_data();
    void refuses();

private:
    static void encodings();
};

void TestInteropEncodings::encodings()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("codec");
    QTest::addColumn<QString>("text");
    QTest::newRow("UTF-8") << u"utf-8"_s << u"utf-8"_s << u"Grüße 你好 🌍"_s;
    QTest::newRow("Latin-1") << u"latin1"_s << u"latin-1"_s << u"Grüße, ça va?"_s;
    QTest::newRow("GBK") << u"GBK"_s << u"gbk"_s << u"你好，世界"_s;
    QTest::newRow("Shift_JIS") << u"Shift_JIS"_s << u"cp932"_s << u"表示ｱ日本①"_s;
    QTest::newRow("UTF-16LE") << u"UTF-16LE"_s << u"utf-16-le"_s << u"Grüße 你好 🌍"_s;
    QTest::newRow("UTF-16BE") << u"UTF-16BE"_s << u"utf-16-be"_s << u"Grüße 你好 🌍"_s;
}

void TestInteropEncodings::sentAndReceived()
{
    QFETCH(const QString, name);
    QFETCH(const QString, codec);
    QFETCH(const QString, text);
    PythonPeer server({u"server"_s, codec, text});
    const quint16 port = server.nextLine().toUShort();
    VERIFY(port > 0, server);
    ClientProcess client(port, {u"--encoding"_s, name, u"--send"_s, text});
    VERIFY(client.exitStatus() == 0, client, server);
    QCOMPARE(QString::fromUtf8(server.nextLine()), text);
    QCOMPARE(QString::fromUtf8(client.output()), text + u'\n');
}

void TestInteropEncodings::greeting()
{
    QFETCH(const QString, name);
    QFETCH(const QString, codec);
    QFETCH(const QString, text);
    for (const QString &greeting : {text, QString()}) {
        QStringList options{u"--encoding"_s, name};
        if (!greeting.isEmpty())
            options += {u"--greeting"_s, greeting};
        ServerProcess server(u"127.0.0.1"_s, options);
        PythonPeer client({u"client"_s, codec, QString::number(server.port())});
        VERIFY(client.exitStatus() == 0, client, server);
        QCOMPARE(QString::fromUtf8(client.output()), (greeting.isEmpty() ? u"Hello World!"_s : greeting) + u'\n');
    }
}

/// `\xhh` is a byte in every encoding, the others are characters.
void TestInteropEncodings::escapes()
{
    const RawSocket listener = RawSocket::listening();
    ClientProcess client(listener.localPort(),
                         {u"--encoding"_s, u"UTF-16BE"_s, u"--escapes"_s, u"--send"_s, u"a\\n\\xff\\u00e9"_s});
    RawSocket peer = listener.accept();
    VERIFY(peer.receive(7) == QByteArray("\0a\0\n\xff\0\xe9", 7), client);
    QVERIFY(peer.send(QByteArray("\0O\0K\0\x1b", 6))); // what acts on a terminal stays escaped
    peer.close();
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(client.output(), "OK\\x1b\n"_ba);
}

void TestInteropEncodings::datagrams()
{
    RawDatagrams server = RawDatagrams::bound();
    ClientProcess client(server.localPort(), {u"--udp"_s, u"--encoding"_s, u"GBK"_s, u"--send"_s, u"你"_s});
    VERIFY(server.receive() == "\xc4\xe3"_ba, client);
    QVERIFY(server.answer("\xba\xc3"));
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(client.output(), "好\n"_ba);
}

void TestInteropEncodings::expected()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--encoding"_s, u"Shift_JIS"_s, u"--greeting"_s, u"表"_s});
    ClientProcess right(server.port(), {u"--encoding"_s, u"sjis"_s, u"--repeat"_s, u"3"_s, u"--expect"_s, u"表"_s});
    VERIFY(right.exitStatus() == 0, right, server);
    ClientProcess wrong(server.port(), {u"--repeat"_s, u"3"_s, u"--expect"_s, u"表"_s});
    VERIFY(wrong.exitStatus() == 1, wrong, server);
}

/// The JSON Lines tell bytes, whatever they are shown as.
void TestInteropEncodings::eventsKeepTheirBytes()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--greeting"_s, u"é"_s});
    ClientProcess client(server.port(), {u"--json"_s, u"--encoding"_s, u"latin1"_s});
    VERIFY(client.exitStatus() == 0, client, server);
    VERIFY(client.output().contains(R"("data":"w6k=")"), client);
}

void TestInteropEncodings::refuses_data()
{
    QTest::addColumn<QString>("options");
    QTest::addColumn<QByteArray>("sentence");
    QTest::newRow("unknown") << u"--encoding klingon"_s
                             << "--encoding: “klingon” is no text encoding that is known here: give UTF-8, ISO-8859-1, "
                                "GBK, Shift_JIS, UTF-16LE or UTF-16BE.\n"_ba;
    QTest::newRow("character") << u"--encoding gbk --send 'Spaß'"_s
                               << "--send “Spaß”: “ß” is not a character of GBK: choose another text encoding, or "
                                  "write bytes as \\xhh.\n"_ba;
    QTest::newRow("bytes") << u"--encoding gbk --send \"$(printf '\\377')\""_s
                           << "--send “\\xff” is not UTF-8, so --encoding cannot change it to GBK.\n"_ba;
    QTest::newRow("expected") << u"--encoding latin1 --repeat 2 --expect '€'"_s
                              << "--expect “€”: “€” is not a character of ISO-8859-1: choose another text encoding, or "
                                 "write bytes as \\xhh.\n"_ba;
}

void TestInteropEncodings::refuses()
{
    QFETCH(const QString, options);
    QFETCH(const QByteArray, sentence);
    Process client(u"/bin/sh"_s, {u"-c"_s, u"\"$0\" --headless "_s + options, QStringLiteral(PARLEY_CLIENT)});
    VERIFY(client.exitStatus() == 2, client);
    QCOMPARE(client.errorOutput(), "parley-client: "_ba + sentence);
    QCOMPARE(client.output(), ""_ba);
}

QTEST_GUILESS_MAIN(TestInteropEncodings)
#include "tst_interop_encodings.moc"
