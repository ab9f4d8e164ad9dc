// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QElapsedTimer>
#include <QTest>
#include <QTextBlock>

#include <future>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

class TestMessageView : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void peerTextIsPlain();
    void longLine();
    void byteByByte();
};

void TestMessageView::peerTextIsPlain()
{
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send("<b>bold</b> <img src=\"/dev/zero\"> \x1b[31mred \xe2\x80\xae"
                      "evil \0 \r \xff &amp;\n\ttab"_ba));
    peer.close();
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    const MessageView &message = client.child<MessageView>(u"message"_s);
    QCOMPARE(message.toPlainText(), u"<b>bold</b> <img src=\"/dev/zero\"> \\x1b[31mred \\u202eevil \\x00 \\x0d \ufffd "
                                    "&amp;\n\ttab"_s);
    for (QTextBlock block = message.document()->begin(); block.isValid(); block = block.next())
        QVERIFY(block.textFormats().isEmpty() || block.textFormats().constFirst().format.isEmpty());
}

void TestMessageView::longLine()
{
    constexpr int size = 2'000'000;
    const QByteArray bytes = QByteArray("<") + QByteArray(size - 2, 'x') + '>';
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    const MessageView &message = client.child<MessageView>(u"message"_s);
    QElapsedTimer elapsed;
    elapsed.start();
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QVERIFY(peer.send(bytes.first(size / 2)));
    QTRY_VERIFY_WITH_TIMEOUT(message.isCut(), WindowPatience);
    QVERIFY(peer.send(bytes.sliced(size / 2)));
    peer.close();
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    client.window().resize(client.window().width() + 40, client.window().height());
    client.type(u"send"_s, u"still here"_s);
    QCOMPARE(client.field(u"send"_s).text(), u"still here"_s);
    QVERIFY2(elapsed.elapsed() < 10'000, qPrintable(u"That took %1 ms"_s.arg(elapsed.elapsed())));

    QCOMPARE(message.toPlainText().size(), MessageView::MaxShown);
    QVERIFY(message.toPlainText().startsWith(u"<xxx"_s));
    QVERIFY2(message.parts().join() == bytes, qPrintable(u"%1 bytes were kept"_s.arg(message.parts().join().size())));
    TRY_MATCH(client.text(u"summary"_s), u"2,000,000 bytes in [0-9,]+ reads · complete after .* · only "
                                         "the first 65,536 characters are shown"_s);
    QCOMPARE(client.cell(u"history"_s, 0, AttemptModel::Result), u"complete, 2,000,000 bytes"_s);
}

/// The characters are whole, however the bytes are split.
void TestMessageView::byteByByte()
{
    const QString line = u"Zwölf Boxkämpfer · Καλημέρα · 今日は · 🌍🚀 · é\n"_s;
    QString text;
    while (text.toUtf8().size() < 100'000)
        text += line;
    const QByteArray bytes = text.toUtf8();
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    peer.sendAtOnce();
    auto sent = std::async(std::launch::async, [&] {
        bool all = true;
        for (const char byte : bytes)
            all = all && peer.send(QByteArrayView(&byte, 1));
        peer.close();
        return all;
    });
    TRY_COMPARE(client.text(u"status"_s), u"Attempts: 1, complete: 1"_s);
    QVERIFY(sent.get());
    const MessageView &message = client.child<MessageView>(u"message"_s);
    QVERIFY2(message.toPlainText() == text,
             qPrintable(u"%1 characters of %2"_s.arg(message.toPlainText().size()).arg(text.size())));
    QVERIFY(message.parts().join() == bytes);
    TRY_MATCH(client.text(u"summary"_s),
              QLocale().toString(bytes.size()) + u" bytes in [0-9,]+ reads · complete after .*"_s);
}

QTEST_MAIN(TestMessageView)
#include "tst_message_view.moc"
