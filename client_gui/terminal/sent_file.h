// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>
#include <QString>

#include <memory>

namespace parley
{

/// A file that is sent as it is read, piece by piece: any file, a FIFO or stdin, however long. It is read on this
/// thread once something is there, so nobody waits for a FIFO's writer.
class SentFile : public QObject
{
    Q_OBJECT

public:
    static constexpr qsizetype Piece = 64 * 1024; ///< bytes, the most that is in memory

    /// @param name `-` is stdin.
    explicit SentFile(const QString &name) : name_(name) {}
    ~SentFile() override;

    /// Returns why it cannot be read, in one sentence; empty if all is well.
    QString open();
    /// Asks for the next piece: have() or failed() follows.
    void readNext();

Q_SIGNALS:
    /// @p bytes are empty at the end.
    void have(const QByteArray &bytes);
    void failed(const QString &sentence);

private:
    void read();
    QString problem(const QString &what) const;

    const QString name_;
    int fd_ = -1;
    std::unique_ptr<QSocketNotifier> readable_;
};

} // namespace parley
