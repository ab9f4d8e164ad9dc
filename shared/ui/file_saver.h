// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/thread/worker.h"

#include <QObject>

#include <functional>

class QIODevice;
class QWidget;

namespace parley
{

/// Saves what a window holds in a file that the user names. The file is written on a thread of its own, so the window
/// goes on however long that takes. It is there whole or not at all.
///
/// Destroying the object waits until the files under way are saved.
class FileSaver : public QObject
{
    Q_OBJECT

public:
    /// Writes everything. It is called on another thread, and destroyed on this object's.
    using Writer = std::function<void(QIODevice &device)>;

    struct Kind
    {
        QString title;  ///< of the dialog: `Save Log`
        QString name;   ///< of the file, as it is proposed unless there is one of that name: `history.csv`
        QString filter; ///< `JSON Lines (*.jsonl)`
    };

    explicit FileSaver(QWidget *window);

    /// Takes a snapshot once a file has been named.
    using Snapshot = std::function<Writer()>;

    /// Opens the dialog.
    void ask(const Kind &kind, const Snapshot &snapshot);

Q_SIGNALS:
    /// @p sentence says what was saved, and where.
    void saved(const QString &sentence);
    /// @p sentence says why it was not saved. @p askAgain opens the dialog once more.
    void failed(const QString &sentence, const std::function<void()> &askAgain);

private:
    void save(const QString &name, Writer writer, const std::function<void()> &askAgain);
    void finish(const QString &name, qint64 bytes, const QString &error, const std::function<void()> &askAgain);

    QWidget *const window_;
    QString folder_; // where the last one was saved
    Worker worker_;  // one file after the other: two may have the same name
};

} // namespace parley
