// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "shared/ui/bytes_field.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QClipboard>
#include <QToolButton>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

/// Both Send fields of the client's window: of the first message, and of the conversation.
const std::pair<QString, QString> SendFields[]{{u"send"_s, u"sendMode"_s}, {u"converseText"_s, u"converseMode"_s}};

void paste(QLineEdit &edit, const QString &text)
{
    QGuiApplication::clipboard()->setText(text);
    QTest::keyClick(&edit, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(&edit, Qt::Key_V, Qt::ControlModifier);
}

QByteArray bytesOf(const QLineEdit &edit)
{
    const auto parsed = qobject_cast<BytesField *>(edit.parentWidget())->bytes();
    const auto *error = std::get_if<BytesError>(&parsed);
    return error ? "refused: "_ba + error->sentence.toUtf8() : std::get<QByteArray>(parsed);
}

} // namespace

class TestBytesField : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void followsOneRule();
    void keepsWhatIsPasted_data();
    void keepsWhatIsPasted();
    void takesDumps();
    void refusesWhatIsTooLong();
    void sendsTheFirstMessage();
    void refusesAWrongFirstMessage();
    void copiesWhatWasReceived();
    void showsBytesOfTheCommandLine_data();
    void showsBytesOfTheCommandLine();
    void holdsAFile();
    void isRemembered();
    void connectsFromTheSource();
    void refusesAWrongSource();
};

void TestBytesField::followsOneRule()
{
    const RawSocket listener = RawSocket::listening();
    ClientProgram client(connectingTo(listener.localPort()));
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.click(u"connect"_s);
    const RawSocket peer = listener.accept();
    QTRY_VERIFY_WITH_TIMEOUT(client.child(u"converse"_s).isVisible(), WindowPatience);
    QCOMPARE(client.field(u"send"_s).toolTip(), client.field(u"converseText"_s).toolTip());
    QCOMPARE(client.child(u"sendMode"_s).toolTip(), client.child(u"converseMode"_s).toolTip());
    QCOMPARE(client.child(u"sendEnding"_s).toolTip(), client.child(u"converseEnding"_s).toolTip());
    for (const auto &[name, mode] : SendFields) {
        client.child<QComboBox>(mode).setCurrentIndex(0);
        client.type(name, u"a\\r\\x00\\u00e9\\\\"_s);
        QCOMPARE(bytesOf(client.field(name)), QByteArray("a\r\0\xc3\xa9\\", 6));
        client.child<QComboBox>(mode).setCurrentIndex(1);
        client.type(name, u"0x48 0x65"_s);
        QCOMPARE(bytesOf(client.field(name)), "He"_ba);
    }
}

void TestBytesField::keepsWhatIsPasted_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("line breaks") << u"one\ntwo\r\n"_s << u"one\\ntwo\\r\\n"_s << "one\ntwo\r\n"_ba;
    QTest::newRow("tab") << u"a\tb"_s << u"a\\tb"_s << "a\tb"_ba;
    QTest::newRow("NUL") << u"a\0b"_s << u"a\\x00b"_s << QByteArray("a\0b", 3);
    QTest::newRow("line separator") << u"a\u2028b"_s << u"a\\u2028b"_s
                                    << "a\xe2\x80\xa8"
                                       "b"_ba;
    QTest::newRow("blanks") << u" a\u00a0 "_s << u" a\u00a0 "_s << " a\xc2\xa0 "_ba;
    QTest::newRow("escapes") << u"a\\n\\\\"_s << u"a\\n\\\\"_s << "a\n\\"_ba;
}

void TestBytesField::keepsWhatIsPasted()
{
    QFETCH(const QString, text);
    QFETCH(const QString, shown);
    QFETCH(const QByteArray, bytes);
    if (text.contains(QChar::Null) && QGuiApplication::platformName() == u"xcb"_s)
        QSKIP("X11's clipboard ends a text at NUL.");
    ClientProgram client((ClientOptions()));
    QLineEdit &send = client.field(u"send"_s);
    paste(send, text);
    QCOMPARE(send.text(), shown);
    QCOMPARE(send.cursorPosition(), static_cast<int>(shown.size()));
    QCOMPARE(bytesOf(send), bytes);
}

void TestBytesField::takesDumps()
{
    ClientProgram client((ClientOptions()));
    client.child<QComboBox>(u"sendMode"_s).setCurrentIndex(1);
    QLineEdit &send = client.field(u"send"_s);
    QVERIFY(!client.child(u"sendEnding"_s).isEnabled());
    paste(send, u"00000000: 4865 6c6c 6f20 576f  Hello Wo\n00000008: 726c 6421 0a         rld!.\n"_s);
    QCOMPARE(send.text(), u"48 65 6c 6c 6f 20 57 6f 72 6c 64 21 0a"_s);
    QCOMPARE(bytesOf(send), "Hello World!\n"_ba);
    // A mistake is named, and what was pasted stays.
    paste(send, u"00000000: 4865  Hx\n"_s);
    QVERIFY2(bytesOf(send).startsWith("refused: The bytes at the offset “00000000” are not the text beside them"_ba),
             bytesOf(send).constData());
}

void TestBytesField::refusesWhatIsTooLong()
{
    ClientProgram client((ClientOptions()));
    QLineEdit &send = client.field(u"send"_s);
    paste(send, QString(BytesField::LongestText, u'x'));
    QCOMPARE(bytesOf(send), QByteArray(BytesField::LongestText, 'x'));
    for (const int size : {BytesField::LongestText + 1, 1'000'000}) {
        paste(send, QString(size, u'x'));
        QCOMPARE(bytesOf(send), "refused: This is longer than 4,096 characters: send it as a file."_ba);
    }
}

void TestBytesField::sendsTheFirstMessage()
{
    const RawSocket listener = RawSocket::listening();
    ClientProgram client(connectingTo(listener.localPort()));
    client.type(u"send"_s, u"GET / HTTP/1.0\\r\\n"_s);
    client.child<QComboBox>(u"sendEnding"_s).setCurrentIndex(2);
    client.pressEnter(u"send"_s);
    RawSocket peer = listener.accept();
    QCOMPARE(peer.receive(18), "GET / HTTP/1.0\r\n\r\n"_ba);
}

void TestBytesField::refusesAWrongFirstMessage()
{
    ClientProgram client(connectingTo(1));
    client.type(u"send"_s, u"ab\\q"_s);
    client.click(u"connect"_s);
    QVERIFY2(client.notice().startsWith(u"What to send: \\q is not a known escape."_s), qPrintable(client.notice()));
    QCOMPARE(client.window().focusWidget(), &client.field(u"send"_s));
    QCOMPARE(client.field(u"send"_s).cursorPosition(), 2);
    QCOMPARE(client.rows(u"history"_s), 0);
}

/// Copied from the message and pasted into either field, the bytes are the same.
void TestBytesField::copiesWhatWasReceived()
{
    const QByteArray bytes = "C:\\new \x01\x7f\tGr\xc3\xbc\xc3\x9f"
                             "e\xc2\xa0\xe2\x80\xae\nend"_ba;
    const RawSocket listener = RawSocket::listening();
    ClientProgram client(connectingTo(listener.localPort()));
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send(bytes));
    peer.close();
    auto &message = client.child<MessageView>(u"message"_s);
    QTRY_VERIFY_WITH_TIMEOUT(message.toPlainText().endsWith(u"end"_s), WindowPatience);
    message.setFocus();
    QTest::keyClick(&message, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(&message, Qt::Key_C, Qt::ControlModifier);
    const QString copied = QGuiApplication::clipboard()->text();
    for (const auto &[name, mode] : SendFields) {
        QLineEdit &edit = client.field(name);
        paste(edit, copied);
        QCOMPARE(bytesOf(edit), bytes);
    }
}

void TestBytesField::showsBytesOfTheCommandLine_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("shown");
    QTest::newRow("text") << "Grüße"_ba << u"Grüße"_s;
    QTest::newRow("backslash") << "C:\\new"_ba << u"C:\\\\new"_s;
    QTest::newRow("line feed") << "a\n"_ba << u"a\\x0a"_s;
    QTest::newRow("not UTF-8") << "\xff\xc3z\xc3\xa9"_ba << u"ff c3 7a c3 a9"_s;
}

void TestBytesField::showsBytesOfTheCommandLine()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QString, shown);
    ClientOptions options;
    options.send = bytes;
    ClientProgram client(options);
    QCOMPARE(client.field(u"send"_s).text(), shown);
    QCOMPARE(bytesOf(client.field(u"send"_s)), bytes);
}

/// As a whole, until something else is typed.
void TestBytesField::holdsAFile()
{
    const RawSocket listener = RawSocket::listening();
    ClientOptions options = connectingTo(listener.localPort());
    options.send = QByteArray("a\0b", 3);
    options.sendSource = u"question.bin"_s;
    ClientProgram client(options);
    QLineEdit &send = client.field(u"send"_s);
    QCOMPARE(send.text(), QString());
    QCOMPARE(send.placeholderText(), u"3 bytes from question.bin"_s);
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QCOMPARE(peer.receive(3), QByteArray("a\0b", 3));
    client.type(u"send"_s, u"x"_s);
    QCOMPARE(bytesOf(send), "x"_ba);
    QTest::keyClick(&send, Qt::Key_Backspace);
    QCOMPARE(bytesOf(send), ""_ba);
}

void TestBytesField::isRemembered()
{
    {
        ClientProgram client((ClientOptions()));
        client.child<QComboBox>(u"sendMode"_s).setCurrentIndex(1);
        client.type(u"send"_s, u"48 65"_s);
        client.type(u"source"_s, u"127.0.0.1:4000"_s);
        QVERIFY(client.close());
    }
    {
        ClientProgram client((ClientOptions()));
        QCOMPARE(bytesOf(client.field(u"send"_s)), "He"_ba);
        QCOMPARE(client.field(u"source"_s).text(), u"127.0.0.1:4000"_s);
        client.child<QComboBox>(u"sendMode"_s).setCurrentIndex(0);
        client.child<QComboBox>(u"sendEnding"_s).setCurrentIndex(1);
        QVERIFY(client.close());
    }
    ClientProgram client((ClientOptions()));
    QCOMPARE(bytesOf(client.field(u"send"_s)), "48 65\n"_ba);
    QCOMPARE(client.notice(), QString());
}

void TestBytesField::connectsFromTheSource()
{
    const quint16 free = RawSocket::bound().localPort();
    const RawSocket listener = RawSocket::listening();
    ClientProgram client(connectingTo(listener.localPort()));
    client.child<QToolButton>(u"details"_s).setChecked(true);
    QCOMPARE(client.field(u"source"_s).accessibleName(), u"From"_s);
    client.type(u"source"_s, u" 127.0.0.1:%1 "_s.arg(free));
    client.pressEnter(u"source"_s);
    const RawSocket peer = listener.accept();
    QCOMPARE(peer.peerPort(), free);
    const QAbstractItemModel &ladder = *client.child<QAbstractItemView>(u"ladder"_s).model();
    const auto calls = [&ladder] {
        QStringList texts;
        for (int row = 0; row < ladder.rowCount(); ++row)
            texts.append(ladder.index(row, 0).data().toString());
        return texts;
    };
    const QString bind = u"bind(('127.0.0.1', %1))"_s.arg(free);
    QTRY_VERIFY2_WITH_TIMEOUT(!calls().filter(bind).isEmpty(), qPrintable(calls().join(u'\n')), WindowPatience);
    client.child<QComboBox>(u"kind"_s).setCurrentIndex(2);
    QVERIFY(!client.field(u"source"_s).isEnabled()); // a Unix socket has no address
}

void TestBytesField::refusesAWrongSource()
{
    const RawSocket listener = RawSocket::listening();
    ClientProgram client(connectingTo(listener.localPort()));
    client.type(u"source"_s, u"elsewhere"_s);
    client.click(u"connect"_s);
    QVERIFY2(client.notice().startsWith(u"From: “elsewhere” is not an address of this computer"_s),
             qPrintable(client.notice()));
    QCOMPARE(client.window().focusWidget(), &client.field(u"source"_s));
    client.type(u"source"_s, u"192.0.2.7"_s);
    client.click(u"connect"_s);
    QTRY_COMPARE_WITH_TIMEOUT(client.notice(),
                              u"192.0.2.7 is not an address of this computer, so nothing can be sent from it. Give "
                              "another source, or none: the system then chooses it."_s,
                              WindowPatience);
    client.field(u"host"_s).setFocus();
    for (QPushButton *button : client.child(u"notice"_s).findChildren<QPushButton *>()) {
        if (button->text() == u"Enter Another Source"_s)
            QTest::mouseClick(button, Qt::LeftButton);
    }
    QCOMPARE(client.window().focusWidget(), &client.field(u"source"_s));
}

QTEST_MAIN(TestBytesField)
#include "tst_bytes_field.moc"
