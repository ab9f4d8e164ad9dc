// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/settings.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QHeaderView>
#include <QRegularExpression>
#include <QStandardItemModel>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace Qt::StringLiterals;
using namespace parley;

/// Each function begins without settings.
class TestSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void texts();
    void endpoint();
    void damagedValues_data();
    void damagedValues();
    void columns();
    void clears();
    void onlyRegularFiles();

private:
    /// Puts @p text in the place of all settings.
    void write(const QByteArray &text);
    QString file() const { return folder_->filePath(u"Parley/tst_settings.ini"_s); }

    std::optional<QTemporaryDir> folder_;
    int writes_ = 0;
};

void TestSettings::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    folder_.emplace();
    qputenv("XDG_CONFIG_HOME", QFile::encodeName(folder_->path()));
    QCoreApplication::setOrganizationName(u"Parley"_s);
    QCoreApplication::setApplicationName(u"tst_settings"_s);
    QCOMPARE(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation), folder_->path());
    QVERIFY(QDir(folder_->path()).mkdir(u"Parley"_s));
}

void TestSettings::write(const QByteArray &text)
{
    QFile saved(file());
    QVERIFY(saved.open(QIODevice::WriteOnly) && saved.write(text) == text.size() && saved.flush());
    // QSettings reads a file again whose size or time differs: within a tick of the clock, neither need.
    QVERIFY(saved.setFileTime(QDateTime::currentDateTime().addSecs(++writes_), QFileDevice::FileModificationTime));
}

/// A default is not saved: a later version may have another.
void TestSettings::texts()
{
    const QString hostile = u"one, \"two\"; 100 % 🌍\\"_s;
    {
        Settings settings;
        QCOMPARE(settings.text(u"greeting"_s, u"Hello"_s), u"Hello"_s);
        settings.setText(u"greeting"_s, hostile, u"Hello"_s);
        settings.setText(u"send"_s, u"usual"_s, u"usual"_s);
    }
    {
        Settings settings;
        QCOMPARE(settings.text(u"greeting"_s, u"Hello"_s), hostile);
        QCOMPARE(settings.text(u"send"_s, u"newer"_s), u"newer"_s);
        settings.setText(u"greeting"_s, u"Hello"_s, u"Hello"_s);
        QVERIFY(!settings.isDamaged());
    }
    QCOMPARE(Settings().text(u"greeting"_s, u"newer"_s), u"newer"_s);
}

void TestSettings::endpoint()
{
    QCOMPARE(Settings().endpoint(Endpoint::Use::Connect), SavedEndpoint::usual());
    write("[General]\nkind=unix\nhost=::1\nport=http\npath=/tmp/a.sock\n");
    Settings settings;
    const SavedEndpoint saved = settings.endpoint(Endpoint::Use::Connect);
    QCOMPARE(saved, (SavedEndpoint{Transport::Unix, u"::1"_s, u"http"_s, u"/tmp/a.sock"_s}));
    QVERIFY(!settings.isDamaged());
    QCOMPARE(std::get<Endpoint>(saved.parse(Endpoint::Use::Connect)).path, "/tmp/a.sock");
}

void TestSettings::damagedValues_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("kind") << "kind=sctp"_ba;
    QTest::newRow("host") << "host=not a host"_ba;
    QTest::newRow("port") << "port=65536"_ba;
    QTest::newRow("a list of ports") << "port=1, 2"_ba;
    QTest::newRow("path") << "path="_ba;
}

/// A damaged value counts as never saved; the others are kept.
void TestSettings::damagedValues()
{
    QFETCH(const QByteArray, line);
    write("[General]\ngreeting=kept\n" + line + '\n');
    Settings settings;
    QVERIFY(!settings.isDamaged());
    QCOMPARE(settings.endpoint(Endpoint::Use::Connect), SavedEndpoint::usual());
    QVERIFY(settings.isDamaged());
    QVERIFY2(settings.damageText().endsWith(u"They are kept in %1."_s.arg(file())), qPrintable(settings.damageText()));
    QCOMPARE(settings.text(u"greeting"_s, {}), u"kept"_s);
}

void TestSettings::columns()
{
    QStandardItemModel model(1, 3);
    QTableView table;
    table.setModel(&model);
    QHeaderView &header = *table.horizontalHeader();
    header.resizeSection(1, 123);
    Settings().saveColumns(u"table/columns"_s, header);
    header.resizeSection(1, 50);
    Settings().restoreColumns(u"table/columns"_s, header);
    QCOMPARE(header.sectionSize(1), 123);

    model.setColumnCount(4); // as in a later version
    Settings settings;
    settings.restoreColumns(u"table/columns"_s, header);
    QVERIFY(!settings.isDamaged());
    for (const QByteArray &widths : {"60, 0, 90, 90"_ba, "1000000000"_ba, "\"\""_ba}) {
        write("[table]\ncolumns=" + widths + '\n');
        Settings damaged;
        damaged.restoreColumns(u"table/columns"_s, header);
        QVERIFY2(damaged.isDamaged(), widths.constData());
    }
    QCOMPARE(header.sectionSize(1), 123);
}

void TestSettings::clears()
{
    write("[General]\nhost=a.example\n[repeat]\ncount=7\n");
    Settings().clear(u"repeat/"_s);
    QCOMPARE(Settings().text(u"repeat/count"_s, {}), u"7"_s);
    QCOMPARE(Settings().text(u"host"_s, u"none"_s), u"none"_s);
    Settings().clear();
    QCOMPARE(Settings().text(u"repeat/count"_s, u"none"_s), u"none"_s);
}

/// A link is neither followed nor replaced.
void TestSettings::onlyRegularFiles()
{
    const QString target = folder_->filePath(u"target"_s);
    QVERIFY(QFile(target).open(QIODevice::WriteOnly));
    QVERIFY(QFile::link(target, file()));
    {
        Settings settings;
        QVERIFY(settings.isDamaged());
        QVERIFY2(settings.damageText().contains(u"%1 is a link to %2;"_s.arg(file(), target)),
                 qPrintable(settings.damageText()));
        settings.setText(u"host"_s, u"a.example"_s, {});
    }
    QCOMPARE(QFile(target).size(), 0);
    QVERIFY(QFileInfo(file()).isSymLink());
}

QTEST_MAIN(TestSettings)
#include "tst_settings.moc"
