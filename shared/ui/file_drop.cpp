// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/file_drop.h"

#include "shared/message/quoted.h"

#include <QCoreApplication>
#include <QDropEvent>
#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QMimeData>
#include <QUrl>
#include <QWidget>

#include <algorithm>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(FileDrop)
};

/// Takes the events before the widget does: a line edit would insert the file's address.
class FileDrop : public QObject
{
public:
    FileDrop(QWidget &widget, std::function<void(const QString &)> take) : QObject(&widget), take_(std::move(take)) {}

    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() != QEvent::DragEnter && event->type() != QEvent::DragMove && event->type() != QEvent::Drop)
            return false;
        auto &drop = *static_cast<QDropEvent *>(event); // the base of the other two
        const QList<QUrl> urls = drop.mimeData()->urls();
        if (std::none_of(urls.begin(), urls.end(), [](const QUrl &url) { return url.isLocalFile(); }))
            return false; // a link is text
        const bool isFile = urls.size() == 1 && urls.constFirst().isLocalFile();
        if (isFile) {
            drop.setDropAction(Qt::CopyAction); // whatever the source proposes, its file stays
            drop.accept();
        } else {
            drop.ignore();
        }
        if (isFile && event->type() == QEvent::Drop)
            take_(urls.constFirst().toLocalFile());
        return true;
    }

private:
    const std::function<void(const QString &)> take_;
};

} // namespace

void acceptFile(QWidget &widget, const std::function<void(const QString &name)> &take)
{
    widget.setAcceptDrops(true);
    widget.installEventFilter(new FileDrop(widget, take));
}

std::variant<QByteArray, QString> readWhole(const QString &name, qint64 most)
{
    if (QFileInfo::exists(name) && !QFileInfo(name).isFile()) // a FIFO's writer may never come
        return Texts::tr("%1 is not a regular file.").arg(quoted(name));
    QFile file(name);
    const QByteArray bytes = file.open(QIODevice::ReadOnly) ? file.read(most + 1) : QByteArray();
    if (file.error() != QFileDevice::NoError)
        return Texts::tr("Cannot read %1: %2.").arg(quoted(name), file.errorString());
    if (bytes.size() > most)
        return Texts::tr("%1 is longer than %2 bytes, the most that is sent as a whole.")
            .arg(quoted(name), QLocale().toString(most));
    return bytes;
}

} // namespace parley
