// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/file_saver.h"

#include "shared/message/message.h"
#include "shared/ui/file_kind.h"
#include "shared/ui/placement.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QSaveFile>

#include <memory>

namespace parley
{

namespace
{

/// QSaveFile reports success if the disk had room for only a part of one write (Qt 6.4).
class WholeFile final : public QSaveFile
{
public:
    using QSaveFile::QSaveFile;

protected:
    qint64 writeData(const char *data, qint64 size) override
    {
        qint64 written = 0;
        while (written < size) {
            const qint64 more = QSaveFile::writeData(data + written, size - written);
            if (more <= 0)
                return -1;
            written += more;
        }
        return written;
    }
};

/// Why @p name must not be replaced; empty if it may be. QSaveFile would replace a FIFO, a device, or the target of a
/// link by a file.
QString refusal(const QString &name)
{
    const QString kind = otherThanFile(name);
    if (kind.isEmpty())
        return {};
    if (QFileInfo(name).isSymLink())
        return FileSaver::tr("it %1, which has to be chosen itself").arg(kind);
    return FileSaver::tr("it %1; choose a regular file or a new name").arg(kind);
}

/// @p name, with a number where @p folder has it already.
QString freeName(const QDir &folder, const QString &name)
{
    constexpr int most = 1'000;
    const QFileInfo parts(name);
    QString free = name;
    for (int number = 2; number <= most && folder.exists(free); ++number)
        free = parts.completeBaseName() + u'-' + QString::number(number) + u'.' + parts.suffix();
    return free;
}

} // namespace

FileSaver::FileSaver(QWidget *window) : QObject(window), window_(window) {}

void FileSaver::ask(const Kind &kind, const Snapshot &snapshot)
{
    auto *dialog = new QFileDialog(window_, kind.title, folder_, kind.filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QFileInfo(kind.name).suffix());
    dialog->selectFile(freeName(QDir(folder_), kind.name)); // who presses Return overwrites nothing
    connect(dialog, &QFileDialog::fileSelected, this, [this, kind, snapshot](const QString &name) {
        folder_ = QFileInfo(name).absolutePath();
        save(name, snapshot(), [this, kind, snapshot] { ask(kind, snapshot); });
    });
    dialog->open();
    bringInside(*dialog);
}

void FileSaver::save(const QString &name, Writer writer, const std::function<void()> &askAgain)
{
    struct Written
    {
        qint64 bytes = 0;
        QString error; // empty: it is saved
    };
    const auto written = std::make_shared<Written>();
    const auto work = [name, writer = std::move(writer), written] {
        WholeFile file(name);
        const QString refused = refusal(name);
        bool isSaved = refused.isEmpty() && file.open(QIODevice::WriteOnly);
        if (isSaved) {
            writer(file);
            file.flush();
        }
        written->bytes = file.pos();
        written->error = refused.isEmpty() ? file.errorString() : refused; // which commit() forgets
        isSaved = isSaved && file.commit();                                // which tells of all that failed before
        if (isSaved)
            written->error.clear();
    };
    worker_.start(work, [this, name, written, askAgain] { finish(name, written->bytes, written->error, askAgain); });
}

void FileSaver::finish(const QString &name, qint64 bytes, const QString &error, const std::function<void()> &askAgain)
{
    const QString file = displaySafe(QDir::toNativeSeparators(name), LineBreaks::Escape);
    if (error.isEmpty())
        Q_EMIT saved(tr("Saved %1 to %2").arg(bytesText(bytes), file));
    else
        Q_EMIT failed(tr("Cannot save to %1: %2.").arg(file, error), askAgain);
}

} // namespace parley
