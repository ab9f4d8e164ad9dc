// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "client_gui/window/transcript_view.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QCheckBox>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTabWidget>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// Asked again until the engine has taken what the window was told.
QByteArray greetingOf(quint16 port)
{
    RawSocket client = RawSocket::connectedTo("127.0.0.1", port);
    QByteArray greeting;
    for (QByteArray part = client.receive(100); !part.isEmpty(); part = client.receive(100))
        greeting += part;
    return greeting;
}

} // namespace

/// View → Text Encoding in both windows: what is shown and what is typed.
class TestTextEncodings : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void showsWhatCameAnew();
    void showsDatagramsAnew();
    void transcriptKeepsStep();
    void datagramsBeginAnew();
    void sendsWhatIsTyped();
    void greets();
    void greetsInUtf8();
    void keepsASavedGreeting();
    void keepsGivenBytes();
    void expectsGivenBytes();
    void namesWhatCannotBeSent();
    void isRemembered();
};

void TestTextEncodings::showsWhatCameAnew()
{
    const RawSocket listener = RawSocket::listening();
    ClientProgram client(connectingTo(listener.localPort()));
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send("\xc4\xe3\xba"));
    const auto &message = client.child<MessageView>(u"message"_s);
    QTRY_COMPARE_WITH_TIMEOUT(message.size(), qint64(3), WindowPatience);
    client.action(u"GBK"_s).trigger(); // between the bytes of a character
    QCOMPARE(message.toPlainText(), u"你"_s);
    QVERIFY(peer.send("\xc3"));
    peer.close();
    QTRY_COMPARE_WITH_TIMEOUT(message.toPlainText(), u"你好"_s, WindowPatience);
    client.child<QTabWidget>(u"messageViews"_s).setCurrentIndex(1);
    const auto &transcript = client.child<QPlainTextEdit>(u"transcript"_s);
    QVERIFY2(transcript.toPlainText().contains(u"你"_s), qPrintable(transcript.toPlainText()));

    client.action(u"ISO-8859-1"_s).trigger();
    QCOMPARE(message.toPlainText(), u"Äãº"_s + u"Ã"_s);
    QVERIFY2(transcript.toPlainText().contains(u"Äãº"_s), qPrintable(transcript.toPlainText()));
    client.action(u"UTF-16BE"_s).trigger();
    QCOMPARE(message.toPlainText(), QString::fromUtf16(u"\xc4e3\xbac3"));
    client.action(u"UTF-8"_s).trigger();
    QTRY_COMPARE_WITH_TIMEOUT(message.toPlainText(), u"\ufffd\ufffd\ufffd"_s, WindowPatience); // at the end
}

/// Each answer keeps its line, and its sender's.
void TestTextEncodings::showsDatagramsAnew()
{
    MessageView view;
    view.startMessage(1000);
    view.appendDatagram(Address::any(1), "\xc4\xe3");
    view.appendDatagram(Address::any(2), "");
    view.appendDatagram(Address::any(3), "a\nb");
    const QString shown = view.toPlainText();
    QCOMPARE(shown.count(u'\n'), 5);
    view.setEncoding(TextEncoding::Gbk);
    QCOMPARE(view.toPlainText(), QString(shown).replace(u"\ufffd\ufffd"_s, u"你"_s));
    view.startMessage(1000);
    view.append("\xc4\xe3\xba");
    view.startDatagram();
    view.append("\xc3");
    view.finishMessage();
    const QString inGbk = view.toPlainText();
    QCOMPARE(inGbk, u"你\ufffd\n\ufffd"_s);
    view.setEncoding(TextEncoding::Latin1);
    QCOMPARE(view.toPlainText(), u"Äãº\nÃ"_s);
    view.setEncoding(TextEncoding::Gbk);
    QCOMPARE(view.toPlainText(), inGbk);
}

/// Of UTF-16, a piece may begin within a code unit.
void TestTextEncodings::transcriptKeepsStep()
{
    TranscriptView view;
    view.setEncoding(TextEncoding::Utf16Le);
    view.show();
    const auto &text = *view.findChild<QPlainTextEdit *>(u"transcript"_s);
    using Direction = TranscriptView::Direction;
    view.add(Direction::Received, QDateTime::currentDateTime(), QByteArray("a\0b", 3), 3);
    view.add(Direction::Sent, QDateTime::currentDateTime(), QByteArray("c\0", 2), 2);
    view.add(Direction::Received, QDateTime::currentDateTime(), QByteArray("\0d\0e\0", 5), 5);
    view.showAdded();
    const QStringList lines = text.toPlainText().split(u'\n');
    QCOMPARE(lines.value(1), u"  a\ufffd"_s);
    QCOMPARE(lines.value(3), u"  c"_s);
    QCOMPARE(lines.value(5), u"  \ufffdde"_s);
}

/// A datagram begins with a character, however many bytes came before it.
void TestTextEncodings::datagramsBeginAnew()
{
    TranscriptView view;
    view.setEncoding(TextEncoding::Utf16Le);
    view.show();
    for (const QByteArray &datagram : {QByteArray("a\0b", 3), QByteArray("c\0", 2)})
        view.add(TranscriptView::Direction::Received, QDateTime::currentDateTime(), datagram, datagram.size(), true);
    view.showAdded();
    const QString transcript = view.findChild<QPlainTextEdit *>(u"transcript"_s)->toPlainText();
    QCOMPARE(transcript.section(u'\n', 3, 3), u"  c"_s);
}

void TestTextEncodings::sendsWhatIsTyped()
{
    const RawSocket listener = RawSocket::listening();
    ClientProgram client(connectingTo(listener.localPort()));
    client.action(u"GBK"_s).trigger();
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.type(u"send"_s, u"你"_s);
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QCOMPARE(peer.receive(2), "\xc4\xe3"_ba);
    QTRY_VERIFY_WITH_TIMEOUT(client.child(u"converse"_s).isVisible(), WindowPatience);
    client.type(u"converseText"_s, u"好\\n"_s);
    QCOMPARE(client.text(u"conversePreview"_s), u"3 bytes: ba c3 0a"_s);
    client.action(u"UTF-16LE"_s).trigger(); // the preview follows
    QCOMPARE(client.text(u"conversePreview"_s), u"4 bytes: 7d 59 0a 00"_s);
    client.child<QComboBox>(u"converseEnding"_s).setCurrentIndex(2);
    client.click(u"converseSend"_s);
    QCOMPARE(peer.receive(8).toHex(' '), "7d 59 0a 00 0d 00 0a 00"_ba);
}

void TestTextEncodings::greets()
{
    ServerProgram server(listening());
    server.type(u"greeting"_s, u"世界"_s);
    server.action(u"Shift_JIS"_s).trigger();
    const quint16 port = portOf(server);
    QVERIFY(port > 0);
    QTRY_COMPARE_WITH_TIMEOUT(greetingOf(port), "\x90\xa2\x8a\x45"_ba, WindowPatience);
    server.action(u"UTF-8"_s).trigger();
    QTRY_COMPARE_WITH_TIMEOUT(greetingOf(port), "世界"_ba, WindowPatience);
}

/// What the encoding lacks is sent in UTF-8, and a sentence says so.
void TestTextEncodings::greetsInUtf8()
{
    ServerProgram server(listening());
    const quint16 port = portOf(server);
    server.type(u"greeting"_s, u"Grüße"_s);
    server.action(u"GBK"_s).trigger();
    QVERIFY2(server.notice().startsWith(u"The greeting is sent in UTF-8: “ß” is not a character of GBK"_s),
             qPrintable(server.notice()));
    QTRY_COMPARE_WITH_TIMEOUT(greetingOf(port), "Grüße"_ba, WindowPatience);
    server.type(u"greeting"_s, u"Fuß"_s);
    QTRY_COMPARE_WITH_TIMEOUT(greetingOf(port), "Fuß"_ba, WindowPatience); // what the field shows
    server.action(u"Stop Listening"_s).trigger();
    QTRY_COMPARE_WITH_TIMEOUT(server.button(u"listen"_s).text(), u"Listen"_s, WindowPatience);
    server.action(u"Listen"_s).trigger();
    QVERIFY(server.notice().contains(u"The greeting is sent in UTF-8"_s)); // still so
    QTRY_VERIFY_WITH_TIMEOUT(portOf(server) > 0, WindowPatience);
    server.type(u"greeting"_s, u"你"_s);
    QCOMPARE(server.notice(), QString());
    QTRY_COMPARE_WITH_TIMEOUT(greetingOf(portOf(server)), "\xc4\xe3"_ba, WindowPatience);
}

/// It is no damage that an encoding lacks one of its characters.
void TestTextEncodings::keepsASavedGreeting()
{
    {
        ServerProgram server(notListening());
        server.type(u"greeting"_s, u"你好"_s);
        QVERIFY(server.close());
    }
    ServerOptions options = listening();
    options.encoding = TextEncoding::Latin1;
    {
        ServerProgram server(options);
        QCOMPARE(server.field(u"greeting"_s).text(), u"你好"_s);
        QVERIFY(server.notice().contains(u"The greeting is sent in UTF-8"_s));
        QTRY_COMPARE_WITH_TIMEOUT(greetingOf(portOf(server)), "你好"_ba, WindowPatience);
        QTRY_VERIFY_WITH_TIMEOUT(server.close(), WindowPatience); // not before the greeting is complete
    }
    QCOMPARE(ServerProgram(notListening()).field(u"greeting"_s).text(), u"你好"_s);
}

/// Bytes of the command line stay, whatever they are shown as.
void TestTextEncodings::keepsGivenBytes()
{
    ServerOptions options = listening();
    options.greeting = "Grüße"_ba;
    options.encoding = TextEncoding::Latin1;
    ServerProgram server(options);
    QCOMPARE(server.field(u"greeting"_s).text(), u"GrÃ¼Ã\u009fe"_s);
    server.action(u"UTF-8"_s).trigger();
    QCOMPARE(server.field(u"greeting"_s).text(), u"Grüße"_s);
    QTRY_COMPARE_WITH_TIMEOUT(greetingOf(portOf(server)), "Grüße"_ba, WindowPatience);
    server.action(u"UTF-16LE"_s).trigger(); // an odd number of bytes
    QCOMPARE(server.field(u"greeting"_s).text(), QString());
    QCOMPARE(server.field(u"greeting"_s).placeholderText(), u"7 bytes"_s);
    QTRY_COMPARE_WITH_TIMEOUT(greetingOf(portOf(server)), "Grüße"_ba, WindowPatience);

    const RawSocket listener = RawSocket::listening();
    ClientOptions sending = connectingTo(listener.localPort());
    sending.send = "Grüße"_ba;
    sending.encoding = TextEncoding::Latin1;
    ClientProgram client(sending);
    client.action(u"UTF-8"_s).trigger();
    QCOMPARE(client.field(u"send"_s).text(), u"Grüße"_s);
    client.action(u"ISO-8859-1"_s).trigger();
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QCOMPARE(peer.receive(7), "Grüße"_ba);
}

/// The bytes of --expect stay as well; they are not the user's to remember.
void TestTextEncodings::expectsGivenBytes()
{
    const RawSocket listener = RawSocket::listening();
    ClientOptions options = connectingTo(listener.localPort());
    options.repeat = 1;
    options.connectAtOnce = true;
    options.expected = "Grüße"_ba;
    options.encoding = TextEncoding::Latin1;
    {
        ClientProgram client(options);
        const auto greets = [&] {
            RawSocket peer = listener.accept();
            peer.send("Grüße");
            peer.close();
            const auto &start = client.button(u"repeatStart"_s);
            return QTest::qWaitFor([&start] { return start.text() == u"Start"_s; }, WindowPatience)
                   && client.cell(u"repeatAccount"_s, 0, 1) == u"1"_s;
        };
        const auto &expected = client.field(u"repeatExpected"_s);
        QCOMPARE(expected.text(), u"GrÃ¼Ã\u009fe"_s);
        QVERIFY(greets());
        client.action(u"UTF-8"_s).trigger();
        QCOMPARE(expected.text(), u"Grüße"_s);
        client.action(u"ISO-8859-1"_s).trigger();
        client.click(u"repeatStart"_s);
        QVERIFY(greets());
    }
    const ClientProgram client(connectingTo(listener.localPort()));
    client.action(u"Repeat…"_s).trigger();
    QCOMPARE(client.field(u"repeatExpected"_s).text(), QString());
}

void TestTextEncodings::namesWhatCannotBeSent()
{
    ClientProgram client(connectingTo(1));
    client.action(u"ISO-8859-1"_s).trigger();
    client.type(u"send"_s, u"10 €"_s);
    client.click(u"connect"_s);
    QCOMPARE(client.notice(), u"What to send: “€” is not a character of ISO-8859-1: choose another text encoding, or "
                              "write bytes as \\xhh."_s);
    QCOMPARE(client.field(u"send"_s).cursorPosition(), 3);
    QCOMPARE(client.rows(u"history"_s), 0);
}

void TestTextEncodings::isRemembered()
{
    {
        ClientProgram client((ClientOptions()));
        QVERIFY(client.action(u"UTF-8"_s).isChecked());
        client.action(u"GBK"_s).trigger();
        QVERIFY(client.close());
        ServerProgram server(notListening());
        server.type(u"greeting"_s, u"表"_s);
        server.action(u"Shift_JIS"_s).trigger();
        QVERIFY(server.close());
    }
    const ClientProgram client((ClientOptions()));
    QVERIFY(client.action(u"GBK"_s).isChecked());
    QVERIFY(!client.action(u"UTF-8"_s).isChecked());
    ServerProgram server(listening());
    QVERIFY(server.action(u"Shift_JIS"_s).isChecked());
    QCOMPARE(server.field(u"greeting"_s).text(), u"表"_s);
    QTRY_COMPARE_WITH_TIMEOUT(greetingOf(portOf(server)), "\x95\x5c"_ba, WindowPatience);
    QCOMPARE(server.notice() + client.notice(), QString());
    ClientOptions options;
    options.encoding = TextEncoding::Latin1; // for this once
    const ClientProgram asked(options);
    QVERIFY(asked.action(u"ISO-8859-1"_s).isChecked());
}

QTEST_MAIN(TestTextEncodings)
#include "tst_text_encodings.moc"
