// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/program/termination_signal.h"

#include <QSocketNotifier>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace parley
{

namespace
{

int wakePipe[2] = {-1, -1};

std::atomic<bool> come = false;
static_assert(std::atomic<bool>::is_always_lock_free); // signal-safety(7)

constexpr int Signals[] = {SIGINT, SIGTERM};

// Only async-signal-safe calls (signal-safety(7)): the pipe carries the signal to the event loop.
extern "C" void onTerminationSignal(int)
{
    const int error = errno;
    come = true;
    for (const int signal : Signals)
        std::signal(signal, SIG_DFL); // a second signal ends the program
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
    for (const int signal : Signals) {
        // A shell that starts a program in the background lets it ignore SIGINT; that stays so.
        struct sigaction inherited = {};
        if (::sigaction(signal, nullptr, &inherited) == 0 && inherited.sa_handler != SIG_IGN)
            ::sigaction(signal, &action, nullptr);
    }
}

} // namespace parley
