// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/notice_bar.h"
#include "tests/support/raw_socket.h"
#include "tests/support/window_program.h"
#include "tests/support/window_test.h"

#include <QFileDialog>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

using About = NoticeBar::About;

namespace
{

void dismiss(const QWidget &bar)
{
    QTest::mouseClick(bar.findChild<QToolButton *>(u"dismiss"_s), Qt::LeftButton);
}

} // namespace

class TestNoticeBar : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void graverOnesStay();
    void oneOfATopic();
    void lesserOnesWait();
    void isDismissed();
    void actionMayShowAnother();
    void errorOfClientStays();
};

void TestNoticeBar::graverOnesStay()
{
    NoticeBar bar;
    bar.showNotice(About::Failure, u"It failed."_s);
    QVERIFY(bar.isVisible());
    for (const About lesser : {About::Advice, About::Conversation, About::Ending, About::Damage, About::Saving}) {
        bar.showNotice(lesser, u"By the way."_s);
        QCOMPARE(bar.text(), u"It failed."_s);
        QCOMPARE(bar.accessibleDescription(), u"It failed."_s);
    }
    bar.showNotice(About::Closing, u"It closes."_s);
    QCOMPARE(bar.text(), u"It closes."_s);
    bar.clear();
    QCOMPARE(bar.text(), QString());
    QVERIFY(!bar.isVisible());
}

void TestNoticeBar::oneOfATopic()
{
    NoticeBar bar;
    bar.showNotice(About::Failure, u"The port is in use."_s);
    bar.showNotice(About::Failure, u"ncat has the port."_s);
    QCOMPARE(bar.text(), u"ncat has the port."_s);
    bar.clear(About::Failure);
    QVERIFY(!bar.isVisible());
}

void TestNoticeBar::lesserOnesWait()
{
    NoticeBar bar;
    bar.showNotice(About::Damage, u"Damaged."_s);
    bar.showNotice(About::Failure, u"It failed."_s, u"Try Again"_s);
    bar.showNotice(About::Advice, u"By the way."_s, u"Help"_s);
    auto *button = bar.findChild<QPushButton *>();
    QCOMPARE(button->text(), u"Try Again"_s);
    bar.clear(About::Advice); // outdated before it was seen
    bar.clear(About::Failure);
    QCOMPARE(bar.text(), u"Damaged."_s);
    QVERIFY(!button->isVisible());
    bar.clear(About::Failure);
    QCOMPARE(bar.text(), u"Damaged."_s);
    bar.clear(About::Damage);
    QVERIFY(!bar.isVisible());
}

void TestNoticeBar::isDismissed()
{
    NoticeBar bar;
    bar.showNotice(About::Ending, u"Cancelled."_s);
    bar.showNotice(About::Saving, u"Not saved."_s);
    QCOMPARE(bar.findChild<QToolButton *>(u"dismiss"_s)->accessibleName(), u"Dismiss"_s);
    dismiss(bar);
    QCOMPARE(bar.text(), u"Cancelled."_s);
    dismiss(bar);
    QVERIFY(!bar.isVisible());
    bar.showNotice(About::Saving, u"Not saved again."_s);
    QCOMPARE(bar.text(), u"Not saved again."_s);
}

void TestNoticeBar::actionMayShowAnother()
{
    NoticeBar bar;
    bar.showNotice(About::Failure, u"First."_s, u"Go On"_s, [&bar] {
        bar.clear();
        bar.showNotice(About::Failure, u"Second."_s);
    });
    QTest::mouseClick(bar.findChild<QPushButton *>(), Qt::LeftButton);
    QCOMPARE(bar.text(), u"Second."_s);
}

/// What could not be saved is not hidden by the end of an attempt, which the user knows of.
void TestNoticeBar::errorOfClientStays()
{
    RawSocket silent = RawSocket::listening();
    const ClientProgram client(connectingTo(silent.localPort()));
    client.click(u"connect"_s);
    RawSocket peer = silent.accept();
    TRY_COMPARE(client.text(u"status"_s), u"Receiving…"_s);
    client.action(u"Save History…"_s).trigger();
    auto *dialog = client.window().findChild<QFileDialog *>();
    QVERIFY(dialog);
    const QString gone = scratch().filePath(u"gone/history.csv"_s);
    Q_EMIT dialog->fileSelected(gone);
    const QString error = u"Cannot save to %1: No such file or directory."_s.arg(gone);
    TRY_COMPARE(client.notice(), error);
    dialog->reject();
    delete dialog;

    client.click(u"connect"_s); // which cancels now
    TRY_MATCH(client.text(u"status"_s), u"Attempts: 1, complete: 0"_s);
    QCOMPARE(client.notice(), error);
    dismiss(client.child(u"notice"_s));
    QCOMPARE(client.notice(), u"Connecting to 127.0.0.1:%1 was cancelled."_s.arg(silent.localPort()));
    client.click(u"connect"_s);
    QCOMPARE(client.notice(), QString());
}

QTEST_MAIN(TestNoticeBar)
#include "tst_notice_bar.moc"
