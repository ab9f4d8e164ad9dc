// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/saved_messages.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QCheckBox>
#include <QLabel>
#include <QPointer>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

/// A client that talks with a peer, and its dialog of saved messages.
struct Talk
{
    Talk() : client(connectingTo(listener.localPort()))
    {
        client.child<QCheckBox>(u"stay"_s).setChecked(true);
        client.click(u"connect"_s);
        peer = std::make_unique<RawSocket>(listener.accept());
        if (!QTest::qWaitFor([this] { return client.child(u"converse"_s).isVisible(); }, WindowPatience))
            qFatal("The client does not connect");
    }

    QDialog &dialog() const
    {
        if (auto *open = client.window().findChild<QDialog *>(u"savedMessages"_s))
            return *open;
        client.click(u"converseMessages"_s);
        return client.child<QDialog>(u"savedMessages"_s);
    }
    /// It deletes itself once it is closed.
    void close() const
    {
        const QPointer<QDialog> open = &dialog();
        open->reject();
        if (!QTest::qWaitFor([&] { return !open; }, WindowPatience))
            qFatal("The dialog does not close");
    }
    template <typename Widget>
    Widget &part(const QString &name) const
    {
        return *dialog().findChild<Widget *>(name);
    }
    void click(const QString &name) const { QTest::mouseClick(&part<QPushButton>(name), Qt::LeftButton); }
    void save(const QString &name, const QString &text) const
    {
        client.type(u"converseText"_s, text);
        QTest::keyClicks(&part<QLineEdit>(u"savedName"_s), name);
        click(u"savedSave"_s);
        close();
    }
    /// The names in the list, in its order.
    QStringList names() const
    {
        QStringList names;
        const QAbstractItemModel &list = *part<QTableView>(u"savedList"_s).model();
        for (int row = 0; row < list.rowCount(); ++row)
            names.append(list.index(row, 0).data().toString());
        return names;
    }
    void select(const QList<int> &rows) const
    {
        auto &list = part<QTableView>(u"savedList"_s);
        list.clearSelection();
        for (const int row : rows)
            QTest::mouseClick(list.viewport(), Qt::LeftButton,
                              row == rows.first() ? Qt::NoModifier : Qt::ControlModifier,
                              list.visualRect(list.model()->index(row, 0)).center());
    }
    /// The window goes on meanwhile.
    QByteArray received(qsizetype size) const
    {
        if (!QTest::qWaitFor([&] { return peer->waiting() >= size; }, WindowPatience))
            qWarning("Only %lld bytes have come", peer->waiting());
        return peer->receive(size);
    }
    void sendEvery(int milliseconds, int rounds = 1) const
    {
        part<QSpinBox>(u"savedEvery"_s).setValue(milliseconds);
        part<QSpinBox>(u"savedRounds"_s).setValue(rounds);
        click(u"savedSend"_s);
    }

    RawSocket listener = RawSocket::listening();
    ClientProgram client;
    std::unique_ptr<RawSocket> peer;
};

SavedMessage message(const QString &name, const QString &text, bool isHex = false, const QString &ending = u"no"_s)
{
    return {name, {isHex, text, ending}};
}

} // namespace

/// Messages that are kept by name, and sent one after the other.
class TestSavedMessages : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void asText();
    void refusesDamage_data();
    void refusesDamage();
    void leavesOutTheDamaged_data();
    void leavesOutTheDamaged();
    void damagedIsNamed();
    void areBounded();
    void savesTheTypedLine();
    void sendsOneAfterTheOther();
    void sendsTheSelected();
    void sendsRounds();
    void inTheEncoding();
    void order();
    void putsIntoTheField();
    void theConnectionEnds();
    void theConnectionHasEnded();
    void nothingToSend();
    void anotherWindowSavesToo();
    void survive();
    void surviveDamagedSettings();
    void serverSendsToMany();
};

void TestSavedMessages::asText()
{
    SavedMessages messages;
    messages.put(message(u"hello"_s, u"HELO \\x00é\"\\\\"_s, false, u"crlf"_s));
    messages.put(message(u"\u202ebytes"_s, u"00 ff"_s, true));
    const auto read = SavedMessages::fromText(messages.toText());
    QVERIFY(read);
    QVERIFY(read->messages.all() == messages.all());
    QCOMPARE(read->damaged, QStringList());
    QCOMPARE(read->messages.find(u"hello"_s), 0);
    QCOMPARE(read->messages.find(u"Hello"_s), -1);
    QVERIFY(SavedMessages::fromText(u"[]"_s)->messages.all().empty());
}

void TestSavedMessages::refusesDamage_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << QString();
    QTest::newRow("object") << u"{}"_s;
    QTest::newRow("cut") << uR"([{"name":"a","mode":"text","text":"b")"_s;
}

void TestSavedMessages::refusesDamage()
{
    QFETCH(const QString, text);
    QVERIFY(!SavedMessages::fromText(text));
}

void TestSavedMessages::leavesOutTheDamaged_data()
{
    QTest::addColumn<QString>("damaged");
    QTest::addColumn<QString>("named");
    QTest::newRow("number") << u"1"_s << u"number 2"_s;
    QTest::newRow("mode") << uR"({"name":"a","mode":"words","text":"b","ending":"no"})"_s << u"“a”"_s;
    QTest::newRow("ending") << uR"({"name":"a","mode":"text","text":"b","ending":"cr"})"_s << u"“a”"_s;
    QTest::newRow("no name") << uR"({"mode":"text","text":"b","ending":"no"})"_s << u"number 2"_s;
    QTest::newRow("twice") << uR"({"name":"first","mode":"text","text":"c","ending":"no"})"_s << u"“first”"_s;
    QTest::newRow("control character") << uR"({"name":"a\n","mode":"text"})"_s << uR"(“a\x0a”)"_s;
    QTest::newRow("too long") << uR"({"name":"a","mode":"text","text":"%1","ending":"no"})"_s.arg(
        QString(BytesField::LongestText + 1, u'x'))
                              << u"“a”"_s;
}

/// The others stay, in the list and in the file.
void TestSavedMessages::leavesOutTheDamaged()
{
    QFETCH(const QString, damaged);
    QFETCH(const QString, named);
    const QString text = uR"([{"name":"first","mode":"text","text":"b","ending":"no"},%1,
                              {"name":"last","mode":"hex","text":"00","ending":"no"}])"_s.arg(damaged);
    const auto read = SavedMessages::fromText(text);
    QVERIFY(read);
    QCOMPARE(read->damaged, QStringList{named});

    const QString file = scratch().filePath(u"Parley/parley-client.ini"_s);
    QSettings(file, QSettings::IniFormat).setValue(u"messages"_s, text);
    {
        Talk talk;
        QCOMPARE(talk.names(), (QStringList{u"first"_s, u"last"_s}));
        talk.close();
        QVERIFY(talk.client.close());
    }
    const Talk next;
    QCOMPARE(next.names(), (QStringList{u"first"_s, u"last"_s}));
    next.close();
}

void TestSavedMessages::damagedIsNamed()
{
    QSettings(scratch().filePath(u"Parley/parley-client.ini"_s), QSettings::IniFormat)
        .setValue(u"messages"_s, uR"([{"name":"<b>greet","mode":"words"}])"_s);
    {
        ClientProgram client(connectingTo(1));
        QCOMPARE(client.notice(), u"The saved message “<b>greet” could not be read and is left out. The settings are "
                                  "kept in %1."_s.arg(scratch().filePath(u"Parley/parley-client.ini"_s)));
        QVERIFY(client.close());
    }
    QCOMPARE(ClientProgram(connectingTo(1)).notice(), QString()); // closing has mended it
}

void TestSavedMessages::areBounded()
{
    SavedMessages messages;
    for (std::size_t i = 0; i < SavedMessages::Most; ++i) {
        const SavedMessage next = message(QString::number(i), u"x"_s);
        QCOMPARE(messages.problem(next), QString());
        messages.put(next);
    }
    QCOMPARE(messages.problem(message(u"one more"_s, u"x"_s)),
             u"There are 100 messages, the most that are kept: delete one."_s);
    QCOMPARE(messages.problem(message(u"5"_s, u"y"_s)), QString()); // takes the place of one
    QCOMPARE(messages.problem(message(QString(), u"y"_s)), u"Give the message a name."_s);
    QCOMPARE(messages.problem(message(QString(81, u'n'), u"y"_s)),
             u"The name is longer than 80 characters: give a shorter one."_s);
    QCOMPARE(messages.problem(message(u"5"_s, QString())),
             u"There is no line to save: type one of at most 4,096 characters."_s);
}

void TestSavedMessages::savesTheTypedLine()
{
    const Talk talk;
    QVERIFY(!talk.part<QPushButton>(u"savedSave"_s).isEnabled()); // there is no line
    QVERIFY(!talk.part<QPushButton>(u"savedSend"_s).isEnabled());
    talk.close();
    talk.client.child<QComboBox>(u"converseEnding"_s).setCurrentIndex(2);
    talk.save(u"greet"_s, u"HELO"_s);
    talk.client.child<QComboBox>(u"converseMode"_s).setCurrentIndex(1);
    talk.save(u"bytes"_s, u"00 ff"_s);
    QCOMPARE(talk.names(), (QStringList{u"greet"_s, u"bytes"_s}));
    const auto second = [&talk](int row) {
        return talk.part<QTableView>(u"savedList"_s).model()->index(row, 1).data().toString();
    };
    QCOMPARE(second(0), u"HELO and CR LF"_s);
    QCOMPARE(second(1), u"Hex: 00 ff"_s);
    QTest::keyClicks(&talk.part<QLineEdit>(u"savedName"_s), u"greet"_s);
    QCOMPARE(talk.part<QPushButton>(u"savedSave"_s).text().remove(u'&'), u"Replace by Typed Line"_s);
    QTest::keyClick(&talk.part<QLineEdit>(u"savedName"_s), Qt::Key_Return);
    QCOMPARE(talk.names(), (QStringList{u"greet"_s, u"bytes"_s}));
    QCOMPARE(second(0), u"Hex: 00 ff"_s);
    QTest::keyClick(&talk.part<QLineEdit>(u"savedName"_s), Qt::Key_Return); // nothing to save, and nothing is sent
    QVERIFY(talk.dialog().isVisible());
    QVERIFY(!QTest::qWaitFor([&] { return talk.peer->waiting() > 0; }, 100));
}

void TestSavedMessages::sendsOneAfterTheOther()
{
    const Talk talk;
    for (const QString &name : {u"one"_s, u"two"_s, u"three"_s})
        talk.save(name, name + u"\\n"_s);
    QCOMPARE(talk.part<QPushButton>(u"savedSend"_s).text(), u"Send All"_s);
    talk.sendEvery(0);
    QCOMPARE(talk.received(14), "one\ntwo\nthree\n"_ba);
    QTRY_COMPARE_WITH_TIMEOUT(talk.client.text(u"conversePreview"_s), u"Sent 3 of 3 messages"_s, WindowPatience);
    QTRY_VERIFY_WITH_TIMEOUT(talk.client.button(u"converseMessages"_s).isEnabled(), WindowPatience);
    QCOMPARE(talk.client.field(u"converseText"_s).text(), u"three\\n"_s); // what is typed stays
}

void TestSavedMessages::sendsTheSelected()
{
    const Talk talk;
    for (const QString &name : {u"one"_s, u"two"_s, u"three"_s})
        talk.save(name, name);
    talk.select({2, 0}); // sent in the order of the list
    QCOMPARE(talk.part<QPushButton>(u"savedSend"_s).text(), u"Send 2 Messages"_s);
    talk.sendEvery(1);
    QCOMPARE(talk.received(8), "onethree"_ba);
    QTRY_VERIFY_WITH_TIMEOUT(talk.client.button(u"converseMessages"_s).isEnabled(), WindowPatience);
    talk.select({1});
    QCOMPARE(talk.part<QPushButton>(u"savedSend"_s).text(), u"Send Selected"_s);
    talk.sendEvery(1);
    QCOMPARE(talk.received(3), "two"_ba);
}

void TestSavedMessages::sendsRounds()
{
    const Talk talk;
    talk.save(u"a"_s, u"a"_s);
    talk.save(u"b"_s, u"b"_s);
    talk.sendEvery(1, 2);
    QCOMPARE(talk.received(4), "abab"_ba);
    QTRY_VERIFY_WITH_TIMEOUT(talk.client.button(u"converseMessages"_s).isEnabled(), WindowPatience);
    talk.sendEvery(1, 0); // until it is stopped
    QTRY_VERIFY_WITH_TIMEOUT(talk.peer->waiting() > 4, WindowPatience);
    QVERIFY(!talk.client.button(u"converseSend"_s).isEnabled());
    talk.client.click(u"converseCancel"_s);
    QTRY_VERIFY_WITH_TIMEOUT(talk.client.button(u"converseMessages"_s).isEnabled(), WindowPatience);
    QVERIFY(matches(talk.client.text(u"conversePreview"_s), u"Sent [0-9,]+ messages"_s));
    QCOMPARE(talk.client.notice(), QString());
}

/// Of the moment when they are sent. If one cannot be, none is.
void TestSavedMessages::inTheEncoding()
{
    const Talk talk;
    talk.save(u"first"_s, u"你"_s);
    talk.save(u"second"_s, u"ß"_s);
    talk.client.action(u"GBK"_s).trigger();
    talk.sendEvery(1);
    QCOMPARE(talk.part<QLabel>(u"savedProblem"_s).text(),
             u"“second”: “ß” is not a character of GBK: choose another text encoding, or write bytes as \\xhh. Nothing "
             "was sent."_s);
    QCOMPARE(talk.peer->waiting(), 0);
    talk.select({0});
    talk.sendEvery(1);
    QCOMPARE(talk.received(2), "\xc4\xe3"_ba);
}

void TestSavedMessages::order()
{
    const Talk talk;
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s})
        talk.save(name, name);
    talk.select({2});
    QVERIFY(!talk.part<QPushButton>(u"savedDown"_s).isEnabled());
    talk.click(u"savedUp"_s);
    talk.click(u"savedUp"_s);
    QCOMPARE(talk.names(), (QStringList{u"c"_s, u"a"_s, u"b"_s}));
    QVERIFY(!talk.part<QPushButton>(u"savedUp"_s).isEnabled());
    talk.click(u"savedDown"_s);
    QCOMPARE(talk.names(), (QStringList{u"a"_s, u"c"_s, u"b"_s}));
    talk.select({0, 2});
    QVERIFY(!talk.part<QPushButton>(u"savedUp"_s).isEnabled()); // of one alone
    talk.click(u"savedDelete"_s);
    QCOMPARE(talk.names(), (QStringList{u"c"_s}));
    talk.click(u"savedDelete"_s);
    QCOMPARE(talk.names(), QStringList());
}

void TestSavedMessages::putsIntoTheField()
{
    const Talk talk;
    talk.client.child<QComboBox>(u"converseEnding"_s).setCurrentIndex(1);
    talk.save(u"greet"_s, u"HELO"_s);
    talk.client.child<QComboBox>(u"converseEnding"_s).setCurrentIndex(0);
    talk.client.type(u"converseText"_s, u"other"_s);
    talk.select({0});
    talk.click(u"savedChoose"_s);
    QCOMPARE(talk.client.field(u"converseText"_s).text(), u"HELO"_s);
    QTest::keyClick(&talk.client.field(u"converseText"_s), Qt::Key_Up); // what was typed is not lost
    QCOMPARE(talk.client.field(u"converseText"_s).text(), u"other"_s);
    QTest::keyClick(&talk.client.field(u"converseText"_s), Qt::Key_Down);
    QCOMPARE(talk.client.field(u"converseText"_s).text(), u"HELO"_s);
    talk.client.click(u"converseSend"_s);
    QCOMPARE(talk.received(5), "HELO\n"_ba);
}

void TestSavedMessages::theConnectionEnds()
{
    const Talk talk;
    talk.save(u"a"_s, u"a"_s);
    talk.save(u"b"_s, u"b"_s);
    talk.sendEvery(20, 0);
    QCOMPARE(talk.received(2), "ab"_ba);
    talk.peer->reset();
    QTRY_VERIFY_WITH_TIMEOUT(talk.client.text(u"conversePreview"_s).isEmpty(), WindowPatience);
}

void TestSavedMessages::theConnectionHasEnded()
{
    const Talk talk;
    talk.save(u"a"_s, u"a"_s);
    QVERIFY(talk.dialog().isVisible());
    QVERIFY(talk.peer->send("Bye"));
    talk.peer->close();
    QTRY_COMPARE_WITH_TIMEOUT(talk.client.button(u"connect"_s).text(), u"Connect"_s, WindowPatience);
    talk.sendEvery(0);
    QCOMPARE(talk.client.notice(),
             u"Nothing was sent: the connection has ended, or something else is just being sent."_s);
}

void TestSavedMessages::nothingToSend()
{
    const Talk talk;
    talk.client.child<QComboBox>(u"converseMode"_s).setCurrentIndex(1);
    talk.save(u"blank"_s, u" "_s);
    talk.sendEvery(0);
    QCOMPARE(talk.part<QLabel>(u"savedProblem"_s).text(), u"“blank” has no bytes. Nothing was sent."_s);
}

void TestSavedMessages::anotherWindowSavesToo()
{
    const Talk first;
    first.save(u"a"_s, u"a"_s);
    const Talk second;
    second.save(u"b"_s, u"b"_s);
    first.save(u"c"_s, u"c"_s);
    QCOMPARE(second.names(), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
}

/// They are kept at once, not only when the window is closed.
void TestSavedMessages::survive()
{
    const Talk talk;
    talk.save(u"greet"_s, u"HELO"_s);
    const Talk next;
    QCOMPARE(next.names(), (QStringList{u"greet"_s}));
    next.select({0});
    next.click(u"savedDelete"_s);
    next.close();
    const Talk last;
    QCOMPARE(last.names(), QStringList());
}

void TestSavedMessages::surviveDamagedSettings()
{
    {
        Talk talk;
        talk.save(u"greet"_s, u"HELO"_s);
        QVERIFY(talk.client.close());
    }
    QSettings(scratch().filePath(u"Parley/parley-client.ini"_s), QSettings::IniFormat)
        .setValue(u"limits/timeout"_s, u"soon"_s);
    {
        Talk talk;
        QVERIFY(talk.client.close()); // all settings are written anew
    }
    const QSettings settings(scratch().filePath(u"Parley/parley-client.ini"_s), QSettings::IniFormat);
    QVERIFY(!settings.contains(u"limits/timeout"_s));
    const Talk talk;
    QCOMPARE(talk.names(), (QStringList{u"greet"_s}));
}

void TestSavedMessages::serverSendsToMany()
{
    ServerOptions options = listening();
    options.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(u"greet-hold"_s));
    const ServerProgram server(options);
    std::vector<RawSocket> clients;
    for (int i = 0; i < 2; ++i) {
        clients.push_back(RawSocket::connectedTo("127.0.0.1", portOf(server)));
        QCOMPARE(clients.back().receive(12), "Hello World!"_ba);
    }
    QTRY_COMPARE_WITH_TIMEOUT(server.rows(u"connections"_s), 2, WindowPatience);
    server.child<QTableView>(u"connections"_s).selectAll();
    QTRY_COMPARE_WITH_TIMEOUT(server.text(u"conversePeers"_s), u"To 2 connections"_s, WindowPatience);
    for (const QString &name : {u"one"_s, u"two"_s}) {
        server.type(u"converseText"_s, name);
        server.click(u"converseMessages"_s);
        auto &dialog = server.child<QDialog>(u"savedMessages"_s);
        QTest::keyClicks(dialog.findChild<QLineEdit *>(u"savedName"_s), name);
        QTest::mouseClick(dialog.findChild<QPushButton *>(u"savedSave"_s), Qt::LeftButton);
        if (name == u"two"_s) {
            dialog.findChild<QTableView *>(u"savedList"_s)->clearSelection();
            QTest::mouseClick(dialog.findChild<QPushButton *>(u"savedSend"_s), Qt::LeftButton);
        } else {
            const QPointer<QDialog> open = &dialog;
            dialog.reject();
            QTRY_VERIFY_WITH_TIMEOUT(!open, WindowPatience);
        }
    }
    for (RawSocket &client : clients) {
        QTRY_COMPARE_WITH_TIMEOUT(client.waiting(), 6, WindowPatience);
        QCOMPARE(client.receive(6), "onetwo"_ba);
    }
}

QTEST_MAIN(TestSavedMessages)
#include "tst_saved_messages.moc"
