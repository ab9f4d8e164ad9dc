// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/shortage.h"

#include "shared/message/error_text.h"
#include "shared/program/command_line.h"

#include <QCoreApplication>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <fcntl.h>
#include <mutex>
#include <new>
#include <sys/mman.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Shortage)
};

QByteArray noMemory; // the sentence, made while there was memory

[[noreturn]] void endWith(const QByteArray &line)
{
    [[maybe_unused]] const auto ignored =
        ::write(STDERR_FILENO, line.constData(), static_cast<std::size_t>(line.size()));
    ::_exit(ExitFailure); // without destructors: they might need what has run out
}

[[noreturn]] void endForWantOfMemory()
{
    endWith(noMemory);
}

QString missing(const char *call, int error)
{
    return Texts::tr("Cannot start: %1: %2. Raise the limit of open files (ulimit -n) or end other programs.")
        .arg(QLatin1String(call), errorText(error));
}

QString missingThread(int error)
{
    return Texts::tr("Cannot start: the system gives no thread: %1. Raise the limit of processes (ulimit -u) or of "
                     "memory (ulimit -v).")
        .arg(errorText(error));
}

[[noreturn]] void endForUncaught()
{
    QString sentence = Texts::tr("Ended by an unexpected error.");
    try {
        if (const std::exception_ptr uncaught = std::current_exception())
            std::rethrow_exception(uncaught);
    } catch (const std::bad_alloc &) {
        endForWantOfMemory();
    } catch (const std::system_error &error) {
        // std::thread tells only the error.
        sentence = error.what() == error.code().message()
                       ? missingThread(error.code().value())
                       : missing(QByteArray(error.what()).split(':').first().constData(), error.code().value());
    } catch (const std::exception &error) {
        sentence = QString::fromUtf8(error.what());
    } catch (...) {
    }
    endWith(errorLine(sentence));
}

QtMessageHandler qtsHandler = nullptr;

void onQtMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (type == QtFatalMsg)
        endWith(errorLine(message));
    qtsHandler(type, context, message);
}

} // namespace

void endWithSentenceWhereShort(const QByteArray &program)
{
    noMemory = program + ": There is not enough memory: raise its limit (ulimit -v) or end other programs.\n";
    std::set_new_handler(endForWantOfMemory);
    std::set_terminate(endForUncaught);
    qtsHandler = qInstallMessageHandler(onQtMessage);
}

void endWhereMemoryIsShort(std::size_t needed)
{
    void *space = ::mmap(nullptr, needed, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (space == MAP_FAILED)
        endForWantOfMemory();
    ::munmap(space, needed);
}

std::optional<int> missingResources()
{
    endWhereMemoryIsShort(16 * 1024 * 1024); // an application object without a window takes less

    std::array<int, 12> descriptors; // what a program opens before it has anything to do
    descriptors.fill(-1);
    int error = 0;
    for (int &descriptor : descriptors) {
        if ((descriptor = ::open("/dev/null", O_RDWR | O_CLOEXEC)) < 0) {
            error = errno;
            break;
        }
    }
    for (const int descriptor : descriptors)
        ::close(descriptor);
    if (error == 0)
        return std::nullopt;
    printError(missing("open", error));
    return ExitFailure;
}

std::optional<int> missingThreads()
{
    constexpr int needed = 4; // the engine, its look-up, stdout, stderr
    std::mutex mutex;
    std::condition_variable changed;
    bool tried = false;
    std::vector<std::thread> threads;
    threads.reserve(needed);
    int error = 0;
    try {
        while (threads.size() < needed) {
            threads.emplace_back([&] {
                std::unique_lock lock(mutex);
                changed.wait(lock, [&] { return tried; });
            });
        }
    } catch (const std::system_error &failure) {
        error = failure.code().value();
    }
    {
        const std::lock_guard lock(mutex);
        tried = true;
    }
    changed.notify_all();
    for (std::thread &thread : threads)
        thread.join();
    if (error == 0)
        return std::nullopt;
    printError(missingThread(error));
    return ExitFailure;
}

} // namespace parley
