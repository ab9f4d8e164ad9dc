// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/window/message_view.h"
#include "shared/ui/file_drop.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QCheckBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QUrl>

#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// Drags and drops, as a file manager does; returns whether it was taken.
bool drop(QWidget &widget, const QMimeData &data)
{
    const QPoint middle = widget.rect().center();
    QDragEnterEvent enter(middle, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &enter);
    if (!enter.isAccepted())
        return false;
    QDropEvent event(middle, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &event);
    return event.isAccepted() && event.dropAction() == Qt::CopyAction;
}

bool drop(QWidget &widget, const QStringList &files)
{
    QMimeData data;
    QList<QUrl> urls;
    for (const QString &file : files)
        urls.append(QUrl::fromLocalFile(file));
    data.setUrls(urls);
    data.setText(files.join(u'\n')); // as they add
    return drop(widget, data);
}

} // namespace

/// Files that are dropped on fields.
class TestFileDrop : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void clientOffers();
    void clientRefuses();
    void serverGreets();
    void conversationSends_data();
    void conversationSends();
    void textStaysText();
    void readsWhole();

private:
    QString file(const QString &name, const QByteArray &bytes) const
    {
        QFile file(scratch().filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("Cannot write");
        return file.fileName();
    }
};

/// What was dropped on the first field is what the next connection begins with. Its name is no markup.
void TestFileDrop::clientOffers()
{
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    QLineEdit &send = client.field(u"send"_s);
    client.type(u"send"_s, u"typed before"_s);
    const QByteArray bytes("\xff\x00 raw\r\n", 8);
    const QString name = file(u"<b>a&b.bin"_s, bytes);
    QVERIFY(drop(send, {name}));
    QCOMPARE(send.text(), QString());
    QCOMPARE(send.placeholderText(), u"8 bytes from "_s + name);
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    QCOMPARE(peer.receive(8), bytes);
    QCOMPARE(client.notice(), QString());
}

void TestFileDrop::clientRefuses()
{
    const ClientProgram client(connectingTo(1));
    QLineEdit &send = client.field(u"send"_s);
    client.type(u"send"_s, u"typed before"_s);
    const QString fifo = scratch().filePath(u"fifo"_s);
    QVERIFY(::mkfifo(QFile::encodeName(fifo).constData(), 0600) == 0);
    QVERIFY(drop(send, {fifo}));
    QCOMPARE(client.notice(), u"“%1” is not a regular file."_s.arg(fifo));
    QVERIFY(!drop(send, {file(u"a"_s, "a"), file(u"b"_s, "b")}));
    QCOMPARE(send.text(), u"typed before"_s);
}

/// With the bytes of the file, until something else is typed.
void TestFileDrop::serverGreets()
{
    const ServerProgram server(listening());
    QLineEdit &greeting = server.field(u"greeting"_s);
    const QByteArray bytes("\xff\x00 raw\r\n", 8);
    const QString name = file(u"<b>a&b.bin"_s, bytes);
    QVERIFY(drop(greeting, {name}));
    QCOMPARE(greeting.text(), QString());
    QCOMPARE(greeting.placeholderText(), u"8 bytes from "_s + name);
    QCOMPARE(server.notice(), QString());
    const auto greeted = [&server] { return RawSocket::connectedTo("127.0.0.1", portOf(server)).receive(8); };
    TRY_COMPARE(greeted(), bytes); // once the engine has the new one
    const QString missing = scratch().filePath(u"missing"_s);
    QVERIFY(drop(greeting, {missing}));
    QVERIFY2(server.notice().contains(missing), qPrintable(server.notice()));
    QCOMPARE(greeting.placeholderText(), u"8 bytes from "_s + name);
}

void TestFileDrop::conversationSends_data()
{
    QTest::addColumn<QString>("target");
    QTest::newRow("the line") << u"converseText"_s;
    QTest::newRow("beside it") << u"converse"_s;
}

void TestFileDrop::conversationSends()
{
    QFETCH(const QString, target);
    const RawSocket listener = RawSocket::listening();
    const ClientProgram client(connectingTo(listener.localPort()));
    client.child<QCheckBox>(u"stay"_s).setChecked(true);
    client.click(u"connect"_s);
    RawSocket peer = listener.accept();
    TRY_COMPARE(client.child(u"converse"_s).isVisible(), true);
    client.type(u"converseText"_s, u"typed before"_s);
    const QByteArray bytes("\xff\x00 raw\r\n", 8);
    QVERIFY(drop(client.child(target), {file(u"a.bin"_s, bytes)}));
    QCoreApplication::processEvents();
    QCOMPARE(peer.receive(8), bytes);
    QCOMPARE(client.field(u"converseText"_s).text(), u"typed before"_s);
    TRY_COMPARE(client.button(u"converseFile"_s).isVisible(), true); // it is over
    const QString missing = scratch().filePath(u"missing"_s);
    QVERIFY(drop(client.child(target), {missing}));
    QVERIFY2(client.notice().contains(missing), qPrintable(client.notice()));
}

void TestFileDrop::textStaysText()
{
    const ClientProgram client(connectingTo(1));
    QLineEdit &send = client.field(u"send"_s);
    QMimeData data;
    data.setText(u"plain"_s);
    QVERIFY(drop(send, data));
    QCOMPARE(send.text(), u"plain"_s);
    QMimeData link; // as a browser gives it
    link.setUrls({QUrl(u"http://localhost/"_s)});
    link.setText(u"http://localhost/"_s);
    QVERIFY(drop(send, link));
    QVERIFY2(send.text().contains(u"http://localhost/"_s), qPrintable(send.text()));
}

void TestFileDrop::readsWhole()
{
    const auto text = [](const std::variant<QByteArray, QString> &read) {
        const auto *sentence = std::get_if<QString>(&read);
        return sentence ? *sentence : QString::fromLatin1(std::get<QByteArray>(read));
    };
    const QString four = file(u"four"_s, "1234");
    QCOMPARE(text(readWhole(four, 4)), u"1234"_s);
    QCOMPARE(text(readWhole(four, 3)), u"“%1” is longer than 3 bytes, the most that is sent as a whole."_s.arg(four));
    QCOMPARE(text(readWhole(u"/dev/zero"_s, 3)), u"“/dev/zero” is not a regular file."_s);
    QVERIFY(text(readWhole(scratch().filePath(u"missing"_s), 3)).startsWith(u"Cannot read “"_s));
}

QTEST_MAIN(TestFileDrop)
#include "tst_file_drop.moc"
