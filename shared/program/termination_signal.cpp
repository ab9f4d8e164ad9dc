// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/termination_signal.h"

#include <QSocketNotifier>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <iterator>
#include <unistd.h>

namespace parley
{

namespace
{

int wakePipe[2] = {-1, -1};

std::atomic<bool> come = false;
static_assert(std::atomic<bool>::is_always_lock_free); // signal-safety(7)

constexpr int Signals[] = {SIGINT, SIGTERM, SIGHUP};
volatile std::sig_atomic_t isHandled[std::size(Signals)] = {};

// Only async-signal-safe calls (signal-safety(7)): the pipe carries the signal to the event loop.
extern "C" void onTerminationSignal(int)
{
    const int error = errno;
    come = true;
    // A second signal ends the program. SIGHUP does not: a terminal that goes away sends one, and its shell another.
    for (std::size_t i = 0; i < std::size(Signals); ++i) {
        if (isHandled[i] && Signals[i] != SIGHUP)
            std::signal(Signals[i], SIG_DFL);
    }
    const char byte = 0;
    [[maybe_unused]] const auto ignored = ::write(wakePipe[1], &byte, 1);
    errno = error;
}

} // namespace

bool TerminationSignal::hasCome()
{
    return come;
}

TerminationSignal::TerminationSignal(QObject *parent) : QObject(parent)
{
    if (::pipe(wakePipe) != 0)
        return;                      // without a pipe the signals keep their default and end the program
    for (const int end : wakePipe) { // pipe2(2), which does it in one call, is not everywhere
        ::fcntl(end, F_SETFL, O_NONBLOCK);
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
    }
    auto *notifier = new QSocketNotifier(wakePipe[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this, notifier] {
        notifier->setEnabled(false);
        Q_EMIT received();
    });
    struct sigaction action = {};
    action.sa_handler = onTerminationSignal;
    action.sa_flags = SA_RESTART;
    for (std::size_t i = 0; i < std::size(Signals); ++i) {
        // A shell lets a program in the background ignore SIGINT, and nohup(1) lets it ignore SIGHUP; that stays so.
        struct sigaction inherited = {};
        if (::sigaction(Signals[i], nullptr, &inherited) != 0 || inherited.sa_handler == SIG_IGN)
            continue;
        isHandled[i] = 1;
        ::sigaction(Signals[i], &action, nullptr);
    }
}

} // namespace parley
