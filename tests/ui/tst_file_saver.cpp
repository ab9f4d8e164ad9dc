// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/file_saver.h"
#include "tests/support/raw_socket.h"

#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <future>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <sys/sysmacros.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

constexpr int Patience = 30'000; // ms; a guard against deadlocks

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

private:
    QString text_;
};

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestFileSaver : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        // The warnings that are let through come from Qt's offscreen plugin, whatever is shown.
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support )"_s));
        folder_.emplace();
    }

    void savesWhole();
    void onlyRegularFiles_data();
    void onlyRegularFiles();
    void proposesAFreeName();
    void closingWaits();

private:
    QString path(const QString &name) const { return folder_->filePath(name); }

    std::optional<QTemporaryDir> folder_;
};

/// In place of an earlier file, or not at all.
void TestFileSaver::savesWhole()
{
    QWidget window;
    auto *saver = new FileSaver(&window);
    const Said said(*saver);
    QFile earlier(path(u"text.txt"_s));
    QVERIFY(earlier.open(QIODevice::WriteOnly) && earlier.write("a longer text than the next") > 0);
    earlier.close();
    saver->ask({u"Save"_s, u"text.txt"_s, {}},
               []() -> FileSaver::Writer { return [](QIODevice &file) { file.write("Hello"); }; });
    Q_EMIT window.findChild<QFileDialog *>()->fileSelected(earlier.fileName());
    QTRY_COMPARE_WITH_TIMEOUT(said.text(), u"Saved 5 bytes to %1"_s.arg(earlier.fileName()), Patience);
    QCOMPARE(contents(earlier.fileName()), "Hello"_ba);
    QCOMPARE(QDir(folder_->path()).entryList(QDir::Files | QDir::Hidden), QStringList{u"text.txt"_s});
}

void TestFileSaver::onlyRegularFiles_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("reason");
    QTest::newRow("FIFO") << u"fifo"_s << u"it is a FIFO; choose a regular file or a new name"_s;
    QTest::newRow("socket") << u"socket"_s << u"it is a socket; choose a regular file or a new name"_s;
    QTest::newRow("device") << u"device"_s << u"it is a device; choose a regular file or a new name"_s;
    QTest::newRow("folder") << u"folder"_s << u"it is a folder; choose a regular file or a new name"_s;
    QTest::newRow("link to a device") << u"/dev/null"_s
                                      << u"it is a link to /dev/null, which has to be chosen itself"_s;
    QTest::newRow("link to a file") << u"file"_s << u"it is a link to %1, which has to be chosen itself"_s;
}

/// Anything but a regular file is refused, and stays what it was.
void TestFileSaver::onlyRegularFiles()
{
    QFETCH(const QString, what);
    QFETCH(const QString, reason);
    const QString name = path(u"chosen.txt"_s);
    const QByteArray nativeName = QFile::encodeName(name);
    const QString target = path(u"target"_s);
    if (what == u"fifo"_s) {
        QCOMPARE(::mkfifo(nativeName.constData(), 0600), 0);
    } else if (what == u"folder"_s) {
        QVERIFY(QDir().mkdir(name));
    } else if (what == u"socket"_s) {
        QVERIFY(RawSocket::listeningOn(nativeName).isOpen());
    } else if (what == u"device"_s) {
        if (::mknod(nativeName.constData(), S_IFCHR | 0600, ::makedev(1, 3)) != 0) // that of /dev/null
            QSKIP("Only root may make devices.");
    } else if (what == u"file"_s) {
        QFile file(target);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("before") == 6);
        file.close();
        QVERIFY(QFile::link(target, name));
    } else {
        QVERIFY(QFile::link(what, name));
    }
    struct stat before = {};
    QCOMPARE(::lstat(nativeName.constData(), &before), 0);

    QWidget window;
    auto *saver = new FileSaver(&window);
    const Said said(*saver);
    saver->ask({u"Save"_s, u"chosen.txt"_s, {}},
               []() -> FileSaver::Writer { return [](QIODevice &file) { file.write("after"); }; });
    Q_EMIT window.findChild<QFileDialog *>()->fileSelected(name);
    const QString why = what == u"file"_s ? reason.arg(target) : reason;
    QTRY_COMPARE_WITH_TIMEOUT(said.text(), u"Cannot save to %1: %2."_s.arg(name, why), Patience);

    struct stat after = {};
    QCOMPARE(::lstat(nativeName.constData(), &after), 0);
    QCOMPARE(after.st_ino, before.st_ino);
    QCOMPARE(after.st_mode, before.st_mode);
    if (what == u"file"_s)
        QCOMPARE(contents(target), "before"_ba);
}

/// In the folder of the file that was saved last.
void TestFileSaver::proposesAFreeName()
{
    QWidget window;
    auto *saver = new FileSaver(&window);
    const auto proposed = [&] {
        saver->ask({u"Save"_s, u"a.b.txt"_s, {}}, []() -> FileSaver::Writer { return [](QIODevice &) {}; });
        return std::unique_ptr<QFileDialog>(window.findChild<QFileDialog *>());
    };
    for (const QString &name : {u"a.b.txt"_s, u"a.b-2.txt"_s, u"a.b-3.txt"_s}) {
        const Said said(*saver);
        const auto dialog = proposed();
        QCOMPARE(QFileInfo(dialog->selectedFiles().value(0)).fileName(), name);
        Q_EMIT dialog->fileSelected(path(name));
        QTRY_COMPARE_WITH_TIMEOUT(said.text(), u"Saved 0 bytes to %1"_s.arg(path(name)), Patience);
    }
}

/// The window answers while a file is written, and a file under way is still saved when the window goes.
void TestFileSaver::closingWaits()
{
    std::promise<void> mayWrite;
    std::shared_future<void> go = mayWrite.get_future().share();
    auto window = std::make_unique<QWidget>();
    auto *saver = new FileSaver(window.get());
    saver->ask({u"Save"_s, u"slow.txt"_s, {}}, [go]() -> FileSaver::Writer {
        return [go](QIODevice &file) {
            go.wait();
            file.write("slow");
        };
    });
    Q_EMIT window->findChild<QFileDialog *>()->fileSelected(path(u"slow.txt"_s));
    QCoreApplication::processEvents(); // comes back
    QVERIFY(!QFile::exists(path(u"slow.txt"_s)));
    mayWrite.set_value();
    window.reset();
    QCOMPARE(contents(path(u"slow.txt"_s)), "slow"_ba);
}

QTEST_MAIN(TestFileSaver)
#include "tst_file_saver.moc"
