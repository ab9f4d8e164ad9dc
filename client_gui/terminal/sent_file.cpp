// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/terminal/sent_file.h"

#include "shared/message/error_text.h"
#include "shared/message/quoted.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(SentFile)
};

} // namespace

SentFile::~SentFile()
{
    readable_.reset(); // before its descriptor
    if (fd_ > STDERR_FILENO)
        ::close(fd_);
}

QString SentFile::problem(const QString &what) const
{
    return Texts::tr("--send-file %1: %2.").arg(quoted(name_), what);
}

QString SentFile::open()
{
    // O_NONBLOCK: to open a FIFO would otherwise wait for its writer. stdin's own flags are shared with other
    // processes.
    fd_ = name_ == u"-"_s ? STDIN_FILENO
                          : ::open(QFile::encodeName(name_).constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd_ < 0)
        return problem(errorText(errno));
    struct stat status;
    if (::fstat(fd_, &status) == 0 && S_ISDIR(status.st_mode))
        return problem(errorText(EISDIR));
    readable_ = std::make_unique<QSocketNotifier>(fd_, QSocketNotifier::Read);
    readable_->setEnabled(false);
    connect(readable_.get(), &QSocketNotifier::activated, this, &SentFile::read);
    return {};
}

void SentFile::readNext()
{
    readable_->setEnabled(true);
}

void SentFile::read()
{
    QByteArray bytes(Piece, Qt::Uninitialized);
    const auto count = ::read(fd_, bytes.data(), static_cast<std::size_t>(bytes.size()));
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return; // the notifier tells again
    readable_->setEnabled(false);
    if (count < 0) {
        Q_EMIT failed(problem(errorText(errno)));
        return;
    }
    bytes.truncate(count);
    Q_EMIT have(bytes);
}

} // namespace parley
