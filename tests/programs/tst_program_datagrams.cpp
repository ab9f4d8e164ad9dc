// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/portable.h"
#include "tests/support/printed.h"
#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Client = QStringLiteral(PARLEY_CLIENT);

} // namespace

/// UDP on the command lines of both programs.
class TestProgramDatagrams : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void datagrams_data();
    void datagrams();
    void sendersAreListedOnce();
    void datagramsInJson();
    void noAnswerIsNoRefusal();
    void datagramLongerThanTheLimit();
    void longestDatagram();
    void allAnswersArePrinted();
};

void TestProgramDatagrams::datagrams_data()
{
    QTest::addColumn<QString>("listening");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("announcement");
    QTest::addColumn<QString>("sender");
    const QString ipv4 = u"('127.0.0.1', %1)"_s;
    const QString ipv6 = u"('::1', %1, 0, 0)"_s;
    QTest::newRow("IPv4") << u"127.0.0.1"_s << u"127.0.0.1"_s << ipv4 << ipv4;
    QTest::newRow("IPv6") << u"::1"_s << u"::1"_s << ipv6 << ipv6;
    QTest::newRow("dual stack, IPv4 peer") << u"*"_s << u"127.0.0.1"_s << u"('::', %1, 0, 0)"_s << ipv4;
    QTest::newRow("dual stack, IPv6 peer") << u"*"_s << u"::1"_s << u"('::', %1, 0, 0)"_s << ipv6;
    // The answer has to come from the address that was asked, which is not the one that routing prefers.
    // POSIX does not tell which one that was (IP_PKTINFO, ip(7)).
    if (!IsPortable)
        QTest::newRow("another address of this computer")
            << u"*"_s << u"127.0.0.2"_s << u"('::', %1, 0, 0)"_s << u"('127.0.0.1', %1)"_s;
    QTest::newRow("a name") << u"localhost"_s << u"localhost"_s << ipv4 << ipv4;
}

void TestProgramDatagrams::datagrams()
{
    QFETCH(const QString, listening);
    QFETCH(const QString, host);
    QFETCH(const QString, announcement);
    QFETCH(const QString, sender);
    if ((sender.contains(u':') || announcement.contains(u':')) && !RawSocket::bound("::1").isOpen())
        QSKIP("This computer has no IPv6.");

    ServerProcess server(listening, {u"--udp"_s});
    const QString port = QString::number(server.port());
    VERIFY(QString::fromUtf8(server.announcement()) == u"Listening on "_s + announcement.arg(port), server);
    for (int run = 1; run <= 3; ++run) {
        Process client(Client, {u"--headless"_s, u"--udp"_s, host, port});
        VERIFY(client.exitStatus() == 0, client, server);
        QCOMPARE(client.output(), "Hello World!\n"_ba);
        QCOMPARE(client.errorOutput(), ""_ba);
        const QString line = QRegularExpression::escape(u"Datagram from "_s + sender.arg(u"#"_s));
        VERIFY(matches(server.nextLine(), u'^' + QString(line).replace(u"\\#"_s, u"\\d+"_s) + u'$'), server);
    }
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    QCOMPARE(server.output().count('\n'), 3);
    VERIFY(isOneLine(server.errorOutput()), server);
}

void TestProgramDatagrams::sendersAreListedOnce()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s});
    RawDatagrams first = RawDatagrams::connectedTo("127.0.0.1", server.port());
    RawDatagrams second = RawDatagrams::connectedTo("127.0.0.1", server.port());
    for (RawDatagrams *sender : {&first, &second}) {
        for (int i = 0; i < 3; ++i) {
            QVERIFY(sender->send(QByteArray(i, '?'))); // an empty one too
            VERIFY(sender->receive() == "Hello World!"_ba, server);
        }
    }
    QVERIFY(first.send("again"));
    VERIFY(first.receive() == "Hello World!"_ba, server);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    const QByteArray line = "Datagram from ('127.0.0.1', ";
    QCOMPARE(server.output(), line + QByteArray::number(first.localPort()) + ")\n" + line
                                  + QByteArray::number(second.localPort()) + ")\n");
}

void TestProgramDatagrams::datagramsInJson()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s, u"--json"_s});
    Process client(Client, {u"--headless"_s, u"--json"_s, u"--udp"_s, u"--send"_s, u"Grüße"_s, u"127.0.0.1"_s,
                            QString::number(server.port())});
    VERIFY(client.exitStatus() == 0, client, server);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);

    const QJsonValue local = firstEvent(client.output(), u"getsockname"_s).value(u"local"_s);
    const QJsonArray listening{u"127.0.0.1"_s, server.port()};
    const auto text = [](const QJsonObject &event) {
        return QByteArray::fromBase64(event.value(u"data"_s).toString().toLatin1());
    };
    const QJsonObject asked = firstEvent(server.output(), u"recvfrom"_s);
    QCOMPARE(asked.value(u"peer"_s), local);
    QCOMPARE(asked.value(u"connection"_s).toInt(), 1);
    QCOMPARE(text(asked), "Grüße"_ba);
    const QJsonObject answer = firstEvent(server.output(), u"sendto"_s);
    QCOMPARE(answer.value(u"peer"_s), local);
    QCOMPARE(answer.value(u"result"_s).toInt(), 12);
    QCOMPARE(text(answer), "Hello World!"_ba);
    QCOMPARE(firstEvent(server.output(), u"getsockname"_s).value(u"local"_s).toArray(), listening);

    QCOMPARE(text(firstEvent(client.output(), u"send"_s)), "Grüße"_ba);
    const QJsonObject received = firstEvent(client.output(), u"recv"_s);
    QCOMPARE(received.value(u"peer"_s).toArray(), listening);
    QCOMPARE(text(received), "Hello World!"_ba);
    const QJsonObject end = firstEvent(client.output(), u"end"_s);
    QCOMPARE(end.value(u"outcome"_s).toString(), u"complete"_s); // older readers rely on it
    QCOMPARE(end.value(u"ending"_s).toString(), u"answered"_s);
}

void TestProgramDatagrams::noAnswerIsNoRefusal()
{
    RawDatagrams silent = RawDatagrams::bound();
    const RawDatagrams closed = RawDatagrams::refusing();
    const auto run = [](quint16 port) {
        return Process(Client,
                       {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"0.3"_s, u"127.0.0.1"_s, QString::number(port)});
    };
    Process unanswered = run(silent.localPort());
    VERIFY(unanswered.exitStatus() == 1, unanswered);
    VERIFY(silent.receive() == ""_ba, unanswered); // the datagram came: it is empty
    Process refused = run(closed.localPort());
    VERIFY(refused.exitStatus() == 1, refused);
    for (const Process *client : {&unanswered, &refused}) {
        QCOMPARE(client->output(), ""_ba);
        VERIFY(isOneLine(client->errorOutput()), *client);
    }
    const QString endpoint = u"127\\.0\\.0\\.1:%1"_s;
    VERIFY(matches(unanswered.errorOutput(),
                   u"No answer came from "_s + endpoint.arg(silent.localPort()) + u" within 300 ms, the time-out"_s),
           unanswered);
    VERIFY(matches(refused.errorOutput(), endpoint.arg(closed.localPort()) + u" refused the datagram"_s), refused);
}

void TestProgramDatagrams::datagramLongerThanTheLimit()
{
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s});
    const QString port = QString::number(server.port());
    Process whole(Client, {u"--headless"_s, u"--udp"_s, u"--max-bytes"_s, u"12"_s, u"127.0.0.1"_s, port});
    VERIFY(whole.exitStatus() == 0, whole);
    QCOMPARE(whole.output(), "Hello World!\n"_ba);
    Process cut(Client, {u"--headless"_s, u"--udp"_s, u"--max-bytes"_s, u"5"_s, u"127.0.0.1"_s, port});
    VERIFY(cut.exitStatus() == 1, cut);
    QCOMPARE(cut.output(), "Hello\n"_ba);
    VERIFY(isOneLine(cut.errorOutput()) && matches(cut.errorOutput(), u"was cut.*\\b5 bytes"_s), cut);
}

void TestProgramDatagrams::longestDatagram()
{
    const QByteArray longest(65507, 'x'); // 65535 less the headers of IP and UDP
    ServerProcess server(u"127.0.0.1"_s, {u"--udp"_s, u"--greeting"_s, QString::fromLatin1(longest)});
    Process client(Client, {u"--headless"_s, u"--udp"_s, u"127.0.0.1"_s, QString::number(server.port())});
    VERIFY(client.exitStatus() == 0, client, server);
    VERIFY(client.output() == longest + '\n', client);

    ServerProcess longer(u"127.0.0.1"_s, {u"--udp"_s, u"--greeting"_s, QString::fromLatin1(longest + 'x')});
    VERIFY(longer.exitStatus() == 1, longer);
    VERIFY(isOneLine(longer.errorOutput()) && matches(longer.errorOutput(), u"does not fit into a datagram"_s), longer);
}

/// Each from a line of its own.
void TestProgramDatagrams::allAnswersArePrinted()
{
    auto server = RawDatagrams::bound();
    Process client(Client, {u"--headless"_s, u"--udp"_s, u"127.0.0.1"_s, QString::number(server.localPort())});
    VERIFY(server.receive().has_value(), client);
    for (const QByteArray &answer : {"one"_ba, "two"_ba, "three"_ba})
        VERIFY(server.answer(answer), client);
    VERIFY(client.exitStatus() == 0, client);
    QCOMPARE(client.output(), "one\ntwo\nthree\n"_ba);
}

QTEST_GUILESS_MAIN(TestProgramDatagrams)
#include "tst_program_datagrams.moc"
